#include "net/neuron_form.h"

#include <string.h>

static const sg_neuron_form *const table[] = {&sg_form_cuba_lif, &sg_form_li, &sg_form_srm, &sg_form_general};

const sg_neuron_form *sg_neuron_form_of(const sg_neuron *neuron) {
    size_t i = 0;
    while (!table[i]->fits(neuron)) /* the last fits all */
        i++;
    return table[i];
}

const sg_neuron_form *sg_neuron_stepwise_form(const sg_neuron_form *form) {
    return form->stepwise ? form : &sg_form_general;
}

void sg_neuron_backward(const sg_neuron_form *form, sg_gradient_kind kind, const sg_kernels *kernels,
                        const sg_neuron *neuron, const sg_neuron_io *io) {
    size_t at = io->span.begin * io->block.width, count = (io->span.end - io->span.begin) * io->block.width;
    form->backward[kind](kernels, neuron, io);
    if (io->below && !form->writes_below[kind])
        memcpy(io->below + at, io->g + at, count * sizeof *io->below);
}

/* ----------------------------------------------------------------------------------- cuba_lif and li as they are usual
 */

static bool is_cuba_lif(const sg_neuron *neuron) {
    return sg_neuron_is_plain(neuron) && neuron->spiking.fires;
}

static void cuba_lif_forward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    kernels->cuba_lif_forward(io->spikes, io->x, sg_neuron_cuba_lif(neuron, io->stride), io->span.end, io->block.width,
                              io->stride);
}

static void cuba_lif_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    kernels->cuba_lif_backward(io->g, io->x, io->rank_one, sg_neuron_cuba_lif(neuron, io->stride),
                               neuron->spiking.surrogate, io->span.end, io->block.width);
}

const sg_neuron_form sg_form_cuba_lif = {
    .name = "cuba_lif",
    .stepwise = false,
    .fits = is_cuba_lif,
    .forward = cuba_lif_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = cuba_lif_backward},
};

static bool is_li(const sg_neuron *neuron) {
    return sg_neuron_is_plain(neuron) && !neuron->spiking.fires;
}

static void li_forward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    kernels->li_forward(io->x, sg_neuron_cuba_lif(neuron, io->stride).beta, io->span.end, io->block.width);
}

static void li_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    kernels->li_backward(io->g, sg_neuron_cuba_lif(neuron, io->stride).beta, io->span.end, io->block.width);
}

const sg_neuron_form sg_form_li = {
    .name = "li",
    .stepwise = false,
    .fits = is_li,
    .forward = li_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = li_backward},
};

/* ------------------------------------------------------------------------------------------ spike response neurons */

static bool is_srm(const sg_neuron *neuron) {
    return neuron->kind->response;
}

static void srm_forward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_srm srm = sg_neuron_srm(neuron);
    kernels->srm_forward(io->spikes, io->x, io->states, io->trace, &srm, io->span, io->block.width, io->stride);
}

static void srm_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_srm srm = sg_neuron_srm(neuron);
    kernels->srm_backward(io->g, io->adjoint, io->x, &srm, neuron->spiking.surrogate, io->constant_refractory, io->span,
                          io->block.width, io->stride);
}

const sg_neuron_form sg_form_srm = {
    .name = "srm",
    .stepwise = true,
    .fits = is_srm,
    .forward = srm_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = srm_backward},
};

/* --------------------------------------------------------------------------------------------- the general neuron */

static bool is_any(const sg_neuron *neuron) {
    (void)neuron;
    return true;
}

/* The neurons as the kernels take them, their constants from the block's first on. */
static sg_general_neuron general_at(const sg_neuron *neuron, sg_block block) {
    sg_general_neuron general = neuron->spiking;
    general.constants += block.first;
    return general;
}

static void general_forward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_general_neuron general = general_at(neuron, io->block);
    kernels->general_neuron_forward(io->spikes, io->x, io->states, io->trace, &general, io->span, io->block.width,
                                    io->stride);
}

static void general_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_general_neuron general = general_at(neuron, io->block);
    kernels->general_neuron_backward(io->g, io->adjoint, io->sums, io->x, io->states, io->trace, &general, io->span,
                                     io->block.width, io->stride);
}

static void eventprop_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_eventprop p = sg_neuron_eventprop(neuron, io->stride, io->guard);
    kernels->eventprop_backward(io->g, io->below, io->adjoint, io->x, io->states, io->by_counts, &p, io->span,
                                io->block.width, io->stride);
}

const sg_neuron_form sg_form_general = {
    .name = "general",
    .stepwise = true,
    .fits = is_any,
    .forward = general_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = general_backward, [SG_GRADIENT_EVENTPROP] = eventprop_backward},
    .writes_below = {[SG_GRADIENT_EVENTPROP] = true},
};

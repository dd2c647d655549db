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

/* dL/dx goes on to the layer below, too. */
static void copy_below(const sg_neuron_io *io) {
    size_t at = io->span.begin * io->block.width, count = (io->span.end - io->span.begin) * io->block.width;
    memcpy(io->below + at, io->g + at, count * sizeof *io->below);
}

void sg_neuron_backward(const sg_neuron_form *form, sg_gradient_kind kind, const sg_kernels *kernels,
                        const sg_neuron *neuron, const sg_neuron_io *io) {
    form->backward[kind](kernels, neuron, io);
    if (io->below && !form->writes_below[kind])
        copy_below(io);
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

/* A read-out has all of its past in what it hands on. */
static void li_backward(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    kernels->li_backward(io->g, sg_neuron_cuba_lif(neuron, io->stride).beta, io->span.end, io->block.width);
}

const sg_neuron_form sg_form_li = {
    .name = "li",
    .stepwise = false,
    .fits = is_li,
    .forward = li_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = li_backward, [SG_GRADIENT_IN_STEP] = li_backward},
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

/* Rows (count) of a block, each column times what its neuron's membrane takes of an input. */
static void scale_by_gain(float *rows, const sg_general_neuron *general, size_t count, size_t width, size_t stride) {
    const float *input = general->constants + SG_INPUT_GAIN * stride;
    const float *membrane = general->constants + SG_MEMBRANE_GAIN * stride;
    for (size_t t = 0; t < count; t++)
        for (size_t n = 0; n < width; n++)
            rows[t * width + n] *= input[n] * membrane[n];
}

/* below = dL/dspikes sigma(u) times that gain: neurons whose states decay at once have no later step. */
static void project_in_step(const sg_kernels *kernels, const sg_general_neuron *general, const sg_neuron_io *io) {
    static const sg_cuba_lif forgetful = {.alpha = 0, .beta = 0, .theta = 1};
    size_t width = io->block.width, at = io->span.begin * width, count = io->span.end - io->span.begin;
    memcpy(io->below + at, io->g + at, count * width * sizeof *io->below);
    kernels->cuba_lif_backward(io->below + at, io->x + at, (sg_rank_one){0}, forgetful, general->surrogate, count,
                               width);
    scale_by_gain(io->below + at, general, count, width, io->stride);
}

static void general_backward_in_step(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io) {
    const sg_general_neuron general = general_at(neuron, io->block);
    if (io->below && general.fires)
        project_in_step(kernels, &general, io);
    general_backward(kernels, neuron, io);
    if (io->below && !general.fires)
        copy_below(io);
}

const sg_neuron_form sg_form_general = {
    .name = "general",
    .stepwise = true,
    .fits = is_any,
    .forward = general_forward,
    .backward = {[SG_GRADIENT_SURROGATE] = general_backward,
                 [SG_GRADIENT_IN_STEP] = general_backward_in_step,
                 [SG_GRADIENT_EVENTPROP] = eventprop_backward},
    .writes_below = {[SG_GRADIENT_IN_STEP] = true, [SG_GRADIENT_EVENTPROP] = true},
};

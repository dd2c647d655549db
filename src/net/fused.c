#include "net/fused.h"

static void dense_cuba_lif_forward(const sg_link_call *call, const sg_neuron *neuron, const sg_neuron_io *io,
                                   sg_spike_list spikes, bool keeps) {
    const float *weights = call->parameters + sg_group_block_at(&call->link->groups[0], call->block);
    call->kernels->gather_cuba_lif(io->spikes, io->x, keeps, weights, spikes, sg_neuron_cuba_lif(neuron, io->stride),
                                   call->steps, call->block.width, io->stride);
}

static void dense_cuba_lif_backward(const sg_link_call *call, const sg_neuron *neuron, const sg_neuron_io *io,
                                    sg_spike_list spikes, const sg_gradient *gradient) {
    const sg_gradient rows = sg_gradient_of(gradient, &call->link->groups[0], call->block);
    call->kernels->scatter_cuba_lif(rows.values, rows.touched, io->g, io->x, io->rank_one, spikes,
                                    sg_neuron_cuba_lif(neuron, io->stride), neuron->spiking.surrogate, call->steps,
                                    call->block.width);
}

static const sg_fused table[] = {
    {&sg_link_dense, &sg_form_cuba_lif, dense_cuba_lif_forward, dense_cuba_lif_backward},
};

const sg_fused *sg_fused_find(const sg_link_kind *link, const sg_neuron_form *form) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].link == link && table[i].form == form)
            return &table[i];
    return NULL;
}

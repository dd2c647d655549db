/* Fused kernels by definition: link, then neurons. */
#include "kernel/ref/ref.h"

void sg_ref_gather_cuba_lif(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                            sg_cuba_lif neuron, size_t steps, size_t width, size_t stride) {
    (void)keeps;
    sg_ref_gather(u, weights, input, steps, width);
    sg_ref_cuba_lif_forward(spikes, u, neuron, steps, width, stride);
}

void sg_ref_scatter_cuba_lif(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                             sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                             size_t width) {
    sg_ref_cuba_lif_backward(g, u, product, neuron, surrogate, steps, width);
    sg_ref_scatter(gradient, touched, g, input, width);
}

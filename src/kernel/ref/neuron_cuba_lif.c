/* Current-based leaky integrate-and-fire neurons, one tile at a time with the loop over time inside. */
#include "kernel/ref/ref.h"

#include "kernel/ref/surrogate.h"

#include <string.h>

static uint16_t spike_bits(const float *u) {
    uint32_t bits = 0;
    for (uint32_t k = 0; k < SG_LANES; k++)
        bits |= u[k] > 0 ? 1u << k : 0;
    return (uint16_t)bits;
}

static void forward_tile(uint16_t *restrict spikes, float *restrict x, sg_cuba_lif neuron, size_t steps, size_t width,
                         size_t stride) {
    const float alpha = neuron.alpha, beta = neuron.beta, theta = neuron.theta;
    float i[SG_LANES] = {0}, v[SG_LANES] = {0};
    for (size_t t = 0; t < steps; t++) {
        float *u = x + t * width;
#pragma GCC unroll 1 /* unrolled it would not be vectorised */
        for (size_t k = 0; k < SG_LANES; k++) {
            i[k] = alpha * i[k] + u[k];
            v[k] = beta * v[k] + i[k];
            u[k] = v[k] - theta;
            v[k] = u[k] > 0 ? 0 : v[k];
        }
        if (spikes)
            spikes[t * (stride / SG_LANES)] = spike_bits(u);
        if (sg_flushes(t)) {
            sg_flush_tile(i);
            sg_flush_tile(v);
        }
    }
}

void sg_ref_cuba_lif_forward(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width,
                             size_t stride) {
    for (size_t n = 0; n < width; n += SG_LANES)
        forward_tile(spikes ? spikes + n / SG_LANES : NULL, x + n, neuron, steps, width, stride);
}

static void backward_tile(float *restrict g, const float *restrict u, sg_cuba_lif neuron, sg_surrogate surrogate,
                          size_t steps, size_t width) {
    const float alpha = neuron.alpha, beta = neuron.beta;
    float gi[SG_LANES] = {0}, gv[SG_LANES] = {0};
    for (size_t t = steps; t-- > 0;) {
        float *gt = g + t * width;
        const float *ut = u + t * width;
        for (size_t k = 0; k < SG_LANES; k++) {
            gv[k] = (ut[k] > 0 ? 0 : beta * gv[k]) + sg_times_sigma(surrogate, gt[k], ut[k]);
            gi[k] = alpha * gi[k] + gv[k];
            gt[k] = gi[k];
        }
        if (sg_flushes_back(t)) {
            sg_flush_tile(gv);
            sg_flush_tile(gi);
        }
    }
}

/* Aligned, since its loop takes 7 % longer where it happens to begin in the middle of a line of the cache. */
__attribute__((aligned(64))) void sg_ref_cuba_lif_backward(float *g, const float *u, sg_rank_one product,
                                                           sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                                                           size_t width) {
    if (product.column)
        sg_ref_outer_product(g, product.column, product.row, false, steps, width);
    for (size_t n = 0; n < width; n += SG_LANES)
        backward_tile(g + n, u + n, neuron, surrogate, steps, width);
}

/* Links: spikes to weighted input, and back. */
#include "kernel/ref/ref.h"

#include <string.h>

static inline void add_row(float *restrict sum, const float *restrict row, size_t stride) {
    for (size_t tile = 0; tile < stride; tile += SG_LANES)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[tile + k] += row[tile + k];
}

/* The sum of the rows that fire in one step, a tile of it. */
static inline void gather_tile(float *restrict x, const float *restrict weights, const uint32_t *restrict channel,
                               size_t count, size_t stride) {
    float sum[SG_LANES] = {0};
    for (size_t e = 0; e < count; e++)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[k] += weights[channel[e] * stride + k];
    memcpy(x, sum, sizeof sum);
}

void sg_ref_gather(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t stride) {
    for (size_t t = 0, begin = 0, end = 0; t < steps; t++, begin = end) {
        while (end < spikes.count && spikes.step[end] == t)
            end++;
        for (size_t tile = 0; tile < stride; tile += SG_LANES)
            gather_tile(x + t * stride + tile, weights + tile, spikes.channel + begin, end - begin, stride);
    }
}

void sg_ref_scatter(float *gradient, const float *gx, sg_spike_list spikes, size_t stride) {
    for (size_t e = 0; e < spikes.count; e++)
        add_row(gradient + spikes.channel[e] * stride, gx + spikes.step[e] * stride, stride);
}

static inline bool has_spike(const uint16_t *spikes, size_t t, size_t i, size_t stride_below) {
    return spikes[t * (stride_below / SG_LANES) + i / SG_LANES] >> (i % SG_LANES) & 1;
}

void sg_ref_gather_dense(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t stride, size_t stride_below) {
    memset(x, 0, steps * stride * sizeof *x);
    for (size_t t = 0; t < steps; t++)
        for (size_t i = 0; i < inputs; i++)
            if (has_spike(spikes, t, i, stride_below))
                add_row(x + t * stride, weights + i * stride, stride);
}

void sg_ref_scatter_dense(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride, size_t stride_below) {
    for (size_t t = 0; t < steps; t++)
        for (size_t i = 0; i < inputs; i++)
            if (has_spike(spikes, t, i, stride_below))
                add_row(gradient + i * stride, gx + t * stride, stride);
}

static inline void project_tile(float *restrict g, const float *restrict gx, const float *restrict transposed,
                                size_t neurons, size_t stride_below) {
    float sum[SG_LANES] = {0};
    for (size_t n = 0; n < neurons; n++)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[k] += gx[n] * transposed[n * stride_below + k];
    memcpy(g, sum, sizeof sum);
}

void sg_ref_project(float *g, const float *gx, const float *transposed, const uint16_t *active, size_t steps,
                    size_t neurons, size_t stride, size_t stride_below) {
    size_t tiles = stride_below / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++) {
            float *out = g + t * stride_below + tile * SG_LANES;
            if (active && !active[t * tiles + tile])
                memset(out, 0, SG_LANES * sizeof *out);
            else
                project_tile(out, gx + t * stride, transposed + tile * SG_LANES, neurons, stride_below);
        }
}

void sg_ref_transpose(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                      size_t stride_out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            transposed[c * stride_out + r] = matrix[r * stride_in + c];
}

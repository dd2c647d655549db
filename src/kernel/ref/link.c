/* Links: spikes to weighted input, and back. */
#include "kernel/ref/ref.h"

#include <string.h>

void sg_ref_gather(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width) {
    memset(x, 0, steps * width * sizeof *x);
    for (size_t e = 0; e < spikes.count; e++)
        sg_add_row(x + (spikes.step[e] - spikes.first) * width, weights + spikes.channel[e] * width, width);
}

void sg_ref_scatter(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width) {
    for (size_t e = spikes.count; e-- > 0;) {
        float *row = gradient + spikes.channel[e] * width;
        sg_ref_clear_untouched(row, touched + spikes.channel[e], 1, width);
        sg_add_row(row, gx + (spikes.step[e] - spikes.first) * width, width);
    }
}

/* Counts first; then each spike, from the last on, takes the next place of its channel, which ends where the next
 * channel begins. */
void sg_ref_sort_spikes(sg_sorted_spikes sorted, sg_spike_list spikes, size_t inputs) {
    memset(sorted.begin, 0, (inputs + 1) * sizeof *sorted.begin);
    for (size_t e = 0; e < spikes.count; e++)
        sorted.begin[spikes.channel[e] + 1]++;
    for (size_t i = 0; i < inputs; i++)
        sorted.begin[i + 1] += sorted.begin[i];
    for (size_t e = spikes.count; e-- > 0;)
        sorted.row[sorted.begin[spikes.channel[e]]++] = (uint16_t)(spikes.step[e] - spikes.first);
    memmove(sorted.begin + 1, sorted.begin, inputs * sizeof *sorted.begin);
    sorted.begin[0] = 0;
}

void sg_ref_scatter_sorted(float *gradient, uint8_t *touched, const float *gx, sg_sorted_spikes spikes, size_t inputs,
                           size_t width) {
    for (size_t i = 0; i < inputs; i++)
        for (size_t e = spikes.begin[i]; e < spikes.begin[i + 1]; e++) {
            sg_ref_clear_untouched(gradient + i * width, touched + i, 1, width);
            sg_add_row(gradient + i * width, gx + spikes.row[e] * width, width);
        }
}

void sg_ref_gather_bits(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                        size_t width, size_t stride_below) {
    memset(x, 0, steps * width * sizeof *x);
    for (size_t t = 0; t < steps; t++)
        for (size_t i = 0; i < inputs; i++)
            if (sg_has_spike(spikes, t, i, stride_below))
                sg_add_row(x + t * width, weights + i * width, width);
}

void sg_ref_scatter_bits(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t width, size_t stride_below) {
    for (size_t t = steps; t-- > 0;)
        for (size_t i = 0; i < inputs; i++)
            if (sg_has_spike(spikes, t, i, stride_below))
                sg_add_row(gradient + i * width, gx + t * width, width);
}

static inline void project_tile(float *restrict g, const float *restrict gx, const float *restrict transposed, bool add,
                                size_t neurons, size_t stride_below) {
    float sum[SG_LANES] = {0};
    if (add)
        memcpy(sum, g, sizeof sum);
    for (size_t n = 0; n < neurons; n++)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[k] += gx[n] * transposed[n * stride_below + k];
    memcpy(g, sum, sizeof sum);
}

void sg_ref_project(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add, size_t steps,
                    size_t neurons, size_t width, size_t width_below, size_t stride_below) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width_below; n += SG_LANES) {
            float *out = g + t * width_below + n;
            if (active && !active[(t * stride_below + n) / SG_LANES])
                memset(out, 0, SG_LANES * sizeof *out);
            else
                project_tile(out, gx + t * width, transposed + n, add, neurons, stride_below);
        }
}

/* The sum of gx row, by lanes and then by halves. */
static inline float dot(const float *restrict gx, const float *restrict row, size_t width) {
    float sum[SG_LANES];
    for (size_t k = 0; k < SG_LANES; k++)
        sum[k] = gx[k] * row[k];
    for (size_t n = SG_LANES; n < width; n += SG_LANES)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[k] += gx[n + k] * row[n + k];
    for (size_t half = SG_LANES / 2; half > 0; half /= 2)
        for (size_t k = 0; k < half; k++)
            sum[k] += sum[k + half];
    return sum[0];
}

void sg_ref_project_step(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                         size_t width) {
    for (size_t i = 0; i < inputs; i++)
        if (!active || active[i / SG_LANES] >> (i % SG_LANES) & 1)
            g[i] += dot(gx, weights + i * width, width);
}

void sg_ref_project_step_twice(float *const g[2], const float *const gx[2], const float *weights, size_t inputs,
                               size_t width) {
    for (size_t s = 0; s < 2; s++)
        sg_ref_project_step(g[s], gx[s], weights, NULL, inputs, width);
}

void sg_ref_transpose(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                      size_t stride_out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            transposed[c * stride_out + r] = matrix[r * stride_in + c];
}

void sg_ref_add_spikes(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width) {
    for (size_t i = 0; i < inputs; i++)
        if (spikes[i / SG_LANES] >> (i % SG_LANES) & 1)
            sg_add_row(x, weights + i * width, width);
}

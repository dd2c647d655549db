/* Leaky integrators, and what read-outs do with their membrane. */
#include "kernel/ref/ref.h"

#include <string.h>

static void integrate_tile(float *restrict x, const float *restrict beta, size_t steps, ptrdiff_t stride) {
    float v[SG_LANES] = {0};
    for (size_t t = 0; t < steps; t++, x += stride) {
        for (size_t k = 0; k < SG_LANES; k++) {
            v[k] = beta[k] * v[k] + x[k];
            x[k] = v[k];
        }
        if (sg_flushes(t))
            sg_flush_tile(v);
    }
}

void sg_ref_li_forward(float *x, const float *beta, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES)
        integrate_tile(x + n, beta + n, steps, (ptrdiff_t)width);
}

/* The same, from the last step to the first. */
void sg_ref_li_backward(float *g, const float *beta, size_t steps, size_t width) {
    if (steps > 0)
        for (size_t n = 0; n < width; n += SG_LANES)
            integrate_tile(g + (steps - 1) * width + n, beta + n, steps, -(ptrdiff_t)width);
}

void sg_ref_sum_steps(float *sums, const float *x, size_t steps, size_t width) {
    memset(sums, 0, width * sizeof *sums);
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            sums[n] += x[t * width + n];
}

void sg_ref_spread(float *x, const float *row, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        memcpy(x + t * width, row, width * sizeof *x);
}

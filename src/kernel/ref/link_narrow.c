/* The link into a layer of one tile: four inputs, or four steps, at a time. */
#include "kernel/ref/ref.h"

#include <string.h>

/* A sum of no rows: -0, to which a row is added as it is, a zero of either sign too. */
static inline void clear(float *sum) {
    for (size_t k = 0; k < SG_LANES; k++)
        sum[k] = -0.0f;
}

void sg_ref_gather_narrow(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride_below) {
    memset(x, 0, steps * SG_LANES * sizeof *x);
    for (size_t t = 0; t < steps; t++)
        for (size_t first = 0; first < inputs; first += 4) {
            float sum[SG_LANES];
            if (!(spikes[t * (stride_below / SG_LANES) + first / SG_LANES] >> (first % SG_LANES) & 15))
                continue;
            clear(sum);
            for (size_t i = first; i < first + 4 && i < inputs; i++)
                if (sg_has_spike(spikes, t, i, stride_below))
                    sg_add_row(sum, weights + i * SG_LANES, SG_LANES);
            sg_add_row(x + t * SG_LANES, sum, SG_LANES);
        }
}

void sg_ref_scatter_narrow(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                           size_t stride_below) {
    for (size_t end = steps, first; end > 0; end = first) {
        first = (end - 1) / 4 * 4;
        for (size_t i = 0; i < inputs; i++) {
            float sum[SG_LANES];
            bool any = false;
            clear(sum);
            for (size_t t = end; t-- > first;)
                if (sg_has_spike(spikes, t, i, stride_below)) {
                    sg_add_row(sum, gx + t * SG_LANES, SG_LANES);
                    any = true;
                }
            if (any)
                sg_add_row(gradient + i * SG_LANES, sum, SG_LANES);
        }
    }
}

/* Leaky integrators. */
#include "kernel/ref/ref.h"

#include <string.h>

static void forward_tile(float *restrict x, float beta, size_t steps, size_t width) {
    float v[SG_LANES] = {0};
    for (size_t t = 0; t < steps; t++) {
        for (size_t k = 0; k < SG_LANES; k++) {
            v[k] = beta * v[k] + x[t * width + k];
            x[t * width + k] = v[k];
        }
        if (sg_flushes(t))
            sg_flush_tile(v);
    }
}

void sg_ref_li_forward(float *x, float beta, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES)
        forward_tile(x + n, beta, steps, width);
}

static void backward_tile(float *restrict g, float beta, size_t steps, size_t width) {
    float gv[SG_LANES] = {0};
    for (size_t t = steps; t-- > 0;) {
        for (size_t k = 0; k < SG_LANES; k++) {
            gv[k] = beta * gv[k] + g[t * width + k];
            g[t * width + k] = gv[k];
        }
        if (sg_flushes_back(t))
            sg_flush_tile(gv);
    }
}

void sg_ref_li_backward(float *g, float beta, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES)
        backward_tile(g + n, beta, steps, width);
}

/* The surrogates, for the kernels that go backward. */
#ifndef SG_KERNEL_REF_SURROGATE_H
#define SG_KERNEL_REF_SURROGATE_H

#include "kernel/kernel.h"

#include <math.h>

/* g sigma(u) */
static inline float sg_times_sigma(sg_surrogate surrogate, float g, float u) {
    switch (surrogate.kind) {
    case SG_SURROGATE_RELU:
        return u >= 0 ? g : 0.0f;
    case SG_SURROGATE_FAST_SIGMOID: {
        float d = 1 + surrogate.k * fabsf(u);
        return g / (d * d);
    }
    }
    return 0;
}

#endif

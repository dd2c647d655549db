/* sigma(u) of every surrogate, for the kernels that go backward. */
#ifndef SG_KERNEL_REF_SURROGATE_H
#define SG_KERNEL_REF_SURROGATE_H

#include "kernel/kernel.h"

static inline float sg_sigma(sg_surrogate surrogate, float u) {
    switch (surrogate.kind) {
    case SG_SURROGATE_RELU:
        return u >= 0 ? 1.0f : 0.0f;
    }
    return 0;
}

#endif

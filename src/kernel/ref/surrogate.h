/* The surrogates, for the kernels that go backward. */
#ifndef SG_KERNEL_REF_SURROGATE_H
#define SG_KERNEL_REF_SURROGATE_H

#include "kernel/kernel.h"

#include <math.h>
#include <string.h>

/* exp(-y) for y >= 0, with the same bits at every level: -y = n ln 2 + r with |r| <= ln2/2, and the Taylor
 * series of exp(r) to r^7, which leaves less than 2^-27. Adding SG_ROUND rounds to a whole number, which is then in the
 * last bits. ln 2 is in two parts; the first has zeros at its end, so that n times it is exact. */
#define SG_ROUND    12582912.0f /* 1.5 2^23 */
#define SG_LOG2E    1.44269504f
#define SG_LN2_HIGH 0.693359375f
#define SG_LN2_LOW  -2.12194440e-4f
#define SG_EXP_LAST 87.0f /* beyond, it is 0 */

static const float sg_exp_taylor[8] = {1, 1, 1.0f / 2, 1.0f / 6, 1.0f / 24, 1.0f / 120, 1.0f / 720, 1.0f / 5040};

static inline float sg_power_of_two(float rounded) {
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    bits = (bits << 23) + 0x3f800000;
    memcpy(&rounded, &bits, sizeof bits);
    return rounded;
}

static inline float sg_exp_minus(float y) {
    float capped = y > SG_EXP_LAST ? SG_EXP_LAST : y;
    float rounded = capped * -SG_LOG2E + SG_ROUND, n = rounded - SG_ROUND;
    float r = (0 - capped) - n * SG_LN2_HIGH - n * SG_LN2_LOW, sum = sg_exp_taylor[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * r + sg_exp_taylor[i];
    return y > SG_EXP_LAST ? 0 : sum * sg_power_of_two(rounded);
}

/* g sigma(u), without the cutoff. */
static inline float sg_times_whole_sigma(sg_surrogate s, float g, float u) {
    switch (s.kind) {
    case SG_SURROGATE_RELU:
        return u >= 0 ? g : 0.0f;
    case SG_SURROGATE_FAST_SIGMOID: {
        float d = 1 + s.k * fabsf(u);
        return g / (d * d);
    }
    case SG_SURROGATE_SIGMOID: {
        float e = sg_exp_minus(s.k * fabsf(u)), d = 1 + e;
        return g * (s.height * e / (d * d));
    }
    case SG_SURROGATE_ARCTAN: {
        float a = s.k * u;
        return g * (s.height / (1 + a * a));
    }
    case SG_SURROGATE_TRIANGLE: {
        float left = 1 - s.k * fabsf(u);
        return g * (s.height * (left > 0 ? left : 0));
    }
    case SG_SURROGATE_BOXCAR:
        return s.k >= fabsf(u) ? g * s.height : 0;
    case SG_SURROGATE_GAUSSIAN:
        return g * (s.height * sg_exp_minus(s.k * (u * u)));
    case SG_SURROGATE_EXPONENTIAL:
        return g * (s.height * sg_exp_minus(s.k * fabsf(u)));
    case SG_SURROGATES:
        break;
    }
    return 0;
}

/* g sigma(u). A u that is not a number is not beyond the cutoff, and stays visible in the gradient. */
static inline float sg_times_sigma(sg_surrogate s, float g, float u) {
    return s.cutoff > 0 && fabsf(u) > s.cutoff ? 0 : sg_times_whole_sigma(s, g, u);
}

#endif

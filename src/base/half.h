/* IEEE 754's floating-point number of 16 bits. */
#ifndef SG_BASE_HALF_H
#define SG_BASE_HALF_H

#include <stdint.h>
#include <string.h>

/* Exact for every number; what is no number, or infinite, stays so. */
static inline double sg_half_to_double(uint16_t half) {
    const uint64_t sign = (uint64_t)(half & 0x8000) << 48;
    const unsigned exponent = half >> 10 & 31;
    const uint64_t mantissa = half & 1023;
    if (exponent == 0) { /* multiples of 2^-24 */
        const double small = (double)mantissa / 16777216.0;
        return sign ? -small : small;
    }
    const uint64_t bits = sign | (exponent == 31 ? (uint64_t)2047 : exponent + 1023 - 15) << 52 | mantissa << 42;
    double wide;
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

#endif

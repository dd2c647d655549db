/* What rounding may do to a run of the twin, drawn: each number that a run computes is off by half an epsilon of
 * itself, up or down. Its slope is off so, too, by a sign of its own: where a run forward rounds a number, the run back
 * rounds dL/dx of it, and with it all that flows through there. */
#ifndef SG_CHECK_ROUNDING_H
#define SG_CHECK_ROUNDING_H

#include "base/random.h"
#include "check/dual.h"

typedef struct sg_rounding {
    double half; /* an epsilon; 0: nothing is rounded */
    uint64_t seed, drawn, signs;
} sg_rounding;

static inline sg_dual sg_rounded(sg_rounding *rounding, sg_dual x) {
    if (rounding->half == 0)
        return x;
    if (rounding->drawn % 32 == 0)
        rounding->signs = sg_random_bits(rounding->seed, 0, rounding->drawn / 32);
    x.value *= 1 + (rounding->signs & 1 ? rounding->half : -rounding->half);
    x.slope *= 1 + (rounding->signs & 2 ? rounding->half : -rounding->half);
    rounding->signs >>= 2, rounding->drawn++;
    return x;
}

#endif

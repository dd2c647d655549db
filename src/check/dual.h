/* Dual numbers: a value and its derivative along one direction, so that a function that is written once gives both. */
#ifndef SG_CHECK_DUAL_H
#define SG_CHECK_DUAL_H

#include "base/exact.h"

#include <math.h>

typedef struct sg_dual {
    double value, slope;
} sg_dual;

static inline sg_dual sg_fixed(double value) {
    return (sg_dual){value, 0};
}
static inline sg_dual sg_plus(sg_dual a, sg_dual b) {
    return (sg_dual){a.value + b.value, a.slope + b.slope};
}
static inline sg_dual sg_minus(sg_dual a, sg_dual b) {
    return (sg_dual){a.value - b.value, a.slope - b.slope};
}
static inline sg_dual sg_times(sg_dual a, sg_dual b) {
    return (sg_dual){a.value * b.value, a.slope * b.value + a.value * b.slope};
}
static inline sg_dual sg_scaled(double factor, sg_dual a) {
    return (sg_dual){factor * a.value, factor * a.slope};
}
static inline sg_dual sg_dual_exp(sg_dual a) {
    double e = sg_exp(a.value);
    return (sg_dual){e, e * a.slope};
}
static inline sg_dual sg_dual_log(sg_dual a) {
    return (sg_dual){sg_log(a.value), a.slope / a.value};
}
static inline sg_dual sg_dual_sqrt(sg_dual a) {
    const double root = sqrt(a.value);
    return (sg_dual){root, a.slope / (2 * root)};
}
static inline sg_dual sg_dual_over(sg_dual a, sg_dual b) {
    const double ratio = a.value / b.value;
    return (sg_dual){ratio, (a.slope - ratio * b.slope) / b.value};
}
static inline sg_dual sg_dual_logistic(sg_dual a) {
    double s = 1 / (1 + sg_exp(-a.value)), rest = 1 / (1 + sg_exp(a.value)); /* 1 - s, where s rounds to 1 too */
    return (sg_dual){s, s * rest * a.slope};
}

#endif

/* Spike trains without a data set, for the curves: every step and channel holds a spike with the same probability. */
#ifndef SG_BENCH_SYNTHETIC_H
#define SG_BENCH_SYNTHETIC_H

#include "surgrad.h"

typedef struct bench_shape {
    size_t samples;
    uint32_t steps, channels, classes;
    double density; /* share of (step, channel) that holds a spike, above 0 and below 1 */
} bench_shape;

/* The same events on every machine that has the same log(). The caller frees them. */
sg_status bench_synthetic(const bench_shape *shape, sg_events **out);

#endif

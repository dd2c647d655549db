/* Spike trains without a data set. Every step and channel holds a spike with the same probability; or, with profiles,
 * with one that is smooth over steps and neighbouring channels, and different in each class, as in the data of event
 * cameras and cochleas. */
#ifndef SG_BENCH_SYNTHETIC_H
#define SG_BENCH_SYNTHETIC_H

#include "surgrad.h"

typedef struct bench_shape {
    size_t samples;
    uint32_t steps, classes;
    sg_shape in;    /* what the channels stand for */
    double density; /* share of (step, channel) that holds a spike, above 0 and below 1 */
    bool profiles;  /* density is a mean then */
} bench_shape;

/* The same events on every machine that has the same log() and exp(). The caller frees them. */
sg_status bench_synthetic(const bench_shape *shape, sg_events **out);

#endif

/* Data sets that are drawn from the seed, of any size, without files. Samples of all classes one after the other. */
#ifndef SG_DATA_SYNTHETIC_H
#define SG_DATA_SYNTHETIC_H

#include "data/data_config.h"
#include "data/events.h"

typedef struct sg_synthetic_request {
    const sg_data_config *config;
    uint32_t steps;
    double dt_ms;
    uint64_t seed;
} sg_synthetic_request;

/* Smooth random manifolds (Zenke and Vogels 2021): a class is a manifold of `dimension` dimensions in the space of the
 * channels' spike times, a sample a random point of it. One spike a channel. */
sg_status sg_make_randman(const sg_synthetic_request *drawing, sg_events **out);

/* A class is a random pattern of spikes, a sample a copy of it with spikes moved and missing. */
sg_status sg_make_patterns(const sg_synthetic_request *drawing, sg_events **out);

#endif

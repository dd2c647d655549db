/* The spike trains of the outputs, and those that they should be, as losses and metrics of whole trains see them. */
#ifndef SG_LEARN_TRAINS_H
#define SG_LEARN_TRAINS_H

#include "base/limits.h"
#include "kernel/kernel.h"

#include <stdbool.h>

/* The spike trains of the outputs for one sample, and what they should be. */
typedef struct sg_trains {
    const uint16_t *spikes; /* (T, stride / SG_LANES) */
    size_t steps, outputs, stride;
    double dt_ms;
    uint32_t label;
    sg_spike_list target; /* sorted by step */
} sg_trains;

static inline bool sg_trains_fires(const sg_trains *trains, size_t t, size_t n) {
    return trains->spikes[t * (trains->stride / SG_LANES) + n / SG_LANES] >> (n % SG_LANES) & 1;
}

#endif

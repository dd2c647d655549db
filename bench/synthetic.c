#include "synthetic.h"

#include <math.h>
#include <stdlib.h>

/* Number `index` of stream `stream`: a counter put through the finaliser of MurmurHash3, twice. */
static uint64_t draw(uint64_t stream, uint64_t index) {
    uint64_t x = stream * 0x9e3779b97f4a7c15u + index;
    for (int round = 0; round < 2; round++) {
        x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
        x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
        x ^= x >> 33;
    }
    return x;
}

/* Above 0, at most 1. */
static double uniform(uint64_t stream, uint64_t index) {
    return (double)((draw(stream, index) >> 11) + 1) * 0x1p-53;
}

typedef struct event_arrays {
    size_t count, capacity;
    uint16_t *step;
    uint32_t *channel;
} event_arrays;

static bool append(event_arrays *events, uint64_t place, uint32_t channels) {
    if (events->count == events->capacity) {
        events->capacity = events->capacity ? 2 * events->capacity : 1 << 16;
        uint16_t *step = realloc(events->step, events->capacity * sizeof *step);
        events->step = step ? step : events->step;
        uint32_t *channel = realloc(events->channel, events->capacity * sizeof *channel);
        events->channel = channel ? channel : events->channel;
        if (!step || !channel)
            return false;
    }
    events->step[events->count] = (uint16_t)(place / channels);
    events->channel[events->count++] = (uint32_t)(place % channels);
    return true;
}

/* The gap between two spikes is geometrically distributed, so silent places cost nothing. */
static bool add_sample(const bench_shape *shape, size_t sample, event_arrays *events) {
    double places = (double)shape->steps * shape->channels, silent = log1p(-shape->density);
    double place = -1;
    for (uint64_t i = 0;; i++) {
        place += 1 + floor(log(uniform(sample, i)) / silent);
        if (place >= places)
            return true;
        if (!append(events, (uint64_t)place, shape->channels))
            return false;
    }
}

sg_status bench_synthetic(const bench_shape *shape, sg_events **out) {
    event_arrays events = {0};
    uint64_t *first = calloc(shape->samples + 1, sizeof *first);
    uint32_t *label = calloc(shape->samples, sizeof *label);
    bool fits = first && label;
    for (size_t s = 0; fits && s < shape->samples; s++) {
        fits = add_sample(shape, s, &events);
        first[s + 1] = events.count;
        label[s] = (uint32_t)(s % shape->classes);
    }
    sg_status status = SG_MEMORY;
    if (fits)
        status = sg_events_create(&(sg_events_view){.samples = shape->samples,
                                                    .steps = shape->steps,
                                                    .channels = shape->channels,
                                                    .classes = shape->classes,
                                                    .first = first,
                                                    .step = events.step,
                                                    .channel = events.channel,
                                                    .label = label},
                                  out);
    free(first);
    free(label);
    free(events.step);
    free(events.channel);
    return status;
}

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

/* With the mean 0 and the variance 1: the sum of twelve uniform numbers less 6, near to a Gaussian. */
static double bell(uint64_t stream, uint64_t index) {
    double sum = -6;
    for (uint64_t i = 0; i < 12; i++)
        sum += uniform(stream, 12 * index + i);
    return sum;
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

static uint32_t channels_of(const bench_shape *shape) {
    return shape->in.channels * shape->in.height * shape->in.width;
}

/* Places, numbered by step and channel, that follow each other and hold a spike with the same probability. */
typedef struct run {
    uint64_t first, end;
    double density;
} run;

/* The gap between two spikes is geometrically distributed, so silent places cost nothing. `drawn` counts the numbers
 * that the sample has drawn. */
static bool add_run(run places, uint64_t sample, uint64_t *drawn, uint32_t channels, event_arrays *events) {
    double place = (double)places.first - 1, silent = log1p(-places.density);
    for (;;) {
        place += 1 + floor(log(uniform(sample, (*drawn)++)) / silent);
        if (place >= (double)places.end)
            return true;
        if (!append(events, (uint64_t)place, channels))
            return false;
    }
}

/* A class has one rate in each block of steps and neighbours: channels in a row, or a square of a map. */
enum { BLOCK_STEPS = 10, BLOCK_CHANNELS = 10, BLOCK_EDGE = 6, PROFILE_STREAM = 1 << 30 };
static const double MOST_DENSE = 0.9;

/* Rates are spread log-normally around their mean, exp(z - 1/2) with a z of variance 1. */
static double rate(const bench_shape *shape, uint32_t class, uint32_t block_of_steps, uint32_t block) {
    uint64_t stream = PROFILE_STREAM + (uint64_t) class * UINT16_MAX + block_of_steps;
    double density = shape->density * exp(bell(stream, block) - 0.5);
    return density < MOST_DENSE ? density : MOST_DENSE;
}

/* One line of the input in one step: a row of a map, or all channels where there are no maps. Blocks are numbered from
 * `block` on. */
static bool add_line(const bench_shape *shape, run line, uint32_t class, uint32_t step, uint32_t block, uint64_t sample,
                     uint64_t *drawn, event_arrays *events) {
    uint64_t length = shape->in.width > 1 ? BLOCK_EDGE : BLOCK_CHANNELS;
    for (uint64_t first = line.first; first < line.end; first += length, block++) {
        run places = {first, first + length < line.end ? first + length : line.end,
                      rate(shape, class, step / BLOCK_STEPS, block)};
        if (!add_run(places, sample, drawn, channels_of(shape), events))
            return false;
    }
    return true;
}

static bool add_profile(const bench_shape *shape, uint64_t sample, uint32_t class, event_arrays *events) {
    bool has_maps = shape->in.width > 1;
    uint32_t lines = has_maps ? shape->in.channels * shape->in.height : 1, length = channels_of(shape) / lines;
    uint64_t drawn = 0;
    for (uint32_t step = 0; step < shape->steps; step++)
        for (uint32_t l = 0; l < lines; l++) {
            uint64_t first = ((uint64_t)step * lines + l) * length;
            uint32_t map = l / shape->in.height, row = l % shape->in.height;
            uint32_t block = (map * shape->in.height + row / BLOCK_EDGE) * shape->in.width;
            if (!add_line(shape, (run){first, first + length, 0}, class, step, block, sample, &drawn, events))
                return false;
        }
    return true;
}

static bool add_sample(const bench_shape *shape, uint64_t sample, uint32_t class, event_arrays *events) {
    if (shape->profiles)
        return add_profile(shape, sample, class, events);
    uint64_t drawn = 0;
    run all = {0, (uint64_t)shape->steps * channels_of(shape), shape->density};
    return add_run(all, sample, &drawn, channels_of(shape), events);
}

sg_status bench_synthetic(const bench_shape *shape, sg_events **out) {
    event_arrays events = {0};
    uint64_t *first = calloc(shape->samples + 1, sizeof *first);
    uint32_t *label = calloc(shape->samples, sizeof *label);
    bool fits = first && label;
    for (size_t s = 0; fits && s < shape->samples; s++) {
        label[s] = (uint32_t)(s % shape->classes);
        fits = add_sample(shape, s, label[s], &events);
        first[s + 1] = events.count;
    }
    sg_status status = SG_MEMORY;
    if (fits)
        status = sg_events_create(&(sg_events_view){.samples = shape->samples,
                                                    .steps = shape->steps,
                                                    .channels = channels_of(shape),
                                                    .shape = shape->in,
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

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

/* A class has one rate in each block of steps and neighbours: channels in a row, or a square of a map. */
enum { BLOCK_STEPS = 10, BLOCK_CHANNELS = 10, BLOCK_EDGE = 6, PROFILES = 1 << 30 /* a stream of no sample */ };
static const double MOST_DENSE = 0.9;

/* Lines of the input: the rows of its maps, or all channels where it has none. `block` places of a line share a rate.
 */
typedef struct input_lines {
    uint32_t count, length, block, blocks;
} input_lines;

static input_lines lines_of(const bench_shape *shape) {
    bool has_maps = shape->in.width > 1;
    uint32_t count = has_maps ? shape->in.channels * shape->in.height : 1, length = channels_of(shape) / count;
    uint32_t block = has_maps ? BLOCK_EDGE : BLOCK_CHANNELS;
    return (input_lines){count, length, block, (length - 1) / block + 1};
}

typedef struct event_maker {
    const bench_shape *shape;
    input_lines lines;
    uint32_t step_blocks;
    double *silent;         /* (classes, step_blocks, lines, blocks) log(1 - rate); NULL without profiles */
    uint64_t sample, drawn; /* random numbers that the sample has drawn */
    event_arrays events;
} event_maker;

/* Rates are spread log-normally around their mean, exp(z - 1/2) with a z of variance 1. Rows of a map in the same block
 * have the same. */
static bool draw_rates(event_maker *maker) {
    const input_lines lines = maker->lines;
    uint32_t height = maker->shape->in.height;
    size_t times = (size_t)maker->shape->classes * maker->step_blocks;
    maker->silent = calloc(times * lines.count * lines.blocks, sizeof *maker->silent);
    for (size_t i = 0; maker->silent && i < times * lines.count * lines.blocks; i++) {
        size_t line = i / lines.blocks % lines.count, first = line - line % height % BLOCK_EDGE;
        double density = maker->shape->density * exp(bell(PROFILES, i - (line - first) * lines.blocks) - 0.5);
        maker->silent[i] = log1p(-fmin(density, MOST_DENSE));
    }
    return maker->silent != NULL;
}

/* Places first .. end-1, numbered by step and channel, which hold a spike with the same probability. The gap between
 * two spikes is geometrically distributed, so silent places cost nothing. */
static bool add_places(event_maker *maker, uint64_t first, uint64_t end, double silent) {
    double place = (double)first - 1;
    for (;;) {
        place += 1 + floor(log(uniform(maker->sample, maker->drawn++)) / silent);
        if (place >= (double)end)
            return true;
        if (!append(&maker->events, (uint64_t)place, channels_of(maker->shape)))
            return false;
    }
}

/* One line in one step. */
static bool add_line(event_maker *maker, uint32_t class, uint32_t step, uint32_t line) {
    const input_lines lines = maker->lines;
    size_t at = ((size_t) class * maker->step_blocks + step / BLOCK_STEPS) * lines.count + line;
    uint64_t first = ((uint64_t)step * lines.count + line) * lines.length, end = first + lines.length;
    for (const double *silent = maker->silent + at * lines.blocks; first < end; first += lines.block, silent++)
        if (!add_places(maker, first, first + lines.block < end ? first + lines.block : end, *silent))
            return false;
    return true;
}

static bool add_sample(event_maker *maker, uint64_t sample, uint32_t class) {
    const bench_shape *shape = maker->shape;
    maker->sample = sample;
    maker->drawn = 0;
    if (!shape->profiles)
        return add_places(maker, 0, (uint64_t)shape->steps * channels_of(shape), log1p(-shape->density));
    for (uint32_t step = 0; step < shape->steps; step++)
        for (uint32_t line = 0; line < maker->lines.count; line++)
            if (!add_line(maker, class, step, line))
                return false;
    return true;
}

sg_status bench_synthetic(const bench_shape *shape, sg_events **out) {
    event_maker maker = {.shape = shape, .lines = lines_of(shape), .step_blocks = (shape->steps - 1) / BLOCK_STEPS + 1};
    uint64_t *first = calloc(shape->samples + 1, sizeof *first);
    uint32_t *label = calloc(shape->samples, sizeof *label);
    bool fits = first && label && (!shape->profiles || draw_rates(&maker));
    for (size_t s = 0; fits && s < shape->samples; s++) {
        label[s] = (uint32_t)(s % shape->classes);
        fits = add_sample(&maker, s, label[s]);
        first[s + 1] = maker.events.count;
    }
    sg_status status = SG_MEMORY;
    if (fits)
        status = sg_events_create(&(sg_events_view){.samples = shape->samples,
                                                    .steps = shape->steps,
                                                    .channels = channels_of(shape),
                                                    .shape = shape->in,
                                                    .classes = shape->classes,
                                                    .first = first,
                                                    .step = maker.events.step,
                                                    .channel = maker.events.channel,
                                                    .label = label},
                                  out);
    free(first);
    free(label);
    free(maker.silent);
    free(maker.events.step);
    free(maker.events.channel);
    return status;
}

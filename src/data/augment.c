#include "data/augment.h"

#include "base/exact.h"
#include "base/random.h"
#include "data/augment_events.h"

#include <math.h>
#include <string.h>

sg_input_list sg_events_input(const sg_events *events, size_t sample) {
    uint64_t first = events->first[sample];
    return (sg_input_list){
        .list = {events->step + first, events->channel + first, events->first[sample + 1] - first, 0},
        .value = events->value ? events->value + first : NULL,
        .constant = events->constant,
    };
}

bool sg_augments(const sg_data_config *config) {
    return config->shift > 0 || config->rotate > 0 || config->zoom > 0 || config->jitter_ms > 0 || config->drop > 0 ||
           config->blend > 0 || sg_moves_events(config);
}

static bool turns(const sg_data_config *config) {
    return config->rotate > 0 || config->zoom > 0;
}

/* Numbers keep their steps. */
static sg_status check_numbers(const sg_data_config *config, const sg_events *events) {
    const char *option = config->jitter_ms > 0 ? "jitter"
                         : config->stretch > 0 ? "stretch"
                         : config->blend > 0   ? "blend"
                                               : NULL;
    if (!events->numbers || !option)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "augment.%s: moves single spikes, but the data are numbers: leave it out, or use an encoder.kind of "
                   "spikes",
                   option);
}

sg_status sg_augment_check(const sg_data_config *config, const sg_events *events) {
    if ((config->shift > 0 || turns(config)) && !sg_shape_is_image(events->shape))
        return sg_fail(SG_CONFIG,
                       "augment.%s: the data are not images, so nothing can be moved in them: use augment.jitter or "
                       "augment.drop, or say the shape of events that are (data.shape)",
                       config->shift > 0    ? "shift"
                       : config->rotate > 0 ? "rotate"
                                            : "scale");
    if (turns(config) && (events->window > 0 || !events->is_single))
        return sg_fail(SG_CONFIG,
                       "augment.%s: needs images with one spike a pixel at most: use encoder.kind: latency and "
                       "data.sequence: none, or augment.shift",
                       config->rotate > 0 ? "rotate" : "scale");
    if (turns(config) && config->blend > 0)
        return sg_fail(
            SG_CONFIG,
            "augment.blend: a blended sample may have several spikes a pixel, which augment.%s does not take: "
            "use one of the two",
            config->rotate > 0 ? "rotate" : "scale");
    SG_TRY(check_numbers(config, events));
    return sg_move_events_check(config, events);
}

sg_augment_scratch sg_augment_lay_out(sg_arena *arena, size_t longest, size_t channels, size_t steps) {
    return (sg_augment_scratch){
        .step = sg_arena_take(arena, longest + 1, sizeof(uint16_t)),
        .channel = sg_arena_take(arena, longest + 1, sizeof(uint32_t)),
        .moved_step = sg_arena_take(arena, longest, sizeof(uint16_t)),
        .moved = sg_arena_take(arena, longest, sizeof(uint32_t)),
        .value = sg_arena_take(arena, longest + 1, sizeof(float)),
        .by_channel = sg_arena_take(arena, channels + 1, sizeof(float)),
        .at = sg_arena_take(arena, channels + 1, sizeof(uint16_t)),
        .place = sg_arena_take(arena, steps + 1, sizeof(uint32_t)),
    };
}

size_t sg_augment_longest(const sg_data_config *config, const sg_events *events) {
    const size_t longest = config && config->blend > 0 ? 2 * events->longest : events->longest;
    return longest > events->channels ? longest : events->channels;
}

/* What is drawn for one sample. */
typedef struct draw {
    uint64_t key, place;
    uint64_t count;
} draw;

static double uniform(draw *d, double low, double high) {
    uint64_t key = sg_random_bits(d->key, 0, d->place);
    return low + (high - low) * sg_random_uniform(key, 0, d->count++);
}

/* -most .. most, each as likely. */
static int whole(draw *d, int64_t most) {
    return (int)floor(uniform(d, (double)-most, (double)most + 1));
}

/* How far an axis of so many places is moved; one that has a single place is not. */
static int draw_shift(draw *d, int64_t most, int places) {
    int drawn = whole(d, most);
    return places > 1 ? drawn : 0;
}

/* The picture moved: spikes keep their order. Rows shown one after the other are moved by their windows. */
static size_t shift(const sg_events *events, sg_input_list input, draw *d, int64_t most,
                    const sg_augment_scratch *scratch) {
    const sg_spike_list in = input.list;
    const int window = (int)events->window, width = (int)events->shape.width;
    const int height = window ? (int)events->steps / window : (int)events->shape.height;
    const int map = width * (int)events->shape.height;
    const int dx = draw_shift(d, most, width), dy = draw_shift(d, most, height);
    size_t count = 0;
    for (size_t e = 0; e < in.count; e++) {
        int place = (int)(in.channel[e] % (uint32_t)map), first = (int)in.channel[e] - place, step = in.step[e];
        int x = place % width + dx, y = (window ? step / window : place / width) + dy;
        if (x < 0 || x >= width || y < 0 || y >= height)
            continue;
        scratch->channel[count] = (uint32_t)(first + (window ? x : y * width + x));
        if (input.value)
            scratch->value[count] = input.value[e];
        scratch->step[count++] = (uint16_t)(step + dy * window);
    }
    return count;
}

/* Sorts `count` spikes by step, in place by way of `moved`; those of one step keep their order. */
static void sort(size_t count, const sg_augment_scratch *scratch) {
    memcpy(scratch->moved, scratch->channel, count * sizeof *scratch->moved);
    memcpy(scratch->moved_step, scratch->step, count * sizeof *scratch->moved_step);
    sg_sort_by_step((sg_event_list){.step = scratch->moved_step, .channel = scratch->moved, .count = count},
                    (sg_event_list){.step = scratch->step, .channel = scratch->channel, .count = count},
                    scratch->place);
}

enum { NONE = UINT16_MAX }; /* the step of a channel without a spike */

/* How a picture is turned and stretched about its middle, and moved: `across` and `down` are what a step to the right
 * in it is in the one that it comes from. */
typedef struct turning {
    double dx, dy, across, down;
} turning;

static turning draw_turning(const sg_data_config *config, draw *d) {
    turning t = {.dx = whole(d, config->shift), .dy = whole(d, config->shift)};
    double angle = uniform(d, -config->rotate, config->rotate) * (0x1.921fb54442d18p+1 / 180);
    double size = 1 + uniform(d, -config->zoom, config->zoom);
    t.across = sg_cos(angle) / size;
    t.down = sg_sin(angle) / size;
    return t;
}

/* Where each pixel of row y comes from: a place in its map, or `none` if that is outside. Without branches, so that the
 * compiler makes vectors of it. */
static void trace_row(uint32_t *restrict from, turning t, int y, int width, int height, uint32_t none) {
    const double middle_x = (width - 1) / 2.0, middle_y = (height - 1) / 2.0, v = y - t.dy - middle_y;
    for (int x = 0; x < width; x++) {
        const double u = x - t.dx - middle_x;
        const double from_x = t.across * u + t.down * v + middle_x + 0.5;
        const double from_y = t.across * v - t.down * u + middle_y + 0.5;
        const bool inside = (from_x >= 0) & (from_y >= 0) & (from_x < width) & (from_y < height);
        const int place = (int)from_y * width + (int)from_x;
        from[x] = inside ? (uint32_t)place : none;
    }
}

/* The same for all channels of a store: maps are turned alike. */
static void trace(uint32_t *from, turning t, const sg_events *events) {
    const sg_shape shape = events->shape;
    const uint32_t map = shape.height * shape.width, none = events->channels;
    for (uint32_t y = 0; y < shape.height; y++)
        trace_row(from + y * shape.width, t, (int)y, (int)shape.width, (int)shape.height, none);
    for (uint32_t c = map; c < events->channels; c++)
        from[c] = from[c - map] == none ? none : from[c - map] + map;
}

/* The spikes of all channels, each that of the channel it comes from. Returns how many. */
static size_t take(uint16_t *restrict step, uint32_t *restrict channel, const uint16_t *restrict at,
                   const uint32_t *restrict from, uint32_t channels) {
    size_t count = 0;
    for (uint32_t c = 0; c < channels; c++) {
        channel[count] = c;
        step[count] = at[from[c]];
        count += at[from[c]] != NONE;
    }
    return count;
}

/* Each pixel takes the number of the one that it comes from; all are of step 0. */
static size_t turn_numbers(const sg_events *events, sg_input_list in, const sg_augment_scratch *scratch) {
    size_t count = 0;
    memset(scratch->by_channel, 0, (events->channels + 1) * sizeof *scratch->by_channel);
    for (size_t e = 0; e < in.list.count; e++)
        scratch->by_channel[in.list.channel[e]] = in.value[e];
    for (uint32_t c = 0; c < events->channels; c++) {
        scratch->step[count] = 0;
        scratch->channel[count] = c;
        scratch->value[count] = scratch->by_channel[scratch->moved[c]];
        count += scratch->value[count] != 0;
    }
    return count;
}

/* Each pixel takes the spike of the one that lies where it comes from, or none. */
static size_t turn(const sg_data_config *config, const sg_events *events, sg_input_list input, draw *d,
                   const sg_augment_scratch *scratch) {
    const sg_spike_list in = input.list;
    trace(scratch->moved, draw_turning(config, d), events);
    if (input.value)
        return turn_numbers(events, input, scratch);
    for (uint32_t c = 0; c <= events->channels; c++)
        scratch->at[c] = NONE;
    for (size_t e = 0; e < in.count; e++)
        scratch->at[in.channel[e]] = in.step[e];
    size_t count = take(scratch->step, scratch->channel, scratch->at, scratch->moved, events->channels);
    sort(count, scratch);
    return count;
}

/* Brings the numbers of each step into the order of their channels. */
static size_t order_numbers(const sg_events *events, size_t count, const sg_augment_scratch *scratch) {
    size_t left = 0;
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        const uint16_t step = scratch->step[begin];
        memset(scratch->by_channel, 0, events->channels * sizeof *scratch->by_channel);
        for (; end < count && scratch->step[end] == step; end++)
            scratch->by_channel[scratch->channel[end]] = scratch->value[end];
        for (uint32_t c = 0; c < events->channels; c++)
            if (scratch->by_channel[c] != 0) {
                scratch->step[left] = step;
                scratch->channel[left] = c;
                scratch->value[left++] = scratch->by_channel[c];
            }
    }
    return left;
}

static size_t drop(size_t count, draw *d, double share, const sg_augment_scratch *scratch) {
    size_t left = 0;
    for (size_t e = 0; e < count; e++) {
        scratch->step[left] = scratch->step[e];
        scratch->channel[left] = scratch->channel[e];
        scratch->value[left] = scratch->value[e];
        left += uniform(d, 0, 1) >= share;
    }
    return left;
}

static size_t jitter(const sg_events *events, size_t count, draw *d, double steps, const sg_augment_scratch *scratch) {
    uint64_t key = sg_random_bits(d->key, 1, d->place);
    double last = events->steps - 1;
    for (size_t e = 0; e < count; e++) {
        double t = floor(scratch->step[e] + 0.5 + steps * sg_random_normal(key, 0, e));
        scratch->step[e] = (uint16_t)(t < 0 ? 0 : t > last ? last : t);
    }
    sort(count, scratch);
    return sg_order_channels((sg_event_list){.step = scratch->step, .channel = scratch->channel, .count = count},
                             events->counts);
}

/* The sample's spikes, or those of a blend, which lie in the scratch. */
static sg_input_list blend(const sg_augment *augment, const sg_events *events, size_t sample, const draw *d,
                           const sg_augment_scratch *scratch) {
    const double probability = augment->config->blend;
    sg_event_list list = {.step = scratch->step, .channel = scratch->channel};
    if (!(probability > 0) ||
        !sg_blend(augment->partners, probability, sample, sg_random_bits(d->key, 3, d->place), &list))
        return sg_events_input(events, sample);
    sort(list.count, scratch);
    return (sg_input_list){.list = {list.step, list.channel, sg_order_channels(list, events->counts), 0}};
}

/* The events of a sample that are not moved by turns and shifts. */
static size_t copy(sg_input_list in, const sg_augment_scratch *scratch) {
    const size_t count = in.list.count;
    if (in.list.step == scratch->step || count == 0)
        return count;
    memcpy(scratch->step, in.list.step, count * sizeof *scratch->step);
    memcpy(scratch->channel, in.list.channel, count * sizeof *scratch->channel);
    if (in.value)
        memcpy(scratch->value, in.value, count * sizeof *scratch->value);
    return count;
}

sg_input_list sg_augment_sample(const sg_augment *augment, const sg_events *events, size_t sample, uint64_t number,
                                uint64_t place, const sg_augment_scratch *scratch) {
    const sg_data_config *config = augment->config;
    draw d = {.key = sg_random_bits(augment->seed, SG_STREAM_AUGMENT, number), .place = place};
    const sg_input_list in = blend(augment, events, sample, &d, scratch);
    float *value = events->numbers ? scratch->value : NULL;
    size_t count;
    if (turns(config))
        count = turn(config, events, in, &d, scratch);
    else if (config->shift > 0)
        count = shift(events, in, &d, config->shift, scratch);
    else
        count = copy(in, scratch);
    if (sg_moves_events(config))
        count = sg_move_events(config, events, sg_random_bits(d.key, 2, place),
                               (sg_event_list){scratch->step, scratch->channel, count, value});
    if (sg_moves_events(config) && value)
        count = order_numbers(events, count, scratch);
    if (config->drop > 0)
        count = drop(count, &d, config->drop, scratch);
    if (config->jitter_ms > 0)
        count = jitter(events, count, &d, config->jitter_ms / augment->dt_ms, scratch);
    return (sg_input_list){.list = {scratch->step, scratch->channel, count, 0},
                           .value = value,
                           .constant = events->constant};
}

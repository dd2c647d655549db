/* A class is a random pattern of spikes, a sample a copy of it with spikes moved and missing. */
#include "base/random.h"
#include "data/synthetic.h"

#include <math.h>

/* Steps of a pattern. */
static uint32_t length_of(const sg_source_request *request) {
    double steps = ceil(request->config->length_ms / request->need.dt_ms);
    return steps > 0 && steps < request->need.steps ? (uint32_t)steps : request->need.steps;
}

/* Whether channel c of a class fires in step t. */
static bool is_set(const sg_source_request *request, uint64_t class, uint64_t c, uint64_t t) {
    double p = request->config->rate_hz * request->need.dt_ms / 1000;
    uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SET, class);
    if (request->config->once)
        return t == (uint64_t)(sg_random_uniform(key, (uint32_t)c, 0) * length_of(request));
    return sg_random_uniform(key, (uint32_t)c, t) < p;
}

static sg_event_layout layout_of(const sg_source_request *request) {
    return (sg_event_layout){.name = "patterns",
                             .steps = request->need.steps,
                             .classes = (uint32_t)request->config->classes,
                             .shape = sg_flat_shape((uint32_t)request->config->channels),
                             .dt_ms = request->need.dt_ms,
                             .allows_doubles = true};
}

/* The pattern of every class, as a sample. */
static sg_status write_patterns(const sg_source_request *request, sg_event_writer *writer) {
    const sg_event_layout layout = layout_of(request);
    SG_TRY(sg_event_writer_open(writer, &layout));
    for (uint32_t class = 0; class < layout.classes; class ++) {
        SG_TRY(sg_event_writer_begin(writer, SG_TRAIN, class));
        for (uint32_t t = 0; t < length_of(request); t++)
            for (uint32_t c = 0; c < layout.shape.channels; c++)
                if (is_set(request, class, c, t))
                    sg_event_writer_add(writer, t, c, 1);
    }
    return SG_OK;
}

static sg_status draw_patterns(const sg_source_request *request, sg_events **out) {
    sg_event_writer writer = {0};
    *out = NULL;
    sg_status status = write_patterns(request, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

static bool stays(const sg_source_request *request, uint64_t key, uint64_t e) {
    return sg_random_uniform(key, 0, e) >= request->config->noise_drop;
}

/* The step in which a sample's pattern begins. */
static uint32_t beginning(const sg_source_request *request, uint64_t key) {
    double steps = request->config->latest_ms / request->need.dt_ms;
    return steps > 0 ? (uint32_t)(sg_random_uniform(key, 2, 0) * (floor(steps) + 1)) : 0;
}

static uint16_t moved(const sg_source_request *request, uint64_t key, uint64_t e, uint32_t step) {
    double t = step + 0.5 + request->config->noise_jitter_ms / request->need.dt_ms * sg_random_normal(key, 1, e);
    double last = request->need.steps - 1;
    return (uint16_t)(t < 0 ? 0 : t > last ? last : t);
}

static void copy_pattern(const sg_source_request *request, const sg_events *pattern, uint64_t class, uint64_t sample,
                         sg_event_writer *out) {
    uint64_t key = sg_random_bits(request->need.seed, SG_STREAM_SAMPLES, sample);
    uint32_t begin = beginning(request, key);
    for (uint64_t e = pattern->first[class]; e < pattern->first[class + 1]; e++)
        if (stays(request, key, e))
            sg_event_writer_add(out, moved(request, key, e, pattern->step[e] + begin), pattern->channel[e], 1);
}

static sg_status copy_all(const sg_source_request *request, const sg_events *pattern, sg_event_writer *out) {
    const sg_event_layout layout = layout_of(request);
    const uint64_t of_class = (uint64_t)request->config->samples;
    SG_TRY(sg_event_writer_open(out, &layout));
    for (uint64_t s = 0; s < layout.classes * of_class; s++) {
        SG_TRY(sg_event_writer_begin(out, SG_TRAIN, (uint32_t)(s / of_class)));
        copy_pattern(request, pattern, s / of_class, s, out);
    }
    return SG_OK;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    const sg_data_config *config = request->config;
    double rate = fmin(1, config->rate_hz * request->need.dt_ms / 1000);
    double spikes = config->once ? 1 : length_of(request) * rate;
    sg_events *pattern;
    SG_TRY(sg_synthetic_check(request, spikes * (1 - config->noise_drop)));
    SG_TRY(sg_rate_check("patterns.rate", config->rate_hz, request->need.dt_ms));
    if (length_of(request) + floor(config->latest_ms / request->need.dt_ms) > request->need.steps)
        return sg_fail(
            SG_CONFIG,
            "patterns.latest: %g ms, but patterns are %u steps long and a sample has %u: use a smaller one, a "
            "smaller patterns.length, or more steps",
            config->latest_ms, length_of(request), request->need.steps);
    SG_TRY(draw_patterns(request, &pattern));
    sg_status status = copy_all(request, pattern, out);
    sg_events_free(pattern);
    return status;
}

const sg_source_kind sg_source_patterns = {
    .head = {"patterns", "noisy copies of one random pattern for each class, drawn from the seed"},
    .check = sg_source_check_nothing,
    .measure = sg_source_count,
    .read = read,
};

#include "base/random.h"
#include "data/sort_events.h"
#include "data/synthetic.h"

#include <stdlib.h>

/* Whether channel c of a class fires in step t. */
static bool is_set(const sg_synthetic_request *drawing, uint64_t class, uint64_t c, uint64_t t) {
    double p = drawing->config->rate_hz * drawing->dt_ms / 1000;
    uint64_t key = sg_random_bits(drawing->seed, SG_STREAM_SET, class);
    return sg_random_uniform(key, (uint32_t)c, t) < p;
}

/* Spikes of every class's pattern, one after the other; count (classes + 1) tells where each begins. */
static sg_status draw_patterns(const sg_synthetic_request *drawing, sg_events **out) {
    const sg_data_config *config = drawing->config;
    SG_TRY(sg_events_make((size_t)config->classes, drawing->steps, (uint32_t)config->channels,
                          (uint32_t)config->classes, out));
    sg_events *pattern = *out;
    for (int fill = 0; fill < 2; fill++) {
        uint64_t at = 0;
        for (uint64_t class = 0; class < pattern->samples; class ++) {
            for (uint32_t t = 0; t < drawing->steps; t++)
                for (uint32_t c = 0; c < pattern->channels; c++) {
                    if (!is_set(drawing, class, c, t))
                        continue;
                    if (fill) {
                        pattern->step[at] = (uint16_t)t;
                        pattern->channel[at] = c;
                    }
                    at++;
                }
            pattern->first[class + 1] = at;
        }
        if (!fill)
            SG_TRY(sg_events_reserve(pattern));
    }
    return SG_OK;
}

static bool stays(const sg_synthetic_request *drawing, uint64_t key, uint64_t e) {
    return sg_random_uniform(key, 0, e) >= drawing->config->noise_drop;
}

static uint16_t moved(const sg_synthetic_request *drawing, uint64_t key, uint64_t e, uint16_t step) {
    double t = step + 0.5 + drawing->config->noise_jitter_ms / drawing->dt_ms * sg_random_normal(key, 1, e);
    double last = drawing->steps - 1;
    return (uint16_t)(t < 0 ? 0 : t > last ? last : t);
}

/* Copies a pattern's spikes, or only counts those that stay. */
static uint64_t copy_pattern(const sg_synthetic_request *drawing, const sg_events *pattern, uint64_t class,
                             uint64_t sample, sg_events *events, uint64_t at) {
    uint64_t key = sg_random_bits(drawing->seed, SG_STREAM_SAMPLES, sample);
    for (uint64_t e = pattern->first[class]; e < pattern->first[class + 1]; e++) {
        if (!stays(drawing, key, e))
            continue;
        if (events->step) {
            events->step[at] = moved(drawing, key, e, pattern->step[e]);
            events->channel[at] = pattern->channel[e];
        }
        at++;
    }
    return at;
}

static sg_status copy_all(const sg_synthetic_request *drawing, const sg_events *pattern, sg_events *events) {
    uint64_t of_class = (uint64_t)drawing->config->samples;
    for (uint64_t s = 0; s < events->samples; s++) {
        events->label[s] = (uint32_t)(s / of_class);
        events->first[s + 1] = copy_pattern(drawing, pattern, s / of_class, s, events, events->first[s]);
    }
    SG_TRY(sg_events_reserve(events));
    for (uint64_t s = 0; s < events->samples; s++)
        copy_pattern(drawing, pattern, s / of_class, s, events, events->first[s]);
    return sg_events_sort(events);
}

sg_status sg_make_patterns(const sg_synthetic_request *drawing, sg_events **out) {
    const sg_data_config *config = drawing->config;
    sg_events *pattern = NULL;
    sg_status status = draw_patterns(drawing, &pattern);
    if (status == SG_OK)
        status = sg_events_make((size_t)(config->classes * config->samples), drawing->steps, (uint32_t)config->channels,
                                (uint32_t)config->classes, out);
    if (status == SG_OK)
        status = copy_all(drawing, pattern, *out);
    sg_events_free(pattern);
    return status;
}

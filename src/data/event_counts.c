#include "data/event_counts.h"

#include "base/memory_limit.h"

#include <inttypes.h>
#include <stdlib.h>

sg_status sg_counted_events_make(size_t samples, uint64_t entries, sg_counted_events *out) {
    *out = (sg_counted_events){
        .first = sg_array(samples + 1, sizeof *out->first),
        .step = sg_array(entries, sizeof *out->step),
        .channel = sg_array(entries, sizeof *out->channel),
        .count = sg_array(entries, sizeof *out->count),
    };
    if (out->first && out->step && out->channel && out->count)
        return SG_OK;
    sg_counted_events_free(out);
    return SG_MEMORY;
}

void sg_counted_events_free(sg_counted_events *counted) {
    free(counted->first);
    free(counted->step);
    free(counted->channel);
    free(counted->count);
    *counted = (sg_counted_events){0};
}

size_t sg_count_events(const uint16_t *step, const uint32_t *channel, size_t count, uint16_t *entry_step,
                       uint32_t *entry_channel, uint16_t *entry_count) {
    size_t entries = 0;
    for (size_t e = 0; e < count; e++) {
        bool goes_on = entries > 0 && entry_step[entries - 1] == step[e] && entry_channel[entries - 1] == channel[e] &&
                       entry_count[entries - 1] < UINT16_MAX;
        if (goes_on) {
            entry_count[entries - 1]++;
            continue;
        }
        entry_step[entries] = step[e];
        entry_channel[entries] = channel[e];
        entry_count[entries++] = 1;
    }
    return entries;
}

sg_status sg_events_to_counted(const sg_events *events, sg_counted_events *out) {
    SG_TRY(sg_counted_events_make(events->samples, events->first[events->samples], out));
    for (size_t s = 0; s < events->samples; s++) {
        const uint64_t from = events->first[s], to = out->first[s];
        out->first[s + 1] =
            to + sg_count_events(events->step + from, events->channel + from, (size_t)(events->first[s + 1] - from),
                                 out->step + to, out->channel + to, out->count + to);
    }
    return SG_OK;
}

/* How many events each sample has; SG_DATA for a count of 0. */
static sg_status find_first(sg_events *events, const sg_counted_events *counted, const char *name) {
    for (size_t s = 0; s < events->samples; s++) {
        events->first[s + 1] = events->first[s];
        for (uint64_t e = counted->first[s]; e < counted->first[s + 1]; e++) {
            if (counted->count[e] == 0)
                return sg_fail(SG_DATA, "%s: 'count' of event %" PRIu64 " of sample %zu is 0, expected 1 or more", name,
                               e - counted->first[s], s);
            events->first[s + 1] += counted->count[e];
        }
    }
    return SG_OK;
}

sg_status sg_events_from_counted(sg_events *events, const sg_counted_events *counted, const char *name) {
    SG_TRY(find_first(events, counted, name));
    SG_TRY(sg_events_reserve(events));
    uint64_t at = 0;
    for (uint64_t e = 0; e < counted->first[events->samples]; e++)
        for (uint32_t i = 0; i < counted->count[e]; i++, at++) {
            events->step[at] = counted->step[e];
            events->channel[at] = counted->channel[e];
        }
    return SG_OK;
}

#include "data/events.h"

#include "base/memory_limit.h"
#include "file/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

sg_status sg_events_make(const sg_events *head, sg_events **out) {
    *out = NULL;
    sg_events *events = sg_array(1, sizeof *events);
    if (!events)
        return SG_MEMORY;
    *events = *head;
    atomic_init(&events->holders, 1);
    events->first = sg_array(events->samples + 1, sizeof *events->first);
    events->label = sg_array(events->samples, sizeof *events->label);
    events->split = sg_array(events->samples, sizeof *events->split);
    events->group = sg_array(events->samples, sizeof *events->group);
    if (!events->first || !events->label || !events->split || !events->group) {
        sg_events_free(events);
        return SG_MEMORY;
    }
    memset(events->group, 0xff, events->samples * sizeof *events->group); /* SG_NO_GROUP */
    *out = events;
    return SG_OK;
}

static void find_longest(sg_events *events) {
    events->longest = 0;
    for (size_t s = 0; s < events->samples; s++)
        if (events->first[s + 1] - events->first[s] > events->longest)
            events->longest = events->first[s + 1] - events->first[s];
}

/* Whether no channel has two events in a sample; last[c] is the number, + 1, of the last sample with one of c. */
static bool is_single(const sg_events *events, uint64_t *last) {
    for (size_t s = 0; s < events->samples; s++)
        for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++) {
            if (last[events->channel[e]] == s + 1)
                return false;
            last[events->channel[e]] = s + 1;
        }
    return true;
}

static int by_number(const void *a, const void *b) {
    const uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* The same by the channels of one sample after the other, `sorted` (longest). */
static bool is_single_by_sorting(const sg_events *events, uint32_t *sorted) {
    for (size_t s = 0; s < events->samples; s++) {
        const size_t count = (size_t)(events->first[s + 1] - events->first[s]);
        memcpy(sorted, events->channel + events->first[s], count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, by_number);
        for (size_t i = 1; i < count; i++)
            if (sorted[i] == sorted[i - 1])
                return false;
    }
    return true;
}

/* Memory is for the channels, or else for the longest sample: a few events may tell of any number of channels. */
sg_status sg_events_measure(sg_events *events) {
    enum { MANY = 1 << 20 };
    find_longest(events);
    if (!sg_shape_is_image(events->shape))
        return SG_OK;
    const bool sorts = events->channels > MANY && events->channels > events->first[events->samples];
    void *scratch = sorts ? sg_array(events->longest, sizeof(uint32_t)) : sg_array(events->channels, sizeof(uint64_t));
    if (!scratch)
        return SG_MEMORY;
    events->is_single = sorts ? is_single_by_sorting(events, scratch) : is_single(events, scratch);
    free(scratch);
    return SG_OK;
}

sg_status sg_events_reserve(sg_events *events) {
    const size_t count = events->first[events->samples];
    SG_TRY(sg_check_memory(sg_events_bytes(events->samples, count, events->numbers), "the data set, as events,",
                           "use fewer samples, or fewer spikes"));
    events->step = sg_array(count, sizeof *events->step);
    events->channel = sg_array(count, sizeof *events->channel);
    if (events->numbers)
        events->value = sg_array(count, sizeof *events->value);
    return events->step && events->channel && (events->value || !events->numbers) ? SG_OK : SG_MEMORY;
}

size_t sg_events_bytes(size_t samples, size_t count, bool numbers) {
    return (samples + 1) * sizeof(uint64_t) + samples * (2 * sizeof(uint32_t) + sizeof(uint8_t)) +
           count * (sizeof(uint16_t) + sizeof(uint32_t) + (numbers ? sizeof(float) : 0));
}

/* A store never changes once it is made, but for who holds it. */
sg_events *sg_events_share(const sg_events *events) {
    sg_events *shared = (sg_events *)events;
    atomic_fetch_add(&shared->holders, 1);
    return shared;
}

void sg_events_free(sg_events *events) {
    if (!events || atomic_fetch_sub(&events->holders, 1) > 1)
        return;
    free(events->first);
    free(events->step);
    free(events->channel);
    free(events->value);
    free(events->label);
    free(events->split);
    free(events->group);
    sg_texts_free(&events->class_names);
    sg_texts_free(&events->group_names);
    sg_texts_free(&events->origins);
    sg_events_free(events->target);
    free(events);
}

static sg_status check_sample(const sg_events *events, size_t s, const char *name) {
    for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++) {
        uint32_t step = events->step[e], channel = events->channel[e];
        if (step >= events->steps || channel >= events->channels)
            return sg_fail(SG_DATA,
                           "%s: event %" PRIu64 " of sample %zu has step %u and channel %u, expected below %u and %u",
                           name, e - events->first[s], s, step, channel, events->steps, events->channels);
        bool sorted = e == events->first[s] || events->step[e - 1] < step ||
                      (events->step[e - 1] == step && events->channel[e - 1] + !events->counts <= channel);
        if (!sorted)
            return sg_fail(SG_DATA,
                           "%s: event %" PRIu64
                           " of sample %zu is out of order%s: sort the events of a sample by step, "
                           "then channel%s",
                           name, e - events->first[s], s, events->counts ? "" : " or there twice",
                           events->counts ? "" : ", and give doubles as counts");
    }
    return SG_OK;
}

/* Each stands for its channel and step alone. */
static sg_status check_numbers(const sg_events *events, size_t s, const char *name) {
    for (uint64_t e = events->first[s]; events->numbers && e < events->first[s + 1]; e++) {
        if (!isfinite(events->value[e]))
            return sg_fail(SG_DATA, "%s: number %" PRIu64 " of sample %zu is %g, expected a finite one", name,
                           e - events->first[s], s, (double)events->value[e]);
        if (events->constant && events->step[e] != 0)
            return sg_fail(SG_DATA,
                           "%s: number %" PRIu64 " of sample %zu has step %u, expected 0, as numbers are constant",
                           name, e - events->first[s], s, events->step[e]);
    }
    return SG_OK;
}

static sg_status check_shape(const sg_events *events, const char *name) {
    const sg_shape shape = events->shape;
    if (sg_shape_size(shape) == events->channels)
        return SG_OK;
    return sg_fail(SG_DATA, "%s: its shape, %u x %u x %u, has %" PRIu64 " channels, expected %u, which it has", name,
                   shape.channels, shape.height, shape.width, sg_shape_size(shape), events->channels);
}

/* What a sample is, and is for. */
static sg_status check_kind(const sg_events *events, size_t s, const char *name) {
    const uint32_t label = events->label[s], group = events->group[s];
    if (label >= events->classes && label != SG_NO_LABEL)
        return sg_fail(SG_DATA, "%s: sample %zu has label %u, expected below %u", name, s, label, events->classes);
    if (events->split[s] >= SG_SPLITS)
        return sg_fail(SG_DATA, "%s: sample %zu has split %u, expected 0, to train, 1, to test, or 2, to validate",
                       name, s, events->split[s]);
    if (group >= events->group_names.count && group != SG_NO_GROUP)
        return sg_fail(SG_DATA, "%s: sample %zu has group %u, expected below %zu", name, s, group,
                       events->group_names.count);
    return SG_OK;
}

/* Names of as many things, or of none. */
static sg_status check_names(const sg_texts *texts, size_t count, const char *dataset, const char *things,
                             const char *name) {
    if (texts->count != 0 && texts->count != count)
        return sg_fail(SG_DATA, "%s: '%s' has %zu texts, expected %zu, as there are %s", name, dataset, texts->count,
                       count, things);
    for (size_t i = 0; i < texts->count; i++)
        if (!sg_utf8_is_line(texts->items[i]))
            return sg_fail(SG_DATA, "%s: '%s' %zu is not one line of UTF-8", name, dataset, i);
    return SG_OK;
}

/* Targets are spikes or numbers in the same steps, for each sample. */
static sg_status check_target(const sg_events *events, const char *name) {
    const sg_events *target = events->target;
    if (!target)
        return SG_OK;
    if (target->samples != events->samples || target->steps != events->steps)
        return sg_fail(SG_DATA, "%s: its targets have %zu samples of %u steps, expected %zu of %u, as the input has",
                       name, target->samples, target->steps, events->samples, events->steps);
    if (target->counts || target->target)
        return sg_fail(SG_DATA, "%s: its targets are counts or have targets, expected spikes or numbers alone", name);
    return SG_OK;
}

sg_status sg_events_check(const sg_events *events, const char *name) {
    if (events->steps < 1 || events->steps > 65535 || events->channels < 1)
        return sg_fail(SG_DATA, "%s: %u steps and %u channels, expected 1 to 65535 steps and 1 or more channels", name,
                       events->steps, events->channels);
    if (events->classes > SG_MAX_CLASSES)
        return sg_fail(SG_DATA, "%s: %u classes, expected at most %d", name, events->classes, SG_MAX_CLASSES);
    if (!(events->dt_ms >= 0) || !isfinite(events->dt_ms))
        return sg_fail(SG_DATA, "%s: dt_ms is %g, expected the length of a step in ms", name, events->dt_ms);
    if (events->numbers && events->counts)
        return sg_fail(SG_DATA, "%s: has numbers and counts, expected one of the two: multiply them", name);
    if (events->constant && !events->numbers)
        return sg_fail(SG_DATA, "%s: is constant, but has no numbers: only numbers can come in every step", name);
    SG_TRY(check_shape(events, name));
    SG_TRY(check_target(events, name));
    SG_TRY(check_names(&events->class_names, events->classes, "class_names", "classes", name));
    SG_TRY(check_names(&events->group_names, events->group_names.count, "group_names", "groups", name));
    SG_TRY(check_names(&events->origins, events->samples, "origin", "samples", name));
    for (size_t s = 0; s < events->samples; s++) {
        SG_TRY(check_kind(events, s, name));
        SG_TRY(check_sample(events, s, name));
        SG_TRY(check_numbers(events, s, name));
    }
    return SG_OK;
}

sg_status sg_events_check_first(const uint64_t *first, size_t samples, uint64_t count, const char *name) {
    if (first[0] != 0 || first[samples] != count)
        return sg_fail(SG_DATA,
                       "%s: 'first' runs from %" PRIu64 " to %" PRIu64 ", expected 0 to %" PRIu64
                       ", the number of events",
                       name, first[0], first[samples], count);
    for (size_t s = 0; s < samples; s++)
        if (first[s + 1] < first[s])
            return sg_fail(SG_DATA, "%s: 'first' falls at sample %zu, expected it to rise", name, s);
    return SG_OK;
}

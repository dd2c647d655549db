#include "import/sampler.h"

#include "base/memory.h"
#include "base/memory_limit.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------- memory */

static sg_status resize(const sg_sampler *sampler, sg_raw_event **events, size_t *capacity, size_t wanted) {
    size_t bytes;
    if (!sg_size_multiply(wanted, sizeof **events, &bytes))
        bytes = SIZE_MAX;
    SG_TRY(sg_check_memory(bytes, "the events of one sample",
                           "cut recordings into pieces (data.pieces), or leave events out (data.crop)"));
    sg_raw_event *moved = realloc(*events, bytes);
    if (!moved)
        return sg_fail(SG_MEMORY, "%s: no memory for %zu events of a sample", sampler->item->path, wanted);
    *events = moved;
    *capacity = wanted;
    return SG_OK;
}

static sg_status push(sg_sampler *sampler, const sg_raw_event *event) {
    if (sampler->count == sampler->capacity)
        SG_TRY(resize(sampler, &sampler->events, &sampler->capacity, sampler->capacity ? 2 * sampler->capacity : 4096));
    if (sampler->count > 0 && event->us < sampler->events[sampler->count - 1].us) {
        sampler->report->out_of_order++;
        sampler->is_sorted = false;
    }
    sampler->events[sampler->count++] = *event;
    return SG_OK;
}

void sg_sampler_close(sg_sampler *sampler) {
    free(sampler->events);
    free(sampler->spare);
    free((char *)sampler->group);
    *sampler = (sg_sampler){0};
}

/* ------------------------------------------------------------------------------------------------------ sorting */

static void merge(const sg_raw_event *from, sg_raw_event *to, size_t begin, size_t middle, size_t end) {
    size_t left = begin, right = middle;
    for (size_t e = begin; e < end; e++)
        to[e] = left < middle && (right == end || from[left].us <= from[right].us) ? from[left++] : from[right++];
}

/* By time; events of one time keep their order. */
static sg_status sort(sg_sampler *sampler) {
    const size_t count = sampler->count;
    if (sampler->is_sorted)
        return SG_OK;
    if (sampler->spare_capacity < count)
        SG_TRY(resize(sampler, &sampler->spare, &sampler->spare_capacity, sampler->capacity));
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            size_t middle = begin + width < count ? begin + width : count;
            size_t end = middle + width < count ? middle + width : count;
            merge(sampler->events, sampler->spare, begin, middle, end);
        }
        sg_raw_event *sorted = sampler->spare;
        size_t capacity = sampler->spare_capacity;
        sampler->spare = sampler->events;
        sampler->spare_capacity = sampler->capacity;
        sampler->events = sorted;
        sampler->capacity = capacity;
    }
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------ samples */

static bool is_from_first_event(const sg_sampler *sampler) {
    return sampler->request->config->zero == SG_ZERO_FIRST && !sampler->is_series;
}

/* Where the time of the sample in hand begins, in the file's time. */
static double time_zero(const sg_sampler *sampler) {
    const sg_import_config *config = sampler->request->config;
    if (config->pieces_ms > 0)
        return sampler->zero_us + (double)sampler->number * 1000 * config->pieces_ms;
    if (is_from_first_event(sampler) && sampler->count > 0)
        return sampler->events[0].us;
    return sampler->item->cut_count ? sampler->item->cuts[sampler->cut].start_us : 0;
}

static sg_imported_sample describe(const sg_sampler *sampler) {
    const sg_item *item = sampler->item;
    const sg_recorded_sample *told = &sampler->recorded;
    const bool is_whole = !sampler->is_told && !item->cut_count && sampler->request->config->pieces_ms == 0;
    return (sg_imported_sample){.label = item->cut_count    ? item->cuts[sampler->cut].label
                                         : told->label >= 0 ? told->label
                                                            : item->label,
                                .group = sampler->group ? sampler->group : item->group,
                                .split = item->split >= 0 ? item->split : told->split,
                                .path = item->path,
                                .number = is_whole ? -1 : (int64_t)sampler->from_file};
}

/* Takes away what lies before time 0, and makes times count from there. */
static void count_from(sg_sampler *sampler, double zero_us, sg_raw_sample *sample) {
    size_t before = 0;
    while (before < sampler->count && sampler->events[before].us < zero_us)
        before++;
    sampler->report->left_out[SG_REASON_ZERO] += before;
    *sample = (sg_raw_sample){.events = before ? sampler->events + before : sampler->events, /* which may be NULL */
                              .count = sampler->count - before};
    for (size_t e = 0; e < sample->count; e++)
        sample->events[e].us -= zero_us;
    sample->seconds = sample->count ? sample->events[sample->count - 1].us / 1e6 : 0;
}

static sg_status end_sample(sg_sampler *sampler) {
    sg_raw_sample events;
    if (!sampler->in_sample)
        return SG_OK;
    SG_TRY(sort(sampler));
    count_from(sampler, time_zero(sampler), &events);
    const sg_imported_sample sample = describe(sampler);
    SG_TRY(sampler->take(sampler->user, &sample, &events));
    sampler->in_sample = false;
    sampler->from_file++;
    return SG_OK;
}

static void begin_sample(sg_sampler *sampler) {
    sampler->in_sample = sampler->is_sorted = true;
    sampler->count = 0;
}

/* --------------------------------------------------------------------------------------------- cuts and pieces */

/* Ends the cuts that are over at a time, and begins the one that holds it. *inside: there is one. */
static sg_status go_to_cut(sg_sampler *sampler, double us, bool *inside) {
    const sg_item *item = sampler->item;
    for (; sampler->cut < item->cut_count && us >= item->cuts[sampler->cut].end_us; sampler->cut++) {
        if (!sampler->in_sample)
            begin_sample(sampler); /* nothing happened in it: a sample without events */
        SG_TRY(end_sample(sampler));
    }
    *inside = sampler->cut < item->cut_count && us >= item->cuts[sampler->cut].start_us;
    if (*inside && !sampler->in_sample)
        begin_sample(sampler);
    sampler->report->left_out[SG_REASON_CUTS] += !*inside;
    return SG_OK;
}

/* Ends the piece in hand if a time lies behind it, and begins the one that holds the time. *inside: it is not too late
 * for that. */
static sg_status go_to_piece(sg_sampler *sampler, double us, bool *inside) {
    const double most = 0x1p53; /* above it not every whole number is a double */
    const sg_import_config *config = sampler->request->config;
    if (!sampler->has_zero)
        sampler->zero_us = is_from_first_event(sampler) ? us : 0;
    const double number = floor((us - sampler->zero_us) / (1000 * config->pieces_ms));
    *inside = number >= 0 && (!sampler->has_zero || number >= (double)sampler->number);
    if (number > most)
        return sg_fail(SG_DATA, "%s: an event at %g us is in piece %g of %g ms, expected at most %g: use longer pieces",
                       sampler->item->path, us, number, config->pieces_ms, most);
    if (!*inside) {
        sampler->report->left_out[number < 0 && config->zero == SG_ZERO_FILE ? SG_REASON_ZERO : SG_REASON_PIECES]++;
        return SG_OK;
    }
    if (sampler->has_zero && number == (double)sampler->number)
        return SG_OK;
    SG_TRY(end_sample(sampler));
    sampler->has_zero = true;
    sampler->number = (uint64_t)number;
    begin_sample(sampler);
    return SG_OK;
}

static sg_status refuse(const sg_sampler *sampler, const sg_raw_event *event) {
    return sg_fail(SG_DATA,
                   "%s: event %" PRIu64
                   " is at %g us, column %u, row %u, polarity %u, expected a time that is a number, "
                   "and below %d, %d and %d",
                   sampler->item->path, sampler->report->read, event->us, event->x, event->y, event->polarity,
                   SG_MOST_WIDTH, SG_MOST_HEIGHT, SG_MOST_POLARITIES);
}

static sg_status add(sg_sampler *sampler, const sg_raw_event *event) {
    bool inside = true;
    if (!isfinite(event->us) || event->x >= SG_MOST_WIDTH || event->y >= SG_MOST_HEIGHT ||
        event->polarity >= SG_MOST_POLARITIES)
        return refuse(sampler, event);
    if (sampler->item->cut_count)
        SG_TRY(go_to_cut(sampler, event->us, &inside));
    else if (sampler->request->config->pieces_ms > 0)
        SG_TRY(go_to_piece(sampler, event->us, &inside));
    else if (!sampler->in_sample) /* of a format that may hold many samples, in a file that holds one */
        begin_sample(sampler);
    sampler->report->read++;
    return inside ? push(sampler, event) : SG_OK;
}

sg_status sg_sampler_add(sg_sampler *sampler, const sg_raw_event *events, size_t count) {
    for (size_t e = 0; e < count; e++)
        SG_TRY(add(sampler, &events[e]));
    return SG_OK;
}

/* -------------------------------------------------------------------------------------------------------- items */

static const sg_recorded_sample nothing_told = {.label = SG_LABEL_NONE, .split = SG_SPLIT_NOT_TOLD};

/* A file of one sample is a sample, even without events, unless it is cut. */
void sg_sampler_begin_item(sg_sampler *sampler, const sg_item *item) {
    sampler->item = item;
    sampler->recorded = nothing_told;
    sampler->cut = 0;
    sampler->from_file = 0;
    sampler->has_zero = sampler->in_sample = sampler->is_told = sampler->is_series = false;
    free((char *)sampler->group);
    sampler->group = NULL;
    bool is_one = item->format && !item->format->many;
    if (is_one && !item->cut_count && sampler->request->config->pieces_ms == 0)
        begin_sample(sampler);
}

sg_status sg_sampler_begin_sample(sg_sampler *sampler, const sg_recorded_sample *sample) {
    SG_TRY(end_sample(sampler));
    if (sampler->item->cut_count)
        return sg_fail(SG_DATA, "%s: holds many samples, but the labels name parts of it: leave start and end out",
                       sampler->item->path);
    free((char *)sampler->group);
    sampler->group = sample->group ? sg_text_copy(sample->group) : NULL;
    if (sample->group && !sampler->group)
        return SG_MEMORY;
    sampler->recorded = *sample;
    sampler->recorded.group = sampler->recorded.class_name = NULL;
    sampler->is_told = true;
    sampler->has_zero = sampler->is_series = false;
    if (sampler->request->config->pieces_ms == 0)
        begin_sample(sampler);
    return SG_OK;
}

void sg_sampler_begin_series(sg_sampler *sampler) {
    sampler->is_series = true;
    if (!sampler->in_sample && !sampler->item->cut_count && sampler->request->config->pieces_ms == 0)
        begin_sample(sampler);
}

sg_status sg_sampler_end_item(sg_sampler *sampler) {
    bool inside;
    if (!sampler->item->cut_count)
        return end_sample(sampler);
    SG_TRY(go_to_cut(sampler, INFINITY, &inside));
    sampler->report->left_out[SG_REASON_CUTS]--; /* the end is no event */
    return SG_OK;
}

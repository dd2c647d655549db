#include "data/event_writer.h"

#include "base/memory_limit.h"
#include "file/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ growing */

/* Twice the room, or what is needed where that is more. Where memory that holds `bytes` besides has no room for twice,
 * half of what it has left beyond the need: near the limit, too, only few steps are made. */
static size_t next_room(size_t room, size_t needed, size_t element, size_t bytes) {
    size_t twice = room < 512 ? 1024 : 2 * room, limit = sg_memory_limit();
    size_t wanted = twice > needed ? twice : needed;
    size_t most = bytes < limit ? (limit - bytes) / element : 0;
    if (wanted <= most)
        return wanted;
    return most > needed ? needed + (most - needed) / 2 : needed;
}

static bool resize(void *array, size_t count, size_t size) {
    void **place = array, *moved = realloc(*place, (count ? count : 1) * size);
    *place = moved ? moved : *place;
    return moved != NULL;
}

static sg_status no_memory(const sg_event_writer *writer) {
    return sg_fail(SG_MEMORY, "%s: no memory for its events", writer->layout.name);
}

static bool resize_list(sg_event_list *list, size_t room) {
    return resize(&list->step, room, sizeof *list->step) && resize(&list->channel, room, sizeof *list->channel);
}

static sg_status grow_sample(sg_event_writer *writer) {
    enum { BYTES = 2 * (sizeof(uint16_t) + sizeof(uint32_t)) + sizeof(float) };
    size_t room = next_room(writer->capacity, writer->capacity + 1, BYTES, 0);
    SG_TRY(sg_check_memory(room * BYTES, "the list of one sample's spikes",
                           "use smaller samples, fewer steps, or an encoder of fewer spikes"));
    if (!resize_list(&writer->added, room) || !resize_list(&writer->sorted, room))
        return no_memory(writer);
    if (writer->layout.numbers && !resize(&writer->added.value, room, sizeof *writer->added.value))
        return no_memory(writer);
    writer->capacity = room;
    return SG_OK;
}

static bool resize_samples(sg_events *events, size_t room) {
    return resize(&events->first, room + 1, sizeof *events->first) &&
           resize(&events->label, room, sizeof *events->label) && resize(&events->split, room, sizeof *events->split) &&
           resize(&events->group, room, sizeof *events->group);
}

static bool resize_events(sg_events *events, size_t room) {
    return resize(&events->step, room, sizeof *events->step) &&
           resize(&events->channel, room, sizeof *events->channel) &&
           (!events->numbers || resize(&events->value, room, sizeof *events->value));
}

/* Makes room in the store for some more samples and events. */
static sg_status reserve(sg_event_writer *writer, size_t samples, size_t count) {
    sg_events *events = writer->events;
    size_t need_samples = events->samples + samples, need_events = writer->spill ? 0 : (size_t)writer->count + count;
    if (need_samples <= writer->sample_capacity && need_events <= writer->event_capacity)
        return SG_OK;
    const bool numbers = events->numbers;
    SG_TRY(sg_check_memory(sg_events_bytes(need_samples, need_events, numbers), "the data set, as events,",
                           "use fewer samples, or fewer spikes"));
    if (need_samples > writer->sample_capacity) {
        writer->sample_capacity = next_room(writer->sample_capacity, need_samples, sg_events_bytes(1, 0, numbers),
                                            sg_events_bytes(0, need_events, numbers));
        if (!resize_samples(events, writer->sample_capacity) &&
            !resize_samples(events, writer->sample_capacity = need_samples))
            return no_memory(writer);
    }
    if (need_events > writer->event_capacity) {
        writer->event_capacity = next_room(writer->event_capacity, need_events,
                                           sg_events_bytes(0, 1, numbers) - sg_events_bytes(0, 0, numbers),
                                           sg_events_bytes(writer->sample_capacity, 0, numbers));
        if (!resize_events(events, writer->event_capacity) &&
            !resize_events(events, writer->event_capacity = need_events))
            return no_memory(writer);
    }
    return SG_OK;
}

/* Gives back the room that is not used. */
static void trim(sg_event_writer *writer) {
    sg_events *events = writer->events;
    resize_samples(events, events->samples);
    writer->sample_capacity = events->samples;
    if (writer->spill)
        return;
    resize_events(events, (size_t)writer->count);
    writer->event_capacity = (size_t)writer->count;
}

/* ------------------------------------------------------------------------------------------------------ samples */

static size_t samples_of(const sg_event_writer *writer) {
    return writer->samples[SG_TRAIN] + writer->samples[SG_TEST] + writer->samples[SG_VALIDATION];
}

sg_status sg_event_writer_open(sg_event_writer *writer, const sg_event_layout *layout) {
    writer->layout = *layout;
    writer->channels = (uint32_t)sg_shape_size(layout->shape);
    sg_events events = {.steps = layout->steps,
                        .channels = writer->channels,
                        .classes = layout->classes,
                        .shape = layout->shape,
                        .window = layout->window,
                        .dt_ms = layout->dt_ms,
                        .has_split = layout->has_split,
                        .counts = layout->counts,
                        .numbers = layout->numbers,
                        .constant = layout->constant};
    SG_TRY(sg_events_check(&events, layout->name));
    writer->place = sg_array((size_t)layout->steps + 1, sizeof *writer->place);
    if (!writer->place)
        return SG_MEMORY;
    if (writer->counts_only)
        return SG_OK;
    SG_TRY(sg_events_make(&events, &writer->events));
    return sg_events_reserve(writer->events);
}

static void count_samples(sg_event_writer *writer, const sg_events *events) {
    for (size_t s = 0; s < events->samples; s++)
        writer->samples[events->split[s]]++;
    writer->count = events->first[events->samples];
}

sg_status sg_event_writer_adopt(sg_event_writer *writer, const char *name, sg_events *events) {
    writer->layout = (sg_event_layout){.name = name,
                                       .steps = events->steps,
                                       .classes = events->classes,
                                       .shape = events->shape,
                                       .dt_ms = events->dt_ms,
                                       .window = events->window,
                                       .has_split = events->has_split,
                                       .counts = events->counts,
                                       .numbers = events->numbers,
                                       .constant = events->constant};
    writer->channels = events->channels;
    count_samples(writer, events);
    writer->sample_capacity = events->samples;
    writer->event_capacity = (size_t)writer->count;
    if (writer->counts_only)
        sg_events_free(events);
    else
        writer->events = events;
    writer->place = sg_array((size_t)writer->layout.steps + 1, sizeof *writer->place);
    return writer->place ? SG_OK : SG_MEMORY;
}

/* Brings the events of the sample in hand into their order, and returns them, without doubles unless they count. */
static sg_event_list put_in_order(sg_event_writer *writer) {
    if (writer->layout.numbers)
        return writer->added;
    const sg_event_list list = sg_sort_events(writer->added, writer->sorted, writer->place, writer->layout.counts);
    writer->doubles += writer->added.count - list.count;
    return list;
}

static sg_status store(sg_event_writer *writer, sg_event_list list) {
    sg_events *events = writer->events;
    if (writer->spill)
        SG_TRY(writer->spill(writer->spill_user, &list));
    else
        SG_TRY(reserve(writer, 0, list.count));
    if (list.count > 0 && !writer->spill) {
        memcpy(events->step + writer->count, list.step, list.count * sizeof *list.step);
        memcpy(events->channel + writer->count, list.channel, list.count * sizeof *list.channel);
        if (list.value)
            memcpy(events->value + writer->count, list.value, list.count * sizeof *list.value);
    }
    events->first[events->samples] = writer->count + list.count;
    return SG_OK;
}

static sg_status end_sample(sg_event_writer *writer) {
    SG_TRY(writer->status);
    if (!writer->in_sample)
        return SG_OK;
    writer->in_sample = false;
    const sg_event_list list = put_in_order(writer);
    if (!writer->counts_only)
        SG_TRY(store(writer, list));
    writer->count += list.count;
    return SG_OK;
}

sg_status sg_event_writer_begin(sg_event_writer *writer, int split, uint32_t label) {
    SG_TRY(end_sample(writer));
    size_t sample = samples_of(writer);
    if (label >= writer->layout.classes && label != SG_NO_LABEL)
        return sg_fail(SG_DATA, "%s: sample %zu has label %u, expected below %u", writer->layout.name, sample, label,
                       writer->layout.classes);
    if (!writer->counts_only) {
        sg_events *events = writer->events;
        SG_TRY(reserve(writer, 1, 0));
        events->label[sample] = label;
        events->split[sample] = (uint8_t)split;
        events->group[sample] = SG_NO_GROUP;
        events->samples++;
    }
    writer->samples[split]++;
    writer->in_sample = true;
    writer->attempts = writer->added.count = 0;
    return SG_OK;
}

static sg_status check_line(const sg_event_writer *writer, const char *what, const char *text) {
    if (!text || sg_utf8_is_line(text))
        return SG_OK;
    return sg_fail(SG_DATA, "%s: the %s of sample %zu is not one line of UTF-8: give it another name",
                   writer->layout.name, what, samples_of(writer) - 1);
}

sg_status sg_event_writer_name_class(sg_event_writer *writer, uint32_t label, const char *name) {
    if (!sg_utf8_is_line(name))
        return sg_fail(SG_DATA, "%s: the name of class %u is not one line of UTF-8: give it another one",
                       writer->layout.name, label);
    if (writer->counts_only)
        return SG_OK;
    SG_TRY(sg_texts_fill(&writer->events->class_names, writer->layout.classes));
    return sg_texts_set(&writer->events->class_names, label, name);
}

sg_status sg_event_writer_tell(sg_event_writer *writer, const char *group, const char *origin) {
    sg_events *events = writer->events;
    SG_TRY(check_line(writer, "group", group));
    SG_TRY(check_line(writer, "origin", origin));
    if (writer->counts_only)
        return SG_OK;
    if (group)
        SG_TRY(sg_texts_place(&events->group_names, group, &events->group[events->samples - 1]));
    if (!origin)
        return SG_OK;
    SG_TRY(sg_texts_fill(&events->origins, events->samples - 1));
    return sg_texts_add(&events->origins, origin);
}

/* ------------------------------------------------------------------------------------------------------- events */

static void refuse(sg_event_writer *writer, uint32_t step, uint32_t channel) {
    writer->status =
        sg_fail(SG_DATA, "%s: event %" PRIu64 " of sample %zu has step %u and channel %u, expected below %u and %u",
                writer->layout.name, writer->attempts, samples_of(writer) - 1, step, channel, writer->layout.steps,
                writer->channels);
}

void sg_event_writer_add(sg_event_writer *writer, uint32_t step, uint32_t channel, uint32_t count) {
    const uint32_t kept = writer->layout.counts ? count : 1;
    if (writer->status != SG_OK || count == 0)
        return;
    if (step >= writer->layout.steps || channel >= writer->channels) {
        refuse(writer, step, channel);
        return;
    }
    for (uint32_t i = 0; i < kept; i++) {
        if (writer->added.count == writer->capacity && (writer->status = grow_sample(writer)) != SG_OK)
            return;
        writer->added.step[writer->added.count] = (uint16_t)step;
        writer->added.channel[writer->added.count++] = channel;
    }
    writer->doubles += count - kept;
    writer->attempts++;
}

void sg_event_writer_add_number(sg_event_writer *writer, uint32_t step, uint32_t channel, float value) {
    const size_t before = writer->added.count;
    sg_event_writer_add(writer, step, channel, 1);
    if (writer->added.count > before)
        writer->added.value[before] = value;
}

void sg_event_writer_add_at(sg_event_writer *writer, double time_ms, uint32_t channel, uint32_t count) {
    double step = floor(time_ms / writer->layout.dt_ms);
    if (writer->status != SG_OK)
        return;
    if (step >= 0 && step < writer->layout.steps) {
        sg_event_writer_add(writer, (uint32_t)step, channel, count);
    } else if (step >= 0) {
        writer->late += count;
        writer->attempts++;
    } else {
        writer->status = sg_fail(SG_DATA, "%s: event %" PRIu64 " of sample %zu is at %g ms, expected 0 ms or more",
                                 writer->layout.name, writer->attempts, samples_of(writer) - 1, time_ms);
    }
}

/* Whether events are counted is the same for all samples of a store, and whether they are numbers. */
static sg_status join_kinds(sg_event_writer *writer, const char *name, const sg_events *events) {
    if (events->numbers != writer->layout.numbers || events->constant != writer->layout.constant)
        return sg_fail(SG_DATA, "%s: has %s, but %s has %s: samples of one set are all of one kind", name,
                       sg_events_kind(events->numbers, events->constant), writer->layout.name,
                       sg_events_kind(writer->layout.numbers, writer->layout.constant));
    writer->layout.counts |= events->counts;
    if (writer->events)
        writer->events->counts = writer->layout.counts;
    return SG_OK;
}

static const char *name_at(const sg_texts *texts, size_t place) {
    return place < texts->count ? texts->items[place] : NULL;
}

/* Names of classes, where the writer's store has none; others must be the same. */
static sg_status join_names(sg_event_writer *writer, const char *name, const sg_events *events) {
    const sg_texts *from = &events->class_names;
    for (uint32_t c = 0; !writer->counts_only && c < from->count; c++) {
        const char *known = name_at(&writer->events->class_names, c);
        if (known && *known && strcmp(known, from->items[c]) != 0)
            return sg_fail(SG_DATA, "%s: class %u is '%s', expected '%s', as in %s: number the classes of both alike",
                           name, c, from->items[c], known, writer->layout.name);
        SG_TRY(sg_event_writer_name_class(writer, c, from->items[c]));
    }
    return SG_OK;
}

sg_status sg_event_writer_append(sg_event_writer *writer, const char *name, const sg_events *events, int split) {
    SG_TRY(join_kinds(writer, name, events));
    SG_TRY(join_names(writer, name, events));
    for (size_t s = 0; s < events->samples; s++) {
        SG_TRY(sg_event_writer_begin(writer, split, events->label[s]));
        SG_TRY(sg_event_writer_tell(writer, name_at(&events->group_names, events->group[s]),
                                    name_at(&events->origins, s)));
        for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++)
            if (events->numbers)
                sg_event_writer_add_number(writer, events->step[e], events->channel[e], events->value[e]);
            else
                sg_event_writer_add(writer, events->step[e], events->channel[e], 1);
    }
    return end_sample(writer);
}

/* ---------------------------------------------------------------------------------------------------------- end */

static void warn_of_dropped(const sg_event_writer *writer) {
    double all = (double)writer->count + (double)writer->doubles + (double)writer->late;
    if (writer->doubles > 0 && !writer->layout.allows_doubles)
        sg_warn("%s: %" PRIu64 " of its events (%.2g %%) fall on another of their channel in the same step, and a step "
                "holds one: they are left out; a shorter dt keeps more",
                writer->layout.name, writer->doubles, 100 * (double)writer->doubles / all);
    if (writer->late > 0)
        sg_warn("%s: %" PRIu64 " of its events (%.2g %%) come after the last step, at %g ms: they are left out; more "
                "steps, or a longer dt, keep them",
                writer->layout.name, writer->late, 100 * (double)writer->late / all,
                writer->layout.steps * writer->layout.dt_ms);
}

static void settle_events(sg_event_writer *writer, sg_shape places, const sg_event_layout *end) {
    sg_events *events = writer->events;
    for (uint64_t e = 0; e < writer->count && !writer->spill; e++)
        events->channel[e] = sg_channel_within(events->channel[e], events->shape, places);
    events->steps = end->steps;
    events->classes = end->classes;
    events->shape = end->shape;
    events->channels = (uint32_t)sg_shape_size(end->shape);
    events->has_split = end->has_split;
    events->conditioning = end->conditioning;
}

void sg_event_writer_relabel(sg_event_writer *writer, const uint32_t *label) {
    for (size_t s = 0; !writer->counts_only && s < writer->events->samples; s++)
        if (writer->events->label[s] != SG_NO_LABEL)
            writer->events->label[s] = label[writer->events->label[s]];
}

sg_status sg_event_writer_settle(sg_event_writer *writer, sg_shape places, const sg_event_layout *end) {
    SG_TRY(end_sample(writer));
    if (!writer->counts_only)
        settle_events(writer, places, end);
    writer->layout = *end;
    writer->channels = (uint32_t)sg_shape_size(end->shape);
    return SG_OK;
}

sg_status sg_event_writer_finish(sg_event_writer *writer) {
    SG_TRY(end_sample(writer));
    warn_of_dropped(writer);
    return SG_OK;
}

void sg_event_writer_set_target(sg_event_writer *writer, sg_events *target) {
    if (writer->counts_only)
        sg_events_free(target);
    else
        writer->events->target = target;
}

sg_status sg_event_writer_take(sg_event_writer *writer, sg_events **out) {
    *out = NULL;
    SG_TRY(sg_event_writer_finish(writer));
    trim(writer);
    if (writer->events->origins.count > 0)
        SG_TRY(sg_texts_fill(&writer->events->origins, writer->events->samples));
    if (!writer->spill)
        SG_TRY(sg_events_measure(writer->events));
    *out = writer->events;
    writer->events = NULL;
    return SG_OK;
}

void sg_event_writer_close(sg_event_writer *writer) {
    sg_events_free(writer->events);
    free(writer->added.step);
    free(writer->added.channel);
    free(writer->added.value);
    free(writer->sorted.step);
    free(writer->sorted.channel);
    free(writer->place);
    *writer = (sg_event_writer){0};
}

/* The event store as an HDF5 file: docs/file-formats.md. */
#include "data/events_file.h"

#include "base/memory_limit.h"
#include "data/event_counts.h"
#include "file/h5_geometry.h"

#include <stdio.h>
#include <string.h>

#define CONDITIONING "conditioning"

/* Counts and numbers are formats of their own, so that a reader that knows none does not take each for 1. */
static const char *const formats[] = {SG_EVENTS_FORMAT, SG_EVENTS_FORMAT_COUNTS, SG_EVENTS_FORMAT_VALUES, NULL};

static const char *format_of(const sg_events *events) {
    return formats[events->numbers ? 2 : events->counts];
}

static sg_status put_entries(sg_h5 *file, const sg_counted_events *entries, uint64_t samples) {
    const uint64_t firsts = samples + 1, count = entries->first[samples];
    SG_TRY(sg_h5_put(file, "first", SG_H5_U64, entries->first, 1, &firsts, true));
    SG_TRY(sg_h5_put(file, "step", SG_H5_U16, entries->step, 1, &count, true));
    SG_TRY(sg_h5_put(file, "channel", SG_H5_U32, entries->channel, 1, &count, true));
    return entries->count ? sg_h5_put(file, "count", SG_H5_U16, entries->count, 1, &count, true) : SG_OK;
}

/* The names of what numbers have besides spikes: of the input, and of targets. */
typedef struct value_names {
    const char *value, *constant;
} value_names;

static const value_names of_input = {"value", "constant"}, of_target = {"target_value", "target_constant"};

static sg_status put_values(sg_h5 *file, const sg_events *events, value_names names) {
    const uint64_t count = events->first[events->samples];
    const uint8_t constant = events->constant;
    SG_TRY(sg_h5_put(file, names.constant, SG_H5_U8, &constant, 0, NULL, false));
    return sg_h5_put(file, names.value, SG_H5_F32, events->value, 1, &count, true);
}

static sg_status put_events(sg_h5 *file, const sg_events *events) {
    sg_counted_events counted = {events->first, events->step, events->channel, NULL};
    if (events->numbers)
        SG_TRY(put_values(file, events, of_input));
    if (!events->counts)
        return put_entries(file, &counted, events->samples);
    SG_TRY(sg_events_to_counted(events, &counted));
    sg_status status = put_entries(file, &counted, events->samples);
    sg_counted_events_free(&counted);
    return status;
}

/* A column of a spool, part by part. */
typedef struct spooled {
    sg_h5 *file;
    const char *name;
    sg_h5_type type;
} spooled;

static sg_status put_part(void *column, uint64_t first, const void *values, size_t count) {
    const spooled *to = column;
    return sg_h5_put_rows(to->file, to->name, to->type, first, values, count);
}

static sg_status put_spool(sg_h5 *file, sg_event_spool *spool) {
    spooled columns[] = {[SG_SPOOL_STEP] = {file, "step", SG_H5_U16},
                         [SG_SPOOL_CHANNEL] = {file, "channel", SG_H5_U32},
                         [SG_SPOOL_COUNT] = {file, "count", SG_H5_U16}};
    const uint64_t firsts = spool->samples + 1;
    SG_TRY(sg_h5_put(file, "first", SG_H5_U64, spool->first, 1, &firsts, true));
    for (int i = 0; i < (spool->counts ? SG_SPOOL_COLUMNS : SG_SPOOL_COUNT); i++) {
        SG_TRY(sg_h5_begin_rows(file, columns[i].name, columns[i].type, spool->entries));
        SG_TRY(sg_event_spool_each(spool, i, &columns[i], put_part));
    }
    return SG_OK;
}

static bool has_labels(const sg_events *events) {
    for (size_t s = 0; s < events->samples; s++)
        if (events->label[s] != SG_NO_LABEL)
            return true;
    return events->samples == 0;
}

static sg_status put_texts(sg_h5 *file, const char *name, const sg_texts *texts) {
    return texts->count > 0 ? sg_h5_put_texts(file, name, (const char *const *)texts->items, texts->count) : SG_OK;
}

static sg_status put_arrays(sg_h5 *file, const sg_events *events, sg_event_spool *spool) {
    const uint64_t samples = events->samples;
    const uint32_t sizes[3] = {events->steps, events->channels, events->classes};
    SG_TRY(sg_h5_put_text(file, "format", format_of(events)));
    if (events->conditioning)
        SG_TRY(sg_h5_put_text(file, CONDITIONING, events->conditioning));
    if (events->dt_ms > 0)
        SG_TRY(sg_h5_put(file, "dt_ms", SG_H5_F64, &events->dt_ms, 0, NULL, false));
    SG_TRY(sg_h5_put(file, "steps", SG_H5_U32, &sizes[0], 0, NULL, false));
    SG_TRY(sg_h5_put(file, "channels", SG_H5_U32, &sizes[1], 0, NULL, false));
    SG_TRY(sg_h5_put(file, "classes", SG_H5_U32, &sizes[2], 0, NULL, false));
    SG_TRY(sg_h5_put_geometry(file, "shape", events->shape));
    SG_TRY(spool ? put_spool(file, spool) : put_events(file, events));
    if (events->has_split)
        SG_TRY(sg_h5_put(file, "split", SG_H5_U8, events->split, 1, &samples, true));
    if (has_labels(events))
        SG_TRY(sg_h5_put(file, "label", SG_H5_U32, events->label, 1, &samples, true));
    if (events->group_names.count > 0)
        SG_TRY(sg_h5_put(file, "group", SG_H5_U32, events->group, 1, &samples, true));
    SG_TRY(put_texts(file, "group_names", &events->group_names));
    SG_TRY(put_texts(file, "class_names", &events->class_names));
    return put_texts(file, "origin", &events->origins);
}

/* The targets' own arrays. */
static sg_status put_target(sg_h5 *file, const sg_events *target) {
    const uint64_t firsts = target->samples + 1, count = target->first[target->samples];
    SG_TRY(sg_h5_put(file, "target_channels", SG_H5_U32, &target->channels, 0, NULL, false));
    if (target->numbers)
        SG_TRY(put_values(file, target, of_target));
    SG_TRY(sg_h5_put(file, "target_first", SG_H5_U64, target->first, 1, &firsts, true));
    SG_TRY(sg_h5_put(file, "target_step", SG_H5_U16, target->step, 1, &count, true));
    return sg_h5_put(file, "target_channel", SG_H5_U32, target->channel, 1, &count, true);
}

sg_status sg_events_save(const sg_events *events, const char *path) {
    sg_h5 *file;
    SG_TRY(sg_h5_create(&file));
    sg_status status = put_arrays(file, events, NULL);
    if (status == SG_OK && events->target)
        status = put_target(file, events->target);
    if (status == SG_OK)
        status = sg_h5_write(file, path);
    sg_h5_close(file);
    return status;
}

/* Most bytes of the file: its arrays, and what HDF5 adds to them. */
static uint64_t most_bytes(const sg_events *events) {
    const uint64_t bytes = sg_events_bytes(events->samples, (size_t)events->first[events->samples], events->numbers);
    return bytes + bytes / 64 + (1 << 20);
}

sg_status sg_events_save_spooled(const sg_events *events, sg_event_spool *spool, const char *path) {
    sg_h5 *file;
    SG_TRY(sg_event_spool_flush(spool));
    SG_TRY(sg_h5_create_on_disk(path, most_bytes(events), &file));
    sg_status status = put_arrays(file, events, spool);
    if (status == SG_OK)
        status = sg_h5_publish(file);
    sg_h5_close(file);
    return status;
}

static sg_status length_of(sg_h5 *file, const char *path, const char *name, uint64_t *length) {
    int rank;
    uint64_t shape[SG_H5_RANK];
    SG_TRY(sg_h5_shape(file, name, &rank, shape));
    if (rank != 1)
        return sg_fail(SG_DATA, "%s: '%s' has %d dimensions, expected 1", path, name, rank);
    *length = shape[0];
    return SG_OK;
}

/* Files that were not made by surgrad need no format; one that is there must be ours. */
static sg_status check_format(sg_h5 *file) {
    return sg_h5_has_text(file, "format") ? sg_h5_check_format(file, formats) : SG_OK;
}

static sg_status get_dt(sg_h5 *file, const char *path, double *dt_ms) {
    *dt_ms = 0;
    if (!sg_h5_has(file, "dt_ms"))
        return SG_OK;
    SG_TRY(sg_h5_get(file, "dt_ms", SG_H5_F64, dt_ms, 0, NULL));
    if (*dt_ms > 0)
        return SG_OK;
    return sg_fail(SG_DATA, "%s: 'dt_ms' is %g, expected the length of a step in ms, more than 0", path, *dt_ms);
}

static sg_status get_first(sg_h5 *file, const char *path, uint64_t *first, uint64_t samples, uint64_t count) {
    const uint64_t firsts = samples + 1;
    SG_TRY(sg_h5_get(file, "first", SG_H5_U64, first, 1, &firsts));
    return sg_events_check_first(first, samples, count, path);
}

static sg_status fill_counted(sg_h5 *file, const char *path, sg_counted_events *counted, uint64_t samples,
                              uint64_t count) {
    SG_TRY(get_first(file, path, counted->first, samples, count));
    SG_TRY(sg_h5_get(file, "step", SG_H5_U16, counted->step, 1, &count));
    SG_TRY(sg_h5_get(file, "channel", SG_H5_U32, counted->channel, 1, &count));
    return sg_h5_get(file, "count", SG_H5_U16, counted->count, 1, &count);
}

static sg_status get_counted(sg_h5 *file, const char *path, sg_events *events, uint64_t count) {
    sg_counted_events counted;
    SG_TRY(sg_counted_events_make(events->samples, count, &counted));
    sg_status status = fill_counted(file, path, &counted, events->samples, count);
    if (status == SG_OK)
        status = sg_events_from_counted(events, &counted, path);
    sg_counted_events_free(&counted);
    return status;
}

static sg_status get_events(sg_h5 *file, const char *path, sg_events *events, uint64_t count) {
    if (events->counts)
        return get_counted(file, path, events, count);
    SG_TRY(get_first(file, path, events->first, events->samples, count));
    SG_TRY(sg_events_reserve(events));
    SG_TRY(sg_h5_get(file, "step", SG_H5_U16, events->step, 1, &count));
    if (events->numbers)
        SG_TRY(sg_h5_get(file, "value", SG_H5_F32, events->value, 1, &count));
    return sg_h5_get(file, "channel", SG_H5_U32, events->channel, 1, &count);
}

/* Numbers that are constant say so; others need not. */
static sg_status get_constant(sg_h5 *file, const char *path, const char *name, bool *constant) {
    uint8_t told = 0;
    if (sg_h5_has(file, name))
        SG_TRY(sg_h5_get(file, name, SG_H5_U8, &told, 0, NULL));
    if (told > 1)
        return sg_fail(SG_DATA, "%s: '%s' is %u, expected 1, if numbers come in every step, or 0", path, name, told);
    *constant = told;
    return SG_OK;
}

static sg_status get_texts(sg_h5 *file, const char *name, sg_texts *out) {
    return sg_h5_has(file, name) ? sg_h5_get_texts(file, name, out) : SG_OK;
}

/* Groups that have no names are called by their numbers. */
static sg_status name_groups(const char *path, sg_events *events) {
    enum { MOST = 65536 };
    uint32_t groups = 0;
    for (size_t s = 0; s < events->samples; s++)
        if (events->group[s] != SG_NO_GROUP && events->group[s] >= groups)
            groups = events->group[s] < MOST ? events->group[s] + 1 : MOST + 1;
    if (groups > MOST)
        return sg_fail(SG_DATA, "%s: 'group' has numbers above %d: count them from 0, or name them (group_names)", path,
                       MOST - 1);
    for (uint32_t g = 0; g < groups; g++) {
        char number[16];
        snprintf(number, sizeof number, "%u", g);
        SG_TRY(sg_texts_add(&events->group_names, number));
    }
    return SG_OK;
}

static sg_status get_groups(sg_h5 *file, const char *path, sg_events *events) {
    const uint64_t samples = events->samples;
    if (!sg_h5_has(file, "group"))
        return SG_OK;
    SG_TRY(sg_h5_get(file, "group", SG_H5_U32, events->group, 1, &samples));
    SG_TRY(get_texts(file, "group_names", &events->group_names));
    return events->group_names.count > 0 ? SG_OK : name_groups(path, events);
}

static sg_status fill_target(sg_h5 *file, const char *path, sg_events *target, uint64_t count) {
    const uint64_t firsts = target->samples + 1;
    SG_TRY(sg_h5_get(file, "target_first", SG_H5_U64, target->first, 1, &firsts));
    SG_TRY(sg_events_check_first(target->first, target->samples, count, path));
    SG_TRY(sg_events_reserve(target));
    SG_TRY(sg_h5_get(file, "target_step", SG_H5_U16, target->step, 1, &count));
    SG_TRY(sg_h5_get(file, "target_channel", SG_H5_U32, target->channel, 1, &count));
    if (target->numbers)
        SG_TRY(sg_h5_get(file, of_target.value, SG_H5_F32, target->value, 1, &count));
    memset(target->label, 0xff, target->samples * sizeof *target->label); /* SG_NO_LABEL */
    return sg_events_check(target, path);
}

/* What the outputs should do, where the file says it. */
static sg_status get_target(sg_h5 *file, const char *path, sg_events *events) {
    sg_events head = {.samples = events->samples,
                      .steps = events->steps,
                      .dt_ms = events->dt_ms,
                      .numbers = sg_h5_has(file, of_target.value)};
    uint64_t count = 0;
    if (!sg_h5_has(file, "target_first"))
        return SG_OK;
    SG_TRY(sg_h5_get(file, "target_channels", SG_H5_U32, &head.channels, 0, NULL));
    SG_TRY(get_constant(file, path, of_target.constant, &head.constant));
    SG_TRY(length_of(file, path, "target_step", &count));
    SG_TRY(sg_check_memory(sg_events_bytes(head.samples, count, head.numbers), path,
                           "use a file of fewer samples or events"));
    head.shape = sg_flat_shape(head.channels);
    SG_TRY(sg_events_make(&head, &events->target));
    return fill_target(file, path, events->target, count);
}

static sg_status get_arrays(sg_h5 *file, const char *path, sg_events *events, uint64_t count) {
    const uint64_t samples = events->samples;
    SG_TRY(get_events(file, path, events, count));
    if (sg_h5_has(file, "label"))
        SG_TRY(sg_h5_get(file, "label", SG_H5_U32, events->label, 1, &samples));
    else
        memset(events->label, 0xff, samples * sizeof *events->label); /* SG_NO_LABEL */
    if (events->has_split)
        SG_TRY(sg_h5_get(file, "split", SG_H5_U8, events->split, 1, &samples));
    SG_TRY(get_groups(file, path, events));
    SG_TRY(get_texts(file, "class_names", &events->class_names));
    SG_TRY(get_texts(file, "origin", &events->origins));
    SG_TRY(get_target(file, path, events));
    SG_TRY(sg_events_check(events, path));
    return sg_events_measure(events);
}

/* Samples without labels need no classes. */
static sg_status get_classes(sg_h5 *file, uint32_t *classes) {
    *classes = 0;
    if (!sg_h5_has(file, "label") && !sg_h5_has(file, "classes"))
        return SG_OK;
    return sg_h5_get(file, "classes", SG_H5_U32, classes, 0, NULL);
}

static sg_status count_samples(sg_h5 *file, const char *path, uint64_t *samples) {
    if (sg_h5_has(file, "label"))
        return length_of(file, path, "label", samples);
    SG_TRY(length_of(file, path, "first", samples));
    if (*samples == 0)
        return sg_fail(SG_DATA, "%s: 'first' is empty, expected a number more than there are samples", path);
    --*samples;
    return SG_OK;
}

static sg_status read_store(sg_h5 *file, const char *path, sg_events **out) {
    uint64_t samples = 0, count = 0;
    uint32_t steps, channels, classes;
    double dt_ms;
    bool constant = false, numbers = sg_h5_has(file, "value");
    const char *conditioning;
    sg_shape shape;
    SG_TRY(check_format(file));
    SG_TRY(sg_h5_get_interned(file, CONDITIONING, &conditioning));
    SG_TRY(get_dt(file, path, &dt_ms));
    SG_TRY(get_constant(file, path, of_input.constant, &constant));
    SG_TRY(sg_h5_get(file, "steps", SG_H5_U32, &steps, 0, NULL));
    SG_TRY(sg_h5_get(file, "channels", SG_H5_U32, &channels, 0, NULL));
    SG_TRY(get_classes(file, &classes));
    shape = sg_flat_shape(channels);
    SG_TRY(sg_h5_get_geometry(file, "shape", &shape));
    SG_TRY(count_samples(file, path, &samples));
    SG_TRY(length_of(file, path, "step", &count));
    SG_TRY(sg_check_memory(sg_events_bytes(samples, count, numbers), path, "use a file of fewer samples or events"));
    const sg_events head = {.samples = samples,
                            .steps = steps,
                            .channels = channels,
                            .classes = classes,
                            .shape = shape,
                            .dt_ms = dt_ms,
                            .counts = sg_h5_has(file, "count"),
                            .numbers = numbers,
                            .constant = constant,
                            .has_split = sg_h5_has(file, "split"),
                            .conditioning = conditioning};
    SG_TRY(sg_events_make(&head, out));
    sg_status status = get_arrays(file, path, *out, count);
    if (status != SG_OK) {
        sg_events_free(*out);
        *out = NULL;
    }
    return status;
}

bool sg_is_events_file(sg_h5 *file) {
    static const char *const names[] = {"first", "step", "channel"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!sg_h5_has(file, names[i]))
            return false;
    return true;
}

sg_status sg_events_load(const char *path, sg_events **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_open(path, SG_DATA, &file));
    sg_status status = read_store(file, path, out);
    sg_h5_close(file);
    return status;
}

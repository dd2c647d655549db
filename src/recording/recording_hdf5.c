/* Data sets in HDF5, by what is in them:
 *
 *   spikes/times, spikes/units    SHD and SSC: a row for each sample (or one padded array), times in seconds; with
 * labels, extra/speaker and extra/keys train_timestamps, ...         N-TIDIGITS: a dataset for each sample, times in
 * seconds arrays in the root            events or a time series, one sample or many: recording/arrays.h groups in the
 * root            the same, a group for each sample, in the order of their names */
#include "recording/arrays.h"

#include "base/memory.h"
#include "file/h5.h"
#include "file/kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 2 * SG_H5_ENTRY_NAME };

/* A file, or a group of it, as arrays. */
typedef struct set {
    sg_h5 *file;
    sg_h5_entry *entries; /* (count) */
    char (*names)[NAME];  /* (count) their paths */
    sg_named_array *list; /* (count) */
    size_t count;
} set;

/* ------------------------------------------------------------------------------------------------- groups as arrays */

static sg_status read_ranges(void *user, const sg_array_range *ranges, size_t count, double *out) {
    const set *s = user;
    sg_h5_range wanted[8];
    if (count > sizeof wanted / sizeof *wanted)
        return sg_fail(SG_ARGUMENT, "more than %zu ranges", sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < count; i++)
        wanted[i] =
            (sg_h5_range){s->names[ranges[i].array - s->list], ranges[i].first, ranges[i].count, ranges[i].numbers};
    return sg_h5_get_ranges(s->file, wanted, count, out);
}

static sg_status read_lengths(void *user, const sg_named_array *array, uint64_t *lengths) {
    const set *s = user;
    return sg_h5_row_lengths(s->file, s->names[array - s->list], array->shape[0], lengths);
}

static sg_status read_texts(void *user, const sg_named_array *array, sg_texts *out) {
    const set *s = user;
    return sg_h5_get_texts(s->file, s->names[array - s->list], out);
}

static void close_set(set *s) {
    free(s->entries);
    free(s->names);
    free(s->list);
    *s = (set){0};
}

/* Lists a group, and describes its datasets as arrays. */
static sg_status open_set(sg_h5 *file, const char *group, set *s) {
    *s = (set){.file = file};
    SG_TRY(sg_h5_list(file, group, &s->entries, &s->count));
    s->names = sg_array(s->count, sizeof *s->names);
    s->list = sg_array(s->count, sizeof *s->list);
    if (!s->names || !s->list)
        return SG_MEMORY;
    for (size_t i = 0; i < s->count; i++) {
        const sg_h5_entry *entry = &s->entries[i];
        const bool is_group = entry->kind == SG_H5_GROUP; /* which has no part in the arrays, but in messages */
        snprintf(s->names[i], NAME, "%s%s%s%s", group, *group ? "/" : "", entry->name, is_group ? "/" : "");
        s->list[i] = (sg_named_array){.name = is_group ? s->names[i] : entry->name,
                                      .rows = entry->kind == SG_H5_ROWS,
                                      .texts = entry->kind == SG_H5_TEXTS,
                                      .whole = entry->whole,
                                      .rank = entry->kind == SG_H5_OTHER ? -1 : entry->rank,
                                      .us = sg_time_unit(entry->unit),
                                      .rate_hz = entry->rate_hz};
        memcpy(s->list[i].shape, entry->shape, sizeof entry->shape);
    }
    return SG_OK;
}

static sg_arrays arrays_of(set *s) {
    return (sg_arrays){s->list, s->count, s, read_ranges, read_lengths, read_texts};
}

static const sg_h5_entry *entry_of(const set *s, const char *name) {
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->entries[i].name, name) == 0)
            return &s->entries[i];
    return NULL;
}

static bool has_group(const set *s, const char *name) {
    const sg_h5_entry *entry = entry_of(s, name);
    return entry && entry->kind == SG_H5_GROUP;
}

/* Puts the datasets of another group after those that there are. */
static sg_status append(set *s, const char *group) {
    set more;
    sg_status status = open_set(s->file, group, &more);
    const size_t count = s->count + more.count;
    set both = {.file = s->file,
                .entries = malloc(count * sizeof *both.entries + 1),
                .names = sg_array(count, sizeof *both.names),
                .list = sg_array(count, sizeof *both.list),
                .count = count};
    if (status == SG_OK && !(both.entries && both.names && both.list))
        status = sg_fail(SG_MEMORY, "no memory for the names of group %s", group);
    for (size_t i = 0; i < count && status == SG_OK; i++) {
        const set *from = i < s->count ? s : &more;
        const size_t k = i < s->count ? i : i - s->count;
        both.entries[i] = from->entries[k];
        memcpy(both.names[i], from->names[k], sizeof both.names[i]);
        both.list[i] = from->list[k];
        both.list[i].name = from->entries[k].kind == SG_H5_GROUP ? both.names[i] : both.entries[i].name;
    }
    close_set(&more);
    if (status != SG_OK) {
        close_set(&both);
        return status;
    }
    close_set(s);
    *s = both;
    return SG_OK;
}

/* -------------------------------------------------------------------------------------------------------- SHD, SSC */

static bool is_shd(const set *root) {
    return has_group(root, "spikes") && entry_of(root, "labels");
}

static sg_status read_shd(sg_recording *recording, set *root) {
    sg_array_roles roles;
    SG_TRY(append(root, "spikes"));
    if (has_group(root, "extra"))
        SG_TRY(append(root, "extra"));
    const sg_arrays arrays = arrays_of(root);
    sg_arrays_find(&arrays, &roles);
    if (!roles.of[SG_COLUMN_T] || !roles.of[SG_COLUMN_X])
        return sg_fail(SG_DATA, "%s: has no spikes/times and spikes/units, which belong to its labels",
                       recording->path);
    return sg_arrays_read_as(recording, &arrays, &roles, sg_time_unit("s"));
}

/* ----------------------------------------------------------------------------------------------------- N-TIDIGITS */

static bool is_tidigits(const set *root) {
    return has_group(root, "train_timestamps") || has_group(root, "test_timestamps");
}

/* A sample's key ends with the digits that are spoken: "...-z". One digit is a class; more are no label. */
static void label_of(const char *key, sg_recorded_sample *sample) {
    static const char digits[] = "o123456789z";
    const char *dash = strrchr(key, '-'), *spoken = dash ? dash + 1 : key;
    const char *digit = *spoken && !spoken[1] ? strchr(digits, *spoken) : NULL;
    sample->label = digit ? digit - digits : -1;
    sample->class_name = digit ? spoken : NULL;
}

static bool is_list(const sg_h5_entry *entry) {
    return entry && entry->kind == SG_H5_NUMBERS && entry->rank == 1;
}

/* Times or addresses that are no lists of one length. What cannot be read at all says why when it is. */
static sg_status no_lists(const sg_recording *recording, const set *times, const sg_h5_entry *address, size_t i) {
    const sg_h5_range none = {.name = times->names[i]};
    double number;
    if (!is_list(&times->entries[i]))
        SG_TRY(sg_h5_get_ranges(times->file, &none, 1, &number));
    return sg_fail(SG_DATA, "%s: %s has not as many numbers as there are addresses under its name%s", recording->path,
                   times->names[i], address && !is_list(address) ? ", which are no list of numbers" : "");
}

/* The addresses of sample `i`, which both groups mostly have in the same place. */
static const sg_h5_entry *addresses_of(const set *times, const set *addresses, size_t i) {
    const char *name = times->entries[i].name;
    bool same = i < addresses->count && strcmp(addresses->entries[i].name, name) == 0;
    return same ? &addresses->entries[i] : entry_of(addresses, name);
}

/* Samples from `i` on, as many as are read in one go: *samples, with all their times, and then all addresses. */
static sg_status read_keys(sg_recording *recording, const set *times, const set *addresses, size_t i, size_t *samples,
                           double **numbers) {
    enum { MOST_SAMPLES = 256, MOST_NUMBERS = 1 << 18 };
    sg_h5_range ranges[2 * MOST_SAMPLES];
    uint64_t sum = 0;
    size_t count = 0;
    for (; i + count < times->count && count < MOST_SAMPLES && (sum == 0 || sum < MOST_NUMBERS); count++) {
        const sg_h5_entry *address = addresses_of(times, addresses, i + count);
        const uint64_t length = times->entries[i + count].shape[0];
        if (!is_list(&times->entries[i + count]) || !is_list(address) || address->shape[0] != length)
            return no_lists(recording, times, address, i + count);
        sum += length;
        ranges[count] = (sg_h5_range){times->names[i + count], 0, length, length};
    }
    for (size_t k = 0; k < count; k++)
        ranges[count + k] = (sg_h5_range){addresses->names[addresses_of(times, addresses, i + k) - addresses->entries],
                                          0, ranges[k].count, ranges[k].count};
    *samples = count;
    *numbers = sum < SIZE_MAX / 2 ? sg_array((size_t)sum * 2, sizeof **numbers) : NULL;
    return *numbers ? sg_h5_get_ranges(times->file, ranges, 2 * count, *numbers) : SG_MEMORY;
}

static sg_status tell_keys(sg_recording *recording, const set *times, size_t i, size_t samples, const double *numbers,
                           int split, uint64_t *number) {
    uint64_t sum = 0;
    for (size_t k = i; k < i + samples; k++)
        sum += times->entries[k].shape[0];
    for (size_t k = i; k < i + samples; k++) {
        const size_t count = (size_t)times->entries[k].shape[0];
        sg_recorded_sample sample = {.split = split, .number = (*number)++};
        const sg_event_rows rows = {numbers, numbers + sum, NULL, NULL, count, 1e6, 0, "event"};
        label_of(times->entries[k].name, &sample);
        SG_TRY(sg_recording_begin(recording, &sample));
        SG_TRY(sg_columns_add(recording, &rows));
        numbers += count;
    }
    return SG_OK;
}

static sg_status read_part(sg_recording *recording, sg_h5 *file, const char *part, int split, uint64_t *number) {
    char name[NAME];
    set times, addresses = {0};
    snprintf(name, sizeof name, "%s_timestamps", part);
    sg_status status = open_set(file, name, &times);
    snprintf(name, sizeof name, "%s_addresses", part);
    if (status == SG_OK)
        status = open_set(file, name, &addresses);
    for (size_t i = 0, samples = 0; i < times.count && status == SG_OK; i += samples) {
        double *numbers = NULL;
        status = read_keys(recording, &times, &addresses, i, &samples, &numbers);
        if (status == SG_OK)
            status = tell_keys(recording, &times, i, samples, numbers, split, number);
        free(numbers);
    }
    close_set(&addresses);
    close_set(&times);
    return status;
}

static sg_status read_tidigits(sg_recording *recording, set *root) {
    const sg_sensor sensor = {.width = 64, .height = 1, .polarities = 1};
    uint64_t number = 0;
    SG_TRY(sg_recording_tell_sensor(recording, &sensor));
    if (has_group(root, "train_timestamps"))
        SG_TRY(read_part(recording, root->file, "train", 0, &number));
    return has_group(root, "test_timestamps") ? read_part(recording, root->file, "test", 1, &number) : SG_OK;
}

/* --------------------------------------------------------------------------------------------------------- others */

static bool is_groups(const set *root) {
    for (size_t i = 0; i < root->count; i++)
        if (root->entries[i].kind != SG_H5_GROUP)
            return false;
    return root->count != 0;
}

static sg_status read_groups(sg_recording *recording, set *root) {
    sg_status status = SG_OK;
    for (size_t i = 0; i < root->count && status == SG_OK; i++) {
        set group;
        status = open_set(root->file, root->entries[i].name, &group);
        if (status == SG_OK) {
            const sg_arrays arrays = arrays_of(&group);
            status = sg_arrays_read_sample(recording, &arrays, i);
        }
        if (status == SG_DATA)
            status = sg_fail_in(status, "group %s", root->entries[i].name);
        close_set(&group);
    }
    return status;
}

/* One recording, as event cameras' programs write it. */
static bool is_events(const set *root) {
    return has_group(root, "events") && !entry_of(root, "t");
}

static sg_status read_events(sg_recording *recording, set *root) {
    SG_TRY(append(root, "events"));
    const sg_arrays arrays = arrays_of(root);
    return sg_arrays_read(recording, &arrays);
}

static bool is_arrays(const set *root) {
    (void)root;
    return true;
}

static sg_status read_arrays(sg_recording *recording, set *root) {
    const sg_arrays arrays = arrays_of(root);
    return sg_arrays_read(recording, &arrays);
}

/* The first that applies is taken. */
static const struct {
    bool (*applies)(const set *root);
    sg_status (*read)(sg_recording *recording, set *root);
} layouts[] = {{is_shd, read_shd},
               {is_tidigits, read_tidigits},
               {is_events, read_events},
               {is_groups, read_groups},
               {is_arrays, read_arrays}};

static sg_status read_file(sg_recording *recording, sg_h5 *file) {
    set root;
    sg_status status = open_set(file, "", &root);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts && status == SG_OK; i++)
        if (layouts[i].applies(&root)) {
            status = layouts[i].read(recording, &root);
            break;
        }
    close_set(&root);
    return status;
}

static sg_status read(sg_recording *recording) {
    sg_h5 *file;
    SG_TRY(sg_h5_open_large(recording->path, SG_DATA, &file));
    sg_status status = read_file(recording, file);
    sg_h5_close(file);
    return status;
}

/* HDF5 by its mark; a ZIP archive by the name of its first file. */
static bool fits(const sg_recording_head *head) {
    char name[NAME];
    return (head->size >= 8 && memcmp(head->bytes, "\x89HDF\r\n\x1a\n", 8) == 0) ||
           (sg_zip_first_name(head->bytes, head->size, name, sizeof name) && sg_recording_ends(name, ".h5 .hdf5"));
}

const sg_recording_format sg_recording_hdf5 = {
    .head = {"hdf5", "HDF5: SHD, SSC, N-TIDIGITS, arrays of events, or a time series"},
    .endings = ".h5 .hdf5 .h5.gz .zip",
    .many = true,
    .opens = true,
    .fits = fits,
    .read = read,
};

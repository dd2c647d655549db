/* Files of spike events: docs/file-formats.md. */
#include "base/number.h"
#include "data/source.h"
#include "file/bytes.h"
#include "file/h5.h"

#include <string.h>
#include <sys/stat.h>

/* "2x32x32" */
static bool parse_shape(const char *text, sg_shape *shape) {
    uint32_t *const axes[] = {&shape->channels, &shape->height, &shape->width};
    for (int i = 0; i < 3; i++) {
        int64_t number;
        if (*text < '0' || *text > '9' || !sg_parse_integer(text, &text, &number))
            return false;
        if (number < 1 || number > UINT32_MAX || *text++ != (i < 2 ? 'x' : 0))
            return false;
        *axes[i] = (uint32_t)number;
    }
    return true;
}

static sg_status check(const sg_data_config *config) {
    sg_shape shape;
    if (sg_is_empty(config->file))
        return sg_fail(SG_CONFIG, "data.file: is empty, but data.set is 'events': name the HDF5 file of spike events");
    if (!sg_is_empty(config->shape) && !parse_shape(config->shape, &shape))
        return sg_fail(SG_CONFIG, "data.shape: found '%.80s', expected MAPSxHEIGHTxWIDTH, for example 2x32x32",
                       config->shape);
    if (!sg_is_empty(config->test_file) && config->split != SG_SPLIT_STANDARD)
        return sg_fail(SG_CONFIG,
                       "data.test_file: is the test part, but data.split is '%s', which %s one: leave it out, or use "
                       "data.split: standard",
                       config->split == SG_SPLIT_GROUPS ? "groups" : "shuffled",
                       config->split == SG_SPLIT_GROUPS ? "makes" : "draws");
    return SG_OK;
}

/* Gives the channels the configured shape, where the file tells none. */
static sg_status set_shape(const sg_data_config *config, const char *path, sg_events *events) {
    const sg_shape told = events->shape;
    sg_shape shape;
    if (sg_is_empty(config->shape) || !parse_shape(config->shape, &shape) || memcmp(&shape, &told, sizeof shape) == 0)
        return SG_OK;
    if (sg_shape_is_image(told))
        return sg_fail(SG_CONFIG, "data.shape: %s, but %s says that its channels are %ux%ux%u: leave it out",
                       config->shape, path, told.channels, told.height, told.width);
    if (sg_shape_size(shape) != events->channels)
        return sg_fail(SG_CONFIG, "data.shape: %s are %llu channels, but %s has %u: give numbers whose product is %u",
                       config->shape, (unsigned long long)sg_shape_size(shape), path, events->channels,
                       events->channels);
    events->shape = shape;
    return sg_events_measure(events);
}

static sg_status load(const sg_data_config *config, const char *key, const char *path, sg_events **out) {
    if (!sg_file_exists(path))
        return sg_fail(SG_DATA, "%s: there is no such file: put the spike events there, or name their file (%s)", path,
                       key);
    SG_TRY(sg_events_load(path, out));
    sg_status status = set_shape(config, path, *out);
    if (status != SG_OK) {
        sg_events_free(*out);
        *out = NULL;
    }
    return status;
}

/* Whether two files can be parts of one set. */
static sg_status check_alike(const char *path, const sg_events *events, const sg_event_layout *train, bool has_target) {
    const uint32_t found[] = {events->steps, events->channels, events->classes};
    const uint32_t expected[] = {train->steps, (uint32_t)sg_shape_size(train->shape), train->classes};
    static const char *const names[] = {"steps", "channels", "classes"};
    for (int i = 0; i < 3; i++)
        if (found[i] != expected[i])
            return sg_fail(SG_DATA, "%s: has %u %s, expected %u, as %s has", path, found[i], names[i], expected[i],
                           train->name);
    if (events->target || has_target)
        return sg_fail(SG_DATA, "%s: of two files neither may have targets: write one file with the dataset 'split'",
                       path);
    if (events->dt_ms != train->dt_ms)
        return sg_fail(SG_DATA, "%s: its dt_ms is %g, expected %g, as that of %s", path, events->dt_ms, train->dt_ms,
                       train->name);
    return SG_OK;
}

/* The samples of a second file are the test part, whatever the files say of a split. */
static sg_status append_test(const sg_data_config *config, sg_event_writer *out) {
    sg_events *events;
    SG_TRY(load(config, "data.test_file", config->test_file, &events));
    sg_status status = check_alike(config->test_file, events, &out->layout, out->events && out->events->target);
    if (status == SG_OK)
        status = sg_event_writer_append(out, config->test_file, events, SG_TEST);
    sg_events_free(events);
    return status;
}

/* A file that has a second one beside it trains by all samples but those that it says are to validate. */
static void keep_validation(sg_events *events) {
    for (size_t s = 0; s < events->samples; s++)
        events->split[s] = events->split[s] == SG_VALIDATION ? SG_VALIDATION : SG_TRAIN;
    events->has_split = true;
}

/* A file is in memory while it is read. */
static size_t bytes_of(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 ? (size_t)about.st_size : 0;
}

static sg_status read(const sg_source_request *request, sg_event_writer *out) {
    const sg_data_config *config = request->config;
    sg_events *events;
    SG_TRY(load(config, "data.file, or --data FILE", config->file, &events));
    if (!sg_is_empty(config->test_file))
        keep_validation(events);
    bool has_split = events->has_split;
    SG_TRY(sg_event_writer_adopt(out, config->file, events));
    out->held_bytes = bytes_of(config->file) + SG_H5_READER_BYTES;
    if (!sg_is_empty(config->test_file))
        return append_test(config, out);
    if (!has_split)
        return sg_source_check_split(config,
                                     "%s does not say which samples are to test: use split: shuffled, name a second "
                                     "file (data.test_file), or write the dataset 'split'",
                                     config->file);
    return SG_OK;
}

const sg_source_kind sg_source_events = {
    .head = {"events", "an HDF5 file of spike events (data.file)"},
    .may_validate = true,
    .check = check,
    .measure = sg_source_count,
    .read = read,
};

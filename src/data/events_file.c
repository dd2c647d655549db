/* The event store as an HDF5 file: docs/file-formats.md. */
#include "data/events.h"
#include "file/h5.h"

static sg_status put_arrays(sg_h5 *file, const sg_events *events) {
    const uint64_t samples = events->samples, firsts = samples + 1, count = events->first[samples];
    const uint32_t sizes[3] = {events->steps, events->channels, events->classes};
    SG_TRY(sg_h5_put_text(file, "format", "surgrad events 1"));
    SG_TRY(sg_h5_put(file, "steps", SG_H5_U32, &sizes[0], 0, NULL, false));
    SG_TRY(sg_h5_put(file, "channels", SG_H5_U32, &sizes[1], 0, NULL, false));
    SG_TRY(sg_h5_put(file, "classes", SG_H5_U32, &sizes[2], 0, NULL, false));
    SG_TRY(sg_h5_put(file, "first", SG_H5_U64, events->first, 1, &firsts, true));
    SG_TRY(sg_h5_put(file, "step", SG_H5_U16, events->step, 1, &count, true));
    SG_TRY(sg_h5_put(file, "channel", SG_H5_U32, events->channel, 1, &count, true));
    return sg_h5_put(file, "label", SG_H5_U32, events->label, 1, &samples, true);
}

sg_status sg_events_save(const sg_events *events, const char *path) {
    sg_h5 *file;
    SG_TRY(sg_h5_create(&file));
    sg_status status = put_arrays(file, events);
    if (status == SG_OK)
        status = sg_h5_write(file, path);
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

static sg_status get_arrays(sg_h5 *file, const char *path, sg_events *events, uint64_t count) {
    const uint64_t samples = events->samples, firsts = samples + 1;
    SG_TRY(sg_h5_get(file, "first", SG_H5_U64, events->first, 1, &firsts));
    SG_TRY(sg_events_check_first(events->first, events->samples, count, path));
    SG_TRY(sg_events_reserve(events));
    SG_TRY(sg_h5_get(file, "step", SG_H5_U16, events->step, 1, &count));
    SG_TRY(sg_h5_get(file, "channel", SG_H5_U32, events->channel, 1, &count));
    SG_TRY(sg_h5_get(file, "label", SG_H5_U32, events->label, 1, &samples));
    return sg_events_check(events, path);
}

static sg_status read_store(sg_h5 *file, const char *path, sg_events **out) {
    uint64_t samples = 0, count = 0;
    uint32_t steps, channels, classes;
    SG_TRY(sg_h5_get(file, "steps", SG_H5_U32, &steps, 0, NULL));
    SG_TRY(sg_h5_get(file, "channels", SG_H5_U32, &channels, 0, NULL));
    SG_TRY(sg_h5_get(file, "classes", SG_H5_U32, &classes, 0, NULL));
    SG_TRY(length_of(file, path, "label", &samples));
    SG_TRY(length_of(file, path, "step", &count));
    SG_TRY(sg_events_make(samples, steps, channels, classes, out));
    sg_status status = get_arrays(file, path, *out, count);
    if (status != SG_OK) {
        sg_events_free(*out);
        *out = NULL;
    }
    return status;
}

sg_status sg_events_load(const char *path, sg_events **out) {
    *out = NULL;
    sg_h5 *file;
    SG_TRY(sg_h5_open(path, SG_DATA, &file));
    sg_status status = read_store(file, path, out);
    sg_h5_close(file);
    return status;
}

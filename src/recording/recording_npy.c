/* One array of NumPy: events with fields x, y, p, t; or a matrix, whose columns are told by options or by custom: x,
 * [y,] p, t with floating-point times in ms, as SLAYER and Tonic's DVS Gesture have it; or a time series. */
#include "recording/npy.h"

#include <string.h>

enum { WIDEST = 16 }; /* columns of a matrix of events */

static bool fits(const sg_recording_head *head) {
    return sg_npy_fits(head->bytes, head->size);
}

/* The names of a matrix's columns, or 0 where they are not told: it is a time series. */
static sg_status name_columns(const sg_recording *recording, const sg_named_array *matrix, const char *names[WIDEST],
                              bool *named) {
    static const char *const customs[][4] = {[3] = {"x", "p", "t"}, [4] = {"x", "y", "p", "t"}};
    static const char *const words[SG_COLUMNS + 1] = {
        [SG_COLUMN_T] = "t", [SG_COLUMN_X] = "x", [SG_COLUMN_Y] = "y", [SG_COLUMN_P] = "p"};
    const sg_recording_options *options = recording->listener->options;
    const uint64_t width = matrix->shape[1];
    sg_column columns[WIDEST];
    size_t count = 0;
    *named = true;
    if (options && options->columns) {
        SG_TRY(sg_columns_parse(options->columns, columns, WIDEST, &count));
        if (count != width)
            return sg_fail(SG_DATA, "%s: has %llu columns, but columns '%s' names %zu", recording->path,
                           (unsigned long long)width, options->columns, count);
        for (size_t i = 0; i < count; i++)
            names[i] = words[columns[i]] ? words[columns[i]] : "-";
    } else if ((width == 3 || width == 4) && !(options && options->series)) {
        memcpy(names, customs[width], width * sizeof *names);
    } else {
        *named = false;
    }
    return SG_OK;
}

static sg_status read_matrix(sg_recording *recording, sg_npy *npy, const sg_arrays *arrays) {
    const char *names[WIDEST];
    sg_array_roles roles;
    bool named;
    SG_TRY(name_columns(recording, &npy->list[0], names, &named));
    if (!named)
        return sg_arrays_read(recording, arrays);
    sg_npy_take_apart(npy, names);
    const sg_arrays apart = {npy->list, npy->count, npy, sg_npy_read, NULL, NULL};
    sg_arrays_find(&apart, &roles);
    return sg_arrays_read_as(recording, &apart, &roles, npy->list[0].whole ? 0 : sg_time_unit("ms"));
}

static sg_status read_array(sg_recording *recording, sg_npy *npy) {
    SG_TRY(sg_npy_add(npy, "values", 0, npy->spool->size));
    const sg_arrays arrays = {npy->list, npy->count, npy, sg_npy_read, NULL, NULL};
    return npy->list[0].rank == 2 && npy->count == 1 ? read_matrix(recording, npy, &arrays)
                                                     : sg_arrays_read(recording, &arrays);
}

static sg_status read(sg_recording *recording) {
    sg_spool spool;
    SG_TRY(sg_spool_open(recording->path, &spool));
    sg_npy npy = {.spool = &spool};
    sg_status status = read_array(recording, &npy);
    sg_spool_close(&spool);
    return status;
}

const sg_recording_format sg_recording_npy = {
    .head = {"npy", "NumPy: events by field or column, or a time series"},
    .endings = ".npy",
    .many = true,
    .opens = true,
    .fits = fits,
    .read = read,
};

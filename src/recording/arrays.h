/* Named arrays of numbers in one file (an .npz, an HDF5 group, the fields of an .npy), and how they hold samples:
 *
 *   t, x [, y, p] (n)                       one sample of n events; `unit` or `channel` in the place of x
 *   the same, first (S or S + 1)            S samples; sample s owns events first[s] .. first[s + 1] - 1
 *   t, x [, y, p] (S rows), or (S, n)       a row for each sample; (S, n) with label alone, filled up with zeros
 *   values (S, frames, channels)            S samples of a time series
 *   values (n, channels), lengths (S)       the same, one after the other
 *   values (n, channels)                    one sample of a time series
 *
 * with the time between its frames, as an attribute of `values` or an array of one number: rate (Hz), period_ms,
 * and label (S), group (S), split (S), numbers or texts, and names of classes. Names may differ: columns.h. */
#ifndef SG_RECORDING_ARRAYS_H
#define SG_RECORDING_ARRAYS_H

#include "base/texts.h"
#include "recording/columns.h"

#define SG_ARRAY_RANK 4

typedef struct sg_named_array {
    const char *name;
    bool rows;  /* each of its own length */
    bool whole; /* integers */
    bool texts; /* no numbers */
    int rank;
    uint64_t shape[SG_ARRAY_RANK];
    double us;      /* microseconds in its unit; 0: not told */
    double rate_hz; /* of its frames, by its attribute; 0: not told */
} sg_named_array;

/* What stands at first .. first + count - 1 of axis 0. */
typedef struct sg_array_range {
    const sg_named_array *array;
    uint64_t first, count;
    uint64_t numbers; /* that it holds */
} sg_array_range;

typedef struct sg_arrays {
    const sg_named_array *list;
    size_t count;
    void *user;

    /* Reads ranges, one after the other, into `out` (the sum of their numbers). */
    sg_status (*read)(void *user, const sg_array_range *ranges, size_t count, double *out);

    /* The lengths (shape[0]) of the rows of an array; NULL where no array has such. */
    sg_status (*lengths)(void *user, const sg_named_array *array, uint64_t *lengths);

    /* Adds the texts of an array to a list. NULL where no array has such. */
    sg_status (*texts)(void *user, const sg_named_array *array, sg_texts *out);
} sg_arrays;

/* Which arrays tell what; NULL: none. */
typedef struct sg_array_roles {
    const sg_named_array *of[SG_COLUMNS];
} sg_array_roles;

/* By their names. */
void sg_arrays_find(const sg_arrays *arrays, sg_array_roles *roles);

/* Reads all samples. Where there are no events and no values, the message lists the arrays that are. */
sg_status sg_arrays_read(sg_recording *recording, const sg_arrays *arrays);

/* The same with roles that the format knows, and the microseconds in a unit of its times (0: as for all). */
sg_status sg_arrays_read_as(sg_recording *recording, const sg_arrays *arrays, const sg_array_roles *roles, double us);

/* Reads arrays that hold one sample of many: sample `number`, which is begun whatever is told of it. */
sg_status sg_arrays_read_sample(sg_recording *recording, const sg_arrays *arrays, uint64_t number);

#endif

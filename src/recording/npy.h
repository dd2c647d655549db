/* NumPy's arrays: a header in the syntax of Python, which is parsed and never run, then numbers. */
#ifndef SG_RECORDING_NPY_H
#define SG_RECORDING_NPY_H

#include "base/stored.h"
#include "file/spool.h"
#include "recording/arrays.h"

#define SG_NPY_ARRAYS 32 /* fields of an array, or arrays of an archive */
#define SG_NPY_NAME   64 /* bytes of a name, with its 0 */

/* Where the numbers of an array lie. */
typedef struct sg_npy_array {
    char name[SG_NPY_NAME];
    uint64_t at;     /* byte of the first */
    uint64_t stride; /* bytes from one to the next */
    bool by_column;  /* numbers of more than one axis lie column after column */
    sg_stored stored;
} sg_npy_array;

/* The arrays of some files. */
typedef struct sg_npy {
    const sg_spool *spool;
    size_t count;
    sg_npy_array arrays[SG_NPY_ARRAYS];
    sg_named_array list[SG_NPY_ARRAYS]; /* as told to others: same places */
} sg_npy;

bool sg_npy_fits(const uint8_t *bytes, size_t size);

/* Adds what bytes at .. at + size - 1 hold: an array called `name`, or its fields by their names. SG_DATA: not an
 * array, cut short, of Python objects, or of other things that are no numbers. */
sg_status sg_npy_add(sg_npy *npy, const char *name, uint64_t at, uint64_t size);

/* Takes a matrix (n, columns), the one array that there is, apart: its columns become arrays of these names. */
void sg_npy_take_apart(sg_npy *npy, const char *const *names);

/* For sg_arrays; `user` is the sg_npy. */
sg_status sg_npy_read(void *user, const sg_array_range *ranges, size_t count, double *out);

#endif

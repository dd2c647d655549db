/* IDX, the format of MNIST: a magic number that tells type and rank, the sizes, the values; big-endian, row-major. */
#ifndef SG_DATA_IDX_H
#define SG_DATA_IDX_H

#include "base/text.h"

typedef enum sg_idx_rank { SG_IDX_LABELS = 1, SG_IDX_IMAGES = 3 } sg_idx_rank; /* (count); (count, rows, columns) */

/* Values of one byte. Freed with sg_idx_free, which takes an empty one ({0}) too. */
typedef struct sg_idx {
    int rank;
    uint32_t shape[3];     /* 1 past the rank */
    const uint8_t *values; /* (shape[0], shape[1], shape[2]), inside `bytes` or the caller's bytes */
    size_t count;          /* of values: the product of the shape, 1 or more */
    uint8_t *bytes;        /* the whole file where sg_idx_read made it, else NULL */
} sg_idx;

/* Reads a file, plain or gzip, that must hold values of one byte and this rank. SG_DATA if it is missing, damaged,
 * empty, of another type or rank, or of another length than its header tells; *out is then {0}. */
sg_status sg_idx_read(const char *path, int rank, sg_idx *out);

/* The same of bytes in memory, unpacked, which must outlive *out. `name` opens every message. */
sg_status sg_idx_parse(const char *name, const void *bytes, size_t size, int rank, sg_idx *out);

/* Adds a line that says what an IDX file of any type and rank holds, and whether surgrad trains on such. SG_DATA if it
 * is none, or damaged. */
sg_status sg_idx_describe(const char *name, const void *bytes, size_t size, sg_text *text);

void sg_idx_free(sg_idx *idx);

/* The path of NAME or, failing that, NAME.gz in a folder. SG_DATA if neither is there, with `remedy`, what the user
 * should do; SG_ARGUMENT if the path is longer than `size`. */
sg_status sg_idx_find(char *path, size_t size, const char *folder, const char *name, const char *remedy);

#endif

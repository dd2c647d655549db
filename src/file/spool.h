/* Files that are read at any place, though they may be larger than memory. A plain file is read where it lies. What is
 * packed is unpacked into a file without a name in the folder for temporary files (TMPDIR, or /tmp): it is gone once it
 * is closed, however the program ends. */
#ifndef SG_FILE_SPOOL_H
#define SG_FILE_SPOOL_H

#include "base/status.h"

typedef struct sg_spool {
    const char *path; /* opens messages; belongs to the caller, and outlives the spool */
    int file;         /* below 0: closed */
    uint64_t size;    /* bytes */
} sg_spool;

/* Opens a file, plain or gzip. SG_DATA: missing, not a file, damaged gzip; SG_IO_ERROR: no place to unpack it. */
sg_status sg_spool_open(const char *path, sg_spool *out);

/* An empty one, to be filled by sg_spool_add. */
sg_status sg_spool_make(const char *path, sg_spool *out);
sg_status sg_spool_add(sg_spool *spool, const void *bytes, size_t count);

/* Copies `count` bytes from byte `at` on. SG_DATA where they are not there: "PATH: ends at byte N, inside of WHAT". */
sg_status sg_spool_read(const sg_spool *spool, uint64_t at, void *to, size_t count, const char *what);

void sg_spool_close(sg_spool *spool);

#endif

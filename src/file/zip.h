/* Zip archives, stored or deflated: all their files unpacked, one after the other, into one spool. */
#ifndef SG_FILE_ZIP_H
#define SG_FILE_ZIP_H

#include "file/spool.h"

#define SG_ZIP_MEMBERS 256 /* files in an archive, at most */

typedef struct sg_zip_member {
    char *name;        /* its path in the archive */
    uint64_t at, size; /* bytes in the spool */
} sg_zip_member;

typedef struct sg_zip {
    sg_spool spool;
    size_t count;
    sg_zip_member members[SG_ZIP_MEMBERS];
} sg_zip;

/* SG_DATA: not a zip archive, damaged, encrypted, of too many files. `path` outlives it. After a failure, too,
 * sg_zip_close is the caller's. */
sg_status sg_zip_open(const char *path, sg_zip *out);
void sg_zip_close(sg_zip *zip);

#endif

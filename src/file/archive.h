/* Named files out of a package archive: .tgz (and .tar, .tar.xz, .tar.zst), or .deb, whose files are in its data.tar.
 */
#ifndef SG_FILE_ARCHIVE_H
#define SG_FILE_ARCHIVE_H

#include "base/status.h"

typedef struct sg_archive_member {
    const char *name; /* its whole path in the archive, without "./" or "/" before it */
    const char *out;  /* file to write, replaced if it is there */
    uint64_t limit;   /* bytes that it may have */
    bool found;       /* set by sg_archive_extract */
} sg_archive_member;

/* Writes `count` members to their files in one pass. SG_DATA: not such an archive, damaged, without one of the members,
 * a member over its limit or, against bombs, an archive of more than 4 GiB. SG_IO_ERROR: a file cannot be written.
 * After a failure some files may be there in part; removing them is the caller's. */
sg_status sg_archive_extract(const char *path, sg_archive_member *members, size_t count);

#endif

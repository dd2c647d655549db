/* In the place of archive.c and zip.c, where surgrad is built without them (SURGRAD_FETCH=OFF). */
#include "file/archive.h"
#include "file/zip.h"

#define WITHOUT "this surgrad is built without downloads (SURGRAD_FETCH=OFF)"

sg_status sg_archive_extract(const char *path, sg_archive_member *members, size_t count) {
    (void)members, (void)count;
    return sg_fail(SG_DATA, "%s: " WITHOUT ", and does not open archives: unpack it by other means", path);
}

sg_status sg_zip_open(const char *path, sg_zip *out) {
    *out = (sg_zip){.spool = {.path = path, .file = -1}};
    return sg_fail(SG_DATA, "%s: " WITHOUT ", and does not open archives: unpack it by other means", path);
}

void sg_zip_close(sg_zip *zip) {
    (void)zip;
}

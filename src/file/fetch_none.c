/* In the place of download.c, archive.c and zip.c, where surgrad is built without them (SURGRAD_FETCH=OFF). What is in
 * a folder is taken all the same, plain or packed by gzip; the first download that a data set needs ends its fetching.
 */
#include "file/archive.h"
#include "file/download.h"
#include "file/zip.h"

#include <string.h>

#define WITHOUT "this surgrad is built without downloads (SURGRAD_FETCH=OFF)"

/* Bytes of the name under which a file is wanted: a download is first called NAME.part. */
static int name_bytes(const char *path) {
    size_t size = strlen(path), ending = strlen(".part");
    return (int)(size > ending && strcmp(path + size - ending, ".part") == 0 ? size - ending : size);
}

sg_status sg_download_file(sg_download *download) {
    download->end = SG_DOWNLOAD_UNWRITTEN; /* no other source would do */
    download->resumed = false;
    return sg_fail(SG_IO_ERROR, WITHOUT ": get %s by other means and save it as %.*s", download->url,
                   name_bytes(download->path), download->path);
}

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

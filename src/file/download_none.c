/* In the place of download.c, where surgrad is built without libcurl (SURGRAD_CURL=OFF). What is in a folder is taken
 * all the same, plain or packed by gzip; the first download that a data set needs ends its fetching. */
#include "file/download.h"

#include <string.h>

/* Bytes of the name under which a file is wanted: a download is first called NAME.part. */
static int name_bytes(const char *path) {
    size_t size = strlen(path), ending = strlen(".part");
    return (int)(size > ending && strcmp(path + size - ending, ".part") == 0 ? size - ending : size);
}

sg_status sg_download_by_curl(sg_download *download) {
    download->end = SG_DOWNLOAD_UNWRITTEN; /* no other source would do */
    download->resumed = false;
    return sg_fail(SG_IO_ERROR,
                   "this surgrad is built without downloads (SURGRAD_CURL=OFF): get %s by other means and save it as "
                   "%.*s",
                   download->url, name_bytes(download->path), download->path);
}

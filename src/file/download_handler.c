#include "file/download.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each thread has its own, as of warnings. */
static _Thread_local sg_download_handler *handler;
static _Thread_local void *handler_user;

void sg_set_download_handler(sg_download_handler *next, void *user) {
    handler = next;
    handler_user = user;
}

sg_status sg_download_failed(sg_download *download, sg_download_end end, const char *reason) {
    download->end = end;
    if (end == SG_DOWNLOAD_UNWRITTEN)
        return sg_fail(SG_IO_ERROR, "cannot write %s: %s", download->path, reason);
    return sg_fail(SG_IO_ERROR, "%s: %s", download->url, reason);
}

/* The handler's word is checked where that costs nothing: a file must be there, and within the limit. */
static sg_download_end by_handler(const sg_download *d, char *reason, size_t size, uint64_t *bytes) {
    struct stat about = {0};
    sg_download_end end = handler(handler_user, d->url, d->path, d->limit, reason, size);
    reason[size - 1] = 0;
    if (end != SG_DOWNLOAD_DONE)
        return end;
    if (stat(d->path, &about)) {
        snprintf(reason, size, "the download handler wrote no file");
        return SG_DOWNLOAD_UNWRITTEN;
    }
    *bytes = (uint64_t)about.st_size;
    if (*bytes <= d->limit)
        return SG_DOWNLOAD_DONE;
    snprintf(reason, size, "has more than %llu bytes, the most that were expected", (unsigned long long)d->limit);
    return SG_DOWNLOAD_REFUSED;
}

sg_status sg_download_file(sg_download *download) {
    char reason[256] = "no reason was given";
    uint64_t bytes = 0;
    if (!handler)
        return sg_download_by_curl(download);
    download->resumed = false;
    download->end = by_handler(download, reason, sizeof reason, &bytes);
    if (download->end != SG_DOWNLOAD_DONE) {
        unlink(download->path);
        return sg_download_failed(download, download->end, reason);
    }
    if (download->progress)
        download->progress(download->user, bytes, bytes);
    return SG_OK;
}

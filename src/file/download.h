/* One URL to one file, by the thread's handler (sg_set_download_handler) or through libcurl. */
#ifndef SG_FILE_DOWNLOAD_H
#define SG_FILE_DOWNLOAD_H

#include "base/status.h"

typedef struct sg_download {
    const char *url;  /* http, https or file */
    const char *path; /* bytes are written there; from http(s) after those of an earlier try */
    uint64_t limit;   /* bytes that the whole file may have */
    void (*progress)(void *user, uint64_t done, uint64_t total); /* bytes; total 0: unknown. Or NULL */
    void *user;
    /* set by sg_download_file: */
    sg_download_end end;
    bool resumed; /* the file begins with bytes of an earlier call; if it is wrong, they may be why */
} sg_download;

/* Waits 10 s for a connection and 30 s at less than 1 kB/s. A connection that breaks off after bytes came is taken up
 * again, up to three times. SG_IO_ERROR with the URL and the reason. The caller checks and syncs. */
sg_status sg_download_file(sg_download *download);

/* The same through libcurl alone. */
sg_status sg_download_by_curl(sg_download *download);

/* Sets how the download ended, if it failed, with its message. */
sg_status sg_download_failed(sg_download *download, sg_download_end end, const char *reason);

#endif

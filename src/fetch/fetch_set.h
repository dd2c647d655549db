/* Fetching a data set, of whatever table. */
#ifndef SG_FETCH_FETCH_SET_H
#define SG_FETCH_FETCH_SET_H

#include "base/text.h"
#include "fetch/download_set.h"

typedef struct sg_fetch_listener {
    sg_fetch_progress *progress; /* or NULL */
    sg_fetch_message *message;   /* or NULL */
    void *user;
} sg_fetch_listener;

/* Brings every file of `set` into `dir`, which is made if missing; what is there and right is kept. Tried in turn:
 * packed files in `dir` (NAME.gz), $SURGRAD_MIRROR/SET/NAME.gz, the sources of the set. A lock file in `dir` lets one
 * process at a time do so. A file gets its own name only when its size and SHA-256 are right. SG_IO_ERROR: no source
 * had some file (the message tells each source's reason), or `dir` cannot be written. */
sg_status sg_fetch_set(const sg_download_set *set, const char *dir, const sg_fetch_listener *listener);

/* Whether every file is in `dir` and right (fetch/checked.h). */
bool sg_fetch_all_right(const sg_download_set *set, const char *dir);

/* ------------------------------------------------------------------------------------------ shared by its parts */

typedef struct sg_fetch_job {
    const sg_download_set *set;
    const char *dir;
    sg_fetch_listener listener;
    bool here[SG_DOWNLOAD_FILES]; /* the file is in `dir` and right */
    sg_text reasons;              /* "; " and why, for each source that had not all */
} sg_fetch_job;

/* Tells the listener one line. */
void sg_fetch_tell(const sg_fetch_job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes the files that are missing from one source, as far as it has them: here[] tells. Fails only where another
 * source would not help: the folder cannot be written, there is no memory. */
sg_status sg_fetch_from(sg_fetch_job *job, const sg_mirror *source);

/* Removes what broken-off downloads from a source left. */
void sg_fetch_clean(const sg_fetch_job *job, const sg_mirror *source);

#endif

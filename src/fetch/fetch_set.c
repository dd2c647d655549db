#include "fetch/fetch_set.h"

#include "fetch/checked.h"
#include "file/bytes.h"
#include "file/lock.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sg_fetch_tell(const sg_fetch_job *job, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (job->listener.message)
        job->listener.message(job->listener.user, text);
}

/* ------------------------------------------------------------------------------------------------- what is there */

bool sg_fetch_all_right(const sg_download_set *set, const char *dir) {
    for (size_t i = 0; i < set->file_count; i++)
        if (!sg_is_right(&set->files[i], dir))
            return false;
    return true;
}

static void look(sg_fetch_job *job) {
    for (size_t i = 0; i < job->set->file_count; i++)
        job->here[i] = sg_is_right(&job->set->files[i], job->dir);
}

static void tell_what_is_there(const sg_fetch_job *job) {
    for (size_t i = 0; i < job->set->file_count; i++) {
        char path[PATH_MAX];
        const char *name = job->set->files[i].name;
        if (job->here[i])
            sg_fetch_tell(job, "%s: is there", name);
        else if (sg_join_path(path, sizeof path, job->dir, name) == SG_OK && sg_file_exists(path))
            sg_fetch_tell(job, "%s: is there, but its size or SHA-256 is wrong; fetching it again", name);
    }
}

static bool complete(const sg_fetch_job *job) {
    for (size_t i = 0; i < job->set->file_count; i++)
        if (!job->here[i])
            return false;
    return true;
}

/* ------------------------------------------------------------------------------------------------------- sources */

static sg_status take(sg_fetch_job *job, const sg_mirror *source) {
    return complete(job) ? SG_OK : sg_fetch_from(job, source);
}

/* Files that the user put into the folder packed, as they are usually offered. */
static sg_status take_packed(sg_fetch_job *job) {
    const sg_mirror source = {.kind = SG_MIRROR_FOLDER, .place = job->dir, .suffix = ".gz"};
    for (size_t i = 0; i < job->set->file_count; i++) {
        char name[NAME_MAX + 1], path[PATH_MAX];
        snprintf(name, sizeof name, "%s.gz", job->set->files[i].name);
        SG_TRY(sg_join_path(path, sizeof path, job->dir, name));
        if (!job->here[i] && sg_file_exists(path))
            return take(job, &source);
    }
    return SG_OK;
}

/* $SURGRAD_MIRROR has a folder for each data set, since their files have the same names. */
static sg_status take_user_mirror(sg_fetch_job *job) {
    char place[PATH_MAX];
    const char *url = getenv("SURGRAD_MIRROR");
    if (!url || !*url)
        return SG_OK;
    SG_TRY(sg_join_path(place, sizeof place, url, job->set->name));
    const sg_mirror source = {.kind = SG_MIRROR_URL, .place = place, .suffix = ".gz"};
    return take(job, &source);
}

static sg_status not_complete(const sg_fetch_job *job) {
    const char *first = NULL;
    size_t missing = 0;
    for (size_t i = 0; i < job->set->file_count; i++)
        if (!job->here[i] && missing++ == 0)
            first = job->set->files[i].name;
    return sg_fail(SG_IO_ERROR,
                   "%s: no source has %s%s; check the network, or set SURGRAD_MIRROR to a URL that has "
                   "%s/%s.gz, or put the files, plain or .gz, into %s%s%s. Tried%s",
                   job->set->name, first, missing > 1 ? " and others" : "", job->set->name, first, job->dir,
                   job->set->remedy ? ", or " : "", job->set->remedy ? job->set->remedy : "",
                   job->reasons.data ? job->reasons.data + 1 : " nothing");
}

static sg_status take_missing(sg_fetch_job *job) {
    const sg_download_set *set = job->set;
    SG_TRY(take_packed(job));
    SG_TRY(take_user_mirror(job));
    for (size_t i = 0; i < set->source_count; i++)
        SG_TRY(take(job, &set->sources[i]));
    if (!complete(job))
        return not_complete(job);
    for (size_t i = 0; i < set->source_count; i++)
        sg_fetch_clean(job, &set->sources[i]);
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------------- one at a time */

static void on_waiting(void *user) {
    const sg_fetch_job *job = user;
    sg_fetch_tell(job, "waiting: another process is fetching into %s", job->dir);
}

static sg_status fetch_locked(sg_fetch_job *job) {
    char path[PATH_MAX];
    int lock;
    SG_TRY(sg_make_folder(job->dir));
    SG_TRY(sg_join_path(path, sizeof path, job->dir, ".surgrad-fetch.lock"));
    SG_TRY(sg_lock_take(path, on_waiting, job, &lock));
    look(job); /* again: another may have just fetched them */
    tell_what_is_there(job);
    sg_status status = take_missing(job);
    sg_lock_drop(path, lock);
    return status;
}

sg_status sg_fetch_set(const sg_download_set *set, const char *dir, const sg_fetch_listener *listener) {
    assert(set->file_count <= SG_DOWNLOAD_FILES);
    sg_fetch_job job = {.set = set, .dir = dir, .listener = *listener};
    look(&job);
    if (complete(&job)) { /* also where the folder may only be read */
        tell_what_is_there(&job);
        return SG_OK;
    }
    sg_status status = fetch_locked(&job);
    free(job.reasons.data);
    return status;
}

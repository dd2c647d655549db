/* One source: its files come as candidates, packed or plain; each is read, checked, and written under its own name.
 *
 * Statuses in this file: SG_DATA is the source's fault, and the next source is worth trying; any other failure is ours.
 */
#include "fetch/fetch_set.h"

#include "file/archive.h"
#include "file/bytes.h"
#include "file/download.h"
#include "file/sha256.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REASON = 220 }; /* bytes of a source's reason in the last message */

/* -------------------------------------------------------------------------------------------------- how it fared */

static sg_status wrong_hash(const char *name, const char *found, const char *expected) {
    return sg_fail(SG_DATA, "SHA-256 of %s is %s, expected %s", name, found, expected);
}

/* Tells why a source does not give a file, naming the source unless the reason does. The first reason of a source is
 * kept for the last message. */
static void note(sg_fetch_job *job, const sg_mirror *source, bool *noted) {
    if (strncmp(sg_error_message(), source->place, strlen(source->place)) != 0)
        sg_fail_in(SG_DATA, "%s", source->place);
    sg_fetch_tell(job, "%s", sg_error_message());
    if (!*noted)
        sg_text_add(&job->reasons, "; %.*s", REASON, sg_error_message());
    *noted = true;
}

static sg_status settle(sg_fetch_job *job, const sg_mirror *source, size_t i, sg_status status, bool *noted) {
    job->here[i] = status == SG_OK;
    if (status == SG_OK)
        sg_fetch_tell(job, "%s: is there now, its SHA-256 is right", job->set->files[i].name);
    else if (status == SG_DATA)
        note(job, source, noted);
    return status == SG_DATA ? SG_OK : status;
}

/* ---------------------------------------------------------------------------------------------------- candidates */

static sg_status check(const sg_fetched_file *file, const uint8_t *bytes, size_t size) {
    char found[SG_SHA256_TEXT];
    if (size != file->size)
        return sg_fail(SG_DATA, "%s has %zu bytes unpacked, expected %llu", file->name, size,
                       (unsigned long long)file->size);
    sg_sha256_bytes(bytes, size, found);
    return strcmp(found, file->sha256) == 0 ? SG_OK : wrong_hash(file->name, found, file->sha256);
}

/* Reads a candidate for file i, unpacks and checks it, and writes it under its own name. */
static sg_status place(const sg_fetch_job *job, size_t i, const char *candidate) {
    const sg_fetched_file *file = &job->set->files[i];
    char path[PATH_MAX];
    uint8_t *bytes;
    size_t size;
    SG_TRY(sg_join_path(path, sizeof path, job->dir, file->name));
    SG_TRY(sg_bytes_read(candidate, (size_t)file->size, &bytes, &size));
    sg_status status = check(file, bytes, size);
    if (status == SG_OK)
        status = sg_bytes_write(path, bytes, size);
    free(bytes);
    return status;
}

/* folder/NAME + suffix + end; `folder` may be a URL. */
static sg_status file_path(char path[PATH_MAX], const char *folder, const char *name, const char *suffix,
                           const char *end) {
    char whole[NAME_MAX + 1];
    snprintf(whole, sizeof whole, "%s%s%s", name, suffix, end);
    return sg_join_path(path, PATH_MAX, folder, whole);
}

static sg_status file_part(const sg_fetch_job *job, const sg_mirror *source, size_t i, char path[PATH_MAX]) {
    return file_path(path, job->dir, job->set->files[i].name, source->suffix, ".part");
}

static const char *archive_name(const sg_mirror *source) {
    return strrchr(source->place, '/') + 1;
}

static sg_status archive_part(const sg_fetch_job *job, const sg_mirror *source, char path[PATH_MAX]) {
    return file_path(path, job->dir, archive_name(source), "", ".part");
}

/* ------------------------------------------------------------------------------------------------------ downloads */

/* Something to download, and what makes use of it. */
typedef struct errand {
    sg_fetch_job *job;
    const sg_mirror *source;
    size_t file; /* of a mirror */
    char name[NAME_MAX + 1];
    char url[PATH_MAX], part[PATH_MAX];
    uint64_t limit; /* bytes */
    sg_status (*use)(const struct errand *errand);
} errand;

static void on_progress(void *user, uint64_t done, uint64_t total) {
    const errand *e = user;
    if (e->job->listener.progress)
        e->job->listener.progress(e->job->listener.user, e->name, done, total);
}

/* Downloads and uses. What went on from an earlier part and is wrong is downloaded once more, from its start: the part
 * may be of another source, or a crash may have spoilt it. *lost: the source does not answer. */
static sg_status run_errand(errand *e, bool *lost) {
    for (;;) {
        sg_download download = {.url = e->url, .path = e->part, .limit = e->limit, .progress = on_progress, .user = e};
        sg_status status = sg_download_file(&download);
        *lost = download.end == SG_DOWNLOAD_LOST;
        if (status != SG_OK)
            return download.end == SG_DOWNLOAD_UNWRITTEN ? status : SG_DATA;
        status = e->use(e);
        unlink(e->part);
        if (status != SG_DATA || !download.resumed)
            return status;
        sg_fetch_tell(e->job, "%s: went on from an older part and is wrong; once more, from its start", e->url);
    }
}

/* ---------------------------------------------------------------------------------------------------- the kinds */

static sg_status take_from_folder(sg_fetch_job *job, const sg_mirror *source, size_t i, bool *lost) {
    char candidate[PATH_MAX];
    *lost = !sg_file_exists(source->place);
    if (*lost)
        return sg_fail(SG_DATA, "there is no such folder");
    SG_TRY(file_path(candidate, source->place, job->set->files[i].name, source->suffix, ""));
    return place(job, i, candidate);
}

static sg_status use_file(const errand *e) {
    return place(e->job, e->file, e->part);
}

static sg_status take_from_mirror(sg_fetch_job *job, const sg_mirror *source, size_t i, bool *lost) {
    const sg_fetched_file *file = &job->set->files[i];
    errand e = {.job = job, .source = source, .file = i, .use = use_file};
    e.limit = file->size + file->size / 64 + 4096; /* what cannot be packed grows a little */
    snprintf(e.name, sizeof e.name, "%s%s", file->name, source->suffix);
    SG_TRY(sg_join_path(e.url, sizeof e.url, source->place, e.name));
    SG_TRY(file_part(job, source, i, e.part));
    return run_errand(&e, lost);
}

/* File after file, until the source is lost. */
static sg_status take_each(sg_fetch_job *job, const sg_mirror *source,
                           sg_status (*take)(sg_fetch_job *job, const sg_mirror *source, size_t i, bool *lost)) {
    bool noted = false, lost = false;
    for (size_t i = 0; i < job->set->file_count && !lost; i++)
        if (!job->here[i])
            SG_TRY(settle(job, source, i, take(job, source, i, &lost), &noted));
    return SG_OK;
}

/* Extracts the members that are missing, each to a part of its own; numbers[] are their files. */
static sg_status extract_missing(const errand *e, char outs[][PATH_MAX], size_t numbers[], size_t *count) {
    char names[SG_DOWNLOAD_FILES][PATH_MAX];
    sg_archive_member members[SG_DOWNLOAD_FILES];
    *count = 0;
    for (size_t i = 0; i < e->job->set->file_count; i++) {
        const sg_fetched_file *file = &e->job->set->files[i];
        if (e->job->here[i])
            continue;
        SG_TRY(file_path(names[*count], e->source->inside, file->name, e->source->suffix, ""));
        SG_TRY(file_part(e->job, e->source, i, outs[*count]));
        members[*count] = (sg_archive_member){.name = names[*count],
                                              .out = outs[*count],
                                              .limit = file->size + file->size / 64 + 4096};
        numbers[(*count)++] = i;
    }
    return sg_archive_extract(e->part, members, *count);
}

static sg_status use_archive(const errand *e) {
    char found[SG_SHA256_TEXT], outs[SG_DOWNLOAD_FILES][PATH_MAX];
    size_t numbers[SG_DOWNLOAD_FILES], count;
    bool noted = false;
    SG_TRY(sg_sha256_file(e->part, found));
    if (strcmp(found, e->source->sha256) != 0)
        return wrong_hash(e->name, found, e->source->sha256);
    sg_status status = extract_missing(e, outs, numbers, &count);
    for (size_t i = 0; i < count; i++) {
        if (status == SG_OK)
            status = settle(e->job, e->source, numbers[i], place(e->job, numbers[i], outs[i]), &noted);
        unlink(outs[i]);
    }
    return status;
}

static sg_status take_archive(sg_fetch_job *job, const sg_mirror *source) {
    errand e = {.job = job, .source = source, .limit = source->size, .use = use_archive};
    bool lost, noted = false;
    snprintf(e.name, sizeof e.name, "%s", archive_name(source));
    snprintf(e.url, sizeof e.url, "%s", source->place);
    SG_TRY(archive_part(job, source, e.part));
    sg_status status = run_errand(&e, &lost);
    if (status != SG_DATA)
        return status;
    note(job, source, &noted);
    return SG_OK;
}

static sg_status take_folder(sg_fetch_job *job, const sg_mirror *source) {
    return take_each(job, source, take_from_folder);
}

static sg_status take_mirror(sg_fetch_job *job, const sg_mirror *source) {
    return take_each(job, source, take_from_mirror);
}

static sg_status (*const kinds[])(sg_fetch_job *job, const sg_mirror *source) = {
    [SG_MIRROR_FOLDER] = take_folder, [SG_MIRROR_URL] = take_mirror, [SG_MIRROR_ARCHIVE] = take_archive};

sg_status sg_fetch_from(sg_fetch_job *job, const sg_mirror *source) {
    sg_fetch_tell(job, "trying %s", source->place);
    return kinds[source->kind](job, source);
}

void sg_fetch_clean(const sg_fetch_job *job, const sg_mirror *source) {
    char part[PATH_MAX];
    if (source->kind == SG_MIRROR_ARCHIVE && archive_part(job, source, part) == SG_OK)
        unlink(part);
    for (size_t i = 0; i < job->set->file_count; i++)
        if (file_part(job, source, i, part) == SG_OK)
            unlink(part);
}

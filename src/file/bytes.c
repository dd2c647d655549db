#include "file/bytes.h"

#include "base/memory_limit.h"
#include "file/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536 /* bytes more than half as much again, where a file turns out longer than it seemed */ };

/* ---------------------------------------------------------------------------------------------------- reading */

/* Bytes read so far. There is always room for the 0 that ends them: used < size. */
typedef struct buffer {
    const char *path; /* for messages */
    uint8_t *data;
    size_t used, size, limit;
} buffer;

static sg_status too_large(const char *path, size_t limit) {
    return sg_fail(SG_DATA, "%s: holds more than the %zu bytes that such a file may have", path, limit);
}

static sg_status resize(buffer *b, size_t size) {
    SG_TRY(sg_check_memory(size, b->path, "such a file cannot be read here"));
    uint8_t *data = realloc(b->data, size);
    if (!data)
        return sg_fail(SG_MEMORY, "%s: no memory for its %zu bytes", b->path, size);
    b->data = data;
    b->size = size;
    return SG_OK;
}

/* Room for at least one more byte, and the 0. A first guess is usually right; past it, half as much again. */
static sg_status make_room(buffer *b) {
    if (b->used > b->limit)
        return too_large(b->path, b->limit);
    if (b->used + 1 < b->size)
        return SG_OK;
    size_t most = b->limit < SIZE_MAX - 2 ? b->limit + 2 : SIZE_MAX; /* one byte over the limit tells that it is */
    size_t size = b->size + b->size / 2 + CHUNK;
    return resize(b, size < b->size || size > most ? most : size);
}

int sg_open_file(const char *path, int flags) {
    int file;
    do
        file = open(path, flags | O_CLOEXEC, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

static sg_status read_failed(const char *path) {
    return sg_fail(SG_DATA, "%s: cannot be read: %s", path, strerror(errno));
}

sg_status sg_open_to_read(const char *path, int *file) {
    struct stat about;
    *file = sg_open_file(path, O_RDONLY | O_NONBLOCK); /* a pipe without a writer must not hang us */
    if (*file < 0)
        return errno == ENOENT ? sg_fail(SG_DATA, "%s: there is no such file", path) : read_failed(path);
    sg_status status = fstat(*file, &about) ? read_failed(path) : SG_OK;
    if (status == SG_OK && !S_ISREG(about.st_mode))
        status = sg_fail(SG_DATA, "%s: is a %s, expected a file", path,
                         S_ISDIR(about.st_mode) ? "folder" : "device or pipe");
    if (status != SG_OK)
        close(*file);
    return status;
}

/* What a stream has left. */
static sg_status read_rest(buffer *b, sg_stream *stream) {
    size_t room, got;
    do {
        SG_TRY(make_room(b));
        room = b->size - 1 - b->used;
        SG_TRY(sg_stream_read_some(stream, b->data + b->used, room, &got));
        b->used += got;
    } while (got == room);
    return b->used > b->limit ? too_large(b->path, b->limit) : SG_OK;
}

static sg_status read_stream(buffer *b, sg_stream *stream) {
    const uint64_t size = sg_stream_size(stream), guess = sg_stream_guess(stream);
    if (size != SG_STREAM_NO_SIZE && size > b->limit)
        return too_large(b->path, b->limit);
    SG_TRY(resize(b, (guess < b->limit ? (size_t)guess : b->limit) + 2));
    SG_TRY(read_rest(b, stream));
    b->data[b->used] = 0;
    return SG_OK;
}

sg_status sg_bytes_read(const char *path, size_t limit, uint8_t **out, size_t *size) {
    sg_stream *stream;
    *out = NULL;
    *size = 0;
    SG_TRY(sg_stream_open_file(path, &stream));
    buffer b = {.path = path, .limit = limit < SIZE_MAX - 2 ? limit : SIZE_MAX - 2};
    sg_status status = read_stream(&b, stream);
    sg_stream_close(stream);
    if (status != SG_OK) {
        free(b.data);
        return status;
    }
    *out = b.data;
    *size = b.used;
    return SG_OK;
}

sg_status sg_bytes_read_text(const char *path, size_t limit, char **out) {
    uint8_t *bytes;
    size_t size;
    *out = NULL;
    SG_TRY(sg_bytes_read(path, limit, &bytes, &size));
    const size_t length = strlen((const char *)bytes);
    if (length == size) {
        *out = (char *)bytes;
        return SG_OK;
    }
    free(bytes);
    return sg_fail(SG_DATA, "%s: is no text: byte %zu is 0", path, length);
}

/* ---------------------------------------------------------------------------------------------------- writing */

enum { TAKEN_OVER = -1 }; /* beside the errors of errno */

static sg_status write_failed(const char *path, int error) {
    return sg_fail(SG_IO_ERROR, "cannot write %.1024s: %s%s", path,
                   error == TAKEN_OVER ? "another process began to write it too" : strerror(error),
                   sg_file_exists(path) ? "; the file before it is untouched" : "");
}

bool sg_is_at(const char *path, int file) {
    struct stat here, there;
    return fstat(file, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

int sg_write_all(int file, const void *data, size_t size) {
    const uint8_t *next = data;
    while (size) {
        ssize_t count = write(file, next, size < SSIZE_MAX ? size : SSIZE_MAX);
        if (count < 0 && errno != EINTR)
            return errno;
        if (count > 0) {
            next += count;
            size -= (size_t)count;
        }
    }
    return 0;
}

/* Returns 0, or errno. */
static int sync_file(int file) {
    while (fsync(file))
        if (errno != EINTR)
            return errno;
    return 0;
}

/* A new file at `aside`, whatever a killed run or someone else left there: a link is removed, never followed. */
static int make_aside(const char *aside, int *file) {
    if (unlink(aside) && errno != ENOENT)
        return errno;
    *file = sg_open_file(aside, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
    return *file < 0 ? errno : 0;
}

/* Syncs and closes what was written; after an error it is only closed, and removed. */
static int close_aside(const char *aside, int file, int error) {
    if (!error)
        error = sync_file(file);
    bool ours = sg_is_at(aside, file);
    if (!error && !ours)
        error = TAKEN_OVER; /* another process removed ours as one that was left, and writes its own */
    if (close(file) && errno != EINTR && !error) /* interrupted, it is closed, and what it held is synced */
        error = errno;
    if (error && ours)
        unlink(aside);
    return error;
}

/* Makes a rename last: the name is in the folder, not in the file. Some file systems cannot sync a folder. */
static sg_status sync_folder(const char *path) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    int file = sg_open_file(folder, O_RDONLY | O_DIRECTORY);
    if (file < 0)
        return SG_OK; /* a folder that may be written but not listed */
    int error = sync_file(file);
    close(file);
    if (error && error != EINVAL && error != ENOTSUP)
        return sg_fail(SG_IO_ERROR, "%s is written, but its folder could not be synced: %s", path, strerror(error));
    return SG_OK;
}

sg_status sg_aside_open(const char *path, char aside[PATH_MAX], int *file) {
    if (snprintf(aside, PATH_MAX, "%s.tmp", path) >= PATH_MAX)
        return write_failed(path, ENAMETOOLONG);
    int error = make_aside(aside, file);
    return error ? write_failed(path, error) : SG_OK;
}

sg_status sg_aside_publish(const char *path, const char *aside, int file, int error) {
    error = close_aside(aside, file, error);
    if (error)
        return write_failed(path, error);
    if (rename(aside, path)) {
        error = errno;
        unlink(aside);
        return write_failed(path, error);
    }
    return sync_folder(path);
}

void sg_aside_drop(const char *aside, int file) {
    close_aside(aside, file, ECANCELED);
}

sg_status sg_bytes_write(const char *path, const void *data, size_t size) {
    char aside[PATH_MAX];
    int file;
    SG_TRY(sg_aside_open(path, aside, &file));
    return sg_aside_publish(path, aside, file, sg_write_all(file, data, size));
}

/* ---------------------------------------------------------------------------------------------------- folders */

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

sg_status sg_make_folder(const char *path) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part)
        return sg_fail(SG_IO_ERROR, "cannot make folder '%s': its name has %zu bytes, expected 1 to %d", path, length,
                       PATH_MAX - 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        int error = mkdir(part, 0777) ? errno : 0;
        if (!error || is_folder(part))
            continue;
        if (error == EEXIST)
            return sg_fail(SG_IO_ERROR, "cannot make folder %s: %s is there and is not a folder", path, part);
        return sg_fail(SG_IO_ERROR, "cannot make folder %s: %s: %s", path, part, strerror(error));
    }
    return SG_OK;
}

sg_status sg_make_new_folder(const char *path, bool *made) {
    char above[PATH_MAX];
    const char *slash = strrchr(path, '/');
    *made = false;
    if (slash && slash > path) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        SG_TRY(sg_make_folder(above));
    }
    *made = mkdir(path, 0777) == 0;
    return *made || errno == EEXIST ? SG_OK : sg_fail(SG_IO_ERROR, "cannot make folder %s: %s", path, strerror(errno));
}

bool sg_file_exists(const char *path) {
    struct stat about;
    return stat(path, &about) == 0;
}

sg_status sg_join_path(char *path, size_t size, const char *folder, const char *name) {
    size_t length = strlen(folder);
    const char *slash = length && folder[length - 1] != '/' ? "/" : "";
    int used = snprintf(path, size, "%s%s%s", folder, slash, name);
    if (used >= 0 && (size_t)used < size)
        return SG_OK;
    return sg_fail(SG_ARGUMENT, "the path %s%s%s is longer than %zu bytes: use a shorter folder name", folder, slash,
                   name, size ? size - 1 : 0);
}

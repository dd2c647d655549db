#include "file/stream.h"

#include "base/load.h"
#include "base/memory.h"
#include "base/memory_limit.h"
#include "file/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    DEFLATE_RATIO = 1032,          /* deflate never packs better than this */
    GZIP_MEMBER = 18,              /* bytes of the smallest gzip member's head and tail */
    BUFFER = 4 * SG_STREAM_WINDOW, /* bytes read at a time */
    NO_FILE = -1                   /* the stream reads memory */
};

/* Bytes come from a file or from memory into `next`, as they are (plain) or packed; `buffer` holds what is unpacked. In
 * plain memory `next` is all there is, and nothing is copied. */
struct sg_stream {
    char *path;
    int file; /* or NO_FILE */
    bool packed, ended;
    const uint8_t *next; /* to be seen: `left` bytes */
    size_t left;
    uint8_t *buffer;   /* (BUFFER) what was read, plain or unpacked; NULL for plain memory */
    uint8_t *raw;      /* (BUFFER) packed bytes of a file */
    z_stream z;        /* next_in, avail_in: packed bytes that wait */
    bool in_member;    /* whether a gzip member is begun and not ended */
    uint64_t at;       /* bytes passed */
    uint64_t size;     /* bytes of the whole, or SG_STREAM_NO_SIZE */
    uint64_t guess;    /* of gzip: bytes that its tail tells, or 0 */
    uint64_t unpacked; /* bytes */
    sg_status status;  /* the first failure */
    char message[SG_MESSAGE_TEXT];
};

/* ------------------------------------------------------------------------------------------------ bytes of a file */

/* Keeps the failure that was just recorded. */
static sg_status keep_failure(sg_stream *stream, sg_status status) {
    if (status != SG_OK && stream->status == SG_OK) {
        stream->status = status;
        snprintf(stream->message, sizeof stream->message, "%s", sg_error_message());
    }
    return status;
}

/* At most `size` bytes of the file; *count is 0 at its end. */
static sg_status read_file(const sg_stream *stream, void *to, size_t size, size_t *count) {
    ssize_t got;
    do
        got = stream->file == NO_FILE ? 0 : read(stream->file, to, size < SSIZE_MAX ? size : SSIZE_MAX);
    while (got < 0 && errno == EINTR);
    *count = got > 0 ? (size_t)got : 0;
    return got < 0 ? sg_fail(SG_DATA, "%s: cannot be read: %s", stream->path, strerror(errno)) : SG_OK;
}

/* ---------------------------------------------------------------------------------------------------------- gzip */

static sg_status unpack_failed(const sg_stream *stream, int code) {
    if (code == Z_MEM_ERROR)
        return sg_fail(SG_MEMORY, "%s: no memory to unpack it", stream->path);
    return sg_fail(SG_DATA, "%s: gzip data are damaged (%s, %" PRIu64 " bytes unpacked): fetch it again", stream->path,
                   stream->z.msg ? stream->z.msg : "wrong stream", stream->unpacked);
}

/* Takes the next packed bytes of the file when none wait. avail_in stays 0 at the end. */
static sg_status refill(sg_stream *stream) {
    size_t count = 0;
    if (stream->z.avail_in == 0 && stream->raw) {
        SG_TRY(read_file(stream, stream->raw, BUFFER, &count));
        stream->z.next_in = stream->raw;
        stream->z.avail_in = (uInt)count;
    }
    return SG_OK;
}

/* Begins the next member, if there is one, as `cat a.gz b.gz` makes them. */
static sg_status begin_member(sg_stream *stream) {
    if (*stream->z.next_in != 0x1f)
        return sg_fail(SG_DATA, "%s: other bytes follow the gzip data (%" PRIu64 " bytes unpacked): fetch it again",
                       stream->path, stream->unpacked);
    inflateReset(&stream->z);
    stream->in_member = true;
    return SG_OK;
}

/* Unpacks up to `size` bytes, one at least; *count is 0 at the end. */
static sg_status unpack(sg_stream *stream, void *to, size_t size, size_t *count) {
    *count = 0;
    while (*count == 0) {
        SG_TRY(refill(stream));
        if (stream->z.avail_in == 0)
            return !stream->in_member
                       ? SG_OK
                       : sg_fail(SG_DATA,
                                 "%s: gzip data end early (truncated at %" PRIu64 " bytes unpacked): fetch it again",
                                 stream->path, stream->unpacked);
        if (!stream->in_member)
            SG_TRY(begin_member(stream));
        stream->z.next_out = to;
        stream->z.avail_out = size < UINT_MAX ? (uInt)size : UINT_MAX;
        const uInt room = stream->z.avail_out;
        int code = inflate(&stream->z, Z_NO_FLUSH);
        *count = room - stream->z.avail_out;
        stream->unpacked += *count;
        if (code == Z_STREAM_END)
            stream->in_member = false;
        else if (code != Z_OK)
            return unpack_failed(stream, code);
    }
    return SG_OK;
}

/* The size that the last member's tail tells, if the file can hold as much; else 0. */
static uint64_t tell_unpacked(const sg_stream *stream) {
    uint8_t tail[4];
    if (stream->file == NO_FILE || stream->size == SG_STREAM_NO_SIZE || stream->size < GZIP_MEMBER ||
        pread(stream->file, tail, sizeof tail, (off_t)(stream->size - sizeof tail)) != sizeof tail)
        return 0;
    const uint64_t size = sg_load_le32(tail);
    return size / DEFLATE_RATIO <= stream->size ? size : 0;
}

/* Not filled with zeros: of a small file most of it is never touched. */
static sg_status make_buffer(sg_stream *stream) {
    stream->buffer = malloc(BUFFER);
    return stream->buffer ? SG_OK : sg_fail(SG_MEMORY, "%s: no memory to read it", stream->path);
}

/* What is in `next`, or all of the memory, is packed. */
static sg_status begin_unpacking(sg_stream *stream) {
    int code = inflateInit2(&stream->z, MAX_WBITS + 16); /* gzip alone, not zlib */
    if (code != Z_OK)
        return unpack_failed(stream, code);
    stream->packed = true;
    stream->guess = tell_unpacked(stream);
    stream->raw = stream->buffer; /* of a file; memory has none, and all of it waits */
    stream->z.next_in = (Bytef *)(uintptr_t)stream->next;
    stream->z.avail_in = (uInt)stream->left;
    stream->size = SG_STREAM_NO_SIZE;
    stream->left = 0;
    return make_buffer(stream);
}

/* ------------------------------------------------------------------------------------------------------- the window */

/* Bytes that follow those in the window, unpacked, to `to`: at most `size`, *count 0 at the end. */
static sg_status fetch(sg_stream *stream, void *to, size_t size, size_t *count) {
    sg_status status = stream->packed ? unpack(stream, to, size, count) : read_file(stream, to, size, count);
    stream->ended = status != SG_OK || *count == 0;
    return keep_failure(stream, status);
}

/* Fills the window until it has `count` bytes or there are no more. */
static void fill(sg_stream *stream, size_t count) {
    if (stream->ended || !stream->buffer)
        return;
    memmove(stream->buffer, stream->next, stream->left);
    stream->next = stream->buffer;
    while (stream->left < count && !stream->ended) {
        size_t got;
        fetch(stream, stream->buffer + stream->left, BUFFER - stream->left, &got);
        stream->left += stream->ended ? 0 : got;
    }
}

size_t sg_stream_see(sg_stream *stream, size_t count, const uint8_t **bytes) {
    if (stream->left < count)
        fill(stream, count < SG_STREAM_WINDOW ? count : SG_STREAM_WINDOW);
    *bytes = stream->next;
    return stream->left;
}

void sg_stream_pass(sg_stream *stream, size_t count) {
    stream->next += count;
    stream->left -= count;
    stream->at += count;
}

/* ---------------------------------------------------------------------------------------------------- opening, closing
 */

static sg_status open_input(const char *path, sg_stream *stream) {
    (void)path;
    stream->file = dup(STDIN_FILENO);
    return stream->file < 0 ? sg_fail(SG_DATA, "standard input: cannot be read: %s", strerror(errno)) : SG_OK;
}

static sg_status open_file(const char *path, sg_stream *stream) {
    struct stat about;
    sg_status status = sg_open_to_read(path, &stream->file);
    if (status != SG_OK)
        stream->file = NO_FILE;
    else if (fstat(stream->file, &about) == 0)
        stream->size = (uint64_t)about.st_size;
    return status;
}

/* Sees the first two bytes, and unpacks from now on if they are gzip's. */
static sg_status look_at_beginning(sg_stream *stream) {
    const uint8_t *magic;
    if (stream->file != NO_FILE) {
        SG_TRY(make_buffer(stream));
        stream->next = stream->buffer;
    }
    size_t count = sg_stream_see(stream, 2, &magic);
    SG_TRY(stream->status);
    return count >= 2 && magic[0] == 0x1f && magic[1] == 0x8b ? begin_unpacking(stream) : SG_OK;
}

static sg_status start(sg_stream *stream, const char *path) {
    stream->path = sg_text_copy(path);
    if (!stream->path)
        return SG_MEMORY;
    return look_at_beginning(stream);
}

static sg_status hand_over(sg_stream *stream, sg_status status, sg_stream **out) {
    if (status == SG_OK)
        *out = stream;
    else
        sg_stream_close(stream);
    return status;
}

static sg_status open_by(sg_status (*opens)(const char *, sg_stream *), const char *path, sg_stream **out) {
    *out = NULL;
    sg_stream *stream = sg_array(1, sizeof *stream);
    if (!stream)
        return SG_MEMORY;
    stream->file = NO_FILE;
    stream->size = SG_STREAM_NO_SIZE;
    sg_status status = opens(path, stream);
    if (status == SG_OK)
        status = start(stream, path);
    return hand_over(stream, status, out);
}

sg_status sg_stream_open(const char *path, sg_stream **out) {
    return strcmp(path, "-") == 0 ? open_by(open_input, "standard input", out) : open_by(open_file, path, out);
}

sg_status sg_stream_open_file(const char *path, sg_stream **out) {
    return open_by(open_file, path, out);
}

sg_status sg_stream_open_bytes(const char *path, const void *bytes, size_t size, sg_stream **out) {
    *out = NULL;
    sg_stream *stream = sg_array(1, sizeof *stream);
    if (!stream)
        return SG_MEMORY;
    stream->file = NO_FILE;
    stream->next = size ? bytes : (const uint8_t *)"";
    stream->left = size;
    stream->size = size;
    return hand_over(stream, start(stream, path), out);
}

void sg_stream_close(sg_stream *stream) {
    if (!stream)
        return;
    if (stream->packed)
        inflateEnd(&stream->z);
    if (stream->file != NO_FILE)
        close(stream->file);
    free(stream->raw);
    free(stream->buffer);
    free(stream->path);
    free(stream);
}

/* ------------------------------------------------------------------------------------------------ reading and skipping
 */

sg_status sg_stream_read_some(sg_stream *stream, void *to, size_t count, size_t *got) {
    size_t waiting = stream->left < count ? stream->left : count;
    if (waiting)
        memcpy(to, stream->next, waiting);
    sg_stream_pass(stream, waiting);
    *got = waiting;
    while (*got < count && !stream->ended && stream->buffer) {
        size_t more;
        fetch(stream, (uint8_t *)to + *got, count - *got, &more);
        *got += stream->ended ? 0 : more;
        stream->at += stream->ended ? 0 : more;
    }
    return sg_stream_status(stream);
}

static sg_status ends_inside(const sg_stream *stream, const char *what) {
    return sg_fail(SG_DATA, "%s: ends at byte %" PRIu64 ", inside of %s: it is cut short or damaged", stream->path,
                   stream->at, what);
}

sg_status sg_stream_read(sg_stream *stream, void *to, size_t count, const char *what) {
    size_t got;
    SG_TRY(sg_stream_read_some(stream, to, count, &got));
    return got == count ? SG_OK : ends_inside(stream, what);
}

/* Makes room for more than the block holds: twice as much, but no more than `count`. */
static sg_status grow(const sg_stream *stream, sg_stream_block *block, uint64_t count) {
    uint64_t capacity = 2 * (uint64_t)block->capacity + SG_STREAM_WINDOW;
    if (capacity > count)
        capacity = count;
    SG_TRY(sg_check_memory(capacity, stream->path, "such a file cannot be read here"));
    uint8_t *bytes = realloc(block->bytes, capacity);
    if (!bytes)
        return sg_fail(SG_MEMORY, "%s: no memory for %" PRIu64 " of its bytes", stream->path, capacity);
    block->bytes = bytes;
    block->capacity = capacity;
    return SG_OK;
}

sg_status sg_stream_read_block(sg_stream *stream, uint64_t count, const char *what, sg_stream_block *block) {
    block->size = 0;
    while (block->size < count) {
        if (block->size == block->capacity)
            SG_TRY(grow(stream, block, count));
        size_t room = block->capacity - block->size, got;
        if (room > count - block->size)
            room = count - block->size;
        SG_TRY(sg_stream_read_some(stream, block->bytes + block->size, room, &got));
        block->size += got;
        if (got < room)
            return ends_inside(stream, what);
    }
    return SG_OK;
}

sg_status sg_stream_skip(sg_stream *stream, uint64_t count, const char *what) {
    while (count) {
        const uint8_t *bytes;
        size_t seen = sg_stream_see(stream, 1, &bytes);
        if (seen == 0) {
            SG_TRY(sg_stream_status(stream));
            return ends_inside(stream, what);
        }
        if (seen > count)
            seen = (size_t)count;
        sg_stream_pass(stream, seen);
        count -= seen;
    }
    return SG_OK;
}

/* --------------------------------------------------------------------------------------------------------- being asked
 */

sg_status sg_stream_status(const sg_stream *stream) {
    return stream->status == SG_OK ? SG_OK : sg_fail(stream->status, "%s", stream->message);
}

const char *sg_stream_path(const sg_stream *stream) {
    return stream->path;
}

uint64_t sg_stream_at(const sg_stream *stream) {
    return stream->at;
}

uint64_t sg_stream_size(const sg_stream *stream) {
    return stream->size;
}

uint64_t sg_stream_guess(const sg_stream *stream) {
    return stream->size == SG_STREAM_NO_SIZE ? stream->guess : stream->size;
}

sg_status sg_stream_fail(const sg_stream *stream, const char *format, ...) {
    char text[SG_MESSAGE_TEXT];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return sg_fail(SG_DATA, "%s: byte %" PRIu64 ": %s", stream->path, stream->at, text);
}

/* Files read from front to back, part by part, so that what is read may be larger than memory. Plain, or gzip, which
 * its first two bytes tell. */
#ifndef SG_FILE_STREAM_H
#define SG_FILE_STREAM_H

#include "base/status.h"

#define SG_STREAM_WINDOW  65536      /* bytes that sg_stream_see may ask for */
#define SG_STREAM_NO_SIZE UINT64_MAX /* of sg_stream_size: a pipe, or packed */

typedef struct sg_stream sg_stream;

/* `path` "-" is standard input, which may be a pipe; else SG_DATA where it is missing, or is a folder, pipe or device.
 * `path` opens every message. sg_stream_open_bytes reads memory, which must outlive the stream. */
sg_status sg_stream_open(const char *path, sg_stream **out);
sg_status sg_stream_open_file(const char *path, sg_stream **out); /* "-" is a file of this name */
sg_status sg_stream_open_bytes(const char *path, const void *bytes, size_t size, sg_stream **out);

/* Looks at the next bytes without passing them: at least `count` of them, or as many as are left before the end. They
 * stay until the next call. Returns how many there are; 0 at the end, and after a failure, which sg_stream_status
 * tells. */
size_t sg_stream_see(sg_stream *stream, size_t count, const uint8_t **bytes);

/* Passes bytes that were seen. */
void sg_stream_pass(sg_stream *stream, size_t count);

/* Copies the next `count` bytes and passes them. SG_DATA where fewer are left: "PATH: ends at byte N, inside of WHAT".
 */
sg_status sg_stream_read(sg_stream *stream, void *to, size_t count, const char *what);

/* The same for as many as are there, up to `count`: *got is less only at the end. */
sg_status sg_stream_read_some(sg_stream *stream, void *to, size_t count, size_t *got);

/* Bytes of a length that the file itself tells. */
typedef struct sg_stream_block {
    uint8_t *bytes; /* free() by the caller, once for all reads */
    size_t size, capacity;
} sg_stream_block;

/* Reads the next `count` bytes into a block, from its beginning. It grows as bytes arrive, so a length that
 * lies takes no more memory than twice the file. SG_DATA likewise; SG_MEMORY. */
sg_status sg_stream_read_block(sg_stream *stream, uint64_t count, const char *what, sg_stream_block *block);

/* Passes bytes that are not looked at; likewise. */
sg_status sg_stream_skip(sg_stream *stream, uint64_t count, const char *what);

/* The first failure of reading (a damaged gzip, the disk), or SG_OK. To be asked once sg_stream_see returned 0. Records
 * the message again. */
sg_status sg_stream_status(const sg_stream *stream);

const char *sg_stream_path(const sg_stream *stream);
uint64_t sg_stream_at(const sg_stream *stream);   /* bytes passed, unpacked */
uint64_t sg_stream_size(const sg_stream *stream); /* unpacked bytes of the whole, or SG_STREAM_NO_SIZE */

/* How many bytes there may be in all, unpacked: what gzip's tail tells, which may be wrong; 0: not known. */
uint64_t sg_stream_guess(const sg_stream *stream);

/* SG_DATA: "PATH: byte N: " and the message. */
sg_status sg_stream_fail(const sg_stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

void sg_stream_close(sg_stream *stream);

#endif

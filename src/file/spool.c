#include "file/spool.h"

#include "file/bytes.h"
#include "file/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4096 };
static const uint64_t most = (uint64_t)64 << 30; /* bytes: more is not unpacked, against bombs */

/* ----------------------------------------------------------------------------------------------------- making */

static sg_status not_spooled(const sg_spool *spool, const char *folder) {
    return sg_fail(SG_IO_ERROR, "%s: cannot be unpacked in %s: %s; free some space, or set TMPDIR to another folder",
                   spool->path, folder, strerror(errno));
}

static const char *temporary_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

sg_status sg_spool_make(const char *path, sg_spool *out) {
    char name[PATH];
    *out = (sg_spool){.path = path, .file = -1};
    SG_TRY(sg_join_path(name, sizeof name, temporary_folder(), "surgrad-XXXXXX"));
    out->file = mkostemp(name, O_CLOEXEC);
    if (out->file < 0)
        return not_spooled(out, temporary_folder());
    unlink(name);
    return SG_OK;
}

sg_status sg_spool_add(sg_spool *spool, const void *bytes, size_t count) {
    if (count > most - spool->size)
        return sg_fail(SG_DATA, "%s: comes to more than %llu GiB unpacked, which is not read: unpack it yourself",
                       spool->path, (unsigned long long)(most >> 30));
    errno = sg_write_all(spool->file, bytes, count);
    if (errno)
        return not_spooled(spool, temporary_folder());
    spool->size += count;
    return SG_OK;
}

/* Takes over all that a stream still has. */
static sg_status add_stream(sg_spool *spool, sg_stream *stream) {
    const uint8_t *bytes;
    for (size_t count; (count = sg_stream_see(stream, 1, &bytes)) != 0; sg_stream_pass(stream, count))
        SG_TRY(sg_spool_add(spool, bytes, count));
    return sg_stream_status(stream);
}

static sg_status unpack(const char *path, sg_spool *out) {
    sg_stream *stream;
    SG_TRY(sg_stream_open(path, &stream));
    sg_status status = sg_spool_make(path, out);
    if (status == SG_OK)
        status = add_stream(out, stream);
    sg_stream_close(stream);
    return status;
}

/* ---------------------------------------------------------------------------------------------------- reading */

static sg_status take_size(sg_spool *spool) {
    struct stat about;
    if (fstat(spool->file, &about))
        return sg_fail(SG_DATA, "%s: cannot be read: %s", spool->path, strerror(errno));
    spool->size = (uint64_t)about.st_size;
    return SG_OK;
}

static bool is_gzip(const sg_spool *spool) {
    uint8_t head[2];
    return pread(spool->file, head, sizeof head, 0) == sizeof head && head[0] == 0x1f && head[1] == 0x8b;
}

sg_status sg_spool_open(const char *path, sg_spool *out) {
    *out = (sg_spool){.path = path, .file = -1};
    int file;
    SG_TRY(sg_open_to_read(path, &file));
    out->file = file;
    sg_status status = take_size(out);
    if (status == SG_OK && is_gzip(out)) {
        sg_spool_close(out);
        status = unpack(path, out);
    }
    if (status != SG_OK)
        sg_spool_close(out);
    return status;
}

sg_status sg_spool_read(const sg_spool *spool, uint64_t at, void *to, size_t count, const char *what) {
    if (at > spool->size || count > spool->size - at)
        return sg_fail(SG_DATA, "%s: ends at byte %llu, inside of %s", spool->path, (unsigned long long)spool->size,
                       what);
    for (size_t done = 0; done < count;) {
        ssize_t got = pread(spool->file, (char *)to + done, count - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sg_fail(SG_DATA, "%s: cannot be read: %s", spool->path, strerror(errno));
        if (got == 0)
            return sg_fail(SG_DATA, "%s: was cut short while it was read, inside of %s", spool->path, what);
        done += (size_t)got;
    }
    return SG_OK;
}

void sg_spool_close(sg_spool *spool) {
    if (spool->file >= 0)
        close(spool->file);
    spool->file = -1;
}

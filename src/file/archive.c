#include "file/archive.h"

#include "file/bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536 };                       /* bytes at a time */
static const int64_t most = (int64_t)4 << 30; /* bytes of an archive, unpacked */

typedef struct extraction {
    const char *path;
    sg_archive_member *members;
    size_t count, found;
} extraction;

static sg_status damaged(const extraction *e, struct archive *in) {
    const char *reason = archive_error_string(in);
    return sg_fail(SG_DATA, "%s: cannot be read as an archive: %s", e->path, reason ? reason : "unknown format");
}

/* ------------------------------------------------------------------------------------------------------ one member */

static sg_status copy(const extraction *e, struct archive *in, const sg_archive_member *member, int file) {
    char chunk[CHUNK];
    uint64_t done = 0;
    for (;;) {
        la_ssize_t count = archive_read_data(in, chunk, sizeof chunk);
        if (count == ARCHIVE_RETRY)
            continue;
        if (count < 0)
            return damaged(e, in);
        if (count == 0)
            return SG_OK;
        done += (uint64_t)count;
        if (done > member->limit)
            return sg_fail(SG_DATA, "%s: %s has more than %llu bytes, the most that were expected", e->path,
                           member->name, (unsigned long long)member->limit);
        int error = sg_write_all(file, chunk, (size_t)count);
        if (error)
            return sg_fail(SG_IO_ERROR, "cannot write %s: %s", member->out, strerror(error));
    }
}

static sg_status extract(extraction *e, struct archive *in, sg_archive_member *member) {
    int file = open(member->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (file < 0)
        return sg_fail(SG_IO_ERROR, "cannot write %s: %s", member->out, strerror(errno));
    sg_status status = copy(e, in, member, file);
    if (close(file) && status == SG_OK)
        status = sg_fail(SG_IO_ERROR, "cannot write %s: %s", member->out, strerror(errno));
    if (status == SG_OK) {
        member->found = true;
        e->found++;
    }
    return status;
}

/* The wanted member that an entry is, or NULL. Links and devices are none, whatever their name. */
static sg_archive_member *wanted(const extraction *e, struct archive_entry *entry) {
    const char *name = archive_entry_pathname(entry);
    if (!name || archive_entry_filetype(entry) != AE_IFREG)
        return NULL;
    name += strncmp(name, "./", 2) == 0 ? 2 : 0;
    for (size_t i = 0; i < e->count; i++)
        if (!e->members[i].found && strcmp(name, e->members[i].name) == 0)
            return &e->members[i];
    return NULL;
}

/* -------------------------------------------------------------------------------------------------- one archive */

/* What a reader finds in an archive it has opened: the next entry, or NULL at the end. */
static sg_status next_entry(const extraction *e, struct archive *in, struct archive_entry **entry) {
    int code = archive_read_next_header(in, entry);
    while (code == ARCHIVE_RETRY)
        code = archive_read_next_header(in, entry);
    if (code == ARCHIVE_EOF)
        *entry = NULL;
    else if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
        return damaged(e, in);
    else if (archive_filter_bytes(in, 0) > most || archive_entry_size(*entry) > most)
        return sg_fail(SG_DATA, "%s: has more than %lld bytes unpacked, expected a small archive", e->path,
                       (long long)most);
    return SG_OK;
}

static sg_status walk_tar(extraction *e, struct archive *in) {
    while (e->found < e->count) {
        struct archive_entry *entry;
        SG_TRY(next_entry(e, in, &entry));
        if (!entry)
            return SG_OK;
        sg_archive_member *member = wanted(e, entry);
        if (member)
            SG_TRY(extract(e, in, member));
    }
    return SG_OK;
}

static struct archive *tar_reader(void) {
    struct archive *in = archive_read_new();
    if (in) {
        archive_read_support_format_tar(in);
        archive_read_support_filter_gzip(in);
        archive_read_support_filter_xz(in);
        archive_read_support_filter_zstd(in);
    }
    return in;
}

/* The data.tar of a .deb as a stream: libarchive reads the inner archive from the outer one. */
typedef struct nested {
    struct archive *outer;
    char chunk[CHUNK];
} nested;

static la_ssize_t read_nested(struct archive *inner, void *context, const void **data) {
    nested *n = context;
    la_ssize_t count = archive_read_data(n->outer, n->chunk, sizeof n->chunk);
    while (count == ARCHIVE_RETRY)
        count = archive_read_data(n->outer, n->chunk, sizeof n->chunk);
    if (count < 0)
        archive_set_error(inner, EIO, "%s", archive_error_string(n->outer));
    *data = n->chunk;
    return count < 0 ? ARCHIVE_FATAL : count;
}

static sg_status walk_nested(extraction *e, struct archive *outer) {
    struct archive *in = tar_reader();
    nested n = {.outer = outer};
    if (!in)
        return sg_fail(SG_MEMORY, "%s: no memory to read the archive", e->path);
    sg_status status =
        archive_read_open(in, &n, NULL, read_nested, NULL) == ARCHIVE_OK ? walk_tar(e, in) : damaged(e, in);
    archive_read_free(in);
    return status;
}

/* A .deb is an ar archive of debian-binary, control.tar.* and data.tar.*. */
static sg_status walk_deb(extraction *e, struct archive *in) {
    for (;;) {
        struct archive_entry *entry;
        SG_TRY(next_entry(e, in, &entry));
        if (!entry)
            return SG_OK;
        const char *name = archive_entry_pathname(entry);
        if (name && strncmp(name, "data.tar", 8) == 0)
            return walk_nested(e, in);
    }
}

static bool is_deb(int file) {
    char magic[8] = "";
    return pread(file, magic, sizeof magic, 0) == sizeof magic && memcmp(magic, "!<arch>\n", 8) == 0;
}

static struct archive *ar_reader(void) {
    struct archive *in = archive_read_new();
    if (in)
        archive_read_support_format_ar(in);
    return in;
}

static sg_status check_found(const extraction *e) {
    for (size_t i = 0; i < e->count; i++)
        if (!e->members[i].found)
            return sg_fail(SG_DATA, "%s: the archive has no file %s", e->path, e->members[i].name);
    return SG_OK;
}

static sg_status extract_all(extraction *e, int file) {
    bool deb = is_deb(file);
    struct archive *in = deb ? ar_reader() : tar_reader();
    if (!in)
        return sg_fail(SG_MEMORY, "%s: no memory to read the archive", e->path);
    sg_status status = archive_read_open_fd(in, file, CHUNK) == ARCHIVE_OK ? SG_OK : damaged(e, in);
    if (status == SG_OK)
        status = deb ? walk_deb(e, in) : walk_tar(e, in);
    archive_read_free(in);
    return status == SG_OK ? check_found(e) : status;
}

sg_status sg_archive_extract(const char *path, sg_archive_member *members, size_t count) {
    extraction e = {.path = path, .members = members, .count = count};
    int file;
    for (size_t i = 0; i < count; i++)
        members[i].found = false;
    SG_TRY(sg_open_to_read(path, &file));
    sg_status status = extract_all(&e, file);
    close(file);
    return status;
}

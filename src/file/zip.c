#include "file/zip.h"

#include "base/memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

static sg_status damaged(const sg_zip *zip, struct archive *in) {
    const char *reason = archive_error_string(in);
    return sg_fail(SG_DATA, "%s: cannot be read as a ZIP archive: %s", zip->spool.path,
                   reason ? reason : "unknown format");
}

static sg_status unpack_member(sg_zip *zip, struct archive *in, struct archive_entry *entry) {
    const char *name = archive_entry_pathname(entry);
    if (!name)
        return sg_fail(SG_DATA, "%s: a file in it has no name", zip->spool.path);
    if (zip->count == SG_ZIP_MEMBERS)
        return sg_fail(SG_DATA,
                       "%s: has more than %d files, expected the arrays of one NumPy archive, or one HDF5 file",
                       zip->spool.path, SG_ZIP_MEMBERS);
    sg_zip_member *member = &zip->members[zip->count];
    *member = (sg_zip_member){.name = sg_text_copy(name), .at = zip->spool.size};
    if (!member->name)
        return SG_MEMORY;
    zip->count++;
    char chunk[65536];
    for (;;) {
        la_ssize_t count = archive_read_data(in, chunk, sizeof chunk);
        if (count == ARCHIVE_RETRY)
            continue;
        if (count < 0)
            return damaged(zip, in);
        if (count == 0)
            break;
        SG_TRY(sg_spool_add(&zip->spool, chunk, (size_t)count));
    }
    member->size = zip->spool.size - member->at;
    return SG_OK;
}

static sg_status unpack_all(sg_zip *zip, struct archive *in) {
    struct archive_entry *entry;
    for (;;) {
        int code = archive_read_next_header(in, &entry);
        if (code == ARCHIVE_EOF)
            return SG_OK;
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN && code != ARCHIVE_RETRY)
            return damaged(zip, in);
        if (code != ARCHIVE_RETRY && archive_entry_filetype(entry) == AE_IFREG)
            SG_TRY(unpack_member(zip, in, entry));
    }
}

sg_status sg_zip_open(const char *path, sg_zip *out) {
    enum { BLOCK = 65536 };
    out->count = 0;
    SG_TRY(sg_spool_make(path, &out->spool));
    struct archive *in = archive_read_new();
    if (!in)
        return sg_fail(SG_MEMORY, "%s: no memory to read the archive", path);
    archive_read_support_format_zip_seekable(in); /* by the list at its end, which an archive that was cut has not */
    sg_status status =
        archive_read_open_filename(in, path, BLOCK) == ARCHIVE_OK ? unpack_all(out, in) : damaged(out, in);
    archive_read_free(in);
    return status;
}

void sg_zip_close(sg_zip *zip) {
    while (zip->count)
        free(zip->members[--zip->count].name);
    sg_spool_close(&zip->spool);
}

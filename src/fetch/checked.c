#include "fetch/checked.h"

#include "base/memory.h"
#include "base/text.h"
#include "file/bytes.h"
#include "file/sha256.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE = 512, LARGEST_NOTE = 1 << 16 }; /* bytes */

/* The line of the note that vouches for a file as it stands: its name, size, inode, time of change, and SHA-256. False
 * where the file is not there, or of another size. */
static bool describe(const sg_fetched_file *file, const char *path, char line[LINE]) {
    struct stat about;
    if (stat(path, &about) || !S_ISREG(about.st_mode) || (uint64_t)about.st_size != file->size)
        return false;
    snprintf(line, LINE, "%s %llu %llu %lld.%09ld %s\n", file->name, (unsigned long long)about.st_size,
             (unsigned long long)about.st_ino, (long long)about.st_ctim.tv_sec, about.st_ctim.tv_nsec, file->sha256);
    return true;
}

/* The note's text, freed with free(); "" where there is none. */
static char *read_note(const char *path) {
    uint8_t *bytes;
    size_t size;
    if (sg_file_exists(path) && sg_bytes_read(path, LARGEST_NOTE, &bytes, &size) == SG_OK)
        return (char *)bytes;
    return sg_text_copy("");
}

/* The line that begins here, its newline included; NULL at the end of the text. */
static const char *next_line(const char *line, size_t *length) {
    *length = strcspn(line, "\n");
    *length += line[*length] == '\n';
    return *length ? line : NULL;
}

static bool note_has(const char *note, const char *line) {
    size_t length;
    for (const char *l = note; (l = next_line(l, &length)); l += length)
        if (length == strlen(line) && memcmp(l, line, length) == 0)
            return true;
    return false;
}

/* Puts a line in the place of what the note tells of the same file. */
static void renew_note(const char *path, const char *note, const char *line) {
    size_t length, name = strcspn(line, " ") + 1;
    sg_text text = {0};
    for (const char *l = note; (l = next_line(l, &length)); l += length)
        if (strncmp(l, line, name) != 0)
            sg_text_add(&text, "%.*s", (int)length, l);
    sg_text_add(&text, "%s", line);
    if (!text.failed)
        sg_bytes_write(path, text.data, text.used); /* where it cannot be written, the hash is made again */
    free(text.data);
}

/* The line is taken before and after, so that a file that changes meanwhile is not vouched for. */
static bool hash_is_right(const sg_fetched_file *file, const char *path, const char *before) {
    char found[SG_SHA256_TEXT], after[LINE];
    return sg_sha256_file(path, found) == SG_OK && strcmp(found, file->sha256) == 0 && describe(file, path, after) &&
           strcmp(before, after) == 0;
}

bool sg_is_right(const sg_fetched_file *file, const char *dir) {
    char path[PATH_MAX], note_path[PATH_MAX], line[LINE];
    if (sg_join_path(path, sizeof path, dir, file->name) != SG_OK ||
        sg_join_path(note_path, sizeof note_path, dir, SG_CHECKED_NOTE) != SG_OK || !describe(file, path, line))
        return false;
    char *note = read_note(note_path);
    bool right = note && note_has(note, line);
    if (!right && hash_is_right(file, path, line)) {
        right = true;
        if (note)
            renew_note(note_path, note, line);
    }
    free(note);
    return right;
}

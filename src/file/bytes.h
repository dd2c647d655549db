/* Whole files in and out. Out: written aside, synced, renamed, so a reader finds the old file or the new, never half.
 */
#ifndef SG_FILE_BYTES_H
#define SG_FILE_BYTES_H

#include "base/status.h"

#include <limits.h>

/* Opens a file for reading, at its start. SG_DATA where it is missing, or is a folder, pipe or device, none of which is
 * waited for. The caller closes it. */
sg_status sg_open_to_read(const char *path, int *file);

/* Reads a file, plain or gzip (told by its first two bytes, not by its name), at most `limit` bytes unpacked. The
 * caller frees *out (free()); one 0 byte follows the last. SG_DATA: missing, not a file, truncated or damaged gzip,
 * larger than the limit. */
sg_status sg_bytes_read(const char *path, size_t limit, uint8_t **out, size_t *size);

/* The same for a text, which ends at its 0 byte. SG_DATA where it holds another one: what follows would be lost. */
sg_status sg_bytes_read_text(const char *path, size_t limit, char **out);

/* Writes path + ".tmp", syncs it, renames it to `path`, syncs the folder. SG_IO_ERROR with the reason (disk full, not
 * writable, another process began to write the same file); the old file is then as it was, and nothing is left aside.
 */
sg_status sg_bytes_write(const char *path, const void *data, size_t size);

/* The same for a file that is written in parts: opens path + ".tmp", empty, to read and write. What is whole is
 * published: synced, closed and renamed; unless `error`, of errno, is not 0, which drops it and becomes the message. */
sg_status sg_aside_open(const char *path, char aside[PATH_MAX], int *file);
sg_status sg_aside_publish(const char *path, const char *aside, int file, int error);
void sg_aside_drop(const char *aside, int file);

/* open() of a file that programs started from here do not inherit, however often that is interrupted: on some file
 * systems (FUSE, NFS) signals do so. Returns -1 with errno. */
int sg_open_file(const char *path, int flags);

/* Whether the path leads to this open file, and not to another that took its place, or to none. */
bool sg_is_at(const char *path, int file);

/* Writes all bytes to an open file, however often that is interrupted. Returns 0, or errno. */
int sg_write_all(int file, const void *data, size_t size);

/* Makes a folder and those above it. SG_IO_ERROR. */
sg_status sg_make_folder(const char *path);

/* Makes a folder that is not there yet, and those above it. *made is false where something of this name is there; of
 * several processes that make the same folder at the same time, one has made it. SG_IO_ERROR. */
sg_status sg_make_new_folder(const char *path, bool *made);

bool sg_file_exists(const char *path);

/* folder + "/" + name into `path`; SG_ARGUMENT if longer than `size`. */
sg_status sg_join_path(char *path, size_t size, const char *folder, const char *name);

#endif

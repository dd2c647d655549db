/* What a file is, told by its first bytes: for messages about files of the wrong kind. */
#ifndef SG_FILE_KIND_H
#define SG_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* "HDF5", "IDX data", "a PNG picture", "a folder", ..., of a packed file what is inside; NULL if it is not known, or
 * there is no such file. The text lives for ever. */
const char *sg_file_kind(const char *path);

/* The name of the first file of a ZIP archive, of which these are the first bytes; false if they are none, or the name
 * does not fit. */
bool sg_zip_first_name(const void *bytes, size_t size, char *name, size_t capacity);

#endif

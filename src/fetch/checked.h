/* Whether a file of a fetched set is right, by its SHA-256. The hash is made once for each change of the file: a note
 * in the folder keeps what was found, with the size, the inode and the time of change that the file had. */
#ifndef SG_FETCH_CHECKED_H
#define SG_FETCH_CHECKED_H

#include "fetch/download_set.h"

#include <stdbool.h>

/* The name of the note. */
#define SG_CHECKED_NOTE ".surgrad-checked"

/* Whether `file` is in `dir`, a plain file, with its size and SHA-256. A folder that cannot be written, or a note that
 * is damaged, costs the hash each time. */
bool sg_is_right(const sg_fetched_file *file, const char *dir);

#endif

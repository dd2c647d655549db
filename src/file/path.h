/* Where a relative path leads. */
#ifndef SG_FILE_PATH_H
#define SG_FILE_PATH_H

#include "base/status.h"

/* Makes `name` absolute: from `folder`, and where that is relative or NULL from the current folder. An empty name stays
 * empty. Links and ".." are left as they are; "./" in front is left out. SG_ARGUMENT if the path is longer than `size`,
 * SG_IO_ERROR if the system does not tell the current folder. */
sg_status sg_absolute_path(char *path, size_t size, const char *folder, const char *name);

/* The folder part of a file's path, up to its last '/', into `folder`: "" for a file of the current folder. SG_ARGUMENT
 * if longer than `size`. */
sg_status sg_run_directory_of(char *folder, size_t size, const char *path);

/* The last part of a path: what follows its last '/'. */
const char *sg_path_name(const char *path);

#endif

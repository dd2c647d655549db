/* Where fetched data sets live. */
#ifndef SG_FETCH_CACHE_H
#define SG_FETCH_CACHE_H

#include "base/status.h"

/* The folder of data set `name`: $XDG_CACHE_HOME or ~/.cache, then surgrad/NAME. It is not made. SG_IO_ERROR if the
 * environment names neither; SG_ARGUMENT if the path is longer than `size`. */
sg_status sg_cache_folder(const char *name, char *path, size_t size);

#endif

/* The user's cache folder. */
#ifndef SG_DATA_CACHE_H
#define SG_DATA_CACHE_H

#include "base/status.h"

sg_status sg_cache_folder(const char *name, char *path, size_t size);

#endif

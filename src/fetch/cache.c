#include "fetch/cache.h"

#include <stdio.h>
#include <stdlib.h>

/* The XDG rules: what is empty or not an absolute path counts as not set. */
static const char *absolute(const char *variable) {
    const char *value = getenv(variable);
    return value && *value == '/' ? value : NULL;
}

sg_status sg_cache_folder(const char *name, char *path, size_t size) {
    const char *cache = absolute("XDG_CACHE_HOME"), *home = absolute("HOME");
    if (!cache && !home)
        return sg_fail(SG_IO_ERROR,
                       "there is no cache folder for %s: neither XDG_CACHE_HOME nor HOME is set to an absolute path; "
                       "set one of them, or name a folder for the data (--dir, data.dir)",
                       name);
    int used = snprintf(path, size, "%s%s/surgrad/%s", cache ? cache : home, cache ? "" : "/.cache", name);
    if (used >= 0 && (size_t)used < size)
        return SG_OK;
    return sg_fail(SG_ARGUMENT, "the cache folder %s%s/surgrad/%s is longer than %zu bytes: set XDG_CACHE_HOME",
                   cache ? cache : home, cache ? "" : "/.cache", name, size ? size - 1 : 0);
}

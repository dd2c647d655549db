/* The public functions: names and folders. */
#include "base/text.h"
#include "fetch/cache.h"
#include "fetch/fetch_set.h"

#include <limits.h>
#include <stdio.h>

static sg_status unknown(const char *name) {
    char known[256] = "";
    const char *near = NULL, *set;
    for (size_t i = 0, used = 0; (set = sg_fetch_name(i)) && used < sizeof known; i++) {
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", set);
        near = near || !sg_is_near(name, set) ? near : set;
    }
    return sg_fail(SG_ARGUMENT, "there is no data set '%s' to fetch; known: %s%s%s%s", name, known,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* `dir`, or where that is NULL the cache folder, written to `path`. */
static sg_status folder_of(const char *name, const char **dir, char path[PATH_MAX]) {
    if (!*dir)
        SG_TRY(sg_cache_folder(name, path, PATH_MAX));
    *dir = *dir ? *dir : path;
    return SG_OK;
}

sg_status sg_fetch(const char *name, const char *dir, sg_fetch_progress *progress,
                   void (*message)(void *user, const char *text), void *user) {
    char path[PATH_MAX];
    const sg_download_set *set = sg_download_set_find(name);
    const sg_fetch_listener listener = {progress, message, user};
    if (!set)
        return unknown(name);
    SG_TRY(folder_of(name, &dir, path));
    return sg_fetch_set(set, dir, &listener);
}

bool sg_fetch_ready(const char *name, const char *dir) {
    char path[PATH_MAX];
    const sg_download_set *set = sg_download_set_find(name);
    return set && folder_of(name, &dir, path) == SG_OK && sg_fetch_all_right(set, dir);
}

const char *sg_fetch_name(size_t i) {
    const sg_download_set *set = sg_download_set_at(i);
    return set ? set->name : NULL;
}

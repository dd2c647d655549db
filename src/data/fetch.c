/* Fetching data sets by name: those sources that have something to download. */
#include "base/text.h"
#include "data/source.h"
#include "fetch/by_hand.h"
#include "fetch/cache.h"
#include "fetch/fetch_set.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The i-th of the sets that can be fetched; NULL past the last. */
static const sg_download_set *set_at(size_t i) {
    const sg_source_kind *kind;
    for (int k = 0; (kind = sg_source_at(k)); k++)
        if (kind->download && i-- == 0)
            return kind->download;
    return NULL;
}

static const sg_download_set *find_set(const char *name) {
    const sg_download_set *set;
    for (size_t i = 0; (set = set_at(i)); i++)
        if (strcmp(set->name, name) == 0)
            return set;
    return NULL;
}

enum { SETS = 64 };

static sg_status unknown(const char *name) {
    const char *known[SETS];
    size_t count = 0;
    for (size_t i = 0; count < SETS && sg_fetch_name(i); i++)
        known[count++] = sg_fetch_name(i);
    for (size_t i = 0; count < SETS && sg_by_hand_at(i); i++)
        known[count++] = sg_by_hand_at(i)->name;
    return sg_fail_unknown(SG_ARGUMENT, "fetch: found no data set", name, known, count, "");
}

/* `dir`, or where that is NULL the cache folder, written to `path`. */
static sg_status folder_of(const char *name, const char **dir, char path[PATH_MAX]) {
    if (!*dir)
        SG_TRY(sg_cache_folder(name, path, PATH_MAX));
    *dir = *dir ? *dir : path;
    return SG_OK;
}

sg_status sg_fetch(const char *name, const char *dir, sg_fetch_progress *progress, sg_fetch_message *message,
                   void *user) {
    char path[PATH_MAX];
    const sg_download_set *set = find_set(name);
    const sg_fetch_listener listener = {progress, message, user};
    const sg_by_hand *by_hand = sg_by_hand_find(name);
    if (by_hand)
        return sg_by_hand_fail(by_hand, dir);
    if (!set)
        return unknown(name);
    SG_TRY(folder_of(name, &dir, path));
    return sg_fetch_set(set, dir, &listener);
}

bool sg_fetch_ready(const char *name, const char *dir) {
    char path[PATH_MAX];
    const sg_download_set *set = find_set(name);
    return set && folder_of(name, &dir, path) == SG_OK && sg_fetch_all_right(set, dir);
}

const char *sg_fetch_by_hand(size_t i) {
    const sg_by_hand *set = sg_by_hand_at(i);
    return set ? set->name : NULL;
}

const char *sg_fetch_name(size_t i) {
    const sg_download_set *set = set_at(i);
    return set ? set->name : NULL;
}

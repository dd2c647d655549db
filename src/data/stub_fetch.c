#include "data/cache.h"
#include <stdio.h>
#include <stdlib.h>
sg_status sg_cache_folder(const char *name, char *path, size_t size) {
    snprintf(path, size, "%s/.cache/surgrad/%s", getenv("HOME"), name);
    return SG_OK;
}
sg_status sg_fetch(const char *n, const char *d, sg_fetch_progress *p, void (*m)(void *, const char *), void *u) {
    (void)n;
    (void)d;
    (void)p;
    (void)m;
    (void)u;
    return SG_OK;
}
const char *sg_fetch_name(size_t i) {
    (void)i;
    return NULL;
}
bool sg_fetch_ready(const char *n, const char *d) {
    (void)n;
    (void)d;
    return true;
}

/* Data sets that surgrad reads but does not fetch: where a user gets them, and why by hand. */
#ifndef SG_FETCH_BY_HAND_H
#define SG_FETCH_BY_HAND_H

#include "base/status.h"

#include <stddef.h>

typedef struct sg_by_hand {
    const char *name;
    const char *why;   /* "its publisher ..." */
    const char *files; /* what to get, ... */
    const char *home;  /* ... from where, ... */
    const char *then;  /* ... and what to do with it: "put them into", which a folder follows, ... */
    const char *place; /* ... this one; NULL: the cache folder, where a source of that name finds it */
} sg_by_hand;

/* The i-th row; NULL past the last. And that of a name, or NULL. */
const sg_by_hand *sg_by_hand_at(size_t i);
const sg_by_hand *sg_by_hand_find(const char *name);

/* SG_IO_ERROR: why the set is not fetched, from where to get it, and where to put it; `dir` or, for NULL, where the row
 * says. */
sg_status sg_by_hand_fail(const sg_by_hand *set, const char *dir);

#endif

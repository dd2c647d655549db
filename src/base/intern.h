/* Texts that live for ever: settings keep pointers to them, so that structs can be copied by `=` and own nothing. */
#ifndef SG_BASE_INTERN_H
#define SG_BASE_INTERN_H

#include "base/status.h"

/* The process's one copy of a text, made at the first call with it; equal texts are the same pointer. It is never
 * freed, so that this is for settings and not for data. Any thread may call it. NULL and SG_MEMORY if there is no
 * memory. */
const char *sg_intern(const char *text);

/* Whether a text is NULL, as in a struct of zeros, or "". */
static inline bool sg_is_empty(const char *text) {
    return !text || !*text;
}

#endif

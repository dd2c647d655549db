/* A list of texts, each a copy of its own: names of classes, where samples come from. */
#ifndef SG_BASE_TEXTS_H
#define SG_BASE_TEXTS_H

#include "base/status.h"

typedef struct sg_texts {
    char **items; /* (count) */
    size_t count, capacity;
} sg_texts;

/* What a text of the list takes besides its characters, in bytes: its pointer, twice while the list grows, and what an
 * allocator puts around it. */
enum { SG_TEXT_OVERHEAD = 48 };

/* Adds a copy of a text at the end. SG_MEMORY. */
sg_status sg_texts_add(sg_texts *texts, const char *text);

/* Puts copies of the texts of `from` in the place of all that are there. SG_MEMORY. */
sg_status sg_texts_copy(sg_texts *texts, const sg_texts *from);

/* Adds "" until there are `count`. */
sg_status sg_texts_fill(sg_texts *texts, size_t count);

/* The place of a text, which is added where it is not there. SG_MEMORY. */
sg_status sg_texts_place(sg_texts *texts, const char *text, uint32_t *place);

/* Puts a copy of a text in the place of one that is there. SG_MEMORY. */
sg_status sg_texts_set(sg_texts *texts, size_t place, const char *text);

void sg_texts_free(sg_texts *texts);

#endif

/* A text that grows, and the nearest of some words. */
#ifndef SG_BASE_TEXT_H
#define SG_BASE_TEXT_H

#include "base/status.h"

typedef struct sg_text {
    char *data; /* always ended by a 0 once anything was added */
    size_t used, size;
    bool failed; /* out of memory: what is added is dropped */
} sg_text;

void sg_text_add(sg_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands the text to the caller (free()), or records SG_MEMORY. */
sg_status sg_text_take(sg_text *text, char **out);

/* Edits (insert, delete, replace, swap neighbours) between two words. Words longer than 63 bytes are cut. */
size_t sg_edit_distance(const char *a, const char *b);

/* Whether `found` is near enough to `known` to be offered as "did you mean". */
bool sg_is_near(const char *found, const char *known);

/* Makes `known` the *best (NULL at first) if it is near `found`, and nearer than the *best so far. */
void sg_offer_nearest(const char *found, const char *known, const char **best);

#define SG_SHOWN_TEXT 68 /* bytes of a text as sg_shown gives it, with its 0 */

/* A text as messages show it: what is longer than 64 bytes is cut, at a whole character, and ends in "...". */
const char *sg_shown(const char *value, char text[SG_SHOWN_TEXT]);

/* Records "WHAT 'FOUND', expected one of A, B, C OR; did you mean 'B'?" and returns `status`. `what` tells what was
 * sought ("kind: found", "found no recipe"); `known` (count) is what there is, NULLs among it passed over; `otherwise`,
 * "" or for example ", or a file", what would do as well. */
sg_status sg_fail_unknown(sg_status status, const char *what, const char *found, const char *const *known, size_t count,
                          const char *otherwise);

#endif

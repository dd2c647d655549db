#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 63 };

static bool grow(sg_text *text, size_t need) {
    if (need <= text->size)
        return true;
    size_t size = need < 256 ? 256 : 2 * need;
    char *data = realloc(text->data, size);
    if (!data)
        return false;
    text->data = data;
    text->size = size;
    return true;
}

void sg_text_add(sg_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (text->failed || length < 0 || !grow(text, text->used + (size_t)length + 1)) {
        text->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(text->data + text->used, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->used += (size_t)length;
}

sg_status sg_text_take(sg_text *text, char **out) {
    if (!text->data && !text->failed)
        sg_text_add(text, "%s", "");
    *out = text->failed ? NULL : text->data;
    if (text->failed)
        free(text->data);
    bool failed = text->failed;
    *text = (sg_text){0};
    return failed ? sg_fail(SG_MEMORY, "no memory for a text") : SG_OK;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t sg_edit_distance(const char *a, const char *b) {
    size_t rows = strnlen(a, WORD), columns = strnlen(b, WORD);
    size_t cost[3][WORD + 1]; /* of the row before the last, the last, this one */
    for (size_t j = 0; j <= columns; j++)
        cost[1][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        cost[2][0] = i;
        for (size_t j = 1; j <= columns; j++) {
            bool same = a[i - 1] == b[j - 1];
            size_t best = least(least(cost[1][j], cost[2][j - 1]) + 1, cost[1][j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, cost[0][j - 2] + 1);
            cost[2][j] = best;
        }
        memcpy(cost[0], cost[1], sizeof cost[0]);
        memcpy(cost[1], cost[2], sizeof cost[1]);
    }
    return cost[1][columns];
}

bool sg_is_near(const char *found, const char *known) {
    size_t distance = sg_edit_distance(found, known);
    bool shares_something = distance < strlen(found) && distance < strlen(known);
    return shares_something && (distance <= 2 || distance <= strlen(known) / 3);
}

void sg_offer_nearest(const char *found, const char *known, const char **best) {
    if (sg_is_near(found, known) && (!*best || sg_edit_distance(found, known) < sg_edit_distance(found, *best)))
        *best = known;
}

const char *sg_nearest(const char *found, const char *const *known, size_t count) {
    const char *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (known[i])
            sg_offer_nearest(found, known[i], &best);
    return best;
}

const char *sg_shown(const char *value, char text[SG_SHOWN_TEXT]) {
    size_t most = SG_SHOWN_TEXT - 4, length = strnlen(value, most + 1), cut = length;
    if (length > most)
        for (cut = most; cut > 0 && ((unsigned char)value[cut] & 0xc0) == 0x80;)
            cut--;
    snprintf(text, SG_SHOWN_TEXT, "%.*s%s", (int)cut, value, cut < length ? "..." : "");
    return text;
}

sg_status sg_fail_unknown(sg_status status, const char *what, const char *found, const char *const *known, size_t count,
                          const char *otherwise) {
    char shown[SG_SHOWN_TEXT], *names;
    const char *nearest = sg_nearest(found, known, count);
    sg_text list = {0};
    for (size_t i = 0; i < count; i++)
        if (known[i])
            sg_text_add(&list, "%s%s", list.used ? ", " : "", known[i]);
    SG_TRY(sg_text_take(&list, &names));
    sg_fail(status, "%s '%s', expected one of %s%s%s%s%s", what, sg_shown(found, shown), names, otherwise,
            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free(names);
    return status;
}

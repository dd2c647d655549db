#include "base/texts.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static sg_status grow(sg_texts *texts) {
    if (texts->count < texts->capacity)
        return SG_OK;
    size_t capacity = texts->capacity ? 2 * texts->capacity : 16;
    char **items = realloc(texts->items, capacity * sizeof *items);
    if (!items)
        return sg_fail(SG_MEMORY, "no memory for %zu texts", capacity);
    texts->items = items;
    texts->capacity = capacity;
    return SG_OK;
}

sg_status sg_texts_add(sg_texts *texts, const char *text) {
    SG_TRY(grow(texts));
    char *copy = sg_text_copy(text);
    if (!copy)
        return SG_MEMORY;
    texts->items[texts->count++] = copy;
    return SG_OK;
}

sg_status sg_texts_copy(sg_texts *texts, const sg_texts *from) {
    sg_texts_free(texts);
    for (size_t i = 0; i < from->count; i++)
        SG_TRY(sg_texts_add(texts, from->items[i]));
    return SG_OK;
}

sg_status sg_texts_fill(sg_texts *texts, size_t count) {
    while (texts->count < count)
        SG_TRY(sg_texts_add(texts, ""));
    return SG_OK;
}

sg_status sg_texts_place(sg_texts *texts, const char *text, uint32_t *place) {
    for (*place = 0; *place < texts->count; ++*place)
        if (strcmp(texts->items[*place], text) == 0)
            return SG_OK;
    return sg_texts_add(texts, text);
}

sg_status sg_texts_set(sg_texts *texts, size_t place, const char *text) {
    char *copy = sg_text_copy(text);
    if (!copy)
        return SG_MEMORY;
    free(texts->items[place]);
    texts->items[place] = copy;
    return SG_OK;
}

void sg_texts_free(sg_texts *texts) {
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (sg_texts){0};
}

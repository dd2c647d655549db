#include "import/items.h"

#include "base/memory.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

/* Room for one element more in an array. */
static sg_status grow(void *array, size_t count, size_t *capacity, size_t size) {
    void **place = array;
    if (count < *capacity)
        return SG_OK;
    size_t more = *capacity ? 2 * *capacity : 64, bytes;
    void *moved = sg_size_multiply(more, size, &bytes) ? realloc(*place, bytes) : NULL;
    if (!moved)
        return sg_fail(SG_MEMORY, "no memory for the list of what is imported");
    *place = moved;
    *capacity = more;
    return SG_OK;
}

sg_status sg_items_own(sg_items *items, void *memory) {
    sg_status status = grow(&items->texts, items->text_count, &items->text_capacity, sizeof *items->texts);
    if (status != SG_OK) {
        free(memory);
        return status;
    }
    items->texts[items->text_count++] = memory;
    return SG_OK;
}

const char *sg_items_keep(sg_items *items, const char *text) {
    char *copy = sg_text_copy(text);
    return copy && sg_items_own(items, copy) == SG_OK ? copy : NULL;
}

sg_status sg_items_add(sg_items *items, const sg_item *item) {
    SG_TRY(grow(&items->items, items->count, &items->capacity, sizeof *items->items));
    items->items[items->count++] = *item;
    return SG_OK;
}

void sg_items_free(sg_items *items) {
    for (size_t i = 0; i < items->text_count; i++)
        free(items->texts[i]);
    for (size_t i = 0; i < items->count; i++)
        free(items->items[i].cuts);
    free(items->texts);
    free(items->items);
    free(items->names);
    *items = (sg_items){0};
}

/* ------------------------------------------------------------------------------------------------------- classes */

/* Tells every class name of the list, with the place of its label. */
static sg_status each_class(sg_items *items, sg_status (*each)(void *user, const char *name, int64_t *label),
                            void *user) {
    for (size_t i = 0; i < items->count; i++) {
        sg_item *item = &items->items[i];
        item->label = SG_LABEL_NONE;
        if (item->class_name)
            SG_TRY(each(user, item->class_name, &item->label));
        for (size_t c = 0; c < item->cut_count; c++)
            SG_TRY(each(user, item->cuts[c].class_name, &item->cuts[c].label));
    }
    return SG_OK;
}

static bool is_number(const char *name, int64_t *value) {
    const char *end;
    return *name >= '0' && *name <= '9' && sg_parse_integer(name, &end, value) && !*end && *value < SG_MAX_CLASSES;
}

typedef struct naming {
    sg_items *items;
    size_t capacity;
    bool numbers; /* whether all names so far are numbers */
    int64_t largest;
} naming;

static sg_status take_name(void *user, const char *name, int64_t *label) {
    naming *all = user;
    int64_t value = 0;
    (void)label;
    all->numbers &= is_number(name, &value);
    all->largest = value > all->largest ? value : all->largest;
    if (all->items->classes > 0 && strcmp(all->items->names[all->items->classes - 1], name) == 0)
        return SG_OK; /* neighbours are often of one class: this keeps the list short */
    SG_TRY(grow(&all->items->names, all->items->classes, &all->capacity, sizeof *all->items->names));
    all->items->names[all->items->classes++] = (char *)name;
    return SG_OK;
}

static int by_name(const void *a, const void *b) {
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(sg_items *items) {
    size_t left = 0;
    if (items->classes > 0)
        qsort(items->names, items->classes, sizeof *items->names, by_name);
    for (size_t i = 0; i < items->classes; i++)
        if (left == 0 || strcmp(items->names[left - 1], items->names[i]) != 0)
            items->names[left++] = items->names[i];
    items->classes = left;
}

static sg_status give_rank(void *user, const char *name, int64_t *label) {
    const sg_items *items = user;
    char **found = bsearch(&name, items->names, items->classes, sizeof *items->names, by_name);
    *label = found - items->names;
    return SG_OK;
}

static sg_status give_number(void *user, const char *name, int64_t *label) {
    (void)user;
    is_number(name, label);
    return SG_OK;
}

/* Numbers are labels themselves, and have names where the data set is known. */
static sg_status name_numbers(sg_items *items, size_t classes) {
    bool is_known = items->known && classes <= items->known_count;
    free(items->names);
    items->names = NULL;
    items->classes = is_known ? items->known_count : classes;
    if (!is_known)
        return SG_OK;
    items->names = sg_array(items->classes, sizeof *items->names);
    for (size_t i = 0; items->names && i < items->classes; i++)
        items->names[i] = (char *)items->known[i];
    return items->names ? SG_OK : SG_MEMORY;
}

sg_status sg_items_number(sg_items *items) {
    naming all = {.items = items, .numbers = true, .largest = -1};
    SG_TRY(each_class(items, take_name, &all));
    if (all.numbers) {
        SG_TRY(name_numbers(items, (size_t)(all.largest + 1)));
        return each_class(items, give_number, items);
    }
    sort_names(items);
    if (items->classes > SG_MAX_CLASSES)
        return sg_fail(SG_DATA, "%zu classes, the first of them '%.80s', expected at most %d", items->classes,
                       items->names[0], SG_MAX_CLASSES);
    return each_class(items, give_rank, items);
}

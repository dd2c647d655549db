/* What the tables of options say of themselves. */
#include "base/sized.h"
#include "config/config_key.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 256 }; /* options of all sections */

/* What sg_option_at says of an option, made once: its strings live for ever. */
typedef struct row {
    char section[SG_KEY_TEXT], key[SG_KEY_TEXT], bounds[256], applies[128];
    char need_key[SG_KEY_TEXT], need_values[128]; /* the values one after the other, each with its 0 */
    size_t need_count;
    sg_need need;
    const sg_option *option;
} row;

static row rows[MOST];
static size_t row_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Takes "alif, adlif" to pieces. */
static void split_values(row *r, const char *values) {
    char *to = r->need_values;
    assert(strlen(values) < sizeof r->need_values);
    while (*values) {
        size_t length = strcspn(values, ",");
        memcpy(to, values, length);
        to += length + 1;
        values += length;
        values += strspn(values, ", ");
        r->need_count++;
    }
}

static void add_need(row *r, const sg_section *section) {
    const sg_option_need *need = &r->option->needs;
    const char *values;
    r->need = sg_option_need_form(need, &values);
    if (r->need == SG_NEED_NOTHING)
        return;
    snprintf(r->applies, sizeof r->applies, "%s %s", need->key, need->values);
    sg_section_key(section, sg_option_find(section->table, *section->count, need->key), "N", r->need_key);
    split_values(r, values);
}

static void add_row(const sg_section *section, const sg_option *option) {
    assert(row_count < MOST);
    row *r = &rows[row_count++];
    r->option = option;
    sg_section_key(section, option, "N", r->key);
    const char *end = section->layered ? strchr(strchr(r->key, '.') + 1, '.') : strchr(r->key, '.');
    if (end)
        memcpy(r->section, r->key, (size_t)(end - r->key));
    sg_option_bounds(option, r->bounds, sizeof r->bounds);
    add_need(r, section);
}

static void make_rows(void) {
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        for (size_t j = 0; j < *section->count; j++)
            add_row(section, &section->table[j]);
}

static const row *row_at(size_t i) {
    pthread_once(&once, make_rows);
    return i < row_count ? &rows[i] : NULL;
}

static size_t count_choices(const sg_option *option) {
    size_t count = 0;
    while (option->type == SG_OPTION_CHOICE && option->choice((int)count))
        count++;
    return count;
}

bool sg_option_at(size_t i, sg_option_info *info) {
    const row *r = row_at(i);
    if (!r)
        return false;
    sg_option_info whole = {.size = sizeof whole,
                            .section = r->section,
                            .key = r->key,
                            .type = sg_option_type_name(r->option->type),
                            .fallback = r->option->fallback,
                            .bounds = r->bounds,
                            .help = r->option->help,
                            .applies = r->applies,
                            .low_open = r->option->above_low,
                            .high_open = r->option->below_high,
                            .or_zero = r->option->or_zero,
                            .choices = count_choices(r->option),
                            .need = r->need,
                            .need_key = r->need_key,
                            .need_values = r->need_count};
    sg_option_range(r->option, &whole.low, &whole.high);
    return sg_copy_sized(info, &whole) == SG_OK;
}

bool sg_option_choice(size_t i, size_t j, const char **name, const char **summary) {
    const row *r = row_at(i);
    if (!r || j >= count_choices(r->option))
        return false;
    const sg_kind *kind = r->option->choice((int)j);
    *name = kind->name;
    *summary = kind->summary;
    return true;
}

const char *sg_option_need_value(size_t i, size_t j) {
    const row *r = row_at(i);
    if (!r || j >= r->need_count)
        return NULL;
    const char *value = r->need_values;
    while (j--)
        value += strlen(value) + 1;
    return value;
}

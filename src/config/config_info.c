#include "config/config_key.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 256 }; /* options of all sections */

/* What sg_option_at says of an option, made once: its strings live for ever. */
static struct {
    char section[SG_KEY_TEXT], key[SG_KEY_TEXT], bounds[256], applies[128];
    const sg_option *option;
} rows[MOST];
static size_t row_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add_row(const sg_section *section, const sg_option *option) {
    assert(row_count < MOST);
    char *key = rows[row_count].key, *name = rows[row_count].section;
    sg_section_key(section, option, "N", key);
    const char *end = section->layered ? strchr(strchr(key, '.') + 1, '.') : strchr(key, '.');
    if (end)
        memcpy(name, key, (size_t)(end - key));
    sg_option_bounds(option, rows[row_count].bounds, sizeof rows[row_count].bounds);
    if (option->needs.key)
        snprintf(rows[row_count].applies, sizeof rows[row_count].applies, "%s %s", option->needs.key,
                 option->needs.values);
    rows[row_count++].option = option;
}

static void make_rows(void) {
    const sg_section *section;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        for (size_t j = 0; j < *section->count; j++)
            add_row(section, &section->table[j]);
}

bool sg_option_at(size_t i, sg_option_info *info) {
    pthread_once(&once, make_rows);
    if (i >= row_count)
        return false;
    const sg_option *option = rows[i].option;
    *info = (sg_option_info){.section = rows[i].section,
                             .key = rows[i].key,
                             .type = sg_option_type_name(option->type),
                             .fallback = option->fallback,
                             .bounds = rows[i].bounds,
                             .help = option->help,
                             .applies = rows[i].applies};
    return true;
}

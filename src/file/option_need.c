/* Which options have an effect: those whose needs are met. */
#include "base/number.h"
#include "file/option.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char none_of[] = "not ", above[] = "above ";

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/* Whether a value is one of "alif, adlif". */
static bool is_listed(const char *value, const char *list) {
    size_t length = strlen(value);
    for (const char *at = list; *at;) {
        size_t part = strcspn(at, ",");
        if (part == length && memcmp(at, value, length) == 0)
            return true;
        at += part;
        at += strspn(at, ", ");
    }
    return false;
}

static double number_in(const char *text) {
    const char *end;
    double number = 0;
    bool read = sg_parse_number(text, &end, &number);
    assert(read);
    (void)read;
    return number;
}

static bool is_met(const char *value, const char *values) {
    if (begins(values, none_of))
        return !is_listed(value, values + strlen(none_of));
    if (begins(values, above))
        return number_in(value) > number_in(values + strlen(above));
    return is_listed(value, values);
}

const sg_option_need *sg_option_unmet(const sg_option *table, size_t count, const sg_option *option,
                                      const void *target) {
    const sg_option_need *unmet = NULL;
    while (option->needs.key) {
        char value[SG_OPTION_TEXT];
        const sg_option_need *need = &option->needs;
        option = sg_option_find(table, count, need->key);
        assert(option); /* a row that needs what its table does not have */
        sg_option_get(option, target, value);
        if (!is_met(value, need->values))
            unmet = need;
    }
    return unmet;
}

bool sg_option_is_default(const sg_option *option, const void *target) {
    _Alignas(max_align_t) char field[SG_OPTION_TEXT];
    char value[SG_OPTION_TEXT], fallback[SG_OPTION_TEXT];
    sg_option alone = *option;
    alone.offset = 0;
    sg_option_reset(&alone, field);
    sg_option_get(&alone, field, fallback);
    sg_option_get(option, target, value);
    return strcmp(value, fallback) == 0;
}

void sg_option_need_remedy(const sg_option_need *need, char *text, size_t size) {
    if (begins(need->values, none_of))
        snprintf(text, size, "use another %s", need->key);
    else if (begins(need->values, above))
        snprintf(text, size, "use %s %s", need->key, need->values);
    else
        snprintf(text, size, "use %s: %s", need->key, need->values);
}

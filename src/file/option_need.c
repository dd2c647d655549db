/* Which options have an effect: those whose needs are met. */
#include "base/number.h"
#include "file/option.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *start;
    sg_need form;
} forms[] = {{"not ", SG_NEED_NONE_OF}, {"above ", SG_NEED_ABOVE}, {"", SG_NEED_ONE_OF}};

sg_need sg_option_need_form(const sg_option_need *need, const char **values) {
    size_t i = 0;
    *values = "";
    if (!need->key)
        return SG_NEED_NOTHING;
    while (strncmp(need->values, forms[i].start, strlen(forms[i].start)) != 0)
        i++;
    *values = need->values + strlen(forms[i].start);
    return forms[i].form;
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

static bool is_met(const char *value, const sg_option_need *need) {
    const char *values;
    sg_need form = sg_option_need_form(need, &values);
    if (form == SG_NEED_ABOVE)
        return number_in(value) > number_in(values);
    return is_listed(value, values) == (form == SG_NEED_ONE_OF);
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
        if (!is_met(value, need))
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
    const char *values;
    sg_need form = sg_option_need_form(need, &values);
    if (form == SG_NEED_NONE_OF)
        snprintf(text, size, "use another %s", need->key);
    else
        snprintf(text, size, "use %s%s %s", need->key, form == SG_NEED_ABOVE ? "" : ":", need->values);
}

#include "file/option.h"

#include "base/number.h"
#include "file/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { BOUNDS = 256, CHOICES = 64 };

/* ---------------------------------------------------------------------------------------------- messages */

static sg_status refuse(const char *key, const char *value, const char *expected, const char *detail) {
    char text[SG_SHOWN_TEXT];
    return sg_fail(SG_CONFIG, "%s: found '%s', expected %s%s%s", key, sg_shown(value, text), expected,
                   *detail ? ", " : "", detail);
}

/* ------------------------------------------------------------------------------------------------ bounds */

static bool has_bounds(const sg_option *option) {
    return option->low != 0 || option->high != 0;
}

static bool is_inside(const sg_option *option, double value) {
    bool above = option->above_low ? value > option->low : value >= option->low;
    bool below = option->below_high ? value < option->high : value <= option->high;
    return !has_bounds(option) || (above && below) || (option->or_zero && value == 0);
}

void sg_option_range(const sg_option *option, double *low, double *high) {
    *low = has_bounds(option) ? option->low : -INFINITY;
    *high = has_bounds(option) ? option->high : INFINITY;
}

static void format_bound(const sg_option *option, double bound, char text[48]) {
    sg_format_number(text, 32, bound);
    if (option->type == SG_OPTION_TIME)
        strcat(text, " ms");
    if (option->type == SG_OPTION_SIZE)
        strcat(text, " B");
}

static void describe_range(const sg_option *option, char *text, size_t size) {
    char low[48], high[48], above[64] = "", below[64] = "";
    format_bound(option, option->low, low);
    format_bound(option, option->high, high);
    bool from = isfinite(option->low), to = isfinite(option->high);
    if (from && to && !option->above_low && !option->below_high) {
        snprintf(text, size, "%s%s to %s", option->or_zero ? "0, or " : "", low, high);
        return;
    }
    if (from)
        snprintf(above, sizeof above, option->above_low ? "more than %s" : "%s or more", low);
    if (to)
        snprintf(below, sizeof below, option->below_high ? "below %s" : "at most %s", high);
    snprintf(text, size, "%s%s%s", above, from && to ? ", " : "", below);
}

static void describe_choices(const sg_option *option, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "one of ");
    const sg_kind *kind;
    for (int i = 0; (kind = option->choice(i)) != NULL && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", kind->name);
}

void sg_option_bounds(const sg_option *option, char *text, size_t size) {
    *text = 0;
    if (option->type == SG_OPTION_CHOICE)
        describe_choices(option, text, size);
    else if (has_bounds(option))
        describe_range(option, text, size);
}

/* "KEY: found '...', expected a number, 0 to 1". */
static sg_status refuse_bounds(const sg_option *option, const char *key, const char *value, const char *expected) {
    char bounds[BOUNDS];
    sg_option_bounds(option, bounds, sizeof bounds);
    return refuse(key, value, expected, bounds);
}

/* ------------------------------------------------------------------------------- integer, number, time */

static sg_status set_integer(const sg_option *option, void *field, const char *key, const char *value) {
    const char *end;
    int64_t number;
    bool starts = strspn(value, "+-0123456789") > 0; /* no space in front */
    bool read = starts && sg_parse_integer(value, &end, &number) && *end == 0;
    bool inside = read && (!has_bounds(option) || (number >= (int64_t)option->low && number <= (int64_t)option->high));
    if (!inside)
        return refuse_bounds(option, key, value, "a whole number");
    *(int64_t *)field = number;
    return SG_OK;
}

static void get_integer(const sg_option *option, const void *field, char *text, size_t size) {
    (void)option;
    snprintf(text, size, "%" PRId64, *(const int64_t *)field);
}

/* A finite decimal number: not "nan", "inf", "0x10", nor one with a space in front, which the C library would take. */
static bool read_decimal(const char *text, const char **end, double *value) {
    if (strspn(text, "+-.0123456789") == 0 || !sg_parse_number(text, end, value))
        return false;
    return strcspn(text, "xX") >= (size_t)(*end - text);
}

static sg_status set_number(const sg_option *option, void *field, const char *key, const char *value) {
    const char *end;
    double number;
    if (!read_decimal(value, &end, &number) || *end || !is_inside(option, number))
        return refuse_bounds(option, key, value, "a number");
    *(double *)field = number;
    return SG_OK;
}

static void get_number(const sg_option *option, const void *field, char *text, size_t size) {
    (void)option;
    sg_format_number(text, size, *(const double *)field);
}

/* Milliseconds are number * up / down: one of the two is 1, so that there is one rounding. The micro sign is written
 * in two ways, as itself and as the Greek letter. */
static const struct {
    const char *name;
    double up, down;
} units[] = {{"ms", 1, 1}, {"s", 1000, 1}, {"us", 1, 1000}, {"\u00b5s", 1, 1000}, {"\u03bcs", 1, 1000}};

static bool read_unit(const char *text, double *time) {
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text, units[i].name) == 0) {
            *time = *time * units[i].up / units[i].down;
            return isfinite(*time);
        }
    return false;
}

static sg_status set_time(const sg_option *option, void *field, const char *key, const char *value) {
    char example[64];
    snprintf(example, sizeof example, "for example %s", *option->fallback ? option->fallback : "20 ms");
    const char *end;
    double time;
    if (!read_decimal(value, &end, &time) || *end == 0)
        return refuse(key, value, "a time with its unit", example);
    if (!read_unit(end + strspn(end, " "), &time))
        return refuse(key, value, "a time in us, ms or s", example);
    if (!is_inside(option, time))
        return refuse_bounds(option, key, value, "a time");
    *(double *)field = time;
    return SG_OK;
}

static void get_time(const sg_option *option, const void *field, char *text, size_t size) {
    char number[32];
    (void)option;
    sg_format_number(number, sizeof number, *(const double *)field);
    snprintf(text, size, "%s ms", number);
}

/* -------------------------------------------------------------------------------------------------- size */

static const struct {
    const char *name;
    double bytes;
} size_units[] = {{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}};

/* The unit that a text is, in bytes; 0 if it is none. */
static double size_unit(const char *text) {
    for (size_t i = 0; i < sizeof size_units / sizeof *size_units; i++)
        if (strcmp(text, size_units[i].name) == 0)
            return size_units[i].bytes;
    return 0;
}

static sg_status set_size(const sg_option *option, void *field, const char *key, const char *value) {
    const char *end;
    double size, unit = 0;
    if (read_decimal(value, &end, &size))
        unit = size_unit(end + strspn(end, " "));
    if (unit == 0)
        return refuse(key, value, "a size in B, kB, MB or GB", "for example 64 MB");
    if (!is_inside(option, size * unit))
        return refuse_bounds(option, key, value, "a size");
    *(double *)field = size * unit;
    return SG_OK;
}

static void get_size(const sg_option *option, const void *field, char *text, size_t size) {
    char number[32];
    (void)option;
    sg_format_number(number, sizeof number, *(const double *)field / 1e6);
    snprintf(text, size, "%s MB", number);
}

/* --------------------------------------------------------------------------------- switch, choice, text */

static sg_status set_switch(const sg_option *option, void *field, const char *key, const char *value) {
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    (void)option;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0) {
            *(bool *)field = i % 2;
            return SG_OK;
        }
    return refuse(key, value, "true or false", "");
}

static void get_switch(const sg_option *option, const void *field, char *text, size_t size) {
    (void)option;
    snprintf(text, size, "%s", *(const bool *)field ? "true" : "false");
}

static sg_status set_choice(const sg_option *option, void *field, const char *key, const char *value) {
    const char *names[CHOICES];
    char what[SG_OPTION_TEXT];
    size_t count = 0;
    int found = sg_kind_find(option->choice, value);
    if (found >= 0) {
        *(int *)field = found;
        return SG_OK;
    }
    for (; count < CHOICES && option->choice((int)count); count++)
        names[count] = option->choice((int)count)->name;
    snprintf(what, sizeof what, "%s: found", key);
    return sg_fail_unknown(SG_CONFIG, what, value, names, count, "");
}

static void get_choice(const sg_option *option, const void *field, char *text, size_t size) {
    const sg_kind *kind = option->choice(*(const int *)field);
    snprintf(text, size, "%s", kind ? kind->name : "");
}

static sg_status set_text(const sg_option *option, void *field, const char *key, const char *value) {
    size_t length = strlen(value);
    (void)option;
    if (length >= SG_OPTION_TEXT)
        return sg_fail(SG_CONFIG, "%s: found a text of %zu bytes, expected at most %d", key, length,
                       SG_OPTION_TEXT - 1);
    for (size_t at = 0, bytes; at < length; at += bytes) {
        uint32_t code;
        bytes = sg_utf8_decode(value + at, length - at, &code);
        if (bytes == 0 || sg_utf8_is_control(code))
            return sg_fail(SG_CONFIG, "%s: found %s at byte %zu of the text, expected UTF-8 text of one line", key,
                           bytes ? "a control character" : "a broken character", at + 1);
    }
    const char *interned = sg_intern(value);
    if (interned)
        *(const char **)field = interned;
    return interned ? SG_OK : SG_MEMORY;
}

static void get_text(const sg_option *option, const void *field, char *text, size_t size) {
    (void)option;
    const char *value = *(const char *const *)field;
    snprintf(text, size, "%s", value ? value : "");
}

/* ------------------------------------------------------------------------------------------------- types */

static const struct {
    const char *name;
    sg_status (*set)(const sg_option *option, void *field, const char *key, const char *value);
    void (*get)(const sg_option *option, const void *field, char *text, size_t size);
} types[] = {
    [SG_OPTION_INTEGER] = {"integer", set_integer, get_integer},
    [SG_OPTION_NUMBER] = {"number", set_number, get_number},
    [SG_OPTION_TIME] = {"time", set_time, get_time},
    [SG_OPTION_SIZE] = {"size", set_size, get_size},
    [SG_OPTION_SWITCH] = {"switch", set_switch, get_switch},
    [SG_OPTION_CHOICE] = {"choice", set_choice, get_choice},
    [SG_OPTION_STRING] = {"text", set_text, get_text},
    [SG_OPTION_PATH] = {"path", set_text, get_text},
};

sg_status sg_option_set(const sg_option *option, void *target, const char *key, const char *value) {
    return types[option->type].set(option, (char *)target + option->offset, key, value);
}

void sg_option_get(const sg_option *option, const void *target, char value[SG_OPTION_TEXT]) {
    types[option->type].get(option, (const char *)target + option->offset, value, SG_OPTION_TEXT);
}

bool sg_option_is_same(const sg_option *option, const void *a, const void *b) {
    char here[SG_OPTION_TEXT], there[SG_OPTION_TEXT];
    sg_option_get(option, a, here);
    sg_option_get(option, b, there);
    return strcmp(here, there) == 0;
}

/* A row whose default breaks its own rules is a bug. */
void sg_option_reset(const sg_option *option, void *target) {
    sg_status status = sg_option_set(option, target, option->key, option->fallback);
    assert(status == SG_OK);
    (void)status;
}

const char *sg_option_type_name(sg_option_type type) {
    return types[type].name;
}

void sg_option_defaults(const sg_option *table, size_t count, void *target) {
    for (size_t i = 0; i < count; i++)
        sg_option_reset(&table[i], target);
}

const sg_option *sg_option_find(const sg_option *table, size_t count, const char *key) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
    return NULL;
}

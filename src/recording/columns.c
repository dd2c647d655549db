#include "recording/columns.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------------------------- names */

static const char *const names[SG_COLUMNS] = {
    [SG_COLUMN_T] = "t time times timestamp timestamps ts",
    [SG_COLUMN_X] = "x unit units channel channels neuron neurons address addresses",
    [SG_COLUMN_Y] = "y",
    [SG_COLUMN_P] = "p pol polarity polarities",
    [SG_COLUMN_SAMPLE] = "sample sample_id",
    [SG_COLUMN_LABEL] = "label labels class target targets",
    [SG_COLUMN_FIRST] = "first offsets offset",
    [SG_COLUMN_GROUP] = "group groups speaker speakers user users subject subjects",
    [SG_COLUMN_SPLIT] = "split splits",
    [SG_COLUMN_LENGTH] = "length lengths frames",
    [SG_COLUMN_VALUES] = "values value data series taxels signals",
    [SG_COLUMN_NAMES] = "names class_names keys classes",
    [SG_COLUMN_PERIOD] = "period dt sample_period sampling_period frame_period",
    [SG_COLUMN_RATE] =
        "rate rate_hz fs fs_hz sample_rate sample_rate_hz sampling_rate sampling_rate_hz sampling_frequency",
};

static const struct {
    const char *names;
    double us;
} units[] = {
    {"s sec secs second seconds", 1e6},
    {"ms msec millisecond milliseconds", 1e3},
    {"us usec \xc2\xb5s \xce\xbcs microsecond microseconds", 1},
    {"ns nsec nanosecond nanoseconds", 1e-3},
};

/* Whether a text of `size` bytes is one of some words. */
static bool is_among(const char *text, size_t size, const char *words) {
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == size && strncasecmp(at, text, size) == 0)
            return true;
        at += length;
    }
    return false;
}

static sg_column find_name(const char *name, size_t size) {
    for (int i = 0; i < SG_COLUMNS; i++)
        if (is_among(name, size, names[i]))
            return i;
    return SG_COLUMN_OTHER;
}

static double find_unit(const char *text, size_t size) {
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (is_among(text, size, units[i].names))
            return units[i].us;
    return 0;
}

sg_column sg_column_named(const char *name, double *us) {
    static const char between[] = "_ ([", after[] = " )]";
    size_t size = strlen(name);
    *us = 0;
    sg_column whole = find_name(name, size);
    if (whole != SG_COLUMN_OTHER)
        return whole;
    while (size && strchr(after, name[size - 1]))
        size--;
    size_t unit = size;
    while (unit && !strchr(between, name[unit - 1]))
        unit--;
    size_t end = unit;
    while (end && strchr(between, name[end - 1]))
        end--;
    *us = find_unit(name + unit, size - unit);
    whole = find_name(name, end);
    return *us > 0 && (whole == SG_COLUMN_T || whole == SG_COLUMN_PERIOD) ? whole : SG_COLUMN_OTHER;
}

int sg_split_named(const char *text, size_t size) {
    static const char *const words[] = {"train training", "test testing", "validation valid val validate"};
    for (int i = 0; i < (int)(sizeof words / sizeof *words); i++)
        if (is_among(text, size, words[i]))
            return i;
    return -1;
}

const char *sg_column_names(sg_column column) {
    return names[column];
}

double sg_time_unit(const char *text) {
    return find_unit(text, strlen(text));
}

sg_status sg_columns_parse(const char *text, sg_column *columns, size_t most, size_t *count) {
    *count = 0;
    for (const char *at = text;; at++) {
        at += strspn(at, " ");
        size_t size = strcspn(at, ", ");
        sg_column column = find_name(at, size);
        if (size == 0 || (column == SG_COLUMN_OTHER && (size != 1 || *at != '-')))
            return sg_fail(SG_ARGUMENT,
                           "columns '%s': '%.*s' is none, expected t, x, y, p, unit, sample, label, or - for one that "
                           "is not read, with commas between",
                           text, (int)size, at);
        if (*count == most)
            return sg_fail(SG_ARGUMENT, "columns '%s': are more than %zu", text, most);
        for (size_t i = 0; i < *count; i++)
            if (column != SG_COLUMN_OTHER && columns[i] == column)
                return sg_fail(SG_ARGUMENT, "columns '%s': '%.*s' is there twice", text, (int)size, at);
        columns[(*count)++] = column;
        at += size + strspn(at + size, " ");
        if (*at == 0)
            return SG_OK;
        if (*at != ',')
            return sg_fail(SG_ARGUMENT, "columns '%s': expected commas between names", text);
    }
}

/* -------------------------------------------------------------------------------------------------------- events */

sg_status sg_columns_unit(const sg_recording *recording, const char *what, double told, bool whole, double *us) {
    const sg_recording_options *options = recording->listener->options;
    *us = options && options->time_unit_us > 0 ? options->time_unit_us : told > 0 ? told : whole ? 1 : 0;
    return *us > 0 ? SG_OK
                   : sg_fail(SG_DATA,
                             "%s: the unit of %s is not told, and only whole numbers are taken for microseconds: tell "
                             "the unit of time (s, ms, us or ns)",
                             sg_columns_path(recording), what);
}

static bool is_whole(double value, double most) {
    return value >= 0 && value <= most && value == (double)(int64_t)value;
}

static sg_status bad_number(const sg_recording *recording, const sg_event_rows *rows, size_t i, const char *what,
                            double value, const char *expected) {
    return sg_fail(SG_DATA, "%s: %s %llu: %s is %.9g, expected %s", sg_columns_path(recording), rows->row,
                   (unsigned long long)(rows->number + i), what, value, expected);
}

sg_status sg_columns_add(sg_recording *recording, const sg_event_rows *rows) {
    static const char place[] = "a whole number from 0 to 4294967294";
    for (size_t i = 0; i < rows->count; i++) {
        double t = rows->t[i] * rows->us, x = rows->x[i], y = rows->y ? rows->y[i] : 0, p = rows->p ? rows->p[i] : 0;
        if (!isfinite(t))
            return bad_number(recording, rows, i, "its time", rows->t[i], "a number");
        if (!is_whole(x, UINT32_MAX - 1))
            return bad_number(recording, rows, i, "x", x, place);
        if (!is_whole(y, UINT32_MAX - 1))
            return bad_number(recording, rows, i, "y", y, place);
        if (!is_whole(p, UINT8_MAX) && p != -1)
            return bad_number(recording, rows, i, "its polarity", p, "0 or 1 (or -1 and 1), at most 255");
        SG_TRY(sg_recording_add(recording, t, (uint32_t)x, (uint32_t)y, p > 0 ? (uint8_t)p : 0));
    }
    return SG_OK;
}

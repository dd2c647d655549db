#include "recording/arrays.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_COLUMNS = 4 };
#define NUMBERS ((uint64_t)1 << 21) /* read in one go: as many as fit, or one sample */

/* What an array tells of each sample: numbers or texts, (samples) of one of them; none where it tells nothing. */
typedef struct each_sample {
    double *numbers;
    sg_texts texts;
} each_sample;

/* A file in work. */
typedef struct reading {
    sg_recording *recording;
    const sg_arrays *arrays;
    const sg_array_roles *roles;

    const sg_named_array *column[EVENT_COLUMNS]; /* t, x, y, p, as far as they are there; or values alone */
    size_t columns;
    uint64_t width; /* numbers of a column in one event or frame */
    bool by_sample; /* axis 0 of the columns counts samples, not events or frames */
    bool padded;    /* samples are of one length, filled up */
    double us;      /* of a unit of time */
    double period;  /* of frames, in microseconds; 0: not told */
    bool one;       /* sample `number` of many */
    uint64_t number;

    uint64_t samples;
    uint64_t *first; /* (samples + 1) events or frames */
    each_sample label, group, split;
    sg_texts names; /* of classes */

    double *numbers; /* (capacity) */
    size_t capacity;
} reading;

static sg_status fail(const reading *r, const char *what, const sg_named_array *array, const char *expected) {
    return sg_fail(SG_DATA, "%s: %s %s, expected %s", r->recording->path, array->name, what, expected);
}

/* ------------------------------------------------------------------------------------------------- what there is */

void sg_arrays_find(const sg_arrays *arrays, sg_array_roles *roles) {
    *roles = (sg_array_roles){0};
    for (size_t i = 0; i < arrays->count; i++) {
        double us;
        sg_column column = sg_column_named(arrays->list[i].name, &us);
        if (column != SG_COLUMN_OTHER && !roles->of[column])
            roles->of[column] = &arrays->list[i];
    }
}

static void take_events(reading *r) {
    static const sg_column order[EVENT_COLUMNS] = {SG_COLUMN_T, SG_COLUMN_X, SG_COLUMN_Y, SG_COLUMN_P};
    for (int i = 0; i < EVENT_COLUMNS; i++) {
        r->column[i] = r->roles->of[order[i]];
        r->columns += r->column[i] != NULL;
    }
    r->width = 1;
}

/* An array that cannot be read: its reader says why. */
static sg_status check_readable(const reading *r, const sg_named_array *array) {
    const sg_array_range one = {array, 0, 1, 1};
    double number;
    if (array->rank >= 0 && !array->texts)
        return SG_OK;
    if (array->texts)
        return fail(r, "holds texts", array, "numbers");
    SG_TRY(r->arrays->read(r->arrays->user, &one, 1, &number));
    return fail(r, "cannot be read", array, "an array of numbers");
}

static bool same_shape(const sg_named_array *a, const sg_named_array *b) {
    return a->rows == b->rows && a->rank == b->rank &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0;
}

static sg_status check_events(reading *r) {
    const sg_named_array *t = r->column[0];
    for (int i = 0; i < EVENT_COLUMNS; i++) {
        const sg_named_array *array = r->column[i];
        if (!array)
            continue;
        SG_TRY(check_readable(r, array));
        if (array->rank != 1 && array->rank != 2)
            return fail(r, "has an odd number of dimensions", array, "one number for each event");
        if (!same_shape(t, array))
            return sg_fail(SG_DATA, "%s: %s and %s are not of one shape, expected one number of each for each event",
                           r->recording->path, t->name, array->name);
    }
    if (t->rank == 2 && !r->roles->of[SG_COLUMN_LABEL])
        return fail(r, "has two dimensions, but there is no label for each sample", t, "one number for each event");
    r->by_sample = t->rows || t->rank == 2;
    r->padded = t->rank == 2;
    return SG_OK;
}

static sg_status check_values(reading *r) {
    const sg_named_array *values = r->roles->of[SG_COLUMN_VALUES];
    SG_TRY(check_readable(r, values));
    if (values->rows || (values->rank != 2 && values->rank != 3))
        return fail(r, "is of an odd shape", values, "samples x frames x channels, or frames x channels");
    if (!r->recording->listener->values)
        return fail(r, "holds a time series", values, "events");
    r->column[0] = values;
    r->columns = 1;
    r->width = values->shape[values->rank - 1];
    r->by_sample = values->rank == 3;
    return r->width && r->width <= UINT32_MAX ? SG_OK : fail(r, "has no channels", values, "some");
}

static bool holds_values(const reading *r) {
    return r->column[0] == r->roles->of[SG_COLUMN_VALUES];
}

/* Names what is there, and what could be. */
static sg_status nothing_known(const sg_recording *recording, const sg_arrays *arrays) {
    enum { SHOWN = 8 };
    sg_text text = {0};
    char *found;
    for (size_t i = 0; i < arrays->count && i < SHOWN; i++)
        sg_text_add(&text, "%s%s", i ? ", " : "", arrays->list[i].name);
    sg_text_add(&text, arrays->count > SHOWN ? ", ..." : arrays->count ? "" : "nothing");
    SG_TRY(sg_text_take(&text, &found));
    sg_status status = sg_fail(SG_DATA,
                               "%s: holds %s, expected events (arrays t and x, or unit, and perhaps y, p, first, "
                               "label) or a time series (values)",
                               recording->path, found);
    free(found);
    return status;
}

/* ------------------------------------------------------------------------------------------------------ samples */

static sg_status read_all(const reading *r, const sg_named_array *array, uint64_t count, double **out) {
    const sg_array_range range = {array, 0, array->rank ? array->shape[0] : 1, count};
    *out = NULL;
    SG_TRY(check_readable(r, array));
    uint64_t numbers = 1;
    for (int i = 0; i < array->rank; i++)
        numbers *= array->shape[i];
    if (array->rows || array->rank > 2 || (array->rank == 2 && array->shape[1] != 1) || numbers != count)
        return sg_fail(SG_DATA, "%s: %s has not one number for each of %" PRIu64 " samples", r->recording->path,
                       array->name, count);
    *out = sg_array((size_t)count, sizeof **out);
    return *out ? r->arrays->read(r->arrays->user, &range, 1, *out) : SG_MEMORY;
}

static sg_status make_first(reading *r, uint64_t samples) {
    r->samples = samples;
    r->first = samples < SIZE_MAX ? sg_array((size_t)samples + 1, sizeof *r->first) : NULL;
    return r->first ? SG_OK : SG_MEMORY;
}

/* Adds up the lengths that stand in first[1] .. first[samples]. */
static sg_status add_up(reading *r, const sg_named_array *array) {
    for (uint64_t s = 0; s < r->samples; s++)
        if (!sg_size_add(r->first[s], r->first[s + 1], &r->first[s + 1]))
            return fail(r, "is too long", array, "fewer events");
    return SG_OK;
}

/* The rows of all columns must be of the same lengths. */
static sg_status measure_rows(reading *r) {
    const sg_named_array *t = r->column[0];
    SG_TRY(make_first(r, t->shape[0]));
    uint64_t *lengths = sg_array((size_t)r->samples, sizeof *lengths);
    sg_status status = lengths ? r->arrays->lengths(r->arrays->user, t, r->first + 1) : SG_MEMORY;
    for (int i = 1; i < EVENT_COLUMNS && status == SG_OK; i++) {
        if (r->column[i])
            status = r->arrays->lengths(r->arrays->user, r->column[i], lengths);
        for (uint64_t s = 0; r->column[i] && s < r->samples && status == SG_OK; s++)
            if (lengths[s] != r->first[s + 1])
                status = sg_fail(SG_DATA, "%s: sample %" PRIu64 " has %" PRIu64 " numbers in %s, but %" PRIu64 " in %s",
                                 r->recording->path, s, r->first[s + 1], t->name, lengths[s], r->column[i]->name);
    }
    free(lengths);
    return status == SG_OK ? add_up(r, t) : status;
}

/* All samples of one length. */
static sg_status measure_evenly(reading *r, uint64_t samples, uint64_t length) {
    if (r->by_sample && samples && !length) /* any count of such samples takes no place in a file */
        return fail(r, "holds samples without anything in them", r->column[0], "an event or a frame in each");
    SG_TRY(make_first(r, samples));
    for (uint64_t s = 0; s < samples; s++)
        r->first[s + 1] = length;
    return add_up(r, r->column[0]);
}

/* Whether numbers are whole, do not fall, and end with `end`. */
static bool are_places(const double *places, uint64_t count, uint64_t end) {
    for (uint64_t i = 0; i < count; i++)
        if (places[i] != floor(places[i]) || places[i] < (i ? places[i - 1] : 0) || places[i] > (double)end)
            return false;
    return true;
}

/* Samples by the number of their first event: one more than samples, or as many. */
static sg_status measure_by_first(reading *r, const sg_named_array *array) {
    const uint64_t end = r->column[0]->shape[0], count = array->rank == 1 ? array->shape[0] : 0;
    const sg_named_array *label = r->roles->of[SG_COLUMN_LABEL];
    double *places;
    sg_status status = read_all(r, array, count, &places);
    if (status == SG_OK && (count == 0 || places[0] != 0 || !are_places(places, count, end)))
        status = fail(r, "does not tell where samples begin", array, "whole numbers from 0 to the count of events");
    if (status == SG_OK) {
        bool ended = label && label->rank == 1 ? label->shape[0] + 1 == count : places[count - 1] == (double)end;
        status = make_first(r, ended ? count - 1 : count);
        for (uint64_t s = 0; s <= r->samples && status == SG_OK; s++)
            r->first[s] = s < count ? (uint64_t)places[s] : end;
        if (status == SG_OK && r->first[r->samples] != end)
            status = fail(r, "does not end with the last event", array, "as many events as there are");
    }
    free(places);
    return status;
}

static sg_status measure_by_length(reading *r, const sg_named_array *array) {
    const uint64_t count = array->rank == 1 ? array->shape[0] : 0;
    double *lengths;
    sg_status status = read_all(r, array, count, &lengths);
    if (status == SG_OK)
        status = make_first(r, count);
    for (uint64_t s = 0; s < count && status == SG_OK; s++) {
        if (!(lengths[s] >= 0 && lengths[s] <= (double)r->column[0]->shape[0]) || lengths[s] != floor(lengths[s]))
            status = fail(r, "holds what is no length", array, "whole numbers");
        else
            r->first[s + 1] = (uint64_t)lengths[s];
    }
    free(lengths);
    SG_TRY(status);
    SG_TRY(add_up(r, array));
    return r->first[count] == r->column[0]->shape[0] ? SG_OK
                                                     : fail(r, "does not add up to the frames", array, "all of them");
}

static sg_status measure(reading *r) {
    const sg_named_array *column = r->column[0], *first = r->roles->of[SG_COLUMN_FIRST],
                         *length = r->roles->of[SG_COLUMN_LENGTH];
    if (column->rows)
        return measure_rows(r);
    if (r->by_sample)
        return measure_evenly(r, column->shape[0], column->shape[1]);
    if (first)
        return measure_by_first(r, first);
    if (length)
        return measure_by_length(r, length);
    return measure_evenly(r, 1, column->shape[0]);
}

static sg_status take_names(reading *r) {
    const sg_named_array *array = r->roles->of[SG_COLUMN_NAMES];
    if (!array || !array->texts || array->rank != 1)
        return SG_OK;
    return r->arrays->texts(r->arrays->user, array, &r->names);
}

static sg_status take_texts(reading *r, const sg_named_array *array, sg_texts *texts) {
    if (array->rank > 1)
        return fail(r, "has more than one dimension", array, "one text for each sample");
    SG_TRY(r->arrays->texts(r->arrays->user, array, texts));
    if (texts->count == r->samples)
        return SG_OK;
    return sg_fail(SG_DATA, "%s: %s has %zu texts, expected one for each of %" PRIu64 " samples", r->recording->path,
                   array->name, texts->count, r->samples);
}

static sg_status take_numbers(reading *r, const sg_named_array *array, double **numbers) {
    SG_TRY(read_all(r, array, r->samples, numbers));
    for (uint64_t s = 0; s < r->samples; s++)
        if ((*numbers)[s] != floor((*numbers)[s]) || fabs((*numbers)[s]) > UINT32_MAX)
            return sg_fail(SG_DATA, "%s: %s of sample %" PRIu64 " is %.9g, expected a whole number", r->recording->path,
                           array->name, s, (*numbers)[s]);
    return SG_OK;
}

static sg_status take_each(reading *r, sg_column column, each_sample *each) {
    const sg_named_array *array = r->roles->of[column];
    if (!array)
        return SG_OK;
    return array->texts ? take_texts(r, array, &each->texts) : take_numbers(r, array, &each->numbers);
}

static void free_each(each_sample *each) {
    free(each->numbers);
    sg_texts_free(&each->texts);
}

/* ------------------------------------------------------------------------------------------------------- telling */

/* A label that is a text is a number as text, or a name. */
static void tell_label(const reading *r, uint64_t s, sg_recorded_sample *sample) {
    const char *text = r->label.texts.count ? r->label.texts.items[s] : "", *end;
    if (r->label.numbers && r->label.numbers[s] >= 0)
        sample->label = (int64_t)r->label.numbers[s];
    else if (*text && (!sg_parse_integer(text, &end, &sample->label) || *end || sample->label < 0))
        sample->label = -1;
    if (sample->label >= 0 && (uint64_t)sample->label < r->names.count)
        sample->class_name = r->names.items[sample->label];
    else if (sample->label < 0 && *text)
        sample->class_name = text;
}

static sg_status tell_split(const reading *r, uint64_t s, sg_recorded_sample *sample) {
    const char *text = r->split.texts.count ? r->split.texts.items[s] : "";
    if (r->split.numbers && r->split.numbers[s] >= 0)
        sample->split = (int)fmin(r->split.numbers[s], INT_MAX);
    if (!*text || (sample->split = sg_split_named(text, strlen(text))) >= 0)
        return SG_OK;
    return sg_fail(SG_DATA, "%s: %s of sample %" PRIu64 " is '%.40s', expected train, test or validation",
                   r->recording->path, r->roles->of[SG_COLUMN_SPLIT]->name, s, text);
}

static sg_status begin(const reading *r, uint64_t s) {
    char group[32];
    sg_recorded_sample sample = {.label = -1, .split = -1, .number = r->number + s};
    if (!r->one && !r->roles->of[SG_COLUMN_LABEL] && !r->by_sample && !r->roles->of[SG_COLUMN_FIRST] &&
        !r->roles->of[SG_COLUMN_LENGTH])
        return SG_OK; /* the one sample of its file */
    tell_label(r, s, &sample);
    if (r->group.numbers) {
        snprintf(group, sizeof group, "%.0f", r->group.numbers[s]);
        sample.group = group;
    } else if (r->group.texts.count && *r->group.texts.items[s]) {
        sample.group = r->group.texts.items[s];
    }
    SG_TRY(tell_split(r, s, &sample));
    return sg_recording_begin(r->recording, &sample);
}

/* A filled-up sample ends where the rest is 0 in all columns, or no time. Before that, 0 is an event as any other. */
static uint64_t without_filling(const reading *r, const double *numbers, uint64_t stride, uint64_t count) {
    while (count) {
        bool filled = isnan(numbers[count - 1]) || numbers[count - 1] < 0;
        bool zero = true;
        for (size_t i = 0; i < r->columns; i++)
            zero &= numbers[i * stride + count - 1] == 0;
        if (!filled && !zero)
            break;
        count--;
    }
    return count;
}

/* Some events of a sample; `stride` numbers lie from a column to the next. */
static sg_status tell_events(const reading *r, uint64_t number, const double *numbers, uint64_t stride,
                             uint64_t count) {
    const double *column[EVENT_COLUMNS] = {NULL};
    for (size_t i = 0, k = 0; i < EVENT_COLUMNS; i++)
        if (r->column[i])
            column[i] = numbers + stride * k++;
    if (r->padded)
        count = without_filling(r, numbers, stride, count);
    const sg_event_rows rows = {column[0], column[1], column[2], column[3], (size_t)count, r->us, number, "event"};
    return sg_columns_add(r->recording, &rows);
}

static sg_status read_number(const reading *r, const sg_named_array *array, double *number) {
    double *one;
    sg_status status = read_all(r, array, 1, &one);
    if (status == SG_OK)
        *number = *one;
    free(one);
    SG_TRY(status);
    return *number > 0 && *number <= 1e12 ? SG_OK : fail(r, "is not above 0", array, "one number that is");
}

/* How far apart frames are: by an attribute of the values, or an array of one number. */
static sg_status take_period(reading *r) {
    const sg_named_array *period = r->roles->of[SG_COLUMN_PERIOD], *rate = r->roles->of[SG_COLUMN_RATE];
    double number = r->column[0]->rate_hz, us;
    if (number == 0 && period) {
        sg_column_named(period->name, &us);
        us = period->us > 0 ? period->us : us;
        SG_TRY(read_number(r, period, &number));
        r->period = number * us;
        return us > 0 ? SG_OK : fail(r, "has no unit", period, "one in its name, such as period_ms");
    }
    if (number == 0 && rate)
        SG_TRY(read_number(r, rate, &number));
    r->period = number > 0 ? 1e6 / number : 0;
    return SG_OK;
}

/* The numbers of a sample become floats in their own place. */
static sg_status tell_values(const reading *r, uint64_t s, double *numbers, uint64_t frames) {
    const sg_recording_listener *listener = r->recording->listener;
    float *values = (float *)(void *)numbers;
    for (uint64_t i = 0; i < frames * r->width; i++) {
        const double value = numbers[i];
        if (!(fabs(value) <= SG_VALUE_MOST))
            return sg_fail(SG_DATA, "%s: %s of sample %" PRIu64 " holds %.9g, expected a number", r->recording->path,
                           r->column[0]->name, s, value);
        const float narrow = (float)value;
        memcpy(&values[i], &narrow, sizeof narrow);
    }
    const sg_series series = {values, (size_t)frames, (uint32_t)r->width, r->period};
    return listener->values(listener->user, &series);
}

/* ------------------------------------------------------------------------------------------------------- reading */

/* Reads `count` events or frames from `at` on, all columns of `samples` samples from `s` on. */
static sg_status read_columns(reading *r, uint64_t s, uint64_t samples, uint64_t at, uint64_t count) {
    sg_array_range ranges[EVENT_COLUMNS];
    size_t used = 0, numbers;
    if (!sg_size_multiply((size_t)count, (size_t)r->width, &numbers) ||
        !sg_size_multiply(numbers, r->columns, &numbers))
        return fail(r, "is too long", r->column[0], "fewer events");
    if (numbers > r->capacity) {
        free(r->numbers);
        r->numbers = sg_array(numbers, sizeof *r->numbers);
        r->capacity = r->numbers ? numbers : 0;
        if (!r->numbers)
            return SG_MEMORY;
    }
    for (size_t i = 0; i < EVENT_COLUMNS; i++)
        if (r->column[i])
            ranges[used++] =
                (sg_array_range){r->column[i], r->by_sample ? s : at, r->by_sample ? samples : count, count * r->width};
    return r->arrays->read(r->arrays->user, ranges, used, r->numbers);
}

/* A sample of more events than are read in one go, part by part. */
static sg_status read_long_sample(reading *r, uint64_t s) {
    SG_TRY(begin(r, s));
    for (uint64_t at = r->first[s], count; at < r->first[s + 1]; at += count) {
        const uint64_t left = r->first[s + 1] - at, most = NUMBERS / r->columns;
        count = left < most ? left : most;
        SG_TRY(read_columns(r, s, 1, at, count));
        SG_TRY(tell_events(r, at - r->first[s], r->numbers, count, count));
    }
    return SG_OK;
}

static sg_status read_samples(reading *r, uint64_t s, uint64_t samples) {
    const uint64_t start = r->first[s], total = r->first[s + samples] - start;
    if (total)
        SG_TRY(read_columns(r, s, samples, start, total));
    for (uint64_t i = s; i < s + samples; i++) {
        double *numbers = r->numbers + (r->first[i] - start) * r->width;
        const uint64_t count = r->first[i + 1] - r->first[i];
        SG_TRY(begin(r, i));
        SG_TRY(holds_values(r) ? tell_values(r, i, numbers, count) : tell_events(r, 0, numbers, total, count));
    }
    return SG_OK;
}

static sg_status read_in_turn(reading *r) {
    const uint64_t one = r->columns * r->width, most = one < NUMBERS ? NUMBERS / one : 1;
    r->capacity = 1; /* a place for samples without events, too */
    r->numbers = sg_array(r->capacity, sizeof *r->numbers);
    if (!r->numbers)
        return SG_MEMORY;
    for (uint64_t s = 0, samples; s < r->samples; s += samples) {
        for (samples = 1; s + samples < r->samples && r->first[s + samples + 1] - r->first[s] <= most;)
            samples++;
        bool in_parts = !holds_values(r) && !r->by_sample && r->first[s + samples] - r->first[s] > most;
        SG_TRY(in_parts ? read_long_sample(r, s) : read_samples(r, s, samples));
    }
    return SG_OK;
}

static sg_status prepare(reading *r) {
    if (r->roles->of[SG_COLUMN_T] && r->roles->of[SG_COLUMN_X]) {
        take_events(r);
        SG_TRY(check_events(r));
    } else if (r->roles->of[SG_COLUMN_VALUES]) {
        SG_TRY(check_values(r));
    } else {
        return nothing_known(r->recording, r->arrays);
    }
    SG_TRY(measure(r));
    if (holds_values(r))
        SG_TRY(take_period(r));
    if (r->one && r->samples != 1)
        return sg_fail(SG_DATA, "%s: holds %" PRIu64 " samples, expected one in each group", r->recording->path,
                       r->samples);
    SG_TRY(take_names(r));
    SG_TRY(take_each(r, SG_COLUMN_LABEL, &r->label));
    SG_TRY(take_each(r, SG_COLUMN_GROUP, &r->group));
    return take_each(r, SG_COLUMN_SPLIT, &r->split);
}

static sg_status read_prepared(reading *r, double us) {
    double named;
    SG_TRY(prepare(r));
    const sg_named_array *t = r->column[0];
    if (holds_values(r))
        return read_in_turn(r);
    sg_column_named(t->name, &named);
    const bool whole = t->whole || r->first[r->samples] == 0; /* NumPy's empty arrays are of doubles */
    SG_TRY(sg_columns_unit(r->recording, t->name, us > 0 ? us : t->us > 0 ? t->us : named, whole, &r->us));
    const sg_sensor sensor = {.polarities = r->column[3] ? 0 : 1};
    if (r->number == 0)
        SG_TRY(sg_recording_tell_sensor(r->recording, &sensor));
    return read_in_turn(r);
}

static sg_status read_and_close(reading *r, double us) {
    sg_status status = read_prepared(r, us);
    free(r->first);
    free_each(&r->label);
    free_each(&r->group);
    free_each(&r->split);
    sg_texts_free(&r->names);
    free(r->numbers);
    return status;
}

sg_status sg_arrays_read_as(sg_recording *recording, const sg_arrays *arrays, const sg_array_roles *roles, double us) {
    reading r = {.recording = recording, .arrays = arrays, .roles = roles};
    return read_and_close(&r, us);
}

sg_status sg_arrays_read_sample(sg_recording *recording, const sg_arrays *arrays, uint64_t number) {
    sg_array_roles roles;
    sg_arrays_find(arrays, &roles);
    reading r = {.recording = recording, .arrays = arrays, .roles = &roles, .one = true, .number = number};
    return read_and_close(&r, 0);
}

sg_status sg_arrays_read(sg_recording *recording, const sg_arrays *arrays) {
    sg_array_roles roles;
    sg_arrays_find(arrays, &roles);
    return sg_arrays_read_as(recording, arrays, &roles, 0);
}

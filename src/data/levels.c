#include "data/levels.h"

#include "base/intern.h"
#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-6 /* of a level: the mean of frames at the end of the range may be beyond it by less */

/* ------------------------------------------------------------------------------------------------------- options */

static bool parse_whole(const char *text, size_t size, double *number) {
    char copy[64];
    const char *end;
    if (size == 0 || size >= sizeof copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    return sg_parse_number(copy, &end, number) && *end == 0 && fabs(*number) <= 1e300;
}

/* "LOW..HIGH" at the beginning of a list; *at is left at what follows it. */
static bool parse_range(const char **at, double *low, double *all) {
    *at += strspn(*at, " ");
    const size_t size = strcspn(*at, ", ");
    const char *dots = strstr(*at, "..");
    double high;
    if (!dots || dots >= *at + size || dots[2] == '.' || !parse_whole(*at, (size_t)(dots - *at), low) ||
        !parse_whole(dots + 2, size - (size_t)(dots + 2 - *at), &high))
        return false;
    *all = high - *low;
    *at += size + strspn(*at + size, " ");
    return *all != 0;
}

/* Reads a list of ranges into arrays, which may be NULL; how many, or 0 where it is none. */
static size_t parse_list(const char *text, double *low, double *all) {
    double some_low, some_all;
    size_t count = 0;
    for (const char *at = text;; at++) {
        if (!parse_range(&at, low ? &low[count] : &some_low, all ? &all[count] : &some_all))
            return 0;
        count++;
        if (*at != ',')
            return *at ? 0 : count;
    }
}

static bool is_by_sample(const char *range) {
    return strcmp(range, "sample") == 0;
}

sg_status sg_levels_check(const char *range) {
    if (sg_is_empty(range) || is_by_sample(range) || parse_list(range, NULL, NULL) > 0)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "data.range: found '%.80s', expected LOW..HIGH, two numbers that differ; or one for each channel, "
                   "with commas between; or 'sample'",
                   range);
}

static sg_status reserve(sg_levels *levels, size_t channels) {
    sg_levels_close(levels);
    levels->low = sg_array(channels, sizeof *levels->low);
    levels->all = sg_array(channels, sizeof *levels->all);
    levels->channels = channels;
    return levels->low && levels->all ? SG_OK : SG_MEMORY;
}

sg_status sg_levels_open(const char *range, sg_levels *levels) {
    *levels = (sg_levels){0};
    SG_TRY(sg_levels_check(range));
    if (sg_is_empty(range))
        return SG_OK;
    levels->by_sample = is_by_sample(range);
    if (levels->by_sample)
        return SG_OK;
    SG_TRY(reserve(levels, parse_list(range, NULL, NULL)));
    parse_list(range, levels->low, levels->all);
    return SG_OK;
}

void sg_levels_close(sg_levels *levels) {
    free(levels->low);
    free(levels->all);
    levels->low = levels->all = NULL;
    levels->channels = 0;
}

/* -------------------------------------------------------------------------------------------------------- ranges */

/* The least value of `count` from `values` on, `stride` apart, and how far it is to the largest. */
static void measure(const float *values, size_t count, size_t stride, double *low, double *all) {
    double high = *low = count ? values[0] : 0;
    for (size_t i = 1; i < count; i++) {
        *low = fmin(*low, values[i * stride]);
        high = fmax(high, values[i * stride]);
    }
    *all = high - *low;
}

static sg_status take_own_range(sg_levels *levels, const sg_series *series) {
    if (levels->channels != series->channels)
        SG_TRY(reserve(levels, series->channels));
    for (size_t c = 0; c < series->channels; c++)
        measure(series->values + c, series->frames, series->channels, &levels->low[c], &levels->all[c]);
    return SG_OK;
}

static sg_status settle_range(sg_levels *levels, const char *path, const sg_series *series) {
    double low, all;
    if (levels->by_sample)
        return take_own_range(levels, series);
    if (levels->channels == 1 || levels->channels == series->channels)
        return SG_OK;
    if (levels->channels > 0)
        return sg_fail(SG_CONFIG, "data.range: tells the ranges of %zu channels, but %s has %u: one for each, or one",
                       levels->channels, path, series->channels);
    measure(series->values, series->frames * series->channels, 1, &low, &all);
    return sg_fail(SG_CONFIG,
                   "data.range: is empty, but %s holds a time series, here from %g to %g: say which values are no and "
                   "full level, as in %g..%g, or 'sample' for each sample's own",
                   path, low, low + all, low, low + all);
}

/* -------------------------------------------------------------------------------------------------------- levels */

/* The mean of a channel from time `from` to `to`, in frames. */
static double mean(const sg_series *series, size_t channel, double from, double to) {
    double sum = 0, time = 0;
    for (size_t f = (size_t)from; f < series->frames && (double)f < to; f++) {
        const double share = fmin((double)f + 1, to) - fmax((double)f, from);
        sum += share * series->values[f * series->channels + channel];
        time += share;
    }
    return sum / time;
}

static uint8_t level_of(sg_levels *levels, size_t channel, double value) {
    const size_t c = levels->channels == 1 ? 0 : channel;
    const double level = levels->all[c] == 0 ? 0 : (value - levels->low[c]) / levels->all[c] * 255;
    levels->values++;
    levels->beyond += level < -ROUNDING || level > 255 + ROUNDING;
    return (uint8_t)(fmin(fmax(level, 0), 255) + 0.5);
}

sg_status sg_levels_fill(sg_levels *levels, const char *path, const sg_series *series, double frames_a_row, size_t rows,
                         uint8_t *out) {
    SG_TRY(settle_range(levels, path, series));
    for (size_t row = 0; row < rows; row++)
        for (size_t c = 0; c < series->channels; c++) {
            const double value = frames_a_row == 1
                                     ? series->values[row * series->channels + c]
                                     : mean(series, c, (double)row * frames_a_row, (double)(row + 1) * frames_a_row);
            out[row * series->channels + c] = level_of(levels, c, value);
        }
    return SG_OK;
}

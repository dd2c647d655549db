#include "data/series.h"

#include "base/memory.h"
#include "base/memory_limit.h"

#include <math.h>
#include <stdlib.h>

/* How a series lies in steps: each frame for `window` steps where that is a whole number, else each step for itself. */
typedef struct timing {
    size_t rows;
    uint32_t window; /* steps of a row */
    double frames_a_row;
} timing;

sg_status sg_series_open(sg_series_encoder *encoder, const sg_data_config *config, double dt_ms, uint64_t seed) {
    *encoder = (sg_series_encoder){
        .encoding = {.name = "series", .config = config, .is_series = true, .height = 1, .dt_ms = dt_ms, .seed = seed}};
    return sg_levels_open(config->import.range, &encoder->levels);
}

void sg_series_close(sg_series_encoder *encoder) {
    sg_levels_close(&encoder->levels);
    free(encoder->signal);
    free(encoder->keys);
    encoder->signal = NULL;
    encoder->keys = NULL;
}

void sg_series_tell_beyond(const sg_series_encoder *encoder, const char *name) {
    const sg_levels *levels = &encoder->levels;
    if (levels->beyond > 0)
        sg_warn("%s: %.2g %% of the values are out of data.range: they count as its nearer end", name,
                100 * (double)levels->beyond / (double)levels->values);
}

/* ---------------------------------------------------------------------------------------------------------- time */

static sg_status find_timing(const sg_series_encoder *encoder, const char *path, const sg_series *series, timing *t) {
    const double told_ms = encoder->encoding.config->import.period_ms;
    const double period_ms = told_ms > 0 ? told_ms : series->period_us / 1000;
    if (!(period_ms > 0))
        return sg_fail(SG_CONFIG,
                       "data.period: is 0, but %s does not tell the time from one frame of its series to the next: "
                       "tell it, as in data.period: 10 ms",
                       path);
    const double steps = period_ms / encoder->encoding.dt_ms, all = (double)series->frames * steps;
    if (all > SG_SERIES_STEPS)
        return sg_fail(SG_DATA,
                       "%s: a time series of %zu frames, %g ms apart, has more than %.0f steps of %g ms: use a "
                       "longer dt",
                       path, series->frames, period_ms, SG_SERIES_STEPS, encoder->encoding.dt_ms);
    const double whole = floor(steps + 0.5);
    if (whole >= 1 && fabs(steps - whole) <= 1e-9 * steps)
        *t = (timing){series->frames, (uint32_t)whole, 1};
    else
        *t = (timing){(size_t)ceil(all * (1 - 1e-9)), 1, 1 / steps};
    return SG_OK;
}

/* -------------------------------------------------------------------------------------------------------- spikes */

static sg_status grow(sg_series_encoder *encoder) {
    const size_t wanted = encoder->capacity ? 2 * encoder->capacity : 4096;
    SG_TRY(sg_check_memory(wanted * sizeof *encoder->keys, "the spikes of one time series", "use a longer dt"));
    uint64_t *moved = realloc(encoder->keys, wanted * sizeof *moved);
    if (!moved)
        return sg_fail(SG_MEMORY, "no memory for %zu spikes of a time series", wanted);
    encoder->keys = moved;
    encoder->capacity = wanted;
    return SG_OK;
}

static void take_spike(void *user, uint32_t step, uint32_t channel) {
    sg_series_encoder *encoder = user;
    if (encoder->status == SG_OK && encoder->spikes == encoder->capacity)
        encoder->status = grow(encoder);
    if (encoder->status == SG_OK)
        encoder->keys[encoder->spikes++] = (uint64_t)step << 32 | channel;
}

static int by_key(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static sg_status spike(sg_series_encoder *encoder, const timing *t) {
    const sg_spike_sink sink = {.user = encoder, .add = take_spike};
    sg_encoder_plan plan;
    encoder->encoding.steps = (uint32_t)t->rows * t->window;
    SG_TRY(sg_encoder_plan_make(&plan, &encoder->encoding, encoder->encoding.width, t->window));
    encoder->spikes = 0;
    encoder->status = SG_OK;
    sg_encoder_run(&plan, encoder->count++, encoder->signal, t->rows, &sink);
    SG_TRY(encoder->status);
    if (encoder->spikes > 0)
        qsort(encoder->keys, encoder->spikes, sizeof *encoder->keys, by_key);
    return SG_OK;
}

/* Spikes are in the middle of their steps, so that rounding moves none. Of two maps the first, what rose, is polarity
 * 1, as with cameras. */
static sg_status tell(const sg_series_encoder *encoder, uint32_t maps, const sg_recording_listener *to) {
    enum { BLOCK = 256 };
    sg_raw_event events[BLOCK];
    const double dt_us = 1000 * encoder->encoding.dt_ms;
    const uint32_t width = encoder->encoding.width;
    const double middle = encoder->encoding.config->import.binning == SG_BIN_NEAREST ? 0 : 0.5;
    for (size_t s = 0, used = 0; s < encoder->spikes; s++) {
        const uint32_t channel = (uint32_t)encoder->keys[s];
        const double step = (double)(encoder->keys[s] >> 32);
        events[used++] = (sg_raw_event){.us = (step + middle) * dt_us,
                                        .x = channel % width,
                                        .polarity = (uint8_t)(maps - 1 - channel / width)};
        if (used == BLOCK || s + 1 == encoder->spikes) {
            SG_TRY(to->events(to->user, events, used));
            used = 0;
        }
    }
    return SG_OK;
}

/* -------------------------------------------------------------------------------------------------------- series */

static sg_status fill_signal(sg_series_encoder *encoder, const char *path, const sg_series *series, const timing *t) {
    size_t bytes;
    if (!sg_size_multiply(t->rows, series->channels, &bytes))
        bytes = SIZE_MAX;
    if (bytes > encoder->bytes) {
        SG_TRY(sg_check_memory(bytes, "the levels of one time series", "use a longer dt, or shorter recordings"));
        free(encoder->signal);
        encoder->signal = sg_array(bytes, 1);
        encoder->bytes = encoder->signal ? bytes : 0;
        if (!encoder->signal)
            return SG_MEMORY;
    }
    return sg_levels_fill(&encoder->levels, path, series, t->frames_a_row, t->rows, encoder->signal);
}

static sg_status encode(void *user, const char *path, const sg_series *series, const sg_recording_listener *to) {
    sg_series_encoder *encoder = user;
    const sg_encoder_kind *kind = sg_encoder_at(encoder->encoding.config->encoder);
    const uint32_t maps = kind->channels;
    const sg_sensor sensor = {.width = series->channels, .height = 1, .polarities = maps};
    timing t = {0};
    if (kind->numbers)
        return sg_fail(SG_CONFIG,
                       "encoder.kind: %s makes numbers, but an import makes spike events of %s: use another one, or "
                       "give the numbers as a file with the dataset 'value' (docs/file-formats.md)",
                       kind->head.name, path);
    if (series->channels >= SG_MOST_WIDTH)
        return sg_fail(SG_DATA, "%s: a time series of %u channels, expected below %d", path, series->channels,
                       SG_MOST_WIDTH);
    encoder->encoding.width = series->channels;
    SG_TRY(find_timing(encoder, path, series, &t));
    SG_TRY(fill_signal(encoder, path, series, &t));
    SG_TRY(to->sensor(to->user, &sensor));
    SG_TRY(spike(encoder, &t));
    return tell(encoder, maps, to);
}

sg_import_encoder sg_series_import(sg_series_encoder *encoder) {
    return (sg_import_encoder){encoder, encode};
}

#include "import/import.h"

#include "import/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An import in work. */
typedef struct importing {
    const sg_import_request *request;
    const sg_import_sink *sink;
    sg_import_report *report;
    sg_sampler sampler;
    sg_recording_listener listener;
    size_t files, all;
} importing;

/* --------------------------------------------------------------------------------------------------------- bins */

static uint32_t channel_of(const sg_raw_event *event) {
    return ((uint32_t)event->polarity * SG_MOST_HEIGHT + event->y) * SG_MOST_WIDTH + event->x;
}

static sg_status too_long(const importing *in, double seconds) {
    return sg_fail(SG_DATA,
                   "%s: a sample lasts %g s, more than %d steps of %g ms: use data.window, data.pieces or a "
                   "longer dt",
                   in->sampler.item->path, seconds, SG_MOST_STEPS, in->request->dt_ms);
}

/* Hands the events on, each in its step. Times are 0 or more, so that a number without its fraction is the whole number
 * below. */
static sg_status bin(importing *in, const sg_raw_sample *sample) {
    const double us = 1000 * in->request->dt_ms, half = in->request->config->binning == SG_BIN_NEAREST ? 0.5 : 0;
    const double steps = in->request->steps ? in->request->steps : SG_MOST_STEPS;
    sg_import_report *report = in->report;
    uint32_t last = 0;
    sg_sensor seen = {0};
    size_t e = 0;
    for (; e < sample->count; e++) {
        const sg_raw_event *event = &sample->events[e];
        const double step = event->us / us + half;
        if (step >= steps)
            break;
        last = (uint32_t)step; /* times rise */
        seen.width = event->x >= seen.width ? event->x + 1 : seen.width;
        seen.height = event->y >= seen.height ? event->y + 1 : seen.height;
        seen.polarities = event->polarity >= seen.polarities ? event->polarity + 1U : seen.polarities;
        in->sink->add(in->sink->user, last, channel_of(event));
    }
    if (e < sample->count && !in->request->steps)
        return too_long(in, sample->seconds);
    report->left_out[SG_REASON_STEPS] += sample->count - e;
    report->kept += e;
    if (e > 0 && last >= report->steps)
        report->steps = last + 1;
    sg_sensor_join(&report->seen, &seen);
    return SG_OK;
}

static sg_status take_sample(void *user, const sg_imported_sample *sample, sg_raw_sample *events) {
    importing *in = user;
    sg_import_report *report = in->report;
    SG_TRY(sg_filter_sample(in->request->config, events, report->left_out + SG_REASON_FILTERS));
    report->samples++;
    report->unlabelled += sample->label < 0;
    report->seconds += events->seconds;
    report->longest = events->seconds > report->longest ? events->seconds : report->longest;
    SG_TRY(sg_import_name(report, sample->path, sample->label, NULL));
    SG_TRY(in->sink->begin(in->sink->user, sample));
    return bin(in, events);
}

/* ------------------------------------------------------------------------------------------------ the recording */

static sg_status take_sensor(void *user, const sg_sensor *sensor) {
    importing *in = user;
    const sg_sensor behind = sg_filter_sensor(in->request->config, *sensor);
    sg_sensor_join(&in->report->told, &behind);
    return SG_OK;
}

static sg_status take_begin(void *user, const sg_recorded_sample *sample) {
    importing *in = user;
    sg_recorded_sample numbered = *sample;
    SG_TRY(sg_import_class(in->report, in->sampler.item->path, &numbered.label, sample->class_name));
    return sg_sampler_begin_sample(&in->sampler, &numbered);
}

static sg_status take_events(void *user, const sg_raw_event *events, size_t count) {
    importing *in = user;
    if (in->request->stop && *in->request->stop)
        return sg_fail(SG_STOPPED, "stopped; nothing is written");
    if (in->request->progress)
        in->request->progress(in->request->user, in->files, in->all, in->report->read);
    return sg_sampler_add(&in->sampler, events, count);
}

static sg_status take_series(void *user, const sg_series *series) {
    importing *in = user;
    const sg_import_encoder *encoder = in->request->encoder;
    in->report->frames += series->frames;
    sg_sampler_begin_series(&in->sampler);
    return encoder->encode(encoder->user, in->sampler.item->path, series, &in->listener);
}

static sg_status read_item(importing *in, const sg_item *item) {
    uint64_t left_out[SG_LEFT_REASONS] = {0};
    if (item->cut_count && in->request->config->pieces_ms > 0)
        return sg_fail(SG_CONFIG, "data.pieces: %g ms, but labels name the parts of %s: leave one of the two out",
                       in->request->config->pieces_ms, item->path);
    sg_sampler_begin_item(&in->sampler, item);
    SG_TRY(sg_recording_read(item->path, item->format, &in->listener, left_out));
    SG_TRY(sg_sampler_end_item(&in->sampler));
    for (int i = 0; i < SG_LEFT_REASONS; i++)
        in->report->left_out[i] += left_out[i];
    return SG_OK;
}

sg_status sg_import_items(const sg_import_request *request, const sg_items *items, const sg_import_sink *sink,
                          sg_import_report *report) {
    importing in = {.request = request, .sink = sink, .report = report, .all = items->count};
    sg_status status = SG_OK;
    *report = (sg_import_report){.told = sg_filter_sensor(request->config, (sg_sensor){0})};
    for (size_t i = 0; i < items->classes && status == SG_OK; i++)
        status = sg_import_name(report, "", (int64_t)i, items->names ? items->names[i] : NULL);
    const sg_recording_options options = {.series = request->config->period_ms > 0};
    in.listener = (sg_recording_listener){.user = &in,
                                          .sensor = take_sensor,
                                          .begin = take_begin,
                                          .events = take_events,
                                          .values = request->encoder ? take_series : NULL,
                                          .options = &options};
    in.sampler = (sg_sampler){.request = request, .report = report, .user = &in, .take = take_sample};
    for (in.files = 0; in.files < items->count && status == SG_OK; in.files++)
        status = read_item(&in, &items->items[in.files]);
    report->files = in.files;
    sg_sampler_close(&in.sampler);
    return status;
}

/* What files tell holds their events; of those that do not tell, the events do. */
sg_sensor sg_import_sensor(const sg_import_report *report) {
    sg_sensor sensor = report->told;
    sg_sensor_join(&sensor, &report->seen);
    return sensor;
}

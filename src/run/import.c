/* sg_import: recordings become a file of events. */
#include "base/sized.h"
#include "config/config.h"
#include "data/events_file.h"
#include "data/recorded.h"
#include "data/series.h"
#include "run/from_config.h"

#include <math.h>

/* An import on its way to its file. */
typedef struct importing {
    const char *path;
    sg_import_config config;
    sg_import_request request;
    sg_series_encoder series;
    sg_import_encoder encoder; /* of series */
    sg_items items;
    sg_event_spool spool;
    sg_event_writer writer;
    sg_import_report report;
} importing;

/* Steps share the window evenly, or it has as many of dt as it needs. Pieces are windows. */
static sg_status set_steps(importing *in, const sg_import_options *options) {
    double *dt_ms = &in->request.dt_ms, *window_ms = &in->config.window_ms;
    if (*window_ms == 0)
        *window_ms = in->config.pieces_ms;
    if (options->steps > 0 && *window_ms > 0)
        *dt_ms = *window_ms / options->steps;
    else if (options->steps > 0)
        *window_ms = options->steps * *dt_ms;
    if (in->config.window_ms == 0)
        return SG_OK;
    const double steps = options->steps ? options->steps : ceil(*window_ms / *dt_ms * (1 - 1e-12));
    if (steps > SG_MOST_STEPS)
        return sg_fail(SG_CONFIG, "data.window: %g ms are %.0f steps of %g ms, expected at most %d: use a longer dt",
                       *window_ms, steps, *dt_ms, SG_MOST_STEPS);
    in->request.steps = (uint32_t)steps;
    return SG_OK;
}

static sg_status list(sg_items *items, const char *const *sources, size_t count) {
    if (count == 0)
        return sg_fail(SG_ARGUMENT, "import: no source, expected a recording, a folder of them, or a table of labels");
    for (size_t i = 0; i < count; i++)
        SG_TRY(sg_items_add_source(items, sources[i]));
    return sg_items_number(items);
}

static sg_status write(importing *in, const char *name) {
    sg_events *events;
    SG_TRY(sg_event_spool_open(&in->spool, in->path, in->config.counts));
    in->writer.spill = sg_event_spool_add;
    in->writer.spill_user = &in->spool;
    in->spool.from = sg_recorded_places();
    SG_TRY(sg_recorded_read(name, &in->request, &in->items, &in->writer, &in->report, &in->spool.to));
    SG_TRY(sg_event_writer_take(&in->writer, &events));
    sg_status status = sg_events_save_spooled(events, &in->spool, in->path);
    sg_events_free(events);
    return status;
}

static void fill_losses(const sg_import_report *report, sg_import_loss losses[SG_IMPORT_LOSSES]) {
    size_t at = 0;
    _Static_assert((int)SG_REASONS < SG_IMPORT_LOSSES, "there is a row for each, and one that ends them");
    for (int i = 0; i < SG_REASONS; i++)
        if (report->left_out[i] > 0)
            losses[at++] = (sg_import_loss){sg_import_reason(i), report->left_out[i]};
}

static sg_import_result result_of(const importing *in) {
    const sg_import_report *report = &in->report;
    const sg_event_layout *layout = &in->writer.layout;
    sg_import_result result = {.size = sizeof result,
                               .files = (size_t)report->files,
                               .samples = (size_t)report->samples,
                               .other_files = in->items.skipped,
                               .read = report->read,
                               .events = in->writer.count,
                               .doubles = in->writer.doubles,
                               .out_of_order = report->out_of_order,
                               .seconds = report->seconds,
                               .longest = report->longest,
                               .dt_ms = layout->dt_ms,
                               .steps = layout->steps,
                               .channels = in->writer.channels,
                               .classes = layout->classes,
                               .shape = layout->shape,
                               .frames = report->frames,
                               .surgrad_files = in->items.own};
    if (layout->has_split) {
        result.train = in->writer.samples[SG_TRAIN];
        result.test = in->writer.samples[SG_TEST];
        result.validation = in->writer.samples[SG_VALIDATION];
    }
    fill_losses(report, result.losses);
    return result;
}

static sg_status run(importing *in, const sg_config *config, const char *const *sources, size_t count,
                     const sg_import_options *options) {
    SG_TRY(sg_import_check(&in->config));
    SG_TRY(set_steps(in, options));
    SG_TRY(sg_series_open(&in->series, &config->data, in->request.dt_ms, sg_config_data_seed(config)));
    in->encoder = sg_series_import(&in->series);
    in->request.encoder = &in->encoder;
    SG_TRY(list(&in->items, sources, count));
    SG_TRY(write(in, sources[0]));
    sg_series_tell_beyond(&in->series, sources[0]);
    return SG_OK;
}

sg_status sg_import(const sg_config *config, const char *const *sources, size_t count, const char *path,
                    const sg_import_options *given, sg_import_result *result) {
    sg_import_options options = SG_SIZED(sg_import_options);
    if (given)
        SG_TRY(sg_copy_sized(&options, given));
    importing in = {.path = path, .config = config->data.import};
    in.request = (sg_import_request){.config = &in.config,
                                     .dt_ms = config->network.dt_ms,
                                     .progress = options.on_progress,
                                     .stop = options.stop,
                                     .user = options.user};
    sg_status status = run(&in, config, sources, count, &options);
    if (status == SG_OK && result) {
        const sg_import_result found = result_of(&in);
        status = sg_copy_sized(result, &found);
    }
    sg_event_writer_close(&in.writer);
    sg_event_spool_close(&in.spool);
    sg_import_report_free(&in.report);
    sg_series_close(&in.series);
    sg_items_free(&in.items);
    return status;
}

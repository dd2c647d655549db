#include "run/new_recordings.h"

#include "data/conditioning.h"
#include "data/recorded.h"
#include "data/series.h"
#include "data/source.h"
#include "run/from_config.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------------------- reading */

/* Of samples that are longer than those before, where no window says how long they are. */
static void warn_of_late(const char *path, const sg_import_report *report, const sg_import_request *request) {
    const unsigned long long late = report->left_out[SG_REASON_STEPS];
    if (late > 0 && request->config->window_ms == 0)
        sg_warn("%s: %llu of its events come after the last step, at %g ms: they are left out, as the network takes "
                "no more",
                path, late, request->steps * request->dt_ms);
}

static sg_status write_items(const char *path, const sg_import_request *request, sg_shape places, const sg_items *items,
                             sg_events **out) {
    sg_event_writer writer = {0};
    sg_import_report report = {0};
    sg_status status = sg_recorded_read(path, request, items, &writer, &report, &places);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    if (status == SG_OK)
        warn_of_late(path, &report, request);
    sg_event_writer_close(&writer);
    sg_import_report_free(&report);
    return status;
}

static sg_status read_source(const char *path, const sg_import_request *request, sg_shape places, sg_events **out) {
    sg_items items = {0};
    sg_status status = sg_items_add_source(&items, path);
    if (status == SG_OK)
        status = sg_items_number(&items);
    if (status == SG_OK)
        status = write_items(path, request, places, &items, out);
    sg_items_free(&items);
    return status;
}

/* Of a network that was trained on an import, nobody tells the encoder. */
static bool tells_encoder(const sg_data_config *data) {
    return strcmp(sg_source_at(data->set)->head.name, SG_SOURCES_OF_SERIES) == 0;
}

sg_status sg_new_recordings_read(const sg_network *network, const sg_config *config, const char *path,
                                 sg_events **out) {
    sg_conditioning conditioning;
    sg_series_encoder series;
    sg_data_config data = config->data;
    *out = NULL;
    SG_TRY(sg_conditioning_parse(network->conditioning, &conditioning));
    data.import = conditioning.config;
    SG_TRY(sg_series_open(&series, &data, conditioning.dt_ms, sg_config_data_seed(config)));
    const sg_import_encoder encoder = sg_series_import(&series);
    const sg_import_request request = {.config = &conditioning.config,
                                       .encoder = tells_encoder(&config->data) ? &encoder : NULL,
                                       .dt_ms = conditioning.dt_ms,
                                       .steps = (uint32_t)network->steps};
    sg_status status = read_source(path, &request, conditioning.places, out);
    if (status == SG_OK)
        sg_series_tell_beyond(&series, path);
    sg_series_close(&series);
    return status;
}

/* -------------------------------------------------------------------------------------------------------- labels */

static uint32_t place_of(const sg_texts *names, const char *name) {
    for (size_t c = 0; *name && c < names->count; c++)
        if (strcmp(names->items[c], name) == 0)
            return (uint32_t)c;
    return SG_NO_LABEL;
}

static void tell_unknown(const char *path, const sg_events *events, size_t count, uint32_t one) {
    sg_warn("%s: the network has no class '%s'%s: %zu samples are taken to have no label", path,
            events->class_names.items[one], count > 1 ? ", for one" : "", count);
}

sg_status sg_number_labels(sg_events *events, const char *path, const sg_texts *names) {
    size_t unknown = 0;
    uint32_t one = 0;
    for (size_t s = 0; s < events->samples; s++) {
        const uint32_t label = events->label[s];
        if (label == SG_NO_LABEL)
            continue;
        events->label[s] = place_of(names, events->class_names.items[label]);
        if (events->label[s] == SG_NO_LABEL && unknown++ == 0)
            one = label;
    }
    if (unknown > 0)
        tell_unknown(path, events, unknown, one);
    events->classes = (uint32_t)names->count;
    return sg_texts_copy(&events->class_names, names);
}

void sg_forget_labels(sg_events *events) {
    for (size_t s = 0; s < events->samples; s++)
        events->label[s] = SG_NO_LABEL;
    events->classes = 0;
    sg_texts_free(&events->class_names);
}

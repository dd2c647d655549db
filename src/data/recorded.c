#include "data/recorded.h"

#include "base/intern.h"
#include "base/text.h"
#include "data/conditioning.h"
#include "file/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A sink that writes. */
typedef struct recorded {
    sg_event_writer *writer;
    uint64_t split_told, split_not_told; /* samples */
    const char *without_split;           /* one of these, its file */
} recorded;

/* The group, and where the sample came from: "PATH", or "PATH:3" of a file of many. */
static sg_status tell(sg_event_writer *writer, const sg_imported_sample *sample) {
    sg_text origin = {0};
    sg_utf8_add_line(&origin, sample->path);
    if (sample->number >= 0)
        sg_text_add(&origin, ":%" PRId64, sample->number);
    sg_status status = origin.failed ? SG_MEMORY : sg_event_writer_tell(writer, sample->group, origin.data);
    free(origin.data);
    return status;
}

static sg_status begin(void *user, const sg_imported_sample *sample) {
    recorded *all = user;
    if (sample->split >= SG_SPLITS)
        return sg_fail(SG_DATA,
                       "%s: one of its samples has split %d, expected 0, to train, 1, to test, or 2, to validate",
                       sample->path, sample->split);
    if (sample->split >= 0)
        all->split_told++;
    else if (all->split_not_told++ == 0)
        all->without_split = sample->path;
    SG_TRY(sg_event_writer_begin(all->writer, sample->split < 0 ? SG_TRAIN : sample->split,
                                 sample->label < 0 ? SG_NO_LABEL : (uint32_t)sample->label));
    return tell(all->writer, sample);
}

static void add(void *user, uint32_t step, uint32_t channel) {
    const recorded *all = user;
    sg_event_writer_add(all->writer, step, channel, 1);
}

sg_shape sg_recorded_places(void) {
    return (sg_shape){SG_MOST_POLARITIES, SG_MOST_HEIGHT, SG_MOST_WIDTH};
}

static sg_event_layout layout_of(const char *name, const sg_import_request *request) {
    return (sg_event_layout){.name = name,
                             .steps = request->steps ? request->steps : SG_MOST_STEPS,
                             .classes = SG_MAX_CLASSES,
                             .shape = sg_recorded_places(),
                             .dt_ms = request->dt_ms,
                             .has_split = true,
                             .counts = request->config->counts};
}

static void warn_of_sensor(const char *name, const sg_import_report *report, sg_sensor sensor) {
    if (report->told.width == 0)
        sg_warn("%s: its files do not tell the size of the sensor; %u x %u is as far as events reach: data.sensor says "
                "it",
                name, sensor.width, sensor.height);
}

static sg_status name_classes(sg_event_writer *writer, const sg_import_report *report) {
    for (uint32_t c = 0; c < report->classes; c++)
        if (report->names[c])
            SG_TRY(sg_event_writer_name_class(writer, c, report->names[c]));
    return SG_OK;
}

/* What files tell must be as asked for. What they do not tell is: an event camera's files without a header reach as far
 * as something moved. */
static bool is_axis_as_asked(uint32_t told, uint32_t seen, uint32_t asked) {
    return (told == 0 || told == asked) && seen <= asked;
}

static bool is_as_asked(const sg_import_report *report, sg_shape asked) {
    const sg_sensor told = report->told, seen = report->seen;
    return is_axis_as_asked(told.width, seen.width, asked.width) &&
           is_axis_as_asked(told.height, seen.height, asked.height) &&
           is_axis_as_asked(told.polarities, seen.polarities, asked.channels);
}

static sg_status find_places(const char *name, const sg_import_report *report, sg_shape *places) {
    const sg_sensor sensor = sg_import_sensor(report);
    const sg_shape asked = *places;
    *places = (sg_shape){sensor.polarities, sensor.height, sensor.width};
    if (asked.width == 0) {
        warn_of_sensor(name, report, sensor);
        return SG_OK;
    }
    if (!is_as_asked(report, asked))
        return sg_fail(SG_DATA,
                       "%s: its events are of %u x %u pixels and %u polarities, after data.crop and data.downsample, "
                       "but the network was trained on %u x %u and %u: expected a recording of such a sensor",
                       name, places->width, places->height, places->channels, asked.width, asked.height,
                       asked.channels);
    *places = asked;
    return SG_OK;
}

static sg_status settle(const recorded *all, const char *name, const sg_import_request *request,
                        sg_import_report *report, sg_shape *places) {
    if (report->kept == 0)
        return sg_fail(SG_DATA,
                       "%s: no event is left of the %llu that its files hold: see the options data.window, "
                       "data.crop and what else leaves events out",
                       name, (unsigned long long)report->read);
    if (all->split_told > 0 && all->split_not_told > 0)
        sg_warn("%s: some samples are said to train or test, but %llu are not, as %s: they are to train", name,
                (unsigned long long)all->split_not_told, all->without_split);
    SG_TRY(find_places(name, report, places));
    const sg_conditioning conditioning = {*request->config, request->dt_ms, *places};
    sg_event_layout end = layout_of(name, request);
    end.steps = request->steps ? request->steps : report->steps;
    end.classes = (uint32_t)report->classes;
    end.has_split = all->split_told > 0;
    end.shape = places->height > 1 ? *places : sg_flat_shape(places->channels * places->width);
    SG_TRY(sg_conditioning_text(&conditioning, &end.conditioning));
    uint32_t label[SG_MAX_CLASSES];
    if (sg_import_sort_names(report, label))
        sg_event_writer_relabel(all->writer, label);
    SG_TRY(sg_event_writer_settle(all->writer, *places, &end));
    return name_classes(all->writer, report);
}

sg_status sg_recorded_read(const char *name, const sg_import_request *request, const sg_items *items,
                           sg_event_writer *writer, sg_import_report *report, sg_shape *places) {
    recorded all = {.writer = writer};
    const sg_event_layout layout = layout_of(name, request);
    const sg_import_sink sink = {&all, begin, add};
    *report = (sg_import_report){0};
    SG_TRY(sg_event_writer_open(writer, &layout));
    SG_TRY(sg_import_items(request, items, &sink, report));
    return settle(&all, name, request, report, places);
}

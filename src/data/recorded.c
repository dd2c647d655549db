#include "data/recorded.h"

#include "base/intern.h"

/* A sink that writes. */
typedef struct recorded {
    sg_event_writer *writer;
    uint64_t split_told, split_not_told; /* samples */
    const char *without_split;           /* one of these, its file */
} recorded;

static sg_status begin(void *user, const sg_imported_sample *sample) {
    recorded *all = user;
    if (sample->label < 0)
        return sg_fail(SG_DATA, "%s: its sample has no label: name classes by folders, or write a labels.csv",
                       sample->path);
    if (sample->split >= SG_SPLITS)
        return sg_fail(SG_DATA, "%s: is to validate by, expected to train or to test: use data.validation",
                       sample->path);
    if (sample->split >= 0)
        all->split_told++;
    else if (all->split_not_told++ == 0)
        all->without_split = sample->path;
    return sg_event_writer_begin(all->writer, sample->split < 0 ? SG_TRAIN : sample->split, (uint32_t)sample->label);
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

static sg_status settle(const recorded *all, const char *name, const sg_import_request *request,
                        const sg_import_report *report, sg_shape *places) {
    const sg_sensor sensor = sg_import_sensor(report);
    if (report->kept == 0)
        return sg_fail(SG_DATA,
                       "%s: no event is left of the %llu that its files hold: see the options data.window, "
                       "data.crop and what else leaves events out",
                       name, (unsigned long long)report->read);
    if (all->split_told > 0 && all->split_not_told > 0)
        sg_warn("%s: some samples are said to train or test, but %llu are not, as %s: they are to train", name,
                (unsigned long long)all->split_not_told, all->without_split);
    *places = (sg_shape){sensor.polarities, sensor.height, sensor.width};
    sg_event_layout end = layout_of(name, request);
    end.steps = request->steps ? request->steps : report->steps;
    end.classes = (uint32_t)report->classes;
    end.has_split = all->split_told > 0;
    end.shape = sensor.height > 1 ? *places : sg_flat_shape(sensor.polarities * sensor.width);
    warn_of_sensor(name, report, sensor);
    return sg_event_writer_settle(all->writer, *places, &end);
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

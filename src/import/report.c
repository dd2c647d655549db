#include "import/report.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *sg_import_reason(int reason) {
    static const char *const reasons[SG_REASONS] = {
        [SG_LEFT_INVALID] = "marked as not valid by the sensor",
        [SG_LEFT_EARLY] = "before the file's first word of time",
        [SG_LEFT_OUTSIDE] = "beyond the sensor that the file tells",
        [SG_LEFT_OTHER] = "frames, triggers and other data",
        [SG_REASON_CUTS] = "outside of the parts that the labels name",
        [SG_REASON_PIECES] = "out of order, of a piece that has ended",
        [SG_REASON_ZERO] = "before the file's time 0",
        [SG_REASON_STEPS] = "after the last step",
    };
    bool is_filter = reason >= SG_REASON_FILTERS && reason < SG_REASON_STEPS;
    return is_filter ? sg_filter_kinds[reason - SG_REASON_FILTERS].why : reasons[reason];
}

static void widen(uint32_t *value, uint32_t other) {
    *value = *value > other ? *value : other;
}

void sg_sensor_join(sg_sensor *sensor, const sg_sensor *other) {
    widen(&sensor->width, other->width);
    widen(&sensor->height, other->height);
    widen(&sensor->polarities, other->polarities);
}

sg_status sg_import_name(sg_import_report *report, const char *path, int64_t label, const char *name) {
    if (label >= SG_MAX_CLASSES)
        return sg_fail(SG_DATA, "%s: a sample has label %" PRId64 ", expected below %d", path, label, SG_MAX_CLASSES);
    if (label >= (int64_t)report->classes)
        report->classes = (size_t)label + 1;
    if (label < 0 || !name)
        return SG_OK;
    if (report->names[label])
        return strcmp(report->names[label], name) == 0
                   ? SG_OK
                   : sg_fail(SG_DATA,
                             "%s: class %" PRId64 " is '%.80s', expected '%.80s', as before: number classes alike",
                             path, label, name, report->names[label]);
    report->names[label] = sg_text_copy(name);
    return report->names[label] ? SG_OK : SG_MEMORY;
}

static sg_status labels_of_both_kinds(const char *path) {
    return sg_fail(SG_DATA, "%s: some labels are names and some are numbers, expected all to be of one kind", path);
}

sg_status sg_import_label(sg_import_report *report, const char *path, const sg_recorded_sample *sample,
                          int64_t *label) {
    *label = sample->label;
    if (sample->label >= 0 && report->by_name)
        return labels_of_both_kinds(path);
    if (sample->label < 0 && sample->class_name) {
        report->by_name = true;
        for (*label = 0; *label < (int64_t)report->classes; ++*label) {
            if (!report->names[*label])
                return labels_of_both_kinds(path);
            if (strcmp(report->names[*label], sample->class_name) == 0)
                break;
        }
    }
    return sg_import_name(report, path, *label, sample->class_name);
}

void sg_import_report_free(sg_import_report *report) {
    for (size_t i = 0; i < SG_MAX_CLASSES; i++)
        free(report->names[i]);
    *report = (sg_import_report){0};
}

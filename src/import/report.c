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
    if (report->names[label] && strcmp(report->names[label], name) != 0)
        return sg_fail(SG_DATA,
                       "%s: class %" PRId64 " is '%.80s', but '%.80s' in what was read before: number the "
                       "classes of all files alike",
                       path, label, name, report->names[label]);
    if (!report->names[label])
        report->names[label] = sg_text_copy(name);
    return report->names[label] ? SG_OK : SG_MEMORY;
}

static int64_t label_of(const sg_import_report *report, const char *name) {
    for (size_t c = 0; c < report->classes; c++)
        if (report->names[c] && strcmp(report->names[c], name) == 0)
            return (int64_t)c;
    return -1;
}

static sg_status refuse_mixture(const char *path, const char *what) {
    return sg_fail(SG_DATA,
                   "%s: the class of one of its samples is %.80s alone, but those of others are not: give all "
                   "classes numbers, or all names",
                   path, what);
}

sg_status sg_import_class(sg_import_report *report, const char *path, int64_t *label, const char *name) {
    if (*label >= 0 && report->named > 0)
        return refuse_mixture(path, "a number");
    if (*label >= 0 || !name)
        return sg_import_name(report, path, *label, name);
    *label = label_of(report, name);
    if (*label >= 0)
        return SG_OK;
    if (report->classes > report->named)
        return refuse_mixture(path, "a name");
    *label = (int64_t)report->named;
    SG_TRY(sg_import_name(report, path, *label, name));
    report->named++;
    return SG_OK;
}

static int by_name(const void *a, const void *b) {
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

bool sg_import_sort_names(sg_import_report *report, uint32_t place[SG_MAX_CLASSES]) {
    char *before[SG_MAX_CLASSES];
    if (report->named == 0)
        return false;
    memcpy(before, report->names, sizeof before);
    qsort(report->names, report->named, sizeof *report->names, by_name);
    for (size_t c = 0; c < report->named; c++)
        for (size_t other = 0; other < report->named; other++)
            if (report->names[other] == before[c])
                place[c] = (uint32_t)other;
    return true;
}

void sg_import_report_free(sg_import_report *report) {
    for (size_t i = 0; i < SG_MAX_CLASSES; i++)
        free(report->names[i]);
    *report = (sg_import_report){0};
}

/* What an import found: counts for its summary. Nothing is left out without being counted here. */
#ifndef SG_IMPORT_REPORT_H
#define SG_IMPORT_REPORT_H

#include "base/limits.h"
#include "import/filter.h"

/* Why events of a file are in no sample, or samples have fewer of them: first what formats tell (sg_left_out), then
 * these, then the filters. */
enum {
    SG_REASON_CUTS = SG_LEFT_REASONS, /* before, between and after the parts that labels name */
    SG_REASON_PIECES,                 /* of a piece of a recording that has ended */
    SG_REASON_ZERO,                   /* before the file's 0 */
    SG_REASON_FILTERS,
    SG_REASON_STEPS = SG_REASON_FILTERS + SG_FILTERS, /* after the last step */
    SG_REASONS
};

typedef struct sg_import_report {
    uint64_t files, samples, unlabelled;
    uint64_t read;         /* events that files hold, but for what formats left out */
    uint64_t kept;         /* events that went to the bins */
    uint64_t frames;       /* of time series, that became events */
    uint64_t out_of_order; /* events earlier than the one before; sorted, and kept */
    uint64_t left_out[SG_REASONS];
    double seconds;              /* of all samples, from time zero to their last events */
    double longest;              /* of the longest, in seconds */
    uint32_t steps;              /* as many as the longest sample needs */
    sg_sensor told;              /* after the filters, the largest; what files do not tell is 0 */
    sg_sensor seen;              /* likewise, by the events */
    size_t classes;              /* labels are below it */
    char *names[SG_MAX_CLASSES]; /* of the classes; NULL where one has none */
    size_t named;                /* classes that files tell by a name alone: all of them, or none */
} sg_import_report;

/* Keeps the name of a class; NULL: it is not told. SG_DATA for a label that is too large, or a class that has another
 * name. */
sg_status sg_import_name(sg_import_report *report, const char *path, int64_t label, const char *name);

/* Takes the class of a sample as its file tells it: the label, the name, or both (`label` below 0, `name` NULL: not
 * told). Where there is a name alone, *label becomes that of the name; new names are numbered as they come, until
 * sg_import_sort_names. SG_DATA where some samples have numbers and others names that these do not have. */
sg_status sg_import_class(sg_import_report *report, const char *path, int64_t *label, const char *name);

/* Brings classes that are told by their names alone into the order of these, which does not depend on which came
 * first: what was label c is place[c] then. False where there are none, and labels stay. */
bool sg_import_sort_names(sg_import_report *report, uint32_t place[SG_MAX_CLASSES]);

void sg_import_report_free(sg_import_report *report);

/* Why: "after the window", "frames, triggers and other data". */
const char *sg_import_reason(int reason);

/* Widens a sensor to hold another. */
void sg_sensor_join(sg_sensor *sensor, const sg_sensor *other);

#endif

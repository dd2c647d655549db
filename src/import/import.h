/* Import: recordings become samples of events in steps and channels. Data flow one way:
 *
 *     items -> recording [-> encoder] -> sampler -> filters -> bins -> sink
 *
 * The sampler gathers the events of one sample, cut out of its file where labels or options say so, and brings them
 * into order. So memory is that of the longest sample. */
#ifndef SG_IMPORT_IMPORT_H
#define SG_IMPORT_IMPORT_H

#include "import/items.h"
#include "import/report.h"

/* Until the last file is read nobody knows how large the sensor is: files need not tell. So channels are first numbered
 * within the largest sensor there can be, {SG_MOST_POLARITIES, SG_MOST_HEIGHT, SG_MOST_WIDTH}. Their order, by
 * polarity, row and column, is the same in any smaller one. */
typedef struct sg_imported_sample {
    int64_t label;     /* below 0: not told */
    const char *group; /* or NULL */
    int split;         /* below 0: not told */
    const char *path;
    int64_t number; /* in its file; below 0: it is all of it */
} sg_imported_sample;

/* Where samples go. `add` is told of the events of the sample that begun last, in the order of time. */
typedef struct sg_import_sink {
    void *user;
    sg_status (*begin)(void *user, const sg_imported_sample *sample);
    void (*add)(void *user, uint32_t step, uint32_t channel);
} sg_import_sink;

enum { SG_MOST_STEPS = 65535 };

/* What makes events of time series: it hands those of one series on, in the order of time, which counts from the first
 * frame, after it has told of their sensor. `path` opens messages. */
typedef struct sg_import_encoder {
    void *user;
    sg_status (*encode)(void *user, const char *path, const sg_series *series, const sg_recording_listener *to);
} sg_import_encoder;

typedef struct sg_import_request {
    const sg_import_config *config;
    const sg_import_encoder *encoder; /* NULL: time series are refused */
    double dt_ms;
    uint32_t steps; /* of the samples; 0: as many as the longest needs, at most SG_MOST_STEPS */
    void (*progress)(void *user, size_t files, size_t all, uint64_t events); /* or NULL; called often */
    const volatile int *stop;                                                /* or NULL; not 0: SG_STOPPED */
    void *user;
} sg_import_request;

/* Reads all items, whose classes are numbered, into the sink. A failure names the file. The caller frees the report,
 * after a failure too. */
sg_status sg_import_items(const sg_import_request *request, const sg_items *items, const sg_import_sink *sink,
                          sg_import_report *report);

/* Width, height and polarities of the channels, as options, files or else the events tell. All 0: there are none. */
sg_sensor sg_import_sensor(const sg_import_report *report);

#endif

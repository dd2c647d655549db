/* The sampler: a recording's events, gathered into samples. */
#ifndef SG_IMPORT_SAMPLER_H
#define SG_IMPORT_SAMPLER_H

#include "import/import.h"

typedef struct sg_sampler {
    const sg_import_request *request;
    sg_import_report *report;
    const sg_item *item;
    void *user; /* of `take` */

    /* Takes a sample that is complete: sorted, times from its time zero. */
    sg_status (*take)(void *user, const sg_imported_sample *sample, sg_raw_sample *events);

    sg_raw_event *events, *spare; /* (capacity) of the sample in hand; `spare` is for sorting */
    size_t count, capacity, spare_capacity;
    bool is_sorted, in_sample;
    bool is_series; /* times count from the first frame, whatever the first event is */
    bool is_told;   /* whether the file tells where its samples begin */
    double zero_us; /* where pieces of a recording count from, once an event has come */
    bool has_zero;
    uint64_t number;             /* of the piece of a recording in hand */
    size_t cut;                  /* of the item, that comes next or is in hand */
    uint64_t from_file;          /* samples */
    sg_recorded_sample recorded; /* what a file of many samples tells of the one in hand */
    const char *group;           /* a copy of its group */
} sg_sampler;

/* Begins an item; takes events; ends it, and with it its last sample. */
void sg_sampler_begin_item(sg_sampler *sampler, const sg_item *item);
sg_status sg_sampler_begin_sample(sg_sampler *sampler, const sg_recorded_sample *sample);
/* Says that the events of the sample in hand are those of a time series. It is a sample even without events, unless it
 * is cut. */
void sg_sampler_begin_series(sg_sampler *sampler);
sg_status sg_sampler_add(sg_sampler *sampler, const sg_raw_event *events, size_t count);
sg_status sg_sampler_end_item(sg_sampler *sampler);

void sg_sampler_close(sg_sampler *sampler);

#endif

/* Filters: what is left out of a sample's events, or changed in them, on their way from the sensor to the bins. A table
 * of kinds, in the order in which events pass them; a kind is a row of filter.c, and a function in one of the
 * filter_*.c. */
#ifndef SG_IMPORT_FILTER_H
#define SG_IMPORT_FILTER_H

#include "import/area.h"
#include "import/import_config.h"
#include "recording/recording.h"

/* The events of one sample, sorted by time; times count from the sample's time zero. */
typedef struct sg_raw_sample {
    sg_raw_event *events; /* (count) */
    size_t count;
    double seconds; /* from time zero to the last event */
} sg_raw_sample;

typedef struct sg_filter_kind {
    const char *why; /* its events are left out: "beyond data.crop"; NULL: it leaves none out */

    /* Whether the options ask for it. */
    bool (*is_used)(const sg_import_config *config);

    /* Takes events out of the sample, in place, or changes them. */
    sg_status (*apply)(const sg_import_config *config, sg_raw_sample *sample);

    /* What the sensor is after the filter; what is 0, not told, stays 0. NULL: as before. */
    void (*change_sensor)(const sg_import_config *config, sg_sensor *sensor);
} sg_filter_kind;

enum { SG_FILTERS = 8 };

extern const sg_filter_kind sg_filter_kinds[SG_FILTERS];

/* Has a sample pass all filters that the options ask for; left_out[i] is raised by the events that filter i took. */
sg_status sg_filter_sample(const sg_import_config *config, sg_raw_sample *sample, uint64_t left_out[SG_FILTERS]);

/* The sensor after all of them. */
sg_sensor sg_filter_sensor(const sg_import_config *config, sg_sensor sensor);

/* ----------------------------------------------------------------------------------------- functions of the rows */

sg_status sg_filter_window(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_beyond(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_crop(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_hot_pixels(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_refractory(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_polarity(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_downsample(const sg_import_config *config, sg_raw_sample *sample);
sg_status sg_filter_most(const sg_import_config *config, sg_raw_sample *sample);

void sg_filter_beyond_sensor(const sg_import_config *config, sg_sensor *sensor);
void sg_filter_crop_sensor(const sg_import_config *config, sg_sensor *sensor);
void sg_filter_polarity_sensor(const sg_import_config *config, sg_sensor *sensor);
void sg_filter_downsample_sensor(const sg_import_config *config, sg_sensor *sensor);

#endif

/* Filters by where an event is: crop, polarity, downsampling; and by when: the window, and the first N. */
#include "import/filter.h"

/* Events are sorted, so that the window is a first part of them. */
sg_status sg_filter_window(const sg_import_config *config, sg_raw_sample *sample) {
    const double end = 1000 * config->window_ms;
    while (sample->count > 0 && sample->events[sample->count - 1].us >= end)
        sample->count--;
    sample->seconds = sample->seconds < end / 1e6 ? sample->seconds : end / 1e6;
    return SG_OK;
}

sg_status sg_filter_most(const sg_import_config *config, sg_raw_sample *sample) {
    if (sample->count > (uint64_t)config->most)
        sample->count = (size_t)config->most;
    return SG_OK;
}

/* Keeps what lies in an area, and counts from its corner. */
static void keep_area(sg_raw_sample *sample, sg_area area) {
    size_t left = 0;
    for (size_t e = 0; e < sample->count; e++) {
        sg_raw_event event = sample->events[e];
        event.x -= area.x; /* what lies before wraps around, far beyond the width */
        event.y -= area.y;
        if (event.x < area.width && event.y < area.height)
            sample->events[left++] = event;
    }
    sample->count = left;
}

static void set_size(sg_sensor *sensor, sg_area area) {
    sensor->width = area.width;
    sensor->height = area.height;
}

/* The texts were found right before (sg_import_check). */
static sg_area sensor_of(const sg_import_config *config) {
    sg_area area;
    sg_area_parse("data.sensor", config->sensor, false, &area);
    return area;
}

static sg_area crop_of(const sg_import_config *config) {
    sg_area area;
    sg_area_parse("data.crop", config->crop, true, &area);
    return area;
}

sg_status sg_filter_beyond(const sg_import_config *config, sg_raw_sample *sample) {
    keep_area(sample, sensor_of(config));
    return SG_OK;
}

void sg_filter_beyond_sensor(const sg_import_config *config, sg_sensor *sensor) {
    set_size(sensor, sensor_of(config));
}

sg_status sg_filter_crop(const sg_import_config *config, sg_raw_sample *sample) {
    keep_area(sample, crop_of(config));
    return SG_OK;
}

void sg_filter_crop_sensor(const sg_import_config *config, sg_sensor *sensor) {
    set_size(sensor, crop_of(config));
}

sg_status sg_filter_polarity(const sg_import_config *config, sg_raw_sample *sample) {
    const int wanted = config->polarity == SG_POLARITY_ON ? 1 : 0;
    size_t left = 0;
    for (size_t e = 0; e < sample->count; e++) {
        if (config->polarity != SG_POLARITY_MERGED && sample->events[e].polarity != wanted)
            continue;
        sample->events[left] = sample->events[e];
        sample->events[left++].polarity = 0;
    }
    sample->count = left;
    return SG_OK;
}

void sg_filter_polarity_sensor(const sg_import_config *config, sg_sensor *sensor) {
    (void)config;
    sensor->polarities = 1;
}

/* A sum: the events of all pixels that become one are its events. Where the sensor is not a multiple, its last pixels
 * make one more. */
sg_status sg_filter_downsample(const sg_import_config *config, sg_raw_sample *sample) {
    const uint32_t by = (uint32_t)config->downsample;
    for (size_t e = 0; e < sample->count; e++) {
        sample->events[e].x /= by;
        sample->events[e].y /= by;
    }
    return SG_OK;
}

void sg_filter_downsample_sensor(const sg_import_config *config, sg_sensor *sensor) {
    const uint32_t by = (uint32_t)config->downsample;
    sensor->width = (sensor->width + by - 1) / by;
    sensor->height = (sensor->height + by - 1) / by;
}

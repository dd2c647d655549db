#include "hear.h"

#include "scratch.h"

#include <math.h>
#include <string.h>

enum { LONGEST = 1 << 20 /* bytes of a name */ };

static sg_status take_sensor(void *user, const sg_sensor *sensor) {
    heard *to = user;
    to->sensor = *sensor;
    return SG_OK;
}

static sg_status take_sample(void *user, const sg_recorded_sample *sample) {
    heard *to = user;
    require(!sample->class_name || strlen(sample->class_name) < LONGEST);
    require(!sample->group || strlen(sample->group) < LONGEST);
    to->sum += (double)sample->label + sample->split;
    return SG_OK;
}

static sg_status take_events(void *user, const sg_raw_event *events, size_t count) {
    heard *to = user;
    for (size_t i = 0; i < count; i++) {
        require(isfinite(events[i].us));
        require(!to->sensor.width || events[i].x < to->sensor.width);
        require(!to->sensor.height || events[i].y < to->sensor.height);
        to->sum += events[i].polarity;
    }
    return SG_OK;
}

static sg_status take_values(void *user, const sg_series *series) {
    heard *to = user;
    require(isfinite(series->period_us));
    for (size_t i = 0; i < series->frames * series->channels; i++) {
        require(isfinite(series->values[i]));
        to->sum += series->values[i];
    }
    return SG_OK;
}

sg_recording_listener hear(heard *to, const sg_recording_options *options) {
    return (sg_recording_listener){.user = to,
                                   .sensor = take_sensor,
                                   .begin = take_sample,
                                   .events = take_events,
                                   .values = take_values,
                                   .options = options};
}

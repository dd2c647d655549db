/* A recording of any format. The first byte is the format's number; from 248 on the format is found, by one of eight
 * names. Every event must lie on the sensor, and a failure must be one line. */
#include "target.h"

#include "recording/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds) {
    if (!holds)
        abort();
}

static sg_status take_sensor(void *user, const sg_sensor *sensor) {
    *(sg_sensor *)user = *sensor;
    return SG_OK;
}

static sg_status take_sample(void *user, const sg_recorded_sample *sample) {
    (void)user;
    require(!sample->class_name || strlen(sample->class_name) < 1 << 20);
    require(!sample->group || strlen(sample->group) < 1 << 20);
    return SG_OK;
}

static sg_status take_events(void *user, const sg_raw_event *events, size_t count) {
    const sg_sensor *sensor = user;
    for (size_t i = 0; i < count; i++) {
        require(!sensor->width || events[i].x < sensor->width);
        require(!sensor->height || events[i].y < sensor->height);
    }
    return SG_OK;
}

/* A format that opens its files by itself is none of these: it is found, but has no file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"a.bin", "a.bs1", "a.bs3", "a.dat", "a.aedat", "a.raw", "a.csv", "a.npy"};
    sg_sensor sensor = {0};
    uint64_t left_out[SG_LEFT_REASONS];
    const sg_recording_listener listener = {.user = &sensor,
                                            .sensor = take_sensor,
                                            .begin = take_sample,
                                            .events = take_events};
    if (!size)
        return 0;
    const char *name = names[*bytes % (sizeof names / sizeof *names)];
    const sg_recording_format *format = sg_recording_at(*bytes);
    if (sg_recording_read_bytes(name, bytes + 1, size - 1, format, &listener, left_out) != SG_OK)
        require(*sg_error_message() && !strchr(sg_error_message(), '\n'));
    return 0;
}

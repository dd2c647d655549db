/* A listener that keeps what it is told. cmocka and folder.h must be included before. */
#ifndef TEST_UNIT_RECORDED_H
#define TEST_UNIT_RECORDED_H

#include "recording/recording.h"

#include <stdlib.h>

typedef struct recorded {
    sg_sensor sensor;
    unsigned sensors; /* how often it was told */
    sg_raw_event *events;
    size_t count, capacity;
    uint64_t left_out[SG_LEFT_REASONS];
} recorded;

static sg_status recorded_sensor(void *user, const sg_sensor *sensor) {
    recorded *to = user;
    assert_int_equal(to->count, 0);
    to->sensors++;
    to->sensor = *sensor;
    return SG_OK;
}

static sg_status recorded_events(void *user, const sg_raw_event *events, size_t count) {
    recorded *to = user;
    assert_int_equal(to->sensors, 1);
    if (to->count + count > to->capacity) {
        to->capacity = 2 * (to->count + count);
        to->events = realloc(to->events, to->capacity * sizeof *events);
        assert_non_null(to->events);
    }
    memcpy(to->events + to->count, events, count * sizeof *events);
    to->count += count;
    return SG_OK;
}

static sg_recording_listener recorded_listener(recorded *to) {
    return (sg_recording_listener){.user = to, .sensor = recorded_sensor, .events = recorded_events};
}

static inline const sg_recording_format *recorded_format(const char *name) {
    int i = sg_kind_find(sg_recording_kinds, name);
    if (i < 0)
        fail_msg("there is no format %s", name);
    return sg_recording_at(i);
}

/* Reads a file whose format is found; free(events) afterwards. */
static inline recorded read_file(const char *path, const char *format) {
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    const sg_recording_format *of;
    if (sg_recording_find(path, &of) != SG_OK || sg_recording_read(path, of, &listener, found.left_out) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_string_equal(of->head.name, format);
    return found;
}

/* The same for memory, as if it were in a file of this name. */
static inline recorded read_bytes(const char *name, const void *bytes, size_t size) {
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    if (sg_recording_read_bytes(name, bytes, size, NULL, &listener, found.left_out) != SG_OK)
        fail_msg("%s", sg_error_message());
    return found;
}

/* The same for what cannot be read, which one line tells. */
static inline void refuse_bytes(const char *name, const void *bytes, size_t size, const char *message) {
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    if (sg_recording_read_bytes(name, bytes, size, NULL, &listener, found.left_out) != SG_DATA)
        fail_msg("%s: expected a failure with %s", name, message);
    assert_message_has(message);
    assert_message_has(name);
    assert_null(strchr(sg_error_message(), '\n'));
    free(found.events);
}

static inline size_t count_on(const recorded *found) {
    size_t on = 0;
    for (size_t i = 0; i < found->count; i++)
        on += found->events[i].polarity == 1;
    return on;
}

static inline void assert_event(const recorded *found, size_t i, double us, uint32_t x, uint32_t y, int polarity) {
    assert_true(i < found->count);
    const sg_raw_event *e = &found->events[i];
    if (e->us != us || e->x != x || e->y != y || e->polarity != polarity)
        fail_msg("event %zu: found %g us, x %u, y %u, polarity %d, expected %g, %u, %u, %d", i, e->us, e->x, e->y,
                 e->polarity, us, x, y, polarity);
}

#endif

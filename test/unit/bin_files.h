/* Small recordings in N-MNIST's format, 5 bytes an event. cmocka must be included before. */
#ifndef TEST_UNIT_BIN_FILES_H
#define TEST_UNIT_BIN_FILES_H

#include <stdint.h>
#include <sys/stat.h>

#include "folder.h"

typedef struct bin_event {
    uint32_t us;
    uint8_t x, y, polarity;
} bin_event;

static inline void put_bin(const char *name, const bin_event *events, size_t count) {
    uint8_t bytes[5 * 64];
    assert_true(count <= 64);
    for (size_t e = 0; e < count; e++) {
        uint8_t *to = bytes + 5 * e;
        const bin_event *event = &events[e];
        to[0] = event->x;
        to[1] = event->y;
        to[2] = (uint8_t)(event->polarity << 7 | event->us >> 16);
        to[3] = (uint8_t)(event->us >> 8);
        to[4] = (uint8_t)event->us;
    }
    put_file(in_folder(name), bytes, 5 * count);
}

static inline void make_folder(const char *name) {
    assert_int_equal(mkdir(in_folder(name), 0777), 0);
}

static inline void put_lines(const char *name, const char *text) {
    put_file(in_folder(name), text, strlen(text));
}

#endif

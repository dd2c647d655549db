/* The first byte chooses the format, and whether options tell the columns; the rest is the file. NumPy's files are read
 * at any place, so they get a path: that of a file in memory. */
#include "target.h"

#include "recording/recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static sg_status take_sample(void *user, const sg_recorded_sample *sample) {
    double *sum = user;
    *sum += (double)sample->label + (sample->class_name ? *sample->class_name : 0);
    return SG_OK;
}

/* Reads what it is given, so that a sanitiser sees every value, and checks what every format promises. */
static sg_status take_events(void *user, const sg_raw_event *events, size_t count) {
    double *sum = user;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(events[i].us))
            abort();
        *sum += events[i].x + events[i].y + events[i].polarity;
    }
    return SG_OK;
}

static sg_status take_values(void *user, const float *values, size_t frames, uint32_t channels) {
    double *sum = user;
    for (size_t i = 0; i < frames * channels; i++) {
        if (!isfinite(values[i]))
            abort();
        *sum += values[i];
    }
    return SG_OK;
}

static void read_file(const uint8_t *bytes, size_t size, const sg_recording_format *format,
                      const sg_recording_listener *listener) {
    char path[64];
    int file = memfd_create("bytes", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file >= 0 && write(file, bytes, size) == (ssize_t)size)
        sg_recording_read(path, format, listener, NULL);
    if (file >= 0)
        close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const sg_recording_format *const formats[] = {&sg_recording_npy, &sg_recording_npz, &sg_recording_csv};
    const sg_recording_options options = {.time_unit_us = 1e3, .columns = "x,-,t"};
    double sum = 0;
    if (size == 0)
        return 0;
    const sg_recording_format *format = formats[*bytes % 4 < 3 ? *bytes % 4 : 0];
    const sg_recording_listener listener = {&sum,        NULL,        take_sample,
                                            take_events, take_values, *bytes & 4 ? &options : NULL};
    if (format->opens)
        read_file(bytes + 1, size - 1, format, &listener);
    else
        sg_recording_read_bytes("bytes", bytes + 1, size - 1, format, &listener, NULL);
    return 0;
}

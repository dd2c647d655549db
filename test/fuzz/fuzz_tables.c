/* The first byte chooses the format, and whether options tell the columns: bit 2, "x,-,t"; bit 3, what stands before
 * the first 0. The rest is the file. NumPy's files are read at any place, so they get a path: that of a file in memory.
 */
#include "hear.h"
#include "scratch.h"
#include "target.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIXED = 4, TOLD = 8, MOST_OPTIONS = 255 };

static sg_status read_file(const uint8_t *bytes, size_t size, const sg_recording_format *format,
                           const sg_recording_listener *listener) {
    char path[64];
    sg_status status = SG_OK;
    int file = memfd_create("bytes", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file >= 0 && write(file, bytes, size) == (ssize_t)size)
        status = sg_recording_read(path, format, listener, NULL);
    if (file >= 0)
        close(file);
    return status;
}

/* Takes the columns from the beginning of the bytes. */
static void take_columns(const uint8_t **bytes, size_t *size, char columns[MOST_OPTIONS + 1]) {
    const size_t most = *size < MOST_OPTIONS ? *size : MOST_OPTIONS;
    const size_t length = strnlen((const char *)*bytes, most);
    memcpy(columns, *bytes, length);
    columns[length] = 0;
    *bytes += length + (length < *size);
    *size -= length + (length < *size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const sg_recording_format *const formats[] = {&sg_recording_npy, &sg_recording_npz, &sg_recording_csv};
    char columns[MOST_OPTIONS + 1] = "x,-,t";
    const sg_recording_options options = {.time_unit_us = 1e3, .columns = columns};
    heard found = {0};
    if (size == 0)
        return 0;
    const uint8_t kind = *bytes++;
    size--;
    if (kind & TOLD)
        take_columns(&bytes, &size, columns);
    const sg_recording_format *format = formats[kind % 4 < 3 ? kind % 4 : 0];
    const sg_recording_listener listener = hear(&found, kind & (FIXED | TOLD) ? &options : NULL);
    sg_status status = format->opens ? read_file(bytes, size, format, &listener)
                                     : sg_recording_read_bytes("bytes", bytes, size, format, &listener, NULL);
    if (status != SG_OK)
        require_one_line();
    return 0;
}

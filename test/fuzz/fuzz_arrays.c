/* Named arrays and how they hold samples (recording/arrays.h), without a format around them: the bytes tell the arrays'
 * names and shapes, and then their numbers. A reader that asks for numbers that an array does not have is at fault. */
#include "hear.h"
#include "scratch.h"
#include "target.h"

#include "recording/arrays.h"

#include <math.h>
#include <string.h>

enum { MOST_ARRAYS = 8, MOST_NUMBERS = 1 << 16, ROWS = 1, WHOLE = 2, TEXTS = 4, UNIT = 8 };

typedef struct source {
    const uint8_t *bytes, *end;
    sg_named_array list[MOST_ARRAYS];
    size_t count;
} source;

static uint8_t next_byte(source *from) {
    return from->bytes < from->end ? *from->bytes++ : 0;
}

/* Mostly small whole numbers, as times, places and labels are. */
static double number(source *from) {
    static const double odd[] = {NAN,         INFINITY,    -INFINITY, -1,     -2,     0.5,    1e300, -1e300,
                                 4294967295., 4294967296., 0x1p53,    0x1p63, 0x1p64, 1e-300, -0.0,  65536};
    const uint8_t byte = next_byte(from);
    return byte < 240 ? byte : odd[byte - 240];
}

/* Long axes too: a shape need not be kept by as many numbers where another axis is 0. */
static uint64_t axis(source *from) {
    static const uint64_t longer[] = {256, 65535, 65536, 1 << 20, 1 << 28, UINT32_MAX, (uint64_t)1 << 32, INT64_MAX};
    const uint8_t byte = next_byte(from);
    return byte < 248 ? byte : longer[byte - 248];
}

static uint64_t numbers_in(const sg_named_array *array) {
    uint64_t numbers = 1;
    for (int i = 0; i < array->rank; i++) {
        if (array->shape[i] && numbers > MOST_NUMBERS / array->shape[i])
            numbers = MOST_NUMBERS + 1;
        else
            numbers *= array->shape[i];
    }
    return numbers;
}

/* An array of more numbers than a file has is not listed as one of numbers. */
static void take_array(source *from) {
    static const char *const names[] = {"t",      "x",       "y",     "p",    "label",    "first", "group",    "split",
                                        "values", "lengths", "names", "t_ms", "time [s]", "units", "polarity", "other"};
    static const double units[] = {0, 1e6, 1e3, 1};
    sg_named_array *array = &from->list[from->count++];
    const uint8_t name = next_byte(from), kind = next_byte(from);
    *array = (sg_named_array){.name = names[name % 16],
                              .rows = kind & ROWS,
                              .whole = kind & WHOLE,
                              .texts = (kind & TEXTS) && !(kind & ROWS),
                              .us = kind & UNIT ? units[kind >> 4 & 3] : 0,
                              .rank = kind & ROWS ? 1 : (kind >> 5) % 6 - 1};
    for (int i = 0; i < array->rank; i++)
        array->shape[i] = axis(from);
    if (numbers_in(array) > MOST_NUMBERS)
        array->rank = -1;
}

static sg_status read_ranges(void *user, const sg_array_range *ranges, size_t count, double *out) {
    source *from = user;
    for (size_t i = 0; i < count; i++) {
        const sg_named_array *array = ranges[i].array;
        const uint64_t length = array->rank ? array->shape[0] : 1;
        if (array->rank < 0)
            return sg_fail(SG_DATA, "%s: cannot be read", array->name);
        require(ranges[i].first <= length && ranges[i].count <= length - ranges[i].first);
        require(array->rows || ranges[i].numbers <= numbers_in(array));
        for (uint64_t k = 0; k < ranges[i].numbers; k++)
            *out++ = number(from);
    }
    return SG_OK;
}

static sg_status read_lengths(void *user, const sg_named_array *array, uint64_t *lengths) {
    for (uint64_t s = 0; s < array->shape[0]; s++)
        lengths[s] = next_byte(user);
    return SG_OK;
}

static sg_status read_texts(void *user, const sg_named_array *array, sg_texts *out) {
    char text[4] = "";
    if (array->rank != 1)
        return sg_fail(SG_DATA, "%s: cannot be read", array->name);
    for (uint64_t i = 0; i < array->shape[0]; i++) {
        text[0] = (char)next_byte(user);
        SG_TRY(sg_texts_add(out, text));
    }
    return SG_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    source from = {.bytes = bytes, .end = bytes + size};
    heard found = {0};
    const uint8_t kind = next_byte(&from);
    const sg_recording_options options = {.time_unit_us = 1e3};
    const sg_recording_listener listener = hear(&found, kind & 16 ? &options : NULL);
    sg_recording recording = {.path = "bytes", .listener = &listener, .most_x = UINT32_MAX, .most_y = UINT32_MAX};
    for (int i = 0; i < kind % 8 + 1; i++)
        take_array(&from);
    const sg_arrays arrays = {from.list, from.count, &from, read_ranges, read_lengths, read_texts};
    sg_status status = kind & 8 ? sg_arrays_read_sample(&recording, &arrays, 3) : sg_arrays_read(&recording, &arrays);
    if (status == SG_OK)
        status = sg_recording_flush(&recording);
    if (status != SG_OK)
        require_one_line();
    return 0;
}

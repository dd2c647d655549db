/* The independent references of ../shared/golden, HDF5 files of numbers in double precision. cmocka must be included
 * before. A test whose file is not there is skipped, with a line. */
#ifndef TEST_UNIT_REFERENCE_H
#define TEST_UNIT_REFERENCE_H

#include "file/bytes.h"
#include "file/h5.h"
#include "surgrad.h"

#include <math.h>
#include <stdlib.h>

#define REFERENCE(name) SOURCE_DIR "/../shared/golden/" name

static inline sg_h5 *reference_open(const char *path) {
    sg_h5 *file;
    if (!sg_file_exists(path)) {
        print_message("skipped: there is no %s\n", path);
        skip();
    }
    if (sg_h5_open(path, SG_MODEL, &file) != SG_OK)
        fail_msg("%s", sg_error_message());
    return file;
}

/* Reads a dataset of shape (a, b, c), of which those of 0 are not there. */
static inline void reference_get(sg_h5 *file, const char *name, sg_h5_type type, void *data, uint64_t a, uint64_t b,
                                 uint64_t c) {
    const uint64_t shape[3] = {a, b, c};
    if (sg_h5_get(file, name, type, data, c ? 3 : b ? 2 : 1, shape) != SG_OK)
        fail_msg("%s", sg_error_message());
}

/* The samples of a dataset (samples, T, inputs), spikes of 0 and 1, with their `labels`. */
static inline sg_events *reference_trains(sg_h5 *file, const char *name, uint32_t samples, uint32_t steps,
                                          uint32_t inputs, uint32_t classes) {
    const size_t cells = (size_t)samples * steps * inputs;
    uint8_t *x = malloc(cells);
    uint16_t *step = malloc(cells * sizeof *step);
    uint32_t *channel = malloc(cells * sizeof *channel), *label = malloc(samples * sizeof *label);
    uint64_t *first = calloc(samples + 1, sizeof *first);
    sg_events *events = NULL;
    size_t count = 0;
    assert_true(x && step && channel && label && first);
    reference_get(file, name, SG_H5_U8, x, samples, steps, inputs);
    reference_get(file, "labels", SG_H5_U32, label, samples, 0, 0);
    for (size_t j = 0; j < cells; j++) {
        if (x[j]) {
            step[count] = (uint16_t)(j / inputs % steps);
            channel[count++] = (uint32_t)(j % inputs);
        }
        first[j / ((size_t)steps * inputs) + 1] = count;
    }
    const sg_events_view view = {.samples = samples,
                                 .steps = steps,
                                 .channels = inputs,
                                 .classes = classes,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label};
    if (sg_events_create(&view, &events) != SG_OK)
        fail_msg("%s", sg_error_message());
    free(x), free(step), free(channel), free(label), free(first);
    return events;
}

/* The same samples with a number for each of `outputs` in each step, from a dataset (samples, T, outputs). */
static inline sg_events *reference_add_numbers(sg_h5 *file, const char *name, const sg_events *events,
                                               uint32_t outputs) {
    sg_events_view view = sg_events_get(events), target = view;
    const size_t row = (size_t)view.steps * outputs, cells = view.samples * row;
    float *value = malloc(cells * sizeof *value);
    uint16_t *step = malloc(cells * sizeof *step);
    uint32_t *channel = malloc(cells * sizeof *channel);
    uint64_t *first = calloc(view.samples + 1, sizeof *first);
    sg_events_details numbers = SG_SIZED(sg_events_details), details = SG_SIZED(sg_events_details);
    sg_events *wanted, *both;
    assert_true(value && step && channel && first);
    reference_get(file, name, SG_H5_F32, value, view.samples, view.steps, outputs);
    for (size_t j = 0; j < cells; j++) {
        step[j] = (uint16_t)(j / outputs % view.steps);
        channel[j] = (uint32_t)(j % outputs);
        first[j / row + 1] = j + 1;
    }
    target.channels = outputs, target.classes = 0, target.label = NULL, target.split = NULL;
    target.shape = (sg_shape){0, 0, 0};
    target.first = first, target.step = step, target.channel = channel;
    numbers.value = value;
    if (sg_events_create_detailed(&target, &numbers, &wanted) != SG_OK)
        fail_msg("%s", sg_error_message());
    details.target = wanted;
    if (sg_events_create_detailed(&view, &details, &both) != SG_OK)
        fail_msg("%s", sg_error_message());
    sg_events_free(wanted);
    free(value), free(step), free(channel), free(first);
    return both;
}

static inline sg_events *reference_events(sg_h5 *file, uint32_t samples, uint32_t steps, uint32_t inputs,
                                          uint32_t classes) {
    return reference_trains(file, "x", samples, steps, inputs, classes);
}

/* Within 1e-4 of the largest entry. */
static inline void reference_near(const float *found, const double *expected, size_t count) {
    double largest = 0, error = 0;
    for (size_t j = 0; j < count; j++) {
        largest = fmax(largest, fabs(expected[j]));
        error = fmax(error, fabs((double)found[j] - expected[j]));
    }
    if (!(error <= 1e-4 * largest) || largest == 0)
        fail_msg("off by %g, the largest is %g", error, largest);
}

#endif

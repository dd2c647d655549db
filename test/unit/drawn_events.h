/* Random spikes of samples of three classes. cmocka must be included before. */
#ifndef TEST_UNIT_DRAWN_EVENTS_H
#define TEST_UNIT_DRAWN_EVENTS_H

#include "surgrad.h"

#include <stdlib.h>
#include <string.h>

typedef struct drawn_sizes {
    uint32_t samples, steps, inputs, events; /* of each sample, at most */
} drawn_sizes;

static uint32_t drawn_number(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Two spikes of three are in a third of the channels that is the class's own. */
static void draw_raster(uint8_t *raster, drawn_sizes sizes, uint32_t label, uint32_t *state) {
    uint32_t own = sizes.inputs / 3;
    memset(raster, 0, (size_t)sizes.steps * sizes.inputs);
    for (uint32_t e = 0; e < sizes.events; e++) {
        uint32_t t = drawn_number(state) % sizes.steps, number = drawn_number(state);
        raster[t * sizes.inputs + (e % 3 ? label * own + number % own : number % sizes.inputs)] = 1;
    }
}

static sg_events *drawn_events(drawn_sizes sizes) {
    uint32_t most = sizes.samples * sizes.events, state = 1;
    uint8_t *raster = malloc((size_t)sizes.steps * sizes.inputs);
    uint64_t *first = calloc(sizes.samples + 1, sizeof *first), count = 0;
    uint16_t *step = calloc(most, sizeof *step);
    uint32_t *channel = calloc(most, sizeof *channel), *label = calloc(sizes.samples, sizeof *label);
    assert_true(raster && first && step && channel && label);
    for (uint32_t s = 0; s < sizes.samples; s++) {
        label[s] = s % 3;
        draw_raster(raster, sizes, label[s], &state);
        for (uint32_t place = 0; place < sizes.steps * sizes.inputs; place++)
            if (raster[place]) {
                step[count] = (uint16_t)(place / sizes.inputs);
                channel[count++] = place % sizes.inputs;
            }
        first[s + 1] = count;
    }
    const sg_events_view view = {sizes.samples, sizes.steps, sizes.inputs, 3,   first, step, channel,
                                 label,         1,           {0, 0, 0},    NULL};
    sg_events *events;
    if (sg_events_create(&view, &events) != SG_OK)
        fail_msg("%s", sg_error_message());
    free(raster), free(first), free(step), free(channel), free(label);
    return events;
}

#endif

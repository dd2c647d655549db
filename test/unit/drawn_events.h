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
static void draw_raster(uint8_t *raster, drawn_sizes sizes, bool counts, uint32_t label, uint32_t *state) {
    uint32_t own = sizes.inputs / 3;
    memset(raster, 0, (size_t)sizes.steps * sizes.inputs);
    for (uint32_t e = 0; e < sizes.events; e++) {
        uint32_t t = drawn_number(state) % sizes.steps, number = drawn_number(state);
        uint8_t *cell = &raster[t * sizes.inputs + (e % 3 ? label * own + number % own : number % sizes.inputs)];
        *cell = (uint8_t)(counts ? *cell + 1 : 1);
    }
}

/* Events of a channel that fall into one step count, or are one. */
static sg_events *drawn_events_counted(drawn_sizes sizes, bool counts) {
    uint32_t most = sizes.samples * sizes.events, state = 1;
    uint8_t *raster = malloc((size_t)sizes.steps * sizes.inputs);
    uint64_t *first = calloc(sizes.samples + 1, sizeof *first), count = 0;
    uint16_t *step = calloc(most, sizeof *step);
    uint32_t *channel = calloc(most, sizeof *channel), *label = calloc(sizes.samples, sizeof *label);
    assert_true(raster && first && step && channel && label);
    for (uint32_t s = 0; s < sizes.samples; s++) {
        label[s] = s % 3;
        draw_raster(raster, sizes, counts, label[s], &state);
        for (uint32_t place = 0; place < sizes.steps * sizes.inputs; place++)
            for (uint8_t i = 0; i < raster[place]; i++) {
                step[count] = (uint16_t)(place / sizes.inputs);
                channel[count++] = place % sizes.inputs;
            }
        first[s + 1] = count;
    }
    const sg_events_view view = {sizes.samples, sizes.steps, sizes.inputs, 3,   first, step, channel,
                                 label,         1,           {0, 0, 0},    NULL};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    details.counts = counts;
    if (sg_events_create_detailed(&view, &details, &events) != SG_OK)
        fail_msg("%s", sg_error_message());
    free(raster), free(first), free(step), free(channel), free(label);
    return events;
}

static inline sg_events *drawn_events(drawn_sizes sizes) {
    return drawn_events_counted(sizes, false);
}

#endif

#include "net/inlet.h"

#include <string.h>

sg_status sg_inlet_shape(const sg_layer_config *config, size_t layer, sg_shape from, sg_shape *to) {
    uint32_t size = config->pool == SG_POOL_NONE ? 1 : (uint32_t)config->pool_size;
    uint32_t rows = from.height == 1 ? 1 : size; /* of one row, places are pooled along it */
    *to = (sg_shape){from.channels, from.height / rows, from.width / size};
    if (sg_shape_size(*to) == 0 || (size > 1 && !sg_shape_is_image(from)))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.pool_size: windows of %u places do not fit the layer below, of %ux%ux%u: use a "
                       "smaller one, or link.pool: none",
                       layer, size, from.channels, from.height, from.width);
    return SG_OK;
}

sg_inlet sg_inlet_plan(const sg_layer_config *config, sg_shape from, bool is_first) {
    sg_inlet inlet = {.pool = (sg_pooling)config->pool, .size = 1, .from = from, .factor = 1};
    inlet.is_there = !is_first && sg_shape_is_image(from);
    sg_inlet_shape(config, 0, from, &inlet.to); /* which sg_network_check_shapes has found to fit */
    if (inlet.pool != SG_POOL_NONE)
        inlet.size = (size_t)config->pool_size;
    if (inlet.pool == SG_POOL_AVERAGE)
        inlet.factor = 1 / (float)(inlet.size * (from.height == 1 ? 1 : inlet.size));
    return inlet;
}

static size_t rows_of(const sg_inlet *inlet) {
    return inlet->from.height == 1 ? 1 : inlet->size;
}

static size_t places_of(const sg_inlet *inlet) {
    return (size_t)sg_shape_size(inlet->to);
}

/* Tables for the neurons of one place of the map below. */
static void fill_place(sg_inlet *inlet, size_t y, size_t x) {
    size_t channels = inlet->from.channels, first = (y * inlet->from.width + x) * channels, rows = rows_of(inlet);
    size_t row = y / rows, column = x / inlet->size;
    bool is_left_out = row >= inlet->to.height || column >= inlet->to.width;
    for (size_t c = 0; c < channels; c++) {
        size_t place = (row * inlet->to.width + column) * channels + c;
        inlet->place[first + c] = is_left_out ? SG_NO_PLACE : (uint32_t)place;
        if (inlet->in_window)
            inlet->in_window[first + c] = (uint8_t)(y % rows * inlet->size + x % inlet->size);
        if (!is_left_out)
            inlet->input[place] = (uint32_t)((c * inlet->to.height + row) * inlet->to.width + column);
    }
}

void sg_inlet_lay_out(sg_inlet *inlet, sg_arena *arena) {
    size_t neurons = (size_t)sg_shape_size(inlet->from);
    if (!inlet->is_there)
        return;
    inlet->place = sg_arena_take(arena, neurons, sizeof *inlet->place);
    inlet->input = sg_arena_take(arena, places_of(inlet), sizeof *inlet->input);
    if (inlet->pool == SG_POOL_MAX)
        inlet->in_window = sg_arena_take(arena, neurons, 1);
    for (size_t y = 0; inlet->place && y < inlet->from.height; y++)
        for (size_t x = 0; x < inlet->from.width; x++)
            fill_place(inlet, y, x);
}

sg_inlet_buffers sg_inlet_buffers_lay_out(const sg_inlet *inlet, sg_arena *arena, size_t steps) {
    sg_inlet_buffers buffers = {0};
    if (inlet->is_there && inlet->pool == SG_POOL_MAX) {
        buffers.winner = sg_arena_take(arena, steps * places_of(inlet), 1);
        buffers.seen = sg_arena_take(arena, places_of(inlet), sizeof *buffers.seen);
    }
    return buffers;
}

/* Whether no other place of its window fired in this step before, of a list by row, column. */
static bool is_first_of_window(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t t, size_t neuron,
                               size_t place) {
    if (buffers->seen[place] == t + 1)
        return false;
    buffers->seen[place] = (uint32_t)(t + 1);
    buffers->winner[t * places_of(inlet) + place] = inlet->in_window[neuron];
    return true;
}

size_t sg_inlet_pass(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, uint16_t *step,
                     uint32_t *channel, size_t count) {
    size_t passed = 0;
    if (buffers->winner) {
        memset(buffers->winner, 0, steps * places_of(inlet));
        memset(buffers->seen, 0, places_of(inlet) * sizeof *buffers->seen);
    }
    for (size_t e = 0; e < count; e++) {
        uint32_t place = inlet->place[channel[e]];
        if (place == SG_NO_PLACE || (buffers->winner && !is_first_of_window(inlet, buffers, step[e], channel[e], place)))
            continue;
        step[passed] = step[e];
        channel[passed++] = inlet->input[place];
    }
    return passed;
}

/* The neurons of one place, or those of them in the block, in a step. `winner` as in the buffers. */
static void back_place(float *g, const float *by_places, const uint8_t *winner, uint8_t in_window, size_t count) {
    if (!winner)
        memcpy(g, by_places, count * sizeof *g);
    else
        for (size_t n = 0; n < count; n++)
            g[n] = winner[n] == in_window ? by_places[n] : 0;
}

void sg_inlet_back(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const float *by_places,
                   sg_block block, float *g) {
    size_t channels = inlet->from.channels, places = places_of(inlet), end = block.first + block.neurons;
    memset(g, 0, steps * block.width * sizeof *g);
    for (size_t n = block.first, count; n < end; n += count) {
        size_t next = (n / channels + 1) * channels, place = inlet->place[n];
        count = (next < end ? next : end) - n;
        if (inlet->place[n] == SG_NO_PLACE)
            continue;
        for (size_t t = 0; t < steps; t++)
            back_place(g + t * block.width + (n - block.first), by_places + t * places + place,
                       buffers->winner ? buffers->winner + t * places + place : NULL,
                       buffers->winner ? inlet->in_window[n] : 0, count);
    }
}

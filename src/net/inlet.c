#include "net/inlet.h"

#include <math.h>
#include <stdint.h>
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

sg_inlet sg_inlet_plan(const sg_layer_config *config, double dt_ms, sg_shape from, bool is_first) {
    sg_inlet inlet = {.is_first = is_first,
                      .pool = (sg_pooling)config->pool,
                      .size = 1,
                      .from = from,
                      .factor = 1,
                      .delays = config->delay == SG_DELAY_AXONAL};
    bool is_whole = sg_link_at(config->link)->forward_layer;
    inlet.is_there = inlet.delays || (!is_first && (sg_shape_is_image(from) || is_whole));
    inlet.delay_unit = (float)((config->train_delays ? config->delay_unit : dt_ms) / dt_ms);
    inlet.delay_most = (float)(config->train_delays ? config->delay_most / config->delay_unit : SG_TIME_MOST / dt_ms);
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

/* The number of a neuron below. */
static size_t number_below(const sg_inlet *inlet, size_t c, size_t y, size_t x) {
    const sg_shape from = inlet->from;
    return inlet->is_first ? (c * from.height + y) * from.width + x : (y * from.width + x) * from.channels + c;
}

/* Tables for the neurons of one place of the map below. */
static void fill_place(sg_inlet *inlet, size_t y, size_t x) {
    size_t channels = inlet->from.channels, rows = rows_of(inlet), row = y / rows, column = x / inlet->size;
    bool is_left_out = row >= inlet->to.height || column >= inlet->to.width;
    for (size_t c = 0; c < channels; c++) {
        size_t place = (row * inlet->to.width + column) * channels + c, neuron = number_below(inlet, c, y, x);
        inlet->place[neuron] = is_left_out ? SG_NO_PLACE : (uint32_t)place;
        if (inlet->in_window)
            inlet->in_window[neuron] = (uint8_t)(y % rows * inlet->size + x % inlet->size);
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
    if (inlet->delays)
        inlet->lag = sg_arena_take(arena, places_of(inlet), sizeof *inlet->lag);
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
    if (inlet->delays)
        buffers.begin = sg_arena_take(arena, steps + 1, sizeof *buffers.begin);
    return buffers;
}

void sg_inlet_refresh(sg_inlet *inlet, float *delays) {
    for (size_t place = 0; place < places_of(inlet); place++) {
        float *delay = &delays[inlet->input[place]];
        *delay = *delay > 0 ? *delay : 0;
        *delay = *delay < inlet->delay_most ? *delay : inlet->delay_most;
        float steps = floorf(*delay * inlet->delay_unit);
        inlet->lag[place] = steps < UINT16_MAX ? (uint16_t)steps : UINT16_MAX;
    }
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

/* The step in which spike e arrives; `steps` or later: it never does. */
static size_t arrival(const sg_inlet *inlet, size_t steps, sg_spike_list spikes, size_t e) {
    uint32_t place = inlet->place[spikes.channel[e]];
    return place == SG_NO_PLACE ? steps : (size_t)spikes.step[e] + inlet->lag[place];
}

/* Where step t + lag begins in the list, by counting. */
static void count_steps(const sg_inlet *inlet, uint32_t *begin, size_t steps, sg_spike_list spikes) {
    memset(begin, 0, (steps + 1) * sizeof *begin);
    for (size_t e = 0; e < spikes.count; e++) {
        size_t t = arrival(inlet, steps, spikes, e);
        if (t < steps)
            begin[t + 1]++;
    }
    for (size_t t = 0; t < steps; t++)
        begin[t + 1] += begin[t];
}

/* Spikes of a step stand in the order in which they came. */
static sg_spike_list pass_delayed(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps,
                                  sg_spike_list spikes, sg_spike_arrays to) {
    uint32_t *next = buffers->begin;
    count_steps(inlet, next, steps, spikes);
    size_t count = next[steps];
    for (size_t e = 0; e < spikes.count; e++) {
        size_t t = arrival(inlet, steps, spikes, e);
        if (t >= steps)
            continue;
        to.step[next[t]] = (uint16_t)t;
        to.channel[next[t]++] = inlet->input[inlet->place[spikes.channel[e]]];
    }
    return (sg_spike_list){to.step, to.channel, count, 0};
}

/* The spikes that a pool of max lets through, still as neurons below. */
static sg_spike_list pool_max(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps,
                              sg_spike_list spikes, sg_spike_arrays to) {
    size_t passed = 0;
    memset(buffers->winner, 0, steps * places_of(inlet));
    memset(buffers->seen, 0, places_of(inlet) * sizeof *buffers->seen);
    for (size_t e = 0; e < spikes.count; e++) {
        uint32_t neuron = spikes.channel[e], place = inlet->place[neuron];
        if (place == SG_NO_PLACE || !is_first_of_window(inlet, buffers, spikes.step[e], neuron, place))
            continue;
        to.step[passed] = spikes.step[e];
        to.channel[passed++] = neuron;
    }
    return (sg_spike_list){to.step, to.channel, passed, spikes.first};
}

sg_spike_list sg_inlet_pass(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, sg_spike_list spikes,
                            sg_spike_arrays own, sg_spike_arrays to) {
    size_t passed = 0;
    if (buffers->winner)
        spikes = pool_max(inlet, buffers, steps, spikes, own);
    if (inlet->lag)
        return pass_delayed(inlet, buffers, steps, spikes, to);
    for (size_t e = 0; e < spikes.count; e++) {
        uint32_t place = inlet->place[spikes.channel[e]];
        if (place == SG_NO_PLACE)
            continue;
        to.step[passed] = spikes.step[e];
        to.channel[passed++] = inlet->input[place];
    }
    return (sg_spike_list){to.step, to.channel, passed, spikes.first};
}

/* g of `count` neurons of one place below, in a step, from its channels in the place above; winner as in the buffers,
 * of that place. */
static void back_place(float *restrict g, const float *restrict by_places, const uint8_t *restrict winner,
                       uint8_t in_window, size_t count) {
    if (!winner)
        memcpy(g, by_places, count * sizeof *g);
    else
        for (size_t n = 0; n < count; n++)
            g[n] = winner[n] == in_window ? by_places[n] : 0;
}

/* The same with a delay for each: what comes back to step t is that of a later step. */
static void back_delayed(const sg_inlet *inlet, const uint8_t *winner, uint8_t in_window, size_t steps,
                         const float *by_places, size_t t, size_t first, size_t count, float *g) {
    size_t places = places_of(inlet);
    for (size_t n = 0; n < count; n++) {
        size_t later = t + inlet->lag[first + n];
        g[n] = (!winner || winner[n] == in_window) && later < steps ? by_places[later * places + first + n] : 0;
    }
}

/* One step of a block. */
static void back_step(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const float *by_places,
                      size_t t, sg_block block, float *g) {
    size_t channels = inlet->from.channels, places = places_of(inlet), end = block.first + block.neurons;
    size_t left = channels - block.first % channels; /* of the place in hand */
    for (size_t n = block.first, count; n < end; n += count, left = channels) {
        size_t place = inlet->place[n];
        const uint8_t *winner = buffers->winner ? buffers->winner + t * places + place : NULL;
        uint8_t in_window = winner ? inlet->in_window[n] : 0;
        float *to = g + (n - block.first);
        count = left < end - n ? left : end - n;
        if (inlet->place[n] == SG_NO_PLACE)
            memset(to, 0, count * sizeof *to);
        else if (inlet->lag)
            back_delayed(inlet, winner, in_window, steps, by_places, t, place, count, to);
        else
            back_place(to, by_places + t * places + place, winner, in_window, count);
    }
    memset(g + block.neurons, 0, (block.width - block.neurons) * sizeof *g);
}

void sg_inlet_back(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const float *by_places,
                   sg_block block, float *g) {
    for (size_t t = 0; t < steps; t++)
        back_step(inlet, buffers, steps, by_places, t, block, g + t * block.width);
}

/* The place of an input. */
static size_t place_of_input(const sg_inlet *inlet, size_t input) {
    size_t map = (size_t)inlet->to.height * inlet->to.width;
    return input % map * inlet->to.channels + input / map;
}

/* The neurons of one tile and step that are active. */
static void want_tile(const sg_inlet *inlet, const uint8_t *winner, uint32_t bits, size_t first, uint8_t *wanted) {
    for (; bits; bits &= bits - 1) {
        size_t neuron = first + (size_t)__builtin_ctz(bits), place = inlet->place[neuron];
        if (inlet->place[neuron] != SG_NO_PLACE && (!winner || winner[place] == inlet->in_window[neuron]))
            wanted[place / inlet->to.channels] = 1;
    }
}

void sg_inlet_want(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const uint16_t *active,
                   size_t stride, uint8_t *wanted) {
    size_t words = stride / SG_LANES, places = places_of(inlet), map = places / inlet->to.channels;
    memset(wanted, 0, steps * map);
    for (size_t t = 0; t < steps; t++)
        for (size_t word = 0; word < words; word++)
            want_tile(inlet, buffers->winner ? buffers->winner + t * places : NULL, active[t * words + word],
                      word * SG_LANES, wanted + t * map);
}

void sg_inlet_back_to_inputs(const sg_inlet *inlet, size_t steps, float *by_inputs) {
    size_t inputs = places_of(inlet);
    for (size_t i = 0; inlet->lag && i < inputs; i++) {
        size_t lag = inlet->lag[place_of_input(inlet, i)];
        for (size_t t = 0; t < steps; t++)
            by_inputs[t * inputs + i] = t + lag < steps ? by_inputs[(t + lag) * inputs + i] : 0;
    }
}

void sg_inlet_add_gradient(const sg_inlet *inlet, size_t steps, sg_spike_list passed, const float *by_places,
                           float *by_delays) {
    size_t places = places_of(inlet);
    for (size_t e = passed.count; e-- > 0;) {
        size_t t = passed.step[e], input = passed.channel[e], place = place_of_input(inlet, input);
        float later = t + 1 < steps ? by_places[(t + 1) * places + place] : 0;
        by_delays[input] += inlet->delay_unit * (later - by_places[t * places + place]);
    }
}

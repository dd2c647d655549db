/* A part of all synapses, as many for each neuron: one group of weights (K, neurons), those of a neuron by input. What
 * is derived are the weights of a block by input, so that the synapses that a spike reaches lie one after the other, as
 * do their neurons (sg_synapses). Time and memory go by the synapses that there are. */
#include "base/random.h"
#include "net/link.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_TOGETHER = 8 }; /* of project, whose sums do not wait for each other */

static void plan(sg_link *link, const sg_link_request *request, sg_group groups[SG_LINK_GROUPS]) {
    sg_link_dense.plan(link, request, groups);
    const double count = floor(request->config->density * (double)link->inputs + 0.5);
    link->synapses.count = count > 1 ? (size_t)count : 1;
    link->fan_out = (double)link->synapses.count * (double)link->neurons / (double)link->inputs;
    groups[0].rows = link->synapses.count;
    groups[0].fan_out = link->fan_out;
    link->derived_count = link->synapses.count * link->neurons;
}

static void lay_out(sg_link *link, const sg_layer_config *config, sg_arena *arena) {
    sg_synapses *synapses = &link->synapses;
    const size_t all = synapses->count * link->neurons, blocks = sg_block_count(link->stride);
    (void)config;
    synapses->input = sg_arena_take(arena, all, sizeof *synapses->input);
    synapses->begin = sg_arena_take(arena, blocks * (link->inputs + 1), sizeof *synapses->begin);
    synapses->neuron = sg_arena_take(arena, all, sizeof *synapses->neuron);
    synapses->number = sg_arena_take(arena, all, sizeof *synapses->number);
}

/* ------------------------------------------------------------------------------------------------ which there are */

/* Each input is taken with the probability that leaves the right number (Knuth's selection sampling). */
static void choose(sg_link *link, uint64_t seed, uint32_t stream) {
    sg_synapses *synapses = &link->synapses;
    for (size_t n = 0; n < link->neurons; n++)
        for (size_t i = 0, k = 0; k < synapses->count; i++) {
            const double wanted = (double)(synapses->count - k), left = (double)(link->inputs - i);
            if (left * sg_random_uniform(seed, stream, n * link->inputs + i) < wanted)
                synapses->input[k++ * link->neurons + n] = (uint32_t)i;
        }
    sg_synapses_index(link);
}

/* The tables of a block, (inputs + 1) and (K, neurons of the block). */
typedef struct block_synapses {
    const uint32_t *begin, *number;
    const uint8_t *neuron;
} block_synapses;

static size_t first_of(const sg_link *link, sg_block block) {
    return block.first * link->synapses.count;
}

static uint32_t *begin_of(const sg_link *link, sg_block block) {
    return link->synapses.begin + block.first / SG_BLOCK * (link->inputs + 1);
}

static block_synapses synapses_of(const sg_link *link, sg_block block) {
    const size_t first = first_of(link, block);
    return (block_synapses){begin_of(link, block), link->synapses.number + first, link->synapses.neuron + first};
}

/* Where each input's synapses begin, one place too far on, so that filling them moves it to where it belongs. */
static void count_inputs(const sg_link *link, sg_block block, uint32_t *begin) {
    const sg_synapses *synapses = &link->synapses;
    memset(begin, 0, (link->inputs + 1) * sizeof *begin);
    for (size_t k = 0; k < synapses->count; k++)
        for (size_t n = 0; n < block.neurons; n++) {
            const size_t next = (size_t)synapses->input[k * link->neurons + block.first + n] + 2;
            if (next <= link->inputs)
                begin[next]++;
        }
    for (size_t i = 0; i < link->inputs; i++)
        begin[i + 1] += begin[i];
}

static void index_block(sg_link *link, sg_block block) {
    const sg_synapses *synapses = &link->synapses;
    const size_t first = first_of(link, block);
    uint32_t *begin = begin_of(link, block);
    count_inputs(link, block, begin);
    for (size_t n = 0; n < block.neurons; n++)
        for (size_t k = 0; k < synapses->count; k++) {
            const size_t at = first + begin[synapses->input[k * link->neurons + block.first + n] + 1]++;
            synapses->neuron[at] = (uint8_t)n;
            synapses->number[at] = (uint32_t)(k * block.width + n);
        }
}

void sg_synapses_index(sg_link *link) {
    for (size_t b = 0; b < sg_block_count(link->stride); b++)
        index_block(link, sg_block_at(link->neurons, b));
}

void sg_synapses_copy(sg_link *to, const sg_link *from) {
    if (from->synapses.count == 0)
        return;
    memcpy(to->synapses.input, from->synapses.input, from->synapses.count * from->neurons * sizeof(uint32_t));
    sg_synapses_index(to);
}

/* ------------------------------------------------------------------------------------------------ spikes and numbers
 */

/* A spike adds its weights; a number, that many times as much. */
static void forward(const sg_link_call *call, float *x, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const sg_spike_list list = spikes.list;
    const block_synapses synapses = synapses_of(link, call->block);
    const float *weights = link->derived + first_of(link, call->block);
    memset(x, 0, call->steps * call->block.width * sizeof *x);
    for (size_t e = 0; e < list.count; e++) {
        float *row = x + (list.step[e] - list.first) * call->block.width;
        const float value = spikes.value ? spikes.value[e] : 1;
        const size_t end = synapses.begin[list.channel[e] + 1];
        for (size_t j = synapses.begin[list.channel[e]]; j < end; j++)
            row[synapses.neuron[j]] += value * weights[j];
    }
}

static void backward(const sg_link_call *call, const sg_gradient *gradient, const float *gx, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const sg_spike_list list = spikes.list;
    const block_synapses synapses = synapses_of(link, call->block);
    const sg_gradient rows = sg_gradient_of(gradient, &link->groups[0], call->block);
    call->kernels->clear_untouched(rows.values, rows.touched, link->synapses.count, call->block.width);
    for (size_t e = list.count; e-- > 0;) {
        const float *row = gx + (list.step[e] - list.first) * call->block.width;
        const float value = spikes.value ? spikes.value[e] : 1;
        const size_t end = synapses.begin[list.channel[e] + 1];
        for (size_t j = synapses.begin[list.channel[e]]; j < end; j++)
            rows.values[synapses.number[j]] += value * row[synapses.neuron[j]];
    }
}

/* Sums of some steps += what one input gets from one block. */
static void add_block(const sg_link_call *call, sg_step_rows gx, size_t input, size_t t, size_t steps, sg_block block,
                      float sums[STEPS_TOGETHER]) {
    const block_synapses synapses = synapses_of(call->link, block);
    const float *weights = call->link->derived + first_of(call->link, block);
    const float *rows = sg_step_rows_of(gx, block) + t * block.width;
    for (size_t j = synapses.begin[input]; j < synapses.begin[input + 1]; j++)
        for (size_t q = 0; q < steps; q++)
            sums[q] += weights[j] * rows[q * block.width + synapses.neuron[j]];
}

/* Whether a tile is wanted in any of some steps. */
static bool is_wanted(const sg_link *link, const uint16_t *active, size_t tile, size_t t, size_t steps) {
    uint32_t any = 0;
    for (size_t q = 0; active && q < steps; q++)
        any |= active[(t + q) * (link->stride_below / SG_LANES) + tile];
    return !active || any;
}

/* g (steps, width) of one number of the block below. */
static void project_steps(const sg_link_call *call, float *g, sg_step_rows gx, size_t n, size_t t, size_t steps) {
    const sg_link *link = call->link;
    const size_t number = call->block.first + n, input = link->order ? link->order[number] : number;
    float sums[STEPS_TOGETHER] = {0};
    for (size_t b = 0; b < sg_block_count(link->stride); b++) {
        if (steps == STEPS_TOGETHER)
            add_block(call, gx, input, t, STEPS_TOGETHER, sg_block_at(link->neurons, b), sums);
        else
            add_block(call, gx, input, t, steps, sg_block_at(link->neurons, b), sums);
    }
    for (size_t q = 0; q < steps; q++)
        g[(t + q) * call->block.width + n] = sums[q];
}

static void project(const sg_link_call *call, float *g, sg_step_rows gx, const uint16_t *active) {
    const sg_block below = call->block;
    memset(g, 0, call->steps * below.width * sizeof *g);
    for (size_t t = 0; t < call->steps; t += STEPS_TOGETHER) {
        const size_t left = call->steps - t, steps = left < STEPS_TOGETHER ? left : STEPS_TOGETHER;
        for (size_t n = 0; n < below.neurons; n++)
            if (is_wanted(call->link, active, (below.first + n) / SG_LANES, t, steps))
                project_steps(call, g, gx, n, t, steps);
    }
}

static void refresh(const sg_link_call *call, float *derived) {
    const sg_link *link = call->link;
    for (size_t b = 0; b < sg_block_count(link->stride); b++) {
        const sg_block block = sg_block_at(link->neurons, b);
        const uint32_t *number = synapses_of(link, block).number;
        const float *weights = call->parameters + sg_group_block_at(&link->groups[0], block);
        for (size_t j = 0; j < link->synapses.count * block.neurons; j++)
            derived[first_of(link, block) + j] = weights[number[j]];
    }
}

const sg_link_kind sg_link_sparse = {
    .head = {"sparse", "a part of the inputs to each neuron, drawn from the seed"},
    .plan = plan,
    .lay_out = lay_out,
    .choose = choose,
    .forward = forward,
    .backward = backward,
    .project = project,
    .refresh = refresh,
};

/* A dense link whose synapses have delays (lags.h): a group of weights and one of delays, both (inputs, neurons).
 *
 * The lags of an input lie one after the other, as steps of a block do: so a spike adds one run of numbers, its D lags,
 * to the D steps from its own on. Derived are, by input, lag and neuron in blocks of neurons, three arrays (I, D, N):
 * W q, q, and W dq/ddelay, of a whole lag W dtime/ddelay; and W q again by lag, neuron and input, (D, N, stride_below),
 * which projecting reads in its order. */
#include "net/link.h"

#include <stdio.h>
#include <string.h>

enum { WEIGHTS, DELAYS };                /* groups */
enum { SPREAD, SHARES, SLOPES, ARRAYS }; /* derived: W q, q, W dq/ddelay */

/* Numbers of one derived array. */
static size_t array_size(const sg_link *link) {
    return link->inputs * link->lags.count * link->stride;
}

static void plan(sg_link *link, const sg_link_request *request, sg_group groups[SG_LINK_GROUPS]) {
    sg_link_dense.plan(link, request, groups);
    link->lags = sg_lags_plan(request->config, request->dt_ms);
    link->fan_out *= (double)link->lags.count;
    groups[DELAYS] = (sg_group){.rows = link->inputs, .columns = link->neurons, .begins_at_zero = true};
    snprintf(groups[DELAYS].name, sizeof groups[DELAYS].name, "delays");
    link->group_count = 2;
    link->derived_count =
        ARRAYS * array_size(link) + (request->projects ? link->lags.count * link->neurons * link->stride_below : 0);
}

/* A derived array of one input in a block, (D, width). */
static float *lags_of(const sg_link *link, float *derived, int array, size_t input, sg_block block) {
    const size_t lags = link->lags.count;
    return derived + (size_t)array * array_size(link) + (block.first * link->inputs + input * block.width) * lags;
}

/* Steps of the sample that the lags of a spike come into. */
static size_t steps_from(const sg_link_call *call, size_t step) {
    const size_t left = call->steps - step;
    return left < call->link->lags.count ? left : call->link->lags.count;
}

static void forward(const sg_link_call *call, float *x, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const sg_spike_list list = spikes.list;
    const size_t width = call->block.width;
    memset(x, 0, call->steps * width * sizeof *x);
    for (size_t e = 0; e < list.count; e++) {
        const size_t step = list.step[e] - list.first;
        call->kernels->add_scaled(x + step * width, lags_of(link, link->derived, SPREAD, list.channel[e], call->block),
                                  1, steps_from(call, step) * width);
    }
}

/* What the spikes make of one group: row i += the sum over the lags of input i of a derived array x dL/dx. */
static void add_group(const sg_link_call *call, const sg_gradient *gradient, int group, int array, const float *gx,
                      sg_spike_list list) {
    const sg_link *link = call->link;
    const sg_gradient rows = sg_gradient_of(gradient, &link->groups[group], call->block);
    const size_t width = call->block.width;
    for (size_t e = list.count; e-- > 0;) {
        const size_t step = list.step[e] - list.first, input = list.channel[e];
        float *row = rows.values + input * width;
        call->kernels->clear_untouched(row, rows.touched + input, 1, width);
        call->kernels->sum_products(row, lags_of(link, link->derived, array, input, call->block), gx + step * width,
                                    steps_from(call, step), width);
    }
}

static void backward(const sg_link_call *call, const sg_gradient *gradient, const float *gx, sg_spike_source spikes) {
    add_group(call, gradient, WEIGHTS, SHARES, gx, spikes.list);
    if (call->link->lags.trained)
        add_group(call, gradient, DELAYS, SLOPES, call->by_time ? call->by_time : gx, spikes.list);
}

static const float *transposed_of(const sg_link *link) {
    return link->derived + ARRAYS * array_size(link);
}

/* g += what comes back by lag k, from the neurons of one block. */
static void project_lag(const sg_link_call *call, float *g, sg_step_rows gx, const uint16_t *active, size_t k,
                        sg_block block) {
    const sg_link *link = call->link;
    const sg_block below = call->block;
    const float *transposed = transposed_of(link) + (k * link->neurons + block.first) * link->stride_below;
    gx.row += k;
    call->kernels->project(g, sg_step_rows_of(gx, block), transposed + below.first,
                           active ? active + below.first / SG_LANES : NULL, k > 0 || block.first > 0, call->steps - k,
                           block.neurons, block.width, below.width, link->stride_below);
}

static void project(const sg_link_call *call, float *g, sg_step_rows gx, const uint16_t *active) {
    const sg_link *link = call->link;
    for (size_t k = 0; k < steps_from(call, 0); k++)
        for (size_t i = 0; i < sg_block_count(link->stride); i++)
            project_lag(call, g, gx, active, k, sg_block_at(link->neurons, i));
}

/* Lag k of one synapse, in the arrays from this column of the input's lags on. */
static void put_lag(const sg_link *link, float *lags, size_t width, size_t k, double weight, double q, double slope) {
    lags += k * width;
    lags[SPREAD * array_size(link)] = (float)(q * weight);
    lags[SHARES * array_size(link)] = (float)q;
    lags[SLOPES * array_size(link)] = (float)(slope * weight);
}

static void refresh_synapse(const sg_link *link, float *lags, size_t width, double weight, float delay) {
    double q[SG_MAX_LAGS], slope[SG_MAX_LAGS];
    sg_lags_spread(&link->lags, delay, q, slope);
    for (size_t k = 0; k < link->lags.count; k++)
        put_lag(link, lags, width, k, weight, q[k], slope[k]);
}

/* The other lags are 0 already. By its time a spike's slope is that of the delay, in steps. */
static void refresh_whole(const sg_link *link, float *lags, size_t width, double weight, float delay) {
    put_lag(link, lags, width, sg_lags_nearest(&link->lags, delay), weight, 1, (double)link->lags.unit);
}

static void refresh_block(const sg_link_call *call, float *derived, sg_block block) {
    const bool whole = call->link->lags.sigma < 0;
    const sg_link *link = call->link;
    const float *weights = call->parameters + sg_group_block_at(&link->groups[WEIGHTS], block),
                *delays = call->parameters + sg_group_block_at(&link->groups[DELAYS], block);
    for (size_t i = 0; i < link->inputs; i++)
        for (size_t n = 0; n < block.neurons; n++)
            (whole ? refresh_whole : refresh_synapse)(link, lags_of(link, derived, SPREAD, i, block) + n, block.width,
                                                      (double)weights[i * block.width + n],
                                                      delays[i * block.width + n]);
}

/* W q of one lag of a block, (N, stride_below), in the order of dL/dinputs. */
static void transpose_lag(const sg_link_call *call, float *derived, float *to, sg_block block, size_t k) {
    const sg_link *link = call->link;
    if (!link->order) {
        call->kernels->transpose(to, lags_of(link, derived, SPREAD, 0, block) + k * block.width, link->inputs,
                                 block.neurons, link->lags.count * block.width, link->stride_below);
        return;
    }
    for (size_t n = 0; n < block.neurons; n++)
        for (size_t i = 0; i < link->inputs; i++)
            to[n * link->stride_below + i] = lags_of(link, derived, SPREAD, link->order[i], block)[k * block.width + n];
}

static void transpose_block(const sg_link_call *call, float *derived, sg_block block) {
    const sg_link *link = call->link;
    float *to = derived + ARRAYS * array_size(link) + block.first * link->stride_below;
    for (size_t k = 0; k < link->lags.count; k++, to += link->neurons * link->stride_below)
        transpose_lag(call, derived, to, block, k);
}

static void refresh(const sg_link_call *call, float *derived) {
    const sg_link *link = call->link;
    if (link->lags.sigma < 0)
        memset(derived, 0, ARRAYS * array_size(link) * sizeof *derived);
    for (size_t i = 0; i < sg_block_count(link->stride); i++) {
        refresh_block(call, derived, sg_block_at(link->neurons, i));
        if (link->derived_count > ARRAYS * array_size(link))
            transpose_block(call, derived, sg_block_at(link->neurons, i));
    }
}

const sg_link_kind sg_link_delayed = {
    .head = {"delayed", "every input to every neuron, by a synapse with a delay"},
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .project = project,
    .refresh = refresh,
};

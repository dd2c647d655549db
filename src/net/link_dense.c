/* Every input to every neuron: one group of weights (inputs, neurons). What is derived is the transposed matrix
 * (neurons, stride_below), which projecting reads in its order. */
#include "net/link.h"

#include <stdio.h>
#include <string.h>

/* Above this share of steps in which an input fires, going through all inputs costs less than going through a list. */
static const double DENSE = 0.25;

static void plan(sg_link *link, const sg_link_request *request, sg_group groups[SG_LINK_GROUPS]) {
    link->in = request->in;
    link->out = sg_flat_shape((uint32_t)request->config->size);
    link->inputs = (size_t)sg_shape_size(request->in);
    link->neurons = (size_t)request->config->size;
    link->fan_out = (double)link->neurons;
    link->stride = sg_stride(link->neurons);
    link->stride_below = sg_stride(link->inputs);
    groups[0] = (sg_group){.rows = link->inputs,
                           .columns = link->neurons,
                           .decays = true,
                           .zero_diagonal = request->zero_diagonal};
    snprintf(groups[0].name, sizeof groups[0].name, "%s", request->name);
    link->group_count = 1;
    link->derived_count = request->projects ? link->neurons * link->stride_below : 0;
}

/* A layer of one tile, to which four rows at a time are added, however many fire. Decided by its size alone, so that
 * the order of sums is always the same. */
static bool is_narrow(const sg_link *link) {
    return link->stride == SG_LANES;
}

static bool prefers_bits(const sg_link *link, size_t count, size_t steps) {
    return is_narrow(link) || (double)count > DENSE * (double)steps * (double)link->inputs;
}

/* The weights of the call's block, (inputs, width). */
static const float *weights_of(const sg_link_call *call) {
    return call->parameters + sg_group_block_at(&call->link->groups[0], call->block);
}

/* Numbers are few where they are constant, and no kernel of their own would pay. */
static void forward_numbers(const sg_link_call *call, float *x, sg_spike_source numbers) {
    const sg_spike_list list = numbers.list;
    const size_t width = call->block.width;
    memset(x, 0, call->steps * width * sizeof *x);
    for (size_t e = 0; e < list.count; e++)
        call->kernels->add_scaled(x + (list.step[e] - list.first) * width, weights_of(call) + list.channel[e] * width,
                                  numbers.value[e], width);
}

static void backward_numbers(const sg_link_call *call, sg_gradient rows, const float *gx, sg_spike_source numbers) {
    const sg_spike_list list = numbers.list;
    const size_t width = call->block.width;
    for (size_t e = list.count; e-- > 0;) {
        float *row = rows.values + list.channel[e] * width;
        call->kernels->clear_untouched(row, rows.touched + list.channel[e], 1, width);
        call->kernels->add_scaled(row, gx + (list.step[e] - list.first) * width, numbers.value[e], width);
    }
}

static void forward(const sg_link_call *call, float *x, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const sg_kernels *kernels = call->kernels;
    if (spikes.value)
        forward_numbers(call, x, spikes);
    else if (spikes.bits && is_narrow(link))
        kernels->gather_narrow(x, weights_of(call), spikes.bits, call->steps, link->inputs, link->stride_below);
    else if (spikes.bits)
        kernels->gather_bits(x, weights_of(call), spikes.bits, call->steps, link->inputs, call->block.width,
                             link->stride_below);
    else
        kernels->gather(x, weights_of(call), spikes.list, call->steps, call->block.width);
}

static void backward(const sg_link_call *call, const sg_gradient *gradient, const float *gx, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const sg_kernels *kernels = call->kernels;
    const sg_gradient rows = sg_gradient_of(gradient, &link->groups[0], call->block);
    if (spikes.value) {
        backward_numbers(call, rows, gx, spikes);
        return;
    }
    if (spikes.sorted.row) {
        kernels->scatter_sorted(rows.values, rows.touched, gx, spikes.sorted, link->inputs, call->block.width);
        return;
    }
    if (!spikes.bits) {
        kernels->scatter(rows.values, rows.touched, gx, spikes.list, call->block.width);
        return;
    }
    kernels->clear_untouched(rows.values, rows.touched, link->inputs, call->block.width);
    if (is_narrow(link))
        kernels->scatter_narrow(rows.values, gx, spikes.bits, call->steps, link->inputs, link->stride_below);
    else
        kernels->scatter_bits(rows.values, gx, spikes.bits, call->steps, link->inputs, call->block.width,
                              link->stride_below);
}

static void project(const sg_link_call *call, float *g, sg_step_rows gx, const uint16_t *active) {
    const sg_link *link = call->link;
    const sg_block below = call->block;
    for (size_t i = 0; i < sg_block_count(link->stride); i++) {
        sg_block block = sg_block_at(link->neurons, i);
        call->kernels->project(g, sg_step_rows_of(gx, block),
                               link->derived + block.first * link->stride_below + below.first,
                               active ? active + below.first / SG_LANES : NULL, i > 0, call->steps, block.neurons,
                               block.width, below.width, link->stride_below);
    }
}

/* The columns of the transposed weights of a block in the order of dL/dinputs. */
static void transpose_in_order(const sg_link_call *call, float *derived, sg_block block) {
    const sg_link *link = call->link;
    const float *weights = call->parameters + sg_group_block_at(&link->groups[0], block);
    for (size_t n = 0; n < block.neurons; n++)
        for (size_t i = 0; i < link->inputs; i++)
            derived[n * link->stride_below + i] = weights[link->order[i] * block.width + n];
}

static void refresh(const sg_link_call *call, float *derived) {
    const sg_link *link = call->link;
    if (!link->derived_count)
        return;
    for (size_t i = 0; i < sg_block_count(link->stride); i++) {
        sg_block block = sg_block_at(link->neurons, i);
        if (link->order)
            transpose_in_order(call, derived + block.first * link->stride_below, block);
        else
            call->kernels->transpose(derived + block.first * link->stride_below,
                                     call->parameters + sg_group_block_at(&link->groups[0], block), link->inputs,
                                     block.neurons, block.width, link->stride_below);
    }
}

static void add_step(const sg_link_call *call, float *x, const uint16_t *spikes) {
    call->kernels->add_spikes(x, weights_of(call), spikes, call->link->inputs, call->block.width);
}

/* Two samples share a row of weights, where both want all of them. */
static void project_step_block(const sg_kernels *kernels, const sg_projected_step *samples, size_t count,
                               const float *weights, sg_block block, size_t inputs) {
    size_t s = 0;
    for (; s + 2 <= count && !samples[s].active && !samples[s + 1].active; s += 2)
        kernels->project_step_twice((float *[2]){samples[s].g, samples[s + 1].g},
                                    (const float *[2]){sg_step_rows_of(samples[s].gx, block),
                                                       sg_step_rows_of(samples[s + 1].gx, block)},
                                    weights, inputs, block.width);
    for (; s < count; s++)
        kernels->project_step(samples[s].g, sg_step_rows_of(samples[s].gx, block), weights, samples[s].active, inputs,
                              block.width);
}

static void project_step(const sg_link_call *call, const sg_projected_step *samples, size_t count) {
    const sg_link *link = call->link;
    const sg_block below = call->block;
    for (size_t i = 0; i < sg_block_count(link->stride); i++) {
        sg_block block = sg_block_at(link->neurons, i);
        const float *weights = call->parameters + sg_group_block_at(&link->groups[0], block);
        project_step_block(call->kernels, samples, count, weights + below.first * block.width, block, below.neurons);
    }
}

static void forward_row(const sg_link_call *call, float *y, const float *a) {
    const sg_link *link = call->link;
    for (size_t o = 0; o < sg_block_count(link->stride); o++) {
        sg_block out = sg_block_at(link->neurons, o);
        const float *weights = call->parameters + sg_group_block_at(&link->groups[0], out);
        for (size_t i = 0; i < sg_block_count(link->stride_below); i++) {
            sg_block in = sg_block_at(link->inputs, i);
            call->kernels->project(y + out.first, a + in.first, weights + in.first * out.width, NULL, i > 0, 1,
                                   in.neurons, in.width, out.width, out.width);
        }
    }
}

static void backward_row(const sg_link_call *call, const sg_gradient *gradient, const float *gy, const float *a) {
    const sg_link *link = call->link;
    for (size_t o = 0; o < sg_block_count(link->stride); o++) {
        sg_block out = sg_block_at(link->neurons, o);
        const sg_gradient rows = sg_gradient_of(gradient, &link->groups[0], out);
        call->kernels->clear_untouched(rows.values, rows.touched, link->inputs, out.width);
        call->kernels->outer_product(rows.values, a, gy + out.first, true, link->inputs, out.width);
    }
}

const sg_link_kind sg_link_dense = {
    .head = {"dense", "every input to every neuron"},
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .sorts = true,
    .project = project,
    .refresh = refresh,
    .prefers_bits = prefers_bits,
    .add_step = add_step,
    .project_step = project_step,
    .forward_row = forward_row,
    .backward_row = backward_row,
};

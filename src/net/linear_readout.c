#include "net/linear_readout.h"

#include <math.h>
#include <string.h>

bool sg_linear_readout_fits(const sg_network *network, sg_readout readout) {
    const sg_layer *layer = sg_network_top(network);
    return network->layer_count > 1 && sg_readout_is_linear(readout) && !layer->neuron.spiking.fires &&
           !layer->inlet.is_there && layer->sources == 1 && layer->skip_count == 0 && layer->norm.rows == 0 &&
           !layer->has_raw && !layer->recurrent.kind && layer->link.kind->forward_row;
}

void sg_linear_readout_lay_out(sg_linear_readout *linear, sg_arena *arena, const sg_network *network, bool backward) {
    const sg_link *link = &sg_network_top(network)->link;
    linear->response = sg_arena_take(arena, network->steps, sizeof(float));
    linear->sums = sg_arena_take(arena, link->stride_below, sizeof(float));
    linear->values = sg_arena_take(arena, link->stride, sizeof(float));
    if (!backward)
        return;
    linear->by_values = sg_arena_take(arena, link->stride, sizeof(float));
    linear->by_spikes = sg_arena_take(arena, link->stride_below, sizeof(float));
}

/* The general neuron backward through time, from what the read-out makes of the membrane, for one neuron in double
 * precision. An input enters `delay` steps later; what comes after the last step never does. */
void sg_linear_readout_prepare(sg_linear_readout *linear, const sg_network *network, sg_readout readout) {
    const sg_layer *layer = sg_network_top(network);
    const float *constants = layer->neuron.constants;
    size_t stride = layer->stride, delay = layer->neuron.spiking.delay;
    const bool rises = layer->neuron.spiking.rises;
    double gv = 0, gi = 0, c = 0, total = 0;
    memset(linear->response, 0, network->steps * sizeof *linear->response);
    for (size_t t = network->steps; t-- > delay;) {
        gv = (double)constants[SG_BETA * stride] * gv + sg_readout_slope(readout, t, network->steps);
        gi = (double)constants[SG_ALPHA * stride] * gi + (double)constants[SG_MEMBRANE_GAIN * stride] * gv;
        c = (double)constants[SG_INPUT_GAIN * stride] * gi + (rises ? (double)constants[SG_ALPHA * stride] * c : 0);
        linear->response[t - delay] = fabs(c) < (double)SG_FLUSH ? 0 : (float)c;
        total += c;
    }
    linear->total = (float)total;
}

void sg_linear_readout_begin(sg_linear_readout *linear, const sg_network *network) {
    memset(linear->sums, 0, sg_network_top(network)->link.stride_below * sizeof *linear->sums);
}

void sg_linear_readout_collect(sg_linear_readout *linear, const sg_network *network, const uint16_t *spikes,
                               size_t first, size_t steps) {
    network->kernels->sum_spikes(linear->sums, linear->response + first, spikes, steps,
                                 sg_network_top(network)->link.stride_below);
}

/* What dropout leaves is made larger, so that the sum is what it was. */
static void scale(const sg_kernels *kernels, float *row, float dropout, size_t count) {
    if (dropout > 0)
        kernels->scale(row, 1 / (1 - dropout), count);
}

static sg_link_call call_of(const sg_network *network, const sg_layer *layer) {
    return (
        sg_link_call){.kernels = network->kernels, .link = &layer->link, .parameters = network->parameters, .steps = 1};
}

void sg_linear_readout_forward(sg_linear_readout *linear, const sg_network *network, float dropout) {
    const sg_layer *layer = sg_network_top(network);
    const sg_kernels *kernels = network->kernels;
    const sg_link_call call = call_of(network, layer);
    layer->link.kind->forward_row(&call, linear->values, linear->sums);
    scale(kernels, linear->values, dropout, layer->stride);
    if (layer->bias)
        kernels->add_scaled(linear->values, network->parameters + layer->bias->at, linear->total, layer->stride);
}

/* by_spikes, block after block of the layer below. */
static void project(sg_linear_readout *linear, const sg_network *network, const sg_layer *layer) {
    sg_link_call call = call_of(network, layer);
    const sg_step_rows gy = {linear->by_values, 1, 0};
    for (size_t i = 0; i < sg_block_count(layer->link.stride_below); i++) {
        call.block = sg_block_at(layer->link.inputs, i);
        layer->link.kind->project(&call, linear->by_spikes + call.block.first, gy, NULL);
    }
}

void sg_linear_readout_backward(sg_linear_readout *linear, const sg_network *network, const double *by_values,
                                float dropout, const uint16_t *mask, const sg_gradient *gradient) {
    const sg_layer *layer = sg_network_top(network);
    const sg_kernels *kernels = network->kernels;
    const sg_link_call call = call_of(network, layer);
    for (size_t n = 0; n < layer->stride; n++)
        linear->by_values[n] = n < layer->neurons ? (float)by_values[n] : 0;
    if (layer->bias)
        kernels->add_scaled(sg_gradient_single_row(kernels, gradient, layer->bias), linear->by_values, linear->total,
                            layer->stride);
    scale(kernels, linear->by_values, dropout, layer->stride);
    layer->link.kind->backward_row(&call, gradient, linear->by_values, linear->sums);
    project(linear, network, layer);
    if (mask)
        kernels->mask_columns(linear->by_spikes, mask, 1, layer->link.stride_below);
}

sg_rank_one sg_linear_readout_gradient(const sg_linear_readout *linear, size_t first, sg_block below) {
    return (sg_rank_one){linear->response + first, linear->by_spikes + below.first};
}

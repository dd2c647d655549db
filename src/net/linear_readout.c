#include "net/linear_readout.h"

#include <math.h>
#include <string.h>

static const sg_layer *top(const sg_network *network) {
    return &network->layers[network->layer_count - 1];
}

bool sg_linear_readout_fits(const sg_network *network, sg_readout readout) {
    const sg_layer *layer = top(network);
    return network->layer_count > 1 && sg_readout_is_linear(readout) && !layer->neuron.spiking.fires &&
           !layer->has_raw && layer->link->forward_numbers;
}

void sg_linear_readout_lay_out(sg_linear_readout *linear, sg_arena *arena, const sg_network *network, bool backward) {
    const sg_link_shape *shape = &top(network)->shape;
    linear->response = sg_arena_take(arena, network->steps, sizeof(float));
    linear->sums = sg_arena_take(arena, shape->stride_below, sizeof(float));
    linear->values = sg_arena_take(arena, shape->stride, sizeof(float));
    if (!backward)
        return;
    linear->by_values = sg_arena_take(arena, shape->stride, sizeof(float));
    linear->by_spikes = sg_arena_take(arena, shape->stride_below, sizeof(float));
}

/* The general neuron backward through time, from what the read-out makes of the membrane, for one neuron in double
 * precision. An input enters `delay` steps later; what comes after the last step never does. */
void sg_linear_readout_prepare(sg_linear_readout *linear, const sg_network *network, sg_readout readout) {
    const sg_layer *layer = top(network);
    const float *constants = layer->neuron.constants;
    size_t stride = layer->shape.stride, delay = layer->neuron.spiking.delay;
    double gv = 0, gi = 0, total = 0;
    memset(linear->response, 0, network->steps * sizeof *linear->response);
    for (size_t t = network->steps; t-- > delay;) {
        gv = (double)constants[SG_BETA * stride] * gv + sg_readout_slope(readout, t, network->steps);
        gi = (double)constants[SG_ALPHA * stride] * gi + (double)constants[SG_MEMBRANE_GAIN * stride] * gv;
        double c = (double)constants[SG_INPUT_GAIN * stride] * gi;
        linear->response[t - delay] = fabs(c) < (double)SG_FLUSH ? 0 : (float)c;
        total += c;
    }
    linear->total = (float)total;
}

void sg_linear_readout_begin(sg_linear_readout *linear, const sg_network *network) {
    memset(linear->sums, 0, top(network)->shape.stride_below * sizeof *linear->sums);
}

void sg_linear_readout_collect(sg_linear_readout *linear, const sg_network *network, const uint16_t *spikes,
                               size_t first, size_t steps) {
    network->kernels->sum_spikes(linear->sums, linear->response + first, spikes, steps,
                                 top(network)->shape.stride_below);
}

/* What dropout leaves is made larger, so that the sum is what it was. */
static void scale(const sg_kernels *kernels, float *row, float dropout, size_t count) {
    if (dropout > 0)
        kernels->scale(row, 1 / (1 - dropout), count);
}

void sg_linear_readout_forward(sg_linear_readout *linear, const sg_network *network, float dropout) {
    const sg_layer *layer = top(network);
    const sg_kernels *kernels = network->kernels;
    size_t stride = layer->shape.stride;
    layer->link->forward_numbers(kernels, linear->values, network->parameters + layer->weights, linear->sums,
                                 &layer->shape);
    scale(kernels, linear->values, dropout, stride);
    if (layer->bias)
        kernels->add_scaled(linear->values, network->parameters + sg_group_at(layer, layer->bias), linear->total,
                            stride);
}

void sg_linear_readout_backward(sg_linear_readout *linear, const sg_network *network, const double *by_values,
                                float dropout, const uint16_t *kept, const sg_gradient *gradient) {
    const sg_layer *layer = top(network);
    const sg_kernels *kernels = network->kernels;
    sg_link_shape shape = layer->shape;
    shape.steps = 1;
    for (size_t n = 0; n < shape.stride; n++)
        linear->by_values[n] = n < shape.neurons ? (float)by_values[n] : 0;
    if (layer->bias)
        kernels->add_scaled(sg_group_row(network, layer, layer->bias, gradient), linear->by_values, linear->total,
                            shape.stride);
    scale(kernels, linear->by_values, dropout, shape.stride);
    const sg_gradient rows = sg_gradient_of(gradient, layer, &layer->groups[0], sg_layer_block(layer, 0));
    layer->link->backward_numbers(kernels, rows.values, rows.touched, linear->by_values, linear->sums, &shape);
    for (size_t i = 0; i < sg_block_count(shape.stride_below); i++) {
        sg_block block = sg_block_at(shape.inputs, shape.stride_below, i);
        layer->link->project(kernels, linear->by_spikes + block.first, linear->by_values, layer->transposed, NULL,
                             &shape, block);
    }
    if (kept)
        kernels->mask_columns(linear->by_spikes, kept, 1, shape.stride_below);
}

sg_rank_one sg_linear_readout_gradient(const sg_linear_readout *linear, size_t first, sg_block below) {
    return (sg_rank_one){linear->response + first, linear->by_spikes + below.first};
}

void sg_linear_readout_project(const sg_linear_readout *linear, const sg_network *network, float *g, size_t first,
                               size_t steps, sg_block below) {
    const sg_rank_one product = sg_linear_readout_gradient(linear, first, below);
    network->kernels->outer_product(g, product.column, product.row, false, steps, below.width);
}

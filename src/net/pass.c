#include "net/pass.h"

static void lay_out(sg_workspace *workspace, const sg_network *network, bool backward) {
    sg_arena *arena = &workspace->memory;
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer_buffers *buffers = &workspace->layers[l];
        size_t size = network->steps * network->layers[l].shape.stride;
        bool last = l + 1 == network->layer_count;
        *buffers = (sg_layer_buffers){0};
        buffers->x = sg_arena_take(arena, size, sizeof(float));
        buffers->spikes = sg_arena_take(arena, size / SG_LANES, sizeof(uint16_t));
        if (backward)
            buffers->g = sg_arena_take(arena, size, sizeof(float));
        if (last) {
            workspace->counts = sg_arena_take(arena, network->layers[l].shape.stride, sizeof(uint32_t));
            workspace->sums = sg_arena_take(arena, network->layers[l].shape.stride, sizeof(float));
            workspace->row = sg_arena_take(arena, network->layers[l].shape.stride, sizeof(float));
            continue;
        }
        buffers->step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
        buffers->channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
        if (backward)
            buffers->active = sg_arena_take(arena, size / SG_LANES, sizeof(uint16_t));
    }
}

sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, bool backward) {
    *workspace = (sg_workspace){0};
    lay_out(workspace, network, backward);
    SG_TRY(sg_arena_open(&workspace->memory));
    lay_out(workspace, network, backward);
    return SG_OK;
}

size_t sg_workspace_bytes(const sg_network *network, bool backward) {
    sg_workspace workspace = {0};
    lay_out(&workspace, network, backward);
    return workspace.memory.used;
}

void sg_workspace_close(sg_workspace *workspace) {
    sg_arena_close(&workspace->memory);
}

static sg_spike_source source_below(const sg_workspace *workspace, sg_spike_list input, size_t l) {
    if (l == 0)
        return (sg_spike_source){.list = input};
    const sg_layer_buffers *below = &workspace->layers[l - 1];
    if (below->listed)
        return (sg_spike_source){.list = {below->step, below->channel, below->spike_count}};
    return (sg_spike_source){.bits = below->spikes};
}

/* Makes the spikes of a layer ready for the link above, in the form that it asks for. */
static void hand_up(const sg_network *network, sg_workspace *workspace, size_t l) {
    const sg_layer *above = &network->layers[l + 1];
    const sg_link_shape *shape = &network->layers[l].shape;
    sg_layer_buffers *buffers = &workspace->layers[l];
    buffers->spike_count = network->kernels->total(buffers->spikes, shape->steps, shape->stride);
    buffers->listed = !above->link->wants_bits(buffers->spike_count, &above->shape);
    if (buffers->listed)
        network->kernels->list(buffers->step, buffers->channel, buffers->spikes, shape->steps, shape->stride);
}

static sg_block layer_block(const sg_layer *layer, size_t i) {
    return sg_block_at(layer->shape.neurons, layer->shape.stride, i);
}

/* Of outputs that fire their spikes, of a read-out the sum of its membrane. */
static void sum_outputs(const sg_network *network, sg_workspace *workspace) {
    const sg_layer *last = &network->layers[network->layer_count - 1];
    sg_layer_buffers *buffers = &workspace->layers[network->layer_count - 1];
    buffers->spike_count = 0;
    if (!last->neuron->spiking) {
        for (size_t i = 0; i < sg_block_count(last->shape.stride); i++) {
            sg_block block = layer_block(last, i);
            network->kernels->sum_steps(workspace->sums + block.first, buffers->x + block.first * last->shape.steps,
                                        last->shape.steps, block.width);
        }
        return;
    }
    network->kernels->count(workspace->counts, buffers->spikes, last->shape.steps, last->shape.stride);
    for (size_t n = 0; n < last->shape.neurons; n++)
        buffers->spike_count += workspace->counts[n];
}

static void forward_layer(const sg_network *network, sg_workspace *workspace, sg_spike_source source, size_t l) {
    const sg_layer *layer = &network->layers[l];
    const sg_link_shape *shape = &layer->shape;
    sg_layer_buffers *buffers = &workspace->layers[l];
    for (size_t i = 0; i < sg_block_count(shape->stride); i++) {
        sg_block block = layer_block(layer, i);
        float *x = buffers->x + block.first * shape->steps;
        layer->link->forward(network->kernels, x, network->parameters + layer->weights, source, shape, block);
        layer->neuron->forward(network->kernels, buffers->spikes, x, layer->constants, shape->steps, shape->stride,
                               block);
    }
}

void sg_forward(const sg_network *network, sg_workspace *workspace, sg_spike_list input) {
    for (size_t l = 0; l < network->layer_count; l++) {
        forward_layer(network, workspace, source_below(workspace, input, l), l);
        if (l + 1 < network->layer_count)
            hand_up(network, workspace, l);
    }
    sum_outputs(network, workspace);
}

/* The gradient by the spikes of one block, from the layer above. */
static void project_from_above(const sg_network *network, sg_workspace *workspace, size_t l, sg_block block) {
    const sg_layer *layer = &network->layers[l], *above = layer + 1;
    sg_layer_buffers *buffers = &workspace->layers[l];
    size_t steps = layer->shape.steps, start = block.first * steps;
    uint16_t *active = sg_surrogate_is_compact(layer->surrogate) ? buffers->active : NULL;
    if (active)
        network->kernels->support(active + block.first / SG_LANES, buffers->x + start, layer->surrogate, steps,
                                  block.width, layer->shape.stride);
    above->link->project(network->kernels, buffers->g + start, workspace->layers[l + 1].g, above->transposed, active,
                         &above->shape, block);
}

static void backward_layer(const sg_network *network, sg_workspace *workspace, sg_spike_source source, size_t l,
                           const sg_gradient *gradient) {
    const sg_layer *layer = &network->layers[l];
    const sg_link_shape *shape = &layer->shape;
    sg_layer_buffers *buffers = &workspace->layers[l];
    for (size_t i = 0; i < sg_block_count(shape->stride); i++) {
        sg_block block = layer_block(layer, i);
        float *g = buffers->g + block.first * shape->steps;
        if (l + 1 < network->layer_count)
            project_from_above(network, workspace, l, block);
        layer->neuron->backward(network->kernels, g, buffers->x + block.first * shape->steps, layer->constants,
                                layer->surrogate, shape->steps, shape->stride, block);
        layer->link->backward(network->kernels, gradient->values + layer->weights, gradient->touched + layer->row, g,
                              source, shape, block);
    }
}

void sg_backward(const sg_network *network, sg_workspace *workspace, sg_spike_list input, const sg_gradient *gradient) {
    for (size_t l = network->layer_count; l-- > 0;)
        backward_layer(network, workspace, source_below(workspace, input, l), l, gradient);
}

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

/* Of outputs that fire their spikes, of a read-out the sum of its membrane. */
static void sum_outputs(const sg_network *network, sg_workspace *workspace) {
    const sg_layer *last = &network->layers[network->layer_count - 1];
    sg_layer_buffers *buffers = &workspace->layers[network->layer_count - 1];
    buffers->spike_count = 0;
    if (!last->neuron->spiking) {
        network->kernels->sum_steps(workspace->sums, buffers->x, last->shape.steps, last->shape.stride);
        return;
    }
    network->kernels->count(workspace->counts, buffers->spikes, last->shape.steps, last->shape.stride);
    for (size_t n = 0; n < last->shape.neurons; n++)
        buffers->spike_count += workspace->counts[n];
}

void sg_forward(const sg_network *network, sg_workspace *workspace, sg_spike_list input) {
    const sg_kernels *kernels = network->kernels;
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_layer *layer = &network->layers[l];
        const sg_link_shape *shape = &layer->shape;
        sg_layer_buffers *buffers = &workspace->layers[l];
        layer->link->forward(kernels, buffers->x, network->parameters + layer->weights,
                             source_below(workspace, input, l), shape);
        layer->neuron->forward(kernels, buffers->spikes, buffers->x, layer->constants, shape->steps, shape->stride);
        if (l + 1 < network->layer_count)
            hand_up(network, workspace, l);
    }
    sum_outputs(network, workspace);
}

static void project_below(const sg_network *network, sg_workspace *workspace, size_t l) {
    const sg_layer *layer = &network->layers[l], *below = layer - 1;
    sg_layer_buffers *buffers = &workspace->layers[l - 1];
    uint16_t *active = sg_surrogate_is_compact(below->surrogate) ? buffers->active : NULL;
    if (active)
        network->kernels->support(active, buffers->x, below->surrogate, below->shape.steps, below->shape.stride);
    layer->link->project(network->kernels, buffers->g, workspace->layers[l].g, layer->transposed, active,
                         &layer->shape);
}

void sg_backward(const sg_network *network, sg_workspace *workspace, sg_spike_list input, float *gradient) {
    for (size_t l = network->layer_count; l-- > 0;) {
        const sg_layer *layer = &network->layers[l];
        sg_layer_buffers *buffers = &workspace->layers[l];
        layer->neuron->backward(network->kernels, buffers->g, buffers->x, layer->constants, layer->surrogate,
                                layer->shape.steps, layer->shape.stride);
        layer->link->backward(network->kernels, gradient + layer->weights, buffers->g,
                              source_below(workspace, input, l), &layer->shape);
        if (l > 0)
            project_below(network, workspace, l);
    }
}

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
        if (last)
            workspace->counts = sg_arena_take(arena, network->layers[l].shape.stride, sizeof(uint32_t));
        if (last)
            continue;
        buffers->step = sg_arena_take(arena, size, sizeof(uint16_t));
        buffers->channel = sg_arena_take(arena, size, sizeof(uint32_t));
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

static sg_spike_list list_below(const sg_workspace *workspace, sg_spike_list input, size_t l) {
    if (l == 0)
        return input;
    const sg_layer_buffers *below = &workspace->layers[l - 1];
    return (sg_spike_list){below->step, below->channel, below->spike_count};
}

static void count_outputs(const sg_network *network, sg_workspace *workspace) {
    size_t last = network->layer_count - 1;
    const sg_link_shape *shape = &network->layers[last].shape;
    sg_layer_buffers *buffers = &workspace->layers[last];
    network->kernels->count(workspace->counts, buffers->spikes, shape->steps, shape->stride);
    buffers->spike_count = 0;
    for (size_t n = 0; n < shape->neurons; n++)
        buffers->spike_count += workspace->counts[n];
}

void sg_forward(const sg_network *network, sg_workspace *workspace, sg_spike_list input) {
    const sg_kernels *kernels = network->kernels;
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_layer *layer = &network->layers[l];
        const sg_link_shape *shape = &layer->shape;
        sg_layer_buffers *buffers = &workspace->layers[l];
        layer->link->forward(kernels, buffers->x, network->parameters + layer->weights, list_below(workspace, input, l),
                             shape);
        layer->neuron->forward(kernels, buffers->spikes, buffers->x, layer->constants, shape->steps, shape->stride);
        if (l + 1 < network->layer_count)
            buffers->spike_count =
                kernels->list(buffers->step, buffers->channel, buffers->spikes, shape->steps, shape->stride);
    }
    count_outputs(network, workspace);
}

static void project_below(const sg_network *network, sg_workspace *workspace, size_t l) {
    const sg_layer *layer = &network->layers[l], *below = layer - 1;
    sg_layer_buffers *buffers = &workspace->layers[l - 1];
    network->kernels->support(buffers->active, buffers->x, below->surrogate, below->shape.steps, below->shape.stride);
    layer->link->project(network->kernels, buffers->g, workspace->layers[l].g, layer->transposed, buffers->active,
                         &layer->shape);
}

void sg_backward(const sg_network *network, sg_workspace *workspace, sg_spike_list input, float *gradient) {
    for (size_t l = network->layer_count; l-- > 0;) {
        const sg_layer *layer = &network->layers[l];
        sg_layer_buffers *buffers = &workspace->layers[l];
        layer->neuron->backward(network->kernels, buffers->g, buffers->x, layer->constants, layer->surrogate,
                                layer->shape.steps, layer->shape.stride);
        layer->link->backward(network->kernels, gradient + layer->weights, buffers->g, list_below(workspace, input, l),
                              &layer->shape);
        if (l > 0)
            project_below(network, workspace, l);
    }
}

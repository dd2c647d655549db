#include "net/workspace.h"

#include "base/number.h"

#include <math.h>
#include <stdlib.h>

bool sg_runs_whole_sample(const sg_workspace *workspace, const sg_layer *layer) {
    return layer->neuron.usual && !layer->own && workspace->chunks == 1;
}

bool sg_uses_linear_readout(const sg_workspace *workspace, const sg_network *network, size_t l) {
    return workspace->is_linear && l + 1 == network->layer_count;
}

bool sg_layer_stores_g(const sg_network *network, size_t l) {
    return l > 0 || network->layers[l].own || network->layer_count == 1;
}

static void lay_out_neurons(sg_workspace *workspace, const sg_layer *layer, sg_layer_buffers *buffers,
                            sg_workspace_use use) {
    sg_arena *arena = &workspace->memory;
    size_t stride = layer->shape.stride, size = workspace->steps * stride, cuts = workspace->chunks + 1;
    const sg_general_neuron *spiking = &layer->neuron.spiking;
    if (!sg_runs_whole_sample(workspace, layer) || use.traces)
        buffers->states = sg_arena_take(arena, cuts * SG_NEURON_STATES * stride, sizeof(float));
    if (use.backward && !sg_runs_whole_sample(workspace, layer))
        buffers->adjoint = sg_arena_take(arena, SG_NEURON_ADJOINTS * stride, sizeof(float));
    if (use.backward && layer->trains_neurons)
        buffers->sums = sg_arena_take(arena, SG_NEURON_CONSTANTS * stride, sizeof(float));
    buffers->traced =
        use.traces || (use.backward && (layer->trains_neurons || (spiking->adapts && spiking->reset_gradient)));
    if (buffers->traced) {
        buffers->trace.current = sg_arena_take(arena, size, sizeof(float));
        buffers->trace.membrane = sg_arena_take(arena, size, sizeof(float));
        buffers->trace.adaptation = sg_arena_take(arena, size, sizeof(float));
    }
}

static void lay_out_recurrence(sg_workspace *workspace, const sg_layer *layer, sg_layer_buffers *buffers,
                               sg_workspace_use use) {
    sg_arena *arena = &workspace->memory;
    size_t stride = layer->shape.stride, size = workspace->steps * stride;
    buffers->last = sg_arena_take(arena, (workspace->chunks + 1) * (stride / SG_LANES), sizeof(uint16_t));
    if (!use.backward)
        return;
    buffers->own_step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
    buffers->own_channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
    buffers->gx_above = sg_arena_take(arena, stride, sizeof(float));
}

/* What a layer hands up, and what comes back from above. */
static void lay_out_hand_up(sg_workspace *workspace, const sg_network *network, size_t l, sg_workspace_use use) {
    sg_layer_buffers *buffers = &workspace->layers[l];
    const sg_layer *above = &network->layers[l + 1];
    sg_arena *arena = &workspace->memory;
    size_t stride = network->layers[l].shape.stride, words = stride / SG_LANES, size = workspace->steps * stride;
    if (use.backward && above->dropout > 0)
        buffers->handed = sg_arena_take(arena, workspace->steps * words, sizeof(uint16_t));
    if (sg_uses_linear_readout(workspace, network, l + 1))
        return;
    if (!above->link->wants_bits(0, &above->shape)) { /* or else it never wants a list */
        buffers->step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
        buffers->channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
    }
    if (use.backward)
        buffers->active = sg_arena_take(arena, workspace->steps * words, sizeof(uint16_t));
}

static void lay_out_steps(sg_workspace *workspace, const sg_network *network, size_t l, sg_workspace_use use) {
    sg_layer_buffers *buffers = &workspace->layers[l];
    size_t stride = network->layers[l].shape.stride, block = stride < SG_BLOCK ? stride : SG_BLOCK;
    buffers->x = sg_arena_take(&workspace->memory, workspace->steps * stride, sizeof(float));
    if (use.backward)
        buffers->g = sg_arena_take(&workspace->memory,
                                   workspace->steps * (sg_layer_stores_g(network, l) ? stride : block), sizeof(float));
}

static void lay_out_layer(sg_workspace *workspace, const sg_network *network, size_t l, sg_workspace_use use) {
    const sg_layer *layer = &network->layers[l];
    sg_layer_buffers *buffers = &workspace->layers[l];
    sg_arena *arena = &workspace->memory;
    size_t words = layer->shape.stride / SG_LANES;
    *buffers = (sg_layer_buffers){0};
    buffers->before = sg_arena_take(arena, (1 + workspace->steps) * words, sizeof(uint16_t));
    buffers->spikes = buffers->before ? buffers->before + words : NULL;
    if (use.backward && layer->dropout > 0)
        buffers->kept = sg_arena_take(arena, layer->shape.stride_below / SG_LANES, sizeof(uint16_t));
    if (sg_uses_linear_readout(workspace, network, l))
        return;
    if (l > 0 || !use.without_first)
        lay_out_steps(workspace, network, l, use);
    lay_out_neurons(workspace, layer, buffers, use);
    if (layer->own)
        lay_out_recurrence(workspace, layer, buffers, use);
    if (l + 1 < network->layer_count)
        lay_out_hand_up(workspace, network, l, use);
}

static void lay_out(sg_workspace *workspace, const sg_network *network, sg_workspace_use use) {
    const sg_link_shape *last = &network->layers[network->layer_count - 1].shape;
    for (size_t l = 0; l < network->layer_count; l++)
        lay_out_layer(workspace, network, l, use);
    if (workspace->is_linear)
        sg_linear_readout_lay_out(&workspace->linear, &workspace->memory, network, use.backward);
    else
        sg_readout_lay_out(&workspace->outputs, &workspace->memory, last->stride);
    if (use.backward)
        workspace->by_values = sg_arena_take(&workspace->memory, last->neurons, sizeof(double));
}

/* A workspace whose chunks have `steps` steps, only counted. */
static sg_workspace planned(const sg_network *network, sg_workspace_use use, size_t steps) {
    sg_workspace workspace = {.steps = steps,
                              .chunks = (network->steps + steps - 1) / steps,
                              .readout = use.readout,
                              .is_linear = sg_linear_readout_fits(network, use.readout)};
    lay_out(&workspace, network, use);
    return workspace;
}

/* The longest chunks that fit, or else those that need least. */
static sg_workspace plan(const sg_network *network, sg_workspace_use use) {
    sg_workspace best = planned(network, use, network->steps);
    double limit = network->memory_limit / (use.count > 0 ? use.count : 1);
    size_t steps = (network->steps - 1) / SG_FLUSH_STEPS * SG_FLUSH_STEPS;
    for (; network->memory_limit > 0 && (double)best.memory.used > limit && steps > 0; steps -= SG_FLUSH_STEPS) {
        sg_workspace next = planned(network, use, steps);
        if (next.memory.used < best.memory.used)
            best = next;
    }
    return best;
}

sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, sg_workspace_use use) {
    char needed[32], given[32];
    *workspace = plan(network, use);
    double total = (double)workspace->memory.used * use.count;
    if (network->memory_limit > 0 && total > network->memory_limit) {
        sg_format_number(needed, sizeof needed, ceil(total / 1e4) / 100);
        sg_format_number(given, sizeof given, network->memory_limit / 1e6);
        return sg_fail(SG_CONFIG,
                       "memory: %s MB, but the buffers of %d thread%s need %s MB at least: give more, or use fewer "
                       "threads",
                       given, use.count, use.count == 1 ? "" : "s", needed);
    }
    SG_TRY(sg_arena_open(&workspace->memory));
    lay_out(workspace, network, use);
    if (workspace->is_linear)
        sg_linear_readout_prepare(&workspace->linear, network, use.readout);
    return SG_OK;
}

size_t sg_workspace_bytes(const sg_network *network, sg_workspace_use use) {
    return plan(network, use).memory.used;
}

bool sg_workspace_may_omit_first(const sg_network *network, sg_workspace_use use) {
    const sg_workspace workspace = plan(network, use);
    return network->layer_count > 1 && workspace.chunks == 1 && !use.traces &&
           sg_runs_whole_sample(&workspace, &network->layers[0]);
}

void sg_workspace_close(sg_workspace *workspace) {
    sg_arena_close(&workspace->memory);
    free(workspace->input_step);
    free(workspace->input_channel);
    workspace->input_step = NULL;
    workspace->input_channel = NULL;
    workspace->room = 0;
}

sg_status sg_workspace_reserve(sg_workspace *workspace, size_t events) {
    if (events <= workspace->room)
        return SG_OK;
    free(workspace->input_step);
    free(workspace->input_channel);
    workspace->input_step = sg_array(events, sizeof *workspace->input_step);
    workspace->input_channel = sg_array(events, sizeof *workspace->input_channel);
    workspace->room = workspace->input_step && workspace->input_channel ? events : 0;
    return workspace->room == events ? SG_OK : SG_MEMORY;
}

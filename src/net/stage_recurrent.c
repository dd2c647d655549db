/* Layers whose own spikes come back to them: steps one after the other, since all neurons' spikes of one step enter all
 * neurons in the next. */
#include "net/stage.h"

#include <string.h>

static bool applies(const sg_stage_request *request) {
    return request->layer->recurrent.kind;
}

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    sg_arena *arena = &workspace->memory;
    size_t stride = request->layer->stride, size = workspace->steps * stride;
    sg_lay_out_steps(workspace, request);
    sg_lay_out_sorted(workspace, request);
    sg_lay_out_states(workspace, request);
    buffers->boundary_spikes = sg_arena_take(arena, (workspace->chunks + 1) * (stride / SG_LANES), sizeof(uint16_t));
    if (!request->use.backward)
        return;
    buffers->recurrent_step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
    buffers->recurrent_channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
    buffers->gx_next_step = sg_arena_take(arena, stride, sizeof(float));
    if (sg_surrogate_is_compact(request->layer->neuron.spiking.surrogate))
        buffers->active = sg_arena_take(arena, size / SG_LANES, sizeof(uint16_t));
}

static size_t words_of(const sg_layer *layer) {
    return layer->stride / SG_LANES;
}

static void run_steps(const sg_layer_run *run) {
    const sg_layer *layer = run->layer;
    sg_layer_buffers *buffers = run->buffers;
    for (size_t t = 0; t < run->chunk.steps; t++)
        for (size_t i = 0; i < sg_layer_blocks(layer); i++) {
            sg_block block = sg_layer_block(layer, i);
            const sg_link_call call = sg_call_of(run, &layer->recurrent, block);
            layer->recurrent.kind->add_step(&call, sg_block_x(run, block) + t * block.width,
                                            buffers->history + t * words_of(layer));
            sg_step_forward(run, block, t, t + 1);
        }
}

static void forward(const sg_layer_run *run) {
    size_t words = words_of(run->layer), index = run->chunk.index;
    sg_layer_buffers *buffers = run->buffers;
    sg_begin_states(run);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        sg_weigh_block(run, block, sg_block_x(run, block));
    }
    memcpy(buffers->history, buffers->boundary_spikes + index * words, words * sizeof *buffers->history);
    run_steps(run);
    memcpy(buffers->boundary_spikes + (index + 1) * words, buffers->history + run->chunk.steps * words,
           words * sizeof *buffers->history);
}

/* g of step t of a block += what its spikes do to the layer itself in the next step, for the neurons that are `active`
 * (T, words), or for all. */
static void project_recurrent(const sg_layer_run *run, size_t t, sg_block block, const uint16_t *active) {
    const sg_link *link = &run->layer->recurrent;
    bool is_last = t + 1 == run->chunk.steps;
    const sg_link_call call = sg_call_of(run, link, block);
    const sg_step_rows in_chunk = {sg_projected(run->buffers), run->chunk.steps, t + 1};
    const sg_step_rows behind_it = {run->buffers->gx_next_step, 1, 0};
    link->kind->project_step(&call, sg_block_g(run, block) + t * block.width, is_last ? behind_it : in_chunk,
                             active ? active + t * words_of(run->layer) : NULL);
}

static void run_steps_back(const sg_layer_run *run, const uint16_t *active) {
    for (size_t t = run->chunk.steps; t-- > 0;)
        for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
            sg_block block = sg_layer_block(run->layer, i);
            if (!run->chunk.last || t + 1 < run->chunk.steps)
                project_recurrent(run, t, block, active);
            sg_step_backward(run, block, t, t + 1);
        }
}

/* Where no spike comes back, blocks are apart from each other. */
static void run_blocks_back(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++)
        sg_step_backward(run, sg_layer_block(run->layer, i), 0, run->chunk.steps);
}

/* The spikes of the layer itself, each in the step in which it comes back. */
static sg_spike_source own_source(const sg_layer_run *run) {
    const sg_kernels *kernels = run->network->kernels;
    const sg_layer_buffers *buffers = run->buffers;
    size_t steps = run->chunk.steps, stride = run->layer->stride;
    size_t count = kernels->count_all_spikes(buffers->history, steps, stride);
    if (sg_link_prefers_bits(&run->layer->recurrent, count, steps))
        return (sg_spike_source){.bits = buffers->history};
    kernels->list_spikes(buffers->recurrent_step, buffers->recurrent_channel, buffers->history, steps, stride);
    return (sg_spike_source){.list = {buffers->recurrent_step, buffers->recurrent_channel, count, 0}};
}

static void add_gradients(const sg_layer_run *run) {
    const sg_link *recurrent = &run->layer->recurrent;
    const sg_spike_source source = own_source(run);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        const sg_link_call call = sg_call_of(run, recurrent, block);
        recurrent->kind->backward(&call, run->gradient, sg_block_g(run, block), source);
        memcpy(run->buffers->gx_next_step + block.first, sg_projected(run->buffers) + block.first * run->chunk.steps,
               block.width * sizeof(float));
    }
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        sg_add_link_gradient(run, block, sg_block_g(run, block));
    }
}

static void backward(const sg_layer_run *run) {
    const uint16_t *active = NULL;
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        active = sg_find_active(run, block, sg_block_x(run, block));
        sg_seed_block(run, block, sg_block_g(run, block), active);
    }
    if (run->workspace->use.plan.constant_recurrence)
        run_blocks_back(run);
    else
        run_steps_back(run, active);
    add_gradients(run);
    sg_add_neuron_gradient(run);
}

const sg_stage sg_stage_recurrent = {
    .name = "recurrent",
    .summary = "step by step, with the layer's own spikes of the step before",
    .runs_link = true,
    .applies = applies,
    .lay_out = lay_out,
    .forward = forward,
    .begin_backward = sg_begin_adjoints,
    .backward = backward,
    .project = sg_project_link,
};

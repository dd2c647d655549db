/* Layers whose own spikes come back to them: steps one after the other, since all neurons' spikes of one step enter all
 * neurons in the next. */
#include "net/stage.h"

#include <string.h>

static bool applies(const sg_stage_request *request) {
    return request->layer->recurrent.kind;
}

/* Whether some neurons are skipped on the way back. */
static bool finds_active(const sg_layer *layer, const sg_workspace_use *use) {
    return use->plan.gradient == SG_GRADIENT_EVENTPROP || sg_surrogate_is_compact(layer->neuron.spiking.surrogate);
}

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    sg_arena *arena = &workspace->memory;
    size_t stride = request->layer->stride, size = workspace->steps * stride;
    sg_lay_out_steps(workspace, request);
    sg_lay_out_sorted(workspace, request);
    sg_lay_out_states(workspace, request);
    buffers->boundary_spikes = sg_arena_take(arena, workspace->kept * (stride / SG_LANES), sizeof(uint16_t));
    if (!request->use.backward)
        return;
    buffers->recurrent_step = sg_arena_take(arena, size + SG_LANES, sizeof(uint16_t));
    buffers->recurrent_channel = sg_arena_take(arena, size + SG_LANES, sizeof(uint32_t));
    buffers->gx_next_step = sg_arena_take(arena, stride, sizeof(float));
    if (finds_active(request->layer, &request->use))
        buffers->active = sg_arena_take(arena, size / SG_LANES, sizeof(uint16_t));
}

/* Samples share a row of recurrent weights on the way back, unless each skips other neurons. */
static size_t round_of(const sg_stage_request *request) {
    return finds_active(request->layer, &request->use) ? 1 : SG_ROUND;
}

/* As sg_find_active found them; NULL: none is skipped. */
static const uint16_t *active_of(const sg_layer_run *run) {
    bool by_time = run->workspace->use.plan.gradient == SG_GRADIENT_EVENTPROP;
    if (!finds_active(run->layer, &run->workspace->use))
        return NULL;
    return by_time ? run->buffers->spikes : run->buffers->active;
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

static void forward_steps(const sg_layer_run *run) {
    size_t words = words_of(run->layer), index = run->chunk.index;
    sg_layer_buffers *buffers = run->buffers;
    memcpy(buffers->history, buffers->boundary_spikes + index * words, words * sizeof *buffers->history);
    run_steps(run);
    memcpy(buffers->boundary_spikes + (index + 1) * words, buffers->history + run->chunk.steps * words,
           words * sizeof *buffers->history);
}

static void forward_round(const sg_layer_run *runs, size_t count) {
    for (size_t s = 0; s < count; s++)
        sg_begin_states(&runs[s]);
    for (size_t i = 0; i < sg_layer_blocks(runs->layer); i++)
        for (size_t s = 0; s < count; s++) {
            sg_block block = sg_layer_block(runs->layer, i);
            sg_weigh_block(&runs[s], block, sg_block_x(&runs[s], block));
        }
    for (size_t s = 0; s < count; s++)
        forward_steps(&runs[s]);
}

/* g of step t of a block += what its spikes do to the layer itself in the next step, for the neurons that are active,
 * or for all. */
static void project_recurrent(const sg_layer_run *runs, size_t count, size_t t, sg_block block) {
    const sg_link *link = &runs->layer->recurrent;
    const sg_link_call call = sg_call_of(runs, link, block);
    bool is_last = t + 1 == runs->chunk.steps;
    sg_projected_step steps[SG_ROUND];
    for (size_t s = 0; s < count; s++) {
        const sg_layer_buffers *buffers = runs[s].buffers;
        const sg_step_rows in_chunk = {sg_projected(buffers), runs->chunk.steps, t + 1};
        const sg_step_rows next = {buffers->gx_next_step, 1, 0};
        const uint16_t *active = active_of(&runs[s]);
        steps[s] = (sg_projected_step){.g = sg_block_g(&runs[s], block) + t * block.width,
                                       .gx = is_last ? next : in_chunk,
                                       .active = active ? active + t * words_of(runs->layer) : NULL};
    }
    link->kind->project_step(&call, steps, count);
}

/* Whether spikes of step t do anything in the next step that comes back to them. */
static bool has_next(const sg_layer_run *run, size_t t) {
    bool is_last = run->chunk.last && t + 1 == run->chunk.steps;
    return !is_last && !sg_plan_cuts_at(&run->workspace->use.plan, run->chunk.first + t + 1);
}

static void run_steps_back(const sg_layer_run *runs, size_t count) {
    for (size_t t = runs->chunk.steps; t-- > 0;)
        for (size_t i = 0; i < sg_layer_blocks(runs->layer); i++) {
            sg_block block = sg_layer_block(runs->layer, i);
            if (has_next(runs, t))
                project_recurrent(runs, count, t, block);
            for (size_t s = 0; s < count; s++)
                sg_step_backward(&runs[s], block, t, t + 1);
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

static void add_recurrent_gradients(const sg_layer_run *run) {
    const sg_link *recurrent = &run->layer->recurrent;
    const sg_spike_source source = own_source(run);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        const sg_link_call call = sg_call_of(run, recurrent, block);
        recurrent->kind->backward(&call, run->gradient, sg_block_g(run, block), source);
        memcpy(run->buffers->gx_next_step + block.first, sg_projected(run->buffers) + block.first * run->chunk.steps,
               block.width * sizeof(float));
    }
}

static void seed(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        sg_seed_block(run, block, sg_block_g(run, block), sg_find_active(run, block, sg_block_x(run, block)));
    }
}

static void backward_round(const sg_layer_run *runs, size_t count) {
    for (size_t s = 0; s < count; s++)
        seed(&runs[s]);
    if (runs->workspace->use.plan.constant_recurrence)
        for (size_t s = 0; s < count; s++)
            run_blocks_back(&runs[s]);
    else
        run_steps_back(runs, count);
    for (size_t s = 0; s < count; s++)
        add_recurrent_gradients(&runs[s]);
    for (size_t i = 0; i < sg_layer_blocks(runs->layer); i++)
        for (size_t s = 0; s < count; s++) {
            sg_block block = sg_layer_block(runs->layer, i);
            sg_add_link_gradient(&runs[s], block, sg_block_g(&runs[s], block));
        }
    for (size_t s = 0; s < count; s++)
        sg_add_neuron_gradient(&runs[s]);
}

const sg_stage sg_stage_recurrent = {
    .name = "recurrent",
    .summary = "step by step, with the layer's own spikes of the step before",
    .runs_link = true,
    .applies = applies,
    .lay_out = lay_out,
    .forward_round = forward_round,
    .round = round_of,
    .begin_backward = sg_begin_adjoints,
    .backward_round = backward_round,
    .project = sg_project_link,
};

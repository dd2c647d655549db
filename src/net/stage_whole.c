/* Neurons that run over a whole sample, from rest, block after block. */
#include "net/stage_whole.h"

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_lay_out_steps(workspace, request);
    sg_lay_out_sorted(workspace, request);
}

static bool applies(const sg_stage_request *request) {
    return sg_may_run_whole(request);
}

bool sg_may_run_whole(const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    return !request->cut && !request->use.traces && !layer->recurrent.kind && !layer->form->stepwise &&
           !sg_plan_cuts(&request->use.plan, request->network->steps);
}

void sg_whole_forward_block(const sg_layer_run *run, sg_block block, float *x, bool keeps, uint16_t *spikes) {
    sg_neuron_io io = {
        .block = block, .stride = run->layer->stride, .span = {0, 0, run->chunk.steps}, .spikes = spikes, .x = x};
    (void)keeps; /* u is there anyway */
    sg_weigh_block(run, block, x);
    run->layer->form->forward(run->network->kernels, &run->layer->neuron, &io);
}

sg_rank_one sg_whole_seed(const sg_layer_run *run, sg_block block, float *g, const float *u) {
    bool is_last = run->l + 1 == run->network->layer_count;
    const sg_stage *above = is_last ? NULL : run->workspace->stages[run->l + 1];
    const sg_backward_plan *plan = &run->workspace->use.plan;
    if (above && above->rank_one && !run->by_spikes && !plan->constant_inputs && !plan->feedback) {
        const sg_layer_run up = sg_run_at(run, run->l + 1);
        return above->rank_one(&up, block);
    }
    sg_seed_block(run, block, g, sg_find_active(run, block, u));
    return (sg_rank_one){NULL, NULL};
}

void sg_whole_backward_seeded(const sg_layer_run *run, sg_block block, const sg_block_scratch *scratch,
                              sg_rank_one seed) {
    const sg_neuron_io io = {.block = block,
                             .stride = run->layer->stride,
                             .span = {0, 0, run->chunk.steps},
                             .x = scratch->x,
                             .g = scratch->g,
                             .below = sg_block_below(run, block),
                             .rank_one = seed};
    sg_neuron_backward(run->layer->form, run->workspace->use.plan.gradient, run->network->kernels, &run->layer->neuron,
                       &io);
    sg_add_link_gradient(run, block, scratch->g);
}

static void backward_block(const sg_layer_run *run, sg_block block, const sg_block_scratch *scratch) {
    sg_whole_backward_seeded(run, block, scratch, sg_whole_seed(run, block, scratch->g, scratch->x));
}

void sg_whole_forward(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        run->workspace->stages[run->l]->forward_block(run, block, sg_block_x(run, block), true,
                                                      run->buffers->spikes + block.first / SG_LANES);
    }
}

void sg_whole_backward(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        const sg_block_scratch scratch = {sg_block_x(run, block), sg_block_g(run, block)};
        run->workspace->stages[run->l]->backward_block(run, block, &scratch);
    }
}

const sg_stage sg_stage_whole = {
    .name = "whole",
    .summary = "link, then neurons over all steps of a sample",
    .runs_link = true,
    .applies = applies,
    .lay_out = lay_out,
    .forward = sg_whole_forward,
    .backward = sg_whole_backward,
    .project = sg_project_link,
    .forward_block = sg_whole_forward_block,
    .backward_block = backward_block,
};

/* Neurons whose states are kept between steps, so that time may be cut into chunks. Applies to every layer without
 * recurrence. */
#include "net/stage.h"

static bool applies(const sg_stage_request *request) {
    (void)request;
    return true;
}

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_lay_out_steps(workspace, request);
    sg_lay_out_sorted(workspace, request);
    sg_lay_out_states(workspace, request);
}

static void forward(const sg_layer_run *run) {
    sg_begin_states(run);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        sg_weigh_block(run, block, sg_block_x(run, block));
        sg_step_forward(run, block, 0, run->chunk.steps);
    }
}

static void backward(const sg_layer_run *run) {
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        sg_block block = sg_layer_block(run->layer, i);
        float *g = sg_block_g(run, block);
        sg_seed_block(run, block, g, sg_find_active(run, block, sg_block_x(run, block)));
        sg_step_backward(run, block, 0, run->chunk.steps);
        sg_add_link_gradient(run, block, g);
    }
    sg_add_neuron_gradient(run);
}

const sg_stage sg_stage_stepwise = {
    .name = "stepwise",
    .summary = "link, then neurons with their states kept between steps",
    .runs_link = true,
    .applies = applies,
    .lay_out = lay_out,
    .forward = forward,
    .begin_backward = sg_begin_adjoints,
    .backward = backward,
    .project = sg_project_link,
};

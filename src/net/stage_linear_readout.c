/* The linear read-out (linear_readout.h): the last layer is not run step by step, but read from sums of the spikes
 * below, and its gradient is a product of a column over time and a row. */
#include "net/stage.h"

/* Feedback is by dL/dx of the read-out in each step, which is not computed here; nor is what EventProp hands on. A
 * spike's response goes on to the end of the sample, that of a window does not. Forward in time the states of the
 * read-out are wanted. */
static bool applies(const sg_stage_request *request) {
    const sg_backward_plan *plan = &request->use.plan;
    return request->l + 1 == request->network->layer_count && !plan->feedback &&
           plan->gradient != SG_GRADIENT_EVENTPROP && plan->online == 0 &&
           !sg_plan_cuts(plan, request->network->steps) &&
           sg_linear_readout_fits(request->network, request->use.readout);
}

/* One row of sums stands for all steps. */
static double operations(const sg_stage_request *request, double spikes) {
    const sg_layer *layer = request->layer;
    double inputs = (double)layer->link.inputs, ways = request->use.backward ? 3 : 1;
    double product = request->use.backward ? (double)request->network->steps * inputs : 0;
    return spikes + ways * inputs * (double)layer->neurons + product;
}

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_linear_readout_lay_out(&workspace->linear, &workspace->memory, request->network, request->use.backward);
}

static void prepare(sg_workspace *workspace, const sg_stage_request *request) {
    sg_linear_readout_prepare(&workspace->linear, request->network, request->use.readout);
}

static void begin_reading(const sg_layer_run *run) {
    sg_linear_readout_begin(&run->workspace->linear, run->network);
}

static void read(const sg_layer_run *run) {
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    sg_linear_readout_collect(&run->workspace->linear, run->network, source.bits, run->chunk.first, run->chunk.steps);
}

static void end_reading(const sg_layer_run *run) {
    sg_workspace *workspace = run->workspace;
    sg_linear_readout_forward(&workspace->linear, run->network, sg_dropout_of(run->layer, run->sample));
    for (size_t n = 0; n < run->layer->neurons; n++)
        workspace->values[n] = workspace->linear.values[n];
}

static void begin_backward(const sg_layer_run *run) {
    sg_linear_readout_backward(&run->workspace->linear, run->network, run->workspace->by_values,
                               sg_dropout_of(run->layer, run->sample),
                               run->sample->dropout ? run->buffers->dropout_mask : NULL, run->gradient);
}

static sg_rank_one rank_one(const sg_layer_run *run, sg_block below) {
    return sg_linear_readout_gradient(&run->workspace->linear, run->chunk.first, below);
}

static void project(const sg_layer_run *run, sg_block below, float *g, const uint16_t *active) {
    const sg_rank_one product = rank_one(run, below);
    (void)active; /* it costs little to fill all of g */
    run->network->kernels->outer_product(g, product.column, product.row, false, run->chunk.steps, below.width);
}

const sg_stage sg_stage_linear_readout = {
    .name = "linear read-out",
    .summary = "read from sums of the spikes below, for all steps at once",
    .runs_link = false,
    .applies = applies,
    .operations = operations,
    .lay_out = lay_out,
    .prepare = prepare,
    .begin_reading = begin_reading,
    .read = read,
    .end_reading = end_reading,
    .begin_backward = begin_backward,
    .project = project,
    .rank_one = rank_one,
};

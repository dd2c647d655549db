/* Link and neurons at once, over a whole sample, where the spikes that come in are a list. */
#include "net/fused.h"
#include "net/stage_whole.h"

static const sg_fused *pair_of(const sg_layer *layer) {
    return sg_fused_find(layer->link.kind, layer->form);
}

/* What is added to the weighted input, or scales it, needs the two apart. The pair's backward form has surrogates. */
static bool applies(const sg_stage_request *request) {
    const sg_layer *layer = request->layer;
    bool drops = request->use.backward && layer->dropout > 0;
    bool has_surrogates = request->use.plan.gradient == SG_GRADIENT_SURROGATE;
    return sg_may_run_whole(request) && pair_of(layer) && !layer->bias && layer->skip_count == 0 &&
           layer->norm.rows == 0 && !drops && layer->inlet.factor == 1 && has_surrogates;
}

static sg_neuron_io io_of(const sg_layer_run *run, sg_block block) {
    return (sg_neuron_io){.block = block, .stride = run->layer->stride, .span = {0, 0, run->chunk.steps}};
}

static void forward_block(const sg_layer_run *run, sg_block block, float *x, bool keeps, uint16_t *spikes) {
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    const sg_link_call call = sg_call_of(run, &run->layer->link, block);
    sg_neuron_io io = io_of(run, block);
    if (source.bits || source.value) {
        sg_whole_forward_block(run, block, x, keeps, spikes);
        return;
    }
    io.x = x;
    io.spikes = spikes;
    pair_of(run->layer)->forward(&call, &run->layer->neuron, &io, source.list, keeps);
}

static void lay_out(sg_workspace *workspace, const sg_stage_request *request) {
    sg_lay_out_steps(workspace, request);
    sg_lay_out_sorted(workspace, request);
}

/* dL/dx is not left in g, so that a layer which must hand it on runs its neurons alone. So does one with many spikes,
 * since a row of the gradient then gets all of a channel's in registers. */
static void backward_block(const sg_layer_run *run, sg_block block, const sg_block_scratch *scratch) {
    const sg_spike_source source = sg_source_below(run->workspace, &run->chunk, run->l);
    const sg_link_call call = sg_call_of(run, &run->layer->link, block);
    const sg_rank_one seed = sg_whole_seed(run, block, scratch->g, scratch->x);
    sg_neuron_io io = io_of(run, block);
    bool hands_on = sg_layer_stores_g(run->network, run->l, &run->workspace->use);
    if (source.bits || source.value || hands_on || sg_will_sort(run, source)) {
        sg_whole_backward_seeded(run, block, scratch, seed);
        return;
    }
    io.x = scratch->x;
    io.g = scratch->g;
    io.rank_one = seed;
    pair_of(run->layer)->backward(&call, &run->layer->neuron, &io, source.list, run->gradient);
}

const sg_stage sg_stage_fused = {
    .name = "fused",
    .summary = "link and neurons at once over all steps of a sample",
    .runs_link = true,
    .applies = applies,
    .lay_out = lay_out,
    .forward = sg_whole_forward,
    .backward = sg_whole_backward,
    .project = sg_project_link,
    .forward_block = forward_block,
    .backward_block = backward_block,
};

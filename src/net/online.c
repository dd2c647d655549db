#include "net/online.h"

#include "net/stage.h"

#include <string.h>

/* A sample at work in one chunk. */
typedef struct learner {
    const sg_network *network;
    sg_workspace *workspace;
    const sg_sample_run *sample;
    sg_chunk chunk;
    sg_eligibility *eligibility;
    size_t last; /* number of the last layer */
} learner;

static learner learner_of(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                          sg_chunk chunk) {
    return (learner){network, workspace, sample, chunk, &workspace->eligibility, network->layer_count - 1};
}

static sg_layer_run run_of(const learner *work, size_t l) {
    sg_layer_run run = sg_layer_run_of(work->network, work->workspace, work->sample, work->chunk, l);
    run.by_spikes = work->sample->online->by_spikes ? work->sample->online->by_spikes[l] : NULL;
    return run;
}

static bool carries(const learner *work, size_t l, size_t adjoint) {
    return sg_neuron_carries(&work->network->layers[l].neuron, adjoint);
}

/* Whether hidden layers have an eligibility through an adjoint of the outputs. */
static bool goes_through(const learner *work, size_t adjoint) {
    return work->eligibility->through[adjoint].values != NULL;
}

/* --------------------------------------------------------------------------------------------- a layer in a chunk */

static const size_t NO_ADJOINT = SG_NEURON_ADJOINTS;

/* `to` += what the chunk does by the layer's parameters: through dL/dspikes, which are `seed`, or where that is NULL
 * those that come from above; and through an adjoint of 1 after the chunk. Leaves the adjoints before the chunk. */
static void run_back(sg_layer_run run, const sg_rank_one *seed, size_t adjoint, const sg_gradient *to) {
    const sg_stage *stage = run.workspace->stages[run.l];
    run.seed = seed;
    run.gradient = to;
    stage->begin_backward(&run);
    for (size_t n = 0; adjoint != NO_ADJOINT && n < run.layer->neurons; n++)
        run.buffers->adjoint[adjoint * run.layer->stride + n] = 1;
    if (stage->backward_round)
        stage->backward_round(&run, 1);
    else
        stage->backward(&run);
}

/* `to` += what the steps before the chunk do, by the neurons' adjoints before it. */
static void add_before(const learner *work, size_t l, const sg_gradient *to) {
    const sg_layer *layer = &work->network->layers[l];
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++)
        if (carries(work, l, r))
            sg_eligibility_add(work->network, l, to, &work->eligibility->own[r],
                               work->workspace->layers[l].adjoint + r * layer->stride);
}

static void keep_outputs(const learner *work) {
    memcpy(work->eligibility->outputs, work->workspace->layers[work->last].adjoint,
           SG_NEURON_ADJOINTS * sg_network_top(work->network)->stride * sizeof(float));
}

/* What comes to each neuron of a hidden layer of a row of numbers, one of each output. */
static const float *to_hidden(const learner *work, size_t l, const float *outputs) {
    const sg_layer_run last = run_of(work, work->last);
    const sg_workspace_use *use = &work->workspace->use;
    const sg_step_rows row = {outputs, 1, 0};
    const uint16_t *mask = work->sample->dropout ? last.buffers->dropout_mask : NULL;
    float *hidden = work->eligibility->row;
    for (size_t i = 0; i < sg_layer_blocks(&work->network->layers[l]); i++) {
        const sg_block block = sg_layer_block(&work->network->layers[l], i);
        sg_link_call call = sg_call_of(&last, &last.layer->link, block);
        call.steps = 1;
        if (use->plan.feedback)
            sg_feedback_project(use->feedback, work->network->kernels, l, block, 1, hidden + block.first, row, NULL);
        else
            last.layer->link.kind->project(&call, hidden + block.first, row, NULL);
        if (mask && !use->plan.feedback)
            work->network->kernels->mask_columns(hidden + block.first, mask + block.first / SG_LANES, 1, block.width);
    }
    return hidden;
}

/* The last layer's dL/dx of one output in each step, which is that of all. */
static const float *column_of(const learner *work) {
    const sg_layer_run last = run_of(work, work->last);
    const size_t width = sg_layer_block(last.layer, 0).width;
    for (size_t t = 0; t < work->chunk.steps; t++)
        work->eligibility->column[t] = last.buffers->g[t * width];
    return work->eligibility->column;
}

/* ------------------------------------------------------------------------------------------------------ gradient */

static void seed_last(const learner *work) {
    const sg_layer_run last = run_of(work, work->last);
    sg_seed_last(&last);
}

/* Where dL/dvalues are those of the chunk's steps. */
static void learn_by_step(const learner *work) {
    const sg_gradient *to = work->sample->online->gradient;
    seed_last(work);
    run_back(run_of(work, work->last), NULL, NO_ADJOINT, to);
    add_before(work, work->last, to);
    keep_outputs(work);
    for (size_t l = work->last; l-- > 0;) {
        run_back(run_of(work, l), NULL, NO_ADJOINT, to);
        add_before(work, l, to);
        for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++)
            if (goes_through(work, r))
                sg_eligibility_add(work->network, l, to, &work->eligibility->through[r],
                                   to_hidden(work, l,
                                             work->eligibility->outputs + r * sg_network_top(work->network)->stride));
    }
}

/* `to` += what a hidden layer's parameters do where each neuron's dL/dspikes are those of one output, and the outputs'
 * adjoints before the chunk are `outputs`, alike. */
static void through_outputs(const learner *work, size_t l, const sg_gradient *to) {
    const sg_layer *layer = &work->network->layers[l];
    const sg_rank_one seed = {work->eligibility->column, sg_eligibility_ones(work->eligibility, layer, 1)};
    run_back(run_of(work, l), &seed, NO_ADJOINT, to);
    add_before(work, l, to);
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++) {
        const float output = work->eligibility->outputs[r * sg_network_top(work->network)->stride];
        if (goes_through(work, r))
            sg_eligibility_add(work->network, l, to, &work->eligibility->through[r],
                               sg_eligibility_ones(work->eligibility, layer, output));
    }
}

/* Where dL/dvalues come at the end of the sample: for now, they are 1. */
static void learn_by_sample(const learner *work) {
    const sg_gradient *to = &work->eligibility->sample;
    for (size_t k = 0; k < sg_network_top(work->network)->neurons; k++)
        work->workspace->by_values[k] = 1;
    seed_last(work);
    run_back(run_of(work, work->last), NULL, NO_ADJOINT, to);
    add_before(work, work->last, to);
    keep_outputs(work);
    column_of(work);
    for (size_t l = work->last; l-- > 0;)
        through_outputs(work, l, to);
}

/* Besides, what each spike costs by itself (sg_backward's by_spikes), which is known all along. */
static void learn_by_spikes(const learner *work) {
    const sg_gradient *to = work->sample->online->gradient;
    for (size_t t = 0; t < work->chunk.steps; t++)
        work->eligibility->column[t] = 1;
    for (size_t l = 0; l < work->last; l++) {
        const sg_layer_run run = run_of(work, l);
        const sg_rank_one seed = {work->eligibility->column, run.by_spikes};
        if (!run.by_spikes)
            continue;
        run_back(run, &seed, NO_ADJOINT, to);
        add_before(work, l, to);
    }
}

/* --------------------------------------------------------------------------------------------------- eligibility */

/* No dL/dspikes: a row of 0, whatever the column. */
static void make_own(const learner *work, size_t l, size_t r) {
    const sg_layer *layer = &work->network->layers[l];
    const sg_gradient *to = &work->eligibility->next_own[r];
    const sg_rank_one none = {work->eligibility->column, sg_eligibility_ones(work->eligibility, layer, 0)};
    run_back(run_of(work, l), &none, r, to);
    add_before(work, l, to);
}

static void make_through(const learner *work, size_t r) {
    sg_gradient *to = &work->eligibility->next_through[r];
    keep_outputs(work);
    column_of(work);
    for (size_t l = 0; l < work->last; l++)
        through_outputs(work, l, to);
}

/* The last layer comes last: what it leaves in g is what goes through it. */
static void make_eligibility(const learner *work) {
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++) {
        if (!work->eligibility->own[r].values)
            continue;
        for (size_t l = 0; l <= work->last; l++)
            if (carries(work, l, r))
                make_own(work, l, r);
        if (goes_through(work, r))
            make_through(work, r);
    }
    sg_eligibility_end_chunk(work->eligibility, work->network);
}

/* -------------------------------------------------------------------------------------------------------- sample */

void sg_online_begin(const sg_network *network, sg_workspace *workspace) {
    sg_eligibility_begin(&workspace->eligibility, network);
}

void sg_online_learn(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, sg_chunk chunk,
                     bool more) {
    const learner work = learner_of(network, workspace, sample, chunk);
    if (sg_readout_has_rows(workspace->use.readout)) {
        learn_by_step(&work);
    } else {
        learn_by_sample(&work);
        learn_by_spikes(&work);
    }
    if (more)
        make_eligibility(&work);
}

/* Each column of the sample's gradient times its dL/dvalue, or what comes of it to the neuron. */
void sg_online_end(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample) {
    const learner work = learner_of(network, workspace, sample, sg_chunk_at(network, workspace, 0));
    float *values = work.eligibility->outputs;
    if (sg_readout_has_rows(workspace->use.readout))
        return;
    for (size_t k = 0; k < sg_network_top(network)->stride; k++)
        values[k] = k < sg_network_top(network)->neurons ? (float)workspace->by_values[k] : 0;
    for (size_t l = 0; l < network->layer_count; l++)
        sg_eligibility_add(network, l, sample->online->gradient, &work.eligibility->sample,
                           l < work.last ? to_hidden(&work, l, values) : values);
}

#include "engine/cpu/slice.h"

#include "learn/loss.h"

#include <string.h>

sg_sample_run sg_training_run(const sg_batch_slice *slice, size_t s, sg_dropout_key *key,
                              const sg_augment_scratch *scratch) {
    *key = (sg_dropout_key){(uint64_t)slice->config->seed, slice->number, s};
    return (sg_sample_run){
        .input = slice->augment
                     ? sg_augment_sample(slice->augment, slice->events, slice->samples[s], slice->number, s, scratch)
                     : sg_events_input(slice->events, slice->samples[s]),
        .dropout = key,
    };
}

/* dL/doutputs of the caller's loss; an output that is a mean over steps has as much of it in each. */
static void take_by_outputs(const sg_batch_slice *slice, sg_workspace *workspace, size_t outputs,
                            const double *by_outputs) {
    const size_t rows = sg_readout_rows(workspace->use.readout, slice->network->steps);
    for (size_t j = 0; j < workspace->outputs.rows * outputs; j++)
        workspace->by_values[j] = by_outputs[j % outputs] / (double)rows;
}

/* The loss of the numbers that are there, whose dL/dvalues are left in the workspace. Samples of a forward pass alone,
 * for a loss of the caller's, may have no goal. */
static void apply_loss(const sg_batch_slice *slice, sg_workspace *workspace, size_t s, sg_measure *measure) {
    const size_t outputs = sg_network_top(slice->network)->neurons;
    workspace->seeded = false;
    if (slice->by_outputs)
        take_by_outputs(slice, workspace, outputs, slice->by_outputs + s * outputs);
    else
        sg_loss_apply(slice->config, slice->network, slice->events, slice->samples[s], slice->scale,
                      !slice->forward_only, workspace, measure);
}

/* A sample whose loss is made on the way. */
typedef struct sample_loss {
    const sg_batch_slice *slice;
    size_t s; /* in the batch */
    sg_measure measure;
} sample_loss;

static void add_chunk(void *user, sg_workspace *workspace) {
    sample_loss *sample = user;
    apply_loss(sample->slice, workspace, sample->s, &sample->measure);
}

/* Whether the loss of a sample is made chunk by chunk, while it runs: of a plan forward in time, with a number a step.
 */
static bool has_loss_by_chunk(const sg_workspace *workspace) {
    return workspace->use.plan.online > 0 && sg_readout_has_rows(workspace->use.readout);
}

static void add_measure(const sg_measure *measure, sg_slice_result *result) {
    result->loss += measure->loss;
    sg_score_add(&result->score, &measure->score);
}

void sg_finish_forward(const sg_batch_slice *slice, sg_workspace *workspace, size_t s, sg_slice_result *result) {
    const sg_network *network = slice->network;
    const size_t outputs = sg_network_top(network)->neurons, sample = slice->samples[s];
    double values[SG_MAX_CLASSES];
    sg_measure measure = {0};
    sg_read(network, workspace, values);
    const uint32_t predicted = sg_largest_output(values, outputs);
    if (slice->outputs)
        memcpy(slice->outputs + s * outputs, values, outputs * sizeof *values);
    if (slice->predictions)
        slice->predictions[s] = predicted;
    if (!has_loss_by_chunk(workspace))
        apply_loss(slice, workspace, s, &measure);
    sg_loss_add_prediction(slice->config, slice->events, sample, predicted, &measure);
    add_measure(&measure, result);
    result->correct += predicted == slice->events->label[sample];
    for (size_t l = 0; l < network->layer_count; l++)
        result->spikes[l] += workspace->layers[l].spike_count;
}

void sg_run_forward(const sg_batch_slice *slice, sg_workspace *workspace, sg_sample_run *run, size_t s,
                    sg_slice_result *result) {
    sample_loss sample = {.slice = slice, .s = s};
    const sg_online_run online = {.loss = add_chunk, .user = &sample};
    run->online = has_loss_by_chunk(workspace) ? &online : NULL;
    sg_forward(slice->network, workspace, run);
    sg_finish_forward(slice, workspace, s, result);
    add_measure(&sample.measure, result);
}

void sg_add_results(sg_batch_sums *sums, const sg_slice_result *results, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums->loss += results[i].loss;
        sums->correct += results[i].correct;
        sg_score_add(&sums->score, &results[i].score);
        for (size_t l = 0; l < SG_MAX_LAYERS; l++)
            sums->spikes[l] += results[i].spikes[l];
    }
}

/* A sample forward in time: its gradient comes about on the way. */
static void run_online(const sg_batch_slice *slice, const sg_sample_places *places, size_t s,
                       const sg_gradient *gradient, sg_slice_result *result) {
    sample_loss sample = {.slice = slice, .s = s};
    const sg_online_run online = {.gradient = slice->forward_only ? NULL : gradient,
                                  .by_spikes = slice->by_spikes,
                                  .loss = has_loss_by_chunk(places->workspaces) ? add_chunk : NULL,
                                  .user = &sample,
                                  .goes_on = slice->goes_on,
                                  .is_part = slice->is_part};
    sg_dropout_key key;
    sg_sample_run run = sg_training_run(slice, s, &key, places->scratch);
    run.online = &online;
    sg_forward(slice->network, places->workspaces, &run);
    sg_finish_forward(slice, places->workspaces, s, result);
    add_measure(&sample.measure, result);
    if (!slice->forward_only)
        sg_backward(slice->network, places->workspaces, &run, slice->by_spikes, gradient);
}

static void run_round(const sg_batch_slice *slice, const sg_sample_places *places, size_t first, size_t count,
                      const sg_gradient *gradient, sg_slice_result *result) {
    sg_dropout_key keys[SG_ROUND];
    sg_sample_run runs[SG_ROUND];
    const sg_round round = {slice->network, places->workspaces, runs, count};
    for (size_t s = 0; s < count; s++)
        runs[s] = sg_training_run(slice, first + s, &keys[s], &places->scratch[s]);
    sg_forward_round(&round);
    for (size_t s = 0; s < count; s++)
        sg_finish_forward(slice, &places->workspaces[s], first + s, result);
    if (!slice->forward_only)
        sg_backward_round(&round, slice->by_spikes, gradient);
}

void sg_run_slice(const sg_batch_slice *slice, const sg_sample_places *places, const sg_gradient *gradient,
                  sg_slice_result *result) {
    *result = (sg_slice_result){0};
    for (size_t s = slice->begin, count; s < slice->end; s += count) {
        count = slice->end - s < places->count ? slice->end - s : places->count;
        if (places->workspaces->use.plan.online > 0)
            run_online(slice, places, s, gradient, result);
        else
            run_round(slice, places, s, count, gradient, result);
    }
}

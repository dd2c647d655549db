#include "learn/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sg_part(size_t count, size_t parts, size_t i, size_t *begin, size_t *end) {
    size_t size = count / parts, longer = count % parts;
    *begin = i * size + (i < longer ? i : longer);
    *end = *begin + size + (i < longer);
}

static void lay_out(sg_trainer *trainer) {
    size_t count = trainer->network->parameter_count;
    trainer->gradient = sg_arena_take(&trainer->memory, count, sizeof(float));
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        trainer->state.arrays[i] = sg_arena_take(&trainer->memory, count, sizeof(float));
    trainer->parts = sg_arena_take(&trainer->memory, SG_PIECES * count, sizeof(float));
}

/* There is no more work to share than the pieces. */
int sg_trainer_threads(int requested) {
    int threads = sg_threads(requested);
    return threads < SG_PIECES ? threads : SG_PIECES;
}

void sg_trainer_bytes(const sg_network *network, const sg_learn_config *config, int threads, size_t *arrays,
                      size_t *pieces, size_t *workspaces) {
    size_t count = network->parameter_count * sizeof(float);
    *arrays = (1 + sg_optimiser_arrays(config)) * count;
    *pieces = SG_PIECES * count;
    *workspaces = (size_t)sg_trainer_threads(threads) * sg_workspace_bytes(network, true);
}

static sg_status open_workspaces(sg_trainer *trainer) {
    trainer->workspaces = sg_array((size_t)sg_pool_threads(trainer->pool), sizeof *trainer->workspaces);
    if (!trainer->workspaces)
        return SG_MEMORY;
    for (int i = 0; i < sg_pool_threads(trainer->pool); i++)
        SG_TRY(sg_workspace_open(&trainer->workspaces[i], trainer->network, true));
    return SG_OK;
}

static sg_status open_trainer(sg_trainer *trainer, int threads) {
    SG_TRY(sg_pool_create(threads, &trainer->pool));
    lay_out(trainer);
    SG_TRY(sg_arena_open(&trainer->memory));
    lay_out(trainer);
    return open_workspaces(trainer);
}

sg_status sg_trainer_create(sg_network *network, const sg_config *config, int threads, sg_trainer **out) {
    *out = NULL;
    sg_trainer *trainer = sg_array(1, sizeof *trainer);
    if (!trainer)
        return SG_MEMORY;
    trainer->network = network;
    trainer->config = config->learn;
    sg_status status = open_trainer(trainer, sg_trainer_threads(threads));
    if (status == SG_OK)
        *out = trainer;
    else
        sg_trainer_free(trainer);
    return status;
}

void sg_trainer_free(sg_trainer *trainer) {
    if (!trainer)
        return;
    for (int i = 0; trainer->workspaces && i < sg_pool_threads(trainer->pool); i++)
        sg_workspace_close(&trainer->workspaces[i]);
    free(trainer->workspaces);
    sg_pool_free(trainer->pool);
    sg_arena_close(&trainer->memory);
    free(trainer);
}

sg_status sg_check_events(const sg_network *network, const sg_events *events) {
    const sg_link_shape *first = &network->layers[0].shape;
    size_t outputs = network->layers[network->layer_count - 1].shape.neurons;
    if (events->channels != first->inputs)
        return sg_fail(SG_MODEL, "the data have %u channels, but the network has %zu inputs", events->channels,
                       first->inputs);
    if (events->steps != first->steps)
        return sg_fail(SG_MODEL, "the data have %u steps, but the network has %zu", events->steps, first->steps);
    if (events->classes > outputs)
        return sg_fail(SG_MODEL,
                       "the data have %u classes, but the network has %zu outputs: give its last layer a "
                       "neuron for each class",
                       events->classes, outputs);
    return SG_OK;
}

/* A batch in work: what every piece is told. */
typedef struct task {
    sg_trainer *trainer;
    sg_piece batch;
} task;

static void run_piece(void *context, int piece, int thread) {
    const task *work = context;
    sg_trainer *trainer = work->trainer;
    size_t count = trainer->network->parameter_count;
    float *gradient = trainer->parts + (size_t)piece * count;
    sg_piece part = work->batch;
    sg_part(work->batch.end, SG_PIECES, (size_t)piece, &part.begin, &part.end);
    memset(gradient, 0, count * sizeof *gradient);
    sg_rule_at(trainer->config.rule)->run(&part, &trainer->workspaces[thread], gradient, &trainer->results[piece]);
}

static void add_range(void *context, int range, int thread) {
    (void)thread;
    sg_trainer *trainer = context;
    size_t count = trainer->network->parameter_count, begin, end;
    sg_part(count / SG_LANES, SG_RANGES, (size_t)range, &begin, &end);
    trainer->network->kernels->add_pieces(trainer->gradient, trainer->parts, count, SG_PIECES, begin * SG_LANES,
                                          end * SG_LANES);
}

static void step_range(void *context, int range, int thread) {
    (void)thread;
    sg_trainer *trainer = context;
    size_t begin, end;
    sg_part(trainer->network->parameter_count / SG_LANES, SG_RANGES, (size_t)range, &begin, &end);
    sg_optimiser_at(trainer->config.optimiser)
        ->step(trainer->network->kernels, &trainer->config, &trainer->state, trainer->state.steps,
               trainer->network->parameters, trainer->gradient, begin * SG_LANES, end * SG_LANES);
}

static void collect(const sg_trainer *trainer, size_t count, sg_batch_result *result) {
    *result = (sg_batch_result){0};
    for (size_t p = 0; p < SG_PIECES; p++) {
        result->loss += trainer->results[p].loss;
        result->correct += trainer->results[p].correct;
        for (size_t l = 0; l < trainer->network->layer_count; l++)
            result->spikes[l] += trainer->results[p].spikes[l];
    }
    result->loss /= (double)count;
}

sg_status sg_check_samples(const sg_events *events, const uint32_t *samples, size_t count) {
    if (count == 0)
        return sg_fail(SG_ARGUMENT, "no samples: a batch or an evaluation needs 1 or more");
    for (size_t s = 0; s < count; s++)
        if (samples[s] >= events->samples)
            return sg_fail(SG_ARGUMENT, "sample %u of a store of %zu", samples[s], events->samples);
    return SG_OK;
}

sg_status sg_trainer_gradient(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                              sg_batch_result *result) {
    SG_TRY(sg_check_events(trainer->network, events));
    SG_TRY(sg_check_samples(events, samples, count));
    task work = {
        .trainer = trainer,
        .batch = {trainer->network, &trainer->config, events, samples, 0, count, 1.0 / (double)count},
    };
    sg_pool_run(trainer->pool, SG_PIECES, run_piece, &work);
    sg_pool_run(trainer->pool, SG_RANGES, add_range, trainer);
    collect(trainer, count, result);
    return SG_OK;
}

sg_status sg_trainer_get_gradient(const sg_trainer *trainer, size_t layer, float *gradient) {
    if (layer >= trainer->network->layer_count)
        return sg_fail(SG_ARGUMENT, "layer %zu of a network of %zu", layer, trainer->network->layer_count);
    sg_layer_unpack(&trainer->network->layers[layer], trainer->gradient, gradient);
    return SG_OK;
}

static sg_status check_finite(const sg_trainer *trainer, const char *what, const float *array) {
    const sg_network *network = trainer->network;
    size_t bad = network->kernels->first_not_finite(array, network->parameter_count);
    if (bad == network->parameter_count)
        return SG_OK;
    char place[128];
    sg_network_place(network, bad, place, sizeof place);
    return sg_fail(SG_DIVERGED, "the %s of %s, is not a finite number: lower optimiser.lr", what, place);
}

sg_status sg_trainer_step(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                          sg_batch_result *result) {
    SG_TRY(sg_trainer_gradient(trainer, events, samples, count, result));
    if (!isfinite(result->loss))
        return sg_fail(SG_DIVERGED, "the loss is not a finite number: lower optimiser.lr");
    SG_TRY(check_finite(trainer, "gradient by the weight", trainer->gradient));
    trainer->state.steps++;
    sg_pool_run(trainer->pool, SG_RANGES, step_range, trainer);
    SG_TRY(check_finite(trainer, "weight", trainer->network->parameters));
    sg_network_refresh(trainer->network);
    return SG_OK;
}

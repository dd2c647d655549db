/* Forward passes only: loss, accuracy, confusion, spikes. */
#include "base/memory_limit.h"
#include "config/config.h"
#include "train/diverge.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 64 }; /* samples a piece of work */

typedef struct task {
    const sg_network *network;
    const sg_learn_config *config;
    const sg_events *events;
    const uint32_t *samples;
    size_t count;
    sg_pool *pool;
    sg_workspace *workspaces; /* (threads) */
    sg_slice_result *results; /* (blocks) */
    uint32_t *predictions;    /* (count) */
    uint16_t *fired;          /* (threads, tiles of all layers) neurons that fired for any sample */
    size_t tiles;
} task;

static void mark_neurons(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                         size_t steps) {
    uint16_t *fired = user;
    (void)first;
    for (size_t l = 0; l < network->layer_count; l++) {
        size_t stride = network->layers[l].stride;
        network->kernels->mark_fired(fired, workspace->layers[l].spikes, steps, stride);
        fired += stride / SG_LANES;
    }
}

static void run_block(void *context, int block, int thread) {
    const task *work = context;
    const sg_loss_kind *loss = sg_loss_at(work->config->loss);
    size_t outputs = sg_network_top(work->network)->neurons;
    sg_workspace *workspace = &work->workspaces[thread];
    sg_slice_result *result = &work->results[block];
    sg_sample_run pass = {.record = mark_neurons, .user = work->fired + (size_t)thread * work->tiles};
    size_t begin = (size_t)block * BLOCK, end = begin + BLOCK < work->count ? begin + BLOCK : work->count;
    for (size_t s = begin; s < end; s++) {
        double values[SG_MAX_CLASSES];
        uint32_t sample = work->samples[s], label = work->events->label[sample];
        pass.input = sg_events_list(work->events, sample);
        sg_forward(work->network, workspace, &pass);
        sg_read(work->network, workspace, values);
        double value = loss->criterion(work->config, values, outputs, label, NULL);
        work->predictions[s] = sg_predict(values, outputs);
        sg_result_add(result, work->network, workspace, value, work->predictions[s] == label);
    }
}

static void collect(const task *work, size_t blocks, sg_evaluation *result) {
    double events = 0, samples = work->count ? (double)work->count : 1;
    *result = (sg_evaluation){.samples = work->count, .layers = work->network->layer_count};
    for (size_t b = 0; b < blocks; b++) {
        result->loss += work->results[b].loss;
        result->correct += work->results[b].correct;
        for (size_t l = 0; l < result->layers; l++)
            result->spikes_per_sample[l] += (double)work->results[b].spikes[l];
    }
    for (size_t s = 0; s < work->count; s++)
        events += (double)sg_events_list(work->events, work->samples[s]).count;
    result->loss /= samples;
    result->accuracy = (double)result->correct / samples;
    result->input_events_per_sample = events / samples;
    for (size_t l = 0; l < result->layers; l++)
        result->spikes_per_sample[l] /= samples;
}

static void count_silent(const task *work, int threads, sg_evaluation *result) {
    for (size_t l = 0, tile = 0; l < work->network->layer_count; l++) {
        const sg_layer *layer = &work->network->layers[l];
        result->silent[l] = (uint32_t)layer->neurons;
        for (size_t end = tile + layer->stride / SG_LANES; tile < end; tile++) {
            unsigned int any = 0;
            for (int i = 0; i < threads; i++)
                any |= work->fired[(size_t)i * work->tiles + tile];
            result->silent[l] -= (uint32_t)__builtin_popcount(any);
        }
        if (!work->network->layers[l].neuron.kind->spiking) /* not silent, but not meant to fire */
            result->silent[l] = 0;
    }
}

static void confuse(const task *work, uint64_t *confusion) {
    size_t outputs = work->network->layers[work->network->layer_count - 1].neurons;
    for (size_t j = 0; j < work->events->classes * outputs; j++)
        confusion[j] = 0;
    for (size_t s = 0; s < work->count; s++)
        confusion[work->events->label[work->samples[s]] * outputs + work->predictions[s]]++;
}

static sg_status open_task(task *work, size_t blocks, int threads) {
    const sg_workspace_use use = {.readout = sg_loss_at(work->config->loss)->readout, .count = threads};
    SG_TRY(sg_check_memory((size_t)threads * sg_workspace_bytes(work->network, use), "the evaluation",
                           "use fewer threads, or `memory:`"));
    SG_TRY(sg_pool_create(threads, &work->pool));
    work->results = sg_array(blocks, sizeof *work->results);
    work->predictions = sg_array(work->count, sizeof *work->predictions);
    work->workspaces = sg_array((size_t)threads, sizeof *work->workspaces);
    for (size_t l = 0; l < work->network->layer_count; l++)
        work->tiles += work->network->layers[l].stride / SG_LANES;
    work->fired = sg_array((size_t)threads * work->tiles, sizeof *work->fired);
    if (!work->results || !work->predictions || !work->workspaces || !work->fired)
        return SG_MEMORY;
    for (int i = 0; i < threads; i++)
        SG_TRY(sg_workspace_open(&work->workspaces[i], work->network, use));
    return SG_OK;
}

static void close_task(task *work, int threads) {
    for (int i = 0; work->workspaces && i < threads; i++)
        sg_workspace_close(&work->workspaces[i]);
    sg_pool_free(work->pool);
    free(work->workspaces);
    free(work->fired);
    free(work->predictions);
    free(work->results);
}

static sg_status fail_loss(const task *work) {
    const sg_batch_slice all = {.network = work->network,
                                .config = work->config,
                                .events = work->events,
                                .samples = work->samples,
                                .end = work->count};
    return sg_diverged_loss(&all, NULL);
}

sg_status sg_evaluate(sg_network *network, const sg_config *config, const sg_events *events, const uint32_t *samples,
                      size_t count, int threads, sg_evaluation *result, uint64_t *confusion) {
    SG_TRY(sg_check_events(network, events));
    SG_TRY(sg_check_samples(events, samples, count));
    size_t blocks = (count + BLOCK - 1) / BLOCK;
    threads = sg_threads(threads);
    if ((size_t)threads > blocks) /* there is no more work to share */
        threads = (int)blocks;
    task work = {.network = network, .config = &config->learn, .events = events, .samples = samples, .count = count};
    sg_status status = open_task(&work, blocks, threads);
    if (status == SG_OK) {
        sg_pool_run(work.pool, (int)blocks, run_block, &work);
        collect(&work, blocks, result);
        count_silent(&work, threads, result);
        if (confusion)
            confuse(&work, confusion);
        status = isfinite(result->loss) ? SG_OK : fail_loss(&work);
    }
    close_task(&work, threads);
    return status;
}

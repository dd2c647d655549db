/* What the neurons of a network do with samples, step by step. */
#include "base/memory_limit.h"
#include "base/threads.h"
#include "engine/cpu/slice.h"
#include "net/added.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

/* Samples that threads share. */
typedef struct task {
    const sg_network *network;
    const sg_events *events;
    const uint32_t *samples;
    const sg_layer_record *records;
    size_t record_count;
    sg_workspace *workspaces; /* (threads) */
} task;

/* A sample in work. */
typedef struct current {
    const task *task;
    size_t s;
} current;

/* Adds the steps of a chunk in place (T, N) of a sample's raster. */
static void add_spikes(uint8_t *raster, const sg_layer *layer, const uint16_t *spikes, size_t first, size_t steps) {
    for (size_t n = 0; n < layer->neurons; n++) {
        size_t number = sg_layer_number(layer, n);
        for (size_t t = 0; t < steps; t++)
            raster[(first + t) * layer->neurons + number] +=
                spikes[t * (layer->stride / SG_LANES) + n / SG_LANES] >> (n % SG_LANES) & 1;
    }
}

/* The spikes of each neuron and step. */
static void copy_spikes(uint8_t *raster, const sg_workspace *workspace, const sg_layer *layer, size_t l, size_t first,
                        size_t steps) {
    memset(raster + first * layer->neurons, 0, steps * layer->neurons);
    for (size_t k = 0; k < layer->planes; k++)
        add_spikes(raster, layer, sg_spike_plane(workspace, layer, l, k), first, steps);
}

/* The same of a trace, whose blocks are (steps, width); `to` may be NULL. */
static void copy_trace(float *to, const sg_layer *layer, const float *trace, size_t first, size_t steps) {
    for (size_t n = 0; to && n < layer->neurons; n++) {
        sg_block block = sg_layer_block(layer, n / SG_BLOCK);
        const float *from = trace + block.first * steps + n % SG_BLOCK;
        for (size_t t = 0; t < steps; t++)
            to[(first + t) * layer->neurons + sg_layer_number(layer, n)] = from[t * block.width];
    }
}

static float *place_of(float *array, const current *at, const sg_layer *layer) {
    return array ? array + at->s * at->task->network->steps * layer->neurons : NULL;
}

static void copy_chunk(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                       size_t steps) {
    const current *at = user;
    for (size_t i = 0; i < at->task->record_count; i++) {
        const sg_layer_record *record = &at->task->records[i];
        const sg_layer *layer = &network->layers[record->layer];
        const sg_layer_buffers *buffers = &workspace->layers[record->layer];
        if (record->raster)
            copy_spikes(record->raster + at->s * network->steps * layer->neurons, workspace, layer, record->layer,
                        first, steps);
        copy_trace(place_of(record->membrane, at, layer), layer, buffers->trace.membrane, first, steps);
        copy_trace(place_of(record->current, at, layer), layer, buffers->trace.current, first, steps);
        copy_trace(place_of(record->adaptation, at, layer), layer, buffers->trace.adaptation, first, steps);
    }
}

static void run_sample(void *context, int s, int thread) {
    const task *work = context;
    current at = {work, (size_t)s};
    const sg_sample_run run = {.input = sg_events_input(work->events, work->samples[s]),
                               .record = copy_chunk,
                               .user = &at};
    sg_forward(work->network, &work->workspaces[thread], &run);
}

static bool wants_traces(const sg_layer_record *records, size_t count) {
    bool wants = false;
    for (size_t i = 0; i < count; i++)
        wants = wants || records[i].membrane || records[i].current || records[i].adaptation;
    return wants;
}

static sg_status open_workspace(const task *work, sg_workspace *workspace, sg_workspace_use use) {
    SG_TRY(sg_workspace_open(workspace, work->network, use));
    return sg_network_changes_input(work->network, false)
               ? sg_workspace_reserve(workspace, sg_augment_longest(NULL, work->events))
               : SG_OK;
}

static sg_status run_all(task *work, size_t count, int threads, sg_workspace_use use) {
    sg_pool *pool;
    SG_TRY(sg_pool_create(threads, &pool));
    sg_status status = SG_OK;
    for (int i = 0; status == SG_OK && i < threads; i++)
        status = open_workspace(work, &work->workspaces[i], use);
    if (status == SG_OK)
        sg_pool_run(pool, (int)count, run_sample, work);
    for (int i = 0; i < threads; i++)
        sg_workspace_close(&work->workspaces[i]);
    sg_pool_free(pool);
    return status;
}

sg_status sg_network_record(const sg_network *network, const sg_events *events, const uint32_t *samples, size_t count,
                            int threads, const sg_layer_record *records, size_t record_count) {
    SG_TRY(sg_check_events(network, events));
    SG_TRY(sg_check_samples(events, samples, count));
    for (size_t i = 0; i < record_count; i++)
        SG_TRY(sg_check_layer(network, records[i].layer));
    threads = sg_threads_for(threads, count);
    /* A read-out by counts is not linear: every layer runs. */
    const sg_workspace_use use = {.readout = SG_READOUT_COUNT,
                                  .traces = wants_traces(records, record_count),
                                  .count = threads};
    SG_TRY(sg_check_memory((size_t)threads * sg_workspace_bytes(network, use), "the recording",
                           "use fewer threads, or `memory:`"));
    task work = {.network = network,
                 .events = events,
                 .samples = samples,
                 .records = records,
                 .record_count = record_count,
                 .workspaces = sg_array((size_t)threads, sizeof *work.workspaces)};
    sg_status status = work.workspaces ? run_all(&work, count, threads, use) : SG_MEMORY;
    free(work.workspaces);
    return status;
}

static sg_status record_one(const sg_network *network, const sg_events *events, size_t sample,
                            const sg_layer_record *record) {
    if (sample >= events->samples)
        return sg_fail(SG_ARGUMENT, "sample %zu of a store of %zu", sample, events->samples);
    const uint32_t number = (uint32_t)sample;
    return sg_network_record(network, events, &number, 1, 1, record, 1);
}

sg_status sg_network_raster(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                            uint8_t *raster) {
    return record_one(network, events, sample, &(sg_layer_record){.layer = layer, .raster = raster});
}

sg_status sg_network_membrane(const sg_network *network, const sg_events *events, size_t sample, size_t layer,
                              float *membrane) {
    return record_one(network, events, sample, &(sg_layer_record){.layer = layer, .membrane = membrane});
}

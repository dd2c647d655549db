/* Forward passes only, of samples as they are: threads share runs of them. */
#include "engine/cpu/cpu.h"
#include "learn/loss.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 64 }; /* of a run, whose sums are one number */

typedef struct task {
    sg_cpu *cpu;
    sg_batch_slice batch;     /* all of it */
    bool marks;               /* whether it is wanted which neurons fire */
    sg_slice_result *results; /* (runs) */
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

static void run_samples(void *context, int number, int thread) {
    const task *work = context;
    const sg_batch_slice *batch = &work->batch;
    const size_t begin = (size_t)number * SAMPLES, end = begin + SAMPLES < batch->end ? begin + SAMPLES : batch->end;
    sg_sample_run run = {.record = work->marks ? mark_neurons : NULL,
                         .user = work->cpu->fired + (size_t)thread * work->cpu->tiles};
    for (size_t s = begin; s < end; s++) {
        run.input = sg_events_input(batch->events, batch->samples[s]);
        sg_run_forward(batch, &work->cpu->workspaces[thread], &run, s, &work->results[number]);
    }
}

static void tell_fired(const sg_cpu *cpu, bool *fired) {
    for (size_t tile = 0; tile < cpu->tiles; tile++) {
        unsigned int any = 0;
        for (int i = 0; i < cpu->request.threads; i++)
            any |= cpu->fired[(size_t)i * cpu->tiles + tile];
        for (size_t n = 0; n < SG_LANES; n++)
            fired[tile * SG_LANES + n] = any >> n & 1;
    }
}

sg_status sg_cpu_evaluate(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums,
                          const sg_engine_outcome *outcome) {
    sg_cpu *cpu = (sg_cpu *)engine;
    size_t runs = (batch->count + SAMPLES - 1) / SAMPLES;
    task work = {.cpu = cpu,
                 .batch = {.network = cpu->request.network,
                           .config = cpu->request.learn,
                           .events = batch->events,
                           .samples = batch->samples,
                           .end = batch->count,
                           .scale = 1,
                           .forward_only = true,
                           .outputs = outcome->outputs,
                           .predictions = outcome->predictions},
                 .marks = outcome->fired != NULL};
    work.results = sg_array(runs, sizeof *work.results);
    if (!work.results)
        return SG_MEMORY;
    sg_status status = SG_OK;
    bool changes = sg_network_changes_input(cpu->request.network, false);
    for (int i = 0; changes && status == SG_OK && i < cpu->request.threads; i++)
        status = sg_workspace_reserve(&cpu->workspaces[i], sg_augment_longest(NULL, batch->events));
    if (status != SG_OK) {
        free(work.results);
        return status;
    }
    memset(cpu->fired, 0, (size_t)cpu->request.threads * cpu->tiles * sizeof *cpu->fired);
    sg_pool_run(cpu->pool, (int)runs, run_samples, &work);
    *sums = (sg_batch_sums){0};
    sg_add_results(sums, work.results, runs);
    if (outcome->fired)
        tell_fired(cpu, outcome->fired);
    free(work.results);
    return SG_OK;
}

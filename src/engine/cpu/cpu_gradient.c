/* The gradient of a batch: threads share its slices, or the blocks of a wide first layer. */
#include "engine/cpu/cpu.h"
#include "learn/rate_penalty.h"
#include "net/added.h"

#include <string.h>

/* A batch in work. */
typedef struct task {
    sg_cpu *cpu;
    sg_batch_slice batch; /* all of it */
} task;

static sg_batch_slice slice_at(const task *work, int i) {
    sg_batch_slice slice = work->batch;
    sg_split_range(work->batch.end, sg_slice_count(work->batch.end), (size_t)i, &slice.begin, &slice.end);
    return slice;
}

/* ---------------------------------------------------------------------------------------- room for samples */

static void lay_out_scratch(sg_cpu *cpu, size_t longest, const sg_events *events) {
    for (size_t i = 0; i < cpu->samples; i++)
        cpu->scratch[i] = sg_augment_lay_out(&cpu->scratch_memory, longest, events->channels, events->steps);
}

/* Room for samples of so many events where their events are changed. */
static sg_status make_room(sg_cpu *cpu, const sg_events *events, size_t longest) {
    bool changes = sg_network_changes_input(cpu->request.network, true);
    cpu->longest = 0;
    for (size_t i = 0; changes && i < cpu->samples; i++)
        SG_TRY(sg_workspace_reserve(&cpu->workspaces[i], longest));
    if (sg_augments(cpu->request.data)) {
        sg_arena_close(&cpu->scratch_memory);
        lay_out_scratch(cpu, longest, events);
        SG_TRY(sg_arena_open(&cpu->scratch_memory));
        lay_out_scratch(cpu, longest, events);
    }
    cpu->longest = longest;
    return SG_OK;
}

/* Whoever makes batches may make longer ones than most are. */
static sg_status prepare_normed(sg_cpu *cpu, size_t samples) {
    if (samples > cpu->normed.most)
        return sg_fail(SG_ARGUMENT,
                       "a batch of %zu samples, but layers are normalised over batches of %zu at most, as batch is "
                       "%lld: set batch to what you use",
                       samples, cpu->normed.most, (long long)cpu->request.learn->batch);
    if (samples > cpu->samples)
        cpu->longest = 0; /* there is none for the new ones */
    return sg_cpu_open_workspaces(cpu, samples);
}

/* A store is asked anew in each batch: another one may lie at the address of one that was freed. Its channels and steps
 * are the network's, so that its longest sample alone says whether there is room. */
static sg_status prepare(sg_cpu *cpu, const sg_events *events, size_t samples) {
    size_t longest = sg_augment_longest(cpu->request.data, events);
    if (cpu->normed.most > 0)
        SG_TRY(prepare_normed(cpu, samples));
    if (sg_augments(cpu->request.data))
        SG_TRY(sg_augment_check(cpu->request.data, events));
    return longest > cpu->longest ? make_room(cpu, events, longest) : SG_OK;
}

/* -------------------------------------------------------------------------------------------- rate penalty */

static void count_chunk(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                        size_t steps) {
    uint32_t *counts = user;
    (void)first;
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        size_t stride = network->layers[l].stride;
        for (size_t k = 0; k < network->layers[l].planes; k++)
            network->kernels->count_spikes(counts, sg_spike_plane(workspace, &network->layers[l], l, k), steps, stride);
        counts += stride;
    }
}

/* Spikes of each hidden neuron over a slice. */
static void count_slice(void *context, int i, int thread) {
    const task *work = context;
    const sg_cpu *cpu = work->cpu;
    size_t hidden = sg_hidden_neurons(cpu->request.network);
    uint32_t *counts = cpu->counts + (size_t)i * hidden;
    const sg_batch_slice slice = slice_at(work, i);
    memset(counts, 0, hidden * sizeof *counts);
    for (size_t s = slice.begin; s < slice.end; s++) {
        sg_dropout_key key;
        sg_sample_run run = sg_training_run(&slice, s, &key, &cpu->scratch[thread]);
        run.record = count_chunk;
        run.user = counts;
        sg_forward(slice.network, &cpu->workspaces[thread], &run);
    }
}

/* The same of samples that are all there. */
static void count_normed_slice(void *context, int i, int thread) {
    const task *work = context;
    const sg_cpu *cpu = work->cpu;
    const sg_network *network = cpu->request.network;
    size_t hidden = sg_hidden_neurons(network);
    uint32_t *counts = cpu->counts + (size_t)i * hidden;
    const sg_batch_slice slice = slice_at(work, i);
    (void)thread;
    memset(counts, 0, hidden * sizeof *counts);
    for (size_t s = slice.begin; s < slice.end; s++)
        count_chunk(counts, network, &cpu->workspaces[s], 0, network->steps);
}

/* The penalty of the batch's rates, whose gradient the slices then add. Counts are whole numbers: their sum has no
 * order. */
static double apply_rate_penalty(task *work, void (*count)(void *context, int i, int thread)) {
    sg_cpu *cpu = work->cpu;
    const sg_network *network = cpu->request.network;
    size_t hidden = sg_hidden_neurons(network), slices = sg_slice_count(work->batch.end);
    sg_pool_run(cpu->pool, (int)slices, count, work);
    for (size_t i = 1; i < slices; i++)
        for (size_t n = 0; n < hidden; n++)
            cpu->counts[n] += cpu->counts[i * hidden + n];
    const float *row = cpu->by_spikes;
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        work->batch.by_spikes[l] = row;
        row += network->layers[l].stride;
    }
    return sg_rate_penalty(cpu->request.learn, network, cpu->counts, work->batch.end, cpu->by_spikes);
}

/* ------------------------------------------------------------------------------------------------ the batch */

static void run_slice(void *context, int i, int thread) {
    const task *work = context;
    sg_cpu *cpu = work->cpu;
    const sg_gradient gradient = sg_partial_gradients_acquire(&cpu->partial, (size_t)i, thread);
    const sg_batch_slice slice = slice_at(work, i);
    size_t first = (size_t)thread * cpu->round;
    const sg_sample_places places = {cpu->workspaces + first, cpu->scratch + first, cpu->round};
    sg_run_slice(&slice, &places, &gradient, &cpu->results[i]);
    sg_partial_gradients_release(&cpu->partial, (size_t)i);
}

/* All parts of a stream are run by one thread, whose workspace holds what goes on. */
static void run_part(task *work, int slices) {
    for (int i = 0; i < slices; i++)
        run_slice(work, i, 0);
}

static void run_blockwise(const task *work) {
    sg_cpu *cpu = work->cpu;
    sg_blockwise_run(&(sg_blockwise_task){.blockwise = &cpu->blockwise,
                                          .batch = &work->batch,
                                          .pool = cpu->pool,
                                          .workspaces = cpu->workspaces,
                                          .scratch = cpu->scratch,
                                          .partial = &cpu->partial,
                                          .gradient = cpu->arrays[SG_ARRAY_GRADIENT],
                                          .results = cpu->results});
}

static void leave_no_gradient(sg_cpu *cpu, size_t slices) {
    for (size_t i = 0; i < slices; i++) {
        sg_partial_gradients_acquire(&cpu->partial, i, 0);
        sg_partial_gradients_release(&cpu->partial, i);
    }
}

/* The penalty. */
static double run_normed(task *work) {
    sg_cpu *cpu = work->cpu;
    double penalty = 0;
    sg_normed_task normed = {.normed = &cpu->normed,
                             .batch = &work->batch,
                             .pool = cpu->pool,
                             .workspaces = cpu->workspaces,
                             .scratch = cpu->scratch,
                             .partial = &cpu->partial,
                             .results = cpu->results};
    sg_normed_forward(&normed);
    if (work->batch.forward_only) {
        leave_no_gradient(cpu, sg_slice_count(work->batch.end));
        return 0;
    }
    if (cpu->counts)
        penalty = apply_rate_penalty(work, count_normed_slice);
    sg_normed_backward(&normed);
    return penalty;
}

static sg_batch_slice whole_of(const sg_cpu *cpu, const sg_batch *batch) {
    return (sg_batch_slice){.network = cpu->request.network,
                            .config = cpu->request.learn,
                            .events = batch->events,
                            .samples = batch->samples,
                            .end = batch->count,
                            .scale = 1.0 / (double)batch->count,
                            .augment = sg_augments(cpu->request.data) ? &cpu->augment : NULL,
                            .number = batch->number,
                            .forward_only = batch->forward_only,
                            .by_outputs = batch->by_outputs,
                            .outputs = batch->outputs,
                            .goes_on = batch->goes_on,
                            .is_part = batch->part};
}

sg_status sg_cpu_gradient(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums) {
    sg_cpu *cpu = (sg_cpu *)engine;
    int slices = (int)sg_slice_count(batch->count);
    task work = {.cpu = cpu, .batch = whole_of(cpu, batch)};
    *sums = (sg_batch_sums){0};
    SG_TRY(prepare(cpu, batch->events, batch->count));
    sg_cpu_refresh_feedback(cpu);
    if (cpu->counts && !batch->forward_only && cpu->normed.most == 0)
        sums->penalty = apply_rate_penalty(&work, count_slice);
    sg_partial_gradients_begin(&cpu->partial, (size_t)slices);
    cpu->summed = cpu->squared = false;
    if (batch->part)
        run_part(&work, slices);
    else if (cpu->normed.most > 0)
        sums->penalty = run_normed(&work);
    else if (cpu->blockwise.count > 0)
        run_blockwise(&work);
    else if (sg_partial_gradients_in_any_order(&cpu->partial))
        sg_pool_share(cpu->pool, slices, run_slice, &work);
    else
        sg_pool_run(cpu->pool, slices, run_slice, &work);
    sg_add_results(sums, cpu->results, (size_t)slices);
    return SG_OK;
}

#include "engine/cpu/cpu.h"

#include "learn/loss.h"
#include "learn/rate_penalty.h"
#include "learn/rule.h"
#include "net/stage.h"

#include <stdlib.h>
#include <string.h>

int sg_engine_threads(int requested) {
    return sg_threads_for(requested, SG_MAX_SLICES);
}

/* -------------------------------------------------------------------------------------------------- memory */

/* Partial gradients, and what a wide or a normalised network needs; returns the bytes that they take. In parts, all
 * slices are in work at the same time. */
static size_t lay_out_slices(sg_partial_gradients *partial, sg_blockwise *blockwise, sg_normed *normed, sg_arena *arena,
                             const sg_engine_request *request) {
    size_t before = arena->used, count = sg_blockwise_count(request->network, request->learn);
    size_t most = sg_normed_most(request->network, request->learn);
    int at_once = most > 0 ? (int)sg_slice_count(most) - 1 : request->threads;
    sg_blockwise_lay_out(blockwise, arena, request->network, count, request->threads);
    sg_normed_lay_out(normed, arena, request->network, most);
    sg_partial_gradients_lay_out(partial, arena, request->network, count > 0 ? 1 : 0, at_once);
    return arena->used - before;
}

static sg_workspace_use use_of(const sg_blockwise *blockwise, const sg_engine_request *request) {
    if (blockwise->count > 0)
        return sg_blockwise_use(request->learn, blockwise->count);
    sg_workspace_use use = {.readout = sg_loss_at(request->learn->loss)->readout,
                            .plan = sg_rule_at(request->learn->rule)->plan(request->learn),
                            .backward = request->trained != NULL,
                            .count = request->threads};
    if (use.backward && sg_part_count(request->network) > 1) {
        use.by_batch = true;
        use.count = (int)sg_normed_usual(request->network, request->learn);
        return use;
    }
    use.count *= (int)sg_workspace_round(request->network, use);
    return use;
}

/* Bytes of the scratch in which a sample's events are changed, if they are: as many events as there are channels. */
static size_t scratch_bytes(const sg_network *network, const sg_data_config *data) {
    size_t channels = network->layers[0].link.inputs;
    sg_arena arena = {0};
    if (sg_augments(data))
        sg_augment_lay_out(&arena, channels, channels, network->steps);
    size_t lists = channels * (2 * (sizeof(uint16_t) + sizeof(uint32_t)) + sizeof(float)); /* sg_workspace_reserve */
    return arena.used + (sg_network_changes_input(network, true) ? lists : 0);
}

static sg_engine_bytes bytes(const sg_engine_request *request) {
    const sg_network *network = request->network;
    sg_arena arena = {0};
    sg_partial_gradients partial;
    sg_blockwise blockwise = {0};
    sg_normed normed = {0};
    if (!request->trained)
        return (sg_engine_bytes){.workspaces = (size_t)request->threads *
                                               sg_workspace_bytes(network, use_of(&blockwise, request))};
    size_t slices = lay_out_slices(&partial, &blockwise, &normed, &arena, request);
    const sg_workspace_use use = use_of(&blockwise, request);
    size_t feedback = sg_plan_draws(&use.plan) ? sg_feedback_bytes(network, &use.plan) : 0;
    return (sg_engine_bytes){
        .arrays = (1 + sg_optimiser_arrays(request->learn)) * network->parameter_count * sizeof(float) + feedback,
        .slices = slices,
        .workspaces = (size_t)use.count * (sg_workspace_bytes(network, use) + scratch_bytes(network, request->data)),
    };
}

static sg_stage_info plan(const sg_engine_request *request, size_t layer, double spikes) {
    const sg_blockwise blockwise = {.count = sg_blockwise_count(request->network, request->learn)};
    const sg_workspace_use use = use_of(&blockwise, request);
    const sg_workspace workspace = sg_workspace_plan(request->network, use);
    const sg_stage *stage = workspace.stages[layer];
    const sg_stage_request asked = {.network = request->network,
                                    .l = layer,
                                    .layer = &request->network->layers[layer],
                                    .use = use};
    return (sg_stage_info){.size = sizeof(sg_stage_info),
                           .name = stage->name,
                           .summary = stage->summary,
                           .bytes = workspace.layers[layer].bytes,
                           .samples = (size_t)use.count,
                           .operations = sg_stage_operations(stage, &asked, spikes),
                           .blockwise = blockwise.count > 0 && layer == 0};
}

static void lay_out_training(sg_cpu *cpu) {
    const sg_network *network = cpu->request.network;
    size_t count = network->parameter_count;
    for (size_t i = 0; i < 1 + sg_optimiser_arrays(cpu->request.learn); i++)
        cpu->arrays[SG_ARRAY_GRADIENT + i] = sg_arena_take(&cpu->memory, count, sizeof(float));
    lay_out_slices(&cpu->partial, &cpu->blockwise, &cpu->normed, &cpu->memory, &cpu->request);
    if (!sg_has_rate_penalty(cpu->request.learn))
        return;
    size_t hidden = sg_hidden_neurons(network);
    cpu->counts = sg_arena_take(&cpu->memory, SG_MAX_SLICES * hidden, sizeof(uint32_t));
    cpu->by_spikes = sg_arena_take(&cpu->memory, hidden, sizeof(float));
}

static void lay_out(sg_cpu *cpu) {
    cpu->tiles = sg_network_padded_neurons(cpu->request.network) / SG_LANES;
    if (cpu->request.trained)
        lay_out_training(cpu);
    else
        cpu->fired = sg_arena_take(&cpu->memory, (size_t)cpu->request.threads * cpu->tiles, sizeof *cpu->fired);
}

/* ------------------------------------------------------------------------------------------------- opening */

sg_status sg_cpu_open_workspaces(sg_cpu *cpu, size_t samples) {
    sg_workspace_use use = use_of(&cpu->blockwise, &cpu->request);
    use.feedback = &cpu->feedback;
    use.norms = cpu->normed.norms;
    use.count = (int)samples;
    for (; cpu->samples < samples; cpu->samples++)
        SG_TRY(sg_workspace_open(&cpu->workspaces[cpu->samples], cpu->request.network, use));
    return SG_OK;
}

static sg_status open_all_workspaces(sg_cpu *cpu) {
    const sg_workspace_use use = use_of(&cpu->blockwise, &cpu->request);
    if (use.backward && sg_plan_draws(&use.plan))
        SG_TRY(sg_feedback_open(&cpu->feedback, cpu->request.network, &use.plan, (uint64_t)cpu->request.learn->seed));
    cpu->places = use.by_batch ? cpu->normed.most : (size_t)use.count;
    cpu->round = (size_t)use.count / (size_t)cpu->request.threads;
    cpu->workspaces = sg_array(cpu->places, sizeof *cpu->workspaces);
    cpu->scratch = sg_array(cpu->places, sizeof *cpu->scratch);
    if (!cpu->workspaces || !cpu->scratch)
        return SG_MEMORY;
    SG_TRY(sg_cpu_open_workspaces(cpu, (size_t)use.count));
    if (use.backward)
        sg_cpu_begin_feedback(cpu);
    return SG_OK;
}

static sg_status open_all(sg_cpu *cpu) {
    SG_TRY(sg_pool_create(cpu->request.threads, &cpu->pool));
    lay_out(cpu);
    SG_TRY(sg_arena_open(&cpu->memory));
    lay_out(cpu);
    if (cpu->request.trained)
        cpu->arrays[SG_ARRAY_PARAMETERS] = cpu->request.trained->parameters;
    return open_all_workspaces(cpu);
}

static void close(sg_engine *engine) {
    sg_cpu *cpu = (sg_cpu *)engine;
    for (size_t i = 0; cpu->workspaces && i < cpu->places; i++)
        sg_workspace_close(&cpu->workspaces[i]);
    free(cpu->workspaces);
    free(cpu->scratch);
    sg_arena_close(&cpu->scratch_memory);
    sg_pool_free(cpu->pool);
    sg_partial_gradients_close(&cpu->partial);
    sg_feedback_close(&cpu->feedback);
    sg_arena_close(&cpu->memory);
    free(cpu);
}

static sg_status open(const sg_engine_request *request, sg_engine **out) {
    *out = NULL;
    sg_cpu *cpu = sg_array(1, sizeof *cpu);
    if (!cpu)
        return SG_MEMORY;
    cpu->engine.kind = &sg_engine_cpu;
    cpu->request = *request;
    cpu->summed = cpu->squared = true; /* of a gradient of 0 */
    cpu->augment = (sg_augment){request->data, request->network->layers[0].neuron.dt_ms, (uint64_t)request->learn->seed,
                                request->partners};
    sg_partial_gradients_open(&cpu->partial);
    sg_status status = open_all(cpu);
    if (status == SG_OK)
        *out = &cpu->engine;
    else
        close(&cpu->engine);
    return status;
}

/* ------------------------------------------------------------------------------------------------- arrays */

static const float *read(sg_engine *engine, int array) {
    sg_cpu *cpu = (sg_cpu *)engine;
    if (array == SG_ARRAY_GRADIENT)
        sg_cpu_sum_gradient(cpu);
    return cpu->arrays[array];
}

static void write(sg_engine *engine, int array, const float *values) {
    sg_cpu *cpu = (sg_cpu *)engine;
    memmove(cpu->arrays[array], values, cpu->request.network->parameter_count * sizeof *values);
    if (array == SG_ARRAY_PARAMETERS)
        sg_network_refresh(cpu->request.trained);
    if (array == SG_ARRAY_GRADIENT)
        cpu->summed = true, cpu->squared = false;
}

static bool overflow(const sg_engine *engine, sg_overflow *found) {
    const sg_cpu *cpu = (const sg_cpu *)engine;
    const sg_network *network = cpu->request.network;
    *found = (sg_overflow){0};
    for (size_t i = 0; i < cpu->samples; i++) {
        const sg_chunk chunk = sg_chunk_at(network, &cpu->workspaces[i], 0);
        sg_find_overflow(found, network, &cpu->workspaces[i], chunk.first, chunk.steps);
    }
    return found->found;
}

const sg_engine_kind sg_engine_cpu = {
    .name = "cpu",
    .summary = "threads of this machine, with the widest vector instructions that it has",
    .bytes = bytes,
    .plan = plan,
    .open = open,
    .close = close,
    .gradient = sg_cpu_gradient,
    .gradient_norm = sg_cpu_gradient_norm,
    .step = sg_cpu_step,
    .evaluate = sg_cpu_evaluate,
    .read = read,
    .write = write,
    .overflow = overflow,
};

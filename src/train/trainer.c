#include "train/trainer.h"

#include "base/memory_limit.h"
#include "base/number.h"
#include "config/config.h"
#include "learn/rate_penalty.h"
#include "learn/schedule.h"
#include "train/diverge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* There is no more work to share than the pieces. */
int sg_trainer_threads(int requested) {
    int threads = sg_threads(requested);
    return threads < SG_MAX_SLICES ? threads : SG_MAX_SLICES;
}

/* Buffers of partial gradients and of wide networks; returns the bytes that they take. */
static size_t lay_out_parts(sg_partial_gradients *parts, sg_blockwise *wide, sg_arena *arena, const sg_network *network,
                            const sg_learn_config *config, int threads) {
    size_t before = arena->used, count = sg_blockwise_count(network, config);
    sg_blockwise_lay_out(wide, arena, network, count, threads);
    sg_partial_gradients_lay_out(parts, arena, network, count > 0 ? 1 : 0, threads);
    return arena->used - before;
}

static sg_workspace_use use_of(const sg_blockwise *wide, const sg_learn_config *config, int threads) {
    if (wide->count > 0)
        return sg_blockwise_use(config, wide->count);
    return (sg_workspace_use){.readout = sg_loss_at(config->loss)->readout, .backward = true, .count = threads};
}

static void lay_out(sg_trainer *trainer) {
    size_t count = trainer->network->parameter_count;
    trainer->gradient = sg_arena_take(&trainer->memory, count, sizeof(float));
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        trainer->state.arrays[i] = sg_arena_take(&trainer->memory, count, sizeof(float));
    lay_out_parts(&trainer->parts, &trainer->wide, &trainer->memory, trainer->network, &trainer->config,
                  sg_pool_threads(trainer->pool));
    if (!sg_has_rate_penalty(&trainer->config))
        return;
    size_t hidden = sg_hidden_neurons(trainer->network);
    trainer->counts = sg_arena_take(&trainer->memory, SG_MAX_SLICES * hidden, sizeof(uint32_t));
    trainer->by_spikes = sg_arena_take(&trainer->memory, hidden, sizeof(float));
}

/* Bytes of the rooms of one sample in which its events are changed, if they are: as many events as there are channels.
 */
static size_t bytes_of_rooms(const sg_network *network, const sg_data_config *data) {
    size_t channels = network->layers[0].link.inputs;
    sg_arena arena = {0};
    if (sg_augments(data))
        sg_augment_lay_out(&arena, channels, channels, network->steps);
    return arena.used + (network->layers[0].dropout > 0 ? channels * (sizeof(uint16_t) + sizeof(uint32_t)) : 0);
}

void sg_trainer_bytes(const sg_network *network, const sg_config *config, int threads, size_t *arrays, size_t *pieces,
                      size_t *workspaces) {
    size_t count = network->parameter_count * sizeof(float);
    sg_arena arena = {0};
    sg_partial_gradients parts;
    sg_blockwise wide = {0};
    threads = sg_trainer_threads(threads);
    *arrays = (1 + sg_optimiser_arrays(&config->learn)) * count;
    *pieces = lay_out_parts(&parts, &wide, &arena, network, &config->learn, threads);
    const sg_workspace_use use = use_of(&wide, &config->learn, threads);
    *workspaces = (size_t)use.count * (sg_workspace_bytes(network, use) + bytes_of_rooms(network, &config->data));
}

static sg_status open_workspaces(sg_trainer *trainer) {
    const sg_workspace_use use = use_of(&trainer->wide, &trainer->config, sg_pool_threads(trainer->pool));
    trainer->samples = (size_t)use.count;
    trainer->workspaces = sg_array(trainer->samples, sizeof *trainer->workspaces);
    trainer->rooms = sg_array(trainer->samples, sizeof *trainer->rooms);
    if (!trainer->workspaces || !trainer->rooms)
        return SG_MEMORY;
    for (size_t i = 0; i < trainer->samples; i++)
        SG_TRY(sg_workspace_open(&trainer->workspaces[i], trainer->network, use));
    return SG_OK;
}

static sg_status check_memory(const sg_network *network, const sg_config *config, int threads) {
    size_t arrays, pieces, workspaces;
    sg_trainer_bytes(network, config, threads, &arrays, &pieces, &workspaces);
    return sg_check_memory(network->memory.size + arrays + pieces + workspaces, "the trainer of this network",
                           "use smaller layers, fewer threads, a smaller batch, or `memory:`");
}

static sg_status open_trainer(sg_trainer *trainer, int threads) {
    SG_TRY(sg_pool_create(threads, &trainer->pool));
    lay_out(trainer);
    SG_TRY(sg_arena_open(&trainer->memory));
    lay_out(trainer);
    sg_partial_gradients_open(&trainer->parts);
    return open_workspaces(trainer);
}

sg_status sg_trainer_create(sg_network *network, const sg_config *config, int threads, sg_trainer **out) {
    *out = NULL;
    SG_TRY(check_memory(network, config, threads));
    sg_trainer *trainer = sg_array(1, sizeof *trainer);
    if (!trainer)
        return SG_MEMORY;
    trainer->network = network;
    trainer->config = config->learn;
    trainer->data = config->data;
    trainer->augment = (sg_augment){&trainer->data, config->network.dt_ms, (uint64_t)config->learn.seed};
    if (sg_has_rate_penalty(&config->learn) && network->layer_count == 1)
        sg_warn("regularise: has no effect, since a network of one layer has no hidden neurons");
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
    for (size_t i = 0; trainer->workspaces && i < trainer->samples; i++)
        sg_workspace_close(&trainer->workspaces[i]);
    free(trainer->workspaces);
    free(trainer->rooms);
    sg_arena_close(&trainer->room_memory);
    sg_pool_free(trainer->pool);
    sg_partial_gradients_close(&trainer->parts);
    sg_arena_close(&trainer->memory);
    free(trainer);
}

/* Of data that do not know the length of their steps, any is believed. */
static sg_status check_dt(double found, double expected) {
    char here[32], there[32];
    if (found == 0 || fabs(found - expected) <= 1e-6 * expected)
        return SG_OK;
    sg_format_number(here, sizeof here, found);
    sg_format_number(there, sizeof there, expected);
    return sg_fail(SG_MODEL, "the data have steps of %s ms, but the network has %s ms: set dt: %s ms", here, there,
                   here);
}

sg_status sg_check_events(const sg_network *network, const sg_events *events) {
    size_t inputs = network->layers[0].link.inputs;
    size_t outputs = sg_network_top(network)->neurons;
    if (events->channels != inputs)
        return sg_fail(SG_MODEL, "the data have %u channels, but the network has %zu inputs", events->channels, inputs);
    if (events->steps != network->steps)
        return sg_fail(SG_MODEL, "the data have %u steps, but the network has %zu: set steps: %u", events->steps,
                       network->steps, events->steps);
    SG_TRY(check_dt(events->dt_ms, network->layers[0].neuron.dt_ms));
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
    sg_batch_slice batch;
} task;

static sg_batch_slice piece_at(const task *work, int piece) {
    sg_batch_slice part = work->batch;
    sg_split_range(work->batch.end, sg_slice_count(work->batch.end), (size_t)piece, &part.begin, &part.end);
    return part;
}

static void run_piece(void *context, int piece, int thread) {
    const task *work = context;
    sg_trainer *trainer = work->trainer;
    const sg_gradient gradient = sg_partial_gradients_acquire(&trainer->parts, (size_t)piece, thread);
    const sg_batch_slice part = piece_at(work, piece);
    sg_rule_at(trainer->config.rule)
        ->run(&part, &trainer->workspaces[thread], &trainer->rooms[thread], &gradient, &trainer->results[piece]);
    sg_partial_gradients_release(&trainer->parts, (size_t)piece);
}

static void run_wide(const task *work) {
    sg_trainer *trainer = work->trainer;
    sg_blockwise_run(&(sg_blockwise_task){.wide = &trainer->wide,
                                          .batch = &work->batch,
                                          .pool = trainer->pool,
                                          .workspaces = trainer->workspaces,
                                          .rooms = trainer->rooms,
                                          .parts = &trainer->parts,
                                          .gradient = trainer->gradient,
                                          .results = trainer->results});
}

static void count_piece(void *context, int piece, int thread) {
    const task *work = context;
    sg_trainer *trainer = work->trainer;
    size_t hidden = sg_hidden_neurons(trainer->network);
    uint32_t *counts = trainer->counts + (size_t)piece * hidden;
    const sg_batch_slice part = piece_at(work, piece);
    memset(counts, 0, hidden * sizeof *counts);
    sg_count_hidden(&part, &trainer->workspaces[thread], &trainer->rooms[thread], counts);
}

/* The rates of the batch, and what they cost. Counts are whole numbers: their sum has no order. */
static void regularise(task *work) {
    sg_trainer *trainer = work->trainer;
    size_t hidden = sg_hidden_neurons(trainer->network);
    size_t slices = sg_slice_count(work->batch.end);
    sg_pool_run(trainer->pool, (int)slices, count_piece, work);
    for (size_t p = 1; p < slices; p++)
        for (size_t n = 0; n < hidden; n++)
            trainer->counts[n] += trainer->counts[p * hidden + n];
    trainer->price =
        sg_rate_penalty(&trainer->config, trainer->network, trainer->counts, work->batch.end, trainer->by_spikes);
    const float *row = trainer->by_spikes;
    for (size_t l = 0; l + 1 < trainer->network->layer_count; l++) {
        work->batch.by_spikes[l] = row;
        row += trainer->network->layers[l].stride;
    }
}

/* A range of the rows of a group, in one block. */
typedef struct range {
    int number;
    const sg_group *group;
    sg_block block;
    size_t begin, end; /* rows */
    size_t at, count;  /* the same in arrays shaped like the parameters */
} range;

static range range_of(const sg_group *group, sg_block block, int number) {
    range r = {.number = number, .group = group, .block = block};
    sg_split_range(group->rows, SG_RANGES, (size_t)number, &r.begin, &r.end);
    r.at = sg_group_block_at(group, block) + r.begin * block.width;
    r.count = (r.end - r.begin) * block.width;
    return r;
}

/* Calls `each` for the rows of a range in every block of every group. */
static void walk(sg_trainer *trainer, int number, void (*each)(sg_trainer *trainer, const range *r)) {
    for (size_t l = 0; l < trainer->network->layer_count; l++) {
        const sg_layer *layer = &trainer->network->layers[l];
        for (size_t g = 0; g < layer->group_count; g++)
            for (size_t i = 0; i < sg_group_blocks(&layer->groups[g]); i++) {
                const range r = range_of(&layer->groups[g], sg_group_block(&layer->groups[g], i), number);
                each(trainer, &r);
            }
    }
}

/* Where an own spike must not come back to its neuron, its weight has no gradient. */
static void clear_diagonal(const sg_trainer *trainer, const range *r) {
    size_t first = r->block.first;
    for (size_t n = r->begin; r->group->zero_diagonal && n < r->end; n++)
        if (n >= first && n < first + r->block.neurons)
            trainer->gradient[r->at + (n - r->begin) * r->block.width + n - first] = 0;
}

/* Adds up the pieces. */
static void merge_rows(sg_trainer *trainer, const range *r) {
    sg_partial_gradients_sum(&trainer->parts, trainer->gradient, r->group, r->block, r->begin, r->end);
    clear_diagonal(trainer, r);
}

static void merge_and_square_rows(sg_trainer *trainer, const range *r) {
    merge_rows(trainer, r);
    trainer->squares[r->number] += trainer->network->kernels->sum_squares(trainer->gradient + r->at, r->count);
}

static void merge_range(void *context, int number, int thread) {
    sg_trainer *trainer = context;
    (void)thread;
    trainer->squares[number] = 0;
    walk(trainer, number, merge_and_square_rows);
}

/* Ranges are added in their order, whatever thread had them. */
static double norm_of_gradient(const sg_trainer *trainer) {
    double sum = 0;
    for (int i = 0; i < SG_RANGES; i++)
        sum += trainer->squares[i];
    return sqrt(sum);
}

static void step_rows(sg_trainer *trainer, const range *r) {
    const sg_network *network = trainer->network;
    const sg_optimiser_step step = {.number = trainer->state.steps,
                                    .lr = trainer->lr,
                                    .parameters = network->parameters,
                                    .gradient = trainer->gradient,
                                    .begin = r->at,
                                    .end = r->at + r->count,
                                    .decays = r->group->decays};
    if (trainer->clip < 1)
        network->kernels->scale(trainer->gradient + r->at, (float)trainer->clip, r->count);
    sg_optimise(network->kernels, &trainer->config, &trainer->state, &step);
    if (network->kernels->first_not_finite(network->parameters + r->at, r->count) < r->count)
        trainer->finite[r->number] = false;
}

/* The same rows at once added up, stepped and looked at, while they are in the cache. */
static void merge_and_step_rows(sg_trainer *trainer, const range *r) {
    merge_and_square_rows(trainer, r);
    step_rows(trainer, r);
}

static void look_at_state(sg_trainer *trainer, const range *r) {
    for (size_t i = 0; i < sg_optimiser_arrays(&trainer->config); i++)
        if (trainer->network->kernels->first_not_finite(trainer->state.arrays[i] + r->at, r->count) < r->count)
            trainer->finite[r->number] = false;
}

/* The optimiser's state is looked at in one range a step, since what is not finite in it stays so. */
static void step_range(void *context, int number, int thread) {
    sg_trainer *trainer = context;
    (void)thread;
    trainer->finite[number] = true;
    if (trainer->config.clip_norm > 0) {
        walk(trainer, number, step_rows);
    } else {
        trainer->squares[number] = 0;
        walk(trainer, number, merge_and_step_rows);
    }
    if ((uint64_t)number == trainer->state.steps % SG_RANGES)
        walk(trainer, number, look_at_state);
}

/* What the gradient is multiplied by so that its norm is clip_norm at most, as PyTorch's clip_grad_norm_. */
static double clip_factor(sg_trainer *trainer) {
    if (trainer->config.clip_norm == 0)
        return 1;
    sg_pool_share(trainer->pool, SG_RANGES, merge_range, trainer);
    double factor = trainer->config.clip_norm / (norm_of_gradient(trainer) + 1e-6);
    return factor < 1 ? factor : 1;
}

static void collect(const sg_trainer *trainer, size_t count, sg_batch_result *result) {
    *result = (sg_batch_result){0};
    for (size_t p = 0; p < sg_slice_count(count); p++) {
        result->loss += trainer->results[p].loss;
        result->correct += trainer->results[p].correct;
        for (size_t l = 0; l < trainer->network->layer_count; l++)
            result->spikes[l] += trainer->results[p].spikes[l];
    }
    result->loss = result->loss / (double)count + trainer->price;
}

sg_status sg_check_samples(const sg_events *events, const uint32_t *samples, size_t count) {
    if (count == 0)
        return sg_fail(SG_ARGUMENT, "no samples: a batch or an evaluation needs 1 or more");
    for (size_t s = 0; s < count; s++)
        if (samples[s] >= events->samples)
            return sg_fail(SG_ARGUMENT, "sample %u of a store of %zu", samples[s], events->samples);
    return SG_OK;
}

static void lay_out_rooms(sg_trainer *trainer, size_t longest, const sg_events *events) {
    for (size_t i = 0; i < trainer->samples; i++)
        trainer->rooms[i] = sg_augment_lay_out(&trainer->room_memory, longest, events->channels, events->steps);
}

/* Room for samples of so many events where their events are changed. */
static sg_status make_room(sg_trainer *trainer, const sg_events *events, size_t longest) {
    bool drops = trainer->network->layers[0].dropout > 0;
    trainer->room = 0;
    for (size_t i = 0; drops && i < trainer->samples; i++)
        SG_TRY(sg_workspace_reserve(&trainer->workspaces[i], longest));
    if (sg_augments(&trainer->data)) {
        sg_arena_close(&trainer->room_memory);
        lay_out_rooms(trainer, longest, events);
        SG_TRY(sg_arena_open(&trainer->room_memory));
        lay_out_rooms(trainer, longest, events);
    }
    trainer->room = longest;
    return SG_OK;
}

/* A store is asked anew in each batch: another one may lie at the address of one that was freed. Its channels and steps
 * are the network's, so that its longest sample alone says whether there is room. */
static sg_status prepare(sg_trainer *trainer, const sg_events *events) {
    size_t longest = sg_augment_longest(events);
    if (sg_augments(&trainer->data))
        SG_TRY(sg_augment_check(&trainer->data, events));
    return longest > trainer->room ? make_room(trainer, events, longest) : SG_OK;
}

static sg_batch_slice batch_of(const sg_trainer *trainer, const sg_events *events, const uint32_t *samples,
                               size_t count) {
    return (sg_batch_slice){.network = trainer->network,
                            .config = &trainer->config,
                            .events = events,
                            .samples = samples,
                            .end = count,
                            .scale = 1.0 / (double)count,
                            .augment = sg_augments(&trainer->data) ? &trainer->augment : NULL,
                            .number = trainer->state.steps};
}

static sg_status run_batch(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                           sg_batch_result *result) {
    SG_TRY(sg_check_events(trainer->network, events));
    SG_TRY(sg_check_samples(events, samples, count));
    SG_TRY(prepare(trainer, events));
    task work = {.trainer = trainer, .batch = batch_of(trainer, events, samples, count)};
    if (trainer->counts)
        regularise(&work);
    int slices = (int)sg_slice_count(count);
    sg_partial_gradients_begin(&trainer->parts, (size_t)slices);
    if (trainer->wide.count > 0)
        run_wide(&work);
    else if (sg_partial_gradients_in_any_order(&trainer->parts))
        sg_pool_share(trainer->pool, slices, run_piece, &work);
    else
        sg_pool_run(trainer->pool, slices, run_piece, &work);
    collect(trainer, count, result);
    return SG_OK;
}

sg_status sg_trainer_gradient(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                              sg_batch_result *result) {
    SG_TRY(run_batch(trainer, events, samples, count, result));
    sg_pool_share(trainer->pool, SG_RANGES, merge_range, trainer);
    result->gradient_norm = norm_of_gradient(trainer);
    return SG_OK;
}

sg_status sg_trainer_get_gradient_of(const sg_trainer *trainer, size_t layer, const char *group, float *gradient) {
    SG_TRY(sg_check_layer(trainer->network, layer));
    const sg_layer *l = &trainer->network->layers[layer];
    const sg_group *found = sg_layer_find_group(l, layer, group);
    if (!found)
        return SG_ARGUMENT;
    sg_group_unpack(found, trainer->gradient, gradient);
    return SG_OK;
}

sg_status sg_trainer_get_gradient(const sg_trainer *trainer, size_t layer, float *gradient) {
    return sg_trainer_get_gradient_of(trainer, layer, "weights", gradient);
}

void sg_trainer_set_epoch(sg_trainer *trainer, uint64_t steps) {
    trainer->epoch_steps = steps;
}

static sg_status check_finite(const sg_trainer *trainer) {
    bool finite = true;
    for (int i = 0; i < SG_RANGES; i++)
        finite = finite && trainer->finite[i];
    return finite ? SG_OK : sg_trainer_check(trainer);
}

sg_status sg_trainer_step(sg_trainer *trainer, const sg_events *events, const uint32_t *samples, size_t count,
                          sg_batch_result *result) {
    SG_TRY(run_batch(trainer, events, samples, count, result));
    if (!isfinite(result->loss)) {
        const sg_batch_slice batch = batch_of(trainer, events, samples, count);
        return sg_diverged_loss(&batch, &trainer->rooms[0]);
    }
    trainer->lr = trainer->epoch_steps ? sg_schedule_lr(&trainer->config, trainer->state.steps, trainer->epoch_steps)
                                       : trainer->config.lr;
    trainer->clip = clip_factor(trainer);
    trainer->state.steps++;
    sg_pool_share(trainer->pool, SG_RANGES, step_range, trainer);
    result->gradient_norm = norm_of_gradient(trainer);
    result->lr = trainer->lr;
    SG_TRY(check_finite(trainer));
    sg_network_refresh(trainer->network);
    return SG_OK;
}

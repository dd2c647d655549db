#include "engine/cpu/blockwise.h"

#include "learn/loss.h"
#include "learn/rate_penalty.h"
#include "learn/rule.h"
#include "net/added.h"
#include "net/skip.h"

#include <string.h>

enum {
    FAR_BYTES = 3 << 20,   /* of weights that do not fit a near cache */
    MIN_BLOCKS = 4,        /* for threads to share */
    ROUND_BYTES = 64 << 20 /* for the samples of a round */
};

sg_workspace_use sg_blockwise_use(const sg_learn_config *config, size_t count) {
    return (sg_workspace_use){.readout = sg_loss_at(config->loss)->readout,
                              .plan = sg_rule_at(config->rule)->plan(config),
                              .backward = true,
                              .without_first = true,
                              .count = (int)count};
}

static size_t bytes_of(const sg_link *link) {
    size_t count = 0;
    for (size_t g = 0; g < link->group_count; g++)
        count += link->groups[g].rows * sg_group_stride(&link->groups[g]);
    return count * sizeof(float);
}

static bool is_wide(const sg_network *network, const sg_learn_config *config) {
    const sg_layer *first = &network->layers[0];
    const sg_backward_plan plan = sg_rule_at(config->rule)->plan(config);
    /* A block does not keep what is apart from dL/dx. */
    return sg_part_count(network) == 1 && !sg_trains_apart(first, &plan) && !sg_link_is_whole(&first->link) &&
           !sg_is_added(network, 0) && !sg_is_skipped(network, 0) && !first->trains_delays &&
           !sg_has_rate_penalty(config) && bytes_of(&first->link) > FAR_BYTES && sg_layer_blocks(first) >= MIN_BLOCKS;
}

size_t sg_blockwise_count(const sg_network *network, const sg_learn_config *config) {
    size_t one = sg_workspace_bytes(network, sg_blockwise_use(config, 1)),
           limit = one > ROUND_BYTES ? one : ROUND_BYTES;
    if (network->memory_limit > 0 && network->memory_limit < (double)limit)
        limit = (size_t)network->memory_limit;
    size_t batch = (size_t)(config->batch + config->batch / 8); /* batches are nearly as long as is asked for */
    size_t count = limit / one < batch ? limit / one : batch;
    bool fits = count > 0 && sg_workspace_may_omit_first(network, sg_blockwise_use(config, count));
    return fits && is_wide(network, config) ? count : 0;
}

void sg_blockwise_lay_out(sg_blockwise *blockwise, sg_arena *arena, const sg_network *network, size_t count,
                          int threads) {
    const sg_layer *first = &network->layers[0];
    size_t size = network->steps * SG_BLOCK;
    blockwise->count = count;
    if (count == 0)
        return;
    blockwise->touched = sg_arena_take(arena, sg_layer_rows(first), 1);
    blockwise->runs = sg_arena_take(arena, count, sizeof *blockwise->runs);
    blockwise->keys = sg_arena_take(arena, count, sizeof *blockwise->keys);
    for (int i = 0; i < threads; i++) {
        blockwise->block_scratch[i].x = sg_arena_take(arena, size, sizeof(float));
        blockwise->block_scratch[i].g = sg_arena_take(arena, size, sizeof(float));
    }
}

/* The samples of a slice that are in the round. */
static void samples_of(const sg_blockwise_task *task, int slice, size_t *begin, size_t *end) {
    sg_split_range(task->batch->end, sg_slice_count(task->batch->end), (size_t)slice, begin, end);
    *begin = *begin > task->begin ? *begin : task->begin;
    *end = *end < task->end ? *end : task->end;
}

static void begin_samples(void *context, int slice, int thread) {
    const sg_blockwise_task *task = context;
    const sg_blockwise *blockwise = task->blockwise;
    size_t begin, end;
    (void)thread;
    samples_of(task, slice, &begin, &end);
    for (size_t s = begin, at; s < end; s++) {
        at = s - task->begin;
        blockwise->runs[at] = sg_training_run(task->batch, s, &blockwise->keys[at], &task->scratch[at]);
        sg_forward_begin(task->batch->network, &task->workspaces[at], &blockwise->runs[at]);
    }
}

/* Brings the weights of a block of the first layer near, in their order, which is several times as fast as in that of
 * the spikes. `rows`: an array shaped like the parameters. */
static void fetch(const sg_network *network, sg_block block, const float *rows) {
    const sg_link *link = &network->layers[0].link;
    for (size_t g = 0; g < link->group_count; g++) {
        const float *block_rows = rows + sg_group_block_at(&link->groups[g], block);
        for (size_t i = 0; i < link->groups[g].rows * block.width; i += SG_LANES)
            __builtin_prefetch(block_rows + i);
    }
}

/* Blocks begin at samples apart, so that two threads do not write to the same words of spikes. */
static void first_forward(void *context, int number, int thread) {
    const sg_blockwise_task *task = context;
    const sg_network *network = task->batch->network;
    const sg_layer *layer = &network->layers[0];
    size_t count = task->end - task->begin, s = count * (size_t)number / sg_layer_blocks(layer);
    fetch(network, sg_layer_block(layer, (size_t)number), network->parameters);
    for (size_t i = 0; i < count; i++, s = s + 1 < count ? s + 1 : 0)
        sg_forward_first(network, &task->workspaces[s], &task->blockwise->runs[s],
                         sg_layer_block(layer, (size_t)number), &task->blockwise->block_scratch[thread]);
}

/* Whether a slice from sample `first` on begins in the round; one without samples does in the last. */
static bool begins(const sg_blockwise_task *task, size_t first) {
    return first >= task->begin && (first < task->end || task->end == task->batch->end);
}

/* A round may cut a slice, which then keeps its partial gradient until the next. */
static void layers_above(void *context, int slice, int thread) {
    const sg_blockwise_task *task = context;
    const sg_network *network = task->batch->network;
    size_t first, last, begin, end;
    sg_split_range(task->batch->end, sg_slice_count(task->batch->end), (size_t)slice, &first, &last);
    samples_of(task, slice, &begin, &end);
    if (begins(task, first)) {
        task->results[slice] = (sg_slice_result){0};
        sg_partial_gradients_acquire(task->partial, (size_t)slice, thread);
    }
    const sg_gradient gradient = sg_partial_gradients_of(task->partial, (size_t)slice);
    for (size_t s = begin; s < end; s++) {
        sg_workspace *workspace = &task->workspaces[s - task->begin];
        const sg_sample_run *run = &task->blockwise->runs[s - task->begin];
        sg_forward_above(network, workspace, run);
        sg_finish_forward(task->batch, workspace, s, &task->results[slice]);
        if (!task->batch->forward_only)
            sg_backward_above(network, workspace, run, task->batch->by_spikes, &gradient);
    }
    if (last > task->begin && last <= task->end)
        sg_partial_gradients_release(task->partial, (size_t)slice);
}

static sg_gradient sum_of(const sg_blockwise_task *task) {
    return (sg_gradient){.values = task->gradient, .touched = task->blockwise->touched};
}

static void end_sum(const sg_blockwise_task *task, sg_block block) {
    const sg_network *network = task->batch->network;
    const sg_layer *layer = &network->layers[0];
    const sg_gradient sum = sum_of(task);
    for (size_t g = 0; g < layer->group_count; g++) {
        const sg_gradient rows = sg_gradient_of(&sum, &layer->groups[g], block);
        network->kernels->clear_untouched(rows.values, rows.touched, layer->groups[g].rows, block.width);
    }
}

static void first_backward(void *context, int number, int thread) {
    const sg_blockwise_task *task = context;
    const sg_network *network = task->batch->network;
    const sg_block block = sg_layer_block(&network->layers[0], (size_t)number);
    const sg_gradient sum = sum_of(task);
    fetch(network, block, network->parameters);
    fetch(network, block, sum.values);
    for (size_t s = 0; s < task->end - task->begin; s++)
        sg_backward_first(network, &task->workspaces[s], &task->blockwise->runs[s], task->batch->by_spikes, block,
                          &task->blockwise->block_scratch[thread], &sum);
    if (task->end == task->batch->end)
        end_sum(task, block);
}

static void run_round(sg_blockwise_task *task) {
    int slices = (int)sg_slice_count(task->batch->end),
        blocks = (int)sg_block_count(task->batch->network->layers[0].stride);
    sg_pool_run(task->pool, slices, begin_samples, task);
    sg_pool_share(task->pool, blocks, first_forward, task);
    sg_pool_run(task->pool, slices, layers_above, task);
    if (!task->batch->forward_only)
        sg_pool_share(task->pool, blocks, first_backward, task);
}

void sg_blockwise_run(sg_blockwise_task *task) {
    size_t all = task->batch->end, rounds = (all + task->blockwise->count - 1) / task->blockwise->count;
    memset(task->blockwise->touched, 0, sg_layer_rows(&task->batch->network->layers[0]));
    for (size_t round = 0; round < rounds; round++) {
        sg_split_range(all, rounds, round, &task->begin, &task->end);
        run_round(task);
    }
}

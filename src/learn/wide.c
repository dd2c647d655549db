#include "learn/wide.h"

#include "learn/regulariser.h"

#include <string.h>

enum {
    FAR = 4 << 20,     /* bytes of weights that do not fit a near cache */
    ROUND = 64 << 20,  /* bytes for the samples of a round */
    LEAST_SAMPLES = 32 /* of a round, for the detour to be worth it */
};

sg_workspace_use sg_wide_use(const sg_learn_config *config, size_t count) {
    return (sg_workspace_use){.readout = sg_loss_at(config->loss)->readout,
                              .backward = true,
                              .without_first = true,
                              .count = (int)count};
}

/* Whether there is enough to share and to save. */
static bool suits(const sg_network *network, const sg_learn_config *config, int threads) {
    const sg_link_shape *shape = &network->layers[0].shape;
    return sg_rule_at(config->rule)->by_blocks && !sg_regularises(config) &&
           shape->inputs * shape->stride * sizeof(float) > FAR && sg_block_count(shape->stride) >= (size_t)threads;
}

size_t sg_wide_count(const sg_network *network, const sg_learn_config *config, int threads) {
    size_t one = sg_workspace_bytes(network, sg_wide_use(config, 1)), room = ROUND;
    if (network->memory_limit > 0 && network->memory_limit < (double)room)
        room = (size_t)network->memory_limit;
    size_t batch = (size_t)(config->batch + config->batch / 8); /* batches are nearly as long as is asked for */
    size_t count = room / one < batch ? room / one : batch;
    bool fits = count >= LEAST_SAMPLES && sg_workspace_may_leave_out_first(network, sg_wide_use(config, count));
    return fits && suits(network, config, threads) ? count : 0;
}

void sg_wide_lay_out(sg_wide *wide, sg_arena *arena, const sg_network *network, size_t count, int threads) {
    const sg_layer *first = &network->layers[0];
    size_t rows = first->rows * sg_block_count(first->shape.stride), size = network->steps * SG_BLOCK;
    wide->count = count;
    if (count == 0)
        return;
    wide->part.values = sg_arena_take(arena, first->rows * first->shape.stride, sizeof(float));
    wide->touched = sg_arena_take(arena, 2 * rows, 1);
    wide->part.touched = wide->touched ? wide->touched + rows : NULL;
    wide->passes = sg_arena_take(arena, count, sizeof *wide->passes);
    wide->draws = sg_arena_take(arena, count, sizeof *wide->draws);
    for (int i = 0; i < threads; i++) {
        wide->block_rooms[i].x = sg_arena_take(arena, size, sizeof(float));
        wide->block_rooms[i].g = sg_arena_take(arena, size, sizeof(float));
    }
}

/* The samples of a piece that are in the round. */
static void samples_of(const sg_wide_task *task, int piece, size_t *begin, size_t *end) {
    sg_part(task->batch->end, SG_PIECES, (size_t)piece, begin, end);
    *begin = *begin > task->begin ? *begin : task->begin;
    *end = *end < task->end ? *end : task->end;
}

static void begin_samples(void *context, int piece, int thread) {
    const sg_wide_task *task = context;
    const sg_wide *wide = task->wide;
    size_t begin, end;
    (void)thread;
    samples_of(task, piece, &begin, &end);
    for (size_t s = begin, at; s < end; s++) {
        at = s - task->begin;
        wide->passes[at] = sg_training_pass(task->batch, s, &wide->draws[at], &task->rooms[at]);
        sg_forward_begin(task->batch->network, &task->workspaces[at], &wide->passes[at]);
    }
}

/* Brings the weights of a block of the first layer near, in their order, which is several times as fast as in that of
 * the spikes. `rows`: an array shaped like the parameters. */
static void fetch(const sg_network *network, sg_block block, const float *rows) {
    const sg_layer *layer = &network->layers[0];
    rows += sg_group_block_at(layer, &layer->groups[0], block);
    for (size_t i = 0; i < layer->shape.inputs * block.width; i += SG_LANES)
        __builtin_prefetch(rows + i);
}

/* Blocks begin at samples apart, so that two threads do not write to the same words of spikes. */
static void first_forward(void *context, int number, int thread) {
    const sg_wide_task *task = context;
    const sg_network *network = task->batch->network;
    const sg_layer *layer = &network->layers[0];
    size_t count = task->end - task->begin, s = count * (size_t)number / sg_block_count(layer->shape.stride);
    fetch(network, sg_layer_block(layer, (size_t)number), network->parameters);
    for (size_t i = 0; i < count; i++, s = s + 1 < count ? s + 1 : 0)
        sg_forward_first(network, &task->workspaces[s], &task->wide->passes[s], sg_layer_block(layer, (size_t)number),
                         &task->wide->block_rooms[thread], false);
}

static void layers_above(void *context, int piece, int thread) {
    const sg_wide_task *task = context;
    const sg_network *network = task->batch->network;
    const sg_gradient gradient = sg_parts_of(task->parts, (size_t)piece);
    size_t begin, end;
    (void)thread;
    samples_of(task, piece, &begin, &end);
    for (size_t s = begin; s < end; s++) {
        sg_workspace *workspace = &task->workspaces[s - task->begin];
        const sg_pass *pass = &task->wide->passes[s - task->begin];
        sg_forward_above(network, workspace, pass);
        sg_judge(task->batch, workspace, s, &task->results[piece]);
        sg_backward_above(network, workspace, pass, task->batch->by_spikes, &gradient);
    }
}

/* Calls `each` for every group of the block. */
static void walk(const sg_wide_task *task, sg_block block,
                 void (*each)(const sg_kernels *kernels, sg_gradient sum, sg_gradient part, size_t rows,
                              size_t width)) {
    const sg_network *network = task->batch->network;
    const sg_layer *layer = &network->layers[0];
    const sg_gradient sum = {.values = task->gradient, .touched = task->wide->touched};
    for (size_t g = 0; g < layer->group_count; g++) {
        const sg_group *group = &layer->groups[g];
        each(network->kernels, sg_gradient_of(&sum, layer, group, block),
             sg_gradient_of(&task->wide->part, layer, group, block), group->rows, block.width);
    }
}

static void begin_sum(const sg_kernels *kernels, sg_gradient sum, sg_gradient part, size_t rows, size_t width) {
    (void)kernels, (void)part, (void)width;
    memset(sum.touched, 0, rows);
}

static void begin_part(const sg_kernels *kernels, sg_gradient sum, sg_gradient part, size_t rows, size_t width) {
    (void)kernels, (void)sum, (void)width;
    memset(part.touched, 0, rows);
}

static void end_sum(const sg_kernels *kernels, sg_gradient sum, sg_gradient part, size_t rows, size_t width) {
    (void)part;
    kernels->touch(sum.values, sum.touched, rows, width);
}

static void first_backward(void *context, int number, int thread) {
    const sg_wide_task *task = context;
    const sg_network *network = task->batch->network;
    const sg_block block = sg_layer_block(&network->layers[0], (size_t)number);
    fetch(network, block, network->parameters);
    fetch(network, block, task->wide->part.values);
    if (task->begin == 0)
        walk(task, block, begin_sum);
    for (int piece = 0; piece < SG_PIECES; piece++) {
        size_t begin, end, piece_begin, piece_end;
        sg_part(task->batch->end, SG_PIECES, (size_t)piece, &piece_begin, &piece_end);
        samples_of(task, piece, &begin, &end);
        if (begin >= end)
            continue;
        if (begin == piece_begin)
            walk(task, block, begin_part);
        for (size_t s = begin - task->begin; s < end - task->begin; s++)
            sg_backward_first(network, &task->workspaces[s], &task->wide->passes[s], task->batch->by_spikes, block,
                              &task->wide->block_rooms[thread], &task->wide->part);
        if (end == piece_end)
            walk(task, block, sg_gradient_fold);
    }
    if (task->end == task->batch->end)
        walk(task, block, end_sum);
}

static void run_round(sg_wide_task *task) {
    int blocks = (int)sg_block_count(task->batch->network->layers[0].shape.stride);
    sg_pool_run(task->pool, SG_PIECES, begin_samples, task);
    sg_pool_run(task->pool, blocks, first_forward, task);
    sg_pool_run(task->pool, SG_PIECES, layers_above, task);
    sg_pool_run(task->pool, blocks, first_backward, task);
}

void sg_wide_run(sg_wide_task *task) {
    size_t all = task->batch->end, rounds = (all + task->wide->count - 1) / task->wide->count;
    for (size_t piece = 0; piece < SG_PIECES; piece++) {
        task->results[piece] = (sg_piece_result){0};
        sg_parts_take(task->parts, piece);
    }
    for (size_t round = 0; round < rounds; round++) {
        sg_part(all, rounds, round, &task->begin, &task->end);
        run_round(task);
    }
    for (size_t piece = 0; piece < SG_PIECES; piece++)
        sg_parts_give_back(task->parts, piece);
}

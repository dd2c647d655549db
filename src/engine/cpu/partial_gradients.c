#include "engine/cpu/partial_gradients.h"

#include <string.h>

enum { SMALL = 8 << 20 }; /* bytes that are near enough all together */

static size_t bytes_of_one(const sg_partial_gradients *partial) {
    return partial->values_each * sizeof(float) + partial->rows_each;
}

/* One for each thread, and one more so that none waits for another that is a little behind. Small ones are at least as
 * many as a usual batch has slices. */
static size_t slots_for(const sg_partial_gradients *partial, int threads) {
    size_t slots = threads > 1 ? (size_t)threads + 1 : 1;
    if (slots < SG_FEW_SLICES && SG_FEW_SLICES * bytes_of_one(partial) <= SMALL)
        slots = SG_FEW_SLICES;
    return slots < SG_MAX_SLICES ? slots : SG_MAX_SLICES;
}

void sg_partial_gradients_lay_out(sg_partial_gradients *partial, sg_arena *arena, const sg_network *network,
                                  size_t layer, int threads) {
    partial->network = network;
    partial->layer = layer;
    partial->first = network->layers[layer].first_parameter;
    partial->first_row = network->layers[layer].first_row;
    partial->values_each = network->parameter_count - partial->first;
    partial->rows_each = network->row_count - partial->first_row;
    partial->slots = slots_for(partial, threads);
    partial->values = sg_arena_take(arena, (1 + partial->slots) * partial->values_each, sizeof(float));
    partial->touched = sg_arena_take(arena, (1 + partial->slots) * partial->rows_each, 1);
}

void sg_partial_gradients_open(sg_partial_gradients *partial) {
    pthread_mutex_init(&partial->lock, NULL);
    pthread_cond_init(&partial->changed, NULL);
}

void sg_partial_gradients_close(sg_partial_gradients *partial) {
    pthread_mutex_destroy(&partial->lock);
    pthread_cond_destroy(&partial->changed);
}

void sg_partial_gradients_begin(sg_partial_gradients *partial, size_t slices) {
    partial->slices = slices;
    partial->used = partial->slots < slices ? partial->slots : slices;
    partial->folded = 0;
    memset(partial->done, 0, sizeof partial->done);
    memset(partial->taken, 0, sizeof partial->taken);
    memset(partial->touched, 0, partial->rows_each);
}

/* Slices that are folded; behind them come as many as there are buffers. */
static size_t early(const sg_partial_gradients *partial) {
    return partial->slices - partial->used;
}

/* The i-th buffer, of which number 0 is what was folded. */
static sg_gradient buffer_at(const sg_partial_gradients *partial, size_t i) {
    return (sg_gradient){partial->values + i * partial->values_each, partial->touched + i * partial->rows_each,
                         partial->first, partial->first_row};
}

sg_gradient sg_partial_gradients_of(const sg_partial_gradients *partial, size_t slice) {
    return buffer_at(partial, 1 + partial->slot_of[slice]);
}

bool sg_partial_gradients_in_any_order(const sg_partial_gradients *partial) {
    return partial->used == partial->slices;
}

static sg_rows rows_of(sg_gradient gradient) {
    return (sg_rows){gradient.values, gradient.touched};
}

/* sum += from, rows of a block, those that were touched, run by run. 0 is added to first, so that a sum never is -0. */
static void fold_rows(const sg_kernels *kernels, sg_gradient sum, sg_gradient from, size_t rows, size_t width) {
    const sg_rows both[2] = {rows_of(sum), rows_of(from)};
    for (size_t row = 0, end; row < rows; row = end) {
        for (end = row + 1; end < rows && from.touched[end] == from.touched[row];)
            end++;
        if (!from.touched[row])
            continue;
        kernels->sum_rows(sum.values, both, 2, row, end, width);
        memset(sum.touched + row, 1, end - row);
    }
}

static void fold_layer(const sg_partial_gradients *partial, const sg_layer *layer, sg_gradient from) {
    const sg_gradient sum = buffer_at(partial, 0);
    for (size_t g = 0; g < layer->group_count; g++) {
        const sg_group *group = &layer->groups[g];
        for (size_t i = 0; i < sg_group_blocks(group); i++) {
            sg_block block = sg_group_block(group, i);
            fold_rows(partial->network->kernels, sg_gradient_of(&sum, group, block),
                      sg_gradient_of(&from, group, block), group->rows, block.width);
        }
    }
}

static bool can_fold(const sg_partial_gradients *partial) {
    return !partial->folding && partial->folded < early(partial) && partial->done[partial->folded];
}

/* Folds the next slice; under the lock, but not while it works. */
static void fold(sg_partial_gradients *partial) {
    const sg_gradient from = sg_partial_gradients_of(partial, partial->folded);
    partial->folding = true;
    pthread_mutex_unlock(&partial->lock);
    for (size_t l = partial->layer; l < partial->network->layer_count; l++)
        fold_layer(partial, &partial->network->layers[l], from);
    pthread_mutex_lock(&partial->lock);
    partial->folding = false;
    partial->taken[partial->slot_of[partial->folded]] = false;
    partial->folded++;
    pthread_cond_broadcast(&partial->changed);
}

/* One that is free; the thread's own, if it is. */
static size_t free_slot(const sg_partial_gradients *partial, int thread) {
    size_t slot = (size_t)thread % partial->used;
    for (size_t i = 0; partial->taken[slot] && i < partial->used; i++)
        slot = i;
    return slot;
}

sg_gradient sg_partial_gradients_acquire(sg_partial_gradients *partial, size_t slice, int thread) {
    pthread_mutex_lock(&partial->lock);
    while (slice >= partial->folded + partial->used)
        pthread_cond_wait(&partial->changed, &partial->lock);
    /* Where there is one for each slice, it has the same in each batch, as its thread does. */
    size_t slot = sg_partial_gradients_in_any_order(partial) ? slice : free_slot(partial, thread);
    partial->taken[slot] = true;
    partial->slot_of[slice] = slot;
    pthread_mutex_unlock(&partial->lock);
    const sg_gradient buffer = sg_partial_gradients_of(partial, slice);
    memset(buffer.touched, 0, partial->rows_each);
    return buffer;
}

void sg_partial_gradients_release(sg_partial_gradients *partial, size_t slice) {
    pthread_mutex_lock(&partial->lock);
    partial->done[slice] = true;
    while (can_fold(partial))
        fold(partial);
    pthread_mutex_unlock(&partial->lock);
}

void sg_partial_gradients_sum(const sg_partial_gradients *partial, float *sum, const sg_group *group, sg_block block,
                              size_t begin, size_t end) {
    size_t at = sg_group_block_at(group, block);
    if (at < partial->first)
        return;
    sg_rows slices[1 + SG_MAX_SLICES];
    for (size_t i = 0; i <= partial->used; i++) {
        const sg_gradient part =
            i == 0 ? buffer_at(partial, 0) : sg_partial_gradients_of(partial, early(partial) + i - 1);
        slices[i] = rows_of(sg_gradient_of(&part, group, block));
    }
    partial->network->kernels->sum_rows(sum + at, slices, 1 + partial->used, begin, end, block.width);
}

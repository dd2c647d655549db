#include "engine/cpu/partial_gradients.h"

#include <string.h>

enum { SMALL = 8 << 20 }; /* bytes that are near enough all together */

static size_t bytes_of_one(const sg_partial_gradients *parts) {
    return parts->values_each * sizeof(float) + parts->rows_each;
}

/* One for each thread, and one more so that none waits for another that is a little behind. Small ones are at least as
 * many as a usual batch has slices. */
static size_t slots_for(const sg_partial_gradients *parts, int threads) {
    size_t slots = threads > 1 ? (size_t)threads + 1 : 1;
    if (slots < SG_FEW_SLICES && SG_FEW_SLICES * bytes_of_one(parts) <= SMALL)
        slots = SG_FEW_SLICES;
    return slots < SG_MAX_SLICES ? slots : SG_MAX_SLICES;
}

void sg_partial_gradients_lay_out(sg_partial_gradients *parts, sg_arena *arena, const sg_network *network, size_t layer,
                                  int threads) {
    parts->network = network;
    parts->layer = layer;
    parts->first = network->layers[layer].first_parameter;
    parts->first_row = network->layers[layer].first_row;
    parts->values_each = network->parameter_count - parts->first;
    parts->rows_each = network->row_count - parts->first_row;
    parts->slots = slots_for(parts, threads);
    parts->values = sg_arena_take(arena, (1 + parts->slots) * parts->values_each, sizeof(float));
    parts->touched = sg_arena_take(arena, (1 + parts->slots) * parts->rows_each, 1);
}

void sg_partial_gradients_open(sg_partial_gradients *parts) {
    pthread_mutex_init(&parts->lock, NULL);
    pthread_cond_init(&parts->changed, NULL);
}

void sg_partial_gradients_close(sg_partial_gradients *parts) {
    pthread_mutex_destroy(&parts->lock);
    pthread_cond_destroy(&parts->changed);
}

void sg_partial_gradients_begin(sg_partial_gradients *parts, size_t slices) {
    parts->slices = slices;
    parts->used = parts->slots < slices ? parts->slots : slices;
    parts->folded = 0;
    memset(parts->done, 0, sizeof parts->done);
    memset(parts->taken, 0, sizeof parts->taken);
    memset(parts->touched, 0, parts->rows_each);
}

/* Slices that are folded; behind them come as many as there are buffers. */
static size_t early(const sg_partial_gradients *parts) {
    return parts->slices - parts->used;
}

/* The i-th buffer, of which number 0 is what was folded. */
static sg_gradient buffer_at(const sg_partial_gradients *parts, size_t i) {
    return (sg_gradient){parts->values + i * parts->values_each, parts->touched + i * parts->rows_each, parts->first,
                         parts->first_row};
}

sg_gradient sg_partial_gradients_of(const sg_partial_gradients *parts, size_t slice) {
    return buffer_at(parts, 1 + parts->slot_of[slice]);
}

bool sg_partial_gradients_in_any_order(const sg_partial_gradients *parts) {
    return parts->used == parts->slices;
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

static void fold_layer(const sg_partial_gradients *parts, const sg_layer *layer, sg_gradient from) {
    const sg_gradient sum = buffer_at(parts, 0);
    for (size_t g = 0; g < layer->group_count; g++) {
        const sg_group *group = &layer->groups[g];
        for (size_t i = 0; i < sg_group_blocks(group); i++) {
            sg_block block = sg_group_block(group, i);
            fold_rows(parts->network->kernels, sg_gradient_of(&sum, group, block), sg_gradient_of(&from, group, block),
                      group->rows, block.width);
        }
    }
}

static bool can_fold(const sg_partial_gradients *parts) {
    return !parts->folding && parts->folded < early(parts) && parts->done[parts->folded];
}

/* Folds the next slice; under the lock, but not while it works. */
static void fold(sg_partial_gradients *parts) {
    const sg_gradient from = sg_partial_gradients_of(parts, parts->folded);
    parts->folding = true;
    pthread_mutex_unlock(&parts->lock);
    for (size_t l = parts->layer; l < parts->network->layer_count; l++)
        fold_layer(parts, &parts->network->layers[l], from);
    pthread_mutex_lock(&parts->lock);
    parts->folding = false;
    parts->taken[parts->slot_of[parts->folded]] = false;
    parts->folded++;
    pthread_cond_broadcast(&parts->changed);
}

/* One that is free; the thread's own, if it is. */
static size_t free_slot(const sg_partial_gradients *parts, int thread) {
    size_t slot = (size_t)thread % parts->used;
    for (size_t i = 0; parts->taken[slot] && i < parts->used; i++)
        slot = i;
    return slot;
}

sg_gradient sg_partial_gradients_acquire(sg_partial_gradients *parts, size_t slice, int thread) {
    pthread_mutex_lock(&parts->lock);
    while (slice >= parts->folded + parts->used)
        pthread_cond_wait(&parts->changed, &parts->lock);
    /* Where there is one for each slice, it has the same in each batch, as its thread does. */
    size_t slot = sg_partial_gradients_in_any_order(parts) ? slice : free_slot(parts, thread);
    parts->taken[slot] = true;
    parts->slot_of[slice] = slot;
    pthread_mutex_unlock(&parts->lock);
    const sg_gradient buffer = sg_partial_gradients_of(parts, slice);
    memset(buffer.touched, 0, parts->rows_each);
    return buffer;
}

void sg_partial_gradients_release(sg_partial_gradients *parts, size_t slice) {
    pthread_mutex_lock(&parts->lock);
    parts->done[slice] = true;
    while (can_fold(parts))
        fold(parts);
    pthread_mutex_unlock(&parts->lock);
}

void sg_partial_gradients_sum(const sg_partial_gradients *parts, float *sum, const sg_group *group, sg_block block,
                              size_t begin, size_t end) {
    size_t at = sg_group_block_at(group, block);
    if (at < parts->first)
        return;
    sg_rows slices[1 + SG_MAX_SLICES];
    for (size_t i = 0; i <= parts->used; i++) {
        const sg_gradient part = i == 0 ? buffer_at(parts, 0) : sg_partial_gradients_of(parts, early(parts) + i - 1);
        slices[i] = rows_of(sg_gradient_of(&part, group, block));
    }
    parts->network->kernels->sum_rows(sum + at, slices, 1 + parts->used, begin, end, block.width);
}

#include "learn/parts.h"

#include <string.h>

enum { SMALL = 8 << 20 }; /* bytes that are near enough all together */

static size_t bytes_of_one(const sg_network *network) {
    return network->parameter_count * sizeof(float) + network->row_count;
}

/* One for each piece of a small network. Else one for each thread, and two so that no thread waits for another that is
 * a little behind. */
static size_t slots_for(const sg_network *network, int threads) {
    size_t slots = (size_t)threads + 2;
    return slots < SG_PIECES && SG_PIECES * bytes_of_one(network) > SMALL ? slots : SG_PIECES;
}

void sg_parts_lay_out(sg_parts *parts, sg_arena *arena, const sg_network *network, int threads) {
    parts->network = network;
    parts->slots = slots_for(network, threads);
    parts->values = sg_arena_take(arena, (1 + parts->slots) * network->parameter_count, sizeof(float));
    parts->touched = sg_arena_take(arena, (1 + parts->slots) * network->row_count, 1);
}

size_t sg_parts_bytes(const sg_network *network, int threads) {
    return (1 + slots_for(network, threads)) * bytes_of_one(network);
}

void sg_parts_open(sg_parts *parts) {
    pthread_mutex_init(&parts->lock, NULL);
    pthread_cond_init(&parts->changed, NULL);
}

void sg_parts_close(sg_parts *parts) {
    pthread_mutex_destroy(&parts->lock);
    pthread_cond_destroy(&parts->changed);
}

void sg_parts_begin(sg_parts *parts) {
    parts->folded = 0;
    memset(parts->done, 0, sizeof parts->done);
    memset(parts->touched, 0, parts->network->row_count);
}

/* Pieces that are folded; behind them come as many as there are buffers. */
static size_t early(const sg_parts *parts) {
    return SG_PIECES - parts->slots;
}

/* The buffers are used in turn, such that the last pieces of a batch lie in them in their order. */
static sg_gradient buffer_of(const sg_parts *parts, size_t piece) {
    size_t slots = parts->slots, i = 1 + (piece + slots - early(parts) % slots) % slots;
    return (sg_gradient){parts->values + i * parts->network->parameter_count,
                         parts->touched + i * parts->network->row_count};
}

/* The rows of a layer that a piece touched; 0 is added to first, so that a sum never is -0. */
static void fold_layer(const sg_parts *parts, const sg_layer *layer, sg_gradient from) {
    const sg_kernels *kernels = parts->network->kernels;
    size_t stride = layer->shape.stride;
    for (size_t row = 0; row < layer->rows; row++) {
        float *sum = parts->values + layer->weights + row * stride;
        if (!from.touched[layer->row + row])
            continue;
        kernels->touch_all(sum, parts->touched + layer->row + row, 1, stride);
        kernels->add_scaled(sum, from.values + layer->weights + row * stride, 1, stride);
    }
}

static bool can_fold(const sg_parts *parts) {
    return !parts->folding && parts->folded < early(parts) && parts->done[parts->folded];
}

/* Folds the next piece; under the lock, but not while it works. */
static void fold(sg_parts *parts) {
    const sg_gradient from = buffer_of(parts, parts->folded);
    parts->folding = true;
    pthread_mutex_unlock(&parts->lock);
    for (size_t l = 0; l < parts->network->layer_count; l++)
        fold_layer(parts, &parts->network->layers[l], from);
    pthread_mutex_lock(&parts->lock);
    parts->folding = false;
    parts->folded++;
    pthread_cond_broadcast(&parts->changed);
}

sg_gradient sg_parts_take(sg_parts *parts, size_t piece) {
    const sg_gradient buffer = buffer_of(parts, piece);
    pthread_mutex_lock(&parts->lock);
    while (piece >= parts->folded + parts->slots)
        pthread_cond_wait(&parts->changed, &parts->lock);
    pthread_mutex_unlock(&parts->lock);
    memset(buffer.touched, 0, parts->network->row_count);
    return buffer;
}

void sg_parts_give_back(sg_parts *parts, size_t piece) {
    pthread_mutex_lock(&parts->lock);
    parts->done[piece] = true;
    while (can_fold(parts))
        fold(parts);
    pthread_mutex_unlock(&parts->lock);
}

void sg_parts_merge(const sg_parts *parts, float *sum, const sg_layer *layer, const sg_group *group, size_t begin,
                    size_t end) {
    const sg_network *network = parts->network;
    network->kernels->merge(sum, parts->values + sg_group_at(layer, group), network->parameter_count,
                            parts->touched + layer->row + group->row, network->row_count, 1 + parts->slots, begin, end,
                            layer->shape.stride);
}

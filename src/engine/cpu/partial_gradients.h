/* The partial gradients of a batch. A batch is cut into slices, whose gradients must be added in their order whatever
 * the number of threads. There are fewer buffers than slices, so that they stay in the cache: when the next slice in
 * order is done, it is added to a running sum and its buffer is used again. The last ones stay in their buffers and are
 * added row by row, together with that sum. */
#ifndef SG_ENGINE_CPU_PARTIAL_GRADIENTS_H
#define SG_ENGINE_CPU_PARTIAL_GRADIENTS_H

#include "engine/cpu/slice.h"

#include <pthread.h>

typedef struct sg_partial_gradients {
    const sg_network *network;
    size_t layer;                  /* the first whose parameters they are for */
    size_t first, first_row;       /* parameter and row of a block of these */
    size_t values_each, rows_each; /* from there on */
    size_t slots;                  /* buffers, SG_MAX_SLICES at most */
    size_t slices, used;           /* of the batch in hand: its slices, and the buffers that they get */
    size_t slot_of[SG_MAX_SLICES]; /* the buffer of each slice */
    bool taken[SG_MAX_SLICES];     /* buffers */
    float *values;                 /* (1 + slots, values_each): what was folded, then the buffers ... */
    uint8_t *touched;              /* (1 + slots, rows_each) ... and likewise what counts of them */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t folded; /* slices, of which that many come first */
    bool folding;  /* one thread is at it */
    bool done[SG_MAX_SLICES];
} sg_partial_gradients;

/* The buffers for so many threads, of the parameters of the layers from `layer` on. */
void sg_partial_gradients_lay_out(sg_partial_gradients *partial, sg_arena *arena, const sg_network *network,
                                  size_t layer, int threads);

void sg_partial_gradients_open(sg_partial_gradients *partial);
void sg_partial_gradients_close(sg_partial_gradients *partial);

/* Before the first slice of a batch that has so many. */
void sg_partial_gradients_begin(sg_partial_gradients *partial, size_t slices);

/* The buffer of a slice, none of its rows touched; waits until there is one. Slices must be taken in their order,
 * unless there are as many buffers (sg_partial_gradients_in_any_order), and each that was taken be given back, by any
 * threads. A thread gets the buffer that it had, where it is free, which lies in its processor's cache. */
sg_gradient sg_partial_gradients_acquire(sg_partial_gradients *partial, size_t slice, int thread);
bool sg_partial_gradients_in_any_order(const sg_partial_gradients *partial);

/* The same buffer again, as it is. */
sg_gradient sg_partial_gradients_of(const sg_partial_gradients *partial, size_t slice);

void sg_partial_gradients_release(sg_partial_gradients *partial, size_t slice);

/* Of a block of a group, rows begin .. end-1: sum (parameter_count) = those of all slices, once these are given back;
 * of parameters that they are not for, it is left as it is. */
void sg_partial_gradients_sum(const sg_partial_gradients *partial, float *sum, const sg_group *group, sg_block block,
                              size_t begin, size_t end);

#endif

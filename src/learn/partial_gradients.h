/* The partial gradients of a batch: one for each of its pieces, in fewer buffers than there are pieces, so that they
 * stay in the cache. Pieces are added in their order whatever the number of buffers: one that is done and next in order
 * is folded into the sum of those before it, which frees its buffer for a later piece; the last ones stay in their
 * buffers and are merged row by row, together with that sum. */
#ifndef SG_LEARN_PARTIAL_GRADIENTS_H
#define SG_LEARN_PARTIAL_GRADIENTS_H

#include "net/network.h"

#include <pthread.h>

enum { SG_SLICES = 16 }; /* of a batch */

typedef struct sg_partial_gradients {
    const sg_network *network;
    size_t layer;                  /* the first whose parameters they are for */
    size_t first, first_row;       /* parameter and row of a block of these */
    size_t values_each, rows_each; /* from there on */
    size_t slots;                  /* buffers, SG_SLICES at most */
    size_t slot_of[SG_SLICES];     /* the buffer of each piece */
    bool taken[SG_SLICES];         /* buffers */
    float *values;                 /* (1 + slots, values_each): what was folded, then the buffers ... */
    uint8_t *touched;              /* (1 + slots, rows_each) ... and likewise what counts of them */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t folded; /* pieces, of which that many come first */
    bool folding;  /* one thread is at it */
    bool done[SG_SLICES];
} sg_partial_gradients;

/* The buffers for so many threads, of the parameters of the layers from `layer` on. */
void sg_partial_gradients_lay_out(sg_partial_gradients *parts, sg_arena *arena, const sg_network *network, size_t layer,
                                  int threads);

void sg_partial_gradients_open(sg_partial_gradients *parts);
void sg_partial_gradients_close(sg_partial_gradients *parts);

/* Before the first piece of a batch. */
void sg_partial_gradients_begin(sg_partial_gradients *parts);

/* The buffer of a piece, none of its rows touched; waits until there is one. Pieces must be taken in their order,
 * unless there are as many buffers (sg_partial_gradients_in_any_order), and each that was taken be given back, by any
 * threads. A thread gets the buffer that it had, where it is free, which lies in its processor's cache. */
sg_gradient sg_partial_gradients_acquire(sg_partial_gradients *parts, size_t piece, int thread);
bool sg_partial_gradients_in_any_order(const sg_partial_gradients *parts);

/* The same buffer again, as it is. */
sg_gradient sg_partial_gradients_of(const sg_partial_gradients *parts, size_t piece);

void sg_partial_gradients_release(sg_partial_gradients *parts, size_t piece);

/* Of a block of a group, rows begin .. end-1: sum (parameter_count) = those of all pieces, once these are given back;
 * of parameters that the parts are not for, it is left as it is. */
void sg_partial_gradients_sum(const sg_partial_gradients *parts, float *sum, const sg_group *group, sg_block block,
                              size_t begin, size_t end);

#endif

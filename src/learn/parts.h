/* The partial gradients of a batch: one for each of its pieces, in fewer buffers than there are pieces, so that they
 * stay in the cache. Pieces are added in their order whatever the number of buffers: one that is done and next in order
 * is folded into the sum of those before it, which frees its buffer for a later piece; the last ones stay in their
 * buffers and are merged row by row, together with that sum. */
#ifndef SG_LEARN_PARTS_H
#define SG_LEARN_PARTS_H

#include "net/network.h"

#include <pthread.h>

enum { SG_PIECES = 16 }; /* of a batch */

typedef struct sg_parts {
    const sg_network *network;
    size_t layer;                  /* the first whose parameters they are for */
    size_t first, first_row;       /* parameter and row of a block of these */
    size_t values_each, rows_each; /* from there on */
    size_t slots;                  /* buffers, SG_PIECES at most */
    size_t slot_of[SG_PIECES];     /* the buffer of each piece */
    bool taken[SG_PIECES];         /* buffers */
    float *values;                 /* (1 + slots, values_each): what was folded, then the buffers ... */
    uint8_t *touched;              /* (1 + slots, rows_each) ... and likewise what counts of them */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t folded; /* pieces, of which that many come first */
    bool folding;  /* one thread is at it */
    bool done[SG_PIECES];
} sg_parts;

/* The buffers for so many threads, of the parameters of the layers from `layer` on. */
void sg_parts_lay_out(sg_parts *parts, sg_arena *arena, const sg_network *network, size_t layer, int threads);

void sg_parts_open(sg_parts *parts);
void sg_parts_close(sg_parts *parts);

/* Before the first piece of a batch. */
void sg_parts_begin(sg_parts *parts);

/* The buffer of a piece, none of its rows touched; waits until there is one. Pieces must be taken in their order,
 * unless there are as many buffers (sg_parts_in_any_order), and each that was taken be given back, by any threads. A
 * thread gets the buffer that it had, where it is free, which lies in its processor's cache. */
sg_gradient sg_parts_take(sg_parts *parts, size_t piece, int thread);
bool sg_parts_in_any_order(const sg_parts *parts);

/* The same buffer again, as it is. */
sg_gradient sg_parts_of(const sg_parts *parts, size_t piece);

void sg_parts_give_back(sg_parts *parts, size_t piece);

/* Of a block of a group, rows begin .. end-1: sum (parameter_count) = those of all pieces, once these are given back;
 * of parameters that the parts are not for, it is left as it is. */
void sg_parts_merge(const sg_parts *parts, float *sum, const sg_layer *layer, const sg_group *group, sg_block block,
                    size_t begin, size_t end);

#endif

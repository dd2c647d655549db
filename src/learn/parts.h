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
    size_t slots;     /* buffers, SG_PIECES at most */
    float *values;    /* (1 + slots, parameter_count): what was folded, then the buffers ... */
    uint8_t *touched; /* (1 + slots, row_count) ... and likewise their rows */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t folded; /* pieces, of which that many come first */
    bool folding;  /* one thread is at it */
    bool done[SG_PIECES];
} sg_parts;

/* The buffers for so many threads, and what they take. */
void sg_parts_lay_out(sg_parts *parts, sg_arena *arena, const sg_network *network, int threads);
size_t sg_parts_bytes(const sg_network *network, int threads);

void sg_parts_open(sg_parts *parts);
void sg_parts_close(sg_parts *parts);

/* Before the first piece of a batch. */
void sg_parts_begin(sg_parts *parts);

/* The buffer of a piece, none of its rows touched; waits until there is one. Pieces must be taken in their order, and
 * each that was taken be given back, by any threads. */
sg_gradient sg_parts_take(sg_parts *parts, size_t piece);
void sg_parts_give_back(sg_parts *parts, size_t piece);

/* sum = rows begin .. end-1 of a group, of all pieces; once all are given back. */
void sg_parts_merge(const sg_parts *parts, float *sum, const sg_layer *layer, const sg_group *group, size_t begin,
                    size_t end);

#endif

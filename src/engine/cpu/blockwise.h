/* Training of networks with a wide first layer, one whose weights do not fit a near cache. Samples do not go through
 * such a network one after the other, but all of a round through a block of the first layer and then through the next
 * one, so that the block's weights and their gradient stay near:
 *     forward through the first layer, block by block; then each sample through the layers above, there and back; then
 *     backward through the first layer, block by block, whose membrane is computed again, as it is too large to keep.
 * Threads share blocks below, slices above. The first layer's gradient is added up sample after sample, and not
 * slice by slice, as nobody else adds to a block; so whether a network is wide must not depend on the threads. */
#ifndef SG_ENGINE_CPU_BLOCKWISE_H
#define SG_ENGINE_CPU_BLOCKWISE_H

#include "base/threads.h"
#include "engine/cpu/partial_gradients.h"

typedef struct sg_blockwise {
    size_t count;                                  /* samples of a round at most; 0: the network is not trained so */
    sg_sample_run *runs;                           /* (count) */
    sg_dropout_key *keys;                          /* (count) */
    sg_block_scratch block_scratch[SG_MAX_SLICES]; /* one for each thread */
    uint8_t *touched;                              /* (rows of blocks of the first layer) of the gradient */
} sg_blockwise;

/* Samples of a round; 0 if the network is not wide, or if memory is bounded to less than its shortest round takes: then
 * its time may have to be cut, and it is trained as others are, whose sums by slices differ in their last bits. */
size_t sg_blockwise_count(const sg_network *network, const sg_learn_config *config);

/* What its workspaces are for. */
sg_workspace_use sg_blockwise_use(const sg_learn_config *config, size_t count);

/* Takes the arrays. */
void sg_blockwise_lay_out(sg_blockwise *blockwise, sg_arena *arena, const sg_network *network, size_t count,
                          int threads);

/* What a batch is worked on with. */
typedef struct sg_blockwise_task {
    sg_blockwise *blockwise;
    const sg_batch_slice *batch; /* all of it */
    sg_pool *pool;
    sg_workspace *workspaces;          /* (count) */
    const sg_augment_scratch *scratch; /* (count) */
    sg_partial_gradients *partial;     /* of the layers above */
    float *gradient;                   /* (parameter_count) becomes that of the first layer */
    sg_slice_result *results;          /* (slices) */
    size_t begin, end;                 /* samples of the round */
} sg_blockwise_task;

/* The gradient of a batch: of the first layer in `gradient`, of those above in the partial gradients, given back. */
void sg_blockwise_run(sg_blockwise_task *task);

#endif

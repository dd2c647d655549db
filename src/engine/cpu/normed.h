/* Training of networks with layers that are normalised by their batch. No sample can go through such a layer before
 * all have come to it. So all samples of a batch have a workspace each, and go through the network in parts
 * (net/sample_run.h); threads share the slices of each part. */
#ifndef SG_ENGINE_CPU_NORMED_H
#define SG_ENGINE_CPU_NORMED_H

#include "base/threads.h"
#include "engine/cpu/partial_gradients.h"
#include "net/norm_batch.h"

typedef struct sg_normed {
    size_t most; /* samples of a batch; 0: the network is not trained so */
    sg_norm_batch norms[SG_MAX_LAYERS];
    sg_sample_run *runs;  /* (most) */
    sg_dropout_key *keys; /* (most) */
    bool fresh;           /* whether `norms` are of a batch whose step is still to come */
} sg_normed;

/* Samples of a batch of this configuration, at most, as an epoch is cut into batches of nearly that size, and samples
 * of most of them; 0 if no layer of the network is normalised. */
size_t sg_normed_most(const sg_network *network, const sg_learn_config *config);
size_t sg_normed_usual(const sg_network *network, const sg_learn_config *config);

/* Takes the arrays. */
void sg_normed_lay_out(sg_normed *normed, sg_arena *arena, const sg_network *network, size_t most);

/* What a batch is worked on with. */
typedef struct sg_normed_task {
    sg_normed *normed;
    const sg_batch_slice *batch; /* all of it */
    sg_pool *pool;
    sg_workspace *workspaces;          /* (samples) */
    const sg_augment_scratch *scratch; /* (samples) */
    sg_partial_gradients *partial;
    sg_slice_result *results; /* (slices) */
    size_t part;              /* in hand */
} sg_normed_task;

/* All samples forward; then backward, which leaves the gradient in the partial gradients, given back. */
void sg_normed_forward(sg_normed_task *task);
void sg_normed_backward(sg_normed_task *task);

/* With the step of the optimiser: moves the kept mean and variance towards those of the batch. */
void sg_normed_keep(sg_normed *normed, sg_network *network);

#endif

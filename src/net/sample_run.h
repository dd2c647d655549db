/* One sample, or a few side by side, forward and backward through a network. */
#ifndef SG_NET_SAMPLE_RUN_H
#define SG_NET_SAMPLE_RUN_H

#include "net/workspace.h"

/* What dropout is drawn by. */
typedef struct sg_dropout_key {
    uint64_t seed;
    uint64_t number; /* of the optimiser's step */
    uint64_t place;  /* of the sample in its batch */
} sg_dropout_key;

/* Told of each chunk on the way forward: steps first .. first+steps-1 of the sample are in the buffers. */
typedef void sg_recorder(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                         size_t steps);

/* dL/dinputs of a sample: with respect to the number of spikes of each input channel in each step, or to the number
 * that comes in there. */
typedef struct sg_input_gradient {
    const sg_link *link; /* the first layer's, planned so that it projects, with `derived` up to date */
    float *by_inputs;    /* (T, I) */
    float *scratch;      /* (steps of a chunk, SG_BLOCK); of a link that works on the whole layer (.., I) */
} sg_input_gradient;

/* Forward in time: told when the numbers of a chunk's steps can be read; leaves dL/dvalues in the workspace's by_values
 * if it has them. */
typedef void sg_chunk_loss(void *user, sg_workspace *workspace);

/* What a sample that is learned forward in time needs on the way (online.h). */
typedef struct sg_online_run {
    const sg_gradient *gradient;   /* to be added to; NULL: the sample is only run */
    const float *const *by_spikes; /* as sg_backward's, or NULL */
    sg_chunk_loss *loss;           /* of a loss with numbers in each step, else NULL */
    void *user;                    /* of the loss */
    bool goes_on;                  /* from where the workspace's sample before ended; else from rest */
    bool is_part;                  /* another sample may go on from where it ends */
} sg_online_run;

typedef struct sg_sample_run {
    sg_input_list input;
    const sg_dropout_key *dropout;   /* NULL: nothing is dropped, as in evaluation */
    sg_recorder *record;             /* may be NULL */
    void *user;                      /* of the recorder */
    const sg_input_gradient *inputs; /* where dL/dinputs goes on the way back; NULL: it is not wanted */
    const sg_online_run *online;     /* where the workspace's plan is forward in time; NULL: the sample is only run */
} sg_sample_run;

/* Runs a sample forward. Afterwards the workspace holds what is read of it, the spike counts, and u and spikes of the
 * last chunk, but none of a layer that the linear read-out computes. Where inputs are dropped, the workspace has room
 * for the sample's events. */
void sg_forward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample);

/* The numbers that the sample was read as, (outputs). */
void sg_read(const sg_network *network, const sg_workspace *workspace, double *values);

/* A row of the numbers that a loss gets of it, (outputs): those, or the membranes of step `row`, whose numbers are
 * there (sg_readout_state). */
void sg_read_row(const sg_network *network, const sg_workspace *workspace, size_t row, double *values);

/* The place of a number that the local read-out of hidden layer l has in step `row`, or of dL/dnumber, where the plan
 * has local read-outs and the step's numbers are there. */
float *sg_local_at(const sg_network *network, const sg_workspace *workspace, size_t l, size_t row, size_t output);

/* After sg_forward of the same sample: adds to `gradient`, beginning with the workspace's by_values. Forward in time
 * most of it was added on the way (sg_online_run), and the rest is now. by_spikes: for
 * each layer but the last NULL, or a row (stride) with dL/dspike of each neuron, besides what comes from above. */
void sg_backward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                 const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient);

/* The same for some samples side by side, layer by layer, so that a weight which is fetched once serves all. Each has a
 * workspace, of the same plan. The gradient adds them up in their order: the bits are those of one after the other.
 * Where time is cut, chunks of different samples would take turns in that order, so a round is of one sample. */
enum { SG_ROUND = 2 }; /* samples at most */

typedef struct sg_round {
    const sg_network *network;
    sg_workspace *workspaces;     /* (count) */
    const sg_sample_run *samples; /* (count) */
    size_t count;
} sg_round;

void sg_forward_round(const sg_round *round);
void sg_backward_round(const sg_round *round, const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient);

/* The same in parts, in a workspace that omits the first layer's x and g (sg_workspace_may_omit_first), so that many
 * samples can go through that layer block by block: engine/cpu/blockwise.h. Forward: begin; first, for each block;
 * above. Backward: above; first, for each block, which computes its membrane again. `first` works in arrays of the
 * caller's.
 */
typedef struct sg_block_scratch {
    float *x, *g; /* (T, width) each */
} sg_block_scratch;

void sg_forward_begin(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample);
void sg_forward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, sg_block block,
                      const sg_block_scratch *scratch);
void sg_forward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample);
void sg_backward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                       const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient);
void sg_backward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                       const float *const by_spikes[SG_MAX_LAYERS], sg_block block, const sg_block_scratch *scratch,
                       const sg_gradient *gradient);

/* The same in parts, for workspaces of samples that are normalised by their batch (sg_workspace_use.by_batch). A part
 * ends, forward, where x of a normalised layer is there, and leaves the sample's sums of it. The next one begins there,
 * once the batch has its mean and variance (norm_batch.h). Backward, parts go the same ways from the last to the first:
 * each but the first leaves the sums of the layer that it began at. */
size_t sg_part_count(const sg_network *network);              /* 1 + normalised layers */
size_t sg_part_begin(const sg_network *network, size_t part); /* its first layer; of one more part, all layers */
void sg_forward_part(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample, size_t part);
void sg_backward_part(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                      const float *const by_spikes[SG_MAX_LAYERS], size_t part, const sg_gradient *gradient);

/* A chunk of time. Forward in time each is the only one: number 0, and the last. */
typedef struct sg_chunk {
    size_t index, first, steps;
    bool last;
} sg_chunk;

sg_chunk sg_chunk_at(const sg_network *network, const sg_workspace *workspace, size_t index);

/* The spikes that come into layer l in a chunk. */
sg_spike_source sg_source_below(const sg_workspace *workspace, const sg_chunk *chunk, size_t l);

/* Whether the run drops inputs of a layer, and the share that it drops. */
static inline bool sg_drops(const sg_layer_buffers *buffers, const sg_sample_run *sample) {
    return buffers->dropout_mask && sample->dropout;
}

static inline float sg_dropout_of(const sg_layer *layer, const sg_sample_run *sample) {
    return sample->dropout ? layer->dropout : 0;
}

#endif

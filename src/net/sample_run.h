/* One sample forward and backward through a network. */
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

typedef struct sg_sample_run {
    sg_spike_list input;
    const sg_dropout_key *draw; /* NULL: nothing is dropped, as in evaluation */
    sg_recorder *watch;         /* may be NULL */
    void *user;
} sg_sample_run;

/* Runs a sample; leaves what is read of it, the spike counts, and the last chunk's u and spikes, but none of a layer
 * that the linear read-out stands for. Where inputs are dropped, the workspace has room for the sample's events. */
void sg_forward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass);

/* The numbers that the sample was read as, (outputs). */
void sg_read(const sg_network *network, const sg_workspace *workspace, double *values);

/* After sg_forward of the same pass: adds to `gradient`, beginning with the workspace's by_values. by_spikes: for each
 * layer but the last NULL or a row (stride) that is the gradient by each of its spikes, besides what comes from above.
 */
void sg_backward(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                 const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient);

/* The same in parts, in a workspace that leaves out the first layer's x and g (sg_workspace_may_omit_first), so
 * that many samples can go through that layer block by block: learn/blockwise.h. Forward: begin; first, for each block;
 * above. Backward: above; first, for each block, which computes its membrane again. `first` works in x and g (T, width)
 * of the caller's. */
typedef struct sg_block_scratch {
    float *x, *g;
} sg_block_scratch;

void sg_forward_begin(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass);
void sg_forward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass, sg_block block,
                      const sg_block_scratch *room, bool again);
void sg_forward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass);
void sg_backward_above(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const float *const by_spikes[SG_MAX_LAYERS], const sg_gradient *gradient);
void sg_backward_first(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                       const float *const by_spikes[SG_MAX_LAYERS], sg_block block, const sg_block_scratch *room,
                       const sg_gradient *gradient);

/* A chunk of time: shared by the two directions. */
typedef struct sg_chunk {
    size_t index, first, steps;
    bool last;
} sg_chunk;

sg_chunk sg_chunk_at(const sg_network *network, const sg_workspace *workspace, size_t index);

/* Runs one chunk forward from the states before it; leaves those behind it. */
void sg_forward_chunk(const sg_network *network, sg_workspace *workspace, const sg_sample_run *pass,
                      const sg_chunk *chunk);

/* The spikes that come into layer l in a chunk. */
sg_spike_source sg_source_below(const sg_workspace *workspace, const sg_chunk *chunk, size_t l);

/* Whether the pass drops inputs of a layer. */
static inline bool sg_drops(const sg_layer_buffers *buffers, const sg_sample_run *pass) {
    return buffers->kept && pass->draw;
}

/* Whether a layer that is whole (sg_runs_whole_sample) and its link run at once, for spikes that come in so. */
bool sg_can_fuse(const sg_layer *layer, const sg_layer_buffers *buffers, const sg_sample_run *pass,
                 sg_spike_source source);

/* The share of a layer's inputs that the pass drops. */
float sg_dropout_of(const sg_network *network, const sg_sample_run *pass, size_t l);

#endif

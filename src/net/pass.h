/* One sample forward and backward through a network. */
#ifndef SG_NET_PASS_H
#define SG_NET_PASS_H

#include "net/workspace.h"

/* What dropout is drawn by. */
typedef struct sg_draw {
    uint64_t seed;
    uint64_t number; /* of the optimiser's step */
    uint64_t place;  /* of the sample in its batch */
} sg_draw;

/* Told of each chunk on the way forward: steps first .. first+steps-1 of the sample are in the buffers. */
typedef void sg_watcher(void *user, const sg_network *network, const sg_workspace *workspace, size_t first,
                        size_t steps);

typedef struct sg_pass {
    sg_spike_list input;
    const sg_draw *draw; /* NULL: nothing is dropped, as in evaluation */
    sg_watcher *watch;   /* may be NULL */
    void *user;
} sg_pass;

/* Runs a sample; leaves what is read of it, the spike counts, and the last chunk's u and spikes, but none of a layer
 * that the linear read-out stands for. Where inputs are dropped, the workspace has room for the sample's events. */
void sg_forward(const sg_network *network, sg_workspace *workspace, const sg_pass *pass);

/* The numbers that the sample was read as, (outputs). */
void sg_read(const sg_network *network, const sg_workspace *workspace, double *values);

/* What the backward pass begins with: the gradient by the read-out's numbers, (outputs); and for each layer but the
 * last NULL or a row (stride) that is the gradient by each of its spikes, besides what comes from above. */
typedef struct sg_seed {
    const double *by_values;
    const float *by_spikes[SG_MAX_LAYERS];
} sg_seed;

/* After sg_forward of the same pass: adds to `gradient`. */
void sg_backward(const sg_network *network, sg_workspace *workspace, const sg_pass *pass, const sg_seed *seed,
                 const sg_gradient *gradient);

/* A chunk of time, and where its input spikes come from: shared by the two directions. */
typedef struct sg_chunk {
    size_t index, first, steps;
    bool last;
    sg_spike_list input; /* of the chunk */
} sg_chunk;

sg_chunk sg_chunk_at(const sg_network *network, const sg_workspace *workspace, const sg_pass *pass, size_t index);

/* Runs one chunk forward from the states before it; leaves those behind it. */
void sg_forward_chunk(const sg_network *network, sg_workspace *workspace, const sg_pass *pass, const sg_chunk *chunk);

/* The spikes that come into layer l in a chunk. */
sg_spike_source sg_source_below(const sg_workspace *workspace, const sg_chunk *chunk, size_t l);

/* The share of a layer's inputs that the pass drops. */
float sg_dropout_of(const sg_network *network, const sg_pass *pass, size_t l);

sg_block sg_layer_block(const sg_layer *layer, size_t i);

#endif

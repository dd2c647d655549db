/* The buffers of a sample in work: one for each thread, or one for each of many samples (learn/blockwise.h).
 *
 * Time is cut into chunks of `steps` steps, all of T where memory allows. A chunk runs through all layers before the
 * next begins; the neurons' states between two chunks are kept, and on the way back each chunk but the last is computed
 * again from them. Every sum over time goes the same way whatever the cut, so the bits are the same. */
#ifndef SG_NET_WORKSPACE_H
#define SG_NET_WORKSPACE_H

#include "net/linear_readout.h"

/* Words are of spike bits, stride / SG_LANES of them a step. NULL where a layer has no need of it. */
typedef struct sg_layer_buffers {
    float *x;         /* blocks of (steps, width): weighted input, then u, the membrane above threshold */
    float *g;         /* likewise, or one block: gradient by the spikes, then by the weighted input; for backward */
    uint16_t *before; /* (1 + steps, words) the spikes, from the step before the chunk on ... */
    uint16_t *spikes; /* ... and from its first step on */
    uint16_t *handed; /* (steps, words) those that the layer above gets, which may drop some */
    uint16_t *active; /* (steps, words) where the surrogate is not 0; for backward */
    uint16_t *step;   /* (steps * stride) the spikes handed up, as a list, ... */
    uint32_t *channel;
    size_t listed_count; /* ... how many, ... */
    bool listed;         /* ... and whether they were listed */
    size_t spike_count;  /* of this sample so far */
    uint16_t *own_step;  /* (steps * stride) the spikes that come back to the layer, as a list; for backward */
    uint32_t *own_channel;
    float *gx_above;       /* (stride) gradient by the input of the step behind the chunk; for backward */
    float *states;         /* (chunks + 1, SG_NEURON_STATES, stride) before each chunk, and behind the last */
    uint16_t *last;        /* (chunks + 1, words) likewise the spikes of the step before */
    float *adjoint;        /* (SG_NEURON_ADJOINTS, stride) */
    float *sums;           /* (SG_NEURON_CONSTANTS, stride) gradients by the constants */
    sg_neuron_trace trace; /* blocks of (steps, width) */
    bool traced;
    uint16_t *kept; /* (stride_below / SG_LANES) bits of the inputs that dropout keeps */
} sg_layer_buffers;

typedef struct sg_workspace {
    _Alignas(SG_ALIGNMENT) sg_layer_buffers layers[SG_MAX_LAYERS]; /* no cache line is another thread's too */
    size_t steps, chunks;                                          /* of a chunk; number of them */
    sg_readout readout;
    bool is_linear; /* whether the last layer is not run, but read from the spikes below */
    sg_linear_readout linear;
    sg_readout_state outputs; /* if not */
    double *by_values;        /* (outputs) gradient by what was read, which the backward pass begins with */
    sg_spike_list input;      /* of the sample in hand, without what is dropped */
    sg_arena memory;
    uint16_t *input_step; /* (room) the sample's events, where some are dropped or moved ... */
    uint32_t *input_channel;
    size_t room; /* ... see sg_workspace_reserve */
} sg_workspace;

/* What is not needed may be left out: buffers of the backward pass, traces of all layers (they are there anyway where
 * the backward pass wants them). */
typedef struct sg_workspace_use {
    sg_readout readout;
    bool backward, traces;
    bool without_first; /* x and g of the first layer are somebody else's */
    int count;          /* of such workspaces, one for each thread or sample, within the network's memory limit */
} sg_workspace_use;

/* SG_CONFIG if the memory limit is too low for the shortest chunks. */
sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, sg_workspace_use use);
void sg_workspace_close(sg_workspace *workspace);

/* What it allocates, but for the room. */
size_t sg_workspace_bytes(const sg_network *network, sg_workspace_use use);

/* Whether x and g of the first layer may be left out: pass.h has functions for it. */
bool sg_workspace_may_omit_first(const sg_network *network, sg_workspace_use use);

/* Room for a sample of so many events to be changed in. */
sg_status sg_workspace_reserve(sg_workspace *workspace, size_t events);

/* Whether a layer is the one that the linear read-out stands for: it has no buffers but silent spikes. */
bool sg_uses_linear_readout(const sg_workspace *workspace, const sg_network *network, size_t l);

/* Whether g of a layer is needed longer than its block is worked on: it is projected to a layer below, comes back to
 * the layer, or is made of the read-out. */
bool sg_layer_stores_g(const sg_network *network, size_t l);

/* Whether a layer's neurons run in the kernels of their kind, which begin and end with a sample. */
bool sg_runs_whole_sample(const sg_workspace *workspace, const sg_layer *layer);

#endif

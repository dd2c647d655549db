/* The buffers of a sample in work: one for each thread, or one for each of many samples (engine/blockwise.h).
 *
 * Time is cut into chunks of `steps` steps, all of T where memory allows. A chunk runs through all layers before the
 * next begins; the neurons' states between two chunks are kept, and on the way back each chunk but the last is computed
 * again from them. Every sum over time goes the same way whatever the cut, so the bits are the same.
 *
 * Forward in time (online.h) a chunk has as many steps as the plan says, and only the states before and after it are
 * kept. */
#ifndef SG_NET_WORKSPACE_H
#define SG_NET_WORKSPACE_H

#include "net/eligibility.h"
#include "net/feedback.h"
#include "net/linear_readout.h"
#include "net/network.h"

typedef struct sg_stage sg_stage;           /* stage.h */
typedef struct sg_norm_batch sg_norm_batch; /* norm_batch.h */

/* Words are of spike bits, stride / SG_LANES of them a step. NULL where a layer has no need of it. */
typedef struct sg_layer_buffers {
    float *x;          /* blocks of (steps, width): weighted input, then u, the membrane above threshold */
    float *weighed;    /* like x: the weighted input, of which normalisation by a batch makes x; else NULL */
    double *norm_sums; /* (2, rows, channels) what the sample adds to the sums of a batch (norm_batch.h); likewise */
    float *g;          /* likewise, or one block: dL/dspikes, then dL/dx; for backward */
    float *below;      /* like x: what goes on to the layer below, if that is another array than g (backward_plan.h) */
    uint16_t *history; /* (1 + steps, words) the spikes, from the step before the chunk on ... */
    uint16_t *spikes;  /* ... and from its first step on */
    uint16_t *more;    /* (planes - 1, steps, words) where neurons fire a second time in a step, a third, ... */
    uint16_t *masked;  /* (steps, words) the spikes without those that the layer above drops; for backward */
    uint16_t *active;  /* (steps, words) where the surrogate is not 0; for backward */
    uint16_t *step;    /* (steps * stride) the spikes that the layer above gets, as a list, ... */
    uint32_t *channel;
    size_t outgoing_count;    /* ... how many fire, without what is dropped, ... */
    bool listed;              /* ... and whether they are listed */
    size_t bytes;             /* of all arrays here */
    size_t spike_count;       /* of this sample so far */
    uint16_t *recurrent_step; /* (steps * stride) the spikes that come back to the layer, as a list; for backward */
    uint32_t *recurrent_channel;
    float *gx_next_step;       /* (stride) dL/dx of the step that follows the chunk; for backward */
    float *states;             /* (kept, SG_NEURON_STATES, stride) before each chunk, and after the last */
    uint16_t *boundary_spikes; /* (kept, words) likewise the spikes of the step before */
    float *adjoint;            /* (SG_NEURON_ADJOINTS, stride) */
    float *sums;               /* (SG_NEURON_CONSTANTS, stride) dL/dconstants */
    sg_neuron_trace trace;     /* blocks of (steps, width) */
    bool traced;
    sg_sorted_spikes sorted; /* the spikes that come in, by channel; for backward, or NULL, ... */
    size_t sorted_room;      /* ... and how many spikes it has room for */
    uint16_t *dropout_mask;  /* (stride_below / SG_LANES) bits of the inputs that are kept; for backward */
    sg_spike_list incoming; /* the spikes of the layer below after the inlet, where they are listed; not of the first */
    sg_inlet_buffers inlet;
    sg_spike_arrays delayed; /* (steps * neurons below) */
    float *link_row;         /* (row_count) scratch of a link that works on the whole layer, ... */
    float *link_sums;        /* (sums_count) ... and what it adds up over a sample; for backward */
    float *by_inputs;        /* (steps, inputs) dL/dinputs of the link, where they pass an inlet; for backward */
    uint8_t *wanted;         /* (steps, places of the link's inputs) where dL/dinputs are wanted; likewise */
    float *by_inputs_block;  /* (steps, SG_BLOCK) scratch of a link that works on blocks; likewise */
    float *added_g;          /* (steps, SG_BLOCK) scratch of a layer that is added to others (added.h); for backward */
    float *skipped;          /* (steps, SG_BLOCK) scratch of links from earlier layers (skip.h) */
    float *constant_gx;      /* (stride) dL/dx summed over steps, of the first layer; for backward */
    float *local;            /* blocks of (local_rows, width of the outputs) numbers of the local read-out, then
                                dL/dnumbers (feedback.h); for backward where the plan has them */
} sg_layer_buffers;

/* What a workspace is for; it has no buffers for anything else. */
typedef struct sg_workspace_use {
    sg_readout readout;
    bool backward;
    bool traces;           /* i, v and a of all layers are kept; where the backward pass needs them they are anyway */
    sg_backward_plan plan; /* of the backward pass */
    const sg_feedback *feedback; /* where the plan has matrices; it is drawn by whoever opens the workspace */
    const sg_norm_batch *norms;  /* (layers) of the batch, where it is normalised by it: ... */
    bool by_batch;               /* ... samples go through in parts (sample_run.h), each with a workspace */
    bool input_gradient;         /* dL/dx of the first layer is kept whole, so that it can be projected to the inputs */
    bool without_first;          /* x and g of the first layer are somebody else's */
    int count; /* of such workspaces, one for each thread or sample, within the network's memory limit */
} sg_workspace_use;

typedef struct sg_workspace {
    _Alignas(SG_ALIGNMENT) sg_layer_buffers layers[SG_MAX_LAYERS]; /* no cache line is another thread's too */
    const sg_stage *stages[SG_MAX_LAYERS];                         /* how each layer is computed */
    size_t steps, chunks;                                          /* of a chunk; number of them */
    size_t kept;                                                   /* states that are: chunks + 1, or two */
    size_t local_rows;                                             /* steps whose numbers of local read-outs are */
    sg_workspace_use use;
    sg_readout_state outputs;   /* what was read so far, or ... */
    sg_linear_readout linear;   /* ... the linear read-out's */
    sg_eligibility eligibility; /* forward in time */
    double *values;             /* (outputs) what the sample was read as */
    double *by_values;          /* (rows, outputs) dL/dvalues, which the backward pass begins with; one row for one of
                                   values, or one for each step whose numbers are kept (sg_readout_rows); ... */
    bool seeded;                /* ... unless the loss has put dL/dspikes into g of the last layer */
    sg_input_list input;        /* of the sample in hand, without what is dropped */
    sg_arena memory;
    uint16_t *input_step; /* (capacity) the sample's events, where some are dropped, ... */
    uint32_t *input_channel;
    float *input_value;
    sg_spike_arrays delayed; /* (capacity) ... or moved, ... */
    size_t capacity;         /* ... see sg_workspace_reserve */
} sg_workspace;

/* SG_CONFIG if the memory limit is too low for the shortest chunks. */
sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, sg_workspace_use use);
void sg_workspace_close(sg_workspace *workspace);

/* What it allocates, but for the arrays of changed events; its stages, without buffers. */
size_t sg_workspace_bytes(const sg_network *network, sg_workspace_use use);
sg_workspace sg_workspace_plan(const sg_network *network, sg_workspace_use use);

/* How many samples side by side each of use.count threads is fastest for (sample_run.h), within the memory limit. */
size_t sg_workspace_round(const sg_network *network, sg_workspace_use use);

/* Whether x and g of the first layer may be omitted: its stage runs blocks apart (sample_run.h). */
bool sg_workspace_may_omit_first(const sg_network *network, sg_workspace_use use);

/* Room for a sample of so many events to be changed in. */
sg_status sg_workspace_reserve(sg_workspace *workspace, size_t events);

#endif

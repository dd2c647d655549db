/* One sample forward and backward through a network, and the buffers for it. */
#ifndef SG_NET_PASS_H
#define SG_NET_PASS_H

#include "net/network.h"

typedef struct sg_layer_buffers {
    float *x; /* blocks of (T, width): weighted input, then u, the membrane above threshold */
    float *g; /* blocks of (T, width): gradient by the spikes, then by the weighted input; NULL without backward */
    uint16_t *spikes;   /* (T, stride / SG_LANES) */
    uint16_t *active;   /* as spikes: where the surrogate is not 0; NULL without backward and in the last layer */
    uint16_t *step;     /* (T * stride) the spikes as a list, for the link above; NULL in the last layer */
    uint32_t *channel;  /* (T * stride) */
    bool listed;        /* whether step and channel hold this sample's spikes */
    size_t spike_count; /* of this sample */
} sg_layer_buffers;

/* One thread's buffers for one sample. */
typedef struct sg_workspace {
    sg_layer_buffers layers[SG_MAX_LAYERS];
    uint32_t *counts; /* (stride of the last layer) spikes of each output */
    float *sums;      /* (stride of the last layer) of the membrane of a read-out over all steps */
    float *row;       /* (stride of the last layer) for the loss to work in */
    sg_arena memory;
} sg_workspace;

/* Buffers for `network`, with those of the backward pass if `backward`. sg_workspace_bytes: what this allocates. */
sg_status sg_workspace_open(sg_workspace *workspace, const sg_network *network, bool backward);
size_t sg_workspace_bytes(const sg_network *network, bool backward);
void sg_workspace_close(sg_workspace *workspace);

/* Runs a sample; leaves every layer's u and spikes, and the output counts. */
void sg_forward(const sg_network *network, sg_workspace *workspace, sg_spike_list input);

/* After sg_forward, and with the g of the last layer filled by the loss: adds to `gradient`. */
void sg_backward(const sg_network *network, sg_workspace *workspace, sg_spike_list input, const sg_gradient *gradient);

#endif

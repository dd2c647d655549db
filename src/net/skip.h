/* Skip links with weights of their own: the spikes of earlier layers, besides those of the layer below, come into a
 * layer through a dense link each. What they weigh is added to the weighted input of the layer's own link, of layer
 * after layer as they are numbered. They pass no inlet, and none of them is dropped. */
#ifndef SG_NET_SKIP_H
#define SG_NET_SKIP_H

#include "net/stage.h"

/* SG_CONFIG with the key unless link.skip of layer l is "none" or names some layers before the one below, each once,
 * and layers and links are such that spikes can come so. */
sg_status sg_skip_check(const sg_network_config *config, size_t l);

/* Layers that link.skip names, a bit each. What is no list has none. */
uint32_t sg_skip_layers(const sg_layer_config *config, size_t l);

/* Whether spikes of layer l come into a later layer so. */
bool sg_is_skipped(const sg_network *network, size_t l);

/* Scratch of a layer that has such links, or whose spikes come into others by them. */
void sg_skip_lay_out(sg_workspace *workspace, const sg_stage_request *request);

/* x (T, width) of a block += what comes by them. */
void sg_skip_weigh(const sg_layer_run *run, sg_block block, float *x);

/* The gradient += that of their weights, from dL/dx of a block. */
void sg_skip_add_gradient(const sg_layer_run *run, sg_block block, const float *gx);

/* g (T, width) of a block of the run's layer += what comes back by the links of later layers. As sg_seed_block. */
void sg_skip_seed(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active);

#endif

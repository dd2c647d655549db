/* What comes into a layer from several arrays of bits: of layers that are added, and of neurons that fire more than
 * once in a step, each spike of which is a bit of another plane.
 *
 * Skip links: the spikes of earlier layers are added to those of the layer below, one to one, before they reach the
 * inlet and the link of a layer. It is the identity of a residual block: the link sees each spike, and a neuron's
 * number as often as neurons of that number fire. All these layers have the same shape, and the same dL/dspikes through
 * the link. */
#ifndef SG_NET_ADDED_H
#define SG_NET_ADDED_H

#include "net/stage.h"

/* The layers that "none" or "0, 2" names, a bit each: before the one below `layer`. False where it is neither. */
bool sg_earlier_layers(const char *text, size_t layer, uint32_t *layers);

/* SG_CONFIG with `key`, unless the text is one of these; `anyway`: what the layer below has without it. */
sg_status sg_check_earlier_layers(const char *key, const char *text, size_t layer, const char *anyway);

/* Layers that are added, a bit for each. What is no list of layers before the one below has none. */
uint32_t sg_added_layers(const sg_layer_config *config, size_t layer);

/* SG_CONFIG with the key unless the text is "none" or names such layers, each once. */
sg_status sg_added_check(const sg_layer_config *config, size_t layer);

/* The same where their shapes, and that of the layer below, are not one. shapes (layer). */
sg_status sg_added_check_shapes(const sg_layer_config *config, size_t layer, const sg_shape *shapes);

/* Whether spikes of layer l are added to those of a later layer. */
bool sg_is_added(const sg_network *network, size_t l);

/* Plane k of a layer's spikes in a chunk: the neurons that fire more than k times in a step. */
const uint16_t *sg_spike_plane(const sg_workspace *workspace, const sg_layer *layer, size_t l, size_t k);

/* The spikes below layer `l` with those that are added, without what dropout leaves out: sorted by step, then neuron.
 * Written to `to`, which has room for T stride of each source. */
sg_spike_list sg_added_list(const sg_layer_run *above, sg_spike_arrays to);

/* g (T, width) of a block of the run's layer += what comes back from the layers above to whose input it is added, in
 * their order. As sg_seed_block. */
void sg_added_seed(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active);

#endif

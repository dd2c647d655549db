/* The layers of a graph: neurons, each with the nodes that lead to it from the layer below. */
#ifndef SG_NIR_CHAIN_H
#define SG_NIR_CHAIN_H

#include "nir/layer.h"

typedef struct sg_nir_chain {
    size_t input;         /* the node */
    sg_nir_layer *layers; /* (SG_MAX_LAYERS) from the first to the last */
    size_t count;
} sg_nir_chain;

/* Fills chain, neuron, fires, back and from of each layer. SG_MODEL, which names the node, where the graph is no line
 * of layers: one that takes the spikes of the layer below, of layers before that, and its own. */
sg_status sg_nir_find_layers(const sg_nir_graph *graph, sg_nir_chain *out);

#endif

/* A layer that nodes of a graph become, on its way into a network. What NIR says of continuous time becomes what a step
 * does (docs/nir.md). Columns are the neurons of a dense layer, the channels of a convolution. */
#ifndef SG_NIR_LAYER_H
#define SG_NIR_LAYER_H

#include "net/network_config.h"
#include "nir/graph.h"

/* How time is cut into steps. */
typedef struct sg_nir_time {
    double dt_s;
    bool exact; /* decays exp(-dt / tau); else 1 - dt / tau */
} sg_nir_time;

enum { SG_NIR_CHAIN = 16 }; /* nodes from the layer below to the neurons, at most */

typedef struct sg_nir_layer {
    /* Where it is in the graph. */
    const sg_nir_graph *graph;
    size_t number;
    size_t chain[SG_NIR_CHAIN], chain_count; /* nodes before the neurons, in their order */
    size_t neuron, fires;                    /* nodes; the second may be SG_NIR_NONE */
    size_t back;                             /* the node through which spikes come back, or SG_NIR_NONE */
    size_t from[SG_MAX_LAYERS], from_count;  /* nodes whose spikes, added up, come in */

    /* What it becomes. */
    sg_layer_config *config;
    const sg_layer_config *told; /* what surgrad wrote into the file of it, or NULL */
    sg_shape in, out;            /* of the link's inputs; of the neurons */
    size_t rows;                 /* weights of a column */
    size_t columns;
    const sg_nir_node *link;         /* the node that the weights are of */
    double *late;                    /* (inputs) delays in steps; NULL: there are none */
    double *before;                  /* (inputs) factors; NULL: 1 */
    double *weights;                 /* (rows, columns); NULL until there are some */
    double *bias;                    /* (columns) or NULL */
    double *recurrent;               /* (columns, columns) or NULL */
    double *gain, *offset;           /* (columns) factor on all that comes to a neuron, and what is added then */
    double *param[SG_NEURON_PARAMS]; /* (columns) in the unit of the configuration; NULL: it has none */
} sg_nir_layer;

void sg_nir_layer_free(sg_nir_layer *layer);

/* Neurons of a column. */
static inline size_t sg_nir_places(const sg_nir_layer *layer) {
    return (size_t)layer->out.height * layer->out.width;
}

/* Records a message that the caller completes by the node. */
#define sg_nir_refuse(...) sg_fail(SG_MODEL, __VA_ARGS__)

/* Weights for a layer whose nodes have none: each input reaches the neuron of its number. */
sg_status sg_nir_take_identity(sg_nir_layer *layer);

/* Weights of the layer's own spikes, from an Affine or a Linear, whose bias is added to that of the layer. */
sg_status sg_nir_take_recurrent(sg_nir_layer *layer, const sg_nir_node *node);

/* The number of a whole number in an array, which may be one for both directions. */
sg_status sg_nir_whole(const sg_nir_node *node, sg_nir_field field, int64_t fallback, int64_t *value);

#endif

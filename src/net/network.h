/* A network: layers, each a link and its neurons, over one array of parameters.
 *
 *     input spikes -> [link -> neurons] -> [link -> neurons] -> ...
 *
 * The parameter array holds the weights of all layers one after the other, each (I, stride) and beginning on a cache
 * line, so that the gradient, the optimiser and the sum over pieces are one pass each over arrays of the same shape. */
#ifndef SG_NET_NETWORK_H
#define SG_NET_NETWORK_H

#include "base/memory.h"
#include "net/link.h"
#include "net/neuron.h"
#include "net/surrogate.h"

typedef struct sg_layer {
    const sg_link_kind *link;
    const sg_neuron_kind *neuron;
    sg_surrogate surrogate;
    sg_link_shape shape;
    size_t weights;    /* where they begin in the parameter array */
    size_t row;        /* the first of its weights' rows, among those of all layers */
    float *constants;  /* (neuron->constants, stride) */
    float *transposed; /* (N, stride_below), of the weights; NULL in the first layer, which projects to nothing */
} sg_layer;

struct sg_network {
    const sg_kernels *kernels;
    size_t steps; /* T */
    size_t layer_count;
    sg_layer layers[SG_MAX_LAYERS];
    float *parameters; /* (parameter_count) */
    size_t parameter_count;
    size_t row_count; /* of all weights: the sum of inputs over layers */
    sg_arena memory;  /* of all arrays above */
};

/* A gradient being added up. Rows that no spike has touched yet hold nothing that counts. */
typedef struct sg_gradient {
    float *values;    /* (parameter_count) */
    uint8_t *touched; /* (row_count) */
} sg_gradient;

/* Neurons padded to whole tiles. */
size_t sg_stride(size_t neurons);

/* Everything of a network but its memory: `plan->memory.used` is the bytes that sg_network_make would allocate. */
void sg_network_plan(sg_network *plan, const sg_network_config *config, size_t inputs);

/* A network with weights of 0. `config` was checked. */
sg_status sg_network_make(const sg_network_config *config, size_t inputs, sg_network **out);

/* Draws or reads the initial weights. */
sg_status sg_network_initialise(sg_network *network, const sg_network_config *config, uint64_t seed);

/* Brings the transposed weights up to date; to be called whenever the parameters were changed. */
void sg_network_refresh(sg_network *network);

/* Copies (I, N) into or out of a padded (I, stride) block at `offset` of an array shaped like the parameters. */
void sg_layer_pack(const sg_layer *layer, float *array, const float *values);
void sg_layer_unpack(const sg_layer *layer, const float *array, float *values);

/* SG_ARGUMENT unless the network has this layer. */
sg_status sg_check_layer(const sg_network *network, size_t layer);

/* Whether every weight is a finite number; if not, `place` is where the first one is that is not. */
bool sg_network_is_finite(const sg_network *network, char *place, size_t size);

/* "layers.0, from input 3 to neuron 7" for an index into the parameter array. */
void sg_network_place(const sg_network *network, size_t index, char *text, size_t size);

#endif

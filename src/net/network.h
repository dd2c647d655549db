/* A network: layers, each a link and its neurons, over one array of parameters.
 *
 *     input spikes -> [link -> neurons] -> [link -> neurons] -> ...
 *
 * The parameter array holds the groups of all layers one after the other: a layer's weights (I rows, each a number for
 * each neuron), those of its own spikes (N rows), its bias, what is trained of its neurons. Each group is cut into
 * blocks of neurons (kernel.h): the rows of the first block (rows, width), then those of the next. So the gradient, the
 * optimiser and the sum over pieces are one pass each over arrays of the same shape. */
#ifndef SG_NET_NETWORK_H
#define SG_NET_NETWORK_H

#include "base/memory.h"
#include "net/link.h"
#include "net/neuron.h"
#include "net/surrogate.h"

/* Rows of a layer's parameters that belong together: its weights, those of its own spikes, ... */
typedef struct sg_group {
    char name[24];    /* "weights", "recurrent", "bias", "raw_tau_mem" */
    size_t row, rows; /* among the layer's */
    bool decays;      /* whether weight decay is for it */
    bool hollow;      /* square, with a diagonal that is and stays 0 */
} sg_group;

enum { SG_MAX_GROUPS = 3 + SG_NEURON_PARAMS };

typedef struct sg_layer {
    const sg_link_kind *link;
    sg_link_shape shape;
    sg_link_shape recurrent; /* of the link from the layer to itself */
    sg_neuron neuron;
    float dropout;  /* share of the inputs left out in training */
    size_t weights; /* where the parameters begin in the parameter array */
    size_t row;     /* the first of its rows of blocks, among those of all layers */
    size_t rows;    /* of all groups, each (stride) */
    sg_group groups[SG_MAX_GROUPS];
    size_t group_count;
    const sg_group *own, *bias, *raw[SG_NEURON_PARAMS]; /* of the groups; NULL: it has none */
    bool has_raw, trains_neurons; /* whether any param has raw rows, and whether any of these is trained */
    float *transposed;     /* (N, stride_below), of the weights; NULL in the first layer, which projects to nothing */
    float *transposed_own; /* (N, stride) likewise of the recurrent weights; NULL without them */
} sg_layer;

struct sg_network {
    const sg_kernels *kernels;
    size_t steps; /* T */
    size_t layer_count;
    sg_layer layers[SG_MAX_LAYERS];
    float *parameters; /* (parameter_count) */
    size_t parameter_count;
    size_t row_count;    /* rows of blocks, of all layers */
    double memory_limit; /* bytes that the buffers of all threads may have; 0: what they need */
    sg_arena memory;     /* of all arrays above */
};

/* A gradient being added up, of all parameters, of those from some on, or of some rows. Rows of blocks that are not
 * touched yet hold nothing that counts. */
typedef struct sg_gradient {
    float *values;    /* of the parameters from `first` on */
    uint8_t *touched; /* one for each row of a block from `first_row` on, in the order of the values */
    size_t first, first_row;
} sg_gradient;

/* Neurons padded to whole tiles. */
size_t sg_stride(size_t neurons);

/* Everything of a network but its memory: `plan->memory.used` is the bytes that sg_network_make would allocate. */
void sg_network_plan(sg_network *plan, const sg_network_config *config, size_t inputs);

/* A network with weights of 0. `config` was checked. */
sg_status sg_network_make(const sg_network_config *config, size_t inputs, sg_network **out);

/* Draws or reads the initial weights. */
sg_status sg_network_initialise(sg_network *network, const sg_network_config *config, uint64_t seed);

/* Brings transposed weights and the constants of trained neurons up to date; to be called whenever the parameters were
 * changed. */
void sg_network_refresh(sg_network *network);

/* Copies (rows, N) into or out of a group's padded rows of an array shaped like the parameters. */
void sg_group_pack(const sg_layer *layer, const sg_group *group, float *array, const float *values);
void sg_group_unpack(const sg_layer *layer, const sg_group *group, const float *array, float *values);

/* The group of this name; NULL after SG_ARGUMENT with the names that there are. */
const sg_group *sg_group_find(const sg_layer *layer, size_t index, const char *name);

/* Begin of a group's rows in an array shaped like the parameters. */
static inline size_t sg_group_at(const sg_layer *layer, const sg_group *group) {
    return layer->weights + group->row * layer->shape.stride;
}

/* Begin of a block of these, (rows, width). */
static inline size_t sg_group_block_at(const sg_layer *layer, const sg_group *group, sg_block block) {
    return sg_group_at(layer, group) + block.first * group->rows;
}

/* A block's rows of a group in a gradient that has them. */
static inline sg_gradient sg_gradient_of(const sg_gradient *gradient, const sg_layer *layer, const sg_group *group,
                                         sg_block block) {
    size_t at = sg_group_block_at(layer, group, block);
    size_t row = layer->row + group->row * sg_block_count(layer->shape.stride) + block.first / SG_BLOCK * group->rows;
    return (sg_gradient){gradient->values + (at - gradient->first), gradient->touched + (row - gradient->first_row), at,
                         row};
}

/* The one row (stride) of a group that has no more, made ready for adding. */
float *sg_group_row(const sg_network *network, const sg_layer *layer, const sg_group *group,
                    const sg_gradient *gradient);

/* The raw numbers (stride) of a layer's neurons for each param; NULL where all have the configured value. */
void sg_layer_raws(const sg_network *network, const sg_layer *layer, const float *raw[SG_NEURON_PARAMS]);

/* SG_ARGUMENT unless the network has this layer. */
sg_status sg_check_layer(const sg_network *network, size_t layer);

/* A block of a layer's neurons. */
static inline sg_block sg_layer_block(const sg_layer *layer, size_t i) {
    return sg_block_at(layer->shape.neurons, layer->shape.stride, i);
}

/* Whether every parameter is a finite number; if not, `place` is where the first one is that is not. */
bool sg_network_is_finite(const sg_network *network, char *place, size_t size);

/* "layers.0.weights, row 3, neuron 7" for an index into the parameter array. */
void sg_network_place(const sg_network *network, size_t index, char *text, size_t size);

#endif

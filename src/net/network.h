/* A network: layers, each a link and its neurons, over one array of parameters.
 *
 *     input spikes -> [link -> neurons] -> [link -> neurons] -> ...
 *
 * The parameter array holds the groups of all layers one after the other (group.h): those of the link, of the link from
 * the layer to itself, the bias, the delays, the norm, what is trained of its neurons. */
#ifndef SG_NET_NETWORK_H
#define SG_NET_NETWORK_H

#include "base/limits.h"
#include "base/memory.h"
#include "base/texts.h"
#include "net/inlet.h"
#include "net/link.h"
#include "net/neuron_form.h"
#include "net/norm.h"
#include "net/surrogate.h"

enum { SG_MAX_GROUPS = 2 * SG_LINK_GROUPS + 2 + SG_NORM_GROUPS + SG_NEURON_PARAMS + SG_MAX_SKIPS };

typedef struct sg_layer {
    sg_inlet inlet;                 /* what the spikes of the layer below pass before the link */
    sg_link link;                   /* from the layer below, or the input */
    sg_link recurrent;              /* from the layer's own spikes; its kind is NULL where they do not come back */
    sg_link skips[SG_MAX_SKIPS];    /* (skip_count) from layers before the one below (skip.h), ... */
    size_t skip_from[SG_MAX_SKIPS]; /* ... which are these */
    size_t skip_count;
    sg_norm norm; /* of the weighted input */
    sg_neuron neuron;
    const sg_neuron_form *form; /* of the neurons */
    size_t neurons, stride;     /* N, and N padded to whole tiles */
    size_t below, stride_below; /* neurons of the layer below, or input channels; before a pool */
    float dropout;              /* fraction of the inputs left out in training */
    uint32_t added;             /* layers whose spikes are added to those of the layer below, a bit each (added.h) */
    size_t planes;  /* arrays of bits that its spikes are in: as many as its neurons fire in a step at most */
    size_t sources; /* and those that come in, from the layer below and layers that are added */
    sg_group groups[SG_MAX_GROUPS];
    size_t group_count;
    size_t first_parameter, first_row; /* where its groups begin: in the parameter array, and among rows of blocks */
    const sg_group *bias, *delays, *raw[SG_NEURON_PARAMS]; /* of the groups; NULL: it has none */
    bool trains_delays;                                    /* of its inlet */
    bool has_raw, trains_neurons; /* whether any neuron parameter has a raw row, and whether any of these is trained */
} sg_layer;

struct sg_network {
    const sg_kernels *kernels;
    size_t steps; /* T */
    size_t layer_count;
    sg_layer layers[SG_MAX_LAYERS];
    float *parameters; /* (parameter_count) */
    size_t parameter_count;
    size_t row_count;    /* rows of blocks, of all groups */
    double memory_limit; /* bytes that the buffers of all threads may have; 0: what they need */
    sg_arena memory;     /* of all arrays above */

    /* What the data told that it was trained on: sg_network_know. */
    sg_texts class_names;     /* (classes), "" of one without; or none */
    const char *conditioning; /* how recordings became its inputs, interned (data/conditioning.h); or NULL */
};

/* Everything of a network for input channels of shape `in`, whose shapes fit, but its memory: `plan->memory.used` is
 * the bytes that sg_network_make would allocate. */
void sg_network_plan(sg_network *plan, const sg_network_config *config, sg_shape in);

/* SG_CONFIG unless kernels and pools fit the maps that come from input channels of this shape. */
sg_status sg_network_check_shapes(const sg_network_config *config, sg_shape in);

/* A network with weights of 0. `config` was checked; SG_CONFIG where its shapes do not fit. */
sg_status sg_network_make(const sg_network_config *config, sg_shape in, sg_network **out);

/* The description that a network was made from, as far as its memory depends on it. */
void sg_network_describe(const sg_network *network, sg_network_config *config);

/* Draws or reads the initial weights. */
sg_status sg_network_initialise(sg_network *network, const sg_network_config *config, uint64_t seed);

/* Brings what links derive and the constants of trained neurons up to date; to be called whenever the parameters were
 * changed. Synapses have whole lags then (lags.h). */
void sg_network_refresh(sg_network *network);

/* Synapses whose delays are trained are spread over lags, as in training of which this share, 0 to 1, is done, until
 * sg_network_round_delays. Neither does anything in a network without them. */
void sg_network_spread_delays(sg_network *network, double done);
void sg_network_round_delays(sg_network *network);

/* The number of a neuron for others: by channel, row, column. Layers number neurons by row, column, channel. */
size_t sg_layer_number(const sg_layer *layer, size_t neuron);

/* The last layer. */
static inline const sg_layer *sg_network_top(const sg_network *network) {
    return &network->layers[network->layer_count - 1];
}

/* Whether spikes come to some layer later than they were, so that time cannot be cut. */
bool sg_network_delays(const sg_network *network);

/* Delays of the layer's inlet or link, in the units of its delays, are at most so long. */
float sg_layer_most_delay(const sg_layer *layer);

/* Whether the events of a sample are changed before they reach the first layer, so that a workspace needs room for
 * them: sg_workspace_reserve. In evaluation nothing is dropped. */
bool sg_network_changes_input(const sg_network *network, bool training);

/* Whether a layer takes `count` spikes of the layer below as a list, and not as bits. */
bool sg_layer_takes_list(const sg_layer *layer, size_t count, size_t steps);

/* Neurons of all layers, padded to whole tiles. */
size_t sg_network_padded_neurons(const sg_network *network);

/* Numbers of all groups, without padding. */
size_t sg_layer_parameters(const sg_layer *layer);

/* Where the groups of layer l end in the parameter array. */
static inline size_t sg_network_end_of(const sg_network *network, size_t l) {
    return l + 1 < network->layer_count ? network->layers[l + 1].first_parameter : network->parameter_count;
}

/* Rows of blocks of all groups. */
size_t sg_layer_rows(const sg_layer *layer);

/* The group of this name; NULL after SG_ARGUMENT with the names that there are. */
const sg_group *sg_layer_find_group(const sg_layer *layer, size_t index, const char *name);

/* A block of a layer's neurons. */
static inline sg_block sg_layer_block(const sg_layer *layer, size_t i) {
    return sg_block_at(layer->neurons, i);
}

static inline size_t sg_layer_blocks(const sg_layer *layer) {
    return sg_block_count(layer->stride);
}

/* The group of a layer by its name. SG_ARGUMENT with the layers, or the names, that there are. */
sg_status sg_network_find_group(const sg_network *network, size_t layer, const char *name, const sg_group **group);

/* SG_ARGUMENT unless the network has this layer. */
sg_status sg_check_layer(const sg_network *network, size_t layer);

/* "layers.0.weights, row 3, neuron 7" for an index into the parameter array. */
void sg_network_place(const sg_network *network, size_t index, char *text, size_t size);

#endif

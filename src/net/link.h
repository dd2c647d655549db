/* Links: what turns the spikes of one layer into the weighted input of the next. A table of kinds; a kind is one file,
 * link_NAME.c, and one word here. A link plans and owns its groups of parameters: nobody else knows their shape. */
#ifndef SG_NET_LINK_H
#define SG_NET_LINK_H

#include "base/kind.h"
#include "base/memory.h"
#include "base/shape.h"
#include "net/group.h"
#include "net/lags.h"

/* The spikes that come in: those of the data are a list, those of a layer a list or bits, as the link prefers. Data may
 * be numbers in the place of spikes: a list of step, channel and value, each of which adds value x weights. */
typedef struct sg_spike_source {
    sg_spike_list list;
    const float *value;      /* (list.count) of numbers; NULL: spikes */
    bool constant;           /* numbers are the same in all steps (stage.h); links see them as one step */
    const uint16_t *bits;    /* (T, stride_below / SG_LANES), or NULL: the list */
    sg_sorted_spikes sorted; /* of the list too, if its row is not NULL */
} sg_spike_source;

/* An array over steps in blocks of neurons: the rows of a block begin at values + block.first * steps, and the one that
 * is meant as its first is number `row`. */
typedef struct sg_step_rows {
    const float *values;
    size_t steps, row;
} sg_step_rows;

static inline const float *sg_step_rows_of(sg_step_rows rows, sg_block block) {
    return rows.values + block.first * rows.steps + rows.row * block.width;
}

enum { SG_LINK_GROUPS = 2 }; /* of one link, at most */

/* The synapses of a link that has a part of all: K for each neuron. Blocks are of neurons. */
typedef struct sg_synapses {
    size_t count;     /* K; 0: it has all */
    uint32_t *input;  /* (K, neurons) of each synapse, rising with k */
    uint32_t *begin;  /* blocks of (inputs + 1): where an input's synapses begin among those of the block, ... */
    uint8_t *neuron;  /* ... for each synapse its neuron in the block, rising for an input, ... */
    uint32_t *number; /* ... and where its weight lies in the block */
} sg_synapses;

typedef struct sg_link_kind sg_link_kind;

typedef struct sg_link {
    const sg_link_kind *kind; /* NULL: there is no such link */
    sg_shape in, out;
    size_t inputs, neurons;      /* I and N: the products of the shapes */
    size_t stride, stride_below; /* of N and of I */
    const sg_group *groups;      /* (group_count) */
    size_t group_count;
    float *derived; /* (derived_count) what refresh makes of the parameters */
    size_t derived_count;
    double fan_out;        /* additions of a spike: neurons that it reaches, on the average, times the lags */
    const uint32_t *order; /* (inputs) the input that each number of a dL/dinputs stands for (inlet.h); NULL: its own */
    sg_conv conv;          /* of a convolution */
    size_t row_count;      /* of a link that works on a whole layer: numbers of its scratch, ... */
    size_t sums_count;     /* ... and of what backward_layer adds up */
    sg_lags lags;          /* of its synapses */
    sg_synapses synapses;  /* of a link that has a part of them */
} sg_link;

/* What a link is to be. */
typedef struct sg_link_request {
    sg_shape in;
    const sg_layer_config *config; /* of the layer */
    const char *name;              /* of its weights: "weights", or "recurrent" */
    bool zero_diagonal;            /* no input reaches the neuron of its own number */
    bool projects;                 /* whether it is asked to `project` */
    double dt_ms;
} sg_link_request;

/* What a link that works on a whole layer is given besides. */
typedef struct sg_link_layer {
    float *row;   /* (row_count) scratch */
    float *sums;  /* (sums_count) of backward: what it has added up for a sample, from 0 */
    float factor; /* of the weighted input, but for the bias */
    bool ends;    /* backward: the steps are the first of the sample, so that the sums are whole */
} sg_link_layer;

/* A call of a link's functions. Arrays over steps have `steps` rows, the first of which is step 0 of the spikes. */
typedef struct sg_link_call {
    const sg_kernels *kernels;
    const sg_link *link;
    const float *parameters; /* of the whole network */
    size_t steps;
    sg_block block;       /* of the layer's neurons; for `project` of those that its spikes come from */
    const float *by_time; /* backward: dL/dtime of what arrives in each step, for a weight of 1, (T, width), where the
                             gradient is by times (backward_plan.h); else NULL */
} sg_link_call;

/* One step of a sample, projected: g (width) of a block below += dL/dspikes, from dL/dx of all blocks of the layer,
 * where active (stride_below / SG_LANES) has bits; active NULL: everywhere. */
typedef struct sg_projected_step {
    float *g;
    sg_step_rows gx;
    const uint16_t *active;
} sg_projected_step;

struct sg_link_kind {
    sg_kind head;

    /* Required. Fills shapes, sizes and the groups, of which `at` and `first_row` are the network's. */
    void (*plan)(sg_link *link, const sg_link_request *request, sg_group groups[SG_LINK_GROUPS]);

    /* Optional. The shape of its neurons; SG_CONFIG, whose message begins with the key, where the shape of its inputs
     * does not fit. By default any inputs, and `size` neurons without places. */
    sg_status (*shape)(const sg_layer_config *config, size_t layer, sg_shape in, sg_shape *out);

    /* Optional. Takes tables, and fills them where there is memory; by default there are none. */
    void (*lay_out)(sg_link *link, const sg_layer_config *config, sg_arena *arena);

    /* Optional. Draws which synapses there are, from the seed. */
    void (*choose)(sg_link *link, uint64_t seed, uint32_t stream);

    /* A link works on blocks of a layer, or on a layer as a whole, and then has a bias of its own. Either has its
     * three functions. */

    /* x (T, width) = weighted input of a block. */
    void (*forward)(const sg_link_call *call, float *x, sg_spike_source spikes);

    /* dL/dparameters += what dL/dx, gx (T, width) of a block, makes of them. */
    void (*backward)(const sg_link_call *call, const sg_gradient *gradient, const float *gx, sg_spike_source spikes);

    /* Whether backward is faster for long lists where they are sorted as well. */
    bool sorts;

    /* g (T, width) of a block below = dL/dspikes, from dL/dx of all blocks of the layer. Tiles without a bit
     * in active (T, stride_below / SG_LANES) may become 0; active NULL: all are wanted. */
    void (*project)(const sg_link_call *call, float *g, sg_step_rows gx, const uint16_t *active);

    /* x (T, stride), all blocks = weighted input and bias, from a list. */
    void (*forward_layer)(const sg_link_call *call, const sg_link_layer *layer, float *x, sg_spike_source spikes);

    /* Adds up what dL/dx of all blocks makes of the parameters, and adds it to dL/dparameters once it is whole. */
    void (*backward_layer)(const sg_link_call *call, const sg_link_layer *layer, const sg_gradient *gradient,
                           const float *gx, sg_spike_source spikes);

    /* g (T, inputs) = dL/dinputs, by the numbers of `order`; 0 in places, all channels together, that are not wanted
     * (T, places). wanted NULL: all are. */
    void (*project_layer)(const sg_link_call *call, const sg_link_layer *layer, float *g, const float *gx,
                          const uint8_t *wanted);

    /* Optional. Brings `derived` up to date with the parameters; by default there is nothing to do. */
    void (*refresh)(const sg_link_call *call, float *derived);

    /* Optional. Whether it wants `count` spikes of the layer below as bits and not as a list; by default never. Must
     * not turn false as the count rises. */
    bool (*prefers_bits)(const sg_link *link, size_t count, size_t steps);

    /* Optional; a recurrent layer needs both. x (width) += weighted input of one step, spikes as bits. And dL/dspikes
     * of one step in `count` samples. */
    void (*add_step)(const sg_link_call *call, float *x, const uint16_t *spikes);
    void (*project_step)(const sg_link_call *call, const sg_projected_step *samples, size_t count);

    /* Optional; the linear read-out needs both. As forward and backward for one row with a number for each input in the
     * place of spikes: y (stride) = a (inputs) W, and dL/dW += a dL/dy. */
    void (*forward_row)(const sg_link_call *call, float *y, const float *a);
    void (*backward_row)(const sg_link_call *call, const sg_gradient *gradient, const float *gy, const float *a);
};

/* The rows: symbol sg_link_X. */
#define SG_LINKS(X) X(dense) X(conv2d) X(conv1d) X(sparse)

#define SG_LINK_DECLARE(name) extern const sg_link_kind sg_link_##name;
SG_LINKS(SG_LINK_DECLARE)

SG_KINDS_DECLARE(sg_link, sg_link_kind);

/* What a dense link is where each synapse has a delay. It is asked for by delay.kind, and so it is no row. */
extern const sg_link_kind sg_link_delayed;

/* Makes the tables of a link's synapses from the inputs of each, which must rise and be below the link's. */
void sg_synapses_index(sg_link *link);

/* Gives a link the synapses of another of the same shape, if it has a part of them. */
void sg_synapses_copy(sg_link *to, const sg_link *from);

/* The kind of a layer's link. */
const sg_link_kind *sg_link_for(const sg_layer_config *config);

/* Whether a link works on a whole layer. */
static inline bool sg_link_is_whole(const sg_link *link) {
    return link->kind && link->kind->forward_layer;
}

/* The optional functions with their defaults. */
sg_status sg_link_shape(const sg_layer_config *config, size_t layer, sg_shape in, sg_shape *out);
void sg_link_lay_out(sg_link *link, const sg_layer_config *config, sg_arena *arena);
void sg_link_choose(sg_link *link, uint64_t seed, uint32_t stream);
void sg_link_refresh(const sg_link_call *call);
bool sg_link_prefers_bits(const sg_link *link, size_t count, size_t steps);

#endif

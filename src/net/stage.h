/* Stages: ways to compute a layer, forward and backward. Each is one file, stage_NAME.c, and one word of the list
 * SG_STAGES; the first that applies to a layer is taken, once, when a workspace is planned. sample_run.c then walks the
 * layers of the network and knows no other way. What stages share is in stage.c. */
#ifndef SG_NET_STAGE_H
#define SG_NET_STAGE_H

#include "net/sample_run.h"

#define SG_ASSUMED_RATE 0.05 /* spikes a neuron and step, where an estimate has none that was measured */

/* A layer at work in one chunk of one sample: what every function of a stage is told. */
typedef struct sg_layer_run {
    const sg_network *network;
    sg_workspace *workspace;
    const sg_sample_run *sample;
    sg_chunk chunk;
    size_t l; /* number of the layer */
    const sg_layer *layer;
    sg_layer_buffers *buffers;
    const float *by_spikes; /* backward: dL/dspike of each neuron (stride) besides what comes from above, or NULL */
    const sg_gradient *gradient; /* backward: to be added to */
    const sg_rank_one *seed; /* backward: dL/dspikes, (steps of the chunk, stride), in the place of those that come from
                                above; or NULL */
} sg_layer_run;

/* What a stage must know of a layer to be before there is memory. */
typedef struct sg_stage_request {
    const sg_network *network;
    size_t l;
    const sg_layer *layer;
    sg_workspace_use use;
    bool cut; /* whether time is cut into chunks */
} sg_stage_request;

struct sg_stage {
    const char *name;
    const char *summary;
    bool runs_link; /* whether the layer's link gets its spikes, as a list or as bits; else they stay bits */

    /* Required. Whether it can compute the layer, with the same bits as the stages after it in the table. */
    bool (*applies)(const sg_stage_request *request);

    /* Optional. Additions and multiplications of a sample, of which `spikes` come in, forward and backward, roughly; by
     * default those of link and neurons over all steps. */
    double (*operations)(const sg_stage_request *request, double spikes);

    /* Required. Takes what the layer needs besides its spikes. */
    void (*lay_out)(sg_workspace *workspace, const sg_stage_request *request);

    /* Optional, once after the memory is there. */
    void (*prepare)(sg_workspace *workspace, const sg_stage_request *request);

    /* Optional, for a stage of the last layer that does more of what is read: before a sample; for a chunk, after the
     * layers below; after the last chunk. By default readout.h reads u and spikes of the layer. */
    void (*begin_reading)(const sg_layer_run *run);
    void (*read)(const sg_layer_run *run);
    void (*end_reading)(const sg_layer_run *run);

    /* Optional. u and spikes of the chunk, from the spikes below; by default there are none. */
    void (*forward)(const sg_layer_run *run);

    /* Optional, in the place of forward and backward: those of `count` samples side by side. */
    void (*forward_round)(const sg_layer_run *runs, size_t count);
    void (*backward_round)(const sg_layer_run *runs, size_t count);

    /* Optional. How many samples side by side it is fastest for, SG_ROUND at most; by default one. */
    size_t (*round)(const sg_stage_request *request);

    /* Optional. After the forward pass and before the first chunk backward. */
    void (*begin_backward)(const sg_layer_run *run);

    /* Optional. From dL/dspikes of the chunk (sg_seed_block makes it) to what is added to the gradient; by default
     * nothing is. */
    void (*backward)(const sg_layer_run *run);

    /* Required. g (T, width) of a block of the layer below = dL/dspikes there, where active has bits (link.h). */
    void (*project)(const sg_layer_run *run, sg_block below, float *g, const uint16_t *active);

    /* Optional. The same as a product of a column and a row, for stages below that take it so. */
    sg_rank_one (*rank_one)(const sg_layer_run *run, sg_block below);

    /* Optional. One block apart from the others, for block-wise training. Forward: u in x (T, width), if `keeps`, and
     * spikes, or NULL where they are there already. Backward: from u in scratch->x; works in scratch->g. */
    void (*forward_block)(const sg_layer_run *run, sg_block block, float *x, bool keeps, uint16_t *spikes);
    void (*backward_block)(const sg_layer_run *run, sg_block block, const sg_block_scratch *scratch);
};

/* The rows, symbol sg_stage_X, in the order in which they are asked. The last applies to all layers. */
#define SG_STAGES(X) X(linear_readout) X(fused) X(whole) X(recurrent) X(stepwise)

#define SG_STAGE_DECLARE(name) extern const sg_stage sg_stage_##name;
SG_STAGES(SG_STAGE_DECLARE)

/* The first stage that applies. */
const sg_stage *sg_stage_for(const sg_stage_request *request);

/* What a stage's `operations` come to, or the default. */
double sg_stage_operations(const sg_stage *stage, const sg_stage_request *request, double spikes);

/* ------------------------------------------------------------------------------------------------ shared by stages */

/* A layer at work in a chunk; and the same run for another layer. */
sg_layer_run sg_layer_run_of(const sg_network *network, sg_workspace *workspace, const sg_sample_run *sample,
                             sg_chunk chunk, size_t l);
sg_layer_run sg_run_at(const sg_layer_run *run, size_t l);

/* A call of the layer's link, or of another of its links, for a block. */
sg_link_call sg_call_of(const sg_layer_run *run, const sg_link *link, sg_block block);

/* Whether the delays of a layer's synapses are trained by what the plan has apart from dL/dx. */
bool sg_trains_apart(const sg_layer *layer, const sg_backward_plan *plan);

/* Where x, and g, of a block begin. */
float *sg_block_x(const sg_layer_run *run, sg_block block);
float *sg_block_g(const sg_layer_run *run, sg_block block);

/* Where a block of what goes on to the layer below begins, if that is not g; and what does, of all blocks. */
float *sg_block_below(const sg_layer_run *run, sg_block block);
const float *sg_projected(const sg_layer_buffers *buffers);

/* What the weighted input is multiplied by, but for the bias: by an inlet, and by dropout. */
float sg_input_factor(const sg_layer_run *run);

/* Before a layer's forward, and after its backward: what is done for all its blocks. Forward, x of a link that works on
 * the whole layer. Backward, what such a link does, and dL/dinputs that pass an inlet. */
void sg_begin_layer(const sg_layer_run *run);
void sg_finish_layer(const sg_layer_run *run);

/* by_inputs (T, inputs) = dL/dinputs through a link that works on blocks, from the layer's scaled dL/dx; scratch
 * (T, SG_BLOCK). */
void sg_project_blocks(const sg_layer_run *run, const sg_link *link, float *scratch, float *by_inputs);

/* x (T, width) of a block: weighted input and bias; there already if the link works on the whole layer. */
void sg_weigh_block(const sg_layer_run *run, sg_block block, float *x);

/* Of a layer that is normalised by the batch. Forward: its x before that, for all blocks. Backward, once the sums of
 * all samples are there: dL/dx from dL/dy, and the gradient += that of the link and of scale and shift. */
void sg_weigh_layer(const sg_layer_run *run);
void sg_finish_normalised(const sg_layer_run *run);

/* The bits of the layer's neurons that have a gradient of their spikes, whose surrogate derivative at u is not 0, where
 * it is worth finding them; else NULL. */
const uint16_t *sg_find_active(const sg_layer_run *run, sg_block block, const float *u);

/* g of the last layer: dL/dspikes, or dL/dmembrane, from the workspace's by_values. */
void sg_seed_last(const sg_layer_run *run);

/* g (T, width) of a block: dL/dspikes, from the layer above and by_spikes; of the last layer it is there. Tiles without
 * a bit in `active` are not wanted; NULL: all are. */
void sg_seed_block(const sg_layer_run *run, sg_block block, float *g, const uint16_t *active);

/* A stage's `project` through the layer's link, from the g that it stores. */
void sg_project_link(const sg_layer_run *run, sg_block below, float *g, const uint16_t *active);

/* The gradient += that of bias and link, from dL/dx of a block, which may be changed. */
void sg_add_link_gradient(const sg_layer_run *run, sg_block block, float *gx);

/* The arrays x and, for backward, g over the steps of a chunk. */
void sg_lay_out_steps(sg_workspace *workspace, const sg_stage_request *request);

/* Space for the spikes below by channel, for stages that run the link backward by sg_add_link_gradient; and whether
 * that will sort them, as it does where they are many. */
void sg_lay_out_sorted(sg_workspace *workspace, const sg_stage_request *request);
bool sg_will_sort(const sg_layer_run *run, sg_spike_source source);

/* States, adjoints, sums and traces of neurons that run step by step. */
void sg_lay_out_states(sg_workspace *workspace, const sg_stage_request *request);

/* Before a chunk forward: its states begin as those after the chunk before. Before the first chunk backward: adjoints
 * and sums begin at 0. */
void sg_begin_states(const sg_layer_run *run);
const float *sg_state_before(const sg_layer_run *run, sg_neuron_state state); /* (stride) before the chunk */
void sg_carry_states(const sg_layer_run *run); /* where only two are kept: those after the chunk before come first */
void sg_begin_adjoints(const sg_layer_run *run);

/* Steps begin .. end-1 of a block of such neurons: x becomes u, and g, dL/dspikes, becomes dL/dx. */
void sg_step_forward(const sg_layer_run *run, sg_block block, size_t begin, size_t end);
void sg_step_backward(const sg_layer_run *run, sg_block block, size_t begin, size_t end);

/* The gradient += that of neuron parameters, once the sums over time are whole. */
void sg_add_neuron_gradient(const sg_layer_run *run);

/* Whether a layer's g outlives the work on its block: it is projected to a layer below or to the inputs, comes back to
 * the layer itself, or is seeded as a whole. */
bool sg_layer_stores_g(const sg_network *network, size_t l, const sg_workspace_use *use);

#endif

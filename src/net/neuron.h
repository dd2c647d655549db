/* Neurons: a table of kinds, and what their constants are. All kinds but srm are the general neuron of kernel.h
 * with some of its terms. Plain cuba_lif and li have faster kernels, which give the same bits. */
#ifndef SG_NET_NEURON_H
#define SG_NET_NEURON_H

#include "kernel/kernel.h"
#include "net/block.h"
#include "net/network_config.h"

typedef enum sg_adapts { SG_ADAPTS_NOT, SG_ADAPTS_THRESHOLD, SG_ADAPTS_CURRENT } sg_adapts;

typedef struct sg_neuron_kind {
    sg_kind head;
    bool spiking; /* false: a read-out, whose output is its membrane */
    bool synapse; /* whether it has a synaptic current, and so tau_syn */
    bool leaks;   /* whether its membrane decays, and so has tau_mem */
    sg_adapts adaptation;
    bool resonates; /* whether its membrane is the real part of an oscillation, and so has a frequency */
    bool response;  /* it is a spike response model: potentials are kernels of spikes, and nothing of it is trained */
} sg_neuron_kind;

SG_KINDS_DECLARE(sg_neuron, sg_neuron_kind);

/* What a layer's order and reset come to. */
int sg_layer_integration(const sg_layer_config *config);    /* sg_integration */
int sg_layer_reset(const sg_layer_config *config);          /* sg_reset, not auto */
bool sg_layer_is_late(const sg_layer_config *config);       /* a spike resets the membrane of the next step */
bool sg_layer_waits(const sg_layer_config *config);         /* an input acts on spikes of later steps alone */
size_t sg_layer_most_spikes(const sg_layer_config *config); /* of a neuron in a step */
bool sg_layer_rises(const sg_layer_config *config);         /* its synapses are alpha functions */

/* What a number in the layer's units is multiplied by to be one of the membrane: its configured threshold, or 1. */
double sg_layer_unit(const sg_layer_config *config);

/* A parameter as the equations use it. `value` is the decay of a step for times, the angle of a step for
 * frequencies, whose `rest` is 1 - angle / largest angle. `rest` is 1 - value for times, made so that it keeps its
 * digits where a slow decay is nearly 1; 0 for others. */
typedef struct sg_neuron_param_value {
    double value, rest;
} sg_neuron_param_value;

/* The neurons of a layer, as their kernels take them. */
typedef struct sg_neuron {
    const sg_neuron_kind *kind;
    sg_layer_config config;
    double dt_ms;
    float *constants;              /* (SG_NEURON_CONSTANTS, stride), owned by the network */
    sg_neuron_param_value *values; /* (stride, SG_NEURON_PARAMS), likewise; NULL where no parameter is trained */
    sg_general_neuron spiking;
} sg_neuron;

/* All but what constants and values hold, which sg_neuron_prepare fills for every lane, padding too. raw[param]:
 * (stride) raw numbers of its neurons, or one where they share it, or NULL where the configured value is that of all.
 */
sg_neuron sg_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate, float *constants);
void sg_neuron_prepare(const sg_neuron *neuron, const float *const raw[SG_NEURON_PARAMS], size_t stride);

/* Whether a neuron's backward pass hands an adjoint (sg_neuron_adjoint, or of a spike response model sg_srm_state) on
 * from a step to the one before. */
bool sg_neuron_carries(const sg_neuron *neuron, size_t adjoint);

typedef struct sg_neuron_form sg_neuron_form; /* neuron_form.h */

/* Whether they are plain cuba_lif or li: no other term, one set of constants. These have faster kernels. */
bool sg_neuron_is_plain(const sg_neuron *neuron);

/* The constants of plain neurons, which are the same for all of a layer. */
sg_cuba_lif sg_neuron_cuba_lif(const sg_neuron *neuron, size_t stride);

/* Those of EventProp's adjoint, of neurons of order eventprop that are all alike. guard: backward_plan.h. */
sg_eventprop sg_neuron_eventprop(const sg_neuron *neuron, size_t stride, double guard);
/* The constants of spike response neurons. */
sg_srm sg_neuron_srm(const sg_neuron *neuron);

/* What the gradient through the refractory kernel of spike response neurons is multiplied by in a step, at most, while
 * the surrogate derivative stays `sigma` (docs/maths.md). */
double sg_srm_growth(const sg_srm *srm, double sigma);

/* raw_gradient[param], (stride) or NULL, += dL/draw, from dL/dconstants in sums (SG_NEURON_CONSTANTS, stride) as
 * general_neuron_backward leaves them. Needs `values`. */
void sg_neuron_add_gradient(const sg_neuron *neuron, float *const raw_gradient[SG_NEURON_PARAMS], const float *sums,
                            size_t stride);

#endif

/* What a learning rule asks of the backward pass. All zero is backpropagation through time. */
#ifndef SG_NET_BACKWARD_PLAN_H
#define SG_NET_BACKWARD_PLAN_H

#include <stdbool.h>
#include <stddef.h>

/* How dL/dx is computed from dL/dspikes. */
typedef enum sg_gradient_kind {
    SG_GRADIENT_SURROGATE, /* with a surrogate derivative in the place of the spike's */
    SG_GRADIENT_EVENTPROP, /* by the times of spikes: dL/dspikes, where a spike is, is dL/dtime, by the step */
    SG_GRADIENT_IN_STEP,   /* likewise; but what goes on to the layer below is through the membrane of the same step
                              alone, not through what it does to later ones. With projects_apart */
    SG_GRADIENT_KINDS
} sg_gradient_kind;

typedef struct sg_backward_plan {
    sg_gradient_kind gradient;
    bool constant_recurrence; /* a layer's own spikes, as they come back to it, are held constant */
    bool constant_refractory; /* what a spike of srm does to its own membrane later is held constant */
    bool constant_inputs; /* the spikes that a layer gets from the one below are held constant: no gradient goes down,
                             and a hidden layer has only what it is given besides (sg_backward's by_spikes) */
    double local;  /* with constant_inputs: hidden layers have read-outs of their own, drawn within local / sqrt(N)
                      (feedback.h), and dL/dspikes of the loss of these in each step; 0: they have none */
    bool feedback; /* hidden layers get dL/dspikes from the last layer alone, by fixed matrices of their own
                      (feedback.h), in the place of what comes back through the weights above */
    bool projects_apart; /* what goes on to the layer below, and comes back to the layer itself, is another array than
                            dL/dx, which its parameters get: as the currents and membranes of EventProp's adjoint */
    double guard;        /* of SG_GRADIENT_EVENTPROP: what current less membrane counts as at least where a neuron
                            fires, in thresholds; 0: as what it is */
    bool kinks;          /* of SG_GRADIENT_EVENTPROP: a maximum moves with the spike that ends it (kink.h) */
    size_t window;       /* states are constant as they come into steps window, 2 window, ..., and so are the spikes of
                            a layer that come back to it there; 0: nowhere */
    size_t online;       /* forward in time (online.h): steps that are taken together. With constant_recurrence. 0: a
                            sample is gone through backward, once it is whole */
} sg_backward_plan;

/* Whether hidden layers have matrices that are drawn from the seed (feedback.h). */
static inline bool sg_plan_draws(const sg_backward_plan *plan) {
    return plan->feedback || plan->local > 0;
}

/* Whether some states of a sample of so many steps are constant. */
static inline bool sg_plan_cuts(const sg_backward_plan *plan, size_t steps) {
    return plan->window > 0 && plan->window < steps;
}

/* Whether nothing goes back from a step, counted from the beginning of the sample, to the one before it. */
static inline bool sg_plan_cuts_at(const sg_backward_plan *plan, size_t step) {
    return plan->window > 0 && step % plan->window == 0;
}

#endif

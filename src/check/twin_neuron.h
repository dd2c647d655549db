/* One neuron of the twin, from rest, a step at a time: the equations of docs/maths.md, each order as it is written
 * there. */
#ifndef SG_CHECK_TWIN_NEURON_H
#define SG_CHECK_TWIN_NEURON_H

#include "check/rounding.h"
#include "net/neuron.h"

enum { SG_TWIN_MEMORY = 32 }; /* steps that spike response neurons remember, which no run of a twin exceeds */

typedef struct sg_twin_neuron {
    const sg_layer_config *config;
    const sg_neuron_kind *kind;
    sg_surrogate surrogate;
    sg_dual alpha, beta, rho, theta, strength, coupling;
    sg_dual phi;                 /* angle of a step */
    sg_dual beta_rest, rho_rest; /* 1 - beta, 1 - rho, where these round to 1 too */
    sg_dual rise;                /* of alpha synapses: what h adds to the current */
    sg_dual h, i, v, a;          /* states */
    sg_dual spike;               /* of the last step, as resets see it */
    int64_t rest;                /* steps in which it may not fire */
    double tau_mem, tau_syn;     /* in steps; of order eventprop */
    double raised;               /* by time: how much higher its membrane is where it fires */
    sg_dual gain;                /* likewise: of the membrane for the current of the step before */
    size_t step;                 /* of a spike response neuron: steps so far, its input in each and its own spikes */
    sg_dual input[SG_TWIN_MEMORY], fired[SG_TWIN_MEMORY];
    double response[SG_TWIN_MEMORY], refractory[SG_TWIN_MEMORY]; /* and its kernels, from the step after a spike on */
} sg_twin_neuron;

/* What lies between a run and the kinks of its functions. */
typedef struct sg_twin_clearance {
    double nearest; /* least distance from a kink, as a fraction of the numbers that it is the difference of */
    double reach;   /* how far the parameter of the direction may move until something gets to a kink ... */
    double bend;    /* ... and until something has moved as far as the functions take to bend */
} sg_twin_clearance;

/* Something is `distance` from a kink, moves by `slope` for each unit of the parameter, and is of this size. The
 * clearance may be NULL. */
void sg_twin_keep_off(sg_twin_clearance *clearance, double distance, double slope, double size);

/* Something that moves by `slope` bends within `scale`. */
void sg_twin_keep_straight(sg_twin_clearance *clearance, double slope, double scale);

/* How a step is to be done (twin.h), and where it keeps what is constant. */
typedef struct sg_twin_mode {
    bool smooth, holding;
    bool constant_refractory; /* of the plan */
    double *resets;
    uint8_t *resting, *above;
    sg_twin_clearance *clearance; /* may be NULL */
    sg_rounding *rounding;
    bool by_time;    /* slopes of spikes are those of their times, in steps, as EventProp has them */
    double guard;    /* likewise (backward_plan.h) */
    double delayed;  /* likewise: how much later its weighted input comes, weight by weight */
    sg_dual in_step; /* what the spike's membrane gets besides, and no later one: 0, but it may slope */
} sg_twin_mode;

sg_twin_neuron sg_twin_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate,
                                   const sg_dual raw[SG_NEURON_PARAMS], const bool has_raw[SG_NEURON_PARAMS],
                                   sg_rounding *rounding);

/* Back to rest, before another sample. */
void sg_twin_neuron_rest(sg_twin_neuron *neuron);

/* Its states (SG_TWIN_STATES) become constant: in the first run what they are, which is written to `states`; in those
 * that are compared with it what they were there. */
enum { SG_TWIN_STATES = 4 };
void sg_twin_neuron_cut(sg_twin_neuron *neuron, double *states, bool holding);

/* The spike of a step, or the membrane of a read-out, from its weighted input. */
sg_dual sg_twin_step(sg_twin_neuron *neuron, sg_dual x, const sg_twin_mode *mode);

#endif

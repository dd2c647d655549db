/* One neuron of the twin, from rest, a step at a time: the equations of docs/maths.md, each order as it is written
 * there. */
#ifndef SG_CHECK_TWIN_NEURON_H
#define SG_CHECK_TWIN_NEURON_H

#include "check/dual.h"
#include "net/neuron.h"

typedef struct sg_twin_neuron {
    const sg_layer_config *config;
    const sg_neuron_kind *kind;
    sg_surrogate surrogate;
    sg_dual alpha, beta, rho, theta, strength, coupling;
    sg_dual beta_rest, rho_rest; /* 1 - beta, 1 - rho, where these round to 1 too */
    sg_dual i, v, a;             /* states */
    sg_dual spike;               /* of the last step, as resets see it */
    int64_t rest;                /* steps in which it may not fire */
} sg_twin_neuron;

/* How a step is to be done (twin.h), and where what is held constant of it is. */
typedef struct sg_twin_mode {
    bool smooth, holding;
    double *held;
    uint8_t *resting;
    double *nearest, *reach;
} sg_twin_mode;

sg_twin_neuron sg_twin_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate,
                                   const sg_dual raw[SG_DIALS], const bool has_raw[SG_DIALS]);

/* The spike of a step, or the membrane of a read-out, from its weighted input. */
sg_dual sg_twin_step(sg_twin_neuron *neuron, sg_dual x, sg_twin_mode mode);

#endif

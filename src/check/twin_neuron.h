/* One neuron of the twin, from rest, a step at a time: the equations of docs/maths.md, each order as it is written
 * there. */
#ifndef SG_CHECK_TWIN_NEURON_H
#define SG_CHECK_TWIN_NEURON_H

#include "check/rounding.h"
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

/* What lies between a run and the corners of its functions, where they have no derivative. */
typedef struct sg_twin_room {
    double nearest; /* least distance from a corner, as a share of the numbers that it is the difference of */
    double reach;   /* how far the parameter of the direction may move until something gets to a corner ... */
    double bend;    /* ... and until something has moved as far as the functions take to bend */
} sg_twin_room;

/* Something is `distance` from a corner, moves by `slope` for each unit of the parameter, and is of this size. The room
 * may be NULL. */
void sg_twin_keep_off(sg_twin_room *room, double distance, double slope, double size);

/* Something that moves by `slope` bends within `scale`. */
void sg_twin_keep_straight(sg_twin_room *room, double slope, double scale);

/* How a step is to be done (twin.h), and where what is held constant of it is. */
typedef struct sg_twin_mode {
    bool smooth, holding;
    double *held;
    uint8_t *resting;
    sg_twin_room *room; /* may be NULL */
    sg_rounding *rounding;
} sg_twin_mode;

sg_twin_neuron sg_twin_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate,
                                   const sg_dual raw[SG_NEURON_PARAMS], const bool has_raw[SG_NEURON_PARAMS],
                                   sg_rounding *rounding);

/* Back to rest, before another sample. */
void sg_twin_neuron_rest(sg_twin_neuron *neuron);

/* The spike of a step, or the membrane of a read-out, from its weighted input. */
sg_dual sg_twin_step(sg_twin_neuron *neuron, sg_dual x, const sg_twin_mode *mode);

#endif

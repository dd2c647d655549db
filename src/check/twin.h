/* A twin of a network in double precision, plain and slow, written from docs/maths.md and not from the kernels: what
 * they are checked by. Every number is a dual, so a run gives the loss and its derivative along one direction of the
 * parameters.
 *
 * It runs in two ways. Hard: spikes are 0 or 1, and their derivative is the surrogate's, as in training. Smooth: the
 * step is replaced by the smooth function whose derivative the surrogate is, so that the loss has a true derivative,
 * which differences can be compared with. What training holds constant (the reset, unless it is differentiated; when a
 * neuron may not fire) is then taken from a run before. */
#ifndef SG_CHECK_TWIN_H
#define SG_CHECK_TWIN_H

#include "check/twin_neuron.h"
#include "config/config.h"
#include "data/events.h"
#include "net/backward_plan.h"
#include "net/feedback.h"

/* Some samples, each T steps of I inputs. */
typedef struct sg_twin_data {
    size_t samples, steps, inputs;
    const float *values;     /* (samples, T, I) how many spikes, or numbers */
    const uint32_t *labels;  /* (samples) */
    const sg_events *target; /* what outputs should emit, or NULL */
} sg_twin_data;

typedef struct sg_twin {
    const sg_network *network; /* for its shape */
    const sg_network_config *config;
    const sg_learn_config *learn;
    sg_backward_plan plan;       /* what the rule holds constant */
    const sg_feedback *feedback; /* where the plan has it */
    sg_twin_data data;
    bool smooth;
    /* What each run begins with. The softmax of every output is off by half an epsilon, too, up for the others and down
     * for the label. */
    sg_rounding rounding;
    double *parameters; /* (count) groups one after the other, (rows, N) each, without padding */
    size_t count;
    size_t direction;             /* the parameter that slopes are by; `count`: none */
    double *resets;               /* (samples, T, neurons of all layers) the spikes that resets see, held constant */
    uint8_t *resting;             /* likewise, whether a neuron may not fire */
    uint8_t *above;               /* likewise, whether a membrane is above threshold before the step */
    uint8_t *winners;             /* (samples, T, inputs of all layers) likewise, which place of a window max takes */
    double *cut;                  /* (samples, T, neurons of all layers, SG_TWIN_STATES) states that the plan cuts */
    double *delays;               /* (inputs of all layers) the delays whose whole steps count, likewise */
    double *errors;               /* (samples, T, outputs) likewise, the errors of spike trains */
    bool holding;                 /* whether these are read, or written */
    sg_twin_clearance *clearance; /* NULL, or for that of the last run */
    double *out;                  /* (samples, T, neurons of all layers) spikes, or membranes of a read-out */
} sg_twin;

/* Where a group's numbers begin in `parameters`. */
size_t sg_twin_at(const sg_network *network, size_t layer, const sg_group *group);

/* Number `at` of `parameters`, which slopes where slopes are by it. */
static inline sg_dual sg_twin_parameter(const sg_twin *twin, size_t at) {
    return (sg_dual){twin->parameters[at], at == twin->direction};
}

/* Numbers of all groups; neurons of all layers. */
size_t sg_twin_parameters(const sg_network *network);
size_t sg_twin_neurons(const sg_network *network);

/* Inputs of all layers' links. */
size_t sg_twin_inputs(const sg_network *network);

/* The mean loss of the samples, with the rate penalty. SG_MEMORY. */
sg_status sg_twin_run(sg_twin *twin, sg_dual *loss);

#endif

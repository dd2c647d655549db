/* Initialisers: how weights are at first. A table of kinds in initialiser.c. */
#ifndef SG_NET_INITIALISER_H
#define SG_NET_INITIALISER_H

#include "net/neuron.h"

/* What weights are for. */
typedef struct sg_weights_plan {
    const sg_weights_config *config;
    const sg_neuron *neuron; /* of the layer; its constants are prepared */
    size_t rows, columns;    /* of the group; rows are the inputs of a neuron */
    double fan_out;          /* neurons that an input reaches, on the average */
    size_t stride;           /* of the neuron's constants */
    size_t steps;            /* T */
    double dt_ms;
    uint64_t seed;
    uint32_t stream;
} sg_weights_plan;

typedef struct sg_initialiser_kind {
    sg_kind head;
    bool reads;    /* from the configured file */
    bool in_units; /* weights are in the layer's units, not the membrane's */

    /* values (rows, columns) = weights. SG_MODEL where a file is not as it should be. */
    sg_status (*fill)(float *values, const sg_weights_plan *plan);
} sg_initialiser_kind;

SG_KINDS_DECLARE(sg_initialiser, sg_initialiser_kind);

#endif

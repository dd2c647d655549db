/* A network of leaky integrate-and-fire neurons in continuous time, run from event to event in double precision, and
 * its exact gradient, by the adjoint of EventProp (docs/rules.md): what the clock's is an approximation of. For small
 * networks: each event moves all neurons.
 *
 *     tau_mem dV/dt = -V + I,  tau_syn dI/dt = -I,  an arrival adds its weight to I,  V = theta is a spike and V = 0
 *
 * All neurons are one population. Sources are the inputs, then the neurons; the last neurons are the outputs. Times are
 * in ms. */
#ifndef SG_CHECK_EXACT_H
#define SG_CHECK_EXACT_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sg_exact_net {
    size_t inputs, neurons, outputs;
    double tau_mem, tau_syn; /* not equal */
    double end;              /* of a sample */
    const double *theta;     /* (neurons) INFINITY: never fires */
    const double *weights;   /* (inputs + neurons, neurons) */
    const double *delays;    /* likewise, 0 or above */
    const uint8_t *mask;     /* likewise, 1 where there is a synapse */
} sg_exact_net;

/* The spikes that come in, by time. */
typedef struct sg_exact_input {
    const double *time;
    const uint32_t *channel;
    size_t count;
} sg_exact_input;

/* What an output is read as. */
typedef enum sg_exact_readout {
    SG_EXACT_MEAN,     /* of V over time */
    SG_EXACT_WEIGHTED, /* of exp(-t / end) V */
    SG_EXACT_MAX,      /* of V */
    SG_EXACT_FIRST     /* minus the time of the first spike, -end for none */
} sg_exact_readout;

/* A stop of the run: a spike, or the arrival of one at all targets with one delay. */
typedef struct sg_exact_event {
    double time;
    double current; /* of a spike: I */
    double delay;   /* of an arrival */
    size_t source;  /* of an arrival; of a spike the neuron */
    size_t spike;   /* its number, or that of the spike that arrives; SG_EXACT_INPUT: of the data */
    bool arrives;
} sg_exact_event;

#define SG_EXACT_INPUT SIZE_MAX

/* Where an output's largest V is. */
typedef struct sg_exact_peak {
    double value, time;
    double rate;  /* dV/dt before it, of one that lies where a spike arrives ... */
    size_t spike; /* ... which is this; or SG_EXACT_INPUT */
} sg_exact_peak;

/* A run of one sample. */
typedef struct sg_exact_run {
    const sg_exact_net *net;
    sg_exact_event *events; /* (count), by time */
    size_t count, capacity, spikes;
    double *mean, *weighted, *first; /* (outputs) */
    sg_exact_peak *peak;             /* (outputs) */
} sg_exact_run;

/* Runs a sample. SG_MEMORY. Whatever comes of it, it is to be closed. */
sg_status sg_exact_open(sg_exact_run *run, const sg_exact_net *net, const sg_exact_input *input);
void sg_exact_close(sg_exact_run *run);

/* What output k was read as. */
double sg_exact_value(const sg_exact_run *run, sg_exact_readout readout, size_t k);

/* by_weights, by_delays (inputs + neurons, neurons) += the gradient, from by_values (outputs). SG_MEMORY. */
sg_status sg_exact_backward(const sg_exact_run *run, sg_exact_readout readout, const double *by_values,
                            double *by_weights, double *by_delays);

#endif

/* Options that describe a network: time, and a list of layers, each a link and its neurons. */
#ifndef SG_NET_NETWORK_CONFIG_H
#define SG_NET_NETWORK_CONFIG_H

#include "base/limits.h"
#include "file/option.h"

typedef enum sg_integration { SG_INTEGRATE_EXACT, SG_INTEGRATE_EULER } sg_integration;
typedef enum sg_reset { SG_RESET_AUTO, SG_RESET_ZERO, SG_RESET_SUBTRACT, SG_RESET_NONE } sg_reset;
typedef enum sg_scale { SG_SCALE_NONE, SG_SCALE_DECAY } sg_scale;
typedef enum sg_synapse { SG_SYNAPSE_EXPONENTIAL, SG_SYNAPSE_ALPHA } sg_synapse;
typedef enum sg_units { SG_UNITS_MEMBRANE, SG_UNITS_THRESHOLD } sg_units;
typedef enum sg_pooling { SG_POOL_NONE, SG_POOL_SUM, SG_POOL_AVERAGE, SG_POOL_MAX } sg_pooling;
typedef enum sg_norming { SG_NORM_NONE, SG_NORM_TDBN, SG_NORM_BNTT } sg_norming;
typedef enum sg_delay { SG_DELAY_NONE, SG_DELAY_AXONAL, SG_DELAY_SYNAPTIC } sg_delay;
typedef enum sg_delay_kernel { SG_DELAY_TRIANGLE, SG_DELAY_GAUSS } sg_delay_kernel;
typedef enum sg_order {
    SG_ORDER_NOTEBOOK,
    SG_ORDER_SPYTORCH,
    SG_ORDER_SNNTORCH,
    SG_ORDER_NORSE,
    SG_ORDER_SINABS,
    SG_ORDER_EVENTPROP,
    SG_ORDER_SNNTORCH_NO_DELAY
} sg_order;

/* Neuron parameters: one number a layer, or one a neuron (net/neuron_param.h). */
typedef enum sg_neuron_param {
    SG_PARAM_TAU_MEM,
    SG_PARAM_TAU_SYN,
    SG_PARAM_TAU_ADAPT,
    SG_PARAM_THRESHOLD,
    SG_PARAM_ADAPTATION,
    SG_PARAM_COUPLING,
    SG_PARAM_FREQUENCY,
    SG_NEURON_PARAMS
} sg_neuron_param;

/* How weights are at first (net/initialiser.h). */
typedef struct sg_weights_config {
    int kind;                 /* row of the initialiser table */
    double mean, sd;          /* of normal */
    double limit;             /* of uniform */
    double gain;              /* of kaiming, xavier, orthogonal, fluctuation */
    double xi, input_rate_hz; /* of fluctuation */
    const char *file;         /* of file: an HDF5 file, ... */
    const char *dataset;      /* ... and a dataset of the weights' shape in it */
} sg_weights_config;

typedef struct sg_layer_config {
    int64_t size;                                                /* N */
    int link;                                                    /* row of the link table */
    double density;                                              /* part of the synapses that a sparse link has */
    sg_weights_config weights;                                   /* of the link */
    sg_weights_config recurrent_weights;                         /* of its own spikes */
    bool bias;                                                   /* a constant input to each neuron */
    int64_t channels, kernel, stride, padding, dilation, groups; /* of a convolution */
    int pool;                                                    /* sg_pooling: what spikes pass before the link */
    int64_t pool_size;                                           /* places of a window, in each direction */
    int norm;                                                    /* sg_norming: of the weighted input */
    double norm_momentum, norm_eps;
    int delay;                    /* sg_delay */
    double delay_low, delay_high; /* ms; delays are drawn between them */
    double delay_most;            /* ms */
    double delay_unit;            /* ms: what trained delays are counted in */
    bool train_delays;
    int delay_kernel;                /* sg_delay_kernel, of synaptic ones */
    double delay_sigma;              /* steps; 0: half of the lags */
    double delay_shrink;             /* part of the epochs in which sigma shrinks */
    double dropout;                  /* fraction of the inputs left out in training */
    const char *added;               /* "none", or layers whose spikes are added to those below (added.h) */
    const char *skip;                /* "none", or layers whose spikes come in by links of their own (skip.h) */
    const char *recurrent;           /* "none", "own", or the number of a layer: spikes that come back */
    bool self_connections;           /* whether a neuron's own spikes come back to it */
    int neuron;                      /* row of the neuron table */
    double param[SG_NEURON_PARAMS];  /* times in ms, frequencies in Hz */
    double spread[SG_NEURON_PARAMS]; /* standard deviation of its logarithm over the neurons */
    bool train[SG_NEURON_PARAMS];
    bool shared;            /* whether a trained parameter is one number for the whole layer */
    const char *param_file; /* HDF5 file of a value for each neuron, by the parameter's name; "": none */
    int synapse;            /* sg_synapse */
    int integration;        /* sg_integration */
    int order;              /* sg_order */
    int scale;              /* sg_scale */
    int reset;              /* sg_reset */
    bool reset_gradient;    /* whether the reset is differentiated too */
    int64_t refractory;     /* steps */
    double tau_ref;         /* ms, of the refractory kernel of srm */
    double scale_ref;       /* its top, in thresholds */
    double surrogate_k, surrogate_width, surrogate_gain; /* 0: the kind's default */
    double surrogate_cutoff;                             /* 0: there is none */
    int surrogate;                                       /* row of the surrogate table */
    int units;                                           /* sg_units */
    double floor;                                        /* lowest membrane after a step; 0: there is none */
    int64_t max_spikes;                                  /* of a neuron in a step */
    bool periodic;                                       /* whether each of their thresholds has its surrogate */
    bool own[SG_NEURON_PARAMS];                          /* whether each neuron has its own, which comes with a model */
} sg_layer_config;

typedef struct sg_network_config {
    int64_t steps; /* T */
    double dt_ms;
    double memory; /* bytes that the buffers of all threads may have; 0: what they need */
    size_t layer_count;
    sg_layer_config layers[SG_MAX_LAYERS];
} sg_network_config;

extern const sg_option sg_time_options[]; /* fill sg_network_config */
extern const size_t sg_time_option_count;
extern const sg_option sg_layer_options[]; /* fill sg_layer_config */
extern const size_t sg_layer_option_count;

/* What no single option can say: layers, dt against tau, a weights file that is named. SG_CONFIG; the message begins
 * with the key and ends with the remedy. */
sg_status sg_network_config_check(const sg_network_config *config);

/* Whether the spikes of a layer come back to it. */
bool sg_layer_recurs(const sg_layer_config *config);

/* The checks that no later option can repair: dt against tau. */
sg_status sg_network_check_time(const sg_network_config *config);

#endif

/* Options that describe a network: time, and a list of layers, each a link and its neurons. */
#ifndef SG_NET_NETWORK_CONFIG_H
#define SG_NET_NETWORK_CONFIG_H

#include "file/option.h"

typedef enum sg_integration { SG_INTEGRATE_EXACT, SG_INTEGRATE_EULER } sg_integration;
typedef enum sg_reset { SG_RESET_ZERO } sg_reset;
typedef enum sg_initialiser { SG_INIT_NORMAL, SG_INIT_FILE } sg_initialiser;

typedef struct sg_layer_config {
    int64_t size;                         /* N */
    int link;                             /* row of the link table */
    int weights;                          /* sg_initialiser */
    double weights_sd;                    /* of SG_INIT_NORMAL */
    char weights_file[SG_OPTION_TEXT];    /* of SG_INIT_FILE: an HDF5 file, ... */
    char weights_dataset[SG_OPTION_TEXT]; /* ... and a dataset (I, N) in it */
    int neuron;                           /* row of the neuron table */
    double tau_mem_ms, tau_syn_ms;
    double threshold;
    int integration;    /* sg_integration */
    int reset;          /* sg_reset */
    double surrogate_k; /* steepness */
    int surrogate;      /* row of the surrogate table */
} sg_layer_config;

typedef struct sg_network_config {
    int64_t steps; /* T */
    double dt_ms;
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

/* The part of it that an option set later cannot complete, only contradict: dt against tau. */
sg_status sg_network_check_time(const sg_network_config *config);

#endif

#include "learn/names_tmp.h"

#include <stddef.h>

#define NAMES(function, ...)                                                                                           \
    const char *function(int i) {                                                                                      \
        static const char *const names[] = {__VA_ARGS__};                                                              \
        return i >= 0 && (size_t)i < sizeof names / sizeof *names ? names[i] : NULL;                                   \
    }

NAMES(sg_link_name, "dense")
NAMES(sg_neuron_name, "cuba_lif")
NAMES(sg_surrogate_name, "relu")
NAMES(sg_encoder_name, "latency")
NAMES(sg_loss_name, "spike_count_mse")
NAMES(sg_optimiser_name, "adam", "sgd")
NAMES(sg_rule_name, "bptt")

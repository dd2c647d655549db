/* Networks whose weights and biases have taken in the mean and variance that normalised layers keep. */
#ifndef SG_NET_NORM_FOLD_H
#define SG_NET_NORM_FOLD_H

#include "net/network.h"

/* Whether a layer is normalised, by one mean and variance for all steps: what weights and a bias can take in. */
static inline bool sg_norm_folds(const sg_layer *layer) {
    return layer->norm.rows > 0 && layer->neuron.config.norm == SG_NORM_TDBN;
}

/* What a layer's configuration becomes. */
void sg_norm_fold_config(sg_layer_config *config);

/* The network that computes the same in evaluation, but for rounding. SG_MEMORY. */
sg_status sg_norm_fold(const sg_network *network, sg_network **out);

#endif

/* Whether a run that ended has learned anything. */
#ifndef SG_RUN_CHANCE_H
#define SG_RUN_CHANCE_H

#include "data/dataset.h"
#include "net/network.h"
#include "store/checkpoint.h"

#define SG_SATURATED 0.95 /* fraction of its neurons' steps above which a layer is called so */

/* What a run ended with, after an epoch or more. */
typedef struct sg_outcome {
    const sg_config *config;
    const sg_network *network;
    const sg_data *data;
    const sg_position *position;
} sg_outcome;

/* Warns, with what may help, if the best epoch's validation accuracy or, without a validation part, the last one's test
 * accuracy is no better than to say the commonest class each time, give or take two standard errors. */
void sg_warn_of_chance(const sg_outcome *outcome);

#endif

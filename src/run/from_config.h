/* From a configuration to its data and its network. */
#ifndef SG_RUN_FROM_CONFIG_H
#define SG_RUN_FROM_CONFIG_H

#include "config/config.h"
#include "data/dataset.h"
#include "net/network.h"

/* The seed of all that is drawn of the data: their own, or the configuration's. */
uint64_t sg_config_data_seed(const sg_config *config);

/* What the network of a checked configuration asks of its data. */
sg_data_request sg_config_data_request(const sg_config *config);

/* Gives a new network its initial parameters. */
sg_status sg_network_begin(sg_network *network, const sg_config *config);

#endif

/* Initial parameters from a file, for training that goes on from a trained network (fine-tuning). */
#ifndef SG_STORE_INITIAL_H
#define SG_STORE_INITIAL_H

#include "net/network.h"

/* Copies the parameters of a model or checkpoint file into `network`. Each of its layers must have the same groups of
 * parameters, of the same shapes, or else SG_MODEL with the layer, what was found and what was expected. */
sg_status sg_initial_load(const char *path, sg_network *network);

#endif

/* Initial parameters from another network or its file, for training that goes on from a trained network (fine-tuning).
 */
#ifndef SG_STORE_INITIAL_H
#define SG_STORE_INITIAL_H

#include "net/network.h"

/* Copies the parameters of `from` into `network`. Each of its layers must have the same groups of parameters, of the
 * same shapes, or else SG_MODEL, whose message begins with `name`, with the layer, what was found and what was
 * expected.
 */
sg_status sg_initial_copy(const sg_network *from, const char *name, sg_network *network);

/* The same with those of a model or checkpoint file. */
sg_status sg_initial_load(const char *path, sg_network *network);

#endif

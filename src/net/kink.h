/* EventProp's term of a maximum at a kink (docs/rules.md). The membrane of a read-out rises, a spike of negative weight
 * arrives, and it falls: there is its maximum, which a later spike would let rise further. So the spike has a gradient
 * by its time that does not come through the current, and that is no part of the neuron's own adjoint. */
#ifndef SG_NET_KINK_H
#define SG_NET_KINK_H

#include "net/stage.h"

/* SG_CONFIG with the key and the remedy where the last layer's spikes do not come through a plain dense link, which is
 * what the term is defined for. */
sg_status sg_kink_check(const sg_network_config *config);

/* g (T, width) of a block of the layer below the last += the term, by the step, at the spikes of the step of each
 * output's maximum; shared among several by their negative weights. */
void sg_kink_seed(const sg_layer_run *last, sg_block below, float *g);

#endif

/* A neuron.file: an HDF5 file with values for each neuron of a layer, in datasets at its root named as the params. */
#ifndef SG_NET_NEURON_FILE_H
#define SG_NET_NEURON_FILE_H

#include "file/h5.h"
#include "net/network_config.h"

/* Which params of layer l's kind the file names: there[param]. SG_MODEL if it names none. Warns of other names, which
 * are not used: a mistyped one would else be missed in silence. */
sg_status sg_neuron_file_look(sg_h5 *file, const sg_network_config *config, size_t l, bool there[SG_NEURON_PARAMS]);

#endif

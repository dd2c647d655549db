/* Weights and configuration in an HDF5 file, the part that model and checkpoint files share. */
#ifndef SG_STORE_NETWORK_FILE_H
#define SG_STORE_NETWORK_FILE_H

#include "config/config.h"
#include "file/h5.h"
#include "net/network.h"

/* Adds format, configuration, weights and what the network knows of its data. `format` is "surgrad model 1" or the
 * like. */
sg_status sg_put_network(sg_h5 *file, const char *format, const sg_config *config, const sg_network *network);

/* Reads the configuration of a file whose format is one of `formats` (NULL-ended). The caller frees *config. */
sg_status sg_get_config(sg_h5 *file, const char *path, const char *const *formats, sg_config **config);

/* Reads the parameters of a network of the same shape into `parameters`, shaped like its array. SG_MODEL if the file's
 * are of another, or not finite. */
sg_status sg_get_weights(sg_h5 *file, const char *path, const sg_network *network, float *parameters);

/* Reads what the network knew of its data; files of older versions hold nothing of it. */
sg_status sg_get_knowledge(sg_h5 *file, const char *path, sg_network *network);

/* Reads which synapses there are, of links that have a part of them. */
sg_status sg_get_synapses(sg_h5 *file, const char *path, sg_network *network);

/* Adds or reads one array shaped like the parameters, as layers/L/NAME (I, N) for every layer. */
sg_status sg_put_array(sg_h5 *file, const sg_network *network, const char *name, const float *array);
sg_status sg_get_array(sg_h5 *file, const sg_network *network, const char *name, float *array);

/* The shape of the input, after checking that all parameters in the file have the shapes that the configuration tells
 * of such an input. */
sg_status sg_get_inputs(sg_h5 *file, const char *path, const sg_config *config, sg_shape *in);

#endif

/* Neuron parameters: the numbers that a neuron's equations are made of (time constants, threshold, strengths), one for
 * a layer or one for each neuron, and then fixed or trained.
 *
 * One for each neuron is kept as a raw number that may take any value (docs/maths.md, "Trained constants"): of a time
 * constant the logit of its decay in a step, of a frequency that of its turn in a step, as a fraction of the largest,
 * of a threshold or a strength its logarithm. So no step of an optimiser can leave the bounds. */
#ifndef SG_NET_NEURON_PARAM_H
#define SG_NET_NEURON_PARAM_H

#include "net/neuron.h"

const char *sg_neuron_param_name(sg_neuron_param param); /* "tau_mem", ... */

/* Whether a neuron of this kind has the parameter. */
bool sg_neuron_has_param(const sg_neuron_kind *kind, sg_neuron_param param);

/* Whether a layer has a raw number for each neuron. */
bool sg_layer_has_raw(const sg_layer_config *config, sg_neuron_param param);

/* The configured value, in the units of the membrane and in ms. */
double sg_neuron_param_configured(const sg_layer_config *config, sg_neuron_param param);

sg_neuron_param_value sg_neuron_param_from_config(const sg_layer_config *config, sg_neuron_param param, double dt_ms);
sg_neuron_param_value sg_neuron_param_from_raw(sg_neuron_param param, double raw);

#define SG_LARGEST_TURN 0.2 /* of rf in a step: beyond, its constants would grow without bound */

#define SG_EULER_LEAST 1.01 /* dt: the shortest time constant that is drawn for euler, whose decay must be above 0 */

/* The first raw number of neuron n: that of the configured value, spread at random by the seed. A time constant that is
 * too short for euler is raised to SG_EULER_LEAST dt, and counted in *raised. */
double sg_neuron_param_first_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, uint64_t seed,
                                 size_t layer, size_t n, size_t *raised);

/* The raw number of a value in the unit of the configuration (ms for times), and whether it may be that. */
double sg_neuron_param_to_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural);
bool sg_neuron_param_is_legal(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural);

/* "more than 0": what it may be. */
void sg_neuron_param_legal(const sg_layer_config *config, sg_neuron_param param, double dt_ms, char *text, size_t size);

/* d value / d raw. */
double sg_neuron_param_slope(sg_neuron_param param, sg_neuron_param_value value);

#endif

/* Inlets in dual numbers: a pool, and the numbers of inputs (net/inlet.h), from the equations. */
#ifndef SG_CHECK_TWIN_INLET_H
#define SG_CHECK_TWIN_INLET_H

#include "check/twin.h"

/* in (inputs of the layer's link) = the spikes of a step of the layer below, by its neurons' numbers. winner (inputs):
 * the place of each window that max takes its number from, written, or read while the twin is holding it. */
void sg_twin_inlet(const sg_twin *twin, const sg_layer *layer, const sg_layer_config *config, const sg_dual *below,
                   sg_dual *in, uint8_t *winner);

/* The spikes of step t of input i after its delay, number `at` of the parameters, from those before it, (T, width) at
 * the input. constant: the delay that its whole steps are taken of, written, or read while the twin is holding it. */
sg_dual sg_twin_delayed(const sg_twin *twin, const sg_layer_config *config, size_t at, const sg_dual *spikes,
                        size_t width, size_t t, double *constant);

#endif

/* Eligibility: what the steps so far have done to the state of a network, by its parameters. It is what a gradient that
 * is taken forward in time has in the place of the steps themselves (online.h).
 *
 * A neuron hands a few numbers on from one step to the next: its current, its membrane, ... Backward, their adjoints
 * come the same way (sg_neuron_adjoint). Where a layer's own spikes are constant, each neuron has its own parameters to
 * itself. So the gradient of all steps before some moment is, for each column of a layer's groups,
 *
 *     sum over adjoints r of  a[r][n] own[r][., n]  +  sum over those of the last layer of  c[r][n] through[r][., n]
 *
 * own[r]      dL/dparameters of these steps where adjoint r of each neuron is 1 at that moment
 * through[r]  the same of hidden layers where each neuron's dL/dspikes are what adjoint r of an output, 1 at that
 *             moment, becomes on its way back through the output's own states; these are the same for all outputs
 * a, c        the adjoints of the moment: the neuron's, and the outputs' as they come to the neuron
 *
 * Each is an array shaped like a gradient, so that memory does not grow with time. */
#ifndef SG_NET_ELIGIBILITY_H
#define SG_NET_ELIGIBILITY_H

#include "net/network.h"

typedef struct sg_eligibility {
    sg_gradient own[SG_NEURON_ADJOINTS], through[SG_NEURON_ADJOINTS]; /* up to the chunk; no values: it has none */
    sg_gradient next_own[SG_NEURON_ADJOINTS], next_through[SG_NEURON_ADJOINTS]; /* up to its end, in the making */
    sg_gradient sample; /* of the sample so far where dL/dvalues are 1, which are known at its end */
    float *outputs;     /* (SG_NEURON_ADJOINTS, stride of the last layer) adjoints of the outputs before the chunk */
    float *ones;        /* 1 for each neuron of a layer, 0 in padded lanes: (largest stride) */
    float *row;         /* scratch, likewise */
    float *column;      /* (steps) scratch */
} sg_eligibility;

/* Takes arrays for chunks of `steps` steps. late: dL/dvalues are known at the end of a sample. through: hidden layers
 * get what goes through the outputs' adjoints. */
void sg_eligibility_lay_out(sg_eligibility *eligibility, sg_arena *arena, const sg_network *network, size_t steps,
                            bool late, bool through);

/* Before a sample: nothing was done. */
void sg_eligibility_begin(sg_eligibility *eligibility, const sg_network *network);

/* After a chunk: what was in the making holds now. */
void sg_eligibility_end_chunk(sg_eligibility *eligibility, const sg_network *network);

/* to += from, each column of layer l times its neuron's number in `columns` (stride). */
void sg_eligibility_add(const sg_network *network, size_t l, const sg_gradient *to, const sg_gradient *from,
                        const float *columns);

/* `row` as numbers that are 1 for each neuron of a layer and 0 in its padded lanes, times `factor`. */
const float *sg_eligibility_ones(sg_eligibility *eligibility, const sg_layer *layer, float factor);

#endif

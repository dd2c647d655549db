/* Matrices of hidden layers, (neurons, outputs), drawn from the seed and fixed. The plan says what they are:
 *
 * Feedback: what a hidden layer gets of the error in the place of what comes back through the weights above it.
 * dL/dspikes is dL/dx of the last layer times the transpose of the matrix, which is normal(0, 1) (broadcast alignment;
 * Bellec and colleagues 2020, random e-prop).
 *
 * Local read-outs: the spikes of a layer in a step times its matrix are numbers, to which the loss is applied as it is
 * to those of the outputs. dL/dspikes is dL/dnumbers times the transpose of the matrix, which is even within local /
 * sqrt(N) (DECOLLE; Kaiser, Mostafa, Neftci 2020). */
#ifndef SG_NET_FEEDBACK_H
#define SG_NET_FEEDBACK_H

#include "net/backward_plan.h"
#include "net/network.h"

typedef struct sg_feedback {
    sg_link links[SG_MAX_LAYERS]; /* of each hidden layer to the outputs; what they project by is `derived` */
    sg_group groups[SG_MAX_LAYERS];
    float
        *weights[SG_MAX_LAYERS]; /* the same numbers in the order of a link's weights, of local read-outs; else NULL */
    sg_arena memory;
} sg_feedback;

/* Draws the matrices. SG_MEMORY. What is open must stay at its address. */
sg_status sg_feedback_open(sg_feedback *feedback, const sg_network *network, const sg_backward_plan *plan,
                           uint64_t seed);
void sg_feedback_close(sg_feedback *feedback);

size_t sg_feedback_bytes(const sg_network *network, const sg_backward_plan *plan);

/* The entry of a layer's matrix; and its place, for those who bring their own numbers, but not of local read-outs. */
float *sg_feedback_at(const sg_feedback *feedback, size_t layer, size_t neuron, size_t output);

/* g (steps, width) of a block of hidden layer `layer` = gx B^T, from dL/dx of all blocks of the last layer, or from
 * dL/dnumbers of the local read-out. Tiles without a bit in `active` (link.h) may become 0. */
void sg_feedback_project(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, sg_block block,
                         size_t steps, float *g, sg_step_rows gx, const uint16_t *active);

/* Numbers of a local read-out, blocks of (rows, width of the outputs), of which rows first .. first + steps - 1 = the
 * layer's spikes (steps, stride / SG_LANES) times its matrix. */
void sg_feedback_read(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, const uint16_t *spikes,
                      size_t steps, float *numbers, size_t rows, size_t first);

#endif

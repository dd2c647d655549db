/* Feedback: what hidden layers get of the error in the place of what comes back through the weights above them. Each
 * has a fixed matrix of its own, (neurons, outputs), drawn from the seed as normal(0, 1): dL/dspikes of a hidden layer
 * is dL/dx of the last layer times its transpose (broadcast alignment; Bellec and colleagues 2020, random e-prop). */
#ifndef SG_NET_FEEDBACK_H
#define SG_NET_FEEDBACK_H

#include "net/network.h"

typedef struct sg_feedback {
    sg_link links[SG_MAX_LAYERS]; /* of each hidden layer to the outputs; what they project by is `derived` alone */
    sg_arena memory;
} sg_feedback;

/* Draws the matrices. SG_MEMORY. */
sg_status sg_feedback_open(sg_feedback *feedback, const sg_network *network, uint64_t seed);
void sg_feedback_close(sg_feedback *feedback);

size_t sg_feedback_bytes(const sg_network *network);

/* The entry of a layer's matrix; and its place, for those who bring their own numbers. */
float *sg_feedback_at(const sg_feedback *feedback, size_t layer, size_t neuron, size_t output);

/* g (steps, width) of a block of hidden layer `layer` = gx B^T, from dL/dx of all blocks of the last layer. Tiles
 * without a bit in `active` (link.h) may become 0. */
void sg_feedback_project(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, sg_block block, float *g,
                         sg_step_rows gx, const uint16_t *active);

#endif

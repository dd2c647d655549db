/* Membranes that outgrew single precision. */
#ifndef SG_ENGINE_OVERFLOW_H
#define SG_ENGINE_OVERFLOW_H

#include "net/sample_run.h"

/* The first membrane that is not finite, in the order of time. */
typedef struct sg_overflow {
    bool found;
    size_t layer, neuron, step;
} sg_overflow;

/* Looks at the steps first .. first+steps-1 that the workspace holds; an sg_recorder, whose user is an sg_overflow. */
void sg_find_overflow(void *overflow, const sg_network *network, const sg_workspace *workspace, size_t first,
                      size_t steps);

#endif

/* Optimisers: gradient to step. A table of kinds; a kind is one file, optimiser_NAME.c, and one row. */
#ifndef SG_LEARN_OPTIMISER_H
#define SG_LEARN_OPTIMISER_H

#include "kernel/kernel.h"
#include "learn/config.h"

#define SG_OPTIMISER_ARRAYS 3 /* the most that any kind keeps for each parameter */

/* The state of an optimiser: `arrays` arrays shaped like the parameters, and the steps done. */
typedef struct sg_optimiser_state {
    float *arrays[SG_OPTIMISER_ARRAYS];
    uint64_t steps;
} sg_optimiser_state;

typedef struct sg_optimiser_kind {
    const char *name;

    /* The names of the arrays that it keeps with this configuration, for checkpoint files; NULL past the last. */
    const char *(*array_name)(const sg_learn_config *config, size_t i);

    /* Step `step` (1, 2, ...) of parameters begin .. end-1. Any split into ranges gives the same bits. */
    void (*step)(const sg_kernels *kernels, const sg_learn_config *config, const sg_optimiser_state *state,
                 uint64_t step, float *parameters, const float *gradient, size_t begin, size_t end);
} sg_optimiser_kind;

extern const sg_optimiser_kind sg_optimiser_adam, sg_optimiser_sgd;

const char *sg_optimiser_name(int i); /* the i-th, NULL past the last */
const sg_optimiser_kind *sg_optimiser_at(int i);

/* How many arrays a kind keeps with this configuration. */
size_t sg_optimiser_arrays(const sg_learn_config *config);

#endif

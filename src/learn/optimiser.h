/* Optimisers: gradient to step. A table of kinds; a kind is one file, optimiser_NAME.c, and one row. */
#ifndef SG_LEARN_OPTIMISER_H
#define SG_LEARN_OPTIMISER_H

#include "kernel/kernel.h"
#include "learn/learn_config.h"

/* Arrays that are kept for each parameter, at most: of any kind, and of feedback that is trained. */
#define SG_OPTIMISER_ARRAYS 4

/* One step of some parameters, begin .. end-1 of all. */
typedef struct sg_optimiser_step {
    uint64_t number; /* 1, 2, ... */
    double lr;
    float *parameters, *gradient; /* of all; the gradient may be changed */
    size_t begin, end;
    bool decays; /* whether weight decay applies to them */
} sg_optimiser_step;

typedef struct sg_optimiser_kind {
    sg_kind head;
    bool decoupled; /* weight decay shrinks the weights, apart from the gradient */

    /* The names of the arrays that it keeps with this configuration, for checkpoint files; NULL past the last. */
    const char *(*array_name)(const sg_learn_config *config, size_t i);

    /* arrays: as many as it keeps, shaped like the parameters. Any split into ranges gives the same bits. */
    void (*step)(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *step);

    /* Optional. SG_CONFIG with the key and the remedy where options of the kind contradict each other. */
    sg_status (*check)(const sg_learn_config *config);
} sg_optimiser_kind;

extern const sg_optimiser_kind sg_optimiser_adam, sg_optimiser_adamw, sg_optimiser_adamax, sg_optimiser_sgd,
    sg_optimiser_rmsprop;

SG_KINDS_DECLARE(sg_optimiser, sg_optimiser_kind);

/* The arrays that are kept with this configuration, those of the kind and then that of feedback that is trained (the
 * engine's, which alone changes it): their names, NULL past the last; and how many there are. */
const char *sg_optimiser_array_name(const sg_learn_config *config, size_t i);
size_t sg_optimiser_arrays(const sg_learn_config *config);

/* The check of the configured kind. */
sg_status sg_optimiser_check(const sg_learn_config *config);

/* The step of the configured kind, with weight decay. */
void sg_optimise(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *step);

/* base^n by squaring: multiplications only, so the same bits everywhere. */
double sg_power(double base, uint64_t n);

#endif

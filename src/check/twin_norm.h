/* Normalisation of the twin: mean and variance of what came into a layer in a run over all samples, with their slopes,
 * which the next run takes. */
#ifndef SG_CHECK_TWIN_NORM_H
#define SG_CHECK_TWIN_NORM_H

#include "check/twin.h"

typedef struct sg_twin_norm {
    const sg_norm *norm;
    sg_dual *x;               /* (rows, C) the sum of x in this run; or NULL, where x is taken as it is */
    sg_dual *square;          /* (rows, C) that of (x - origin) squared, ... */
    double *origin;           /* (rows, C) ... the mean of the run before, so that nothing cancels */
    sg_dual *mean, *variance; /* (rows, C) of the run before */
    size_t *count;            /* (rows, C) numbers of this run */
} sg_twin_norm;

/* Whether there is memory; closed in either case. */
bool sg_twin_norm_open(sg_twin_norm *norm, const sg_norm *of);
void sg_twin_norm_close(sg_twin_norm *norm);

/* Adds x of neuron n of layer l to this run's sums, and normalises it by those of the run before. */
sg_dual sg_twin_normalise(const sg_twin *twin, sg_twin_norm *norm, size_t l, size_t t, size_t n, sg_dual x);

/* After a run. */
void sg_twin_norm_take(sg_twin_norm *norm);

#endif

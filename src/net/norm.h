/* Normalisation of a layer's weighted input x through time: y = (x - mean) factor + shift, for each neuron, or channel
 * of a convolution (docs/maths.md). What comes back to the layer itself is added to y.
 *
 * Training takes mean and variance of the batch in work (norm_batch.h). Everybody else takes those that training kept
 * on the way; they are parameters without a gradient, so that models and checkpoints have them. */
#ifndef SG_NET_NORM_H
#define SG_NET_NORM_H

#include "base/memory.h"
#include "net/group.h"
#include "net/network_config.h"

enum { SG_NORM_GROUPS = 4 };

/* What makes y of x, (rows, stride) each. */
typedef struct sg_norm_rows {
    float *mean, *factor, *shift;
} sg_norm_rows;

typedef struct sg_norm {
    size_t rows;     /* 1, or T where each step is normalised apart; 0: x is taken as it is */
    size_t channels; /* C: neuron n is of channel n % C */
    size_t neurons, stride;
    float gain; /* y's standard deviation at first */
    double momentum, eps;
    const sg_group *scale, *shift, *mean, *variance; /* (rows, C); shift may be NULL */
    sg_norm_rows kept;                               /* made of the parameters */
} sg_norm;

/* Of a layer of so many neurons, in C channels. Adds its groups to those of the layer, of which there
 * are `*count`. */
sg_norm sg_norm_plan(const sg_layer_config *config, size_t steps, size_t channels, size_t neurons, sg_group *groups,
                     size_t *count);

/* Takes `kept`. */
void sg_norm_lay_out(sg_norm *norm, sg_arena *arena);

/* Scale and variance 1, shift and mean 0. */
void sg_norm_initialise(const sg_norm *norm, float *parameters);

/* Brings `kept` up to date. */
void sg_norm_refresh(sg_norm *norm, const float *parameters);

/* Fills `rows` for these means and variances, (rows, C). */
void sg_norm_fill(const sg_norm *norm, const sg_norm_rows *rows, const float *parameters, const double *mean,
                  const double *variance);

/* The row of a step. */
static inline size_t sg_norm_row(const sg_norm *norm, size_t step) {
    return norm->rows == 1 ? 0 : step;
}

/* y (steps, width) of a block, from x, which may be the same array; `first` is the first step. */
void sg_norm_apply(const sg_norm *norm, const sg_norm_rows *rows, sg_block block, size_t first, size_t steps,
                   const float *x, float *y);

/* g (steps, width), dL/dy, becomes dL/dx where mean and variance are those that were kept, which are constant. */
void sg_norm_apply_back(const sg_norm *norm, sg_block block, size_t first, size_t steps, float *g);

#endif

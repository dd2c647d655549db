/* Mean and variance of a batch, of one normalised layer, and the gradient through them. Each sample adds up sums of its
 * own, in double precision; these are added in the order of the samples, so that no thread decides about a bit. */
#ifndef SG_NET_NORM_BATCH_H
#define SG_NET_NORM_BATCH_H

#include "net/stage.h"

struct sg_norm_batch {
    const sg_norm *norm;     /* its rows are 0 where the layer is not normalised */
    size_t count;            /* numbers that a mean is of */
    double *mean, *variance; /* (rows, C) of x */
    double *sums;            /* (2, rows, C) of all samples */
    sg_norm_rows rows;       /* what makes y of x */
    float *by_mean, *by_x;   /* (rows, stride) dL/dx = factor (dL/dy - by_mean - (x - mean) by_x) */
};

void sg_norm_batch_lay_out(sg_norm_batch *batch, sg_arena *arena, const sg_norm *norm);

/* Of a sample in its workspace: takes `weighed` and `norm_sums`. */
void sg_norm_lay_out_sample(sg_workspace *workspace, const sg_stage_request *request);

/* The sample's sums: forward of x and x squared, from `weighed`; backward of dL/dy and dL/dy (x - mean), from g. */
void sg_norm_batch_sum(const sg_layer_run *run);
void sg_norm_batch_sum_back(const sg_layer_run *run);

/* The same sums of `samples` workspaces, and what is made of them. */
void sg_norm_batch_take(sg_norm_batch *batch, size_t l, const sg_network *network, const sg_workspace *workspaces,
                        size_t samples);
void sg_norm_batch_take_back(sg_norm_batch *batch, size_t l, const sg_workspace *workspaces, size_t samples);

/* g (T, width) of a block, dL/dy, becomes dL/dx. */
void sg_norm_batch_back(const sg_layer_run *run, sg_block block, float *g);

/* The gradient of scale and shift += the sample's part, from its sums of the way back. */
void sg_norm_batch_add_gradient(const sg_layer_run *run);

/* Moves the kept mean and variance towards those of the batch. */
void sg_norm_batch_keep(const sg_norm_batch *batch, float *parameters);

#endif

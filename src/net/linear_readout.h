/* The linear read-out. If the neurons of the last layer do not fire, their membrane v is linear in the spikes s that
 * come in. So is any sum y = sum_t r[t] v[t], such as the mean or the last value. Let c[t] be what an input of 1 in
 * step t adds to y; it is the same for all neurons of the layer. Then
 *
 *     y_k = sum_i a_i W_ik + C b_k,   a_i = sum of c[t] over the spikes of i,   C = sum of c[t] over all steps,
 *     dL/dW_ik = a_i dL/dy_k,   dL/db_k = C dL/dy_k,   dL/ds_i[t] = c[t] sum_k W_ik dL/dy_k.
 *
 * So the layer is not run step by step; only a is computed, from the bits of the spikes. */
#ifndef SG_NET_LINEAR_READOUT_H
#define SG_NET_LINEAR_READOUT_H

#include "net/network.h"
#include "net/readout.h"

typedef struct sg_linear_readout {
    float *response;  /* (T) c */
    float total;      /* C */
    float *sums;      /* (stride_below) a */
    float *values;    /* (stride) y */
    float *by_values; /* (stride) dL/dy; for backward */
    float *by_spikes; /* (stride_below) sum_k W_ik dL/dy_k; for backward */
} sg_linear_readout;

/* Whether a network can be read so: its last layer is not its first, does not fire, has a link with forward_row and
 * backward_row, and one set of constants that is not trained. */
bool sg_linear_readout_fits(const sg_network *network, sg_readout readout);

void sg_linear_readout_lay_out(sg_linear_readout *linear, sg_arena *arena, const sg_network *network, bool backward);

/* Fills response and total; once the arrays are there. */
void sg_linear_readout_prepare(sg_linear_readout *linear, const sg_network *network, sg_readout readout);

/* Before a sample; then for the spikes (steps, stride_below / SG_LANES) of its steps from `first` on, in one go or in
 * several in the order of time; and after the last. `dropout`: the layer's, or 0 where nothing is dropped. */
void sg_linear_readout_begin(sg_linear_readout *linear, const sg_network *network);
void sg_linear_readout_collect(sg_linear_readout *linear, const sg_network *network, const uint16_t *spikes,
                               size_t first, size_t steps);
void sg_linear_readout_forward(sg_linear_readout *linear, const sg_network *network, float dropout);

/* Adds the layer's gradient, and makes by_spikes, from by_values (outputs). mask: NULL, or (stride_below / SG_LANES)
 * bits of the inputs that dropout keeps. */
void sg_linear_readout_backward(sg_linear_readout *linear, const sg_network *network, const double *by_values,
                                float dropout, const uint16_t *mask, const sg_gradient *gradient);

/* dL/dspikes of a block of the layer below, from step `first` on. */
sg_rank_one sg_linear_readout_gradient(const sg_linear_readout *linear, size_t first, sg_block below);

#endif

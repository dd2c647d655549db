/* Delays of synapses (DCLS; docs/maths.md): a synapse of weight W spreads over lags of 0 .. D-1 steps, W q[k] at lag k.
 *
 * In training, q is a kernel about the synapse's delay, so that the loss has a derivative by it. The kernel's width
 * sigma shrinks from epoch to epoch: sg_network_spread_delays. Everywhere else a synapse has one whole lag, the one
 * that is nearest to its delay: so a network is evaluated and recorded, and so it predicts, whatever its training was
 * at. */
#ifndef SG_NET_LAGS_H
#define SG_NET_LAGS_H

#include "net/network_config.h"

#include <stddef.h>

#define SG_MAX_LAGS 1024 /* of a synapse */

typedef struct sg_lags {
    size_t count;          /* D; 0: synapses have no delays */
    bool trained;          /* whether delays are */
    float unit, most;      /* steps that delays are counted in; the longest delay, in these units */
    sg_delay_kernel shape; /* of q */
    double first, share;   /* sigma of the first epoch, and the part of the epochs in which it shrinks */
    double sigma;          /* in use, in steps; SG_WHOLE_LAGS: none */
} sg_lags;

#define SG_WHOLE_LAGS (-1.0)

/* Of a layer whose configuration was checked. Whole lags. */
sg_lags sg_lags_plan(const sg_layer_config *config, double dt_ms);

/* SG_CONFIG where a layer that has them may not, or they are too many, or not shorter than the samples. */
sg_status sg_lags_check(const sg_layer_config *config, size_t layer, double dt_ms, int64_t steps);

/* Whether sigma shrinks in some layer, so that it depends on how many epochs there are. */
bool sg_lags_shrink(const sg_network_config *config);

/* sigma where this part of the training, 0 to 1, is done. */
double sg_lags_sigma(const sg_lags *lags, double done);

/* Brings delays, in units, within 0 and the longest. */
void sg_lags_clamp(const sg_lags *lags, float *delays, size_t count);

/* The lag that is nearest to a delay, in units, which is within bounds. */
size_t sg_lags_nearest(const sg_lags *lags, float delay);

/* q (D), and dq/ddelay (D) by the delay in units; of a sigma that is none of whole lags. */
void sg_lags_spread(const sg_lags *lags, float delay, double *q, double *slope);

#endif

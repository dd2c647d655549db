/* Losses: what a network's output should be. A table of kinds; a kind is one file, loss_NAME.c, and one row. */
#ifndef SG_LEARN_LOSS_H
#define SG_LEARN_LOSS_H

#include "learn/config.h"
#include "net/pass.h"

/* The output of one sample. */
typedef struct sg_output {
    const sg_kernels *kernels;
    const uint32_t *counts; /* (outputs) spikes of each output, if it fires */
    const float *sums;      /* (outputs) its membrane summed over all steps, if it does not */
    float *row;             /* (stride) to work in */
    size_t outputs;
    size_t steps;  /* T */
    size_t stride; /* of the outputs */
} sg_output;

typedef struct sg_loss_kind {
    const char *name;
    bool spiking; /* whether it is made of spikes, or of the membrane of a read-out */

    /* The loss of one sample with this label. g, if not NULL, blocks of (T, width), is overwritten by `scale` times the
     * gradient by the output's spikes or membrane; 0 in padded lanes. */
    double (*apply)(const sg_learn_config *config, const sg_output *output, uint32_t label, double scale, float *g);

    /* The class that this output means; the lowest of those that tie. */
    uint32_t (*predict)(const sg_output *output);
} sg_loss_kind;

extern const sg_loss_kind sg_loss_spike_count_mse, sg_loss_mean_ce;

const char *sg_loss_name(int i); /* the i-th, NULL past the last */
const sg_loss_kind *sg_loss_at(int i);

/* The output that a forward pass left. */
sg_output sg_output_of(const sg_network *network, const sg_workspace *workspace);

/* Writes a gradient that is the same at every step: gradient (outputs), times scale, to g. */
void sg_spread_gradient(const sg_output *output, const double *gradient, double scale, float *g);

#endif

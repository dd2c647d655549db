/* Read-outs: one number for each output of a network, made of its spikes or of its membrane over time, or one for each
 * output and step; and backward, from dL/dvalues to dL/dspikes or dL/dmembrane. A table of kinds in readout.c. */
#ifndef SG_NET_READOUT_H
#define SG_NET_READOUT_H

#include "base/memory.h"
#include "kernel/kernel.h"
#include "net/block.h"

typedef enum sg_readout {
    SG_READOUT_COUNT,    /* spikes */
    SG_READOUT_MEAN,     /* of the membrane over the steps */
    SG_READOUT_MAX,      /* of the membrane over the steps */
    SG_READOUT_LAST,     /* the membrane after the last step */
    SG_READOUT_FIRST,    /* minus the step of the first spike, T if there is none */
    SG_READOUT_WEIGHTED, /* mean of the membrane over the steps, of which step t counts exp(-t / (T - 1)) */
    SG_READOUT_TRAIN,    /* spikes; their loss may be one of all their steps, which then needs the whole sample */
    SG_READOUT_STEPS     /* the membrane in each step: T numbers of each output, whose mean the sample is read as */
} sg_readout;

/* What has been read so far of one sample; arrays of (stride of the last layer). */
typedef struct sg_readout_state {
    uint32_t *counts;         /* spikes */
    float *sums;              /* of the membrane */
    float *peak;              /* largest membrane, ... */
    uint32_t *peak_step;      /* ... and the first step that has it */
    float *last;              /* membrane after the last step read */
    uint32_t *first, *second; /* steps of the first two spikes, T for none */
    float *membranes;         /* (T, stride) the membrane in each step, where a kind reads them, ... */
    size_t first_row, rows;   /* ... and which rows are there: all; forward in time, those of the chunk */
    float *row;               /* to work in */
} sg_readout_state;

/* Whether a kind needs outputs that fire; the others need a membrane that does not. */
bool sg_readout_spikes(sg_readout kind);

/* Whether a kind is a sum of the membrane over the steps, sum_t r[t] v[t]; and r[t] of `steps` steps for one that is.
 */
bool sg_readout_is_linear(sg_readout kind);
double sg_readout_slope(sg_readout kind, size_t t, size_t steps);

/* Whether every step of any sample has a part in what is read. */
bool sg_readout_has_all_steps(sg_readout kind);

/* Whether each step has numbers of its own. */
bool sg_readout_has_rows(sg_readout kind);

/* Rows of numbers that a loss gets of a sample: one, or one for each step. */
size_t sg_readout_rows(sg_readout kind, size_t steps);

/* `steps` of which numbers are kept. */
void sg_readout_lay_out(sg_readout kind, sg_readout_state *outputs, sg_arena *arena, size_t steps, size_t stride);

/* Before a sample of `steps` steps; then for its steps, in one go or in several in the order of time: x blocks of
 * (steps, width), spikes (steps, stride / SG_LANES), step 0 of both the `first` of the sample. */
void sg_readout_begin(sg_readout_state *outputs, size_t steps, size_t stride);
void sg_readout_collect(sg_readout kind, const sg_kernels *kernels, sg_readout_state *outputs, const float *x,
                        const uint16_t *spikes, size_t first, size_t steps, size_t all_steps, size_t neurons);

/* The number of each output, (neurons), of a sample of `steps` steps. */
void sg_readout_values(sg_readout kind, const sg_readout_state *outputs, size_t steps, size_t neurons, double *values);

/* g, blocks of (steps, width), = dL/dspikes or dL/dmembrane in `steps` steps from `first` on, of `all_steps` of the
 * sample, from `gradient`, dL/dvalues of the rows that are there, (rows, neurons). 0 in padded lanes. by_time: of
 * spikes, dL/dtime by the step, where they are, in the place of dL/dspikes. */
void sg_readout_seed(sg_readout kind, const sg_kernels *kernels, sg_readout_state *outputs, const double *gradient,
                     bool by_time, float *g, size_t first, size_t steps, size_t all_steps, size_t neurons);

#endif

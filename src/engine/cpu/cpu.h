/* The CPU as an engine: its threads share the slices of a batch, or the blocks of a wide first layer, and then the
 * parameters. */
#ifndef SG_ENGINE_CPU_CPU_H
#define SG_ENGINE_CPU_CPU_H

#include "base/threads.h"
#include "engine/cpu/blockwise.h"
#include "engine/cpu/normed.h"
#include "engine/engine.h"

enum { SG_RANGES = 32 }; /* of the parameters, for threads to share */

typedef struct sg_cpu {
    sg_engine engine;
    sg_engine_request request;
    sg_pool *pool;
    size_t round;             /* samples that a thread runs side by side, but for block-wise rounds */
    size_t samples;           /* in work at the same time: a round for each thread, a block-wise round, or a batch */
    size_t places;            /* samples that there is an entry for */
    sg_workspace *workspaces; /* (places) of which `samples` are open */
    sg_arena memory;          /* of the arrays below, but for the scratch */

    /* For training. */
    sg_feedback feedback; /* where the rule asks for it */
    sg_augment augment;
    sg_augment_scratch *scratch; /* (places) */
    sg_arena scratch_memory;
    size_t longest;               /* events of a sample that workspaces and scratch have room for */
    sg_partial_gradients partial; /* of the gradient */
    sg_blockwise blockwise;       /* of networks with a wide first layer */
    sg_normed normed;             /* of networks with normalised layers */
    sg_slice_result results[SG_MAX_SLICES];
    uint32_t *counts; /* (SG_MAX_SLICES, hidden neurons) spikes of a batch, where rates have a penalty; else NULL */
    float *by_spikes; /* (hidden neurons) the penalty's gradient with respect to each spike of a neuron */
    float *
        arrays[SG_ARRAY_OPTIMISER + SG_OPTIMISER_ARRAYS]; /* (parameter_count) each; the parameters are the network's */
    bool summed;               /* whether the gradient is in its array; else partial gradients are still to be summed */
    bool squared;              /* ... and whether `squares` are of it */
    double squares[SG_RANGES]; /* of the rows of a range of the gradient, once it is summed */
    bool finite[SG_RANGES];    /* after a step */
    sg_engine_step step;       /* in hand */

    /* For evaluation. */
    uint16_t *fired; /* (threads, tiles of all layers) bits of neurons that fired for any sample */
    size_t tiles;
} sg_cpu;

/* The functions of sg_engine_kind that have files of their own. */
sg_status sg_cpu_gradient(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums);
double sg_cpu_gradient_norm(sg_engine *engine);
void sg_cpu_step(sg_engine *engine, const sg_engine_step *step, double *norm, bool *finite);
sg_status sg_cpu_evaluate(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums,
                          const sg_engine_outcome *outcome);

/* Feedback that is trained, if it is: what its array begins with, how it is made of that before a batch, and, before
 * the optimiser's step of some numbers of a group, what decays of them. */
void sg_cpu_begin_feedback(sg_cpu *cpu);
void sg_cpu_refresh_feedback(sg_cpu *cpu);
void sg_cpu_decay_feedback(sg_cpu *cpu, const sg_group *group, size_t at, size_t count);

/* Opens workspaces for so many samples, if there are fewer. */
sg_status sg_cpu_open_workspaces(sg_cpu *cpu, size_t samples);

/* Sums the partial gradients, unless that is done. */
void sg_cpu_sum_gradient(sg_cpu *cpu);

#endif

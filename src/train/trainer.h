/* The trainer: batches to steps. A batch is cut into slices, whatever the number of threads; each slice
 * adds up its own gradient, sample after sample, and the pieces are added in their order. */
#ifndef SG_TRAIN_TRAINER_H
#define SG_TRAIN_TRAINER_H

#include "base/threads.h"
#include "engine/blockwise.h"
#include "learn/optimiser.h"

enum { SG_RANGES = 32 }; /* of the parameter array */

struct sg_trainer {
    sg_network *network;
    sg_learn_config config;
    sg_pool *pool;
    sg_optimiser_state state;
    uint64_t epoch_steps;       /* steps of an epoch, for the schedule; 0: none is known, and the rate is constant */
    double lr, clip;            /* of the step in hand: the rate, and what the gradient is multiplied by */
    float *gradient;            /* (parameter_count) */
    double squares[SG_RANGES];  /* sums over the rows of a range of the gradient, before it is clipped */
    sg_partial_gradients parts; /* of the gradient */
    sg_blockwise wide;          /* of networks with a wide first layer */
    size_t samples;             /* in work at once: one for each thread, or those of a wide network's round */
    sg_slice_result results[SG_MAX_SLICES];
    uint32_t *counts;    /* (SG_MAX_SLICES, hidden neurons) spikes of a batch, where rates are regularised; else NULL */
    float *by_spikes;    /* (hidden neurons) gradient by each spike of a neuron */
    double price;        /* of the rates of the batch in hand */
    sg_data_config data; /* what augmentation does */
    sg_augment augment;
    sg_augment_scratch *rooms; /* (samples) */
    size_t room;               /* events of a sample that workspaces and rooms have room for */
    sg_arena room_memory;      /* of the rooms' arrays */
    bool finite[SG_RANGES];    /* whether the weights of a range are, after a step, and the state that was looked at */
    sg_workspace *workspaces;  /* (samples) */
    sg_arena memory;           /* of the arrays */
};

/* The threads that a trainer uses for a request, where 0 means one for each processor. */
int sg_trainer_threads(int requested);

/* Bytes of a trainer's own arrays, of partial gradients and of its workspaces with the room in which samples are
 * changed, for a network (that may be only planned). */
void sg_trainer_bytes(const sg_network *network, const sg_config *config, int threads, size_t *arrays, size_t *pieces,
                      size_t *workspaces);

/* SG_DATA unless `events` fit the network: channels, steps and their length, labels below the outputs. */
sg_status sg_check_events(const sg_network *network, const sg_events *events);

/* SG_ARGUMENT unless there is a sample and all are in the store. */
sg_status sg_check_samples(const sg_events *events, const uint32_t *samples, size_t count);

#endif

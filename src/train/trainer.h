/* The trainer: what is done with a batch. It checks the samples, knows the step and its learning rate, clips, and tells
 * what went wrong; an engine does the work. */
#ifndef SG_TRAIN_TRAINER_H
#define SG_TRAIN_TRAINER_H

#include "engine/engine.h"

struct sg_trainer {
    sg_network *network;
    sg_learn_config config;
    sg_data_config data;  /* what augmentation does */
    sg_partners partners; /* where it blends */
    sg_engine *engine;
    uint64_t steps;                 /* done */
    uint64_t epoch_steps;           /* of an epoch, for the schedule; 0: none is known, and the rate is constant */
    uint64_t spikes[SG_MAX_LAYERS]; /* of each layer over the last batch */
    sg_score score;                 /* of the loss's metric over the last batch */
    bool has_gradient;              /* whether the engine holds one that was not applied */
    bool in_stream;                 /* whether its last batch was a part of a stream */
};

/* What a trainer asks of its engine, for a network (that may be only planned). */
sg_engine_request sg_trainer_request(sg_network *network, const sg_learn_config *learn, const sg_data_config *data,
                                     int threads);

/* Bytes of a trainer for a network (that may be only planned). */
sg_engine_bytes sg_trainer_bytes(sg_network *network, const sg_config *config, int threads);

/* SG_MODEL unless `events` fit the network: channels, steps and their length, labels below the outputs,
 * and names of classes, where both have them. */
sg_status sg_check_events(const sg_network *network, const sg_events *events);

/* SG_ARGUMENT unless there is a sample and all are in the store. */
sg_status sg_check_samples(const sg_events *events, const uint32_t *samples, size_t count);

/* SG_ARGUMENT unless every derivative of the caller's loss, (count, N), is finite in single precision, in which they go
 * back. */
sg_status sg_check_by_outputs(const sg_network *network, const double *by_outputs, size_t count);

/* SG_DATA unless all of these samples, which are in the store, have a label, and what else the loss compares with;
 * SG_CONFIG where it is a softmax of one output. */
sg_status sg_check_wanted(const sg_learn_config *learn, const sg_network *network, const sg_events *events,
                          const uint32_t *samples, size_t count);

#endif

/* Checkpoints: all that a run needs to go on with the same bits. */
#ifndef SG_STORE_CHECKPOINT_H
#define SG_STORE_CHECKPOINT_H

#include "store/network_file.h"
#include "train/trainer.h"

/* Sums over the batches of an epoch so far. */
typedef struct sg_epoch_sums {
    double loss;    /* sum of the batches' mean losses */
    double seconds; /* of training */
    uint64_t samples;
    sg_score score; /* of the loss's metric */
    uint64_t spikes[SG_MAX_LAYERS];
    double gradient_norm; /* sum of the batches' */
    double lr;            /* of the last batch */
} sg_epoch_sums;

/* Where a run stands. */
typedef struct sg_position {
    uint64_t epoch;     /* epochs done */
    uint64_t batch;     /* batches done of the next one */
    sg_epoch_sums sums; /* of these batches */
    sg_epoch *history;  /* (epoch) metrics of the epochs done, whose arrays are ... */
    double *activity;   /* ... here: (epochs, 2, layers) rates, and fractions of silent neurons */
} sg_position;

/* Room for the history of so many epochs; `close` takes one that was never opened. */
sg_status sg_history_open(sg_position *position, uint64_t epochs, size_t layers);
void sg_history_close(sg_position *position);

/* The arrays (layers) of epoch e, from 0, to be filled. */
double *sg_history_rates(const sg_position *position, uint64_t e, size_t layers);
double *sg_history_silent(const sg_position *position, uint64_t e, size_t layers);

/* Sets the accuracies of an epoch from its metrics: NaN where the loss has another metric. */
void sg_history_tell_accuracy(sg_epoch *epoch, const sg_learn_config *learn);

/* The best of the epochs done, from 0: that of the best validation metric, of those that tie the one of the lowest
 * validation loss, the first. */
uint64_t sg_best_epoch(const sg_position *position, const sg_learn_config *learn);

sg_status sg_checkpoint_save(const sg_config *config, const sg_trainer *trainer, const sg_position *position,
                             const char *path);

/* Reads the configuration that a checkpoint was made with; the caller frees it. */
sg_status sg_checkpoint_config(const char *path, sg_config **config);

/* Fills network, optimiser and position, whose history is allocated for `epochs` epochs or more and owned by the
 * caller. */
sg_status sg_checkpoint_load(const char *path, sg_trainer *trainer, uint64_t epochs, sg_position *position);

#endif

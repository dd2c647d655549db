/* Learning rules: how a gradient comes about. A table of kinds; a kind is one file, rule_NAME.c, and one row. The
 * trainer does not know which it runs. */
#ifndef SG_LEARN_RULE_H
#define SG_LEARN_RULE_H

#include "data/augment.h"
#include "learn/loss.h"

/* Some samples of a batch, for one thread: samples[begin .. end-1]. */
typedef struct sg_batch_slice {
    const sg_network *network;
    const sg_learn_config *config;
    const sg_events *events;
    const uint32_t *samples;
    size_t begin, end;
    double scale;                          /* of the gradient of each sample: 1 / samples of the batch */
    const sg_augment *augment;             /* NULL: samples are shown as they are */
    uint64_t number;                       /* of the optimiser's step, for what is drawn anew in each */
    const float *by_spikes[SG_MAX_LAYERS]; /* gradient by each spike of a layer (stride), or NULL: regulariser.h */
} sg_batch_slice;

/* A cache line of its own, as the thread at the next piece writes to that one's. */
typedef struct sg_slice_result {
    _Alignas(SG_ALIGNMENT) double loss; /* sum over samples */
    size_t correct;
    uint64_t spikes[SG_MAX_LAYERS];
} sg_slice_result;

typedef struct sg_rule_kind {
    const char *name;
    bool by_blocks; /* whether it is what engine/blockwise.h does block by block */

    /* Adds the gradient of the piece's samples, one after the other, to `gradient`; overwrites `result`. */
    void (*run)(const sg_batch_slice *piece, sg_workspace *workspace, const sg_augment_scratch *room,
                const sg_gradient *gradient, sg_slice_result *result);
} sg_rule_kind;

extern const sg_rule_kind sg_rule_bptt;

/* The `i`-th of `parts` nearly equal parts of `count` items (NumPy's array_split): *begin .. *end-1. */
void sg_split_range(size_t count, size_t parts, size_t i, size_t *begin, size_t *end);

const char *sg_rule_name(int i); /* the i-th, NULL past the last */
const sg_rule_kind *sg_rule_at(int i);

/* The input spikes of a sample. */
sg_spike_list sg_events_list(const sg_events *events, size_t sample);

/* The pass of the s-th sample of a batch, as training makes it: augmented, in the room. `draw` must live as long. */
sg_sample_run sg_training_sample_run(const sg_batch_slice *piece, size_t s, sg_dropout_key *draw,
                                     const sg_augment_scratch *room);

/* Compares what the s-th sample of a batch was read as with its label: leaves the gradient by what was read in the
 * workspace's by_values, and adds to `result`. */
void sg_apply_loss(const sg_batch_slice *piece, sg_workspace *workspace, size_t s, sg_slice_result *result);

/* Adds to `result` what a forward pass of one sample showed. */
void sg_result_add(sg_slice_result *result, const sg_network *network, const sg_workspace *workspace, double loss,
                   bool correct);

#endif

/* A slice of a batch: samples that one thread runs, one after the other. A batch is cut into slices whatever the number
 * of threads; each slice has a gradient of its own, and these are summed in the order of the slices. */
#ifndef SG_ENGINE_CPU_SLICE_H
#define SG_ENGINE_CPU_SLICE_H

#include "base/range.h"
#include "data/augment.h"
#include "engine/engine.h"
#include "net/sample_run.h"

enum {
    SG_FEW_SLICES = 16,       /* of a batch, ... */
    SG_MAX_SLICES = 64,       /* ... or of one with many samples, which so many threads then can share */
    SG_MANY_SAMPLES = 1 << 10 /* samples from which on a batch has that many */
};

/* The slices of a batch of so many samples. It depends on nothing else, since it decides the order of sums. */
static inline size_t sg_slice_count(size_t samples) {
    return samples < SG_MANY_SAMPLES ? SG_FEW_SLICES : SG_MAX_SLICES;
}

/* samples[begin .. end-1] of a batch. */
typedef struct sg_batch_slice {
    const sg_network *network;
    const sg_learn_config *config;
    const sg_events *events;
    const uint32_t *samples;
    size_t begin, end;
    double scale;                          /* of the gradient of each sample: 1 / samples of the batch */
    const sg_augment *augment;             /* NULL: samples are shown as they are */
    uint64_t number;                       /* of the optimiser's step, for what is drawn anew in each */
    const float *by_spikes[SG_MAX_LAYERS]; /* dL/dspike of each neuron of a layer (stride), or NULL: rate_penalty.h */
    bool forward_only;
    const double *by_outputs; /* (samples of the batch, outputs) dL/doutputs; NULL: the configured loss makes them */
    double *outputs;          /* (samples of the batch, outputs) becomes what samples are read as; or NULL */
    uint32_t *predictions;    /* (samples of the batch) becomes the largest output of each; or NULL */
    bool goes_on;             /* its sample goes on where the workspace's sample before ended, ... */
    bool is_part;             /* ... or another one may go on where it ends */
} sg_batch_slice;

/* Sums over the samples of a slice. A cache line of its own, since the next slice's are another thread's. */
typedef struct sg_slice_result {
    _Alignas(SG_ALIGNMENT) double loss;
    size_t correct;
    sg_score score;
    uint64_t spikes[SG_MAX_LAYERS];
} sg_slice_result;

/* The run of the s-th sample of a batch, as training makes it: augmented, in the scratch, and with dropout. `key` must
 * live as long. */
sg_sample_run sg_training_run(const sg_batch_slice *slice, size_t s, sg_dropout_key *key,
                              const sg_augment_scratch *scratch);

/* Leaves dL/doutputs in the workspace's by_values, after the forward pass of the s-th sample of a batch; copies the
 * outputs where they are wanted, and adds to `result`. */
void sg_finish_forward(const sg_batch_slice *slice, sg_workspace *workspace, size_t s, sg_slice_result *result);

/* The forward pass of the s-th sample of a batch as evaluation makes it, and what sg_finish_forward does after it. */
void sg_run_forward(const sg_batch_slice *slice, sg_workspace *workspace, sg_sample_run *run, size_t s,
                    sg_slice_result *result);

/* += what `count` slices showed. */
void sg_add_results(sg_batch_sums *sums, const sg_slice_result *results, size_t count);

/* Where a thread runs samples, as many side by side as it is fastest for (sg_workspace_round). */
typedef struct sg_sample_places {
    sg_workspace *workspaces;          /* (count) */
    const sg_augment_scratch *scratch; /* (count) */
    size_t count;
} sg_sample_places;

/* Adds the gradient of the slice's samples, in their order, to `gradient`; overwrites `result`. */
void sg_run_slice(const sg_batch_slice *slice, const sg_sample_places *places, const sg_gradient *gradient,
                  sg_slice_result *result);

#endif

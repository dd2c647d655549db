/* Engines: devices that run a batch. The trainer (train/) decides what is to be done: which samples, which rate, what
 * an error means. An engine does it: it owns the working memory, the gradient and the optimiser's arrays, and it alone
 * changes the parameters. The grain is a batch, so that a device that is far away is asked seldom.
 *
 * A kind of engine is one folder and one row of the table in engine.c. All engines give the same bits. */
#ifndef SG_ENGINE_ENGINE_H
#define SG_ENGINE_ENGINE_H

#include "data/augment.h"
#include "engine/overflow.h"
#include "learn/metric.h"
#include "learn/optimiser.h"
#include "learn/rule.h"

typedef struct sg_engine_kind sg_engine_kind;

/* What every engine begins with. */
typedef struct sg_engine {
    const sg_engine_kind *kind;
} sg_engine;

/* What an engine is for. All of it must outlive the engine. */
typedef struct sg_engine_request {
    const sg_network *network;
    sg_network *trained;          /* the same network for training; NULL: for evaluation, which changes nothing */
    const sg_learn_config *learn; /* seed, rule, loss, optimiser, penalties */
    const sg_data_config *data;   /* augmentation; training alone reads it */
    int threads;                  /* 1 or more */
    const sg_partners *partners;  /* of a configuration that blends; opened before the first batch */
} sg_engine_request;

/* Bytes that an engine allocates for training, but for what the longest sample needs. */
typedef struct sg_engine_bytes {
    size_t arrays;     /* the gradient and the optimiser's arrays */
    size_t slices;     /* partial gradients */
    size_t workspaces; /* with scratch in which samples are changed */
} sg_engine_bytes;

/* Samples to run, and what is wanted of them. */
typedef struct sg_batch {
    const sg_events *events;
    const uint32_t *samples; /* (count) */
    size_t count;
    uint64_t number;          /* of the optimiser's step, for what is drawn anew in each */
    bool forward_only;        /* training's forward pass, with dropout and augmentation, and no gradient */
    const double *by_outputs; /* (count, outputs) dL/doutputs, where L is the caller's; NULL: the configured loss */
    double *outputs;          /* (count, outputs) becomes what each sample is read as; or NULL */
    bool part;                /* it is one sample, a part of a stream (sg_trainer_gradient_part), ... */
    bool goes_on;             /* ... and not its first */
} sg_batch;

/* Sums over the samples of a batch. */
typedef struct sg_batch_sums {
    double loss; /* 0 where by_outputs is given */
    double penalty;
    size_t correct; /* samples whose largest output is that of their label */
    sg_score score; /* of the loss's metric; nothing where by_outputs is given and data have other targets */
    uint64_t spikes[SG_MAX_LAYERS];
} sg_batch_sums;

/* One step of the optimiser. */
typedef struct sg_engine_step {
    uint64_t number; /* 1, 2, ... */
    double lr;
    double factor; /* the gradient is multiplied by it first: 1, or less where it is clipped */
} sg_engine_step;

/* Arrays shaped like the parameters. Those of the optimiser are SG_ARRAY_OPTIMISER + i. */
typedef enum sg_array_id { SG_ARRAY_PARAMETERS, SG_ARRAY_GRADIENT, SG_ARRAY_OPTIMISER } sg_array_id;

/* What an evaluation is to fill, of the batch's samples in their order; or NULL. */
typedef struct sg_engine_outcome {
    uint32_t *predictions; /* (count) */
    double *outputs;       /* (count, outputs) */
    bool *fired;           /* (padded neurons of all layers) whether a neuron fired for any sample */
} sg_engine_outcome;

struct sg_engine_kind {
    const char *name;
    const char *summary;

    /* Required. What `open` will allocate, for a network that may be only planned. */
    sg_engine_bytes (*bytes)(const sg_engine_request *request);

    /* Required. How a layer will be computed; `spikes` come in a sample. */
    sg_stage_info (*plan)(const sg_engine_request *request, size_t layer, double spikes);

    /* Required. */
    sg_status (*open)(const sg_engine_request *request, sg_engine **out);
    void (*close)(sg_engine *engine);

    /* Required. Leaves the gradient of the batch's mean loss in the engine, in the place of what was there. The samples
     * fit the network (sg_check_events). Allocates only for a sample, or of normalised layers a batch, longer than any
     * before. */
    sg_status (*gradient)(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums);

    /* Required. The norm of the whole gradient that the engine holds. */
    double (*gradient_norm)(sg_engine *engine);

    /* Required. Changes parameters and the optimiser's arrays by the gradient that the engine holds; *norm becomes that
     * of the gradient before it was scaled. *finite, whether all parameters are still finite, and a part of the
     * optimiser's arrays, another one in each step. */
    void (*step)(sg_engine *engine, const sg_engine_step *step, double *norm, bool *finite);

    /* Required, of an engine for evaluation. Runs samples as they are. */
    sg_status (*evaluate)(sg_engine *engine, const sg_batch *batch, sg_batch_sums *sums,
                          const sg_engine_outcome *outcome);

    /* Required. An array as it is on the host; it lives until the next call and must not be changed. */
    const float *(*read)(sg_engine *engine, int array);

    /* Required. Puts values in the place of an array's. */
    void (*write)(sg_engine *engine, int array, const float *values);

    /* Optional. Whether a membrane of the samples that were last in work is not finite, and which. */
    bool (*overflow)(const sg_engine *engine, sg_overflow *overflow);
};

extern const sg_engine_kind sg_engine_cpu;

/* The engine that a trainer or an evaluation uses. */
const sg_engine_kind *sg_engine_default(void);

/* Threads that a request comes to, where 0 means one for each processor; training has work for SG_MAX_SLICES. */
int sg_engine_threads(int requested);

#endif

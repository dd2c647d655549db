/* How a network learns: rule, loss, optimiser, schedule, regularisation. */
#ifndef SG_LEARN_LEARN_CONFIG_H
#define SG_LEARN_LEARN_CONFIG_H

#include "net/network_config.h"

typedef enum sg_eprop_form { SG_EPROP_BACKWARD, SG_EPROP_ONLINE } sg_eprop_form;
typedef enum sg_eprop_feedback { SG_EPROP_SYMMETRIC, SG_EPROP_RANDOM, SG_EPROP_ADAPTIVE } sg_eprop_feedback;

typedef struct sg_learn_config {
    int64_t seed;
    const char *init; /* model file of the initial parameters; "": they are drawn or read layer by layer */
    int64_t epochs;
    int64_t patience;               /* epochs without a better one after which a run ends; 0: never */
    int64_t batch;                  /* nominal; an epoch is floor(samples / batch) nearly equal batches, at least 1 */
    bool shuffle;                   /* a new order each epoch */
    int rule;                       /* row of the rule table */
    int64_t bptt_window;            /* steps after which states are constant; 0: never */
    int eprop_form;                 /* sg_eprop_form */
    int64_t eprop_chunk;            /* steps that the online form takes together */
    int eprop_feedback;             /* sg_eprop_feedback */
    double eprop_decay;             /* part of adaptive feedback and of the last layer's weights that a step takes */
    double eventprop_guard;         /* backward_plan.h */
    bool eventprop_kink;            /* likewise, kinks */
    int64_t decolle_chunk;          /* steps that are taken together; 0: all of a sample, backward */
    double decolle_scale;           /* backward_plan.h: local */
    bool slayer_exact_reset;        /* whether the refractory kernel is differentiated, too */
    int loss;                       /* row of the loss table */
    double true_count, false_count; /* spikes wanted of the label's output and of the others */
    double loss_scale, label_smoothing;
    double early, early_tau;                     /* penalty of a late label, and its time constant in ms */
    double loss_tau;                             /* ms, of the kernel that losses of spike trains filter by */
    double region_begin, region_end;             /* ms; an end of 0 is that of the sample */
    double upper, upper_rate, lower, lower_rate; /* rate_penalty.h; rates in spikes per sample */
    int optimiser;                               /* row of the optimiser table */
    double lr;
    double beta1, beta2, eps;
    bool amsgrad;
    double momentum;
    bool nesterov;
    double alpha; /* of rmsprop */
    double weight_decay;
    double clip_norm;    /* 0: gradients are not clipped */
    int schedule;        /* row of the schedule table */
    double warmup;       /* epochs */
    int64_t step_epochs; /* of schedule step */
    double step_factor;
    double final;         /* of cosine: lr at the end of the run, of one_cycle: ... as a fraction of that at first */
    double peak;          /* of one_cycle: fraction of the run until the top */
    double first_divisor; /* of one_cycle: lr / its first */
} sg_learn_config;

/* Whether the loss suits the outputs. SG_CONFIG with the key and the remedy. */
sg_status sg_learn_config_check(const sg_learn_config *config, const sg_network_config *network);

extern const sg_option sg_learn_options[];
extern const size_t sg_learn_option_count;

#endif

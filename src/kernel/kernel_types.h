/* What kernels take: lists of spikes, surrogates, neurons and their constants. */
#ifndef SG_KERNEL_KERNEL_TYPES_H
#define SG_KERNEL_KERNEL_TYPES_H

#include "base/status.h"

#define SG_LANES       16     /* neurons of a tile */
#define SG_BLOCK       128    /* neurons of a block, at most */
#define SG_FLUSH       1e-30f /* states below it become 0 */
#define SG_FLUSH_STEPS 8      /* steps between two flushes of a neuron's states */

/* Spikes as a list, sorted by step, then channel. Row 0 of an array over steps is step `first`. A channel may stand
 * there several times for a step, and counts as often. */
typedef struct sg_spike_list {
    const uint16_t *step;    /* (count) */
    const uint32_t *channel; /* (count) */
    size_t count;
    size_t first;
} sg_spike_list;

/* What comes in from data: spikes, or numbers, which may stand there once for each channel and step. */
typedef struct sg_input_list {
    sg_spike_list list;
    const float *value; /* (count) the number of each; NULL: spikes, each of which counts 1 */
    bool constant;      /* numbers come in every step of a sample, and are listed for step 0 alone */
} sg_input_list;

/* One axis of a map under a convolution. Place p of the map below has the taps first[p] .. first[p + 1] - 1: each leads
 * to place out[] of the map above through place tap[] of the kernel. out rises with the taps of a place. */
typedef struct sg_conv_axis {
    const uint32_t *first; /* (size + 1) */
    const uint16_t *out, *tap;
    size_t size, out_size, taps; /* places of the map below, of the map above, of the kernel */
    size_t padding;              /* silent places on either side of the map below */
    bool is_even;                /* places and taps go on one by one: stride and dilation are 1 */
} sg_conv_axis;

/* A convolution. The map below has `channels_in` channels, the map above `channels`; both in `groups` groups, and each
 * channel of a group below leads to each of that group above. Inputs are numbered by channel, row, column; neurons,
 * and dL/dinputs, by row, column, channel. Kernels (channels_in, rows.taps, columns.taps, channels / groups) are packed
 * so that they lie in the order of the neurons that a spike adds them to. */
typedef struct sg_conv {
    sg_conv_axis rows, columns;
    size_t channels_in, channels, groups;
} sg_conv;

/* The spikes of a list by channel: those of channel c are numbers begin[c] .. begin[c + 1] - 1, from the last to the
 * first. */
typedef struct sg_sorted_spikes {
    uint16_t *row;   /* (count) the step of each, as a row of an array over steps */
    uint32_t *begin; /* (inputs + 1) */
} sg_sorted_spikes;

/* A surrogate derivative sigma(u), u the membrane above threshold (docs/maths.md). g sigma(u) is
 *     relu           g where u >= 0, else 0
 *     fast_sigmoid   g / (d d), d = 1 + k |u|
 *     sigmoid        g ((height e) / (d d)), e = exp(-(k |u|)), d = 1 + e
 *     arctan         g (height / (1 + a a)), a = k u
 *     triangle       g (height max(0, 1 - k |u|))
 *     boxcar         g height where |u| <= k, else 0
 *     gaussian       g (height exp(-(k (u u))))
 *     exponential    g (height exp(-(k |u|)))
 * exp is that of ref/surrogate.h, which is 0 below -87. At u = SG_RESTING all are 0, or too small to change a sum. With
 * a cutoff above 0, g sigma(u) is 0 where |u| > cutoff. */
typedef enum sg_surrogate_kind {
    SG_SURROGATE_RELU,
    SG_SURROGATE_FAST_SIGMOID,
    SG_SURROGATE_SIGMOID,
    SG_SURROGATE_ARCTAN,
    SG_SURROGATE_TRIANGLE,
    SG_SURROGATE_BOXCAR,
    SG_SURROGATE_GAUSSIAN,
    SG_SURROGATE_EXPONENTIAL,
    SG_SURROGATES
} sg_surrogate_kind;

typedef struct sg_surrogate {
    sg_surrogate_kind kind;
    float k;      /* steepness; for boxcar half the width */
    float height; /* of sigma at u = 0; for sigmoid four times that */
    float cutoff; /* the largest |u| at which sigma is not 0; 0: there is none */
} sg_surrogate;

/* A matrix of rank one, (T, N): column[t] row[n]. With column NULL there is none. */
typedef struct sg_rank_one {
    const float *column, *row;
} sg_rank_one;

/* The constants of cuba_lif neurons, the same for all neurons of a layer. */
typedef struct sg_cuba_lif {
    float alpha; /* decay of the current in a step */
    float beta;  /* decay of the membrane in a step */
    float theta; /* threshold, above 0 */
} sg_cuba_lif;

/* The general neuron (docs/maths.md, "Neurons"): its constants, each an array with a number for every neuron. */
typedef enum sg_neuron_constant {
    SG_ALPHA,         /* decay of the current i in a step; 0: there is no current, and i is the input */
    SG_INPUT_GAIN,    /* fraction of the input, or of h, that enters the current */
    SG_BETA,          /* decay of the membrane v in a step */
    SG_MEMBRANE_GAIN, /* fraction of the current that enters the membrane */
    SG_THETA,         /* threshold */
    SG_RESET_SHARE,   /* fraction of the membrane that a spike takes away, 0 or 1 */
    SG_RESET_AMOUNT,  /* what a spike takes away besides */
    SG_RHO,           /* decay of the adaptation a in a step */
    SG_FROM_MEMBRANE, /* what the membrane adds to a */
    SG_FROM_SPIKE,    /* what a spike adds to a */
    SG_TO_THRESHOLD,  /* what a adds to the threshold */
    SG_TO_CURRENT,    /* what a takes from the current */
    SG_NEURON_CONSTANTS
} sg_neuron_constant;

/* The state of a neuron between two steps, each an array with a number for every neuron. */
typedef enum sg_neuron_state {
    SG_CURRENT,         /* i */
    SG_MEMBRANE,        /* v: after the reset, or before it if a spike resets the next step */
    SG_ADAPTATION,      /* a */
    SG_FIRED,           /* 1 if it fired in the last step, else 0 */
    SG_REFRACTORY_LEFT, /* steps for which it may not fire */
    SG_INPUT_1,         /* x of the last step */
    SG_INPUT_2,         /* x of the step before that */
    SG_RISE,            /* h: what enters the current of an alpha synapse */
    SG_NEURON_STATES
} sg_neuron_state;

/* The constants of EventProp's adjoint (docs/rules.md), the same for all neurons of a layer. Times are in steps. */
typedef struct sg_eventprop {
    float alpha, beta;            /* decays of current and membrane in a step */
    float gamma;                  /* what a current of 1 adds to the membrane in a step */
    float current_gain;           /* alpha / gamma: from what the current added to itself after the step */
    float theta;                  /* threshold; of a read-out 0, so that u is its membrane */
    float tau_mem;                /* in steps */
    float by_tau_mem, by_tau_syn; /* 1 / tau_mem, 1 / tau_syn, by step */
    float least_slope;            /* what i - v at a spike counts as at least */
    bool fires;                   /* false: a read-out, whose g is dL/dmembrane */
} sg_eventprop;

/* What the backward pass carries from one step to the step before it. */
typedef enum sg_neuron_adjoint {
    SG_ADJOINT_CURRENT,    /* dL/di of the next step */
    SG_ADJOINT_MEMBRANE,   /* dL/dy of the next step */
    SG_ADJOINT_ADAPTATION, /* dL/da, from all later steps */
    SG_ADJOINT_INPUT_1,    /* dL/dinput that enters in the next step */
    SG_ADJOINT_INPUT_2,    /* dL/dinput that enters in the step after that */
    SG_ADJOINT_RISE,       /* dL/dh of the next step */
    SG_NEURON_ADJOINTS
} sg_neuron_adjoint;

/* u of a neuron in a step in which it may not fire: below any threshold. Every surrogate derivative is 0 there. */
#define SG_RESTING (-1e30f)

typedef struct sg_general_neuron {
    const float *constants; /* (SG_NEURON_CONSTANTS, stride) */
    sg_surrogate surrogate;
    uint32_t refractory; /* steps after a spike in which a neuron may not fire */
    float floor;         /* lowest membrane that a step leaves, below 0; 0: there is none */
    uint32_t delay;      /* steps until an input enters: 0, 1 or 2 */
    uint32_t most;       /* spikes of a step at most, one for each theta that y has passed; 0: one */
    bool periodic;       /* their surrogate derivative is that at the nearest of these thresholds */
    bool fires;          /* false: a read-out, which never fires; its threshold is 0, so that u is its membrane */
    bool late;           /* a spike resets the membrane of the next step, after its decay and its input */
    bool rises;          /* the input decays with alpha, too, before it enters the current: an alpha synapse */
    bool adapts;
    bool resets_adaptation; /* from_spike is part of the reset, and has no gradient but with reset_gradient */
    bool reset_gradient;    /* the reset is differentiated, too; not with `late` */
    bool raises; /* a membrane above threshold before a step raises the threshold of the step by reset_amount; not with
                  * `late` */
} sg_general_neuron;

/* Neurons of the spike response model (docs/maths.md, "Neurons"), whose constants are the same for all of a layer. Both
 * kernels are alpha functions, each the second of two decaying states. */
typedef struct sg_srm {
    float decay, gain;                       /* of the postsynaptic potential: of its states in a step; on the second */
    float refractory_decay, refractory_gain; /* likewise of the refractory kernel, whose gain is taken away */
    float theta;                             /* threshold, above 0 */
} sg_srm;

/* Their states between two steps, forward and backward, each an array with a number for every neuron. They lie where
 * those of a general neuron do, and are fewer. */
typedef enum sg_srm_state {
    SG_SRM_FIRST,             /* what enters, decayed; ... */
    SG_SRM_SECOND,            /* ... the sum of the first, decayed: the potential but for its gain */
    SG_SRM_REFRACTORY_FIRST,  /* likewise, of its own spikes */
    SG_SRM_REFRACTORY_SECOND, /* ... */
    SG_SRM_STATES
} sg_srm_state;

/* States of every step of a block, (T, width) each: i, the membrane before an early reset and after a late one, a; and
 * h of neurons that have it, else it is NULL. */
typedef struct sg_neuron_trace {
    float *current, *membrane, *adaptation, *rise;
} sg_neuron_trace;

/* Steps begin .. end-1 of arrays over steps, whose row 0 is step `first` of the sample. */
typedef struct sg_span {
    size_t first, begin, end;
} sg_span;

/* Rows of a block of a gradient. Only touched rows count. */
typedef struct sg_rows {
    const float *values;    /* (I, width) */
    const uint8_t *touched; /* (I) */
} sg_rows;

/* The constants of one step of Adam (docs/maths.md). */
typedef struct sg_adam_step {
    float beta1, beta2;
    float one_minus_beta1, one_minus_beta2;
    float rate;       /* lr / (1 - beta1^k) */
    float root_scale; /* 1 / sqrt(1 - beta2^k) */
    float eps;
} sg_adam_step;

#endif

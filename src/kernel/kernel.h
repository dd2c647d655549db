/* The kernels: every loop over neurons, weights or spikes, behind one table of functions.
 *
 * The scalar functions in ref/ are the specification. A faster set replaces pointers of the table and must give the
 * same bits: vectors run across neurons (or parameters), never across a sum, and sums are taken in the order that the
 * comments here give.
 *
 * Layout. A tile is SG_LANES neurons. A layer is padded to whole tiles: its `stride` is a multiple of SG_LANES. Padded
 * lanes have weight 0, so they stay silent and have gradient 0.
 *   Arrays over steps and arrays of parameters are cut into blocks of at most SG_BLOCK neurons, one block after the
 * other, each (T, width) or (I, width): what is done to a block, from weighted input to spikes and back, then stays in
 * a near cache. Kernels that have such an array work on one block; their pointers into spikes and constants are those
 * of its first neuron.
 *   A gradient being added up marks the rows of a block that something was added to. What the others hold does not
 * count, so that nobody need clear them.
 *   Spikes of a layer are bits: tile k of step t is spikes[t * stride / SG_LANES + k], bit b its neuron k * SG_LANES +
 * b.
 *
 * Arguments are outputs, inputs, sizes. Kernels do not allocate, fail, log, or keep state. "=" overwrites, "+=" adds.
 *
 * Decaying states are flushed by definition: flush(x) = 0 where |x| < SG_FLUSH, else x. Neurons flush their states
 * after every step t with t + 1 divisible by SG_FLUSH_STEPS, backward with t divisible by it; t counts from the first
 * step of the sample. Nothing then stays denormal, and no processor mode is needed. */
#ifndef SG_KERNEL_KERNEL_H
#define SG_KERNEL_KERNEL_H

#include "base/status.h"

#define SG_LANES       16
#define SG_BLOCK       128
#define SG_FLUSH       1e-30f
#define SG_FLUSH_STEPS 8

/* Input spikes of one sample, sorted by step, then channel. `first` is the step that row 0 of arrays over steps is. */
typedef struct sg_spike_list {
    const uint16_t *step;    /* (count) */
    const uint32_t *channel; /* (count) */
    size_t count;
    size_t first;
} sg_spike_list;

/* A surrogate derivative sigma(u), u the membrane above threshold (docs/maths.md). g sigma(u) is
 *     relu           g where u >= 0, else 0
 *     fast_sigmoid   g / (d d), d = 1 + k |u|
 *     sigmoid        g ((height e) / (d d)), e = exp(-(k |u|)), d = 1 + e
 *     arctan         g (height / (1 + a a)), a = k u
 *     triangle       g (height max(0, 1 - k |u|))
 *     boxcar         g height where |u| <= k, else 0
 *     gaussian       g (height exp(-(k (u u))))
 *     exponential    g (height exp(-(k |u|)))
 * exp is that of ref/surrogate.h, 0 below -87. At SG_RESTING all are 0 or so small that nothing is left of a sum. */
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
    float k;      /* steepness, or of boxcar half the width */
    float height; /* of sigma at u = 0, of sigmoid four times that */
} sg_surrogate;

/* The product of a column (T) and a row (width), column[t] row[n]; or, with column NULL, none. */
typedef struct sg_rank_one {
    const float *column, *row;
} sg_rank_one;

/* Constants of cuba_lif neurons, those of all neurons of a layer. */
typedef struct sg_cuba_lif {
    float alpha; /* synaptic decay of a step */
    float beta;  /* membrane decay of a step */
    float theta; /* threshold, above 0 */
} sg_cuba_lif;

/* The general neuron (docs/maths.md, "Neurons"): constants, an array of one number for each neuron. */
typedef enum sg_neuron_constant {
    SG_ALPHA,         /* decay of the current i in a step; 0: no current, the input itself is i */
    SG_INPUT_GAIN,    /* share of the input that enters the current */
    SG_BETA,          /* decay of the membrane v in a step */
    SG_MEMBRANE_GAIN, /* share of the current that enters the membrane */
    SG_THETA,         /* threshold */
    SG_RESET_SHARE,   /* of the membrane that a spike takes away, 0 or 1 ... */
    SG_RESET_AMOUNT,  /* ... and what it takes away besides */
    SG_RHO,           /* decay of the adaptation a in a step */
    SG_FROM_MEMBRANE, /* what the membrane adds to a */
    SG_FROM_SPIKE,    /* what a spike adds to a */
    SG_TO_THRESHOLD,  /* what a adds to the threshold */
    SG_TO_CURRENT,    /* what a takes from the current */
    SG_NEURON_CONSTANTS
} sg_neuron_constant;

/* What a neuron is between two steps, an array of one number for each neuron. */
typedef enum sg_neuron_state {
    SG_CURRENT,         /* i */
    SG_MEMBRANE,        /* v, after an early reset, before a late one */
    SG_ADAPTATION,      /* a */
    SG_FIRED,           /* 1 if it fired in the last step, else 0 */
    SG_REFRACTORY_LEFT, /* steps for which it may not fire */
    SG_INPUT_1,         /* x of the last step ... */
    SG_INPUT_2,         /* ... and of the one before */
    SG_NEURON_STATES
} sg_neuron_state;

/* The same on the way back. */
typedef enum sg_neuron_adjoint {
    SG_ADJOINT_CURRENT,    /* gradient by the i of the step above */
    SG_ADJOINT_MEMBRANE,   /* gradient by what the membrane of the step above came from */
    SG_ADJOINT_ADAPTATION, /* gradient by a, from all steps above */
    SG_ADJOINT_INPUT_1,    /* gradient by the input that enters in the step above ... */
    SG_ADJOINT_INPUT_2,    /* ... and in the one above that */
    SG_NEURON_ADJOINTS
} sg_neuron_adjoint;

/* u of a neuron in a step in which it may not fire: below any threshold, where every surrogate derivative is 0. */
#define SG_RESTING (-1e30f)

typedef struct sg_general_neuron {
    const float *constants; /* (SG_NEURON_CONSTANTS, stride) */
    sg_surrogate surrogate;
    uint32_t refractory; /* steps after a spike in which a neuron may not fire */
    uint32_t delay;      /* steps until an input enters: 0, 1 or 2 */
    bool fires;          /* false: a read-out, which never fires, with threshold 0, so that u is its membrane */
    bool late;           /* a spike resets the membrane of the next step, after its decay and its input */
    bool adapts;
    bool reset_gradient; /* the reset is differentiated too; not with `late` */
} sg_general_neuron;

/* States kept for each step of a block, (T, width) each: i, v before an early reset and after a late one, a. */
typedef struct sg_neuron_trace {
    float *current, *membrane, *adaptation;
} sg_neuron_trace;

/* Steps begin .. end-1 of arrays whose first step is the `first` of the sample. */
typedef struct sg_span {
    size_t first, begin, end;
} sg_span;

/* Rows of a block, of which those count that are touched. */
typedef struct sg_rows {
    const float *values;    /* (I, width) */
    const uint8_t *touched; /* (I) */
} sg_rows;

/* One step of Adam (docs/maths.md). */
typedef struct sg_adam_step {
    float beta1, beta2;
    float one_minus_beta1, one_minus_beta2;
    float rate;       /* lr / (1 - beta1^k) */
    float root_scale; /* 1 / sqrt(1 - beta2^k) */
    float eps;
} sg_adam_step;

typedef struct sg_kernels {
    const char *name;

    /* x (T, width) = weighted input: for each spike in the order of the list, x[step - first] += weights[channel], from
     * 0. weights (I, width). */
    void (*gather)(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width);

    /* The gradient of gather by its weights: for each spike from the last to the first, gradient[channel] += gx[step -
     * first], from 0 if touched[channel] is 0, which becomes 1. Backward in time, so that a sample may be gone through
     * in chunks. gradient (I, width), touched (I). */
    void (*scatter)(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width);

    /* The same as gather and scatter, in the same order and with the same bits, for spikes of a layer that are many:
     * `spikes` are the bits of `inputs` neurons below, (T, stride_below / SG_LANES). All rows of the gradient count. */
    void (*gather_bits)(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                        size_t width, size_t stride_below);
    void (*scatter_bits)(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t width, size_t stride_below);

    /* The same for a layer of one tile, where the rows of four neighbours are added to each other before they are added
     * to the sum, which then takes a quarter of the additions, however many fire. The order depends on the sizes alone.
     *   gather_fours: x (T, SG_LANES) = 0, += for each four inputs from the first the sum of the weights of those that
     * fire in the step, from the first to the last; weights (inputs, SG_LANES).
     *   scatter_fours: gradient (inputs, SG_LANES) += for each four steps (of which the first is divisible by four)
     * from the last the sum of gx (T, SG_LANES) in those in which the input fires, from the last to the first. */
    void (*gather_narrow)(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride_below);
    void (*scatter_narrow)(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                           size_t stride_below);

    /* Makes all rows of a gradient count: each that is not touched becomes 0 and touched. gradient (rows, width),
     * touched (rows). */
    void (*clear_untouched)(float *gradient, uint8_t *touched, size_t rows, size_t width);

    /* The gradient of gather by its spikes, for one block of the layer below and one of the layer above: g (T,
     * width_below) = or, if `add`, += gx (T, width) W^T, in tiles where a bit in `active` (spike bits of the layer
     * below) is set; other tiles become 0. Sums over the `neurons` of the block above in their order. transposed (N,
     * stride_below). active NULL: everywhere. */
    void (*project)(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add, size_t steps,
                    size_t neurons, size_t width, size_t width_below, size_t stride_below);

    /* transposed (columns, stride_out) = matrix (rows, stride_in) turned; its padding is left as it is. */
    void (*transpose)(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                      size_t stride_out);

    /* T steps of leaky integrators from rest, which never fire: v = flush(beta v) + x. x (T, width) is overwritten by
     * v. */
    void (*li_forward)(float *x, float beta, size_t steps, size_t width);

    /* Backward through time: gv = beta gv + g;  g = gv;  gv flushed. g (T, width): gradient by v, overwritten by the
     * one by x. */
    void (*li_backward)(float *g, float beta, size_t steps, size_t width);

    /* T steps of cuba_lif neurons from rest:
     *     i = alpha i + x;  v = beta v + i;  u = v - theta;  spike and v = 0 where u > 0;  i and v flushed.
     * x (T, width) is overwritten by u. spikes NULL: they are there already. */
    void (*cuba_lif_forward)(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);

    /* Backward through time, t from T-1 to 0, gv and gi from 0:
     *     gv = (u > 0 ? 0 : beta gv) + g sigma(u);  gi = alpha gi + gv;  g = gi;  gv and gi flushed.
     * g (T, width): gradient by the spikes, overwritten by the gradient by x. u (T, width) from the forward pass.
     * product.column not NULL: the gradient by the spikes is that product, and g need not hold anything. */
    void (*cuba_lif_backward)(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron, sg_surrogate surrogate,
                              size_t steps, size_t width);

    /* gather and cuba_lif_forward at once, so that the weighted input need not go through memory. u (T, width) is
     * overwritten by u or, if not `keeps`, by anything. spikes NULL: they are there already. */
    void (*gather_cuba_lif)(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                            sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);

    /* cuba_lif_backward and scatter at once; g (T, width) is overwritten by anything. */
    void (*scatter_cuba_lif)(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                             sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                             size_t width);

    /* Some steps of general neurons, from the `state` (SG_NEURON_STATES, stride) before them, which becomes that after
     * them. With x the input of `delay` steps before (0 before the first):
     *     i = alpha i + drive x;   j = i - to_current a;   y = beta v + gain j;
     *     late: y = y - (reset_share y + reset_amount) if it fired in the last step;
     *     u = y - (theta + to_threshold a), or SG_RESTING within `refractory` steps after a spike;   spike where u > 0;
     *     v = y - (reset_share y + reset_amount) where u > 0, if not late, else y;
     *     a = rho a + from_membrane y, + from_spike where u > 0.
     * Without `adapts` all of a is left out. i, v and a are flushed. x (T, width) is overwritten by u. trace: NULL, or
     * overwritten by i, y and a. Equal to cuba_lif_forward, bit for bit, where the two compute the same. */
    void (*general_neuron_forward)(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                   const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride);

    /* The same steps backward, from the last to the first, from the `adjoint` (SG_NEURON_ADJOINTS, stride) of the steps
     * above, which becomes that of these. `state` is the one before step 0 of the arrays. With gy', gi', ga' of the
     * step above (gi', gy' and the whole of ga are what `adjoint` holds), s the spike of the step, s' that of the one
     * before:
     *     b = beta gy';   gs = g;   adapts: gs = gs + from_spike ga;
     *     reset_gradient: gs = gs - (reset_share y + reset_amount) b, with y = u + (theta + to_threshold a);
     *     gu = gs sigma(u), of a read-out gs;
     *     not late: b = b - reset_share b where s;
     *     gy = b + gu;   adapts: gy = gy + from_membrane ga;
     *     late: gy = gy - reset_share gy where s';
     *     gi = alpha gi' + gain gy;   ga = rho ga - to_current (gain gy) - to_threshold gu, for the step below;
     *     g = drive gi of `delay` steps above (0 above the last).
     * gi, gy and ga are flushed. g (T, width): gradient by the spikes, or by the membrane of a read-out, overwritten by
     * the one by x. `trace` is needed (else NULL) with `sums`, and with reset_gradient where it adapts.
     *   sums, NULL or (SG_NEURON_CONSTANTS, stride), += gradients by the constants: gi i' to SG_ALPHA, gi i to
     * SG_INPUT_GAIN (by drive x it would be gi x), gy v' to SG_BETA, gy j to SG_MEMBRANE_GAIN, -gu to SG_THETA, minus b
     * where s (late: gy before its reset where s') to SG_RESET_AMOUNT, ga a' to SG_RHO, ga y to SG_FROM_MEMBRANE, ga
     * where s to SG_FROM_SPIKE, -gu a' to SG_TO_THRESHOLD, -(gain gy) a' to SG_TO_CURRENT; i', v', a' are of the step
     * before. */
    void (*general_neuron_backward)(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                    const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                    size_t width, size_t stride);

    /* x (width) += weights[i] for each spike of one step, i rising. spikes (stride_below / SG_LANES), weights (inputs,
     * width). */
    void (*add_spikes)(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width);

    /* x (T, width) *= factor. */
    void (*scale)(float *x, float factor, size_t count);

    /* active (T, stride / SG_LANES): bits set where sigma(u) is not 0. u (T, width). */
    void (*find_active_tiles)(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                              size_t stride);

    /* The number of a layer's spikes. */
    size_t (*count_all_spikes)(const uint16_t *spikes, size_t steps, size_t stride);

    /* The list of a layer's spikes, sorted by step, then neuron. Returns their number; room for T * stride is needed.
     */
    size_t (*list_spikes)(uint16_t *step, uint32_t *channel, const uint16_t *spikes, size_t steps, size_t stride);

    /* counts (stride) += spikes of each neuron over all steps. */
    void (*count_spikes)(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride);

    /* fired (stride / SG_LANES): sets the bit of every neuron that has a spike in any step. */
    void (*mark_fired)(uint16_t *fired, const uint16_t *spikes, size_t steps, size_t stride);

    /* first, second (stride): steps of the first two spikes of each neuron, where `first` is step 0 here; what is less
     * than `begin` is from steps before and stays, a larger number stands for none. */
    void (*first_spikes)(uint32_t *first, uint32_t *second, const uint16_t *spikes, size_t begin, size_t steps,
                         size_t stride);

    /* handed = spikes of the neurons whose bit in kept (stride / SG_LANES) is set; of all if it is NULL. Both (T,
     * stride / SG_LANES). */
    void (*mask_spikes)(uint16_t *handed, const uint16_t *spikes, const uint16_t *kept, size_t steps, size_t stride);

    /* x (T, width) = 0 in the columns whose bit in kept (width / SG_LANES) is not set. */
    void (*mask_columns)(float *x, const uint16_t *kept, size_t steps, size_t width);

    /* x (T, width): every step += row (width). */
    void (*add_row)(float *x, const float *row, size_t steps, size_t width);

    /* The gradient of add_row by its row: row += x[T-1], then x[T-2], ... */
    void (*add_steps)(float *row, const float *x, size_t steps, size_t width);

    /* sums (stride) += weights[t] for each spike of the neuron in step t, t rising. weights (T), spikes (T, stride /
     * SG_LANES). */
    void (*sum_spikes)(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride);

    /* The product of a column (rows) and a row (width): x (rows, width) = or, if `add`, += column[r] row. */
    void (*outer_product)(float *x, const float *column, const float *row, bool add, size_t rows, size_t width);

    /* peak (width) = the largest x of all steps and peak_step the first step that has it, going on from what is there
     * if `begin`, the step of x[0], is not 0. */
    void (*max_steps)(float *peak, uint32_t *peak_step, const float *x, size_t begin, size_t steps, size_t width);

    /* sums (width) += x[0], then x[1], ... over the steps, in this order. x (T, width). */
    void (*sum_steps)(float *sums, const float *x, size_t steps, size_t width);

    /* x (T, width): every step = row (width). */
    void (*broadcast_row)(float *x, const float *row, size_t steps, size_t width);

    /* sum = 0 + piece 0 + piece 1 + ..., in this order, over the pieces in which the row is touched, for rows begin ..
     * end-1. sum (I, width). The first piece may be the sum itself. */
    void (*sum_rows)(float *sum, const sg_rows *pieces, size_t count, size_t begin, size_t end, size_t width);

    /* w -= rate m / (sqrt(n) root_scale + eps), with
     *     m = flush(beta1 m + one_minus_beta1 g);  n = flush(beta2 n + one_minus_beta2 (g g)).
     * n_max NULL: plain Adam; else AMSGrad, n_max = max(n_max, n), in place of n in the step. */
    void (*adam)(float *w, float *m, float *n, float *n_max, const float *g, size_t count, const sg_adam_step *step);

    /* velocity = flush(momentum velocity + g);  w -= lr velocity, or of Nesterov's kind lr (g + momentum velocity).
     * velocity NULL: w -= lr g. */
    void (*sgd)(float *w, float *velocity, const float *g, size_t count, float lr, float momentum, bool nesterov);

    /* m = flush(beta1 m + one_minus_beta1 g);  n = max(flush(beta2 n), |g| + eps);  w -= rate m / n. */
    void (*adamax)(float *w, float *m, float *n, const float *g, size_t count, const sg_adam_step *step);

    /* n = flush(beta2 n + one_minus_beta2 (g g));  d = g / (sqrt(n) + eps);  w -= rate d, or with a velocity that =
     * flush(beta1 velocity + d), rate velocity. velocity may be NULL. */
    void (*rmsprop)(float *w, float *velocity, float *n, const float *g, size_t count, const sg_adam_step *step);

    /* y += factor x. */
    void (*add_scaled)(float *y, const float *x, float factor, size_t count);

    /* The sum of x x in double precision: SG_LANES sums, each of every SG_LANES-th number from its first, added from
     * the first to the last. */
    double (*sum_squares)(const float *x, size_t count);

    /* The index of the first number that is not finite, or `count`. */
    size_t (*first_not_finite)(const float *x, size_t count);
} sg_kernels;

/* The scalar specification. */
extern const sg_kernels sg_kernels_ref;

/* The i-th set that this build holds and this machine runs, the scalar one first and the fastest last; NULL past the
 * last. */
const sg_kernels *sg_kernels_at(size_t i);

/* The set in use: the one named by sg_set_cpu, or else by the environment variable SURGRAD_CPU, or else the fastest.
 * SG_ARGUMENT if SURGRAD_CPU names one that is not there. */
sg_status sg_kernels_get(const sg_kernels **kernels);

#endif

/* The kernels: every loop over neurons, weights or spikes is a function of one table.
 *
 * The scalar functions in ref/ are the specification. A vector form must give the same bits: vectors run across neurons
 * or parameters, never across a sum, and sums are taken in the order that stands here.
 *
 * Layout
 *   - A tile is SG_LANES neurons. A layer is padded to whole tiles; its `stride` is a multiple of SG_LANES.
 *     Padded lanes have weight 0, so they stay silent and their gradient is 0.
 *   - Arrays over steps, and groups of parameters, are cut into blocks of at most SG_BLOCK neurons. A block is
 *     (T, width) or (I, width); the next block follows it. All work on a block then stays in a near cache.
 *     A kernel works on one block; pointers into spikes and constants point to the block's first neuron.
 *   - While a gradient accumulates, touched[row] is 1 once the row has received a contribution. Other rows hold garbage
 *     and count as 0, so the array need not be cleared for each batch.
 *   - The spikes of a layer are bits: tile k of step t is spikes[t * stride / SG_LANES + k], and bit b of it is neuron
 *     k * SG_LANES + b.
 *
 * Conventions
 *   - Arguments are outputs, inputs, sizes. "=" overwrites, "+=" adds.
 *   - Kernels do not allocate, fail, log, or keep state.
 *   - dL/dx is the gradient of the loss with respect to x. gx is an array of it, gs that of spikes, and so on.
 *   - flush(x) is 0 where |x| < SG_FLUSH, else x. Neurons flush their states after every step t with t + 1 divisible by
 *     SG_FLUSH_STEPS; backward, after every step divisible by it. t counts from the first step of the sample. Nothing
 *     stays denormal then, and no processor mode is needed. */
#ifndef SG_KERNEL_KERNEL_H
#define SG_KERNEL_KERNEL_H

#include "kernel/kernel_types.h"

typedef struct sg_kernels {
    const char *name;

    /* ------------------------------------------------------------------------------------------------------- link */

    /* Weighted input from a list of spikes.
     *     x (T, width)         out  from 0; for each spike in the list's order x[step - first] += weights[channel]
     *     weights (I, width)   in */
    void (*gather)(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width);

    /* dL/dweights of gather. Spikes are taken from the last to the first, so that a sample may be run in chunks.
     *     gradient (I, width)  out  gradient[channel] += gx[step - first], from 0 in a row that is not touched
     *     touched (I)          out  becomes 1 in these rows
     *     gx (T, width)        in */
    void (*scatter)(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width);

    /* Fills `sorted` with the spikes of a list; and scatter for such spikes: the same sums in the same order, faster
     * where channels have several. */
    void (*sort_spikes)(sg_sorted_spikes sorted, sg_spike_list spikes, size_t inputs);
    void (*scatter_sorted)(float *gradient, uint8_t *touched, const float *gx, sg_sorted_spikes spikes, size_t inputs,
                           size_t width);

    /* gather and scatter for spikes of a layer as bits, (T, stride_below / SG_LANES), of `inputs` neurons: the same
     * sums in the same order, faster where many fire. All rows of the gradient count. */
    void (*gather_bits)(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                        size_t width, size_t stride_below);
    void (*scatter_bits)(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t width, size_t stride_below);

    /* dL/dspikes of gather, from one block of a layer to one block of the layer below.
     *     g (T, width_below)   out  = or, if `add`, += gx W^T, summed over the `neurons` of the block in their order;
     *                               0 in tiles without a bit in `active`
     *     gx (T, width)        in
     *     transposed           in   (N, stride_below), W^T
     *     active               in   spike bits of the layer below, or NULL: all tiles are wanted */
    void (*project)(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add, size_t steps,
                    size_t neurons, size_t width, size_t width_below, size_t stride_below);

    /* dL/dspikes of one step through one block of weights, for some of the neurons that the spikes come from:
     *     g (inputs)           out  g[i] += the sum over n of gx[n] weights[i][n], where active has a bit
     *     gx (width)           in
     *     weights (inputs, width) in
     *     active               in   (inputs / SG_LANES, rounded up) bits of the inputs, or NULL: all are wanted
     * Lane k of the sum begins with n = k and adds n = k + SG_LANES, k + 2 SG_LANES, ... Then lanes k + 8 are added to
     * lanes k below 8, those k + 4 to k below 4, and so on. So a neuron's sum does not depend on which others are
     * wanted. */
    void (*project_step)(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                         size_t width);

    /* The same for all neurons of two samples, each with a g and a gx: one fetch of the weights serves both. */
    void (*project_step_twice)(float *const g[2], const float *const gx[2], const float *weights, size_t inputs,
                               size_t width);

    /* transposed (columns, stride_out) = matrix (rows, stride_in)^T. Its padding is left as it is. */
    void (*transpose)(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                      size_t stride_out);

    /* x (width) += weights[i] for each input i that fires in one step, i rising. spikes (stride_below / SG_LANES),
     * weights (inputs, width). */
    void (*add_spikes)(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width);

    /* ------------------------------------------------------------------------------------------------ link_narrow */

    /* gather_bits and scatter_bits for a layer of one tile. Inputs, or steps, are taken four at a time: the rows of
     * those that fire are summed, and that sum is added. The cost does not depend on how many fire, the order of sums
     * only on the sizes.
     *   gather_narrow: x (T, SG_LANES) = 0, += the sum of the weights of inputs 4q .. 4q+3 that fire, both ascending.
     *   scatter_narrow: gradient (inputs, SG_LANES) += the sum of gx (T, SG_LANES) over those of the steps
     *   4q+3 .. 4q in which the input fires, both descending. */
    void (*gather_narrow)(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride_below);
    void (*scatter_narrow)(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                           size_t stride_below);

    /* ------------------------------------------------------------------------------------------------------- conv */

    /* Weighted input of a whole layer, all its blocks, from a list of spikes: for each step
     *     row = 0;  for each spike in the list's order row[neuron] += kernel, for all its taps;
     *     x = factor row, + bias (stride) where that is not NULL
     *     x (T, stride)        out  in blocks
     *     row                  scratch, (sg_conv_row) (conv_places.h)
     *     packed               in   kernels (sg_conv) */
    void (*conv_gather)(float *x, float *row, const float *packed, float factor, const float *bias,
                        sg_spike_list spikes, const sg_conv *conv, size_t steps);

    /* dL/dkernels and dL/dbias of conv_gather with factor 1. Steps, and the spikes of a step, are taken from the last
     * to the first, so that a sample may be run in chunks.
     *     sums (as packed)     in, out  += gx at the neurons of each spike's taps
     *     by_bias (channels)   in, out  += gx at all places, place after place; or NULL
     *     row                  scratch, (sg_conv_row) (conv_places.h)
     *     gx (T, stride)       in   in blocks */
    void (*conv_scatter)(float *sums, float *by_bias, float *row, const float *gx, sg_spike_list spikes,
                         const sg_conv *conv, size_t steps);

    /* dL/dinputs of conv_gather.
     *     g (T, inputs)        out  = factor times the sum of gx kernel over the taps of an input, rows' before
     *                               columns', and over the channels above in their order. Where columns are even,
     *                               an input has all their taps, and gx is 0 beyond the border.
     *     row                  scratch, (sg_conv_row) (conv_places.h)
     *     gx (T, stride)       in   in blocks
     *     transposed           in   kernels (rows.taps, columns.taps, channels, channels_in / groups in whole tiles),
     *                               columns in the order of packed ones
     *     wanted               in   (T, places of the map below) 1 where dL/dinputs are wanted, else they become 0; or
     *                               NULL: all are */
    void (*conv_project)(float *g, float *row, const float *gx, const float *transposed, const uint8_t *wanted,
                         float factor, const sg_conv *conv, size_t steps);

    /* ------------------------------------------------------------------------------------------------------ fused */

    /* gather and cuba_lif_forward in one, so that the weighted input stays in registers.
     *     spikes               out  or NULL: they are there already
     *     u (T, width)         out  u, or garbage if not `keeps` */
    void (*gather_cuba_lif)(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                            sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);

    /* cuba_lif_backward and scatter in one. g (T, width) is overwritten with garbage. */
    void (*scatter_cuba_lif)(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one rank_one,
                             sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                             size_t width);

    /* -------------------------------------------------------------------------------------------- neuron_cuba_lif */

    /* T steps of cuba_lif neurons, from rest:
     *     i = alpha i + x;  v = beta v + i;  u = v - theta;  where u > 0 a spike and v = 0;  i and v are flushed
     *     spikes               out  (T, stride / SG_LANES), or NULL: they are there already
     *     x (T, width)         in, out: the weighted input, overwritten by u */
    void (*cuba_lif_forward)(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);

    /* Its backward pass, for t = T-1 .. 0, with gv and gi from 0:
     *     gv = (u > 0 ? 0 : beta gv) + g sigma(u);  gi = alpha gi + gv;  g = gi;  gv and gi are flushed
     *     g (T, width)         in, out: dL/dspikes, overwritten by dL/dx
     *     u (T, width)         in   of the forward pass
     *     rank_one             in   dL/dspikes in the place of g, if its column is not NULL */
    void (*cuba_lif_backward)(float *g, const float *u, sg_rank_one rank_one, sg_cuba_lif neuron,
                              sg_surrogate surrogate, size_t steps, size_t width);

    /* -------------------------------------------------------------------------------------------------- neuron_li */

    /* T steps of leaky integrators, which never fire, from rest: v = flush(beta v) + x. x (T, width) is overwritten by
     * v. */
    void (*li_forward)(float *x, float beta, size_t steps, size_t width);

    /* Its backward pass, for t = T-1 .. 0: gv = beta gv + g;  g = gv;  gv is flushed. g (T, width): dL/dv, overwritten
     * by dL/dx. */
    void (*li_backward)(float *g, float beta, size_t steps, size_t width);

    /* --------------------------------------------------------------------------------------------- neuron_general */

    /* Some steps of general neurons. Here x is the input of `delay` steps before, 0 before the first step:
     *     rises: h = alpha h + x, and h takes the place of x in the next line
     *     i = alpha i + input_gain x;   j = i - to_current a;   y = beta v + membrane_gain j
     *     late: y = y - (reset_share y + reset_amount) if it fired in the last step
     *     raises: y in the next line is y - reset_amount if v > theta + to_threshold a, v that of the step before
     *     u = y - (theta + to_threshold a), or SG_RESTING within `refractory` steps after a spike
     *     a spike where u > 0; most > 1: n spikes, n the number of k below `most` with u > k theta
     *     v = y - (reset_share y + reset_amount) where u > 0, if not late; else v = y;   floor < 0: v = max(v, floor)
     *     a = rho a + from_membrane y, + from_spike where u > 0
     * With `most` above 1 a reset takes n reset_amount; such neurons have no reset_share, are not late, do not adapt,
     * and do not raise. Without `adapts` every term with a in it is left out, and a and ga are 0. Without a delay the
     * inputs of before are not kept. h, i, v and a are flushed. Where cuba_lif_forward computes the same, the bits are
     * the same. x (T, width)         in, out: the weighted input, overwritten by u state                in, out:
     * (SG_NEURON_STATES, stride) before these steps, then after them trace                out  i, y, a and h of each
     * step, or NULL */
    void (*general_neuron_forward)(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                   const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride);

    /* The same steps backward, from the last to the first. gy', gi' are of the next step, ga is dL/da from all later
     * steps; s is the spike of the step, s' that of the step before:
     *     b = beta gy', with a floor 0 where v was not above it;   gs = g;   adapts: gs = gs + from_spike ga, but where
     *     resets_adaptation without reset_gradient
     *     reset_gradient: gs = gs - (reset_share y + reset_amount) b, with y = u + (theta + to_threshold a); not
     *     where u <= SG_RESTING: there sigma is 0, y is lost, and the product may overflow
     *     gu = gs sigma(u); for a read-out gu = gs; periodic: u is u - k theta here, k the number of k from 1 to
     *     most - 1 with u > (k - 1/2) theta
     *     not late: b = b - reset_share b where s
     *     gy = b + gu;   adapts: gy = gy + from_membrane ga
     *     late: gy = gy - reset_share gy where s'
     *     gi = alpha gi' + membrane_gain gy
     *     ga = rho ga - to_current (membrane_gain gy) - to_threshold gu, for the step before
     *     rises: gh = alpha gh' + input_gain gi, and gh takes the place of input_gain gi in the next line
     *     g = input_gain gi of `delay` steps later, 0 after the last step
     * gh, gi, gy and ga are flushed.
     *     g (T, width)         in, out: dL/dspikes, of a read-out dL/dmembrane, overwritten by dL/dx
     *     adjoint              in, out: (SG_NEURON_ADJOINTS, stride) of the next step, then of the first of these
     *     sums                 out  (SG_NEURON_CONSTANTS, stride) += dL/dconstants, or NULL
     *     u (T, width)         in
     *     state                in   that before row 0 of the arrays
     *     trace                in   needed with sums, with a floor, and with reset_gradient where it adapts; else NULL
     * sums, with h', i', v', a' of the step before: gi i' to SG_ALPHA, where it rises and gh h'; gi i to SG_INPUT_GAIN
     * (times input_gain: the true one is gi x), where it rises gi h; gy v' to SG_BETA; gy j to SG_MEMBRANE_GAIN; -gu to
     * SG_THETA; -b where s (late: -gy before its reset where s') to SG_RESET_AMOUNT; ga a' to SG_RHO; ga y to
     * SG_FROM_MEMBRANE; ga where s to SG_FROM_SPIKE; -gu a' to SG_TO_THRESHOLD; -(membrane_gain gy) a' to
     * SG_TO_CURRENT. With `raises` also -gu to SG_RESET_AMOUNT where the threshold was raised; y is as if it was not,
     * so a reset has no share and an amount, or no amount. With `most` above 1 the sums of
     * SG_THETA and SG_RESET_AMOUNT are as if a neuron had fired once. */
    void (*general_neuron_backward)(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                    const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                    size_t width, size_t stride);

    /* Where general neurons fire more than once in a step: planes (most - 1, pitch) of bits, (stride / SG_LANES) each
     * step. Plane k, from 0, has those with u > (k + 1) theta, in the steps of the span.
     *     u (T, width)         in   of the forward pass
     *     pitch                in   words from a plane to the next */
    void (*pass_thresholds)(uint16_t *planes, size_t pitch, const float *u, const sg_general_neuron *neuron,
                            sg_span span, size_t width, size_t stride);

    /* ------------------------------------------------------------------------------------------- neuron_eventprop */

    /* Some steps of EventProp's adjoint (docs/rules.md), from the last to the first, of neurons that general neurons'
     * forward ran with a delay of 1, order eventprop. Times are in steps; v' is the membrane after the step before, 0
     * where it fired:
     *     gi = alpha gi + gamma gv;  gv = beta gv
     *     below = by_tau_syn gi - by_tau_mem gv
     *     a read-out: gv = gv + g;  else where u > 0, with y = u + theta:
     *         slope = max(current_gain (y - beta v') - y, least_slope)
     *         gv = gv + (theta gv - tau_mem g) / slope;  gv = gv + by_counts, if that is given
     *     g = the first gi
     * gi and gv are flushed.
     *     g (T, width)         in, out: the sum of what spikes bring back as dL/dtime; of a read-out dL/dmembrane;
     *                               overwritten by dL/dx
     *     below (T, width)     out  what an input spike brings back by its weight: dL/dtime; or NULL
     *     adjoint              in, out: (SG_NEURON_ADJOINTS, stride) of the next step, then of the first of these; the
     *                               rows of current and membrane
     *     u (T, width)         in
     *     state                in   that before row 0 of the arrays
     *     by_counts (width)    in   or NULL */
    void (*eventprop_backward)(float *g, float *below, float *adjoint, const float *u, const float *state,
                               const float *by_counts, const sg_eventprop *neuron, sg_span span, size_t width,
                               size_t stride);
    /* ------------------------------------------------------------------------------------------------- neuron_srm */

    /* Some steps of spike response neurons. p, q and P, R are the second and first states of the two kernels:
     *     p = decay (p + q);  q = decay q + x;  P = refractory_decay (P + R)
     *     u = (gain p - refractory_gain P) - theta;  a spike where u > 0
     *     R = refractory_decay R + 1 where it fired, else refractory_decay R
     * All four are flushed. So an input acts from the next step on, and so does a spike.
     *     spikes               out  (T, stride / SG_LANES)
     *     x (T, width)         in, out: the weighted input, overwritten by u
     *     state                in, out: (SG_SRM_STATES, stride) of the step before, then of the last
     *     trace                out  gain p, gain p - refractory_gain P, and refractory_gain P; or NULL */
    void (*srm_forward)(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace, const sg_srm *neuron,
                        sg_span span, size_t width, size_t stride);

    /* The same steps backward, from the last to the first: the two recursions on gu, as kernels that look ahead:
     *     p = decay (p + q);  P = refractory_decay (P + R)
     *     gu = gs sigma(u), gs = g - refractory_gain P; or gs = g if the refractory kernel is held constant
     *     q = decay q + gu;  R = refractory_decay R + gu;  g = gain p
     * All four are flushed.
     *     g (T, width)         in, out: dL/dspikes, overwritten by dL/dx
     *     adjoint              in, out: (SG_SRM_STATES, stride) of the next step, then of the first of these
     *     u (T, width)         in */
    void (*srm_backward)(float *g, float *adjoint, const float *u, const sg_srm *neuron, sg_surrogate surrogate,
                         bool constant_refractory, sg_span span, size_t width, size_t stride);

    /* ----------------------------------------------------------------------------------------------------- spikes */

    /* active (T, stride / SG_LANES) = bits of the neurons with sigma(u) != 0. u (T, width). */
    void (*find_active_tiles)(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                              size_t stride);

    /* The number of spikes of a layer. */
    size_t (*count_all_spikes)(const uint16_t *spikes, size_t steps, size_t stride);

    /* The spikes of a layer as a list, sorted by step, then neuron. Returns their number; step and channel have room
     * for T * stride. */
    size_t (*list_spikes)(uint16_t *step, uint32_t *channel, const uint16_t *spikes, size_t steps, size_t stride);

    /* counts (stride) += the spikes of each neuron over all steps. */
    void (*count_spikes)(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride);

    /* first, second (stride) = the steps of the first two spikes of each neuron. Row 0 of `spikes` is step `begin` of
     * the sample. Entries below `begin` were found in earlier chunks and are kept; any other means "no spike yet". */
    void (*first_spikes)(uint32_t *first, uint32_t *second, const uint16_t *spikes, size_t begin, size_t steps,
                         size_t stride);

    /* masked (T, stride / SG_LANES) = the spikes of the neurons whose bit is set in mask (stride / SG_LANES); mask
     * NULL: of all. */
    void (*mask_spikes)(uint16_t *masked, const uint16_t *spikes, const uint16_t *mask, size_t steps, size_t stride);

    /* sums (stride) += weights[t] for each spike of the neuron in step t, t rising. weights (T). */
    void (*sum_spikes)(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride);

    /* fired (stride / SG_LANES): sets the bit of every neuron that fires in any step. */
    void (*mark_fired)(uint16_t *fired, const uint16_t *spikes, size_t steps, size_t stride);

    /* ------------------------------------------------------------------------------------------------------- rows */

    /* x (count) *= factor. */
    void (*scale)(float *x, float factor, size_t count);

    /* Every row of x (T, width) += row (width). */
    void (*add_row)(float *x, const float *row, size_t steps, size_t width);

    /* dL/drow of add_row: row (width) += x[T-1], then x[T-2], ... */
    void (*add_steps)(float *row, const float *x, size_t steps, size_t width);

    /* sums (width) += x[0], then x[1], ... x (T, width). */
    void (*sum_steps)(float *sums, const float *x, size_t steps, size_t width);

    /* sums (width) += x[0] z[0], then x[1] z[1], ... x and z (T, width). */
    void (*sum_products)(float *sums, const float *x, const float *z, size_t steps, size_t width);

    /* Every row of x (T, width) = row (width). */
    void (*broadcast_row)(float *x, const float *row, size_t steps, size_t width);

    /* peak (width) = the largest x of all steps, peak_step the first step that has it. They go on from what is there if
     * `begin`, the step of row 0, is not 0. */
    void (*max_steps)(float *peak, uint32_t *peak_step, const float *x, size_t begin, size_t steps, size_t width);

    /* x (T, width) = 0 in the columns whose bit is not set in mask (width / SG_LANES). */
    void (*mask_columns)(float *x, const uint16_t *mask, size_t steps, size_t width);

    /* x (rows, width) = or, if `add`, += column[r] row[n]. */
    void (*outer_product)(float *x, const float *column, const float *row, bool add, size_t rows, size_t width);

    /* Makes every row of a gradient count: rows that are not touched become 0 and touched. gradient (rows, width),
     * touched (rows). */
    void (*clear_untouched)(float *gradient, uint8_t *touched, size_t rows, size_t width);

    /* sum = 0 + terms[0] + terms[1] + ..., in this order, over the terms in which the row is touched, for rows
     * begin .. end-1. sum (I, width). The first term may be the sum itself. */
    void (*sum_rows)(float *sum, const sg_rows *terms, size_t count, size_t begin, size_t end, size_t width);

    /* -------------------------------------------------------------------------------------------------- optimiser */

    /* w -= rate m / (sqrt(n) root_scale + eps), with
     *     m = flush(beta1 m + one_minus_beta1 g);  n = flush(beta2 n + one_minus_beta2 (g g))
     * n_max NULL: Adam. Else AMSGrad: n_max = max(n_max, n) takes the place of n in the step. */
    void (*adam)(float *w, float *m, float *n, float *n_max, const float *g, size_t count, const sg_adam_step *step);

    /* velocity = flush(momentum velocity + g);  w -= lr velocity, with Nesterov's lr (g + momentum velocity).
     * velocity NULL: w -= lr g. */
    void (*sgd)(float *w, float *velocity, const float *g, size_t count, float lr, float momentum, bool nesterov);

    /* m = flush(beta1 m + one_minus_beta1 g);  n = max(flush(beta2 n), |g| + eps);  w -= rate m / n. */
    void (*adamax)(float *w, float *m, float *n, const float *g, size_t count, const sg_adam_step *step);

    /* n = flush(beta2 n + one_minus_beta2 (g g));  d = g / (sqrt(n) + eps);  w -= rate d. With a velocity:
     * velocity = flush(beta1 velocity + d);  w -= rate velocity. velocity may be NULL. */
    void (*rmsprop)(float *w, float *velocity, float *n, const float *g, size_t count, const sg_adam_step *step);

    /* y += factor x. */
    void (*add_scaled)(float *y, const float *x, float factor, size_t count);

    /* The sum of x x in double precision, as SG_LANES sums: sum k takes every SG_LANES-th number from number k on. The
     * sums are then added from the first to the last. */
    double (*sum_squares)(const float *x, size_t count);

    /* The index of the first number that is not finite, or `count`. */
    size_t (*first_not_finite)(const float *x, size_t count);
} sg_kernels;

/* The scalar specification. */
extern const sg_kernels sg_kernels_ref;

/* The i-th level that this build holds and this machine runs, the scalar one first and the fastest last; NULL past the
 * last. */
const sg_kernels *sg_kernels_at(size_t i);

/* The level in use: the one named by sg_set_cpu, or else by the environment variable SURGRAD_CPU, or else the fastest.
 * SG_ARGUMENT if SURGRAD_CPU names one that is not there. */
sg_status sg_kernels_get(const sg_kernels **kernels);

#endif

/* Kernels with a fault planted in each: check-grad must find every one. Each is planted in networks drawn at random,
 * and must be found wherever it changes the gradient by a share of a thousandth of any group's largest entry. The small
 * networks of a check, without dropout and with layers of one tile, do not call scale, keep_spikes, keep_columns,
 * gather_dense, scatter_dense and list: kernel-check compares these with their specification.
 *
 *     test_planted_faults [NETWORKS [FIRST [CONVOLUTIONAL [WITH_NUMBERS]]]]
 */
#include "drawn_network.h"

#include "check/check_parts.h"
#include "kernel/conv_places.h"
#include "share.h"

enum { ROOM = 1 << 16 }; /* numbers of any array that a kernel of a small network gets */

static const sg_kernels *sound; /* the kernels as they are */

/* Which of a kernel's faults is planted, or in which of its numbers. */
static size_t part;

/* A fault: scales the largest of an array's numbers. */
static void scale_largest(float *x, size_t count) {
    size_t at = 0;
    for (size_t j = 1; j < count; j++)
        at = fabsf(x[j]) > fabsf(x[at]) ? j : at;
    if (count > 0)
        x[at] *= 1.1f;
}

/* An array whose steps come one too early. */
static void shift(float *x, size_t steps, size_t width) {
    memmove(x, x + width, (steps - 1) * width * sizeof *x);
}

static size_t words(size_t stride) {
    return stride / SG_LANES;
}

/* ------------------------------------------------------------------------------------------------ links */

static void scatter_scaled(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width) {
    sound->scatter(gradient, touched, gx, spikes, width);
    if (spikes.count > 0)
        scale_largest(gradient + spikes.channel[0] * width, width);
}

static void scatter_less(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width) {
    spikes.count -= spikes.count > 1;
    sound->scatter(gradient, touched, gx, spikes, width);
}

static void scatter_early(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width) {
    static uint16_t step[ROOM];
    for (size_t e = 0; e < spikes.count; e++)
        step[e] = (uint16_t)(spikes.step[e] - (spikes.step[e] > spikes.first));
    spikes.step = step;
    sound->scatter(gradient, touched, gx, spikes, width);
}

static void scatter_narrow_scaled(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                                  size_t stride_below) {
    sound->scatter_narrow(gradient, gx, spikes, steps, inputs, stride_below);
    scale_largest(gradient, inputs * SG_LANES);
}

static void scatter_narrow_less(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                                size_t stride_below) {
    sound->scatter_narrow(gradient, gx, spikes, steps - 1, inputs, stride_below);
}

static void scatter_sorted_less(float *gradient, uint8_t *touched, const float *gx, sg_sorted_spikes spikes,
                                size_t inputs, size_t width) {
    sound->scatter_sorted(gradient, touched, gx, spikes, inputs - 1, width);
}

static void scatter_sorted_scaled(float *gradient, uint8_t *touched, const float *gx, sg_sorted_spikes spikes,
                                  size_t inputs, size_t width) {
    size_t i = 0;
    while (i + 1 < inputs && spikes.begin[i + 1] == 0)
        i++;
    sound->scatter_sorted(gradient, touched, gx, spikes, inputs, width);
    scale_largest(gradient + i * width, width);
}

static void clear_untouched_full(float *gradient, uint8_t *touched, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++)
        if (!touched[row]) {
            sound->clear_untouched(gradient, touched, rows, width);
            gradient[row * width] = 1;
            return;
        }
}

static void project_scaled(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add,
                           size_t steps, size_t neurons, size_t width, size_t width_below, size_t stride_below) {
    sound->project(g, gx, transposed, active, add, steps, neurons, width, width_below, stride_below);
    scale_largest(g, steps * width_below);
}

static void project_less(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add,
                         size_t steps, size_t neurons, size_t width, size_t width_below, size_t stride_below) {
    sound->project(g, gx, transposed, active, add, steps, neurons - 1, width, width_below, stride_below);
}

static void project_step_scaled(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                                size_t width) {
    sound->project_step(g, gx, weights, active, inputs, width);
    scale_largest(g, inputs);
}

static void project_step_less(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                              size_t width) {
    sound->project_step(g, gx, weights, active, inputs - 1, width);
}

static void project_step_alone(float *g, const float *gx, const float *weights, const uint16_t *active, size_t inputs,
                               size_t width) {
    memset(g, 0, inputs * sizeof *g);
    sound->project_step(g, gx, weights, active, inputs, width);
}

static void transpose_scaled(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                             size_t stride_out) {
    sound->transpose(transposed, matrix, rows, columns, stride_in, stride_out);
    scale_largest(transposed, rows);
}

static void add_steps_less(float *row, const float *x, size_t steps, size_t width) {
    sound->add_steps(row, x, steps - 1, width);
}

static void add_row_scaled(float *x, const float *row, size_t steps, size_t width) {
    sound->add_row(x, row, steps, width);
    scale_largest(x, steps * width);
}

static void gather_less(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width) {
    if (spikes.count > 0)
        spikes.count--, spikes.step++, spikes.channel++;
    sound->gather(x, weights, spikes, steps, width);
}

static void gather_narrow_scaled(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                                 size_t stride_below) {
    sound->gather_narrow(x, weights, spikes, steps, inputs, stride_below);
    scale_largest(x, steps * SG_LANES);
}

static void add_spikes_scaled(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width) {
    sound->add_spikes(x, weights, spikes, inputs, width);
    scale_largest(x, width);
}

static void find_active_tiles_less(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                                   size_t stride) {
    sound->find_active_tiles(active, u, surrogate, steps, width, stride);
    for (size_t t = steps; t-- > 0;)
        if (active[t * words(stride)]) {
            active[t * words(stride)] = 0;
            return;
        }
}

static void sum_rows_scaled(float *sum, const sg_rows *pieces, size_t count, size_t begin, size_t end, size_t width) {
    sound->sum_rows(sum, pieces, count, begin, end, width);
    scale_largest(sum + begin * width, (end - begin) * width);
}

/* Of a convolution: without its first spike, with the kernels of other channels, with a scaled bias or factor. */
static void conv_gather_wrong(float *x, float *row, const float *packed, float factor, const float *bias,
                              sg_spike_list spikes, const sg_conv *conv, size_t steps) {
    static float wrong[ROOM];
    if (part == 0 && spikes.count > 0)
        spikes.count--, spikes.step++, spikes.channel++;
    for (size_t n = 0; bias && n < sg_conv_neurons(conv); n++)
        wrong[n] = part == 1 ? 1.1f * bias[n] : bias[n];
    sound->conv_gather(x, row, packed, part == 2 ? 1.1f * factor : factor, bias ? wrong : NULL, spikes, conv, steps);
}

/* Without a spike, with a scaled sum, a step early, with a scaled sum for the bias, without the last step's. */
static void conv_scatter_wrong(float *sums, float *by_bias, float *row, const float *gx, sg_spike_list spikes,
                               const sg_conv *conv, size_t steps) {
    static uint16_t step[ROOM];
    for (size_t e = 0; e < spikes.count; e++)
        step[e] = (uint16_t)(spikes.step[e] - (part == 2 && spikes.step[e] > spikes.first));
    spikes.step = step;
    spikes.count -= part == 0 && spikes.count > 0;
    sound->conv_scatter(sums, by_bias, row, gx, spikes, conv, part == 4 ? steps - 1 : steps);
    if (part == 1)
        scale_largest(sums, sg_conv_packed(conv, conv->channels_in, 0, 0));
    if (part == 3 && by_bias)
        scale_largest(by_bias, conv->channels);
}

/* With a scaled number, by another factor, a step early. */
static void conv_project_wrong(float *g, float *row, const float *gx, const float *transposed, const uint8_t *wanted,
                               float factor, const sg_conv *conv, size_t steps) {
    size_t inputs = conv->channels_in * conv->rows.size * conv->columns.size;
    sound->conv_project(g, row, gx, transposed, wanted, part == 1 ? 1.1f * factor : factor, conv, steps);
    if (part == 0)
        scale_largest(g, steps * inputs);
    if (part == 2)
        shift(g, steps, inputs);
}

/* ------------------------------------------------------------------------------------------------ neurons */

static void li_backward_fast(float *g, float beta, size_t steps, size_t width) {
    sound->li_backward(g, 0.9f * beta, steps, width);
}

static void li_backward_early(float *g, float beta, size_t steps, size_t width) {
    sound->li_backward(g, beta, steps, width);
    shift(g, steps, width);
}

static void li_forward_fast(float *x, float beta, size_t steps, size_t width) {
    sound->li_forward(x, 0.9f * beta, steps, width);
}

static void cuba_lif_forward_fast(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width,
                                  size_t stride) {
    neuron.alpha *= 0.9f;
    sound->cuba_lif_forward(spikes, x, neuron, steps, width, stride);
}

static sg_cuba_lif wrong_neuron(sg_cuba_lif neuron) {
    neuron.alpha *= part == 0 ? 0.9f : 1;
    neuron.beta *= part == 1 ? 0.9f : 1;
    return neuron;
}

static sg_surrogate wrong_surrogate(sg_surrogate surrogate) {
    surrogate.k *= part == 2 ? 1.2f : 1;
    surrogate.height *= part == 3 ? 1.1f : 1;
    surrogate.cutoff *= part == 4 ? 0.8f : 1;
    return surrogate;
}

static void cuba_lif_backward_wrong(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron,
                                    sg_surrogate surrogate, size_t steps, size_t width) {
    sound->cuba_lif_backward(g, u, product, wrong_neuron(neuron), wrong_surrogate(surrogate), steps, width);
}

static void cuba_lif_backward_early(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron,
                                    sg_surrogate surrogate, size_t steps, size_t width) {
    sound->cuba_lif_backward(g, u, product, neuron, surrogate, steps, width);
    shift(g, steps, width);
}

static void gather_cuba_lif_fast(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                                 sg_cuba_lif neuron, size_t steps, size_t width, size_t stride) {
    neuron.alpha *= 0.9f;
    sound->gather_cuba_lif(spikes, u, keeps, weights, input, neuron, steps, width, stride);
}

static void scatter_cuba_lif_wrong(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                                   sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                                   size_t width) {
    sound->scatter_cuba_lif(gradient, touched, g, u, product, input, wrong_neuron(neuron), wrong_surrogate(surrogate),
                            steps, width);
}

static void scatter_cuba_lif_scaled(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                                    sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                                    size_t width) {
    sound->scatter_cuba_lif(gradient, touched, g, u, product, input, neuron, surrogate, steps, width);
    if (input.count > 0)
        scale_largest(gradient + input.channel[0] * width, width);
}

static void general_neuron_forward_fast(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                        const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride) {
    static float constants[ROOM];
    sg_general_neuron wrong = *neuron;
    memcpy(constants, neuron->constants, SG_NEURON_CONSTANTS * stride * sizeof *constants);
    for (size_t n = 0; n < width; n++)
        constants[SG_BETA * stride + n] *= 0.9f;
    wrong.constants = constants;
    sound->general_neuron_forward(spikes, x, state, trace, &wrong, span, width, stride);
}

/* As if nothing were left above threshold, there were no floor, synapses were exponential, and a neuron fired once. */
static void general_neuron_forward_low(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                       const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride) {
    sg_general_neuron wrong = *neuron;
    if (part == 0)
        wrong.raises = false;
    else if (part == 1)
        wrong.floor = 0;
    else if (part == 2)
        wrong.rises = false;
    else
        wrong.most = 1;
    sound->general_neuron_forward(spikes, x, state, trace, &wrong, span, width, stride);
}

static void general_neuron_backward_constant(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                             const sg_neuron_trace *trace, const sg_general_neuron *neuron,
                                             sg_span span, size_t width, size_t stride) {
    static float constants[ROOM];
    sg_general_neuron wrong = *neuron;
    memcpy(constants, neuron->constants, SG_NEURON_CONSTANTS * stride * sizeof *constants);
    for (size_t n = 0; n < width; n++)
        constants[part * stride + n] *= 0.9f;
    wrong.constants = constants;
    sound->general_neuron_backward(g, adjoint, sums, u, state, trace, &wrong, span, width, stride);
}

static void general_neuron_backward_surrogate(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                              const sg_neuron_trace *trace, const sg_general_neuron *neuron,
                                              sg_span span, size_t width, size_t stride) {
    sg_general_neuron wrong = *neuron;
    wrong.surrogate = wrong_surrogate(neuron->surrogate);
    sound->general_neuron_backward(g, adjoint, sums, u, state, trace, &wrong, span, width, stride);
}

/* As if the reset came in the other step, the input one step later, the reset were held constant, and what is left
 * above threshold did not depend on it, a floor let gradients pass, synapses were exponential, one threshold had
 * a surrogate, and the reset of an adaptation were the other thing. */
static void general_neuron_backward_other(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                          const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                          size_t width, size_t stride) {
    sg_general_neuron wrong = *neuron;
    if (part == 0)
        wrong.late = neuron->fires && !neuron->late, wrong.reset_gradient = neuron->reset_gradient && !wrong.late;
    else if (part == 1)
        wrong.delay = neuron->delay == 2 ? 1 : neuron->delay + 1;
    else if (part == 2)
        wrong.reset_gradient = false;
    else if (part == 3)
        wrong.raises = false;
    else if (part == 4)
        wrong.floor = 0;
    else if (part == 5)
        wrong.rises = false;
    else if (part == 6)
        wrong.periodic = !neuron->periodic;
    else
        wrong.resets_adaptation = !neuron->resets_adaptation;
    sound->general_neuron_backward(g, adjoint, sums, u, state, trace, &wrong, span, width, stride);
}

static void general_neuron_backward_sum(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                        const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                        size_t width, size_t stride) {
    sound->general_neuron_backward(g, adjoint, sums, u, state, trace, neuron, span, width, stride);
    if (sums && span.begin == 0)
        scale_largest(sums + part * stride, width);
}

static void pass_thresholds_less(uint16_t *planes, size_t pitch, const float *u, const sg_general_neuron *neuron,
                                 sg_span span, size_t width, size_t stride) {
    sound->pass_thresholds(planes, pitch, u, neuron, span, width, stride);
    for (size_t t = span.begin; t < span.end; t++)
        for (size_t n = 0; n < words(width); n++)
            planes[t * words(stride) + n] = 0;
}

static sg_srm wrong_srm(const sg_srm *neuron) {
    sg_srm wrong = *neuron;
    float *const constants[] = {&wrong.decay, &wrong.gain, &wrong.refractory_decay, &wrong.refractory_gain};
    *constants[part] *= 0.9f;
    return wrong;
}

static void srm_forward_wrong(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                              const sg_srm *neuron, sg_span span, size_t width, size_t stride) {
    const sg_srm wrong = wrong_srm(neuron);
    sound->srm_forward(spikes, x, state, trace, &wrong, span, width, stride);
}

static void srm_backward_wrong(float *g, float *adjoint, const float *u, const sg_srm *neuron, sg_surrogate surrogate,
                               bool constant_refractory, sg_span span, size_t width, size_t stride) {
    const sg_srm wrong = wrong_srm(neuron);
    sound->srm_backward(g, adjoint, u, &wrong, surrogate, constant_refractory, span, width, stride);
}

/* As if the plan said the other thing of the refractory kernel, and with another surrogate. */
static void srm_backward_other(float *g, float *adjoint, const float *u, const sg_srm *neuron, sg_surrogate surrogate,
                               bool constant_refractory, sg_span span, size_t width, size_t stride) {
    if (part == 0)
        constant_refractory = !constant_refractory;
    else
        surrogate = wrong_surrogate(surrogate);
    sound->srm_backward(g, adjoint, u, neuron, surrogate, constant_refractory, span, width, stride);
}

/* Each of its constants, and the spike before. */
static void eventprop_backward_wrong(float *g, float *below, float *adjoint, const float *u, const float *state,
                                     const float *by_counts, const sg_eventprop *neuron, sg_span span, size_t width,
                                     size_t stride) {
    sg_eventprop wrong = *neuron;
    float *const numbers[] = {&wrong.alpha,   &wrong.beta,       &wrong.gamma,      &wrong.current_gain,
                              &wrong.tau_mem, &wrong.by_tau_mem, &wrong.by_tau_syn, &wrong.least_slope};
    *numbers[part] *= 0.9f;
    sound->eventprop_backward(g, below, adjoint, u, state, by_counts, &wrong, span, width, stride);
}

static void eventprop_backward_less(float *g, float *below, float *adjoint, const float *u, const float *state,
                                    const float *by_counts, const sg_eventprop *neuron, sg_span span, size_t width,
                                    size_t stride) {
    sg_eventprop wrong = *neuron;
    if (part == 0)
        wrong.fires = false;
    sound->eventprop_backward(g, below, adjoint, u, state, part == 1 ? NULL : by_counts, &wrong, span, width, stride);
}

/* ---------------------------------------------------------------------------------------------- read-outs */

static void sum_spikes_less(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride) {
    sound->sum_spikes(sums, weights, spikes, steps - 1, stride);
}

static void outer_product_scaled(float *x, const float *column, const float *row, bool add, size_t rows, size_t width) {
    sound->outer_product(x, column, row, add, rows, width);
    scale_largest(x, rows * width);
}

static void add_scaled_more(float *y, const float *x, float factor, size_t count) {
    sound->add_scaled(y, x, 1.1f * factor, count);
}

static void max_steps_late(float *peak, uint32_t *peak_step, const float *x, size_t begin, size_t steps, size_t width) {
    sound->max_steps(peak, peak_step, x, begin, steps, width);
    for (size_t n = 0; n < width; n++)
        peak_step[n] -= peak_step[n] > 0;
}

static void sum_steps_less(float *sums, const float *x, size_t steps, size_t width) {
    sound->sum_steps(sums, x, steps - 1, width);
}

static void sum_products_less(float *sums, const float *x, const float *z, size_t steps, size_t width) {
    sound->sum_products(sums, x, z, steps - 1, width);
}

static void sum_products_scaled(float *sums, const float *x, const float *z, size_t steps, size_t width) {
    sound->sum_products(sums, x, z, steps, width);
    scale_largest(sums, width);
}

static void broadcast_row_scaled(float *x, const float *row, size_t steps, size_t width) {
    sound->broadcast_row(x, row, steps, width);
    scale_largest(x, steps * width);
}

static void first_spikes_late(uint32_t *first, uint32_t *second, const uint16_t *spikes, size_t begin, size_t steps,
                              size_t stride) {
    sound->first_spikes(first, second, spikes, begin, steps, stride);
    for (size_t n = 0; n < stride; n++)
        second[n] -= second[n] > first[n] + 1;
}

static void count_more(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride) {
    sound->count_spikes(counts, spikes, steps, stride);
    for (size_t n = 0; n < stride; n++)
        counts[n] += counts[n] > 0;
}

/* ------------------------------------------------------------------------------------------------- faults */

typedef struct fault {
    const char *name;
    size_t part;
    void (*plant)(sg_kernels *kernels);
} fault;

#define KERNEL(field, wrong)                                                                                           \
    static void plant_##wrong(sg_kernels *kernels) {                                                                   \
        kernels->field = wrong;                                                                                        \
    }
KERNEL(scatter, scatter_scaled)
KERNEL(scatter, scatter_less)
KERNEL(scatter, scatter_early)
KERNEL(scatter_narrow, scatter_narrow_scaled)
KERNEL(scatter_narrow, scatter_narrow_less)
KERNEL(scatter_sorted, scatter_sorted_less)
KERNEL(scatter_sorted, scatter_sorted_scaled)
KERNEL(clear_untouched, clear_untouched_full)
KERNEL(project, project_scaled)
KERNEL(project, project_less)
KERNEL(project_step, project_step_scaled)
KERNEL(project_step, project_step_less)
KERNEL(project_step, project_step_alone)
KERNEL(transpose, transpose_scaled)
KERNEL(add_steps, add_steps_less)
KERNEL(add_row, add_row_scaled)
KERNEL(gather, gather_less)
KERNEL(gather_narrow, gather_narrow_scaled)
KERNEL(add_spikes, add_spikes_scaled)
KERNEL(find_active_tiles, find_active_tiles_less)
KERNEL(sum_rows, sum_rows_scaled)
KERNEL(conv_gather, conv_gather_wrong)
KERNEL(conv_scatter, conv_scatter_wrong)
KERNEL(conv_project, conv_project_wrong)
KERNEL(li_backward, li_backward_fast)
KERNEL(li_backward, li_backward_early)
KERNEL(li_forward, li_forward_fast)
KERNEL(cuba_lif_forward, cuba_lif_forward_fast)
KERNEL(cuba_lif_backward, cuba_lif_backward_wrong)
KERNEL(cuba_lif_backward, cuba_lif_backward_early)
KERNEL(gather_cuba_lif, gather_cuba_lif_fast)
KERNEL(scatter_cuba_lif, scatter_cuba_lif_wrong)
KERNEL(scatter_cuba_lif, scatter_cuba_lif_scaled)
KERNEL(general_neuron_forward, general_neuron_forward_fast)
KERNEL(general_neuron_forward, general_neuron_forward_low)
KERNEL(general_neuron_backward, general_neuron_backward_constant)
KERNEL(general_neuron_backward, general_neuron_backward_surrogate)
KERNEL(general_neuron_backward, general_neuron_backward_other)
KERNEL(general_neuron_backward, general_neuron_backward_sum)
KERNEL(pass_thresholds, pass_thresholds_less)
KERNEL(srm_forward, srm_forward_wrong)
KERNEL(srm_backward, srm_backward_wrong)
KERNEL(srm_backward, srm_backward_other)
KERNEL(eventprop_backward, eventprop_backward_wrong)
KERNEL(eventprop_backward, eventprop_backward_less)
KERNEL(sum_spikes, sum_spikes_less)
KERNEL(outer_product, outer_product_scaled)
KERNEL(add_scaled, add_scaled_more)
KERNEL(max_steps, max_steps_late)
KERNEL(sum_steps, sum_steps_less)
KERNEL(sum_products, sum_products_less)
KERNEL(sum_products, sum_products_scaled)
KERNEL(broadcast_row, broadcast_row_scaled)
KERNEL(first_spikes, first_spikes_late)
KERNEL(count_spikes, count_more)

#define FAULT(wrong, part)                                                                                             \
    { #wrong " " #part, part, plant_##wrong }
static const fault faults[] = {
    FAULT(scatter_scaled, 0),
    FAULT(scatter_less, 0),
    FAULT(scatter_early, 0),
    FAULT(scatter_narrow_scaled, 0),
    FAULT(scatter_narrow_less, 0),
    FAULT(scatter_sorted_less, 0),
    FAULT(scatter_sorted_scaled, 0),
    FAULT(clear_untouched_full, 0),
    FAULT(project_scaled, 0),
    FAULT(project_less, 0),
    FAULT(project_step_scaled, 0),
    FAULT(project_step_less, 0),
    FAULT(project_step_alone, 0),
    FAULT(transpose_scaled, 0),
    FAULT(add_steps_less, 0),
    FAULT(add_row_scaled, 0),
    FAULT(gather_less, 0),
    FAULT(gather_narrow_scaled, 0),
    FAULT(add_spikes_scaled, 0),
    FAULT(find_active_tiles_less, 0),
    FAULT(sum_rows_scaled, 0),
    FAULT(conv_gather_wrong, 0),
    FAULT(conv_gather_wrong, 1),
    FAULT(conv_gather_wrong, 2),
    FAULT(conv_scatter_wrong, 0),
    FAULT(conv_scatter_wrong, 1),
    FAULT(conv_scatter_wrong, 2),
    FAULT(conv_scatter_wrong, 3),
    FAULT(conv_scatter_wrong, 4),
    FAULT(conv_project_wrong, 0),
    FAULT(conv_project_wrong, 1),
    FAULT(conv_project_wrong, 2),
    FAULT(li_backward_fast, 0),
    FAULT(li_backward_early, 0),
    FAULT(li_forward_fast, 0),
    FAULT(cuba_lif_forward_fast, 0),
    FAULT(cuba_lif_backward_wrong, 0),
    FAULT(cuba_lif_backward_wrong, 1),
    FAULT(cuba_lif_backward_wrong, 2),
    FAULT(cuba_lif_backward_wrong, 3),
    FAULT(cuba_lif_backward_wrong, 4),
    FAULT(cuba_lif_backward_early, 0),
    FAULT(gather_cuba_lif_fast, 0),
    FAULT(scatter_cuba_lif_wrong, 0),
    FAULT(scatter_cuba_lif_wrong, 1),
    FAULT(scatter_cuba_lif_wrong, 2),
    FAULT(scatter_cuba_lif_wrong, 3),
    FAULT(scatter_cuba_lif_wrong, 4),
    FAULT(scatter_cuba_lif_scaled, 0),
    FAULT(general_neuron_forward_fast, 0),
    FAULT(general_neuron_forward_low, 0),
    FAULT(general_neuron_forward_low, 1),
    FAULT(general_neuron_forward_low, 2),
    FAULT(general_neuron_forward_low, 3),
    FAULT(general_neuron_backward_constant, SG_ALPHA),
    FAULT(general_neuron_backward_constant, SG_INPUT_GAIN),
    FAULT(general_neuron_backward_constant, SG_BETA),
    FAULT(general_neuron_backward_constant, SG_MEMBRANE_GAIN),
    FAULT(general_neuron_backward_constant, SG_RESET_SHARE),
    FAULT(general_neuron_backward_constant, SG_RESET_AMOUNT),
    FAULT(general_neuron_backward_constant, SG_RHO),
    FAULT(general_neuron_backward_constant, SG_FROM_MEMBRANE),
    FAULT(general_neuron_backward_constant, SG_FROM_SPIKE),
    FAULT(general_neuron_backward_constant, SG_TO_THRESHOLD),
    FAULT(general_neuron_backward_constant, SG_TO_CURRENT),
    FAULT(general_neuron_backward_surrogate, 2),
    FAULT(general_neuron_backward_surrogate, 3),
    FAULT(general_neuron_backward_surrogate, 4),
    FAULT(general_neuron_backward_other, 0),
    FAULT(general_neuron_backward_other, 1),
    FAULT(general_neuron_backward_other, 2),
    FAULT(general_neuron_backward_other, 4),
    FAULT(general_neuron_backward_other, 5),
    FAULT(general_neuron_backward_other, 6),
    FAULT(general_neuron_backward_other, 7),
    FAULT(pass_thresholds_less, 0),
    FAULT(general_neuron_backward_sum, SG_ALPHA),
    FAULT(general_neuron_backward_sum, SG_INPUT_GAIN),
    FAULT(general_neuron_backward_sum, SG_BETA),
    FAULT(general_neuron_backward_sum, SG_MEMBRANE_GAIN),
    FAULT(general_neuron_backward_sum, SG_THETA),
    FAULT(general_neuron_backward_sum, SG_RESET_AMOUNT),
    FAULT(general_neuron_backward_sum, SG_RHO),
    FAULT(general_neuron_backward_sum, SG_FROM_MEMBRANE),
    FAULT(general_neuron_backward_sum, SG_FROM_SPIKE),
    FAULT(general_neuron_backward_sum, SG_TO_THRESHOLD),
    FAULT(srm_forward_wrong, 0),
    FAULT(srm_forward_wrong, 1),
    FAULT(srm_forward_wrong, 2),
    FAULT(srm_forward_wrong, 3),
    FAULT(srm_backward_wrong, 0),
    FAULT(srm_backward_wrong, 1),
    FAULT(srm_backward_wrong, 2),
    FAULT(srm_backward_wrong, 3),
    FAULT(srm_backward_other, 0),
    FAULT(srm_backward_other, 2),
    FAULT(eventprop_backward_wrong, 0),
    FAULT(eventprop_backward_wrong, 1),
    FAULT(eventprop_backward_wrong, 2),
    FAULT(eventprop_backward_wrong, 3),
    FAULT(eventprop_backward_wrong, 4),
    FAULT(eventprop_backward_wrong, 5),
    FAULT(eventprop_backward_wrong, 6),
    FAULT(eventprop_backward_wrong, 7),
    FAULT(eventprop_backward_less, 0),
    FAULT(eventprop_backward_less, 1),
    FAULT(sum_spikes_less, 0),
    FAULT(outer_product_scaled, 0),
    FAULT(add_scaled_more, 0),
    FAULT(max_steps_late, 0),
    FAULT(sum_steps_less, 0),
    FAULT(sum_products_less, 0),
    FAULT(sum_products_scaled, 0),
    FAULT(broadcast_row_scaled, 0),
    FAULT(first_spikes_late, 0),
    FAULT(count_more, 0),
};

enum { FAULTS = sizeof faults / sizeof *faults };

/* So many networks that each fault changes the gradient of some; of a share of the test there are fewer. */
enum { ALL_BITE = 100 };
static size_t networks = ALL_BITE, convolutional = 40, with_numbers = 20, timed = 30, first = 1;

/* Networks in which each fault changed the gradient, and those of them in which it was not found. */
static size_t bites[FAULTS], misses[FAULTS];

/* The gradient of the kernels without a fault. */
static double right[ROOM];

/* Whether a group's gradient is another than the right one, by more than any rounding: of a loss of about 1, rounding
 * hides entries below 1e-15. */
static bool differs(const double *found, const double *expected, size_t count) {
    double largest = 0, difference = 0;
    for (size_t j = 0; j < count; j++) {
        largest = fmax(largest, fabs(expected[j]));
        difference = isfinite(found[j]) ? fmax(difference, fabs(found[j] - expected[j])) : INFINITY;
    }
    return difference > 1e-3 * fmax(largest, 1e-15);
}

static bool bites_in(const sg_check *check) {
    const sg_network *network = sg_check_network(check);
    const double *found = sg_check_found(check);
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t g = 0; g < network->layers[l].group_count; g++) {
            const sg_group *group = &network->layers[l].groups[g];
            size_t at = sg_twin_at(network, l, group);
            if (differs(found + at, right + at, sg_group_count(group)))
                return true;
        }
    return false;
}

static void try_fault(sg_check *check, const drawn *d, size_t f) {
    sg_kernels faulty = *sound;
    part = faults[f].part;
    faults[f].plant(&faulty);
    if (sg_check_run_kernels(check, &faulty) == SG_OK && !bites_in(check))
        return;
    bites[f]++;
    if (sg_check_report(check, NULL, NULL)) {
        misses[f]++;
        printf("network %llu: %s was not found\n", (unsigned long long)d->number, faults[f].name);
    }
}

static void try_network(drawn *d) {
    sg_check *check;
    if (sg_check_open(d->config, d->number, &check) == SG_OK) {
        assert_int_equal(sg_kernels_get(&sound), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_twin_parameters(sg_check_network(check)) <= ROOM);
        memcpy(right, sg_check_found(check), sg_twin_parameters(sg_check_network(check)) * sizeof *right);
        for (size_t f = 0; f < FAULTS; f++)
            try_fault(check, d, f);
        sg_check_close(check);
    }
    drop(d);
}

/* The same network on numbers in the place of spikes: every other one on constant ones. */
static drawn *on_numbers(drawn *d) {
    set_layer(d, 0, "delay.kind", "none");
    set(d, "encoder.kind", "direct");
    set(d, "data.sequence", d->number % 2 ? "none" : "rows");
    sg_config_reset_useless(d->config);
    return d;
}

static void every_fault_is_found(void **state) {
    (void)state;
    size_t missed = 0, unbitten = 0, all = 0;
    for (size_t i = 0; i < networks; i++)
        try_network(draw(first + i));
    for (size_t i = 0; i < convolutional; i++)
        try_network(draw_convolutional(first + i));
    for (size_t i = 0; i < timed; i++)
        try_network(draw_in_time(first + i));
    for (size_t i = 0; i < with_numbers; i++)
        try_network(on_numbers(draw(first + i)));
    for (size_t i = 0; i < with_numbers; i++)
        try_network(on_numbers(draw_convolutional(first + i)));
    for (size_t f = 0; f < FAULTS; f++) {
        printf("%-32s in %4zu networks, not found in %zu\n", faults[f].name, bites[f], misses[f]);
        missed += misses[f], unbitten += bites[f] == 0, all += bites[f];
    }
    printf("%d faults in %zu networks: %zu not found\n", FAULTS, all, missed);
    assert_int_equal(missed, 0);
    if (networks >= ALL_BITE)
        assert_int_equal(unbitten, 0);
}

/* Small networks that a rule, or a part of it, is defined for. */
#define LIF         "neuron: {kind: lif, reset: subtract}, surrogate: {kind: sigmoid}"
#define TIMED(kind) "neuron: {kind: " kind ", order: eventprop}"
static const char two_layers[] = "steps: 20\nlayers: [{size: 6, " LIF "}, {size: 6, " LIF "}, {size: 3, neuron: {kind: "
                                 "li}}]\nloss: {kind: mean_ce}\n",
                  recurrent[] =
                      "steps: 20\nlayers:\n"
                      "  - {size: 6, recurrent: {from: own}, neuron: {kind: alif}, surrogate: {kind: sigmoid}}\n"
                      "  - {size: 3, neuron: {kind: li}}\nloss: {kind: mean_ce}\n",
                  of_maxima[] = "steps: 26\nrule: eventprop\nlayers: [{size: 9, " TIMED(
                      "cuba_lif") "}, "
                                  "{size: 3, " TIMED("cuba_li") "}]\nloss: {kind: max_ce}\n",
                  in_each_step[] =
                      "steps: 20\nlayers: [{size: 6, " LIF "}, {size: 6, " LIF "}, {size: 3, neuron: {kind: "
                      "li}}]\nloss: {kind: step_ce}\n",
                  of_first_spikes[] = "steps: 20\nlayers: [{size: 9, " LIF "}, {size: 3, " LIF "}]\n"
                                      "loss: {kind: ttfs_ce, early_tau: 5 ms}\n";

/* `setting` is key=value. */
static sg_config *small_network(const char *yaml, const char *setting) {
    const char *value = strchr(setting, '=') + 1;
    char key[32];
    sg_config *config;
    snprintf(key, sizeof key, "%.*s", (int)(value - 1 - setting), setting);
    assert_int_equal(sg_config_parse("rules", yaml, strlen(yaml), &config), SG_OK);
    assert_int_equal(sg_config_set(config, key, value), SG_OK);
    return config;
}

/* What a rule holds constant is the work of stages, forms and losses, not of kernels alone: their fault is another
 * rule, or another setting of it. */
static void another_rule_is_found(void **state) {
    (void)state;
    static const struct {
        const char *network, *right, *wrong[2];
    } rules[] = {
        {two_layers, "bptt.window=4", {"bptt.window", "0"}},
        {two_layers, "bptt.window=4", {"bptt.window", "3"}},
        {two_layers, "bptt.window=4", {"bptt.window", "5"}},
        {recurrent, "rule=eprop", {"rule", "bptt"}},
        {two_layers, "rule=bptt", {"bptt.window", "6"}},
        {two_layers, "rule=ottt", {"rule", "bptt"}},
        {two_layers, "rule=bptt", {"rule", "ottt"}},
        {in_each_step, "rule=decolle", {"rule", "bptt"}},
        {in_each_step, "rule=bptt", {"rule", "decolle"}},
        {in_each_step, "rule=decolle", {"decolle.scale", "0.6"}},
        {in_each_step, "rule=decolle", {"seed", "2"}},
        {of_maxima, "eventprop.kink=true", {"eventprop.kink", "false"}},
        {of_maxima, "eventprop.kink=false", {"eventprop.kink", "true"}},
        {of_first_spikes, "loss.early=0.5", {"loss.early", "0"}},
        {of_first_spikes, "loss.early=0", {"loss.early", "0.5"}},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        sg_config *config = small_network(rules[i].network, rules[i].right);
        sg_check *check;
        assert_int_equal(sg_check_open(config, 1, &check), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_check_report(check, NULL, NULL));
        assert_int_equal(sg_config_set(&check->config, rules[i].wrong[0], rules[i].wrong[1]), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_false(sg_check_report(check, NULL, NULL));
        sg_check_close(check);
        sg_config_free(config);
    }
}

/* Forward in time, what is carried from chunk to chunk is multiplied by sum_products alone: of one that adds nothing,
 * each chunk would begin anew. */
static void a_chunk_without_those_before_is_found(void **state) {
    (void)state;
    static const struct {
        const char *network, *rule, *settings[2][2];
    } forms[] = {
        {recurrent, "rule=eprop", {{"eprop.form", "online"}, {"loss.kind", "step_ce"}}},
        {recurrent, "rule=eprop", {{"eprop.form", "online"}, {"loss.kind", "mean_ce"}}},
        {in_each_step, "rule=decolle", {{"decolle.chunk", "8"}, {"decolle.scale", "1"}}},
    };
    assert_int_equal(sg_kernels_get(&sound), SG_OK);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        sg_config *config = small_network(forms[i].network, forms[i].rule);
        sg_kernels faulty = *sound;
        sg_check *check;
        faulty.sum_products = sum_products_less;
        for (size_t j = 0; j < 2; j++)
            assert_int_equal(sg_config_set(config, forms[i].settings[j][0], forms[i].settings[j][1]), SG_OK);
        assert_int_equal(sg_check_open(config, 1, &check), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_check_report(check, NULL, NULL));
        assert_int_equal(sg_check_run_kernels(check, &faulty), SG_OK);
        assert_false(sg_check_report(check, NULL, NULL));
        sg_check_close(check);
        sg_config_free(config);
    }
}

/* What is left above threshold matters to a trained threshold alone, which few drawn networks have in that order. */
static void what_is_left_above_threshold_is_found(void **state) {
    (void)state;
    static const char yaml[] =
        "steps: 26\nlayers: [{size: 9, link: {weights: normal, sd: 2}, neuron: {kind: lif, order: snntorch_no_delay, "
        "train: {threshold: true}}, surrogate: {kind: sigmoid}}, {size: 3, neuron: {kind: li}}]\nloss: {kind: "
        "mean_ce}\n";
    static const fault left = FAULT(general_neuron_backward_other, 3);
    size_t bitten = 0;
    assert_int_equal(sg_kernels_get(&sound), SG_OK);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        sg_config *config = small_network(yaml, "rule=bptt");
        sg_kernels faulty = *sound;
        sg_check *check;
        part = left.part;
        left.plant(&faulty);
        assert_int_equal(sg_check_open(config, seed, &check), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_check_report(check, NULL, NULL));
        memcpy(right, sg_check_found(check), sg_twin_parameters(sg_check_network(check)) * sizeof *right);
        assert_int_equal(sg_check_run_kernels(check, &faulty), SG_OK);
        if (bites_in(check)) {
            assert_false(sg_check_report(check, NULL, NULL));
            bitten++;
        }
        sg_check_close(check);
        sg_config_free(config);
    }
    assert_true(bitten > 0);
}

/* Normalisation has no kernels: its faults are planted in what a layer has of it. */
static void a_fault_of_normalisation_is_found(void **state) {
    (void)state;
    static const char yaml[] =
        "steps: 20\nlayers: [{size: 6, link: {norm: tdbn}, " LIF "}, {size: 6, link: {norm: bntt}, " LIF
        "}, {size: 3, neuron: {kind: li}}]\nloss: {kind: mean_ce}\n";
    for (int which = 0; which < 5; which++) {
        sg_config *config = small_network(yaml, "rule=bptt");
        sg_check *check;
        assert_int_equal(sg_check_open(config, 1, &check), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_check_report(check, NULL, NULL));
        sg_norm *norm = &check->network->layers[which % 2].norm;
        if (which < 2)
            norm->gain *= 1.01f;
        else if (which < 4)
            norm->eps += 0.01;
        else
            norm->rows = 0;
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_false(sg_check_report(check, NULL, NULL));
        sg_check_close(check);
        sg_config_free(config);
    }
}

/* Nor have links from earlier layers: one that is left out, and one that comes from another layer. */
static void a_fault_of_a_skip_link_is_found(void **state) {
    (void)state;
    static const char yaml[] =
        "steps: 20\nlayers: [{size: 6, " LIF "}, {size: 6, " LIF "}, {size: 6, link: {skip: 0}, " LIF
        "}, {size: 3, link: {skip: '0, 1'}, neuron: {kind: li}}]\nloss: {kind: mean_ce}\n";
    for (int which = 0; which < 4; which++) {
        sg_config *config = small_network(yaml, "rule=bptt");
        sg_check *check;
        assert_int_equal(sg_check_open(config, 1, &check), SG_OK);
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_true(sg_check_report(check, NULL, NULL));
        sg_layer *layer = &check->network->layers[2 + which % 2];
        if (which < 2)
            layer->skip_count--;
        else
            layer->skip_from[layer->skip_count - 1] = which == 2 ? 1 : 0;
        assert_int_equal(sg_check_run_kernels(check, NULL), SG_OK);
        assert_false(sg_check_report(check, NULL, NULL));
        sg_check_close(check);
        sg_config_free(config);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_without_those_before_is_found), cmocka_unit_test(another_rule_is_found),
        cmocka_unit_test(a_fault_of_normalisation_is_found),     cmocka_unit_test(a_fault_of_a_skip_link_is_found),
        cmocka_unit_test(what_is_left_above_threshold_is_found), cmocka_unit_test(every_fault_is_found),
    };
    networks /= one_of(), convolutional /= one_of(), with_numbers /= one_of(), timed /= one_of();
    if (argc > 1)
        networks = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first = strtoul(argv[2], NULL, 10);
    if (argc > 3)
        convolutional = strtoul(argv[3], NULL, 10);
    if (argc > 4)
        with_numbers = strtoul(argv[4], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

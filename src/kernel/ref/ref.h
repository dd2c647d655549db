/* The scalar kernels, one file for each family. kernel.h holds their contracts. Loops over a tile have a fixed number
 * of turns and no sum across lanes, so a compiler may vectorise them without changing a bit. */
#ifndef SG_KERNEL_REF_H
#define SG_KERNEL_REF_H

#include "kernel/kernel.h"

#include <math.h>

static inline float sg_flush(float x) {
    return fabsf(x) < SG_FLUSH ? 0.0f : x;
}

/* Whether the states of neurons are flushed after step t of the sample, and on the way back. */
static inline bool sg_flushes(size_t t) {
    return t % SG_FLUSH_STEPS == SG_FLUSH_STEPS - 1;
}
static inline bool sg_flushes_back(size_t t) {
    return t % SG_FLUSH_STEPS == 0;
}

static inline void sg_flush_tile(float *state) {
    for (size_t k = 0; k < SG_LANES; k++)
        state[k] = sg_flush(state[k]);
}

/* The body of sum_squares, of every set: the compiler makes vectors of a tile, as wide as the set's. */
static inline double sg_sum_squares(const float *x, size_t count) {
    double sums[SG_LANES] = {0}, total = 0;
    size_t whole = count - count % SG_LANES;
    for (size_t j = 0; j < whole; j += SG_LANES)
        for (size_t k = 0; k < SG_LANES; k++)
            sums[k] += (double)x[j + k] * x[j + k];
    for (size_t j = whole; j < count; j++)
        sums[j - whole] += (double)x[j] * x[j];
    for (size_t k = 0; k < SG_LANES; k++)
        total += sums[k];
    return total;
}

void sg_ref_gather(float *x, const float *weights, sg_spike_list spikes, size_t steps, size_t width);
void sg_ref_scatter(float *gradient, uint8_t *touched, const float *gx, sg_spike_list spikes, size_t width);
void sg_ref_gather_bits(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                        size_t width, size_t stride_below);
void sg_ref_scatter_bits(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                         size_t width, size_t stride_below);
void sg_ref_gather_narrow(float *x, const float *weights, const uint16_t *spikes, size_t steps, size_t inputs,
                          size_t stride_below);
void sg_ref_scatter_narrow(float *gradient, const float *gx, const uint16_t *spikes, size_t steps, size_t inputs,
                           size_t stride_below);
void sg_ref_project(float *g, const float *gx, const float *transposed, const uint16_t *active, bool add, size_t steps,
                    size_t neurons, size_t width, size_t width_below, size_t stride_below);
void sg_ref_transpose(float *transposed, const float *matrix, size_t rows, size_t columns, size_t stride_in,
                      size_t stride_out);
void sg_ref_li_forward(float *x, float beta, size_t steps, size_t width);
void sg_ref_li_backward(float *g, float beta, size_t steps, size_t width);
void sg_ref_cuba_lif_forward(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);
void sg_ref_cuba_lif_backward(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron, sg_surrogate surrogate,
                              size_t steps, size_t width);
void sg_ref_gather_cuba_lif(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                            sg_cuba_lif neuron, size_t steps, size_t width, size_t stride);
void sg_ref_scatter_cuba_lif(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                             sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                             size_t width);
void sg_ref_general_neuron_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                   const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride);
void sg_ref_general_neuron_backward(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                    const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                    size_t width, size_t stride);
void sg_ref_add_spikes(float *x, const float *weights, const uint16_t *spikes, size_t inputs, size_t width);
void sg_ref_scale(float *x, float factor, size_t count);
void sg_ref_find_active_tiles(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                              size_t stride);
size_t sg_ref_count_all_spikes(const uint16_t *spikes, size_t steps, size_t stride);
size_t sg_ref_list_spikes(uint16_t *step, uint32_t *channel, const uint16_t *spikes, size_t steps, size_t stride);
void sg_ref_count_spikes(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride);
void sg_ref_first_spikes(uint32_t *first, uint32_t *second, const uint16_t *spikes, size_t begin, size_t steps,
                         size_t stride);
void sg_ref_mask_spikes(uint16_t *handed, const uint16_t *spikes, const uint16_t *kept, size_t steps, size_t stride);
void sg_ref_mask_columns(float *x, const uint16_t *kept, size_t steps, size_t width);
void sg_ref_add_row(float *x, const float *row, size_t steps, size_t width);
void sg_ref_add_steps(float *row, const float *x, size_t steps, size_t width);
void sg_ref_sum_spikes(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride);
void sg_ref_outer_product(float *x, const float *column, const float *row, bool add, size_t rows, size_t width);
void sg_ref_max_steps(float *peak, uint32_t *peak_step, const float *x, size_t begin, size_t steps, size_t width);
void sg_ref_mark_fired(uint16_t *fired, const uint16_t *spikes, size_t steps, size_t stride);
void sg_ref_sum_steps(float *sums, const float *x, size_t steps, size_t width);
void sg_ref_broadcast_row(float *x, const float *row, size_t steps, size_t width);
void sg_ref_clear_untouched(float *gradient, uint8_t *touched, size_t rows, size_t width);
void sg_ref_sum_rows(float *sum, const sg_rows *pieces, size_t count, size_t begin, size_t end, size_t width);
void sg_ref_adam(float *w, float *m, float *n, float *n_max, const float *g, size_t count, const sg_adam_step *step);
void sg_ref_sgd(float *w, float *velocity, const float *g, size_t count, float lr, float momentum, bool nesterov);
void sg_ref_adamax(float *w, float *m, float *n, const float *g, size_t count, const sg_adam_step *step);
void sg_ref_rmsprop(float *w, float *velocity, float *n, const float *g, size_t count, const sg_adam_step *step);
void sg_ref_add_scaled(float *y, const float *x, float factor, size_t count);
double sg_ref_sum_squares(const float *x, size_t count);
size_t sg_ref_first_not_finite(const float *x, size_t count);

#endif

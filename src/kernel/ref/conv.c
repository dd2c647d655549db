/* Convolutions: one step after the other, as a row of all neurons. */
#include "kernel/conv_places.h"
#include "kernel/ref/ref.h"

static void write_row(float *x, const float *row, float factor, const float *bias, size_t stride, size_t steps,
                      size_t t) {
    for (size_t n = 0; n < stride; n++) {
        size_t first = n / SG_BLOCK * SG_BLOCK, width = stride - first < SG_BLOCK ? stride - first : SG_BLOCK;
        float value = factor * row[n];
        x[first * steps + t * width + (n - first)] = bias ? value + bias[n] : value;
    }
}

void sg_ref_conv_gather(float *x, float *row, const float *packed, float factor, const float *bias,
                        sg_spike_list spikes, const sg_conv *conv, size_t steps) {
    size_t stride = sg_conv_stride(conv);
    for (size_t t = 0, e = 0; t < steps; t++) {
        memset(row, 0, stride * sizeof *row);
        for (; e < spikes.count && spikes.step[e] - spikes.first == t; e++) {
            const sg_conv_input in = sg_conv_input_of(conv, spikes.channel[e]);
#define ADD_KERNEL(run)                                                                                                \
    for (size_t k = 0; k < (run).count; k++)                                                                           \
    row[(run).neuron + k] += packed[(run).packed + k]
            SG_CONV_EACH_RUN(conv, in, ADD_KERNEL);
        }
        write_row(x, row, factor, bias, stride, steps, t);
    }
}

void sg_ref_conv_scatter(float *sums, float *by_bias, float *row, const float *gx, sg_spike_list spikes,
                         const sg_conv *conv, size_t steps) {
    for (size_t t = steps, e = spikes.count; t-- > 0;) {
        sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
        for (size_t n = 0; by_bias && n < sg_conv_neurons(conv); n++)
            by_bias[n % conv->channels] += row[n];
        for (; e > 0 && spikes.step[e - 1] - spikes.first == t; e--) {
            const sg_conv_input in = sg_conv_input_of(conv, spikes.channel[e - 1]);
#define ADD_ROW(run)                                                                                                   \
    for (size_t k = 0; k < (run).count; k++)                                                                           \
    sums[(run).packed + k] += row[(run).neuron + k]
            SG_CONV_EACH_RUN(conv, in, ADD_ROW);
        }
    }
}

/* dL/dinput of one channel in one place. */
static float project_input(const float *row, const float *transposed, const sg_conv *conv, size_t channel, size_t y,
                           size_t x) {
    size_t group = channel / sg_conv_group_in(conv), in_group = channel % sg_conv_group_in(conv);
    size_t width = (sg_conv_group_in(conv) + SG_LANES - 1) / SG_LANES * SG_LANES;
    float sum = 0;
    for (size_t r = conv->rows.first[y]; r < conv->rows.first[y + 1]; r++)
        for (size_t c = conv->columns.first[x]; c < conv->columns.first[x + 1]; c++) {
            size_t neuron = sg_conv_neuron(conv, conv->rows.out[r], conv->columns.out[c], group);
            size_t tap = conv->rows.tap[r] * conv->columns.taps + conv->columns.tap[c];
            size_t kernel = tap * conv->channels + group * sg_conv_group(conv);
            for (size_t o = 0; o < sg_conv_group(conv); o++)
                sum += row[neuron + o] * transposed[(kernel + o) * width + in_group];
        }
    return sum;
}

void sg_ref_conv_project(float *g, float *row, const float *gx, const float *transposed, float factor,
                         const sg_conv *conv, size_t steps) {
    for (size_t t = 0; t < steps; t++) {
        sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
        for (size_t y = 0; y < conv->rows.size; y++)
            for (size_t x = 0; x < conv->columns.size; x++)
                for (size_t c = 0; c < conv->channels_in; c++)
                    *g++ = factor * project_input(row, transposed, conv, c, y, x);
    }
}

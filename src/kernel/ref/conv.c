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

/* A channel below in one place, and the channels above that it leads to. */
typedef struct projected {
    const sg_conv *conv;
    const float *row, *transposed; /* at the group, and at the channel */
    size_t y, x, width;
} projected;

/* sum + what one tap brings: row `r` of the axis, place `out` of the columns above, or none, beyond the border. */
static float project_tap(const projected *p, float sum, size_t r, size_t column_tap, bool is_there, size_t out) {
    const sg_conv *conv = p->conv;
    size_t kernel = (conv->rows.tap[r] * conv->columns.taps + column_tap) * conv->channels;
    const float *gx = is_there ? p->row + sg_conv_neuron(conv, conv->rows.out[r], out, 0) : NULL;
    for (size_t o = 0; o < sg_conv_group(conv); o++)
        sum += (gx ? gx[o] : 0) * p->transposed[(kernel + o) * p->width];
    return sum;
}

static float project_even(const projected *p, float sum, size_t r) {
    const sg_conv_axis *columns = &p->conv->columns;
    for (size_t k = 0; k < columns->taps; k++) {
        size_t out = p->x + columns->padding + k + 1; /* of the map above, in which place 0 is number `taps` */
        sum = project_tap(p, sum, r, k, out >= columns->taps && out < columns->taps + columns->out_size,
                          out - columns->taps);
    }
    return sum;
}

static float project_input(const projected *p) {
    const sg_conv *conv = p->conv;
    float sum = 0;
    for (size_t r = conv->rows.first[p->y]; r < conv->rows.first[p->y + 1]; r++) {
        if (conv->columns.is_even)
            sum = project_even(p, sum, r);
        for (size_t c = conv->columns.first[p->x]; !conv->columns.is_even && c < conv->columns.first[p->x + 1]; c++)
            sum = project_tap(p, sum, r, conv->columns.tap[c], true, conv->columns.out[c]);
    }
    return sum;
}

static projected projected_of(const sg_conv *conv, const float *row, const float *transposed, size_t channel) {
    size_t group = channel / sg_conv_group_in(conv), first = group * sg_conv_group(conv);
    size_t width = (sg_conv_group_in(conv) + SG_LANES - 1) / SG_LANES * SG_LANES;
    return (projected){
        .conv = conv,
        .row = row + first,
        .transposed = transposed + first * width + channel % sg_conv_group_in(conv),
        .width = width,
    };
}

void sg_ref_conv_project(float *g, float *row, const float *gx, const float *transposed, const uint8_t *wanted,
                         float factor, const sg_conv *conv, size_t steps) {
    size_t places = conv->rows.size * conv->columns.size;
    for (size_t t = 0; t < steps; t++) {
        sg_conv_read_row(row, gx, sg_conv_stride(conv), steps, t);
        for (size_t place = 0; place < places; place++)
            for (size_t c = 0; c < conv->channels_in; c++) {
                projected input = projected_of(conv, row, transposed, c);
                input.y = place / conv->columns.size;
                input.x = place % conv->columns.size;
                *g++ = !wanted || wanted[t * places + place] ? factor * project_input(&input) : 0;
            }
    }
}

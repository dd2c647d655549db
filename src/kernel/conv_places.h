/* Where things of a convolution lie: what its kernels of all sets share. */
#ifndef SG_KERNEL_CONV_PLACES_H
#define SG_KERNEL_CONV_PLACES_H

#include "kernel/kernel_types.h"

#include <string.h>

static inline size_t sg_conv_neurons(const sg_conv *conv) {
    return conv->rows.out_size * conv->columns.out_size * conv->channels;
}

static inline size_t sg_conv_stride(const sg_conv *conv) {
    return (sg_conv_neurons(conv) + SG_LANES - 1) / SG_LANES * SG_LANES;
}

/* Channels of a group, above and below. */
static inline size_t sg_conv_group(const sg_conv *conv) {
    return conv->channels / conv->groups;
}
static inline size_t sg_conv_group_in(const sg_conv *conv) {
    return conv->channels_in / conv->groups;
}

/* An input by its number. */
typedef struct sg_conv_input {
    size_t channel, y, x;
} sg_conv_input;

static inline sg_conv_input sg_conv_input_of(const sg_conv *conv, uint32_t number) {
    uint32_t width = (uint32_t)conv->columns.size, height = (uint32_t)conv->rows.size, line = number / width;
    return (sg_conv_input){line / height, line % height, number % width};
}

/* The first neuron of a group in a place of the map above. */
static inline size_t sg_conv_neuron(const sg_conv *conv, size_t y, size_t x, size_t group) {
    return (y * conv->columns.out_size + x) * conv->channels + group * sg_conv_group(conv);
}

/* The kernel of a channel below, in a place of the kernel: (channels of a group). */
static inline size_t sg_conv_packed(const sg_conv *conv, size_t channel, size_t row, size_t column) {
    return ((channel * conv->rows.taps + row) * conv->columns.taps + column) * sg_conv_group(conv);
}

/* Neurons that lie side by side, and the packed numbers that go with them. */
typedef struct sg_conv_run {
    size_t neuron, packed, count;
} sg_conv_run;

/* Whether all taps of a row of a place lie side by side, in the map above and in the kernel. */
static inline bool sg_conv_is_joined(const sg_conv *conv) {
    return conv->columns.is_even && conv->groups == 1;
}

/* Numbers of a row of scratch: all neurons, with as many places beside each row of the map as the kernel may reach. */
static inline size_t sg_conv_row(const sg_conv *conv) {
    size_t width = conv->columns.out_size + 2 * (conv->columns.taps - 1);
    size_t row = (conv->rows.out_size * width * conv->channels + SG_LANES - 1) / SG_LANES * SG_LANES;
    return row > sg_conv_stride(conv) ? row : sg_conv_stride(conv);
}

/* Run number i of an input in a tap of its rows: all its columns, or one of them. */
static inline size_t sg_conv_runs(const sg_conv *conv, sg_conv_input in) {
    size_t columns = conv->columns.first[in.x + 1] - conv->columns.first[in.x];
    return sg_conv_is_joined(conv) && columns > 0 ? 1 : columns;
}

static inline sg_conv_run sg_conv_run_at(const sg_conv *conv, sg_conv_input in, size_t row_tap, size_t i) {
    size_t first = conv->columns.first[in.x], tap = first + i, group = in.channel / sg_conv_group_in(conv);
    size_t columns = sg_conv_is_joined(conv) ? conv->columns.first[in.x + 1] - first : 1;
    return (sg_conv_run){sg_conv_neuron(conv, conv->rows.out[row_tap], conv->columns.out[tap], group),
                         sg_conv_packed(conv, in.channel, conv->rows.tap[row_tap], conv->columns.tap[tap]),
                         columns * sg_conv_group(conv)};
}

/* Calls CALL(run) for all runs of an input. */
#define SG_CONV_EACH_RUN(conv, in, CALL)                                                                               \
    for (size_t tap = (conv)->rows.first[(in).y]; tap < (conv)->rows.first[(in).y + 1]; tap++)                         \
        for (size_t i = 0; i < sg_conv_runs(conv, in); i++)                                                            \
    CALL(sg_conv_run_at(conv, in, tap, i))

/* The axis of a map of `size` places, whose arrays `first` (size + 1), `out` and `tap` have room for sg_conv_axis_room
 * taps. */
typedef struct sg_conv_step {
    size_t taps, stride, padding, dilation;
} sg_conv_step;

static inline size_t sg_conv_axis_room(size_t size, sg_conv_step step) {
    return size * step.taps;
}

/* Places of the map above; 0 if the kernel does not fit. */
static inline size_t sg_conv_out_size(size_t size, sg_conv_step step) {
    size_t reach = (step.taps - 1) * step.dilation + 1, padded = size + 2 * step.padding;
    return padded < reach ? 0 : (padded - reach) / step.stride + 1;
}

static inline sg_conv_axis sg_conv_axis_sizes(size_t size, sg_conv_step step, const uint32_t *first,
                                              const uint16_t *out, const uint16_t *tap) {
    return (sg_conv_axis){first,
                          out,
                          tap,
                          size,
                          sg_conv_out_size(size, step),
                          step.taps,
                          step.padding,
                          step.stride == 1 && step.dilation == 1};
}

/* Place p reaches place (p + padding - k dilation) / stride through place k of the kernel, which is number taps - 1 - k
 * of the packed ones, so that both rise together. */
static inline sg_conv_axis sg_conv_axis_fill(uint32_t *first, uint16_t *out, uint16_t *tap, size_t size,
                                             sg_conv_step step) {
    const sg_conv_axis axis = sg_conv_axis_sizes(size, step, first, out, tap);
    uint32_t count = 0;
    for (size_t p = 0; p < size; p++) {
        first[p] = count;
        for (size_t k = step.taps; k-- > 0;) {
            size_t from = p + step.padding, back = k * step.dilation;
            if (from < back || (from - back) % step.stride || (from - back) / step.stride >= axis.out_size)
                continue;
            size_t at = from - back;
            out[count] = (uint16_t)(at / step.stride);
            tap[count++] = (uint16_t)(step.taps - 1 - k);
        }
    }
    first[size] = count;
    return axis;
}

/* A step of an array of blocks (T, width), into a row (stride) and back. */
static inline void sg_conv_read_row(float *row, const float *blocks, size_t stride, size_t steps, size_t t) {
    for (size_t first = 0; first < stride; first += SG_BLOCK) {
        size_t width = stride - first < SG_BLOCK ? stride - first : SG_BLOCK;
        memcpy(row + first, blocks + first * steps + t * width, width * sizeof *row);
    }
}

#endif

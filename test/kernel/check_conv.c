/* Convolutions: spikes of a map to weighted input of the next, and back. */
#include "check.h"

#include "kernel/conv_places.h"

#include <string.h>

/* Maps and kernels on both sides of what the vector forms treat apart: whole tiles of channels and others, borders,
 * strides, dilation, groups, one channel, and a map as wide as it is high and another. */
static const struct {
    size_t channels_in, height, width, channels, groups;
    sg_conv_step rows, columns;
} maps[] = {
    {1, 5, 6, 16, 1, {3, 1, 0, 1}, {3, 1, 0, 1}},  {2, 8, 8, 12, 1, {5, 1, 2, 1}, {5, 1, 2, 1}},
    {3, 6, 9, 5, 1, {3, 2, 1, 1}, {3, 2, 1, 1}},   {17, 4, 4, 32, 1, {3, 1, 1, 1}, {3, 1, 1, 1}},
    {4, 7, 7, 6, 2, {3, 1, 0, 2}, {3, 1, 0, 2}},   {16, 5, 5, 16, 16, {3, 1, 1, 1}, {3, 1, 1, 1}},
    {3, 1, 33, 20, 1, {1, 1, 0, 1}, {7, 3, 3, 1}}, {12, 6, 15, 64, 1, {5, 1, 0, 1}, {5, 1, 0, 1}},
    {2, 3, 40, 3, 1, {3, 1, 3, 1}, {5, 1, 6, 1}},
};

_Static_assert(sizeof maps / sizeof *maps == CHECK_MAPS, "as the axis has");

static uint32_t *draw_axis(check_set *set, const char *name, sg_conv_axis *axis, size_t size, sg_conv_step step) {
    uint32_t *first = check_blank(set, name, TYPE_U32, size + 1);
    uint16_t *out = check_blank(set, "out", TYPE_U16, sg_conv_axis_room(size, step));
    uint16_t *tap = check_blank(set, "tap", TYPE_U16, sg_conv_axis_room(size, step));
    *axis = sg_conv_axis_fill(first, out, tap, size, step);
    return first;
}

static size_t pad(size_t count) {
    return (count + SG_LANES - 1) / SG_LANES * SG_LANES;
}

/* The map, and the scratch row. */
static void make_map(check_set *set) {
    size_t i = set->at[MAP];
    sg_conv *conv = &set->conv;
    *conv = (sg_conv){.channels_in = maps[i].channels_in, .channels = maps[i].channels, .groups = maps[i].groups};
    draw_axis(set, "rows", &conv->rows, maps[i].height, maps[i].rows);
    draw_axis(set, "columns", &conv->columns, maps[i].width, maps[i].columns);
    set->row = check_blank(set, "row", TYPE_FLOAT, sg_conv_row(conv));
    check_ignore(set, set->row);
}

static size_t inputs_of(const sg_conv *conv) {
    return conv->channels_in * conv->rows.size * conv->columns.size;
}

static size_t packed_of(const sg_conv *conv) {
    return sg_conv_packed(conv, conv->channels_in, 0, 0);
}

/* (T, stride) in blocks, whose padding is 0. */
static float *draw_blocks(check_set *set, const char *name) {
    size_t stride = sg_conv_stride(&set->conv), neurons = sg_conv_neurons(&set->conv), steps = set->at[STEPS];
    float *values = check_floats(set, name, steps * stride);
    for (size_t n = neurons; n < stride; n++) {
        size_t first = n / SG_BLOCK * SG_BLOCK, width = stride - first < SG_BLOCK ? stride - first : SG_BLOCK;
        for (size_t t = 0; t < steps; t++)
            values[first * steps + t * width + (n - first)] = 0;
    }
    return values;
}

static void make_gather(check_set *set) {
    make_map(set);
    check_list(set, inputs_of(&set->conv), pad(inputs_of(&set->conv)));
    set->weights = check_floats(set, "packed", packed_of(&set->conv));
    set->w =
        set->at[OPTIONAL] ? check_rows(set, "bias", 1, sg_conv_neurons(&set->conv), sg_conv_stride(&set->conv)) : NULL;
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * sg_conv_stride(&set->conv));
}

static void call_gather(const sg_kernels *kernels, check_set *set) {
    kernels->conv_gather(set->x, set->row, set->weights, 0.75f, set->w, set->list, &set->conv, set->at[STEPS]);
}

const check_case case_conv_gather = {
    .name = "conv_gather",
    .each = 1u << STEPS | 1u << MAP | 1u << SPIKES,
    .some = 1u << VALUES | 1u << BEGIN | 1u << OPTIONAL,
    .make = make_gather,
    .call = call_gather,
    .bench = {{"2 x 8 x 8 to 12 x 8 x 8, 5 % fire", {[STEPS] = 100, [MAP] = 1, [SPIKES] = SPIKES_SPARSE}},
              {"12 x 6 x 15 to 64 x 2 x 11, 5 % fire", {[STEPS] = 100, [MAP] = 7, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_scatter(check_set *set) {
    make_map(set);
    check_list(set, inputs_of(&set->conv), pad(inputs_of(&set->conv)));
    set->gx = draw_blocks(set, "gx");
    set->gradient = check_floats(set, "sums", packed_of(&set->conv));
    set->w = set->at[OPTIONAL] ? check_floats(set, "by_bias", set->conv.channels) : NULL;
}

static void call_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->conv_scatter(set->gradient, set->w, set->row, set->gx, set->list, &set->conv, set->at[STEPS]);
}

const check_case case_conv_scatter = {
    .name = "conv_scatter",
    .each = 1u << STEPS | 1u << MAP | 1u << SPIKES,
    .some = 1u << VALUES | 1u << BEGIN | 1u << OPTIONAL,
    .make = make_scatter,
    .call = call_scatter,
    .bench = {{"2 x 8 x 8 to 12 x 8 x 8, 5 % fire", {[STEPS] = 100, [MAP] = 1, [SPIKES] = SPIKES_SPARSE}},
              {"12 x 6 x 15 to 64 x 2 x 11, 5 % fire", {[STEPS] = 100, [MAP] = 7, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_project(check_set *set) {
    make_map(set);
    size_t in_group = sg_conv_group_in(&set->conv);
    size_t rows = set->conv.rows.taps * set->conv.columns.taps * set->conv.channels;
    set->gx = draw_blocks(set, "gx");
    set->weights = check_rows(set, "transposed", rows, in_group, pad(in_group));
    set->g = check_blank(set, "g", TYPE_FLOAT, set->at[STEPS] * inputs_of(&set->conv));
    set->touched =
        set->at[OPTIONAL] ? check_touched(set, set->at[STEPS] * set->conv.rows.size * set->conv.columns.size) : NULL;
}

static void call_project(const sg_kernels *kernels, check_set *set) {
    kernels->conv_project(set->g, set->row, set->gx, set->weights, set->touched, 0.75f, &set->conv, set->at[STEPS]);
}

const check_case case_conv_project = {
    .name = "conv_project",
    .each = 1u << STEPS | 1u << MAP | 1u << SPIKES,
    .some = 1u << VALUES | 1u << OPTIONAL,
    .make = make_project,
    .call = call_project,
    .bench = {{"2 x 8 x 8 from 12 x 8 x 8", {[STEPS] = 100, [MAP] = 1}},
              {"12 x 6 x 15 from 64 x 2 x 11", {[STEPS] = 100, [MAP] = 7}},
              {"a twentieth of its places", {[STEPS] = 100, [MAP] = 7, [OPTIONAL] = 1, [SPIKES] = SPIKES_SPARSE}}},
};

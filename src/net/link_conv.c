/* Convolutions: a kernel for each channel, the same at all places of the map (docs/maths.md, "Links"). conv1d is conv2d
 * over one row.
 *
 * The groups are "weights" (channels_in / groups x rows x columns of the kernel, channels) and, where there is one,
 * "bias" (1, channels). Derived are the packed kernels (sg_conv), the bias of each neuron, and the transposed kernels,
 * which projecting reads. */
#include "kernel/conv_places.h"
#include "net/link.h"

#include <stdio.h>
#include <string.h>

static bool is_flat(const sg_layer_config *config);

/* ------------------------------------------------------------------------------------------------------- shapes */

static sg_conv_step columns_step(const sg_layer_config *config) {
    return (sg_conv_step){(size_t)config->kernel, (size_t)config->stride, (size_t)config->padding,
                          (size_t)config->dilation};
}

static sg_conv_step rows_step(const sg_layer_config *config) {
    return is_flat(config) ? (sg_conv_step){1, 1, 0, 1} : columns_step(config);
}

static sg_status check_groups(const sg_layer_config *config, size_t layer, sg_shape in) {
    if (in.channels % config->groups == 0 && config->channels % config->groups == 0)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "layers.%zu.link.groups: %lld groups, but %u channels come in and link.channels is %lld: use a "
                   "number that divides both",
                   layer, (long long)config->groups, in.channels, (long long)config->channels);
}

static sg_status shape(const sg_layer_config *config, size_t layer, sg_shape in, sg_shape *out) {
    size_t height = sg_conv_out_size(in.height, rows_step(config));
    size_t width = sg_conv_out_size(in.width, columns_step(config));
    SG_TRY(check_groups(config, layer, in));
    if (is_flat(config) && in.height != 1)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.kind: conv1d, but its input has %u rows: use conv2d, or the shape "
                       "CHANNELSx1xLENGTH (data.shape)",
                       layer, in.height);
    if (height == 0 || width == 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.kernel: %lld places%s%s do not fit its input of %ux%ux%u: use a smaller kernel "
                       "or more link.padding",
                       layer, (long long)config->kernel, config->dilation > 1 ? " with their dilation" : "",
                       is_flat(config) ? "" : " in both directions", in.channels, in.height, in.width);
    *out = (sg_shape){(uint32_t)config->channels, (uint32_t)height, (uint32_t)width};
    return SG_OK;
}

static size_t packed_count(const sg_conv *conv) {
    return sg_conv_packed(conv, conv->channels_in, 0, 0);
}

static size_t transposed_width(const sg_conv *conv) {
    return sg_stride(sg_conv_group_in(conv));
}

static size_t transposed_count(const sg_conv *conv) {
    return conv->rows.taps * conv->columns.taps * conv->channels * transposed_width(conv);
}

/* Sizes without tables. */
static sg_conv sizes_of(const sg_layer_config *config, sg_shape in, sg_shape out) {
    return (sg_conv){.rows = sg_conv_axis_sizes(in.height, rows_step(config), NULL, NULL, NULL),
                     .columns = sg_conv_axis_sizes(in.width, columns_step(config), NULL, NULL, NULL),
                     .channels_in = in.channels,
                     .channels = out.channels,
                     .groups = (size_t)config->groups};
}

static void plan(sg_link *link, const sg_link_request *request, sg_group groups[SG_LINK_GROUPS]) {
    const sg_layer_config *config = request->config;
    sg_conv *conv = &link->conv;
    link->in = request->in;
    shape(config, 0, request->in, &link->out); /* which sg_network_check_shapes has found to fit */
    link->inputs = (size_t)sg_shape_size(link->in);
    link->neurons = (size_t)sg_shape_size(link->out);
    link->stride = sg_stride(link->neurons);
    link->stride_below = sg_stride(link->inputs);
    *conv = sizes_of(config, link->in, link->out);
    size_t taps = conv->rows.taps * conv->columns.taps;
    groups[0] =
        (sg_group){.rows = sg_conv_group_in(conv) * taps, .columns = conv->channels, .decays = true, .taps = taps};
    groups[1] = (sg_group){.rows = 1, .columns = conv->channels, .begins_at_zero = true};
    snprintf(groups[0].name, sizeof groups[0].name, "%s", request->name);
    snprintf(groups[1].name, sizeof groups[1].name, "bias");
    link->group_count = config->bias ? 2 : 1;
    link->sums_count = packed_count(conv) + conv->channels;
    link->row_count = sg_conv_row(conv);
    link->derived_count = packed_count(conv) + link->stride + (request->projects ? transposed_count(conv) : 0);
    link->fan_out = (double)(link->neurons / conv->groups * sg_conv_group_in(conv) * taps) / (double)link->inputs;
}

static sg_conv_axis lay_out_axis(size_t size, sg_conv_step step, sg_arena *arena) {
    uint32_t *first = sg_arena_take(arena, size + 1, sizeof *first);
    uint16_t *out = sg_arena_take(arena, sg_conv_axis_room(size, step), sizeof *out);
    uint16_t *tap = sg_arena_take(arena, sg_conv_axis_room(size, step), sizeof *tap);
    return first ? sg_conv_axis_fill(first, out, tap, size, step) : sg_conv_axis_sizes(size, step, NULL, NULL, NULL);
}

static void lay_out(sg_link *link, const sg_layer_config *config, sg_arena *arena) {
    link->conv.rows = lay_out_axis(link->in.height, rows_step(config), arena);
    link->conv.columns = lay_out_axis(link->in.width, columns_step(config), arena);
}

/* ------------------------------------------------------------------------------------------------------ weights */

/* Weights that lie side by side in their group, (row, channel) .. (row, channel + count - 1), and when packed. */
typedef struct run {
    size_t row, channel, count;
    size_t at;     /* in arrays shaped like the parameters */
    size_t packed; /* in packed kernels */
    size_t tap;    /* place in the kernel, as packed */
    size_t input;  /* channel below, in its group */
} run;

typedef void visitor(const sg_link_call *call, const run *weights, void *user);

/* The weights of one row for the channels of a group, in as many runs as blocks of columns. */
static void visit_row(const sg_link_call *call, run weights, size_t end, visitor *visit, void *user) {
    const sg_group *group = &call->link->groups[0];
    while (weights.channel < end) {
        const sg_block block = sg_group_block(group, weights.channel / SG_BLOCK);
        size_t within = weights.channel - block.first, left = block.neurons - within;
        weights.count = end - weights.channel < left ? end - weights.channel : left;
        weights.at = sg_group_block_at(group, block) + weights.row * block.width + within;
        visit(call, &weights, user);
        weights.channel += weights.count;
        weights.packed += weights.count;
    }
}

/* All weights. Kernels are packed from their last place to their first, since places above rise with them. */
static void visit_weights(const sg_link_call *call, visitor *visit, void *user) {
    const sg_conv *conv = &call->link->conv;
    size_t rows = conv->rows.taps, columns = conv->columns.taps, in_group = sg_conv_group_in(conv);
    for (size_t c = 0; c < conv->channels_in; c++)
        for (size_t tap = 0; tap < rows * columns; tap++) {
            size_t packed_tap = rows * columns - 1 - tap, first = c / in_group * sg_conv_group(conv);
            const run weights = {.row = c % in_group * rows * columns + tap,
                                 .channel = first,
                                 .packed = sg_conv_packed(conv, c, 0, packed_tap),
                                 .tap = packed_tap,
                                 .input = c % in_group};
            visit_row(call, weights, first + sg_conv_group(conv), visit, user);
        }
}

static void pack(const sg_link_call *call, const run *weights, void *derived) {
    memcpy((float *)derived + weights->packed, call->parameters + weights->at, weights->count * sizeof(float));
}

static void transpose(const sg_link_call *call, const run *weights, void *derived) {
    const sg_conv *conv = &call->link->conv;
    size_t width = transposed_width(conv);
    float *to = (float *)derived + (weights->tap * conv->channels + weights->channel) * width + weights->input;
    for (size_t o = 0; o < weights->count; o++)
        to[o * width] = call->parameters[weights->at + o];
}

static void refresh(const sg_link_call *call, float *derived) {
    const sg_link *link = call->link;
    float *bias = derived + packed_count(&link->conv), *transposed = bias + link->stride;
    visit_weights(call, pack, derived);
    if (link->derived_count > packed_count(&link->conv) + link->stride)
        visit_weights(call, transpose, transposed);
    for (size_t n = 0; link->group_count > 1 && n < link->neurons; n++)
        bias[n] = call->parameters[sg_group_at(&link->groups[1], 0, n % link->conv.channels)];
}

/* --------------------------------------------------------------------------------------------------------- runs */

/* x of one step += what the numbers from number e on bring, as long as they are of this step. Returns the next one. */
static size_t add_numbers(const sg_link_call *call, float *row, sg_spike_source numbers, size_t t, size_t e) {
    const sg_link *link = call->link;
    for (; e < numbers.list.count && numbers.list.step[e] - numbers.list.first == t; e++) {
        const sg_conv_input in = sg_conv_input_of(&link->conv, numbers.list.channel[e]);
#define ADD_KERNEL(run)                                                                                                \
    call->kernels->add_scaled(row + (run).neuron, link->derived + (run).packed, numbers.value[e], (run).count)
        SG_CONV_EACH_RUN(&link->conv, in, ADD_KERNEL);
    }
    return e;
}

/* As conv_gather, of numbers. */
static void forward_numbers(const sg_link_call *call, const sg_link_layer *layer, float *x, const float *bias,
                            sg_spike_source numbers) {
    const sg_link *link = call->link;
    for (size_t t = 0, e = 0; t < call->steps; t++) {
        memset(layer->row, 0, link->stride * sizeof *layer->row);
        e = add_numbers(call, layer->row, numbers, t, e);
        for (size_t i = 0; i < sg_block_count(link->stride); i++) {
            const sg_block block = sg_block_at(link->neurons, i);
            float *to = x + block.first * call->steps + t * block.width;
            memcpy(to, layer->row + block.first, block.width * sizeof *to);
            call->kernels->scale(to, layer->factor, block.width);
            if (bias)
                call->kernels->add_row(to, bias + block.first, 1, block.width);
        }
    }
}

static void forward_layer(const sg_link_call *call, const sg_link_layer *layer, float *x, sg_spike_source spikes) {
    const sg_link *link = call->link;
    const float *bias = link->group_count > 1 ? link->derived + packed_count(&link->conv) : NULL;
    if (spikes.value)
        forward_numbers(call, layer, x, bias, spikes);
    else
        call->kernels->conv_gather(x, layer->row, link->derived, layer->factor, bias, spikes.list, &link->conv,
                                   call->steps);
}

/* What a sample's sums are added to. */
typedef struct destination {
    float *values; /* shaped like the parameters */
    const sg_link_layer *layer;
} destination;

static void add_weights(const sg_link_call *call, const run *weights, void *user) {
    const destination *to = user;
    call->kernels->add_scaled(to->values + weights->at, to->layer->sums + weights->packed, to->layer->factor,
                              weights->count);
}

static void clear_untouched(const sg_link_call *call, const sg_gradient *gradient) {
    for (size_t g = 0; g < call->link->group_count; g++) {
        const sg_group *group = &call->link->groups[g];
        for (size_t i = 0; i < sg_group_blocks(group); i++) {
            const sg_block block = sg_group_block(group, i);
            const sg_gradient rows = sg_gradient_of(gradient, group, block);
            call->kernels->clear_untouched(rows.values, rows.touched, group->rows, block.width);
        }
    }
}

static void add_sums(const sg_link_call *call, const sg_link_layer *layer, const sg_gradient *gradient) {
    const sg_link *link = call->link;
    const float *by_bias = layer->sums + packed_count(&link->conv);
    destination to = {gradient->values - gradient->first, layer};
    clear_untouched(call, gradient);
    visit_weights(call, add_weights, &to);
    for (size_t o = 0; link->group_count > 1 && o < link->conv.channels; o++)
        to.values[sg_group_at(&link->groups[1], 0, o)] += by_bias[o];
}

/* As conv_scatter, of numbers. */
static void backward_numbers(const sg_link_call *call, const sg_link_layer *layer, float *by_bias, const float *gx,
                             sg_spike_source numbers) {
    const sg_link *link = call->link;
    const sg_spike_list list = numbers.list;
    for (size_t t = call->steps, e = list.count; t-- > 0;) {
        sg_conv_read_row(layer->row, gx, link->stride, call->steps, t);
        for (size_t n = 0; by_bias && n < link->neurons; n++)
            by_bias[n % link->conv.channels] += layer->row[n];
        for (; e > 0 && list.step[e - 1] - list.first == t; e--) {
            const sg_conv_input in = sg_conv_input_of(&link->conv, list.channel[e - 1]);
#define ADD_ROW(run)                                                                                                   \
    call->kernels->add_scaled(layer->sums + (run).packed, layer->row + (run).neuron, numbers.value[e - 1], (run).count)
            SG_CONV_EACH_RUN(&link->conv, in, ADD_ROW);
        }
    }
}

static void backward_layer(const sg_link_call *call, const sg_link_layer *layer, const sg_gradient *gradient,
                           const float *gx, sg_spike_source spikes) {
    const sg_link *link = call->link;
    float *by_bias = link->group_count > 1 ? layer->sums + packed_count(&link->conv) : NULL;
    if (spikes.value)
        backward_numbers(call, layer, by_bias, gx, spikes);
    else
        call->kernels->conv_scatter(layer->sums, by_bias, layer->row, gx, spikes.list, &link->conv, call->steps);
    if (layer->ends)
        add_sums(call, layer, gradient);
}

static void project_layer(const sg_link_call *call, const sg_link_layer *layer, float *g, const float *gx,
                          const uint8_t *wanted) {
    const sg_link *link = call->link;
    const float *transposed = link->derived + packed_count(&link->conv) + link->stride;
    call->kernels->conv_project(g, layer->row, gx, transposed, wanted, layer->factor, &link->conv, call->steps);
}

/* -------------------------------------------------------------------------------------------------------- rows */

#define CONVOLUTION(symbol, name, summary)                                                                             \
    const sg_link_kind symbol = {                                                                                      \
        .head = {name, summary},                                                                                       \
        .plan = plan,                                                                                                  \
        .shape = shape,                                                                                                \
        .lay_out = lay_out,                                                                                            \
        .forward_layer = forward_layer,                                                                                \
        .backward_layer = backward_layer,                                                                              \
        .project_layer = project_layer,                                                                                \
        .refresh = refresh,                                                                                            \
    }

CONVOLUTION(sg_link_conv2d, "conv2d", "the same kernels at all places of a map");
CONVOLUTION(sg_link_conv1d, "conv1d", "the same kernels at all places of a row, as the channels of a cochlea are");

static bool is_flat(const sg_layer_config *config) {
    return sg_link_at(config->link) == &sg_link_conv1d;
}

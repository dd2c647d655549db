/* Affine, Linear, Conv1d, Conv2d, and Scale, which becomes part of weights. */
#include "base/memory.h"
#include "base/shape.h"
#include "net/link.h"
#include "nir/primitive.h"

#include <string.h>

/* ---------------------------------------------------------------------------------------------------------- reading */

/* (out, rest) in the file becomes (rest, out). */
static sg_status transpose(const sg_nir_array *from, size_t rows, size_t columns, double **to) {
    *to = sg_array(rows * columns, sizeof **to);
    if (!*to)
        return SG_MEMORY;
    for (size_t n = 0; n < columns; n++)
        for (size_t i = 0; i < rows; i++)
            (*to)[i * columns + n] = from->values[n * rows + i];
    return SG_OK;
}

static sg_status take_bias(const sg_nir_node *node, size_t columns, double **bias) {
    const sg_nir_array *found = &node->field[SG_NIR_BIAS];
    if (!found->values)
        return SG_OK;
    if (found->count != columns)
        return sg_nir_refuse("'bias' has %zu numbers, but there are %zu outputs", found->count, columns);
    if (!*bias && !(*bias = sg_array(columns, sizeof **bias)))
        return SG_MEMORY;
    for (size_t n = 0; n < columns; n++)
        (*bias)[n] += found->values[n];
    return SG_OK;
}

static sg_status check_first(const sg_nir_layer *layer) {
    return layer->weights ? sg_nir_refuse("there are no neurons between node '%s' and it", layer->link->name) : SG_OK;
}

/* Columns and rows of a matrix, whose other axes are 1. */
static sg_status matrix_of(const sg_nir_node *node, size_t *rows, size_t *columns) {
    const sg_nir_array *weight = &node->field[SG_NIR_WEIGHT];
    const int rank = weight->rank;
    if (rank < 2)
        return sg_nir_refuse("'weight' has %d dimensions, expected (outputs, inputs)", rank);
    for (int i = 0; i < rank - 2; i++)
        if (weight->shape[i] != 1)
            return sg_nir_refuse("'weight' is several matrices, expected one (outputs, inputs)");
    *columns = (size_t)weight->shape[rank - 2];
    *rows = (size_t)weight->shape[rank - 1];
    return SG_OK;
}

static sg_status take_matrix(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const uint64_t inputs = sg_shape_size(layer->in);
    (void)time;
    SG_TRY(check_first(layer));
    SG_TRY(matrix_of(node, &layer->rows, &layer->columns));
    if (layer->rows != inputs)
        return sg_nir_refuse("'weight' is (%zu, %zu), for %zu inputs, but %llu come%s", layer->columns, layer->rows,
                             layer->rows, (unsigned long long)inputs,
                             layer->columns == inputs ? ": it may be stored (inputs, outputs)" : "");
    if (sg_shape_is_image(layer->in))
        sg_warn("%s: node '%s' (%s): a Flatten before it is missing, and assumed", layer->graph->path, node->name,
                node->kind->type);
    layer->link = node;
    layer->config->size = (int64_t)layer->columns;
    layer->out = sg_flat_shape((uint32_t)layer->columns);
    SG_TRY(transpose(&node->field[SG_NIR_WEIGHT], layer->rows, layer->columns, &layer->weights));
    return take_bias(node, layer->columns, &layer->bias);
}

/* The padding that keeps the size of a map. */
static sg_status take_padding(sg_layer_config *config) {
    const int64_t both = (config->kernel - 1) * config->dilation;
    if (config->padding >= 0)
        return SG_OK;
    if (config->stride != 1 || both % 2)
        return sg_nir_refuse(
            "'padding' same is for stride 1 and as much on both sides, which kernel %lld does not have",
            (long long)config->kernel);
    config->padding = both / 2;
    return SG_OK;
}

static sg_status take_geometry(sg_layer_config *config, const sg_nir_node *node) {
    SG_TRY(sg_nir_whole(node, SG_NIR_STRIDE, 1, &config->stride));
    SG_TRY(sg_nir_whole(node, SG_NIR_PADDING, 0, &config->padding));
    SG_TRY(sg_nir_whole(node, SG_NIR_DILATION, 1, &config->dilation));
    SG_TRY(sg_nir_whole(node, SG_NIR_GROUPS, 1, &config->groups));
    return take_padding(config);
}

/* Of the map that comes in, where the node tells it. */
static void look_at_input_shape(const sg_nir_layer *layer, const sg_nir_node *node) {
    const sg_nir_array *told = &node->field[SG_NIR_INPUT_SHAPE];
    const double map[] = {layer->in.height, layer->in.width};
    const size_t axes = told->count < 2 ? told->count : 2;
    for (size_t i = 0; i < axes; i++)
        if (told->values[i] != map[2 - axes + i]) {
            sg_warn("%s: node '%s' (%s): 'input_shape' is not the %u x %u that come: left out", layer->graph->path,
                    node->name, node->kind->type, layer->in.height, layer->in.width);
            return;
        }
}

static sg_status take_conv(sg_nir_layer *layer, const sg_nir_node *node, int axes, const char *kind) {
    const sg_nir_array *weight = &node->field[SG_NIR_WEIGHT];
    sg_layer_config *config = layer->config;
    SG_TRY(check_first(layer));
    if (weight->rank != axes + 2)
        return sg_nir_refuse("'weight' has %d dimensions, expected %d", weight->rank, axes + 2);
    if (axes == 2 && weight->shape[2] != weight->shape[3])
        return sg_nir_refuse("its kernel is %llu x %llu, but surgrad's are square",
                             (unsigned long long)weight->shape[2], (unsigned long long)weight->shape[3]);
    config->link = sg_kind_find(sg_link_kinds, kind);
    config->channels = (int64_t)weight->shape[0];
    config->kernel = (int64_t)weight->shape[2];
    SG_TRY(take_geometry(config, node));
    if (config->groups < 1 || weight->shape[1] * (uint64_t)config->groups != layer->in.channels)
        return sg_nir_refuse("'weight' is for %llu channels a group in %lld groups, but %u channels come",
                             (unsigned long long)weight->shape[1], (long long)config->groups, layer->in.channels);
    look_at_input_shape(layer, node);
    layer->link = node;
    layer->columns = (size_t)weight->shape[0];
    layer->rows = weight->count / layer->columns;
    SG_TRY(transpose(weight, layer->rows, layer->columns, &layer->weights));
    return take_bias(node, layer->columns, &layer->bias);
}

static sg_status take_conv1d(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    (void)time;
    return take_conv(layer, node, 1, "conv1d");
}

static sg_status take_conv2d(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    (void)time;
    return take_conv(layer, node, 2, "conv2d");
}

sg_status sg_nir_take_recurrent(sg_nir_layer *layer, const sg_nir_node *node) {
    size_t rows = 0, columns = 0;
    if (sg_link_at(layer->config->link)->forward_layer)
        return sg_nir_refuse("comes back to a convolution, whose neurons surgrad does not connect to each other");
    SG_TRY(matrix_of(node, &rows, &columns));
    if (rows != layer->columns || columns != layer->columns)
        return sg_nir_refuse("'weight' is (%zu, %zu), but %zu neurons come back to themselves", columns, rows,
                             layer->columns);
    SG_TRY(transpose(&node->field[SG_NIR_WEIGHT], rows, columns, &layer->recurrent));
    return take_bias(node, columns, &layer->bias);
}

sg_status sg_nir_take_identity(sg_nir_layer *layer) {
    const bool is_map = sg_shape_is_image(layer->in);
    layer->columns = is_map ? layer->in.channels : (size_t)sg_shape_size(layer->in);
    layer->rows = is_map ? 1 : layer->columns;
    layer->config->link = sg_kind_find(sg_link_kinds, is_map ? "conv2d" : "dense");
    layer->config->size = is_map ? layer->config->size : (int64_t)layer->columns;
    layer->config->channels = layer->config->groups = layer->in.channels;
    layer->config->kernel = 1;
    layer->weights = sg_array(layer->rows * layer->columns, sizeof *layer->weights);
    if (!layer->weights)
        return SG_MEMORY;
    for (size_t n = 0; n < layer->columns; n++)
        layer->weights[(is_map ? 0 : n * layer->columns) + n] = 1;
    return SG_OK;
}

/* ------------------------------------------------------------------------------------------------------------ Scale */

/* Whether a factor is one for all places of each channel. */
static sg_status check_channels(const sg_nir_array *scale, size_t channels) {
    const size_t places = scale->count / channels;
    for (size_t i = 0; i < scale->count; i++)
        if (scale->values[i] != scale->values[i / places * places])
            return sg_nir_refuse("'scale' differs within a map, which weights of a convolution cannot take up");
    return SG_OK;
}

static sg_status scale_outputs(sg_nir_layer *layer, const sg_nir_array *scale) {
    if (scale->count != 1 && scale->count % layer->columns != 0)
        return sg_nir_refuse("'scale' has %zu numbers, but there are %zu outputs", scale->count, layer->columns);
    SG_TRY(check_channels(scale, scale->count == 1 ? 1 : layer->columns));
    const size_t places = scale->count == 1 ? 0 : scale->count / layer->columns;
    for (size_t i = 0; i < layer->rows * layer->columns; i++)
        layer->weights[i] *= scale->values[i % layer->columns * places];
    for (size_t n = 0; layer->bias && n < layer->columns; n++)
        layer->bias[n] *= scale->values[n * places];
    return SG_OK;
}

static sg_status scale_inputs(sg_nir_layer *layer, const sg_nir_array *scale) {
    const size_t inputs = (size_t)sg_shape_size(layer->in);
    if (scale->count != 1 && scale->count != inputs)
        return sg_nir_refuse("'scale' has %zu numbers, but %zu inputs come", scale->count, inputs);
    bool is_new = !layer->before;
    if (is_new && !(layer->before = sg_array(inputs, sizeof *layer->before)))
        return SG_MEMORY;
    for (size_t i = 0; i < inputs; i++)
        layer->before[i] = (is_new ? 1 : layer->before[i]) * scale->values[scale->count == 1 ? 0 : i];
    return SG_OK;
}

static sg_status take_scale(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const sg_nir_array *scale = &node->field[SG_NIR_SCALE];
    (void)time;
    return layer->weights ? scale_outputs(layer, scale) : scale_inputs(layer, scale);
}

/* ---------------------------------------------------------------------------------------------------------- writing */

static const sg_layer_config *config_of(const sg_nir_written *w) {
    return &w->layer->neuron.config;
}

static bool is_link(const sg_nir_written *w, const char *kind) {
    return strcmp(w->layer->link.kind->head.name, kind) == 0;
}

/* A bias of 0 where there is none: Sinabs and Norse do not read every Linear. */
static bool fits_affine(const sg_nir_written *w) {
    return is_link(w, "dense");
}

static bool fits_conv1d(const sg_nir_written *w) {
    return is_link(w, "conv1d");
}

static bool fits_conv2d(const sg_nir_written *w) {
    return is_link(w, "conv2d");
}

static sg_status put_matrix(const sg_nir_written *w) {
    const uint64_t shape[2] = {w->layer->neurons, w->layer->link.inputs};
    SG_TRY(sg_nir_put_group(w, SG_NIR_WEIGHT, "weights", 2, shape));
    return w->layer->bias ? sg_nir_put_group(w, SG_NIR_BIAS, "bias", 1, shape)
                          : sg_nir_put_zeros(w, SG_NIR_BIAS, w->layer->neurons);
}

/* Numbers of both directions; one for a map of one row. */
static sg_status put_conv(const sg_nir_written *w, int axes) {
    const sg_layer_config *config = config_of(w);
    const sg_shape in = w->layer->link.in;
    const uint64_t channels = w->layer->link.out.channels, kernel = (uint64_t)config->kernel;
    const uint64_t shape[4] = {channels, in.channels / (uint64_t)config->groups, kernel, kernel};
    const int64_t map[2] = {in.height, in.width}, one[1] = {in.width};
    SG_TRY(sg_nir_put_group(w, SG_NIR_WEIGHT, "weights", axes + 2, shape));
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_INPUT_SHAPE, axes == 2 ? map : one, axes == 2 ? 1 : 0, axes));
    const struct {
        sg_nir_field field;
        int64_t value;
    } rows[] = {{SG_NIR_STRIDE, config->stride},
                {SG_NIR_PADDING, config->padding},
                {SG_NIR_DILATION, config->dilation}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int64_t both[2] = {rows[i].value, rows[i].value};
        SG_TRY(sg_nir_put_wholes(w, rows[i].field, both, axes == 2 ? 1 : 0, axes));
    }
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_GROUPS, &config->groups, 0, 1));
    return config->bias ? sg_nir_put_group(w, SG_NIR_BIAS, "bias", 1, shape)
                        : sg_nir_put_zeros(w, SG_NIR_BIAS, channels);
}

static sg_status put_conv1d(const sg_nir_written *w) {
    return put_conv(w, 1);
}

static sg_status put_conv2d(const sg_nir_written *w) {
    return put_conv(w, 2);
}

#define WEIGHT SG_NIR_BIT(SG_NIR_WEIGHT)
#define BIAS   SG_NIR_BIT(SG_NIR_BIAS)
#define WINDOW                                                                                                         \
    (SG_NIR_BIT(SG_NIR_INPUT_SHAPE) | SG_NIR_BIT(SG_NIR_STRIDE) | SG_NIR_BIT(SG_NIR_PADDING) |                         \
     SG_NIR_BIT(SG_NIR_DILATION) | SG_NIR_BIT(SG_NIR_GROUPS) | BIAS)

const sg_nir_primitive sg_nir_affine = {
    .type = "Affine",
    .role = SG_NIR_LINK,
    .needs = WEIGHT | BIAS,
    .take = take_matrix,
    .fits = fits_affine,
    .put = put_matrix,
};
const sg_nir_primitive sg_nir_linear = {
    .type = "Linear",
    .role = SG_NIR_LINK,
    .needs = WEIGHT,
    .take = take_matrix,
};
const sg_nir_primitive sg_nir_conv1d = {
    .type = "Conv1d",
    .role = SG_NIR_LINK,
    .needs = WEIGHT,
    .may = WINDOW,
    .take = take_conv1d,
    .fits = fits_conv1d,
    .put = put_conv1d,
};
const sg_nir_primitive sg_nir_conv2d = {
    .type = "Conv2d",
    .role = SG_NIR_LINK,
    .needs = WEIGHT,
    .may = WINDOW,
    .take = take_conv2d,
    .fits = fits_conv2d,
    .put = put_conv2d,
};
const sg_nir_primitive sg_nir_scale = {
    .type = "Scale",
    .role = SG_NIR_FACTOR,
    .needs = SG_NIR_BIT(SG_NIR_SCALE),
    .take = take_scale,
};

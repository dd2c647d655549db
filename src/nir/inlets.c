/* Input, Output, SumPool2d, AvgPool2d, Delay, Flatten: what stands before weights. */
#include "base/memory.h"
#include "base/shape.h"
#include "net/inlet.h"
#include "nir/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const sg_layer_config *config_of(const sg_nir_written *w) {
    return &w->layer->neuron.config;
}

static sg_status check_before_weights(const sg_nir_layer *layer) {
    return layer->weights ? sg_nir_refuse("comes between node '%s' and its neurons, expected it before the weights",
                                          layer->link->name)
                          : SG_OK;
}

/* ------------------------------------------------------------------------------------------------------------ pools */

static sg_status take_pool(sg_nir_layer *layer, const sg_nir_node *node, int pool) {
    int64_t size, stride, padding;
    SG_TRY(check_before_weights(layer));
    if (layer->config->pool != SG_POOL_NONE || layer->late || layer->before)
        return sg_nir_refuse("comes after another pool, a Delay or a Scale, expected it right after neurons");
    SG_TRY(sg_nir_whole(node, SG_NIR_KERNEL_SIZE, 2, &size));
    SG_TRY(sg_nir_whole(node, SG_NIR_STRIDE, size, &stride));
    SG_TRY(sg_nir_whole(node, SG_NIR_PADDING, 0, &padding));
    if (size != stride || padding != 0)
        return sg_nir_refuse("'kernel_size' is %lld, 'stride' %lld and 'padding' %lld, but surgrad's windows lie side "
                             "by side",
                             (long long)size, (long long)stride, (long long)padding);
    layer->config->pool = pool;
    layer->config->pool_size = size;
    return sg_inlet_shape(layer->config, layer->number, layer->in, &layer->in);
}

static sg_status take_sum(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    (void)time;
    return take_pool(layer, node, SG_POOL_SUM);
}

static sg_status take_average(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    (void)time;
    return take_pool(layer, node, SG_POOL_AVERAGE);
}

static bool fits_sum(const sg_nir_written *w) {
    return config_of(w)->pool == SG_POOL_SUM;
}

static bool fits_average(const sg_nir_written *w) {
    return config_of(w)->pool == SG_POOL_AVERAGE;
}

static sg_status put_pool(const sg_nir_written *w) {
    const int64_t size = config_of(w)->pool_size, both[2] = {size, size}, none[2] = {0, 0};
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_KERNEL_SIZE, both, 1, 2));
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_STRIDE, both, 1, 2));
    return sg_nir_put_wholes(w, SG_NIR_PADDING, none, 1, 2);
}

/* ------------------------------------------------------------------------------------------------------------ Delay */

/* Steps of a delay: the nearest whole number where it is that but for rounding. */
static double steps_of(double delay_s, double dt_s) {
    const double steps = delay_s / dt_s, whole = nearbyint(steps);
    return fabs(steps - whole) < 1e-6 * (1 + whole) ? whole : steps;
}

static sg_status take_delay(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const sg_nir_array *delay = &node->field[SG_NIR_DELAY];
    const size_t inputs = (size_t)sg_shape_size(layer->in);
    size_t cut = 0;
    SG_TRY(check_before_weights(layer));
    if (delay->count != 1 && delay->count != inputs)
        return sg_nir_refuse("'delay' has %zu numbers, but %zu inputs come", delay->count, inputs);
    if (!layer->late && !(layer->late = sg_array(inputs, sizeof *layer->late)))
        return SG_MEMORY;
    for (size_t i = 0; i < inputs; i++) {
        const double given = delay->values[delay->count == 1 ? 0 : i], steps = steps_of(given, time->dt_s);
        if (!(given >= 0))
            return sg_nir_refuse("'delay' of input %zu is %g s, expected 0 or more", i, given);
        cut += steps != floor(steps);
        layer->late[i] += steps;
    }
    if (cut)
        sg_warn("%s: node '%s' (Delay): %zu of its delays are no whole steps of %g s: they are cut to them",
                layer->graph->path, node->name, cut, time->dt_s);
    layer->config->delay = SG_DELAY_AXONAL;
    return SG_OK;
}

static bool fits_delay(const sg_nir_written *w) {
    return w->layer->delays != NULL;
}

static sg_status put_delay(const sg_nir_written *w) {
    const sg_layer *layer = w->layer;
    const double unit_ms = layer->trains_delays ? config_of(w)->delay_unit : layer->neuron.dt_ms;
    const float *delays = w->network->parameters + layer->delays->at;
    const sg_group *group = layer->delays;
    uint64_t axes[3];
    const int rank = sg_nir_shape_of(layer->link.in, axes);
    double *seconds = sg_array(group->columns, sizeof *seconds);
    if (!seconds)
        return SG_MEMORY;
    for (size_t i = 0; i < group->columns; i++)
        seconds[i] = delays[i] * unit_ms / 1000;
    sg_status status = sg_nir_put_numbers(w, SG_NIR_DELAY, seconds, rank, axes);
    free(seconds);
    return status;
}

/* ---------------------------------------------------------------------------------------------------------- Flatten */

/* Axes are counted without that of the batch, which some files have. */
static sg_status take_flatten(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const int axes = sg_shape_is_image(layer->in) ? 3 : 1;
    int64_t first, last;
    (void)time;
    SG_TRY(check_before_weights(layer));
    SG_TRY(sg_nir_whole(node, SG_NIR_START_DIM, 0, &first));
    SG_TRY(sg_nir_whole(node, SG_NIR_END_DIM, -1, &last));
    const bool has_batch = node->field[SG_NIR_INPUT_TYPE].count > (size_t)axes;
    if (first != (has_batch ? 1 : 0) && axes > 1)
        sg_warn("%s: node '%s' (Flatten): 'start_dim' is %lld, which would keep an axis: taken as 0",
                layer->graph->path, node->name, (long long)first);
    if (last >= 0 && last < axes - 1)
        return sg_nir_refuse("'end_dim' is %lld, which keeps an axis, expected -1", (long long)last);
    layer->in = sg_flat_shape((uint32_t)sg_shape_size(layer->in));
    return SG_OK;
}

/* What a pool leaves is a map, even of one place. */
static bool is_pooled(const sg_nir_written *w) {
    return config_of(w)->pool != SG_POOL_NONE;
}

static bool fits_flatten(const sg_nir_written *w) {
    const bool is_map = sg_shape_is_image(w->layer->link.in) || is_pooled(w);
    return is_map && strcmp(w->layer->link.kind->head.name, "dense") == 0;
}

static sg_status put_flatten(const sg_nir_written *w) {
    const sg_shape in = w->layer->link.in;
    uint64_t axes[3] = {in.channels, in.height, in.width};
    int64_t shape[3], first = 0, last = -1;
    const int rank = is_pooled(w) ? 3 : sg_nir_shape_of(in, axes);
    for (int i = 0; i < rank; i++)
        shape[i] = (int64_t)axes[i];
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_START_DIM, &first, 0, 1));
    SG_TRY(sg_nir_put_wholes(w, SG_NIR_END_DIM, &last, 0, 1));
    return sg_nir_put_wholes(w, SG_NIR_INPUT_TYPE, shape, 1, rank);
}

/* The Input or Output of a graph within the graph. */
static sg_status take_inner(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time) {
    const sg_nir_array *shape = &node->field[SG_NIR_SHAPE];
    const sg_shape comes = layer->weights ? layer->out : layer->in;
    double told = 1;
    (void)time;
    for (size_t i = 0; i < shape->count; i++)
        told *= shape->values[i];
    if (told != (double)sg_shape_size(comes))
        sg_warn("%s: node '%s' (%s): 'shape' tells of %g numbers, but %llu come: left out", layer->graph->path,
                node->name, node->kind->type, told, (unsigned long long)sg_shape_size(comes));
    return SG_OK;
}

const sg_nir_primitive sg_nir_input = {
    .type = "Input",
    .role = SG_NIR_INPUT,
    .needs = SG_NIR_BIT(SG_NIR_SHAPE),
    .take = take_inner,
};
const sg_nir_primitive sg_nir_output = {
    .type = "Output",
    .role = SG_NIR_OUTPUT,
    .needs = SG_NIR_BIT(SG_NIR_SHAPE),
    .take = take_inner,
};
const sg_nir_primitive sg_nir_sum_pool = {
    .type = "SumPool2d",
    .role = SG_NIR_POOL,
    .needs = SG_NIR_BIT(SG_NIR_KERNEL_SIZE),
    .may = SG_NIR_BIT(SG_NIR_STRIDE) | SG_NIR_BIT(SG_NIR_PADDING),
    .take = take_sum,
    .fits = fits_sum,
    .put = put_pool,
};
const sg_nir_primitive sg_nir_average_pool = {
    .type = "AvgPool2d",
    .role = SG_NIR_POOL,
    .needs = SG_NIR_BIT(SG_NIR_KERNEL_SIZE),
    .may = SG_NIR_BIT(SG_NIR_STRIDE) | SG_NIR_BIT(SG_NIR_PADDING),
    .take = take_average,
    .fits = fits_average,
    .put = put_pool,
};
const sg_nir_primitive sg_nir_delay = {
    .type = "Delay",
    .role = SG_NIR_LATE,
    .needs = SG_NIR_BIT(SG_NIR_DELAY),
    .take = take_delay,
    .fits = fits_delay,
    .put = put_delay,
};
const sg_nir_primitive sg_nir_flatten = {
    .type = "Flatten",
    .role = SG_NIR_RESHAPE,
    .may = SG_NIR_BIT(SG_NIR_START_DIM) | SG_NIR_BIT(SG_NIR_END_DIM) | SG_NIR_BIT(SG_NIR_INPUT_TYPE),
    .take = take_flatten,
    .fits = fits_flatten,
    .put = put_flatten,
};

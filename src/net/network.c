#include "net/network.h"

#include "base/memory_limit.h"
#include "net/neuron_param.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t sg_stride(size_t neurons) {
    return (neurons + SG_LANES - 1) / SG_LANES * SG_LANES;
}

static const sg_group *add_group(sg_layer *layer, const char *name, size_t rows, bool decays) {
    assert(layer->group_count < SG_MAX_GROUPS);
    sg_group *group = &layer->groups[layer->group_count++];
    *group = (sg_group){.row = layer->rows, .rows = rows, .decays = decays};
    snprintf(group->name, sizeof group->name, "%s", name);
    layer->rows += rows;
    return group;
}

static void add_groups(sg_layer *layer, const sg_layer_config *config) {
    char name[sizeof layer->groups->name];
    add_group(layer, "weights", layer->shape.inputs, true);
    if (sg_layer_recurs(config)) {
        layer->own = add_group(layer, "recurrent", layer->shape.neurons, true);
        layer->groups[layer->group_count - 1].hollow = !config->self_connections;
    }
    if (config->bias)
        layer->bias = add_group(layer, "bias", 1, false);
    for (int param = 0; param < SG_NEURON_PARAMS; param++) {
        if (!sg_layer_has_raw(config, (sg_neuron_param)param))
            continue;
        snprintf(name, sizeof name, "raw_%s", sg_neuron_param_name((sg_neuron_param)param));
        layer->raw[param] = add_group(layer, name, 1, false);
        layer->has_raw = true;
        layer->trains_neurons |= config->train[param];
    }
}

static void describe_layer(sg_layer *layer, const sg_network_config *network, const sg_layer_config *config,
                           size_t inputs) {
    size_t neurons = (size_t)config->size, stride = sg_stride(neurons), steps = (size_t)network->steps;
    *layer = (sg_layer){
        .link = sg_link_at(config->link),
        .neuron = sg_neuron_make(config, network->dt_ms, sg_surrogate_make(config), NULL),
        .shape = {steps, inputs, neurons, stride, sg_stride(inputs)},
        .recurrent = {steps, neurons, neurons, stride, stride},
        .dropout = (float)config->dropout,
    };
    add_groups(layer, config);
}

static void describe(sg_network *network, const sg_network_config *config, size_t inputs) {
    *network = (sg_network){.steps = (size_t)config->steps, .memory_limit = config->memory};
    for (size_t l = 0; l < config->layer_count; l++) {
        sg_layer *layer = &network->layers[network->layer_count++];
        describe_layer(layer, config, &config->layers[l], inputs);
        layer->weights = network->parameter_count;
        layer->row = network->row_count;
        network->parameter_count += layer->rows * layer->shape.stride;
        network->row_count += layer->rows * sg_block_count(layer->shape.stride);
        inputs = layer->shape.neurons;
    }
}

static void lay_out(sg_network *network, const sg_network_config *config) {
    network->parameters = sg_arena_take(&network->memory, network->parameter_count, sizeof(float));
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        const sg_link_shape *shape = &layer->shape;
        float *constants = sg_arena_take(&network->memory, SG_NEURON_CONSTANTS * shape->stride, sizeof(float));
        layer->neuron = sg_neuron_make(&config->layers[l], config->dt_ms, layer->neuron.spiking.surrogate, constants);
        if (l > 0)
            layer->transposed = sg_arena_take(&network->memory, shape->neurons * shape->stride_below, sizeof(float));
        if (layer->own)
            layer->transposed_own = sg_arena_take(&network->memory, shape->neurons * shape->stride, sizeof(float));
    }
}

void sg_network_plan(sg_network *plan, const sg_network_config *config, size_t inputs) {
    describe(plan, config, inputs);
    lay_out(plan, config);
}

void sg_layer_raws(const sg_network *network, const sg_layer *layer, const float *raw[SG_NEURON_PARAMS]) {
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        raw[param] = layer->raw[param] ? network->parameters + sg_group_at(layer, layer->raw[param]) : NULL;
}

static void prepare_neurons(sg_network *network, sg_layer *layer) {
    const float *raw[SG_NEURON_PARAMS];
    sg_layer_raws(network, layer, raw);
    sg_neuron_prepare(&layer->neuron, raw, layer->shape.stride);
}

sg_status sg_network_make(const sg_network_config *config, size_t inputs, sg_network **out) {
    *out = NULL;
    sg_network *network = sg_array(1, sizeof *network);
    if (!network)
        return SG_MEMORY;
    sg_network_plan(network, config, inputs);
    sg_status status = sg_kernels_get(&network->kernels);
    if (status == SG_OK)
        status = sg_check_memory(network->memory.used, "the network", "use smaller layers, or data of fewer channels");
    if (status == SG_OK)
        status = sg_arena_open(&network->memory);
    if (status != SG_OK) {
        sg_network_free(network);
        return status;
    }
    lay_out(network, config);
    for (size_t l = 0; l < network->layer_count; l++)
        prepare_neurons(network, &network->layers[l]);
    *out = network;
    return SG_OK;
}

void sg_network_free(sg_network *network) {
    if (!network)
        return;
    sg_arena_close(&network->memory);
    free(network);
}

static void transpose(const sg_network *network, const sg_layer *layer, const sg_group *group,
                      const sg_link_shape *shape, float *transposed) {
    for (size_t i = 0; i < sg_block_count(shape->stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        network->kernels->transpose(transposed + block.first * shape->stride_below,
                                    network->parameters + sg_group_block_at(layer, group, block), shape->inputs,
                                    block.neurons, block.width, shape->stride_below);
    }
}

void sg_network_refresh(sg_network *network) {
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        if (l > 0)
            transpose(network, layer, &layer->groups[0], &layer->shape, layer->transposed);
        if (layer->own)
            transpose(network, layer, layer->own, &layer->recurrent, layer->transposed_own);
        if (layer->has_raw)
            prepare_neurons(network, layer);
    }
}

void sg_group_pack(const sg_layer *layer, const sg_group *group, float *array, const float *values) {
    for (size_t i = 0; i < sg_block_count(layer->shape.stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        float *rows = array + sg_group_block_at(layer, group, block);
        for (size_t row = 0; row < group->rows; row++)
            memcpy(rows + row * block.width, values + row * layer->shape.neurons + block.first,
                   block.neurons * sizeof *values);
    }
}

void sg_group_unpack(const sg_layer *layer, const sg_group *group, const float *array, float *values) {
    for (size_t i = 0; i < sg_block_count(layer->shape.stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        const float *rows = array + sg_group_block_at(layer, group, block);
        for (size_t row = 0; row < group->rows; row++)
            memcpy(values + row * layer->shape.neurons + block.first, rows + row * block.width,
                   block.neurons * sizeof *values);
    }
}

const sg_group *sg_group_find(const sg_layer *layer, size_t index, const char *name) {
    char names[256] = "";
    for (size_t i = 0, used = 0; i < layer->group_count; i++) {
        if (strcmp(layer->groups[i].name, name) == 0)
            return &layer->groups[i];
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", layer->groups[i].name);
    }
    sg_fail(SG_ARGUMENT, "layers.%zu has no parameters '%.40s', only %s", index, name, names);
    return NULL;
}

void sg_network_place(const sg_network *network, size_t index, char *text, size_t size) {
    assert(index < network->parameter_count);
    size_t l = network->layer_count - 1;
    while (index < network->layers[l].weights)
        l--;
    const sg_layer *layer = &network->layers[l];
    const sg_group *group = &layer->groups[layer->group_count - 1];
    while (index < sg_group_at(layer, group))
        group--;
    index -= sg_group_at(layer, group);
    sg_block block = sg_layer_block(layer, index / (group->rows * SG_BLOCK));
    index -= block.first * group->rows;
    snprintf(text, size, "layers.%zu.%s, row %zu, neuron %zu", l, group->name, index / block.width,
             block.first + index % block.width);
}

bool sg_network_is_finite(const sg_network *network, char *place, size_t size) {
    size_t bad = network->kernels->first_not_finite(network->parameters, network->parameter_count);
    if (bad == network->parameter_count)
        return true;
    sg_network_place(network, bad, place, size);
    return false;
}

size_t sg_network_layers(const sg_network *network) {
    return network->layer_count;
}

uint32_t sg_network_steps(const sg_network *network) {
    return (uint32_t)network->steps;
}

float *sg_group_row(const sg_network *network, const sg_layer *layer, const sg_group *group,
                    const sg_gradient *gradient) {
    assert(group->rows == 1); /* so that its blocks lie side by side */
    for (size_t i = 0; i < sg_block_count(layer->shape.stride); i++) {
        sg_block block = sg_layer_block(layer, i);
        const sg_gradient row = sg_gradient_of(gradient, layer, group, block);
        network->kernels->clear_untouched(row.values, row.touched, 1, block.width);
    }
    return sg_gradient_of(gradient, layer, group, sg_layer_block(layer, 0)).values;
}

sg_status sg_check_layer(const sg_network *network, size_t layer) {
    return layer < network->layer_count
               ? SG_OK
               : sg_fail(SG_ARGUMENT, "layer %zu of a network of %zu", layer, network->layer_count);
}

sg_status sg_network_layer(const sg_network *network, size_t layer, sg_layer_info *info) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_layer *l = &network->layers[layer];
    *info = (sg_layer_info){
        .link = l->link->name,
        .neuron = l->neuron.kind->name,
        .inputs = (uint32_t)l->shape.inputs,
        .neurons = (uint32_t)l->shape.neurons,
        .parameters = l->rows * l->shape.neurons,
        .spiking = l->neuron.kind->spiking,
        .recurrent = l->own != NULL,
    };
    return SG_OK;
}

sg_status sg_network_group(const sg_network *network, size_t layer, size_t i, sg_group_info *info) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_layer *l = &network->layers[layer];
    if (i >= l->group_count)
        return sg_fail(SG_ARGUMENT, "layers.%zu has %zu groups of parameters, not %zu", layer, l->group_count, i + 1);
    *info = (sg_group_info){l->groups[i].name, (uint32_t)l->groups[i].rows, (uint32_t)l->shape.neurons};
    return SG_OK;
}

sg_status sg_network_get_group(const sg_network *network, size_t layer, const char *name, float *values) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_group *group = sg_group_find(&network->layers[layer], layer, name);
    if (!group)
        return SG_ARGUMENT;
    sg_group_unpack(&network->layers[layer], group, network->parameters, values);
    return SG_OK;
}

static sg_status check_hollow(const sg_group *group, size_t layer, const float *values) {
    for (size_t n = 0; group->hollow && n < group->rows; n++)
        if (values[n * group->rows + n] != 0)
            return sg_fail(SG_ARGUMENT,
                           "layers.%zu.%s: neuron %zu has a weight from itself, but recurrent.self is false: make it 0",
                           layer, group->name, n);
    return SG_OK;
}

sg_status sg_network_set_group(sg_network *network, size_t layer, const char *name, const float *values) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_layer *l = &network->layers[layer];
    const sg_group *group = sg_group_find(l, layer, name);
    if (!group)
        return SG_ARGUMENT;
    size_t count = group->rows * l->shape.neurons, bad = network->kernels->first_not_finite(values, count);
    if (bad < count)
        return sg_fail(SG_ARGUMENT, "layers.%zu.%s: the number in row %zu for neuron %zu is not finite", layer,
                       group->name, bad / l->shape.neurons, bad % l->shape.neurons);
    SG_TRY(check_hollow(group, layer, values));
    sg_group_pack(l, group, network->parameters, values);
    sg_network_refresh(network);
    return SG_OK;
}

sg_status sg_network_get_weights(const sg_network *network, size_t layer, float *weights) {
    return sg_network_get_group(network, layer, "weights", weights);
}

sg_status sg_network_set_weights(sg_network *network, size_t layer, const float *weights) {
    return sg_network_set_group(network, layer, "weights", weights);
}

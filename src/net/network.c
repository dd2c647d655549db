#include "net/network.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t sg_stride(size_t neurons) {
    return (neurons + SG_LANES - 1) / SG_LANES * SG_LANES;
}

static void describe_layer(sg_layer *layer, const sg_layer_config *config, size_t steps, size_t inputs) {
    *layer = (sg_layer){
        .link = sg_link_at(config->link),
        .neuron = sg_neuron_at(config->neuron),
        .surrogate = sg_surrogate_make(config),
        .shape = {.steps = steps,
                  .inputs = inputs,
                  .neurons = (size_t)config->size,
                  .stride = sg_stride((size_t)config->size),
                  .stride_below = sg_stride(inputs)},
    };
}

static void describe(sg_network *network, const sg_network_config *config, size_t inputs) {
    *network = (sg_network){.steps = (size_t)config->steps};
    for (size_t l = 0; l < config->layer_count; l++) {
        sg_layer *layer = &network->layers[network->layer_count++];
        describe_layer(layer, &config->layers[l], network->steps, inputs);
        layer->weights = network->parameter_count;
        layer->row = network->row_count;
        network->parameter_count += layer->shape.inputs * layer->shape.stride;
        network->row_count += layer->shape.inputs;
        inputs = layer->shape.neurons;
    }
}

static void lay_out(sg_network *network) {
    network->parameters = sg_arena_take(&network->memory, network->parameter_count, sizeof(float));
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        const sg_link_shape *shape = &layer->shape;
        layer->constants = sg_arena_take(&network->memory, layer->neuron->constants * shape->stride, sizeof(float));
        if (l > 0)
            layer->transposed = sg_arena_take(&network->memory, shape->neurons * shape->stride_below, sizeof(float));
    }
}

void sg_network_plan(sg_network *plan, const sg_network_config *config, size_t inputs) {
    describe(plan, config, inputs);
    lay_out(plan);
}

sg_status sg_network_make(const sg_network_config *config, size_t inputs, sg_network **out) {
    *out = NULL;
    sg_network *network = sg_array(1, sizeof *network);
    if (!network)
        return SG_MEMORY;
    sg_network_plan(network, config, inputs);
    sg_status status = sg_kernels_get(&network->kernels);
    if (status == SG_OK)
        status = sg_arena_open(&network->memory);
    if (status != SG_OK) {
        sg_network_free(network);
        return status;
    }
    lay_out(network);
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        layer->neuron->prepare(layer->constants, &config->layers[l], config->dt_ms, layer->shape.stride);
    }
    *out = network;
    return SG_OK;
}

void sg_network_free(sg_network *network) {
    if (!network)
        return;
    sg_arena_close(&network->memory);
    free(network);
}

void sg_network_refresh(sg_network *network) {
    for (size_t l = 1; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        network->kernels->transpose(layer->transposed, network->parameters + layer->weights, layer->shape.inputs,
                                    layer->shape.neurons, layer->shape.stride, layer->shape.stride_below);
    }
}

void sg_layer_pack(const sg_layer *layer, float *array, const float *values) {
    for (size_t i = 0; i < layer->shape.inputs; i++)
        memcpy(array + layer->weights + i * layer->shape.stride, values + i * layer->shape.neurons,
               layer->shape.neurons * sizeof *values);
}

void sg_layer_unpack(const sg_layer *layer, const float *array, float *values) {
    for (size_t i = 0; i < layer->shape.inputs; i++)
        memcpy(values + i * layer->shape.neurons, array + layer->weights + i * layer->shape.stride,
               layer->shape.neurons * sizeof *values);
}

void sg_network_place(const sg_network *network, size_t index, char *text, size_t size) {
    assert(index < network->parameter_count);
    size_t l = network->layer_count - 1;
    while (index < network->layers[l].weights)
        l--;
    const sg_layer *layer = &network->layers[l];
    size_t within = index - layer->weights;
    snprintf(text, size, "layers.%zu, from input %zu to neuron %zu", l, within / layer->shape.stride,
             within % layer->shape.stride);
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
        .neuron = l->neuron->name,
        .inputs = (uint32_t)l->shape.inputs,
        .neurons = (uint32_t)l->shape.neurons,
        .parameters = l->shape.inputs * l->shape.neurons,
        .spiking = l->neuron->spiking,
    };
    return SG_OK;
}

sg_status sg_network_get_weights(const sg_network *network, size_t layer, float *weights) {
    SG_TRY(sg_check_layer(network, layer));
    sg_layer_unpack(&network->layers[layer], network->parameters, weights);
    return SG_OK;
}

sg_status sg_network_set_weights(sg_network *network, size_t layer, const float *weights) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_layer *l = &network->layers[layer];
    size_t count = l->shape.inputs * l->shape.neurons, bad = network->kernels->first_not_finite(weights, count);
    if (bad < count)
        return sg_fail(SG_ARGUMENT, "layers.%zu: the weight from input %zu to neuron %zu is not a finite number", layer,
                       bad / l->shape.neurons, bad % l->shape.neurons);
    sg_layer_pack(l, network->parameters, weights);
    sg_network_refresh(network);
    return SG_OK;
}

/* The parameters of a network at first. */
#include "base/random.h"
#include "net/dial.h"
#include "net/initialiser.h"
#include "net/network.h"

#include <stdlib.h>

static sg_status fill_group(sg_network *network, size_t l, const sg_group *group, const sg_weights_plan *plan) {
    const sg_initialiser_kind *kind = sg_initialiser_at(plan->config->kind);
    float *values = sg_array(plan->rows * plan->columns, sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_status status = kind->fill(values, plan);
    for (size_t n = 0; group->hollow && !kind->reads && n < plan->rows; n++)
        values[n * plan->columns + n] = 0;
    if (status == SG_OK)
        status = sg_network_set_group(network, l, group->name, values);
    if (status == SG_ARGUMENT) /* a file's weights that cannot be */
        status = sg_fail_in(SG_MODEL, "%s", plan->config->file);
    free(values);
    return status;
}

static sg_status initialise_weights(sg_network *network, size_t l, const sg_network_config *config, uint64_t seed) {
    const sg_layer *layer = &network->layers[l];
    sg_weights_plan plan = {
        .config = &config->layers[l].weights,
        .neuron = &layer->neuron,
        .rows = layer->shape.inputs,
        .columns = layer->shape.neurons,
        .stride = layer->shape.stride,
        .steps = network->steps,
        .dt_ms = config->dt_ms,
        .seed = seed,
        .stream = SG_STREAM_WEIGHTS + (uint32_t)l,
    };
    SG_TRY(fill_group(network, l, &layer->groups[0], &plan));
    if (!layer->own)
        return SG_OK;
    plan.config = &config->layers[l].own_weights;
    plan.rows = layer->shape.neurons;
    plan.stream = SG_STREAM_RECURRENT + (uint32_t)l;
    return fill_group(network, l, layer->own, &plan);
}

/* What is drawn or trained for each neuron starts at the configured value, or spread around it. */
static void initialise_neurons(sg_network *network, size_t l, const sg_network_config *config, uint64_t seed) {
    const sg_layer *layer = &network->layers[l];
    for (int dial = 0; dial < SG_DIALS; dial++) {
        if (!layer->raw[dial])
            continue;
        float *raw = network->parameters + sg_group_at(layer, layer->raw[dial]);
        for (size_t n = 0; n < layer->shape.neurons; n++)
            raw[n] = (float)sg_dial_first_raw(&config->layers[l], (sg_dial)dial, config->dt_ms, seed, l, n);
    }
}

sg_status sg_network_initialise(sg_network *network, const sg_network_config *config, uint64_t seed) {
    for (size_t l = 0; l < network->layer_count; l++) {
        initialise_neurons(network, l, config, seed);
        sg_network_refresh(network);
        SG_TRY(initialise_weights(network, l, config, seed));
    }
    return SG_OK;
}

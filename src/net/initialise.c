/* Initial weights: drawn from a distribution, or read from a file. */
#include "base/random.h"
#include "file/h5.h"
#include "net/dial.h"
#include "net/network.h"

#include <stdlib.h>

static sg_status draw_normal(float *values, const sg_layer *layer, const sg_layer_config *config, uint64_t seed,
                             size_t l) {
    for (size_t j = 0; j < layer->shape.inputs * layer->shape.neurons; j++)
        values[j] = (float)(config->weights_sd * sg_random_normal(seed, SG_STREAM_WEIGHTS + (uint32_t)l, j));
    return SG_OK;
}

static sg_status read_file(float *values, const sg_layer *layer, const sg_layer_config *config, uint64_t seed,
                           size_t l) {
    (void)seed, (void)l;
    const uint64_t shape[2] = {layer->shape.inputs, layer->shape.neurons};
    sg_h5 *file;
    SG_TRY(sg_h5_open(config->weights_file, SG_MODEL, &file));
    sg_status status = sg_h5_get(file, config->weights_dataset, SG_H5_F32, values, 2, shape);
    sg_h5_close(file);
    return status;
}

static sg_status (*const initialisers[])(float *, const sg_layer *, const sg_layer_config *, uint64_t, size_t) = {
    [SG_INIT_NORMAL] = draw_normal,
    [SG_INIT_FILE] = read_file,
};

static sg_status initialise_layer(sg_network *network, size_t l, const sg_layer_config *config, uint64_t seed) {
    const sg_layer *layer = &network->layers[l];
    float *values = sg_array(layer->shape.inputs * layer->shape.neurons, sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_status status = initialisers[config->weights](values, layer, config, seed, l);
    if (status == SG_OK)
        status = sg_network_set_weights(network, l, values);
    if (status == SG_ARGUMENT) /* a file's weights that are not finite */
        status = sg_fail_in(SG_MODEL, "%s", config->weights_file);
    free(values);
    return status;
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
        SG_TRY(initialise_layer(network, l, &config->layers[l], seed));
    }
    return SG_OK;
}

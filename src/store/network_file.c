#include "store/network_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64 };

static void dataset_name(char *text, size_t layer, const char *name) {
    snprintf(text, NAME, "layers/%zu/%s", layer, name);
}

/* One layer of an array, on its way into or out of a file as (I, N). */
static sg_status move_layer(sg_h5 *file, const sg_network *network, size_t l, const char *name, float *array,
                            bool put) {
    const sg_layer *layer = &network->layers[l];
    const uint64_t shape[2] = {layer->shape.inputs, layer->shape.neurons};
    char path[NAME];
    dataset_name(path, l, name);
    float *values = sg_array(layer->shape.inputs * layer->shape.neurons, sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_status status;
    if (put) {
        sg_layer_unpack(layer, array, values);
        status = sg_h5_put(file, path, SG_H5_F32, values, 2, shape, true);
    } else {
        status = sg_h5_get(file, path, SG_H5_F32, values, 2, shape);
        if (status == SG_OK)
            sg_layer_pack(layer, array, values);
    }
    free(values);
    return status;
}

sg_status sg_put_array(sg_h5 *file, const sg_network *network, const char *name, const float *array) {
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(move_layer(file, network, l, name, (float *)array, true));
    return SG_OK;
}

sg_status sg_get_array(sg_h5 *file, const sg_network *network, const char *name, float *array) {
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(move_layer(file, network, l, name, array, false));
    return SG_OK;
}

sg_status sg_put_network(sg_h5 *file, const char *format, const sg_config *config, const sg_network *network) {
    char *text;
    SG_TRY(sg_h5_put_text(file, "format", format));
    SG_TRY(sg_h5_put_text(file, "surgrad", SG_VERSION));
    SG_TRY(sg_config_text(config, &text));
    sg_status status = sg_h5_put_text(file, "config", text);
    free(text);
    SG_TRY(status);
    return sg_put_array(file, network, "weights", network->parameters);
}

static sg_status check_format(const char *path, const char *found, const char *const *formats) {
    for (const char *const *format = formats; *format; format++)
        if (strcmp(found, *format) == 0)
            return SG_OK;
    return sg_fail(SG_MODEL, "%s: this is a '%s' file, expected '%s'", path, found, formats[0]);
}

sg_status sg_get_config(sg_h5 *file, const char *path, const char *const *formats, sg_config **config) {
    char *text;
    *config = NULL;
    SG_TRY(sg_h5_get_text(file, "format", &text));
    sg_status status = check_format(path, text, formats);
    free(text);
    SG_TRY(status);
    SG_TRY(sg_h5_get_text(file, "config", &text));
    status = sg_config_parse(path, text, strlen(text), config);
    free(text);
    return status == SG_OK ? SG_OK : sg_fail_in(SG_MODEL, "%s: its configuration", path);
}

sg_status sg_get_weights(sg_h5 *file, const char *path, sg_network *network) {
    SG_TRY(sg_get_array(file, network, "weights", network->parameters));
    size_t bad = network->kernels->first_not_finite(network->parameters, network->parameter_count);
    if (bad < network->parameter_count) {
        char place[128];
        sg_network_place(network, bad, place, sizeof place);
        return sg_fail(SG_MODEL, "%s: the weight of %s, is not a finite number", path, place);
    }
    sg_network_refresh(network);
    return SG_OK;
}

sg_status sg_get_inputs(sg_h5 *file, const char *path, uint32_t *inputs) {
    int rank;
    uint64_t shape[SG_H5_RANK];
    SG_TRY(sg_h5_shape(file, "layers/0/weights", &rank, shape));
    if (rank != 2 || shape[0] < 1 || shape[0] > UINT32_MAX)
        return sg_fail(SG_MODEL,
                       "%s: 'layers/0/weights' has %d dimensions and %" PRIu64 " inputs, expected 2 and 1 "
                       "or more",
                       path, rank, rank > 0 ? shape[0] : 0);
    *inputs = (uint32_t)shape[0];
    return SG_OK;
}

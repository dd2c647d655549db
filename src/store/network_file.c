#include "store/network_file.h"

#include "file/h5_geometry.h"
#include "file/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 96 };

#define CLASS_NAMES  "class_names"
#define CONDITIONING "conditioning"

static void dataset_name(char *text, size_t layer, const char *name) {
    snprintf(text, NAME, "layers/%zu/%s", layer, name);
}

/* One group of an array, on its way into or out of a file as (rows, N). The array of the parameters has the names of
 * the groups ("weights"); any other has its own name, with that of the group behind it if it is not the weights. */
static sg_status move_group(sg_h5 *file, const sg_network *network, size_t l, const sg_group *group,
                            const char *array_name, float *array, bool put) {
    const uint64_t shape[2] = {group->rows, group->columns};
    char path[NAME], name[NAME];
    bool main = group == &network->layers[l].groups[0], own = strcmp(array_name, "weights") == 0;
    snprintf(name, sizeof name, "%s%s%s", own ? "" : array_name, own || main ? "" : "_",
             own || !main ? group->name : "");
    dataset_name(path, l, name);
    float *values = sg_array(sg_group_count(group), sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_status status;
    if (put) {
        sg_group_unpack(group, array, values);
        status = sg_h5_put(file, path, SG_H5_F32, values, 2, shape, true);
    } else {
        status = sg_h5_get(file, path, SG_H5_F32, values, 2, shape);
        if (status == SG_OK)
            sg_group_pack(group, array, values);
    }
    free(values);
    return status;
}

static sg_status move_array(sg_h5 *file, const sg_network *network, const char *name, float *array, bool put) {
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t g = 0; g < network->layers[l].group_count; g++)
            SG_TRY(move_group(file, network, l, &network->layers[l].groups[g], name, array, put));
    return SG_OK;
}

sg_status sg_put_array(sg_h5 *file, const sg_network *network, const char *name, const float *array) {
    return move_array(file, network, name, (float *)array, true);
}

sg_status sg_get_array(sg_h5 *file, const sg_network *network, const char *name, float *array) {
    return move_array(file, network, name, array, false);
}

/* What the network knows of its data. */
static sg_status put_knowledge(sg_h5 *file, const sg_network *network) {
    const sg_texts *names = &network->class_names;
    if (names->count > 0)
        SG_TRY(sg_h5_put_texts(file, CLASS_NAMES, (const char *const *)names->items, names->count));
    return network->conditioning ? sg_h5_put_text(file, CONDITIONING, network->conditioning) : SG_OK;
}

static sg_status check_class_names(const char *path, const sg_network *network) {
    const sg_texts *names = &network->class_names;
    const size_t outputs = sg_network_top(network)->neurons;
    if (names->count > outputs)
        return sg_fail(SG_MODEL, "%s: '" CLASS_NAMES "' are %zu, but the network has %zu outputs", path, names->count,
                       outputs);
    for (size_t c = 0; c < names->count; c++)
        if (!sg_utf8_is_line(names->items[c]))
            return sg_fail(SG_MODEL, "%s: '" CLASS_NAMES "': number %zu is not one line of UTF-8", path, c);
    return SG_OK;
}

sg_status sg_get_knowledge(sg_h5 *file, const char *path, sg_network *network) {
    SG_TRY(sg_h5_get_interned(file, CONDITIONING, &network->conditioning));
    if (!sg_h5_has(file, CLASS_NAMES))
        return SG_OK;
    SG_TRY(sg_h5_get_texts(file, CLASS_NAMES, &network->class_names));
    return check_class_names(path, network);
}

/* ------------------------------------------------------------------------------------- which synapses there are */

#define SYNAPSES "synapses"

static sg_status put_synapses(sg_h5 *file, const sg_network *network) {
    char name[NAME];
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_link *link = &network->layers[l].link;
        const uint64_t shape[2] = {link->synapses.count, link->neurons};
        dataset_name(name, l, SYNAPSES);
        if (link->synapses.count > 0)
            SG_TRY(sg_h5_put(file, name, SG_H5_U32, link->synapses.input, 2, shape, true));
    }
    return SG_OK;
}

/* Those of a neuron rise, so that none is there twice. */
static sg_status check_synapses(const char *path, const sg_link *link, size_t l, const uint32_t *input) {
    const size_t neurons = link->neurons;
    for (size_t j = 0; j < link->synapses.count * neurons; j++)
        if (input[j] >= link->inputs || (j >= neurons && input[j] <= input[j - neurons]))
            return sg_fail(SG_MODEL,
                           "%s: 'layers/%zu/" SYNAPSES "': row %zu has input %" PRIu32
                           " for neuron %zu, expected rising numbers below %zu",
                           path, l, j / neurons, input[j], j % neurons, link->inputs);
    return SG_OK;
}

static sg_status get_layer_synapses(sg_h5 *file, const char *path, sg_link *link, size_t l) {
    const uint64_t shape[2] = {link->synapses.count, link->neurons};
    const size_t count = link->synapses.count * link->neurons;
    char name[NAME];
    uint32_t *input = sg_array(count, sizeof *input);
    if (!input)
        return SG_MEMORY;
    dataset_name(name, l, SYNAPSES);
    sg_status status = sg_h5_get(file, name, SG_H5_U32, input, 2, shape);
    if (status == SG_OK)
        status = check_synapses(path, link, l, input);
    if (status == SG_OK) {
        memcpy(link->synapses.input, input, count * sizeof *input);
        sg_synapses_index(link);
    }
    free(input);
    return status;
}

sg_status sg_get_synapses(sg_h5 *file, const char *path, sg_network *network) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].link.synapses.count > 0)
            SG_TRY(get_layer_synapses(file, path, &network->layers[l].link, l));
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
    SG_TRY(sg_h5_put_geometry(file, "input_shape", network->layers[0].link.in));
    SG_TRY(put_knowledge(file, network));
    SG_TRY(put_synapses(file, network));
    return sg_put_array(file, network, "weights", network->parameters);
}

sg_status sg_get_config(sg_h5 *file, const char *path, const char *const *formats, sg_config **config) {
    char *text;
    *config = NULL;
    SG_TRY(sg_h5_check_format(file, formats));
    SG_TRY(sg_h5_get_text(file, "config", &text));
    /* In silence: nobody could write the new names of old keys into such a file. */
    const sg_warning_listener listener = sg_swap_warning_listener((sg_warning_listener){0});
    sg_status status = sg_config_parse(path, text, strlen(text), config);
    sg_swap_warning_listener(listener);
    free(text);
    if (status != SG_OK)
        return sg_fail_in(SG_MODEL, "%s: its configuration", path);
    sg_config_reset_useless(*config);
    return SG_OK;
}

static sg_status check_variances(const char *path, const sg_network *network, const float *parameters) {
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_group *group = network->layers[l].norm.variance;
        for (size_t j = 0; group && j < sg_group_count(group); j++) {
            const float variance = parameters[sg_group_at(group, j / group->columns, j % group->columns)];
            if (variance < 0)
                return sg_fail(SG_MODEL,
                               "%s: layers.%zu.norm_variance is %g in row %zu for channel %zu, expected 0 or "
                               "more",
                               path, l, (double)variance, j / group->columns, j % group->columns);
        }
    }
    return SG_OK;
}

sg_status sg_get_weights(sg_h5 *file, const char *path, const sg_network *network, float *parameters) {
    char place[128];
    SG_TRY(sg_get_array(file, network, "weights", parameters));
    size_t at = network->kernels->first_not_finite(parameters, network->parameter_count);
    if (at == network->parameter_count)
        return check_variances(path, network, parameters);
    sg_network_place(network, at, place, sizeof place);
    return sg_fail(SG_MODEL, "%s: %s, is not a finite number", path, place);
}

static sg_status dataset_shape(sg_h5 *file, const char *path, size_t layer, const char *group,
                               uint64_t shape[SG_H5_RANK]) {
    char name[NAME];
    int rank;
    dataset_name(name, layer, group);
    SG_TRY(sg_h5_shape(file, name, &rank, shape));
    if (rank != 2)
        return sg_fail(SG_MODEL, "%s: '%s' has %d dimensions, expected 2", path, name, rank);
    return SG_OK;
}

/* Before memory is asked for, so that a file cannot ask for more than it holds. */
static sg_status check_groups(sg_h5 *file, const char *path, const sg_network *plan) {
    uint64_t shape[SG_H5_RANK];
    for (size_t l = 0; l < plan->layer_count; l++)
        for (size_t g = 0; g < plan->layers[l].group_count; g++) {
            const sg_group *group = &plan->layers[l].groups[g];
            SG_TRY(dataset_shape(file, path, l, group->name, shape));
            if (shape[0] != group->rows || shape[1] != group->columns)
                return sg_fail(SG_MODEL,
                               "%s: 'layers/%zu/%s' are %" PRIu64 " x %" PRIu64
                               ", but its configuration tells %zu x %zu",
                               path, l, group->name, shape[0], shape[1], group->rows, group->columns);
        }
    return SG_OK;
}

/* Files of versions before do not tell it: they have dense links, with a row of weights for each input. */
static sg_status get_input_shape(sg_h5 *file, const char *path, sg_shape *in) {
    uint64_t shape[SG_H5_RANK];
    if (sg_h5_has(file, "input_shape")) {
        SG_TRY(sg_h5_get_geometry(file, "input_shape", in));
    } else {
        SG_TRY(dataset_shape(file, path, 0, "weights", shape));
        *in = sg_flat_shape(shape[0] <= UINT32_MAX ? (uint32_t)shape[0] : 0);
    }
    return sg_check_input_shape(*in, SG_MODEL) == SG_OK ? SG_OK : sg_fail_in(SG_MODEL, "%s", path);
}

sg_status sg_get_inputs(sg_h5 *file, const char *path, const sg_config *config, sg_shape *in) {
    sg_network *plan = sg_array(1, sizeof *plan);
    sg_status status = plan ? get_input_shape(file, path, in) : SG_MEMORY;
    if (status == SG_OK) {
        status = sg_network_check_shapes(&config->network, *in);
        if (status != SG_OK)
            status = sg_fail_in(SG_MODEL, "%s", path);
    }
    if (status == SG_OK) {
        sg_network_plan(plan, &config->network, *in);
        status = check_groups(file, path, plan);
    }
    free(plan);
    return status;
}

#include "store/initial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 512 };

/* "weights 784 x 128, bias 1 x 128": all that must be the same. */
static void describe(const sg_layer *layer, char text[GROUPS]) {
    size_t used = 0;
    *text = 0;
    for (size_t g = 0; g < layer->group_count && used < GROUPS; g++)
        used += (size_t)snprintf(text + used, GROUPS - used, "%s%s %zu x %zu", g ? ", " : "", layer->groups[g].name,
                                 layer->groups[g].rows, layer->groups[g].columns);
}

static sg_status check_layers(const char *name, const sg_network *found, const sg_network *network) {
    char here[GROUPS], there[GROUPS];
    if (found->layer_count != network->layer_count)
        return sg_fail(SG_MODEL,
                       "%s: has %zu layers, but the network to train has %zu: give a model of the same layers", name,
                       found->layer_count, network->layer_count);
    for (size_t l = 0; l < network->layer_count; l++) {
        describe(&found->layers[l], there);
        describe(&network->layers[l], here);
        if (strcmp(here, there) != 0)
            return sg_fail(SG_MODEL,
                           "%s: layers.%zu has the parameters %s, but in the network to train %s: give a model of the "
                           "same layers",
                           name, l, there, here);
    }
    return SG_OK;
}

static sg_status copy_group(const sg_network *from, sg_network *to, size_t l, const sg_group *group) {
    float *values = sg_array(sg_group_count(group), sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_group_unpack(group, from->parameters, values);
    sg_status status = sg_network_set_group(to, l, group->name, values);
    free(values);
    return status;
}

static sg_status copy_all(const sg_network *from, sg_network *to) {
    for (size_t l = 0; l < from->layer_count; l++)
        sg_synapses_copy(&to->layers[l].link, &from->layers[l].link);
    for (size_t l = 0; l < from->layer_count; l++)
        for (size_t g = 0; g < from->layers[l].group_count; g++)
            SG_TRY(copy_group(from, to, l, &from->layers[l].groups[g]));
    return SG_OK;
}

sg_status sg_initial_copy(const sg_network *from, const char *name, sg_network *network) {
    SG_TRY(check_layers(name, from, network));
    sg_status status = copy_all(from, network);
    return status == SG_ARGUMENT ? sg_fail_in(SG_MODEL, "%s", name) : status; /* weights that cannot be in it */
}

sg_status sg_initial_load(const char *path, sg_network *network) {
    sg_config *config;
    sg_network *found;
    SG_TRY(sg_model_load(path, &config, &found));
    sg_status status = sg_initial_copy(found, path, network);
    sg_network_free(found);
    sg_config_free(config);
    return status;
}

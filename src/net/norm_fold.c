#include "net/norm_fold.h"

#include <stdlib.h>
#include <string.h>

void sg_norm_fold_config(sg_layer_config *config) {
    if (config->norm != SG_NORM_TDBN)
        return;
    config->norm = SG_NORM_NONE;
    config->bias = true;
}

static const sg_group *group_of(const sg_layer *layer, const char *name) {
    for (size_t g = 0; g < layer->group_count; g++)
        if (strcmp(layer->groups[g].name, name) == 0)
            return &layer->groups[g];
    return NULL;
}

/* Groups of the same name have the same numbers in the same order. */
static void copy_groups(const sg_network *from, sg_network *to, size_t l) {
    const sg_layer *source = &from->layers[l];
    for (size_t g = 0; g < source->group_count; g++) {
        const sg_group *group = &source->groups[g], *same = group_of(&to->layers[l], group->name);
        if (same)
            memcpy(to->parameters + same->at, from->parameters + group->at,
                   group->rows * sg_group_stride(group) * sizeof *to->parameters);
    }
}

/* (x - mean) factor + shift = x factor + (shift - mean factor); neurons 0 .. C-1 are of channels 0 .. C-1. */
static void fold_layer(const sg_layer *layer, sg_network *to, size_t l) {
    const sg_norm_rows *kept = &layer->norm.kept;
    const sg_group *weights = group_of(&to->layers[l], "weights"), *bias = group_of(&to->layers[l], "bias");
    for (size_t c = 0; c < layer->norm.channels; c++) {
        const double factor = (double)kept->factor[c];
        for (size_t i = 0; i < weights->rows; i++) {
            float *weight = &to->parameters[sg_group_at(weights, i, c)];
            *weight = (float)((double)*weight * factor);
        }
        to->parameters[sg_group_at(bias, 0, c)] = (float)((double)kept->shift[c] - (double)kept->mean[c] * factor);
    }
}

sg_status sg_norm_fold(const sg_network *network, sg_network **out) {
    sg_network_config *config = sg_array(1, sizeof *config);
    *out = NULL;
    if (!config)
        return SG_MEMORY;
    sg_network_describe(network, config);
    for (size_t l = 0; l < network->layer_count; l++)
        sg_norm_fold_config(&config->layers[l]);
    sg_status status = sg_network_make(config, network->layers[0].link.in, out);
    free(config);
    SG_TRY(status);
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_synapses_copy(&(*out)->layers[l].link, &network->layers[l].link);
        copy_groups(network, *out, l);
        if (sg_norm_folds(&network->layers[l]))
            fold_layer(&network->layers[l], *out, l);
    }
    sg_network_refresh(*out);
    return SG_OK;
}

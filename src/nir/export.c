/* A network becomes a graph that readers who take forward Euler's steps of its dt run to the same spikes. */
#include "base/memory.h"
#include "base/number.h"
#include "base/shape.h"
#include "base/sized.h"
#include "base/texts.h"
#include "config/config.h"
#include "net/norm_fold.h"
#include "nir/nir.h"
#include "nir/primitive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 160 };

#define VERSION "1.0.7" /* of NIR, whose readers take such files */

/* ----------------------------------------------------------------------------------------------------------- arrays */

static void name_of(const sg_nir_written *w, sg_nir_field field, char name[NAME]) {
    snprintf(name, NAME, "%s/%s", w->node, sg_nir_field_name(field));
}

int sg_nir_shape_of(sg_shape shape, uint64_t axes[3]) {
    const int rank = !sg_shape_is_image(shape) ? 1 : shape.height == 1 ? 2 : 3;
    axes[0] = rank == 1 ? sg_shape_size(shape) : shape.channels;
    axes[1] = rank == 2 ? shape.width : shape.height;
    axes[2] = shape.width;
    return rank;
}

sg_status sg_nir_put_group(const sg_nir_written *w, sg_nir_field field, const char *group_name, int rank,
                           const uint64_t *shape) {
    char name[NAME];
    const sg_group *group = sg_layer_find_group(w->layer, w->number, group_name);
    const size_t rows = group ? group->rows : 0, columns = group ? group->columns : 0;
    float *values = sg_array(2 * rows * columns, sizeof *values), *turned = values ? values + rows * columns : NULL;
    if (!group || !values) {
        free(values);
        return group ? SG_MEMORY : SG_ARGUMENT;
    }
    sg_group_unpack(group, w->network->parameters, values);
    for (size_t i = 0; i < rows; i++)
        for (size_t n = 0; n < columns; n++)
            turned[n * rows + i] = values[i * columns + n];
    name_of(w, field, name);
    sg_status status = sg_h5_put(w->file, name, SG_H5_F32, turned, rank, shape, true);
    free(values);
    return status;
}

sg_status sg_nir_put_wholes(const sg_nir_written *w, sg_nir_field field, const int64_t *values, int rank, int count) {
    char name[NAME];
    const uint64_t shape = (uint64_t)count;
    name_of(w, field, name);
    return sg_h5_put(w->file, name, SG_H5_I64, values, rank, &shape, false);
}

sg_status sg_nir_put_numbers(const sg_nir_written *w, sg_nir_field field, const double *values, int rank,
                             const uint64_t *shape) {
    char name[NAME];
    name_of(w, field, name);
    return sg_h5_put(w->file, name, SG_H5_F64, values, rank, shape, true);
}

sg_status sg_nir_put_zeros(const sg_nir_written *w, sg_nir_field field, uint64_t count) {
    double *zeros = sg_array(count, sizeof *zeros);
    if (!zeros)
        return SG_MEMORY;
    sg_status status = sg_nir_put_numbers(w, field, zeros, 1, &count);
    free(zeros);
    return status;
}

/* ------------------------------------------------------------------------------------------------------------ graph */

/* A file on its way. */
typedef struct job {
    const sg_nir_options *options;
    sg_texts notes; /* told at the end, if all is well */
    sg_nir_written w;
    sg_texts edges;              /* from, to, from, to, ... */
    char end[SG_MAX_LAYERS][32]; /* the node that gives a layer's spikes */
} job;

static sg_status put_text(sg_h5 *file, const char *name, const char *text) {
    return sg_h5_put_text_array(file, name, &text, 0, NULL);
}

static sg_status put_type(const job *j, const char *node, const char *type) {
    char name[NAME];
    snprintf(name, sizeof name, "node/nodes/%s/type", node);
    return put_text(j->w.file, name, type);
}

static sg_status add_edge(job *j, const char *from, const char *to) {
    SG_TRY(sg_texts_add(&j->edges, from));
    return sg_texts_add(&j->edges, to);
}

static sg_status put_end(job *j, const char *node, const char *type, sg_shape shape) {
    char group[NAME];
    uint64_t axes[3];
    int64_t sizes[3];
    const int rank = sg_nir_shape_of(shape, axes);
    for (int i = 0; i < rank; i++)
        sizes[i] = (int64_t)axes[i];
    snprintf(group, sizeof group, "node/nodes/%s", node);
    j->w.node = group;
    SG_TRY(put_type(j, node, type));
    return sg_nir_put_wholes(&j->w, SG_NIR_SHAPE, sizes, 1, rank);
}

/* Leads from the node before, or where there is none yet from the layer below and those that are added. */
static sg_status lead_to(job *j, const char *last, const char *node) {
    const size_t l = j->w.number;
    if (*last)
        return add_edge(j, last, node);
    SG_TRY(add_edge(j, l ? j->end[l - 1] : "input", node));
    for (size_t other = 0; other < l; other++)
        if (j->w.layer->added >> other & 1)
            SG_TRY(add_edge(j, j->end[other], node));
    return SG_OK;
}

/* A node of a row; `last` is the one before, and becomes it. */
static sg_status put_node(job *j, const sg_nir_primitive *row, char last[32]) {
    char node[32], group[NAME];
    snprintf(node, sizeof node, "%s_%zu", row->type, j->w.number);
    snprintf(group, sizeof group, "node/nodes/%s", node);
    j->w.node = group;
    SG_TRY(put_type(j, node, row->type));
    SG_TRY(row->put(&j->w));
    SG_TRY(lead_to(j, last, node));
    memcpy(last, node, sizeof node);
    return SG_OK;
}

/* Weights through which the layer's own spikes come back. */
static sg_status put_recurrent(job *j, const char *neurons) {
    char node[32], group[NAME];
    const sg_layer *layer = j->w.layer;
    const uint64_t shape[2] = {layer->neurons, layer->neurons};
    if (!layer->recurrent.kind)
        return SG_OK;
    snprintf(node, sizeof node, "Recurrent_%zu", j->w.number);
    snprintf(group, sizeof group, "node/nodes/%s", node);
    j->w.node = group;
    SG_TRY(put_type(j, node, sg_nir_linear.type));
    SG_TRY(sg_nir_put_group(&j->w, SG_NIR_WEIGHT, "recurrent", 2, shape));
    SG_TRY(add_edge(j, j->end[j->w.number], node));
    return add_edge(j, node, neurons);
}

static sg_status put_layer(job *j) {
    char last[32] = "", neurons[32] = "";
    for (int role = SG_NIR_POOL; role < SG_NIR_OUTPUT; role++) {
        const sg_nir_primitive *row;
        for (size_t i = 0; (row = sg_nir_primitive_at(i)) != NULL; i++)
            if ((int)row->role == role && row->fits && row->fits(&j->w)) {
                SG_TRY(put_node(j, row, last));
                if (!*neurons && role >= SG_NIR_NEURON)
                    memcpy(neurons, last, sizeof neurons);
                break;
            }
    }
    memcpy(j->end[j->w.number], last, sizeof last);
    return put_recurrent(j, neurons);
}

/* ------------------------------------------------------------------------------------- what NIR does not know */

static bool has_row(const job *j, sg_nir_role from, sg_nir_role to) {
    const sg_nir_primitive *row;
    for (size_t i = 0; (row = sg_nir_primitive_at(i)) != NULL; i++)
        if (row->role >= from && row->role <= to && row->fits && row->fits(&j->w))
            return true;
    return false;
}

static sg_status refuse(const job *j, const char *key) {
    char value[SG_OPTION_TEXT];
    const sg_option *option = sg_option_find(sg_layer_options, sg_layer_option_count, key);
    sg_option_get(option, &j->w.layer->neuron.config, value);
    return sg_fail(SG_MODEL, "layers.%zu.%s: '%s' has no counterpart in NIR, which could not compute the network",
                   j->w.number, key, value);
}

static sg_status check_layer(const job *j) {
    const sg_layer_config *config = &j->w.layer->neuron.config;
    if (!has_row(j, SG_NIR_LINK, SG_NIR_LINK))
        return refuse(j, "link.kind");
    if (!has_row(j, SG_NIR_NEURON, SG_NIR_FIRES))
        return refuse(j, "neuron.kind");
    if (config->pool != SG_POOL_NONE && !has_row(j, SG_NIR_POOL, SG_NIR_POOL))
        return refuse(j, "link.pool");
    if (config->norm != SG_NORM_NONE)
        return refuse(j, "link.norm");
    if (config->delay != SG_DELAY_NONE && config->delay != SG_DELAY_AXONAL)
        return refuse(j, "delay.kind");
    if (j->w.layer->skip_count > 0)
        return refuse(j, "link.skip");
    if (sg_layer_rises(config))
        return refuse(j, "neuron.synapse");
    if (sg_layer_most_spikes(config) > 1)
        return refuse(j, "neuron.max_spikes");
    return config->refractory ? refuse(j, "neuron.refractory") : SG_OK;
}

/* Kept in the metadata, where surgrad finds it again and others do not. */
static void tell_lost(job *j) {
    static const char *const keys[] = {"neuron.order", "neuron.reset", "neuron.floor", "surrogate.kind",
                                       "link.dropout"};
    const sg_layer_config *config = &j->w.layer->neuron.config;
    char value[SG_OPTION_TEXT];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const sg_option *option = sg_option_find(sg_layer_options, sg_layer_option_count, keys[i]);
        if (sg_option_unmet(sg_layer_options, sg_layer_option_count, option, config) ||
            (i != 1 && sg_option_is_default(option, config)) || (i == 1 && sg_layer_reset(config) == SG_RESET_ZERO))
            continue;
        sg_option_get(option, config, value);
        sg_nir_note(&j->notes, "layers.%zu.%s: %s is in the metadata alone: NIR does not know it", j->w.number, keys[i],
                    value);
    }
}

static sg_status put_metadata(const job *j, const sg_config *config) {
    static const char *const keys[] = {"neuron.reset", "neuron.order"};
    static const char *const names[] = {"node/metadata/reset", "node/metadata/order"};
    char *text, value[SG_OPTION_TEXT];
    sg_h5 *file = j->w.file;
    const sg_layer_config *first = &j->w.network->layers[0].neuron.config;
    SG_TRY(sg_config_text(config, &text));
    sg_status status = put_text(file, "node/metadata/surgrad", text);
    free(text);
    SG_TRY(status);
    SG_TRY(sg_h5_put(file, "node/metadata/dt", SG_H5_F64, &j->w.time.dt_s, 0, NULL, false));
    SG_TRY(put_text(file, "node/metadata/integration", j->w.time.exact ? "exact" : "euler"));
    for (size_t i = 0; i < 2; i++) {
        sg_option_get(sg_option_find(sg_layer_options, sg_layer_option_count, keys[i]), first, value);
        SG_TRY(put_text(file, names[i], value));
    }
    return SG_OK;
}

static sg_status put_edges(const job *j) {
    const uint64_t shape[2] = {j->edges.count / 2, 2};
    return sg_h5_put_text_array(j->w.file, "node/edges", (const char *const *)j->edges.items, 2, shape);
}

static sg_status put_graph(job *j, const sg_config *config) {
    const sg_network *network = j->w.network;
    SG_TRY(put_text(j->w.file, "version", VERSION));
    SG_TRY(put_text(j->w.file, "node/type", "NIRGraph"));
    SG_TRY(put_end(j, "input", "Input", network->layers[0].link.in));
    for (size_t l = 0; l < network->layer_count; l++) {
        j->w.layer = &network->layers[l];
        j->w.number = l;
        SG_TRY(check_layer(j));
        SG_TRY(put_layer(j));
        tell_lost(j);
    }
    SG_TRY(put_end(j, "output", "Output", sg_network_top(network)->link.out));
    SG_TRY(add_edge(j, j->end[network->layer_count - 1], "output"));
    SG_TRY(put_edges(j));
    return put_metadata(j, config);
}

static sg_status choose_time(job *j, const sg_config *config) {
    const char *integration = j->options->integration;
    char dt[32];
    if (integration && strcmp(integration, "exact") != 0 && strcmp(integration, "euler") != 0)
        return sg_fail(SG_CONFIG, "integration: found '%.40s', expected exact or euler", integration);
    j->w.time = (sg_nir_time){config->network.dt_ms / 1000, integration && strcmp(integration, "exact") == 0};
    sg_format_number(dt, sizeof dt, config->network.dt_ms);
    sg_nir_note(&j->notes, "dt: %s ms, and integration: %s, which readers must take for the same spikes", dt,
                j->w.time.exact ? "exact" : "euler");
    return SG_OK;
}

/* The same network as NIR can have it, with the configuration that it comes back by. */
typedef struct folded {
    sg_network *network;
    sg_config config;
} folded;

static sg_status fold(job *j, const sg_config *config, folded *plain) {
    const sg_network *network = j->w.network;
    plain->config = *config;
    for (size_t l = 0; l < network->layer_count; l++) {
        if (sg_norm_folds(&network->layers[l]))
            sg_nir_note(&j->notes, "layers.%zu.link.norm: its mean and variance are now part of weights and bias", l);
        sg_norm_fold_config(&plain->config.network.layers[l]);
    }
    sg_config_reset_useless(&plain->config);
    SG_TRY(sg_norm_fold(network, &plain->network));
    j->w.network = plain->network;
    return SG_OK;
}

static sg_status put_folded(job *j, const sg_config *config) {
    bool folds = false;
    for (size_t l = 0; l < j->w.network->layer_count; l++)
        folds = folds || sg_norm_folds(&j->w.network->layers[l]);
    if (!folds)
        return put_graph(j, config);
    folded *plain = sg_array(1, sizeof *plain);
    if (!plain)
        return SG_MEMORY;
    sg_status status = fold(j, config, plain);
    if (status == SG_OK)
        status = put_graph(j, &plain->config);
    sg_network_free(plain->network);
    free(plain);
    return status;
}

sg_status sg_nir_export(const sg_network *network, const sg_config *config, const sg_nir_options *given,
                        const char *path) {
    sg_nir_options options = SG_SIZED(sg_nir_options);
    if (given)
        SG_TRY(sg_copy_sized(&options, given));
    job *j = sg_array(1, sizeof *j);
    if (!j)
        return SG_MEMORY;
    *j = (job){.options = &options, .w = {.network = network}};
    sg_status status = choose_time(j, config);
    if (status == SG_OK)
        status = sg_h5_create(&j->w.file);
    if (status == SG_OK)
        status = put_folded(j, config);
    if (status == SG_OK)
        status = sg_h5_write(j->w.file, path);
    if (status == SG_OK)
        sg_nir_tell(&j->notes, j->options);
    sg_h5_close(j->w.file);
    sg_texts_free(&j->notes);
    sg_texts_free(&j->edges);
    free(j);
    return status;
}

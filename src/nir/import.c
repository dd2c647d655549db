/* A graph becomes a configuration and a network. */
#include "base/memory.h"
#include "base/number.h"
#include "base/shape.h"
#include "base/sized.h"
#include "config/config.h"
#include "net/link.h"
#include "net/network.h"
#include "net/neuron_param.h"
#include "nir/nir.h"
#include "nir/primitive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An import on its way. */
typedef struct job {
    const sg_nir_options *options;
    sg_texts notes; /* told at the end, if all is well */
    sg_nir_graph graph;
    sg_nir_chain chain;
    sg_nir_time time;
    sg_shape in;
    sg_config *told; /* the configuration that surgrad wrote into the file, or NULL */
    sg_config *config;
    sg_network *network;
} job;

/* ---------------------------------------------------------------------------------------------------- configuration */

/* Options of a layer that NIR has no words for, by the beginning of their keys: they are as surgrad wrote them. */
static const char *const kept[] = {
    "units",          "link.weights", "link.sd",          "link.limit",        "link.gain",      "link.xi",
    "link.input_",    "link.dropout", "link.file",        "link.dataset",      "recurrent.file", "recurrent.dataset",
    "delay.train",    "delay.most",   "delay.unit",       "recurrent.weights", "recurrent.sd",   "recurrent.limit",
    "recurrent.gain", "recurrent.xi", "recurrent.input_", "recurrent.self",    "neuron.order",   "neuron.integration",
    "neuron.reset",   "neuron.train", "neuron.shared",    "surrogate"};

static bool is_kept(const char *key) {
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strncmp(key, kept[i], strlen(kept[i])) == 0)
            return true;
    return false;
}

/* A layer's configuration before its nodes are looked at. */
static void begin_layer(const sg_layer_config *told, bool exact, sg_layer_config *config) {
    char value[SG_OPTION_TEXT];
    sg_option_defaults(sg_layer_options, sg_layer_option_count, config);
    config->integration = exact ? SG_INTEGRATE_EXACT : SG_INTEGRATE_EULER;
    config->reset = SG_RESET_ZERO;
    for (size_t i = 0; told && i < sg_layer_option_count; i++) {
        const sg_option *option = &sg_layer_options[i];
        if (!is_kept(option->key))
            continue;
        sg_option_get(option, told, value);
        sg_option_set(option, config, option->key, value); /* what was read as a whole is good */
    }
    for (int param = 0; told && param < SG_NEURON_PARAMS; param++)
        config->own[param] = sg_layer_has_raw(told, (sg_neuron_param)param) && !told->train[param];
}

/* What the caller chooses for all layers, against file and default. */
static sg_status choose(const char *key, const char *value, sg_layer_config *config) {
    const sg_option *option = sg_option_find(sg_layer_options, sg_layer_option_count, key);
    return value ? sg_option_set(option, config, key, value) : SG_OK;
}

static sg_status begin_config(job *j) {
    const sg_nir_options *options = j->options;
    SG_TRY(j->told ? sg_config_copy(j->told, &j->config) : sg_config_create(&j->config));
    sg_network_config *network = &j->config->network;
    network->layer_count = j->chain.count;
    network->dt_ms = j->time.dt_s * 1000;
    if (j->told && fabs(network->dt_ms - j->told->network.dt_ms) <= 1e-12 * network->dt_ms)
        network->dt_ms = j->told->network.dt_ms;
    if (options->steps)
        network->steps = options->steps;
    for (size_t l = 0; l < j->chain.count; l++) {
        sg_nir_layer *layer = &j->chain.layers[l];
        layer->config = &network->layers[l];
        layer->told = j->told ? &j->told->network.layers[l] : NULL;
        begin_layer(layer->told, j->time.exact, layer->config);
        if (options->integration)
            layer->config->integration = j->time.exact ? SG_INTEGRATE_EXACT : SG_INTEGRATE_EULER;
        SG_TRY(choose("neuron.order", options->order, layer->config));
        SG_TRY(choose("neuron.reset", options->reset, layer->config));
    }
    return SG_OK;
}

static void tell_choices(job *j) {
    char value[SG_OPTION_TEXT];
    static const char *const keys[] = {"neuron.reset", "neuron.order"};
    const char *const asked[] = {j->options->reset, j->options->order};
    for (size_t i = 0; i < 2; i++) {
        const sg_option *option = sg_option_find(sg_layer_options, sg_layer_option_count, keys[i]);
        sg_option_get(option, &j->config->network.layers[0], value);
        sg_nir_note(&j->notes, "%s: %s, %s", keys[i] + strlen("neuron."), value,
                    asked[i]  ? "as asked for"
                    : j->told ? "as the file's metadata tell"
                              : "the default, since NIR does not tell");
    }
}

/* What surgrad wrote of the learning and of what NIR cannot say; left out where the graph was changed since. */
static sg_status read_told(job *j) {
    const char *text = j->graph.config;
    if (!text)
        return SG_OK;
    const sg_warning_listener listener = sg_swap_warning_listener((sg_warning_listener){0});
    sg_status status = sg_config_parse(j->graph.path, text, strlen(text), &j->told);
    sg_swap_warning_listener(listener);
    if (status == SG_MEMORY)
        return status;
    if (status == SG_OK && j->told->network.layer_count == j->chain.count)
        return SG_OK;
    sg_warn("%s: what surgrad wrote into its metadata is not of these layers, and left out", j->graph.path);
    sg_config_free(j->told);
    j->told = NULL;
    return SG_OK;
}

/* How time is cut: as the caller says, else the file, else as most programs do it. */
static sg_status choose_time(job *j) {
    const sg_nir_options *options = j->options;
    const char *integration = options->integration;
    char dt[32];
    const bool by_file = !options->dt && j->graph.dt_s > 0;
    sg_network_config network;
    if (integration && strcmp(integration, "exact") != 0 && strcmp(integration, "euler") != 0)
        return sg_fail(SG_CONFIG, "integration: found '%.40s', expected exact or euler", integration);
    SG_TRY(sg_option_set(sg_option_find(sg_time_options, sg_time_option_count, "dt"), &network, "dt",
                         options->dt ? options->dt : SG_NIR_DT));
    j->time.dt_s = by_file ? j->graph.dt_s : network.dt_ms / 1000;
    if (!(j->time.dt_s * 1000 >= SG_TIME_LEAST && j->time.dt_s * 1000 <= SG_TIME_MOST))
        return sg_fail(SG_MODEL, "%s: its metadata tell a dt of %g s", j->graph.path, j->time.dt_s);
    j->time.exact = integration ? strcmp(integration, "exact") == 0 : j->graph.exact;
    sg_format_number(dt, sizeof dt, j->time.dt_s * 1000);
    sg_nir_note(&j->notes, "dt: %s ms, %s", dt,
                by_file       ? "as the file's metadata tell"
                : options->dt ? "as asked for"
                              : "the default, since the file does not tell");
    sg_nir_note(&j->notes, "integration: %s, %s", j->time.exact ? "exact" : "euler",
                integration       ? "as asked for"
                : j->graph.config ? "as the file's metadata tell"
                                  : "the default, as most programs read NIR");
    return SG_OK;
}

/* ----------------------------------------------------------------------------------------------------------- layers */

/* The input's shape: (channels, height, width), (channels, width), (channels), each with an axis of 1 for a batch. */
static sg_status take_input(job *j) {
    const sg_nir_node *node = &j->graph.nodes[j->chain.input];
    const sg_nir_array *shape = &node->field[SG_NIR_SHAPE];
    uint32_t axes[3] = {1, 1, 1};
    size_t first = 0, count = shape->count;
    for (; count > 1 && count != 3 && shape->values[first] == 1; count--)
        first++;
    if (first)
        sg_warn("%s: node '%s' (Input): 'shape' begins with an axis of 1, taken for the batch and left out",
                j->graph.path, node->name);
    if (count > 3)
        return sg_nir_fail(&j->graph, node, "'shape' has %zu axes, expected (channels, height, width), or fewer",
                           count);
    for (size_t i = 0; i < count; i++) {
        const double axis = shape->values[first + i];
        if (!(axis >= 1 && axis <= 1e9) || axis != floor(axis))
            return sg_nir_fail(&j->graph, node, "'shape' holds %g, expected whole numbers from 1 on", axis);
        axes[count == 2 && i == 1 ? 2 : i] = (uint32_t)axis;
    }
    j->in = (sg_shape){axes[0], axes[1], axes[2]};
    return sg_check_input_shape(j->in, SG_MODEL) == SG_OK ? SG_OK : sg_nir_fail_in(&j->graph, node);
}

static sg_status complete(const sg_nir_layer *layer, const sg_nir_node *node, sg_status status) {
    return status == SG_OK || status == SG_MEMORY ? status : sg_nir_fail_in(layer->graph, node);
}

static sg_status take_chain(sg_nir_layer *layer, const sg_nir_time *time) {
    for (size_t i = 0; i < layer->chain_count; i++) {
        const sg_nir_node *node = &layer->graph->nodes[layer->chain[i]];
        if (!node->kind->take)
            continue;
        SG_TRY(complete(layer, node, node->kind->take(layer, node, time)));
        if (node->kind->role == SG_NIR_LINK)
            SG_TRY(complete(layer, node, sg_link_shape(layer->config, layer->number, layer->in, &layer->out)));
    }
    return SG_OK;
}

/* "link.add: 0, 2": the layers whose spikes are added to those of the layer below. */
static void take_added(const job *j, sg_nir_layer *layer) {
    sg_text text = {0};
    for (size_t l = 0; l + 1 < layer->number; l++)
        for (size_t i = 0; i < layer->from_count; i++) {
            const sg_nir_layer *other = &j->chain.layers[l];
            if (layer->from[i] == (other->fires != SG_NIR_NONE ? other->fires : other->neuron))
                sg_text_add(&text, "%s%zu", text.used ? ", " : "", l);
        }
    layer->config->added = sg_intern(text.used ? text.data : "none");
    free(text.data);
}

static sg_status take_layer(job *j, sg_nir_layer *layer, sg_shape in) {
    const sg_nir_node *node = &layer->graph->nodes[layer->neuron];
    layer->in = in;
    take_added(j, layer);
    SG_TRY(take_chain(layer, &j->time));
    if (!layer->weights) {
        sg_nir_note(&j->notes, "%s: has no weights: each input reaches the neuron of its number", node->name);
        SG_TRY(sg_nir_take_identity(layer));
        SG_TRY(complete(layer, node, sg_link_shape(layer->config, layer->number, layer->in, &layer->out)));
    }
    if (layer->back != SG_NIR_NONE) {
        const sg_nir_node *back = &layer->graph->nodes[layer->back];
        SG_TRY(complete(layer, back, sg_nir_take_recurrent(layer, back)));
        layer->config->recurrent = sg_intern("own");
    }
    return complete(layer, node, node->kind->take(layer, node, &j->time));
}

/* ----------------------------------------------------------------------------------------------- weights into place */

/* Factors of inputs, by the row of the weights and the column that takes it. */
static void apply_before(sg_nir_layer *layer) {
    const sg_layer_config *config = layer->config;
    const bool is_map = sg_link_at(config->link)->forward_layer;
    const size_t inputs = (size_t)sg_shape_size(layer->in), places = inputs / layer->in.channels;
    const size_t groups = is_map ? (size_t)config->groups : 1, share = layer->in.channels / groups;
    const size_t taps = is_map ? layer->rows / share : 1;
    for (size_t i = 0; i < layer->rows; i++)
        for (size_t n = 0; n < layer->columns; n++) {
            const size_t channel = n * groups / layer->columns * share + i / taps;
            layer->weights[i * layer->columns + n] *= layer->before[is_map ? channel * places : i];
        }
}

/* Whether a factor of a map is one for each channel, as weights of a convolution can take up. */
static bool is_by_channel(const sg_nir_layer *layer) {
    const size_t inputs = (size_t)sg_shape_size(layer->in), places = inputs / layer->in.channels;
    for (size_t i = 0; i < inputs; i++)
        if (layer->before[i] != layer->before[i / places * places])
            return false;
    return true;
}

static sg_status fold_before(sg_nir_layer *layer) {
    if (!layer->before)
        return SG_OK;
    if (sg_link_at(layer->config->link)->forward_layer && !is_by_channel(layer))
        return sg_nir_fail(layer->graph, &layer->graph->nodes[layer->neuron],
                           "a Scale before it differs within a map, which weights of a convolution cannot take up");
    apply_before(layer);
    return SG_OK;
}

/* Gains become part of weights and bias, what is added part of the bias. */
static sg_status fold(job *j, sg_nir_layer *layer) {
    const char *name = layer->graph->nodes[layer->neuron].name;
    bool scaled = false, added = false;
    SG_TRY(fold_before(layer));
    for (size_t n = 0; layer->gain && n < layer->columns; n++) {
        scaled = scaled || layer->gain[n] != 1;
        added = added || layer->offset[n] != 0;
    }
    if (added && !layer->bias && !(layer->bias = sg_array(layer->columns, sizeof *layer->bias)))
        return SG_MEMORY;
    for (size_t i = 0; scaled && i < layer->rows * layer->columns; i++)
        layer->weights[i] *= layer->gain[i % layer->columns];
    for (size_t i = 0; scaled && layer->recurrent && i < layer->columns * layer->columns; i++)
        layer->recurrent[i] *= layer->gain[i % layer->columns];
    for (size_t n = 0; layer->bias && layer->gain && n < layer->columns; n++)
        layer->bias[n] = layer->bias[n] * layer->gain[n] + layer->offset[n];
    if (scaled)
        sg_nir_note(&j->notes, "%s: what r and w_in multiply by is now part of the weights (neuron 0: %g)", name,
                    layer->gain[0]);
    if (added)
        sg_nir_note(&j->notes, "%s: v_leak is now part of the bias (neuron 0: %g)", name, layer->offset[0]);
    return SG_OK;
}

/* Convolutions are always written with a bias. */
static void settle_bias(sg_nir_layer *layer) {
    bool zero = true;
    for (size_t n = 0; layer->bias && n < layer->columns; n++)
        zero = zero && layer->bias[n] == 0;
    layer->config->bias = layer->bias && !(zero && layer->told && !layer->told->bias);
}

static void settle_delays(sg_nir_layer *layer, double dt_ms) {
    sg_layer_config *config = layer->config;
    if (!layer->late)
        return;
    const size_t inputs = (size_t)sg_shape_size(layer->in);
    double low = layer->late[0], high = low;
    for (size_t i = 1; i < inputs; i++) {
        low = layer->late[i] < low ? layer->late[i] : low;
        high = layer->late[i] > high ? layer->late[i] : high;
    }
    config->delay_low = layer->told ? layer->told->delay_low : low * dt_ms;
    config->delay_high = layer->told ? layer->told->delay_high : high * dt_ms;
    for (size_t i = 0; config->train_delays && i < inputs; i++)
        layer->late[i] *= dt_ms / config->delay_unit;
}

static sg_status set_group(sg_network *network, size_t l, const char *name, const double *values) {
    const sg_group *group = sg_layer_find_group(&network->layers[l], l, name);
    const size_t count = group ? group->rows * group->columns : 0;
    float *single = group ? sg_array(count, sizeof *single) : NULL;
    if (!single)
        return group ? SG_MEMORY : SG_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        single[i] = (float)values[i];
    sg_status status = sg_network_set_group(network, l, name, single);
    free(single);
    return status;
}

/* Raw numbers of what each neuron, or all neurons of a layer, have and the configuration does not fix. */
static sg_status set_params(job *j, sg_nir_layer *layer) {
    const sg_layer *made = &j->network->layers[layer->number];
    for (int param = 0; param < SG_NEURON_PARAMS; param++) {
        const sg_group *raw = made->raw[param];
        for (size_t n = 0; raw && layer->param[param] && n < layer->columns; n++)
            layer->param[param][n] = sg_neuron_param_to_raw(layer->config, (sg_neuron_param)param,
                                                            j->config->network.dt_ms, layer->param[param][n]);
        if (raw && layer->param[param])
            SG_TRY(set_group(j->network, layer->number, raw->name, layer->param[param]));
    }
    return SG_OK;
}

static sg_status set_weights(job *j, sg_nir_layer *layer) {
    const size_t l = layer->number;
    SG_TRY(set_group(j->network, l, "weights", layer->weights));
    if (layer->recurrent)
        SG_TRY(set_group(j->network, l, "recurrent", layer->recurrent));
    if (layer->config->bias)
        SG_TRY(set_group(j->network, l, "bias", layer->bias));
    if (layer->late)
        SG_TRY(set_group(j->network, l, "delays", layer->late));
    return set_params(j, layer);
}

/* ----------------------------------------------------------------------------------------------------------- a whole
 */

/* Bounds of options, which fields that were filled directly have not been compared with. */
static sg_status check_bounds(const job *j) {
    char value[SG_OPTION_TEXT], key[96];
    for (size_t l = 0; l < j->chain.count; l++)
        for (size_t i = 0; i < sg_layer_option_count; i++) {
            const sg_option *option = &sg_layer_options[i];
            sg_layer_config copy = *j->chain.layers[l].config;
            snprintf(key, sizeof key, "layers.%zu.%s", l, option->key);
            sg_option_get(option, &copy, value);
            if (sg_option_set(option, &copy, key, value) != SG_OK)
                return sg_nir_fail_in(&j->graph, &j->graph.nodes[j->chain.layers[l].neuron]);
        }
    return SG_OK;
}

/* A loss that fits the last layer, where the file tells none. */
static sg_status choose_loss(job *j) {
    const sg_neuron_kind *last = sg_neuron_at(j->config->network.layers[j->chain.count - 1].neuron);
    return j->told ? SG_OK : sg_config_set(j->config, "loss.kind", last->spiking ? "count_ce" : "mean_ce");
}

static sg_status take_layers(job *j) {
    sg_shape shape = j->in;
    for (size_t l = 0; l < j->chain.count; l++) {
        sg_nir_layer *layer = &j->chain.layers[l];
        SG_TRY(take_layer(j, layer, shape));
        SG_TRY(fold(j, layer));
        settle_bias(layer);
        settle_delays(layer, j->config->network.dt_ms);
        shape = layer->out;
    }
    return SG_OK;
}

static sg_status build(job *j) {
    SG_TRY(take_layers(j));
    sg_config_reset_useless(j->config);
    SG_TRY(check_bounds(j));
    SG_TRY(choose_loss(j));
    if (sg_config_check(j->config) != SG_OK)
        return sg_fail_in(SG_MODEL, "%s: the network that it stands for", j->graph.path);
    SG_TRY(sg_network_make(&j->config->network, j->in, &j->network));
    for (size_t l = 0; l < j->chain.count; l++)
        if (set_weights(j, &j->chain.layers[l]) != SG_OK)
            return sg_nir_fail_in(&j->graph, &j->graph.nodes[j->chain.layers[l].neuron]);
    sg_network_refresh(j->network);
    return SG_OK;
}

static sg_status run(job *j, const char *path) {
    j->chain.layers = sg_array(SG_MAX_LAYERS, sizeof *j->chain.layers);
    if (!j->chain.layers)
        return SG_MEMORY;
    SG_TRY(sg_nir_read(path, &j->graph));
    SG_TRY(sg_nir_find_layers(&j->graph, &j->chain));
    SG_TRY(read_told(j));
    SG_TRY(choose_time(j));
    SG_TRY(take_input(j));
    SG_TRY(begin_config(j));
    tell_choices(j);
    SG_TRY(build(j));
    sg_nir_tell(&j->notes, j->options);
    return SG_OK;
}

sg_status sg_nir_import(const char *path, const sg_nir_options *given, sg_config **config, sg_network **network) {
    sg_nir_options options = SG_SIZED(sg_nir_options);
    *config = NULL;
    *network = NULL;
    if (given)
        SG_TRY(sg_copy_sized(&options, given));
    job j = {.options = &options};
    sg_status status = run(&j, path);
    for (size_t l = 0; j.chain.layers && l < j.chain.count; l++)
        sg_nir_layer_free(&j.chain.layers[l]);
    free(j.chain.layers);
    sg_nir_graph_free(&j.graph);
    sg_texts_free(&j.notes);
    sg_config_free(j.told);
    if (status != SG_OK) {
        sg_config_free(j.config);
        sg_network_free(j.network);
        return status;
    }
    *config = j.config;
    *network = j.network;
    return SG_OK;
}

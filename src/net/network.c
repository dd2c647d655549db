#include "net/network.h"

#include "base/memory_limit.h"
#include "base/sized.h"
#include "net/added.h"
#include "net/neuron_param.h"
#include "net/skip.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sg_group *add_row_group(sg_layer *layer, const char *name, size_t columns) {
    assert(layer->group_count < SG_MAX_GROUPS);
    sg_group *group = &layer->groups[layer->group_count++];
    *group = (sg_group){.rows = 1, .columns = columns};
    snprintf(group->name, sizeof group->name, "%s", name);
    return group;
}

/* Plans a link of some kind and takes its groups among those of the layer. */
static void add_link(sg_layer *layer, sg_link *link, const sg_link_kind *kind, const sg_link_request *request) {
    *link = (sg_link){.kind = kind, .groups = layer->groups + layer->group_count};
    kind->plan(link, request, layer->groups + layer->group_count);
    layer->group_count += link->group_count;
}

static void add_links(sg_layer *layer, const sg_layer_config *config, double dt_ms, bool is_first) {
    const sg_link_request from_below = {.in = layer->inlet.to,
                                        .config = config,
                                        .name = "weights",
                                        .projects = !is_first || layer->trains_delays,
                                        .dt_ms = dt_ms};
    const sg_link_request from_itself = {.in = sg_flat_shape((uint32_t)config->size),
                                         .config = config,
                                         .name = "recurrent",
                                         .zero_diagonal = !config->self_connections};
    add_link(layer, &layer->link, sg_link_for(config), &from_below);
    if (sg_layer_recurs(config))
        add_link(layer, &layer->recurrent, &sg_link_dense, &from_itself);
}

static void add_neuron_params(sg_layer *layer, const sg_layer_config *config) {
    char name[sizeof layer->groups->name];
    for (int param = 0; param < SG_NEURON_PARAMS; param++) {
        if (!sg_layer_has_raw(config, (sg_neuron_param)param))
            continue;
        snprintf(name, sizeof name, "raw_%s", sg_neuron_param_name((sg_neuron_param)param));
        layer->raw[param] = add_row_group(layer, name, config->shared ? 1 : layer->neurons);
        layer->has_raw = true;
        layer->trains_neurons |= config->train[param];
    }
}

static void describe_layer(sg_layer *layer, const sg_network_config *network, const sg_layer_config *config,
                           sg_shape in, size_t l) {
    const bool is_first = l == 0;
    *layer = (sg_layer){
        .inlet = sg_inlet_plan(config, network->dt_ms, in, is_first),
        .trains_delays = config->train_delays && config->delay == SG_DELAY_AXONAL,
        .neuron = sg_neuron_make(config, network->dt_ms, sg_surrogate_make(config), NULL),
        .below = (size_t)sg_shape_size(in),
        .dropout = (float)config->dropout,
        .added = sg_added_layers(config, l),
        .planes = sg_layer_most_spikes(config),
    };
    layer->stride_below = sg_stride(layer->below);
    layer->form = sg_neuron_form_of(&layer->neuron);
    add_links(layer, config, network->dt_ms, is_first);
    layer->neurons = layer->link.neurons;
    layer->stride = layer->link.stride;
    if (config->bias && !sg_link_is_whole(&layer->link))
        layer->bias = add_row_group(layer, "bias", layer->neurons);
    if (layer->inlet.delays)
        layer->delays = add_row_group(layer, "delays", layer->link.inputs);
    if (layer->link.lags.count > 0)
        layer->delays = &layer->link.groups[1];
    layer->norm = sg_norm_plan(config, (size_t)network->steps, layer->link.out.channels, layer->neurons, layer->groups,
                               &layer->group_count);
    add_neuron_params(layer, config);
}

/* Places the groups of a layer after those of the layers before. */
static void place_groups(sg_network *network, sg_layer *layer) {
    layer->first_parameter = network->parameter_count;
    layer->first_row = network->row_count;
    for (size_t g = 0; g < layer->group_count; g++) {
        sg_group *group = &layer->groups[g];
        group->at = network->parameter_count;
        group->first_row = network->row_count;
        network->parameter_count += group->rows * sg_group_stride(group);
        network->row_count += group->rows * sg_group_blocks(group);
    }
}

/* Links from earlier layers, which are there. */
static void add_skips(const sg_network *network, sg_layer *layer, const sg_layer_config *config, size_t l) {
    const uint32_t layers = sg_skip_layers(config, l);
    char name[sizeof layer->groups->name];
    for (size_t from = 0; from + 1 < l; from++) {
        if (!(layers >> from & 1))
            continue;
        snprintf(name, sizeof name, "skip_%zu", from);
        const sg_link_request request = {.in = sg_flat_shape((uint32_t)network->layers[from].neurons),
                                         .config = config,
                                         .name = name,
                                         .projects = true};
        layer->skip_from[layer->skip_count] = from;
        add_link(layer, &layer->skips[layer->skip_count++], &sg_link_dense, &request);
    }
}

/* The input comes as one. */
static size_t count_sources(const sg_network *network, size_t l) {
    size_t count = l > 0 ? network->layers[l - 1].planes : 1;
    for (size_t other = 0; other + 1 < l; other++)
        count += network->layers[l].added >> other & 1 ? network->layers[other].planes : 0;
    return count;
}

static void describe(sg_network *network, const sg_network_config *config, sg_shape in) {
    *network = (sg_network){.steps = (size_t)config->steps, .memory_limit = config->memory};
    for (size_t l = 0; l < config->layer_count; l++) {
        sg_layer *layer = &network->layers[network->layer_count++];
        describe_layer(layer, config, &config->layers[l], in, l);
        layer->sources = count_sources(network, l);
        add_skips(network, layer, &config->layers[l], l);
        place_groups(network, layer);
        in = layer->link.out;
    }
}

static void lay_out(sg_network *network, const sg_network_config *config) {
    network->parameters = sg_arena_take(&network->memory, network->parameter_count, sizeof(float));
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        float *constants = sg_arena_take(&network->memory, SG_NEURON_CONSTANTS * layer->stride, sizeof(float));
        layer->neuron = sg_neuron_make(&config->layers[l], config->dt_ms, layer->neuron.spiking.surrogate, constants);
        if (layer->trains_neurons)
            layer->neuron.values =
                sg_arena_take(&network->memory, SG_NEURON_PARAMS * layer->stride, sizeof *layer->neuron.values);
        sg_norm_lay_out(&layer->norm, &network->memory);
        sg_inlet_lay_out(&layer->inlet, &network->memory);
        layer->link.order = layer->inlet.input;
        sg_link_lay_out(&layer->link, &config->layers[l], &network->memory);
        sg_link *const links[] = {&layer->link, &layer->recurrent};
        for (size_t i = 0; i < sizeof links / sizeof *links; i++)
            links[i]->derived = sg_arena_take(&network->memory, links[i]->derived_count, sizeof(float));
        for (size_t k = 0; k < layer->skip_count; k++)
            layer->skips[k].derived = sg_arena_take(&network->memory, layer->skips[k].derived_count, sizeof(float));
    }
}

static sg_status check_shape(const sg_network_config *config, size_t l, sg_shape *shape) {
    sg_shape to;
    if (l == 0 && config->layers[l].pool != SG_POOL_NONE)
        return sg_fail(SG_CONFIG, "layers.0.link.pool: has no layer below to pool: use data.downsample, which pools "
                                  "events as they are read");
    SG_TRY(sg_inlet_shape(&config->layers[l], l, *shape, &to));
    SG_TRY(sg_link_shape(&config->layers[l], l, to, shape));
    return sg_check_input_shape(*shape, SG_CONFIG) == SG_OK ? SG_OK : sg_fail_in(SG_CONFIG, "layers.%zu", l);
}

sg_status sg_network_check_shapes(const sg_network_config *config, sg_shape in) {
    sg_shape shapes[SG_MAX_LAYERS];
    for (size_t l = 0; l < config->layer_count; l++) {
        SG_TRY(sg_added_check_shapes(&config->layers[l], l, shapes));
        SG_TRY(check_shape(config, l, &in));
        shapes[l] = in;
    }
    return SG_OK;
}

void sg_network_plan(sg_network *plan, const sg_network_config *config, sg_shape in) {
    describe(plan, config, in);
    lay_out(plan, config);
}

static void refresh_delays(sg_network *network, sg_layer *layer) {
    float *delays = layer->delays ? network->parameters + layer->delays->at : NULL;
    if (layer->inlet.delays)
        sg_inlet_refresh(&layer->inlet, delays);
    if (layer->link.lags.count > 0)
        sg_lags_clamp(&layer->link.lags, delays, layer->delays->rows * sg_group_stride(layer->delays));
}

static void prepare_neurons(sg_network *network, sg_layer *layer) {
    const float *raw[SG_NEURON_PARAMS];
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        raw[param] = layer->raw[param] ? network->parameters + layer->raw[param]->at : NULL;
    sg_neuron_prepare(&layer->neuron, raw, layer->stride);
}

static sg_status plan_with_kernels(sg_network *network, const sg_network_config *config, sg_shape in) {
    SG_TRY(sg_network_check_shapes(config, in));
    sg_network_plan(network, config, in);
    return sg_kernels_get(&network->kernels);
}

sg_status sg_network_make(const sg_network_config *config, sg_shape in, sg_network **out) {
    *out = NULL;
    sg_network *network = sg_array(1, sizeof *network);
    if (!network)
        return SG_MEMORY;
    sg_status status = plan_with_kernels(network, config, in);
    if (status == SG_OK)
        status = sg_check_memory(network->memory.used, "the network", "use smaller layers, or data of fewer channels");
    if (status == SG_OK)
        status = sg_arena_open(&network->memory);
    if (status != SG_OK) {
        sg_network_free(network);
        return status;
    }
    lay_out(network, config);
    for (size_t l = 0; l < network->layer_count; l++) {
        prepare_neurons(network, &network->layers[l]);
        refresh_delays(network, &network->layers[l]);
    }
    *out = network;
    return SG_OK;
}

void sg_network_free(sg_network *network) {
    if (!network)
        return;
    sg_arena_close(&network->memory);
    sg_texts_free(&network->class_names);
    free(network);
}

static void refresh_link(const sg_network *network, const sg_link *link) {
    const sg_link_call call = {.kernels = network->kernels, .link = link, .parameters = network->parameters};
    if (link->kind)
        sg_link_refresh(&call);
}

void sg_network_refresh(sg_network *network) {
    for (size_t l = 0; l < network->layer_count; l++) {
        sg_layer *layer = &network->layers[l];
        refresh_delays(network, layer);
        refresh_link(network, &layer->link);
        refresh_link(network, &layer->recurrent);
        for (size_t k = 0; k < layer->skip_count; k++)
            refresh_link(network, &layer->skips[k]);
        sg_norm_refresh(&layer->norm, network->parameters);
        if (layer->has_raw)
            prepare_neurons(network, layer);
    }
}

/* Refreshes links with trained lags for another sigma. */
static void set_sigma(sg_network *network, sg_layer *layer, double sigma) {
    layer->link.lags.sigma = sigma;
    refresh_link(network, &layer->link);
}

void sg_network_spread_delays(sg_network *network, double done) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].link.lags.trained)
            set_sigma(network, &network->layers[l], sg_lags_sigma(&network->layers[l].link.lags, done));
}

void sg_network_round_delays(sg_network *network) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].link.lags.trained)
            set_sigma(network, &network->layers[l], SG_WHOLE_LAGS);
}

size_t sg_layer_number(const sg_layer *layer, size_t neuron) {
    const sg_shape shape = layer->link.out;
    size_t places = (size_t)shape.height * shape.width;
    return neuron % shape.channels * places + neuron / shape.channels;
}

bool sg_network_delays(const sg_network *network) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].delays)
            return true;
    return false;
}

float sg_layer_most_delay(const sg_layer *layer) {
    return layer->link.lags.count > 0 ? layer->link.lags.most : layer->inlet.delay_most;
}

bool sg_network_changes_input(const sg_network *network, bool training) {
    return network->layers[0].inlet.is_there || (training && network->layers[0].dropout > 0);
}

bool sg_layer_takes_list(const sg_layer *layer, size_t count, size_t steps) {
    return layer->inlet.is_there || layer->sources > 1 || !sg_link_prefers_bits(&layer->link, count, steps);
}

size_t sg_network_padded_neurons(const sg_network *network) {
    size_t count = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        count += network->layers[l].stride;
    return count;
}

size_t sg_layer_parameters(const sg_layer *layer) {
    size_t count = 0;
    for (size_t g = 0; g < layer->group_count; g++)
        count += sg_group_count(&layer->groups[g]);
    return count;
}

size_t sg_layer_rows(const sg_layer *layer) {
    size_t count = 0;
    for (size_t g = 0; g < layer->group_count; g++)
        count += layer->groups[g].rows * sg_group_blocks(&layer->groups[g]);
    return count;
}

const sg_group *sg_layer_find_group(const sg_layer *layer, size_t index, const char *name) {
    const char *known[SG_MAX_GROUPS];
    char what[64];
    for (size_t i = 0; i < layer->group_count; i++) {
        if (strcmp(layer->groups[i].name, name) == 0)
            return &layer->groups[i];
        known[i] = layer->groups[i].name;
    }
    snprintf(what, sizeof what, "layers.%zu: found no parameters", index);
    sg_fail_unknown(SG_ARGUMENT, what, name, known, layer->group_count, "");
    return NULL;
}

void sg_network_place(const sg_network *network, size_t index, char *text, size_t size) {
    assert(index < network->parameter_count);
    size_t l = network->layer_count - 1;
    while (index < network->layers[l].first_parameter)
        l--;
    const sg_layer *layer = &network->layers[l];
    const sg_group *group = &layer->groups[layer->group_count - 1];
    while (index < group->at)
        group--;
    int used = snprintf(text, size, "layers.%zu.", l);
    if (used >= 0 && (size_t)used < size)
        sg_group_place(group, index, text + used, size - (size_t)used);
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
    const sg_layer_info whole = {
        .size = sizeof whole,
        .link = l->link.kind->head.name,
        .neuron = l->neuron.kind->head.name,
        .inputs = (uint32_t)l->link.inputs,
        .neurons = (uint32_t)l->neurons,
        .parameters = sg_layer_parameters(l),
        .spiking = l->neuron.kind->spiking,
        .recurrent = l->recurrent.kind != NULL,
        .in = l->link.in,
        .out = l->link.out,
    };
    return sg_copy_sized(info, &whole);
}

sg_status sg_network_group(const sg_network *network, size_t layer, size_t i, sg_group_info *info) {
    SG_TRY(sg_check_layer(network, layer));
    const sg_layer *l = &network->layers[layer];
    if (i >= l->group_count)
        return sg_fail(SG_ARGUMENT, "layers.%zu has %zu groups of parameters, not %zu", layer, l->group_count, i + 1);
    const sg_group *group = &l->groups[i];
    const sg_group_info whole = {sizeof whole, group->name, (uint32_t)group->rows, (uint32_t)group->columns};
    return sg_copy_sized(info, &whole);
}

sg_status sg_network_find_group(const sg_network *network, size_t layer, const char *name, const sg_group **group) {
    SG_TRY(sg_check_layer(network, layer));
    *group = sg_layer_find_group(&network->layers[layer], layer, name);
    return *group ? SG_OK : SG_ARGUMENT;
}

sg_status sg_network_get_group(const sg_network *network, size_t layer, const char *name, float *values) {
    const sg_group *group;
    SG_TRY(sg_network_find_group(network, layer, name, &group));
    sg_group_unpack(group, network->parameters, values);
    return SG_OK;
}

static sg_status check_zero_diagonal(const sg_group *group, size_t layer, const float *values) {
    for (size_t n = 0; group->zero_diagonal && n < group->rows; n++)
        if (values[n * group->rows + n] != 0)
            return sg_fail(SG_ARGUMENT,
                           "layers.%zu.%s: neuron %zu has a weight from itself, but recurrent.self is false: make it 0",
                           layer, group->name, n);
    return SG_OK;
}

static sg_status check_delays(const sg_layer *layer, const sg_group *group, size_t l, const float *values) {
    const float most = sg_layer_most_delay(layer);
    for (size_t i = 0; group == layer->delays && i < sg_group_count(group); i++)
        if (!(values[i] >= 0 && values[i] <= most))
            return sg_fail(SG_ARGUMENT, "layers.%zu.delays: that of input %zu is %g, expected 0 to %g", l,
                           layer->link.lags.count > 0 ? i / group->columns : i, (double)values[i], (double)most);
    return SG_OK;
}

static sg_status check_variance(const sg_layer *layer, const sg_group *group, size_t l, const float *values) {
    for (size_t j = 0; layer->norm.rows > 0 && group == layer->norm.variance && j < sg_group_count(group); j++)
        if (values[j] < 0)
            return sg_fail(SG_ARGUMENT, "layers.%zu.norm_variance: that of channel %zu is %g, expected 0 or more", l,
                           j % group->columns, (double)values[j]);
    return SG_OK;
}

sg_status sg_network_set_group(sg_network *network, size_t layer, const char *name, const float *values) {
    const sg_group *group;
    SG_TRY(sg_network_find_group(network, layer, name, &group));
    size_t count = sg_group_count(group), bad = network->kernels->first_not_finite(values, count);
    if (bad < count)
        return sg_fail(SG_ARGUMENT, "layers.%zu.%s: the number in row %zu for neuron %zu is not finite", layer,
                       group->name, bad / group->columns, bad % group->columns);
    SG_TRY(check_zero_diagonal(group, layer, values));
    SG_TRY(check_delays(&network->layers[layer], group, layer, values));
    SG_TRY(check_variance(&network->layers[layer], group, layer, values));
    sg_group_pack(group, network->parameters, values);
    sg_network_refresh(network);
    return SG_OK;
}

sg_status sg_network_get_weights(const sg_network *network, size_t layer, float *weights) {
    return sg_network_get_group(network, layer, "weights", weights);
}

sg_status sg_network_set_weights(sg_network *network, size_t layer, const float *weights) {
    return sg_network_set_group(network, layer, "weights", weights);
}

void sg_network_describe(const sg_network *network, sg_network_config *config) {
    *config = (sg_network_config){.steps = (int64_t)network->steps,
                                  .dt_ms = network->layers[0].neuron.dt_ms,
                                  .memory = network->memory_limit,
                                  .layer_count = network->layer_count};
    for (size_t l = 0; l < network->layer_count; l++)
        config->layers[l] = network->layers[l].neuron.config;
}

sg_status sg_network_copy(const sg_network *network, sg_network **out) {
    *out = NULL;
    sg_network_config *config = sg_array(1, sizeof *config);
    if (!config)
        return SG_MEMORY;
    sg_network_describe(network, config);
    sg_status status = sg_network_make(config, network->layers[0].link.in, out);
    free(config);
    SG_TRY(status);
    for (size_t l = 0; l < network->layer_count; l++)
        sg_synapses_copy(&(*out)->layers[l].link, &network->layers[l].link);
    memcpy((*out)->parameters, network->parameters, network->parameter_count * sizeof *network->parameters);
    sg_network_refresh(*out);
    (*out)->conditioning = network->conditioning;
    status = sg_texts_copy(&(*out)->class_names, &network->class_names);
    if (status != SG_OK) {
        sg_network_free(*out);
        *out = NULL;
    }
    return status;
}

const char *sg_network_class_name(const sg_network *network, uint32_t label) {
    const sg_texts *names = &network->class_names;
    return label < names->count && *names->items[label] ? names->items[label] : NULL;
}

/* The parameters of a network at first. */
#include "base/number.h"
#include "base/random.h"
#include "file/h5.h"
#include "net/initialiser.h"
#include "net/network.h"
#include "net/neuron_file.h"
#include "net/neuron_param.h"

#include <stdlib.h>
#include <string.h>

/* Weights that cannot be: a file's, as the message recorded tells, or drawn ones. */
static sg_status refuse_weights(size_t l, const sg_group *group, const sg_weights_plan *plan) {
    const sg_initialiser_kind *kind = sg_initialiser_at(plan->config->kind);
    if (kind->reads)
        return sg_fail_in(SG_MODEL, "%s", plan->config->file);
    return sg_fail(SG_CONFIG,
                   "layers.%zu.%s.weights: '%s' draws weights for these neurons that are larger than single precision "
                   "can hold: use weights: normal",
                   l, strcmp(group->name, "weights") == 0 ? "link" : group->name, kind->head.name);
}

static sg_status fill_group(sg_network *network, size_t l, const sg_group *group, sg_weights_plan *plan) {
    const sg_initialiser_kind *kind = sg_initialiser_at(plan->config->kind);
    double unit = kind->in_units ? sg_layer_unit(&plan->neuron->config) : 1;
    plan->rows = group->rows;
    plan->columns = group->columns;
    plan->fan_out = group->fan_out > 0 ? group->fan_out : (double)(group->columns * (group->taps ? group->taps : 1));
    float *values = sg_array(plan->rows * plan->columns, sizeof *values);
    if (!values)
        return SG_MEMORY;
    sg_status status = kind->fill(values, plan);
    for (size_t j = 0; unit != 1 && j < plan->rows * plan->columns; j++)
        values[j] = (float)(unit * values[j]);
    for (size_t n = 0; group->zero_diagonal && !kind->reads && n < plan->rows; n++)
        values[n * plan->columns + n] = 0;
    if (status == SG_OK)
        status = sg_network_set_group(network, l, group->name, values);
    free(values);
    return status == SG_ARGUMENT ? refuse_weights(l, group, plan) : status;
}

static sg_status fill_link(sg_network *network, size_t l, const sg_link *link, sg_weights_plan *plan) {
    for (size_t g = 0; g < link->group_count; g++)
        if (!link->groups[g].begins_at_zero)
            SG_TRY(fill_group(network, l, &link->groups[g], plan));
    return SG_OK;
}

static sg_status initialise_weights(sg_network *network, size_t l, const sg_network_config *config, uint64_t seed) {
    const sg_layer *layer = &network->layers[l];
    sg_weights_plan plan = {
        .config = &config->layers[l].weights,
        .neuron = &layer->neuron,
        .stride = layer->stride,
        .steps = network->steps,
        .dt_ms = config->dt_ms,
        .seed = seed,
        .stream = SG_STREAM_WEIGHTS + (uint32_t)l,
    };
    SG_TRY(fill_link(network, l, &layer->link, &plan));
    for (size_t k = 0; k < layer->skip_count; k++) {
        plan.stream = SG_STREAM_SKIPS + (uint32_t)(l * SG_MAX_LAYERS + layer->skip_from[k]);
        SG_TRY(fill_link(network, l, &layer->skips[k], &plan));
    }
    plan.config = &config->layers[l].recurrent_weights;
    plan.stream = SG_STREAM_RECURRENT + (uint32_t)l;
    return fill_link(network, l, &layer->recurrent, &plan);
}

/* What is drawn or trained for each neuron starts at the configured value, or spread around it. raised[param]: how many
 * draws were too short. */
static void initialise_neurons(sg_network *network, size_t l, const sg_network_config *config, uint64_t seed,
                               size_t raised[SG_NEURON_PARAMS]) {
    const sg_layer *layer = &network->layers[l];
    for (int param = 0; param < SG_NEURON_PARAMS; param++) {
        if (!layer->raw[param])
            continue;
        float *raw = network->parameters + layer->raw[param]->at;
        for (size_t n = 0; n < layer->raw[param]->columns; n++)
            raw[n] = (float)sg_neuron_param_first_raw(&config->layers[l], (sg_neuron_param)param, config->dt_ms, seed,
                                                      l, n, &raised[param]);
    }
}

static void warn_of_raised(const sg_network *network, size_t l, const sg_network_config *config,
                           const size_t raised[SG_NEURON_PARAMS]) {
    bool must_be_euler = config->layers[l].order == SG_ORDER_NORSE;
    char least[32];
    sg_format_number(least, sizeof least, SG_EULER_LEAST * config->dt_ms);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (raised[param] > 0)
            sg_warn("layers.%zu.neuron.spread.%s: %zu of %zu neurons were drawn below %s ms and have that instead, "
                    "since euler integration needs more than dt: use a smaller spread or dt%s",
                    l, sg_neuron_param_name((sg_neuron_param)param), raised[param], network->layers[l].neurons, least,
                    must_be_euler ? "" : ", or integration: exact");
}

/* One param's values for each neuron from the layer's file. */
static sg_status read_param(sg_network *network, size_t l, const sg_network_config *config, sg_h5 *file,
                            sg_neuron_param param, size_t raised[SG_NEURON_PARAMS]) {
    const sg_layer *layer = &network->layers[l];
    const sg_layer_config *described = &config->layers[l];
    const uint64_t neurons = layer->neurons;
    float *raw = network->parameters + layer->raw[param]->at;
    char legal[64];
    sg_neuron_param_legal(described, param, config->dt_ms, legal, sizeof legal);
    SG_TRY(sg_h5_get(file, sg_neuron_param_name(param), SG_H5_F32, raw, 1, &neurons));
    if (described->spread[param] > 0)
        sg_warn("layers.%zu.neuron.spread.%s: has no effect, since %s has a value for each neuron", l,
                sg_neuron_param_name(param), described->param_file);
    raised[param] = 0;
    for (size_t n = 0; n < neurons; n++) {
        if (!sg_neuron_param_is_legal(described, param, config->dt_ms, raw[n]))
            return sg_fail(SG_MODEL, "%s: '%s' of neuron %zu is %g, expected %s", described->param_file,
                           sg_neuron_param_name(param), n, (double)raw[n], legal);
        raw[n] = (float)sg_neuron_param_to_raw(described, param, config->dt_ms, raw[n]);
    }
    return SG_OK;
}

static sg_status read_neurons(sg_network *network, size_t l, const sg_network_config *config,
                              size_t raised[SG_NEURON_PARAMS]) {
    sg_h5 *file;
    bool there[SG_NEURON_PARAMS];
    if (sg_is_empty(config->layers[l].param_file))
        return SG_OK;
    SG_TRY(sg_h5_open(config->layers[l].param_file, SG_MODEL, &file));
    sg_status status = sg_neuron_file_look(file, config, l, there);
    for (int param = 0; param < SG_NEURON_PARAMS && status == SG_OK; param++)
        if (there[param])
            status = read_param(network, l, config, file, (sg_neuron_param)param, raised);
    sg_h5_close(file);
    return status;
}

/* Uniform between the lowest and the highest. */
static void initialise_delays(sg_network *network, size_t l, const sg_layer_config *config, uint64_t seed) {
    const sg_layer *layer = &network->layers[l];
    double range = config->delay_high - config->delay_low;
    double unit_ms = config->train_delays ? config->delay_unit : layer->neuron.dt_ms;
    for (size_t i = 0; layer->delays && i < sg_group_count(layer->delays); i++) {
        double delay = config->delay_low + range * sg_random_uniform(seed, SG_STREAM_DELAYS + (uint32_t)l, i);
        size_t row = i / layer->delays->columns, column = i % layer->delays->columns;
        network->parameters[sg_group_at(layer->delays, row, column)] = (float)(delay / unit_ms);
    }
}

sg_status sg_network_initialise(sg_network *network, const sg_network_config *config, uint64_t seed) {
    for (size_t l = 0; l < network->layer_count; l++) {
        size_t raised[SG_NEURON_PARAMS] = {0};
        initialise_neurons(network, l, config, seed, raised);
        SG_TRY(read_neurons(network, l, config, raised));
        initialise_delays(network, l, &config->layers[l], seed);
        sg_norm_initialise(&network->layers[l].norm, network->parameters);
        warn_of_raised(network, l, config, raised);
        sg_link_choose(&network->layers[l].link, seed, SG_STREAM_SYNAPSES + (uint32_t)l);
        sg_network_refresh(network);
        SG_TRY(initialise_weights(network, l, config, seed));
    }
    return SG_OK;
}

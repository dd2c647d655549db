#include "base/number.h"
#include "net/added.h"
#include "net/initialiser.h"
#include "net/link.h"
#include "net/neuron_param.h"
#include "net/skip.h"

#include <string.h>

/* Euler's decay 1 - dt/tau must stay above 0. */
static sg_status check_tau(size_t layer, const char *tau, double tau_ms, double dt_ms) {
    char dt_text[32], tau_text[32];
    if (dt_ms < tau_ms)
        return SG_OK;
    sg_format_number(dt_text, sizeof dt_text, dt_ms);
    sg_format_number(tau_text, sizeof tau_text, tau_ms);
    return sg_fail(SG_CONFIG,
                   "layers.%zu.neuron.%s: dt %s ms is not below %s %s ms, which euler integration needs: use a smaller "
                   "dt or integration: exact",
                   layer, tau, dt_text, tau, tau_text);
}

sg_status sg_network_check_time(const sg_network_config *config) {
    static const sg_neuron_param times[] = {SG_PARAM_TAU_MEM, SG_PARAM_TAU_SYN, SG_PARAM_TAU_ADAPT};
    for (size_t i = 0; i < config->layer_count; i++) {
        const sg_layer_config *layer = &config->layers[i];
        if (sg_layer_integration(layer) != SG_INTEGRATE_EULER)
            continue;
        for (size_t j = 0; j < sizeof times / sizeof *times; j++)
            if (sg_neuron_has_param(sg_neuron_at(layer->neuron), times[j]))
                SG_TRY(check_tau(i, sg_neuron_param_name(times[j]), layer->param[times[j]], config->dt_ms));
    }
    return SG_OK;
}

/* What neurons share is trained, and the same for all. */
static sg_status check_shared(size_t i, const sg_layer_config *layer) {
    bool trains = false;
    if (!layer->shared)
        return SG_OK;
    for (int param = 0; param < SG_NEURON_PARAMS; param++) {
        trains = trains || layer->train[param];
        if (layer->own[param])
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.own.%s: true, but neuron.shared has one value for all neurons: leave out "
                           "one of them",
                           i, sg_neuron_param_name((sg_neuron_param)param));
        if (layer->spread[param] > 0)
            return sg_fail(
                SG_CONFIG,
                "layers.%zu.neuron.spread.%s: %g, but neuron.shared has one value for all neurons: use 0, or "
                "neuron.shared: false",
                i, sg_neuron_param_name((sg_neuron_param)param), layer->spread[param]);
    }
    if (!sg_is_empty(layer->param_file))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.file: has a value for each neuron, but neuron.shared one for all: leave out "
                       "one of them",
                       i);
    return trains
               ? SG_OK
               : sg_fail(SG_CONFIG,
                         "layers.%zu.neuron.shared: has no effect, since nothing is trained: set neuron.train.tau_mem "
                         "or another, or use false",
                         i);
}

/* A turn of rf must take so many steps, and its reset leaves the imaginary part. */
static sg_status check_resonance(size_t i, const sg_network_config *config) {
    const sg_layer_config *layer = &config->layers[i];
    char legal[64];
    if (!sg_neuron_at(layer->neuron)->resonates)
        return SG_OK;
    sg_neuron_param_legal(layer, SG_PARAM_FREQUENCY, config->dt_ms, legal, sizeof legal);
    if (!sg_neuron_param_is_legal(layer, SG_PARAM_FREQUENCY, config->dt_ms, layer->param[SG_PARAM_FREQUENCY]))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.frequency: %g Hz, expected %s, as a turn takes more than five steps: use a "
                       "lower one, or a smaller dt",
                       i, layer->param[SG_PARAM_FREQUENCY], legal);
    return sg_layer_reset(layer) == SG_RESET_ZERO
               ? sg_fail(SG_CONFIG,
                         "layers.%zu.neuron.reset: zero, but a spike of rf takes the threshold from its membrane, or "
                         "nothing: use subtract or none",
                         i)
               : SG_OK;
}

static sg_status check_neuron(size_t i, const sg_layer_config *layer) {
    const sg_neuron_kind *kind = sg_neuron_at(layer->neuron);
    SG_TRY(check_shared(i, layer));
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(layer, (sg_neuron_param)param) && layer->param[param] == 0)
            return sg_fail(
                SG_CONFIG,
                "layers.%zu.neuron.%s: is 0, which cannot be trained or spread, since its logarithm is: use a "
                "small number",
                i, sg_neuron_param_name((sg_neuron_param)param));
    if (layer->order == SG_ORDER_EVENTPROP && !kind->synapse)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.order: eventprop is of neurons with a synaptic current, but neuron.kind '%s' "
                       "has none: use cuba_lif or cuba_li, or another order",
                       i, kind->head.name);
    if (layer->order == SG_ORDER_EVENTPROP &&
        (layer->scale != SG_SCALE_NONE || sg_layer_integration(layer) == SG_INTEGRATE_EULER))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.order: eventprop takes the exact flow over a step: use neuron.scale none and "
                       "neuron.integration exact, or another order",
                       i);
    if (kind->synapse && layer->synapse == SG_SYNAPSE_ALPHA &&
        (layer->order == SG_ORDER_EVENTPROP || layer->order == SG_ORDER_SINABS))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.synapse: alpha, but orders eventprop and sinabs have an exponential current "
                       "by definition: use another order, or synapse exponential",
                       i);
    if (kind->spiking && layer->reset_gradient && sg_layer_is_late(layer))
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.neuron.reset_gradient: true, but orders spytorch and snntorch hold the reset constant "
            "by definition: use false, or order notebook",
            i);
    return SG_OK;
}

/* What several spikes of a step are not defined for. */
static sg_status check_several(const sg_network_config *config, size_t i) {
    const sg_layer_config *layer = &config->layers[i];
    const long long most = (long long)sg_layer_most_spikes(layer);
    if (most == 1)
        return SG_OK;
    if (layer->order == SG_ORDER_EVENTPROP || layer->order == SG_ORDER_SNNTORCH_NO_DELAY || sg_layer_is_late(layer))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.max_spikes: %lld, but orders spytorch, snntorch, snntorch_no_delay and "
                       "eventprop have one spike in a step by definition: use 1, or order notebook, norse or sinabs",
                       i, most);
    if (sg_layer_reset(layer) == SG_RESET_ZERO)
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.neuron.max_spikes: %lld, but reset zero leaves nothing for a second spike: use 1, or "
            "reset auto or subtract",
            i, most);
    if (layer->train[SG_PARAM_THRESHOLD])
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.neuron.max_spikes: %lld, but neuron.train.threshold would move all of them, which is "
            "not defined: use 1, or do not train it",
            i, most);
    if (sg_layer_recurs(layer))
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.neuron.max_spikes: %lld, but spikes that come back to a layer are one for each neuron "
            "and step: use 1, or recurrent.from none",
            i, most);
    return SG_OK;
}

/* A pool of max lets one spike of a window through. */
static sg_status check_pooled(const sg_network_config *config, size_t i) {
    if (i == 0 || config->layers[i].pool != SG_POOL_MAX || sg_layer_most_spikes(&config->layers[i - 1]) == 1)
        return SG_OK;
    return sg_fail(SG_CONFIG,
                   "layers.%zu.link.pool: max lets one spike of a window through, but neurons of layer %zu fire up to "
                   "%lld times in a step: use sum or avg",
                   i, i - 1, (long long)sg_layer_most_spikes(&config->layers[i - 1]));
}

bool sg_layer_recurs(const sg_layer_config *config) {
    return !sg_is_empty(config->recurrent) && strcmp(config->recurrent, "none") != 0;
}

/* "own", or the number of the layer itself; other layers run before or after it, not beside it. */
static sg_status check_recurrent(const sg_network_config *config, size_t i) {
    const char *from = config->layers[i].recurrent;
    if (!sg_layer_recurs(&config->layers[i]))
        return SG_OK;
    const char *end;
    int64_t number = (int64_t)i;
    bool is_number = *from >= '0' && *from <= '9' && sg_parse_integer(from, &end, &number) && !*end;
    if (strcmp(from, "own") != 0 && !is_number)
        return sg_fail(SG_CONFIG, "layers.%zu.recurrent.from: found '%.40s', expected none or own", i, from);
    if (number < 0 || number >= (int64_t)config->layer_count)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.recurrent.from: there is no layer %.40s, the layers are 0 to %zu: use own, or none",
                       i, from, config->layer_count - 1);
    if (number != (int64_t)i)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.recurrent.from: layer %.40s, but layers are computed one after the other, so only "
                       "its own spikes can come back to a layer: use own, or none",
                       i, from);
    if (!sg_neuron_at(config->layers[i].neuron)->spiking)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.recurrent.from: '%s', but neuron.kind '%s' never fires: use none, or neurons that "
                       "fire",
                       i, from, sg_neuron_at(config->layers[i].neuron)->head.name);
    return SG_OK;
}

/* What the neurons of a map cannot have: each has a place, and shares what it has with those of its channel. */
static sg_status check_map(size_t i, const sg_layer_config *layer) {
    const char *link = sg_link_at(layer->link)->head.name;
    if (!sg_link_at(layer->link)->forward_layer)
        return SG_OK;
    if (sg_layer_recurs(layer))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.recurrent.from: '%s', but link.kind is '%s', whose neurons do not connect to each "
                       "other: use none, or link.kind: dense",
                       i, layer->recurrent, link);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(layer, (sg_neuron_param)param) && !layer->shared)
            return sg_fail(
                SG_CONFIG,
                "layers.%zu.neuron: %s has a value for each neuron, but link.kind is '%s', whose neurons "
                "are alike: leave out neuron.spread, neuron.own and neuron.file, and train with neuron.shared: true",
                i, sg_neuron_param_name((sg_neuron_param)param), link);
    return SG_OK;
}

static sg_status check_delays(size_t i, const sg_network_config *config) {
    const sg_layer_config *layer = &config->layers[i];
    if (layer->delay != SG_DELAY_NONE && layer->train_delays && layer->delay_high > layer->delay_most)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.high: %g ms, but delay.most is %g ms: draw no delays that are longer than "
                       "training may make them",
                       i, layer->delay_high, layer->delay_most);
    if (layer->delay == SG_DELAY_NONE || layer->delay_low <= layer->delay_high)
        return sg_lags_check(layer, i, config->dt_ms, config->steps);
    return sg_fail(
        SG_CONFIG,
        "layers.%zu.delay.low: %g ms, but delay.high is %g ms: delays are drawn from the lower to the higher "
        "one",
        i, layer->delay_low, layer->delay_high);
}

static sg_status check_norm(size_t i, const sg_layer_config *layer) {
    return layer->norm != SG_NORM_NONE && layer->bias
               ? sg_fail(
                     SG_CONFIG,
                     "layers.%zu.link.bias: has no effect, since link.norm takes the mean away: use false (tdbn has "
                     "a shift of its own), or link.norm: none",
                     i)
               : SG_OK;
}

/* Classes are counted by its size. */
static sg_status check_last(const sg_network_config *config) {
    size_t last = config->layer_count - 1;
    const sg_link_kind *kind = sg_link_at(config->layers[last].link);
    return kind->forward_layer ? sg_fail(SG_CONFIG,
                                         "layers.%zu.link.kind: '%s' in the last layer, which has one neuron for each "
                                         "class: add a dense layer behind it",
                                         last, kind->head.name)
                               : SG_OK;
}

static sg_status check_weights(size_t i, const char *section, const sg_weights_config *weights) {
    if (!sg_initialiser_at(weights->kind)->reads)
        return SG_OK;
    if (sg_is_empty(weights->file))
        return sg_fail(SG_CONFIG, "layers.%zu.%s.file: is empty, but %s.weights is 'file': name an HDF5 file", i,
                       section, section);
    if (sg_is_empty(weights->dataset))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.%s.dataset: is empty, but %s.weights is 'file': name a dataset of that file", i,
                       section, section);
    return SG_OK;
}

/* What never fires gives the layer above no input. */
static sg_status check_spiking(const sg_network_config *config) {
    for (size_t i = 0; i + 1 < config->layer_count; i++) {
        const sg_neuron_kind *neuron = sg_neuron_at(config->layers[i].neuron);
        if (!neuron->spiking)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.kind: '%s' never fires, so layers.%zu would get no input: use it in the "
                           "last layer only",
                           i, neuron->head.name, i + 1);
    }
    return SG_OK;
}

sg_status sg_network_config_check(const sg_network_config *config) {
    if (config->layer_count == 0)
        return sg_fail(SG_CONFIG, "layers: there is no layer, expected 1 to %d: add one with its size (layers.0.size)",
                       SG_MAX_LAYERS);
    SG_TRY(sg_network_check_time(config));
    SG_TRY(check_spiking(config));
    SG_TRY(check_last(config));
    for (size_t i = 0; i < config->layer_count; i++) {
        SG_TRY(check_map(i, &config->layers[i]));
        SG_TRY(check_delays(i, config));
        SG_TRY(check_norm(i, &config->layers[i]));
        SG_TRY(sg_added_check(&config->layers[i], i));
        SG_TRY(sg_skip_check(config, i));
        SG_TRY(check_neuron(i, &config->layers[i]));
        SG_TRY(check_resonance(i, config));
        SG_TRY(check_several(config, i));
        SG_TRY(check_pooled(config, i));
        SG_TRY(check_recurrent(config, i));
        SG_TRY(check_weights(i, "link", &config->layers[i].weights));
        if (sg_layer_recurs(&config->layers[i]))
            SG_TRY(check_weights(i, "recurrent", &config->layers[i].recurrent_weights));
    }
    return SG_OK;
}

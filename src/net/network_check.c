#include "base/number.h"
#include "net/neuron.h"

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
    for (size_t i = 0; i < config->layer_count; i++) {
        const sg_layer_config *layer = &config->layers[i];
        if (layer->integration != SG_INTEGRATE_EULER)
            continue;
        SG_TRY(check_tau(i, "tau_mem", layer->tau_mem_ms, config->dt_ms));
        if (sg_neuron_at(layer->neuron)->synapse)
            SG_TRY(check_tau(i, "tau_syn", layer->tau_syn_ms, config->dt_ms));
    }
    return SG_OK;
}

static sg_status check_weights(size_t i, const sg_layer_config *layer) {
    if (layer->weights != SG_INIT_FILE)
        return SG_OK;
    if (!*layer->weights_file)
        return sg_fail(SG_CONFIG, "layers.%zu.link.file: is empty, but link.weights is 'file': name an HDF5 file", i);
    if (!*layer->weights_dataset)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.dataset: is empty, but link.weights is 'file': name a dataset of that file", i);
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
                           i, neuron->name, i + 1);
    }
    return SG_OK;
}

sg_status sg_network_config_check(const sg_network_config *config) {
    if (config->layer_count == 0)
        return sg_fail(SG_CONFIG, "layers: there is no layer, expected 1 to %d: add one with its size (layers.0.size)",
                       SG_MAX_LAYERS);
    SG_TRY(sg_network_check_time(config));
    SG_TRY(check_spiking(config));
    for (size_t i = 0; i < config->layer_count; i++)
        SG_TRY(check_weights(i, &config->layers[i]));
    return SG_OK;
}

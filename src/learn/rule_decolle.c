/* Deep continuous local learning (DECOLLE; Kaiser, Mostafa, Neftci 2020; docs/maths.md): each hidden layer has a fixed
 * random read-out of its spikes, and learns by the loss of that read-out in each step. No gradient crosses layers;
 * within a neuron, membrane and synaptic current carry it back in time, which forward in time are traces of each input.
 */
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/neuron.h"

#include <string.h>

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE,
                              .constant_recurrence = true,
                              .constant_inputs = true,
                              .local = config->decolle_scale,
                              .online = (size_t)config->decolle_chunk};
}

/* The paper's neuron has a synaptic current and a membrane that the weights reach by fixed filters. */
static sg_status check_neurons(size_t l, const sg_layer_config *layer) {
    const char *kind = sg_neuron_at(layer->neuron)->head.name;
    if (strcmp(kind, "if") != 0 && strcmp(kind, "lif") != 0 && strcmp(kind, "cuba_lif") != 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.kind: rule decolle has traces of membrane and synaptic current, which are "
                       "all that if, lif and cuba_lif have, but found %s: use one of these, or rule eprop",
                       l, kind);
    if (sg_layer_most_spikes(layer) > 1)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.max_spikes: %zu, but rule decolle is defined for one spike in a step: use 1, "
                       "or rule bptt",
                       l, sg_layer_most_spikes(layer));
    if (layer->reset_gradient)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.reset_gradient: rule decolle holds the reset constant: use false, or rule "
                       "bptt",
                       l);
    return SG_OK;
}

static sg_status check_layer(size_t l, const sg_layer_config *layer) {
    if (sg_neuron_at(layer->neuron)->spiking)
        SG_TRY(check_neurons(l, layer));
    if (layer->delay != SG_DELAY_NONE)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.kind: rule decolle holds a layer's inputs constant, and with them their "
                       "delays: use none, or rule bptt",
                       l);
    return SG_OK;
}

/* A local read-out has a number in each step, as the outputs must have, and these say what it should be. */
static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    if (!sg_readout_has_rows(loss->readout))
        return sg_fail(SG_CONFIG,
                       "rule: decolle has an error of each layer in each step, but loss.kind '%s' has one of the whole "
                       "sample: use step_ce, step_mse or step_bce, or another rule",
                       loss->head.name);
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(check_layer(l, &network->layers[l]));
    return config->decolle_chunk > 0 ? sg_rule_check_traces(network, "decolle.chunk", "decolle.chunk: 0") : SG_OK;
}

/* Forward in time, and backward. */
static const char *const variants[] = {"", "decolle.chunk=0", NULL};

const sg_rule_kind sg_rule_decolle = {
    .head = {"decolle", "DECOLLE: each hidden layer learns by a random read-out of its own, in each step"},
    .plan = plan,
    .variants = variants,
    .check = check,
};

/* SLAYER (Shrestha, Orchard 2018): spike response neurons, whose error goes back in time through the postsynaptic
 * potential alone. What a spike does to its own neuron later, by the refractory kernel, is held constant. EXODUS (Bauer
 * and colleagues 2022) follows it too: the whole gradient, which is that of bptt. */
#include "learn/rule.h"
#include "net/neuron.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE, .constant_refractory = !config->slayer_exact_reset};
}

static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    (void)config;
    for (size_t l = 0; l < network->layer_count; l++) {
        const sg_neuron_kind *kind = sg_neuron_at(network->layers[l].neuron);
        if (kind->spiking && !kind->response)
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.kind: '%s' is reset by its spikes, but rule slayer is defined for "
                           "neurons with a refractory kernel: use srm, or rule bptt",
                           l, kind->head.name);
    }
    return SG_OK;
}

static const char *const variants[] = {"slayer.exact_reset=false", "slayer.exact_reset=true", NULL};

const sg_rule_kind sg_rule_slayer = {
    .head = {"slayer", "SLAYER: as bptt, but what a spike of srm does to its own neuron later is held constant"},
    .plan = plan,
    .variants = variants,
    .check = check,
};

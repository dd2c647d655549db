/* Online training through time (OTTT; Xiao and colleagues 2022), in its backward form (docs/maths.md): the error goes
 * down through the layers of each step alone, and only a neuron's own membrane carries it back in time. Forward in time
 * that is a trace of each input times the error of the step: the sums are equal. */
#include "learn/rule.h"
#include "net/neuron.h"

#include <string.h>

static sg_backward_plan plan(const sg_learn_config *config) {
    (void)config;
    return (sg_backward_plan){.gradient = SG_GRADIENT_IN_STEP, .projects_apart = true};
}

/* What a trace of each input cannot have. */
static sg_status check_neurons(size_t l, const sg_layer_config *layer) {
    const char *kind = sg_neuron_at(layer->neuron)->head.name;
    if (strcmp(kind, "lif") != 0 && strcmp(kind, "if") != 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.kind: rule ottt has a trace of each input, which is that of lif and if, but "
                       "found %s: use one of these, or rule bptt",
                       l, kind);
    if (sg_layer_reset(layer) == SG_RESET_ZERO || layer->reset_gradient)
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.neuron.reset: rule ottt needs membranes that a spike lowers by a constant: use reset "
            "subtract or none, and reset_gradient false",
            l);
    if (sg_layer_most_spikes(layer) > 1)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.max_spikes: %zu, but rule ottt is defined for one spike in a step: use 1, or "
                       "rule bptt",
                       l, sg_layer_most_spikes(layer));
    if (layer->floor < 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.floor: %g, but rule ottt has a trace of each input, which a floor would end: "
                       "use 0, or rule bptt",
                       l, layer->floor);
    return SG_OK;
}

static sg_status check_layer(size_t l, const sg_layer_config *layer) {
    if (sg_neuron_at(layer->neuron)->spiking)
        SG_TRY(check_neurons(l, layer));
    if (sg_layer_recurs(layer))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.recurrent.from: rule ottt is defined for layers without recurrence: use none, or "
                       "rule eprop",
                       l);
    if (layer->delay != SG_DELAY_NONE || sg_layer_waits(layer))
        return sg_fail(SG_CONFIG,
                       "layers.%zu: rule ottt needs spikes that act in their own step, but they are delayed: use "
                       "delay.kind none and an order other than spytorch and eventprop",
                       l);
    return SG_OK;
}

static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    (void)config;
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(check_layer(l, &network->layers[l]));
    return SG_OK;
}

const sg_rule_kind sg_rule_ottt = {
    .head = {"ottt", "OTTT: as bptt, but the error goes down through the layers of each step alone"},
    .plan = plan,
    .check = check,
};

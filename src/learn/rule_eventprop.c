/* EventProp (Wunderlich, Pehle 2021), on the clock (docs/rules.md): the gradient by the times of spikes, of neurons in
 * continuous time. No surrogate is needed, and nothing is computed for a neuron that does not fire. */
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/kink.h"
#include "net/neuron.h"
#include "net/neuron_param.h"
#include "net/skip.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_EVENTPROP,
                              .projects_apart = true,
                              .guard = config->eventprop_guard,
                              .kinks = config->eventprop_kink};
}

/* Its adjoint is that of one flow, the same for all neurons, and of a reset to 0. */
static sg_status check_layer(size_t l, const sg_layer_config *layer) {
    const sg_neuron_kind *kind = sg_neuron_at(layer->neuron);
    if (layer->order != SG_ORDER_EVENTPROP)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.order: rule eventprop is of neurons in continuous time: use order eventprop, "
                       "or rule bptt",
                       l);
    if (kind->spiking && (sg_layer_reset(layer) != SG_RESET_ZERO || layer->reset_gradient))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.reset: rule eventprop has the reset to 0 and its gradient by definition: use "
                       "reset zero and reset_gradient false",
                       l);
    if (layer->refractory > 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.refractory: %lld, but rule eventprop is not defined for neurons that rest: "
                       "use 0, or rule bptt",
                       l, (long long)layer->refractory);
    if (sg_skip_layers(layer, l))
        return sg_fail(
            SG_CONFIG,
            "layers.%zu.link.skip: '%.40s', but rule eventprop is not defined for links from earlier layers: "
            "use none, or rule bptt",
            l, layer->skip);
    if (layer->floor < 0)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.neuron.floor: %g, but rule eventprop is not defined for membranes with a floor: use "
                       "0, or rule bptt",
                       l, layer->floor);
    if (layer->train_delays && layer->delay == SG_DELAY_AXONAL)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.train: rule eventprop trains delays of synapses, not axonal ones: use "
                       "delay.kind: synaptic, or rule bptt",
                       l);
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(layer, (sg_neuron_param)param))
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron: %s has a value for each neuron or is trained, but rule eventprop needs "
                           "one for the layer: leave out neuron.spread, neuron.file and neuron.train, or use rule bptt",
                           l, sg_neuron_param_name((sg_neuron_param)param));
    return SG_OK;
}

static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    if (loss->readout == SG_READOUT_COUNT || loss->readout == SG_READOUT_TRAIN)
        return sg_fail(
            SG_CONFIG,
            "loss.kind: '%s' is of spike counts or trains, which have no gradient by the times of spikes: use "
            "ttfs_ce, a loss on the membrane, or rule bptt",
            loss->head.name);
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(check_layer(l, &network->layers[l]));
    return loss->readout == SG_READOUT_MAX && config->eventprop_kink ? sg_kink_check(network) : SG_OK;
}

const sg_rule_kind sg_rule_eventprop = {
    .head = {"eventprop", "EventProp: the gradient by the times of spikes, without a surrogate; of order eventprop"},
    .plan = plan,
    .check = check,
};

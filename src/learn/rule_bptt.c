/* Backpropagation through time with surrogate derivatives (Neftci, Mostafa, Zenke 2019): the whole gradient, of which
 * nothing is held constant; or truncated, in windows of time (docs/maths.md). */
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/neuron.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE, .window = (size_t)config->bptt_window};
}

/* What carries something from one window into another, other than the states that are cut. */
static sg_status check_layer(size_t l, const sg_layer_config *layer) {
    if (layer->delay != SG_DELAY_NONE)
        return sg_fail(SG_CONFIG,
                       "bptt.window: layers.%zu.delay.kind: delays bring spikes from one window into another, which is "
                       "not defined: use delay.kind none, or window 0",
                       l);
    if (sg_neuron_at(layer->neuron)->resonates && layer->train[SG_PARAM_FREQUENCY])
        return sg_fail(SG_CONFIG,
                       "bptt.window: layers.%zu.neuron.train.frequency: a window would cut the turns that a frequency "
                       "makes: do not train it, or use window 0",
                       l);
    if (sg_layer_waits(layer))
        return sg_fail(
            SG_CONFIG,
            "bptt.window: layers.%zu.neuron: an input acts in later steps alone with neuron.kind srm and with "
            "neuron.order spytorch and eventprop, so that a window would lose it: use another, or window 0",
            l);
    return SG_OK;
}

/* A window without a part in the loss would have no gradient. */
static sg_status check(const sg_learn_config *config, const sg_network_config *network) {
    const sg_loss_kind *loss = sg_loss_at(config->loss);
    const sg_backward_plan cut = plan(config);
    if (!sg_plan_cuts(&cut, (size_t)network->steps))
        return SG_OK;
    if (!sg_readout_has_all_steps(loss->readout))
        return sg_fail(SG_CONFIG,
                       "bptt.window: loss.kind '%s' has no part in every step, so that some windows would have no "
                       "gradient: use a loss of counts, mean_ce or step_ce, or window 0",
                       loss->head.name);
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(check_layer(l, &network->layers[l]));
    return SG_OK;
}

/* A step, a few, and as many as any sample has, which is all. */
static const char *const variants[] = {"", "bptt.window=1", "bptt.window=5", "bptt.window=65535", NULL};

const sg_rule_kind sg_rule_bptt = {
    .head = {"bptt", "backpropagation through time with surrogate derivatives"},
    .plan = plan,
    .variants = variants,
    .check = check,
};

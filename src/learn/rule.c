#include "learn/rule.h"
#include "net/neuron_param.h"
#include "net/skip.h"
#include "net/surrogate.h"

#define ROW(name) &sg_rule_##name,
SG_KINDS_DEFINE(sg_rule, sg_rule_kind, SG_RULES(ROW))

bool sg_rule_trains_feedback(const sg_learn_config *config) {
    const sg_rule_kind *rule = sg_rule_at(config->rule);
    return rule->trains_feedback && rule->trains_feedback(config);
}

sg_status sg_rule_check_config(const sg_learn_config *config, const sg_network_config *network) {
    const sg_rule_kind *rule = sg_rule_at(config->rule);
    return rule->check ? rule->check(config, network) : SG_OK;
}

static sg_status check_traces(size_t l, const sg_layer_config *layer, const char *what, const char *instead) {
    if (sg_link_at(layer->link)->forward_layer)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.kind: %s would need traces for each place of a convolution: use dense or "
                       "sparse, or %s",
                       l, what, instead);
    if (sg_skip_layers(layer, l))
        return sg_fail(SG_CONFIG,
                       "layers.%zu.link.skip: %s has no traces through links from earlier layers: use none, or %s", l,
                       what, instead);
    if (layer->delay != SG_DELAY_NONE)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.kind: %s takes samples in chunks, which delayed spikes would cross: use none, "
                       "or %s",
                       l, what, instead);
    for (int param = 0; layer->shared && param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(layer, (sg_neuron_param)param))
            return sg_fail(SG_CONFIG,
                           "layers.%zu.neuron.shared: %s has traces of each neuron's own parameters: use false, or %s",
                           l, what, instead);
    return SG_OK;
}

sg_status sg_rule_check_traces(const sg_network_config *network, const char *what, const char *instead) {
    for (size_t l = 0; l < network->layer_count; l++)
        SG_TRY(check_traces(l, &network->layers[l], what, instead));
    return SG_OK;
}

/* From this growth a step on, gradients of small networks exploded; a membrane seldom stays at its threshold, so that
 * growth above 1 does no harm (docs/maths.md). */
static const double EXPLODES = 2.5;

static void warn_of_explosion(const sg_layer *layer, size_t l) {
    const sg_srm srm = sg_neuron_srm(&layer->neuron);
    double growth = sg_srm_growth(&srm, sg_surrogate_slope(layer->neuron.spiking.surrogate, 0));
    if (growth > EXPLODES)
        sg_warn("layers.%zu: the gradient through the refractory kernel grows %.1f times a step where a membrane is at "
                "its threshold, and may explode: use a larger surrogate.width, a smaller neuron.scale_ref, or rule: "
                "slayer, which holds that kernel constant",
                l, growth);
}

sg_status sg_rule_check(const sg_learn_config *config, const sg_network *network) {
    const sg_rule_kind *rule = sg_rule_at(config->rule);
    const sg_backward_plan plan = rule->plan(config);
    for (size_t l = 0; l < network->layer_count; l++)
        if (!network->layers[l].form->backward[plan.gradient])
            return sg_fail(SG_CONFIG, "rule: %s is not defined for the neurons of layers.%zu (%s)", rule->head.name, l,
                           network->layers[l].neuron.kind->head.name);
    for (size_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].neuron.kind->response && !plan.constant_refractory)
            warn_of_explosion(&network->layers[l], l);
    return SG_OK;
}

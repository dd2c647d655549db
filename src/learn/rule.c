#include "learn/rule.h"

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

sg_status sg_rule_check(const sg_learn_config *config, const sg_network *network) {
    const sg_rule_kind *rule = sg_rule_at(config->rule);
    const sg_backward_plan plan = rule->plan(config);
    for (size_t l = 0; l < network->layer_count; l++)
        if (!network->layers[l].form->backward[plan.gradient])
            return sg_fail(SG_CONFIG, "rule: %s is not defined for the neurons of layers.%zu (%s)", rule->head.name, l,
                           network->layers[l].neuron.kind->head.name);
    return SG_OK;
}

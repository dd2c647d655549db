/* Learning rules: how a gradient comes about. A table of kinds; a kind is one file, rule_NAME.c, and one word here. A
 * rule is a plan of the backward pass (net/backward_plan.h) and runs nothing itself, so that every way to run a
 * network, sample after sample or block after block, can follow it. */
#ifndef SG_LEARN_RULE_H
#define SG_LEARN_RULE_H

#include "learn/learn_config.h"
#include "net/network.h"

typedef struct sg_rule_kind {
    sg_kind head;

    /* Required. What it asks of the backward pass. */
    sg_backward_plan (*plan)(const sg_learn_config *config);

    /* Optional. Its settings, "key=value", that are compared with other rules; NULL after the last. */
    const char *const *variants;

    /* Optional. Whether feedback is trained with the weights of the last layer; by default it stays as it is drawn. */
    bool (*trains_feedback)(const sg_learn_config *config);

    /* Optional. SG_CONFIG, whose message begins with the key, where it is not defined for a network. */
    sg_status (*check)(const sg_learn_config *config, const sg_network_config *network);
} sg_rule_kind;

/* The rows: symbol sg_rule_X. */
#define SG_RULES(X) X(bptt) X(eprop) X(ottt) X(decolle) X(eventprop) X(slayer)

#define SG_RULE_DECLARE(name) extern const sg_rule_kind sg_rule_##name;
SG_RULES(SG_RULE_DECLARE)

SG_KINDS_DECLARE(sg_rule, sg_rule_kind);

bool sg_rule_trains_feedback(const sg_learn_config *config);

/* SG_CONFIG where a layer has what traces of each parameter and neuron cannot follow. `what` asks for these, as in
 * "eprop.form: online"; `instead` is the setting that does not. */
sg_status sg_rule_check_traces(const sg_network_config *network, const char *what, const char *instead);

/* The rule's own check. */
sg_status sg_rule_check_config(const sg_learn_config *config, const sg_network_config *network);

/* SG_CONFIG where the rule's gradient is not defined for a layer's neurons. Warns where it may explode. */
sg_status sg_rule_check(const sg_learn_config *config, const sg_network *network);

#endif

/* Backpropagation through time with surrogate derivatives (Neftci, Mostafa, Zenke 2019): the whole gradient, of which
 * nothing is held constant. */
#include "learn/rule.h"

static sg_backward_plan plan(const sg_learn_config *config) {
    (void)config;
    return (sg_backward_plan){.gradient = SG_GRADIENT_SURROGATE};
}

const sg_rule_kind sg_rule_bptt = {
    .head = {"bptt", "backpropagation through time with surrogate derivatives"},
    .plan = plan,
};

/* Rules side by side: the gradients that each rule gives one small network on the same input, beside that of bptt. */
#include "check/check_parts.h"
#include "learn/rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who is told of the rows, and what bptt gives. */
typedef struct comparison {
    sg_check *check;
    const sg_config *config; /* as it was given, without a rule's own settings */
    double *bptt;            /* (parameters) of the kernels */
    void (*row)(void *user, const sg_rule_row *row);
    void *user;
    bool good;
} comparison;

/* ------------------------------------------------------------------------------------------------- identities */

/* Whether the layer's spikes are constant as they come back to it. */
static bool loses_recurrence(const sg_backward_plan *plan, const sg_layer *layer) {
    return plan->constant_recurrence && layer->recurrent.kind;
}

/* Whether it hands on less than all that it got. */
static bool hands_on_less(const sg_backward_plan *plan, const sg_layer *layer) {
    return loses_recurrence(plan, layer) || (plan->gradient == SG_GRADIENT_IN_STEP && layer->neuron.kind->spiking);
}

/* Whether layer l has the gradient of bptt, by what the plan says. */
static bool is_bptt_at(const sg_backward_plan *plan, const sg_network *network, size_t l) {
    bool is_last = l + 1 == network->layer_count;
    bool known = plan->gradient == SG_GRADIENT_SURROGATE || plan->gradient == SG_GRADIENT_IN_STEP;
    if (!known || sg_plan_cuts(plan, network->steps) || loses_recurrence(plan, &network->layers[l]))
        return false;
    if (!is_last && (plan->feedback || plan->constant_inputs))
        return false;
    for (size_t at = l; at < network->layer_count; at++)
        if ((plan->constant_refractory && network->layers[at].neuron.kind->response) ||
            (at > l && hands_on_less(plan, &network->layers[at])))
            return false;
    return true;
}

/* ----------------------------------------------------------------------------------------------------- measures */

static double cosine(const double *a, const double *b, size_t count) {
    double product = 0, aa = 0, bb = 0;
    for (size_t j = 0; j < count; j++) {
        product += a[j] * b[j];
        aa += a[j] * a[j];
        bb += b[j] * b[j];
    }
    return aa > 0 && bb > 0 ? product / sqrt(aa * bb) : NAN;
}

/* The largest difference, as a share of the largest entry of b. */
static double difference(const double *a, const double *b, size_t count) {
    double most = 0, largest = 0;
    for (size_t j = 0; j < count; j++) {
        most = fmax(most, fabs(a[j] - b[j]));
        largest = fmax(largest, fabs(b[j]));
    }
    return largest > 0 ? most / largest : most > 0 ? INFINITY : 0;
}

static sg_rule_row measure(const comparison *c, size_t l, const sg_group *group) {
    const sg_check *check = c->check;
    const size_t at = sg_twin_at(check->network, l, group), count = sg_group_count(group);
    sg_rule_row row = {
        .layer = l,
        .group = group->name,
        .parameters = count,
        .cosine = cosine(check->found + at, c->bptt + at, count),
        .difference = difference(check->found + at, c->bptt + at, count),
        .true_cosine = cosine(check->slope + at, check->measured + at, count),
        .kernel_error = sg_check_error(check->found + at, check->gradient + at, check->kernel_floor + at, group),
        .is_bptt = is_bptt_at(&check->twin.plan, check->network, l),
    };
    const double identity = sg_check_error(check->found + at, c->bptt + at, check->kernel_floor + at, group);
    row.good = row.kernel_error <= SG_KERNEL_TOLERANCE && (!row.is_bptt || identity <= SG_KERNEL_TOLERANCE);
    return row;
}

/* -------------------------------------------------------------------------------------------------------- rules */

/* "key=value" into a configuration. */
static sg_status apply(sg_config *config, const char *setting) {
    char key[64];
    const char *value = strchr(setting, '=');
    if (!value)
        return SG_OK;
    snprintf(key, sizeof key, "%.*s", (int)(value - setting), setting);
    return sg_config_set(config, key, value + 1);
}

static sg_status set_rule(sg_config *config, const sg_rule_kind *rule, const char *setting) {
    SG_TRY(sg_config_set(config, "rule", rule->head.name));
    return apply(config, setting);
}

/* The twin's gradients under the rule, with spikes and smooth, and the kernels'. */
static sg_status run_rule(sg_check *check) {
    bool fits;
    check->twin.plan = sg_rule_at(check->config.learn.rule)->plan(&check->config.learn);
    SG_TRY(sg_check_draw_feedback(check));
    SG_TRY(sg_check_gradient(check, &fits));
    SG_TRY(sg_check_slopes(check, true, check->slope, NULL));
    return sg_check_run_kernels(check, NULL);
}

static void tell(comparison *c, const sg_rule_kind *rule, const char *setting, sg_rule_row row) {
    row.rule = rule->head.name;
    row.setting = setting;
    c->good = c->good && row.good;
    if (c->row)
        c->row(c->user, &row);
}

static void tell_all(comparison *c, const sg_rule_kind *rule, const char *setting) {
    const sg_network *network = c->check->network;
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t g = 0; g < network->layers[l].group_count; g++)
            if (sg_check_trains(&network->layers[l], &network->layers[l].groups[g]))
                tell(c, rule, setting, measure(c, l, &network->layers[l].groups[g]));
}

/* A rule that is not defined for the network is told of with the reason. */
static sg_status compare(comparison *c, const sg_rule_kind *rule, const char *setting) {
    sg_config given = *c->config;
    SG_TRY(set_rule(&given, rule, setting));
    sg_status status = sg_config_check(&given);
    if (status == SG_OK)
        status = sg_rule_check(&given.learn, c->check->network);
    if (status == SG_CONFIG) {
        tell(c, rule, setting, (sg_rule_row){.refused = sg_error_message(), .good = true});
        return SG_OK;
    }
    const sg_config before = c->check->config;
    if (status == SG_OK)
        status = set_rule(&c->check->config, rule, setting);
    if (status == SG_OK)
        status = run_rule(c->check);
    if (status == SG_OK)
        tell_all(c, rule, setting);
    c->check->config = before;
    return status;
}

static sg_status compare_all(comparison *c) {
    static const char *const as_it_is[] = {"", NULL};
    const sg_rule_kind *rule;
    SG_TRY(sg_check_run_kernels(c->check, NULL));
    memcpy(c->bptt, c->check->found, c->check->twin.count * sizeof *c->bptt);
    for (int i = 0; (rule = sg_rule_at(i)) != NULL; i++)
        for (const char *const *setting = rule->variants ? rule->variants : as_it_is; *setting; setting++)
            SG_TRY(compare(c, rule, *setting));
    return SG_OK;
}

/* bptt with nothing that is a rule's own: options of a rule have no effect, and are reset, while another one is set. */
static sg_status clear_rules(sg_config *config) {
    int rule = 0;
    while (sg_rule_at(rule))
        rule++;
    while (rule-- > 0) {
        SG_TRY(sg_config_set(config, "rule", sg_rule_at(rule)->head.name));
        sg_config_reset_useless(config);
    }
    return SG_OK;
}

sg_status sg_check_rules(const sg_config *config, uint64_t seed, void (*row)(void *user, const sg_rule_row *row),
                         void *user, bool *good) {
    sg_config plain = *config;
    comparison c = {.config = &plain, .row = row, .user = user, .good = true};
    *good = true;
    SG_TRY(clear_rules(&plain));
    SG_TRY(sg_check_open(&plain, seed, &c.check));
    c.bptt = sg_array(c.check->twin.count, sizeof *c.bptt);
    sg_status status = c.bptt ? compare_all(&c) : SG_MEMORY;
    *good = c.good;
    free(c.bptt);
    sg_check_close(c.check);
    return status;
}

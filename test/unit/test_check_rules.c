/* Rules side by side: every row of the table is told of, those that are not defined with the reason, and equal
 * gradients where a rule leaves out nothing that the network has. */
#include "learn/rule.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ok.h"

enum { MOST = 64, RULES = 16 };

/* What was told, texts copied. */
typedef struct told {
    size_t count, refused, equal, seen[RULES];
    struct {
        char name[64], group[64];
        bool is_bptt;
        double cosine, difference, true_cosine;
    } rows[MOST];
} told;

static void note(told *t, const sg_rule_row *row) {
    assert_true(t->count < MOST);
    snprintf(t->rows[t->count].name, 64, "%s %s", row->rule, row->setting);
    snprintf(t->rows[t->count].group, 64, "layers.%zu.%s", row->layer, row->group);
    t->rows[t->count].is_bptt = row->is_bptt;
    t->rows[t->count].cosine = row->cosine;
    t->rows[t->count].difference = row->difference;
    t->rows[t->count++].true_cosine = row->true_cosine;
    t->equal += row->is_bptt;
}

static void on_row(void *user, const sg_rule_row *row) {
    told *t = user;
    t->seen[sg_kind_find(sg_rule_kinds, row->rule)]++;
    assert_true(row->good);
    if (row->refused) {
        assert_true(strlen(row->refused) > 40);
        t->refused++;
        return;
    }
    assert_true(row->kernel_error <= SG_KERNEL_TOLERANCE);
    assert_true(isnan(row->cosine) || fabs(row->cosine) <= 1 + 1e-9);
    if (row->is_bptt)
        assert_true(row->difference <= SG_KERNEL_TOLERANCE && row->cosine > 1 - 1e-9);
    note(t, row);
}

static told tell(const char *hidden, const char *how) {
    char yaml[1024];
    told t = {0};
    bool good;
    sg_config *config;
    snprintf(yaml, sizeof yaml, "steps: 20\n%s\nlayers:\n%s  - {size: 3, neuron: {kind: li}}\n", how, hidden);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    OK(sg_check_rules(config, 1, on_row, &t, &good));
    assert_true(good);
    sg_config_free(config);
    for (int i = 0; sg_rule_at(i); i++)
        assert_true(t.seen[i] > 0);
    return t;
}

#define LIF "{size: 5, neuron: {kind: lif, reset: subtract}, surrogate: {kind: sigmoid}}\n"
#define RECURRENT                                                                                                      \
    "{size: 5, recurrent: {from: own}, neuron: {kind: lif, reset: subtract}, surrogate: {kind: sigmoid}}\n"

static size_t index_of(const told *t, const char *name, const char *group) {
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].name, name) == 0 && strcmp(t->rows[i].group, group) == 0)
            return i;
    fail_msg("%s of %s was not told", group, name);
    return 0;
}

static void expect(const told *t, const char *name, const char *group, bool is_bptt) {
    const size_t i = index_of(t, name, group);
    assert_int_equal(t->rows[i].is_bptt, is_bptt);
    if (!is_bptt)
        assert_true(t->rows[i].difference > 1e-3);
}

static void without_recurrence_more_is_equal(void **state) {
    (void)state;
    const told t = tell("  - " LIF, "loss: {kind: mean_ce}");
    assert_int_equal(t.refused, 5); /* decolle's two, slayer, exodus, eventprop */
    expect(&t, "bptt ", "layers.0.weights", true);
    expect(&t, "bptt bptt.window=65535", "layers.0.weights", true);
    expect(&t, "bptt bptt.window=5", "layers.0.weights", false);
    expect(&t, "bptt bptt.window=1", "layers.1.weights", false);
    expect(&t, "eprop eprop.feedback=symmetric", "layers.0.weights", true);
    expect(&t, "eprop eprop.form=online", "layers.0.weights", true);
    expect(&t, "eprop eprop.feedback=random", "layers.0.weights", false);
    expect(&t, "eprop eprop.feedback=random", "layers.1.weights", true);
    expect(&t, "ottt ", "layers.0.weights", true);
}

static void what_a_rule_leaves_out_differs(void **state) {
    (void)state;
    const told t = tell("  - " RECURRENT, "loss: {kind: mean_ce}");
    expect(&t, "eprop eprop.feedback=symmetric", "layers.0.weights", false);
    expect(&t, "eprop eprop.feedback=symmetric", "layers.0.recurrent", false);
    expect(&t, "eprop eprop.form=online", "layers.0.recurrent", false);
    expect(&t, "eprop eprop.form=online", "layers.1.weights", true);
    expect(&t, "eprop eprop.feedback=symmetric", "layers.1.weights", true);
    assert_int_equal(t.refused, 6); /* ottt, decolle's two, slayer, exodus, eventprop */
    const told deep = tell("  - " LIF "  - " LIF, "loss: {kind: mean_ce}");
    expect(&deep, "ottt ", "layers.0.weights", false);
    expect(&deep, "ottt ", "layers.1.weights", true);
    expect(&deep, "ottt ", "layers.2.weights", true);
    assert_int_equal(deep.refused, 8); /* symmetric, online and adaptive, decolle's two, slayer, exodus, eventprop */
}

/* A read-out learns as under bptt, which the layers below it do not; forward in time they learn the same. */
static void local_read_outs_are_not_bptt(void **state) {
    (void)state;
    const told t = tell("  - " LIF "  - " LIF, "loss: {kind: step_ce}");
    static const char *const names[] = {"decolle ", "decolle decolle.chunk=0"};
    for (size_t i = 0; i < 2; i++) {
        expect(&t, names[i], "layers.0.weights", false);
        expect(&t, names[i], "layers.1.weights", false);
        expect(&t, names[i], "layers.2.weights", true);
    }
    assert_true(fabs(t.rows[index_of(&t, names[0], "layers.0.weights")].difference -
                     t.rows[index_of(&t, names[1], "layers.0.weights")].difference) < 1e-4);
}

/* SLAYER holds the refractory kernel constant, which EXODUS does not; both are the read-out's whole gradient. */
static void exodus_is_bptt(void **state) {
    (void)state;
    const told t = tell("  - {size: 5, link: {sd: 8}, neuron: {kind: srm}, surrogate: {kind: sigmoid}}\n",
                        "loss: {kind: mean_ce}");
    expect(&t, "slayer slayer.exact_reset=true", "layers.0.weights", true);
    expect(&t, "slayer slayer.exact_reset=false", "layers.0.weights", false);
    expect(&t, "slayer slayer.exact_reset=false", "layers.1.weights", true);
}

/* Differences of the smooth twin agree with the whole gradient alone. */
static void bptt_is_the_true_gradient_of_the_smooth_twin(void **state) {
    (void)state;
    const told t = tell("  - " RECURRENT, "loss: {kind: mean_ce}");
    assert_true(t.rows[index_of(&t, "bptt ", "layers.0.weights")].true_cosine > 1 - 1e-9);
    assert_true(t.rows[index_of(&t, "bptt bptt.window=1", "layers.0.weights")].true_cosine < 1 - 1e-6);
}

/* The rule that the configuration has, and its options, do not matter. */
static void the_configured_rule_does_not_matter(void **state) {
    (void)state;
    static const char *const rules[] = {"bptt: {window: 4}", "rule: eprop\neprop: {feedback: adaptive, decay: 0.1}",
                                        "rule: ottt"};
    const told expected = tell("  - " LIF, "loss: {kind: mean_ce}");
    for (size_t i = 0; i < 3; i++) {
        char how[96];
        snprintf(how, sizeof how, "loss: {kind: mean_ce}\n%s", rules[i]);
        const told found = tell("  - " LIF, how);
        assert_int_equal(found.count, expected.count);
        for (size_t r = 0; r < found.count; r++) {
            assert_string_equal(found.rows[r].name, expected.rows[r].name);
            assert_true(found.rows[r].difference == expected.rows[r].difference);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_recurrence_more_is_equal),
        cmocka_unit_test(what_a_rule_leaves_out_differs),
        cmocka_unit_test(local_read_outs_are_not_bptt),
        cmocka_unit_test(exodus_is_bptt),
        cmocka_unit_test(bptt_is_the_true_gradient_of_the_smooth_twin),
        cmocka_unit_test(the_configured_rule_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

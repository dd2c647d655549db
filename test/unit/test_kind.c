#include "config/config_key.h"
#include "learn/loss.h"
#include "learn/optimiser.h"
#include "learn/schedule.h"
#include "net/neuron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

SG_KINDS_LIST(two, {"one", "the first"}, {"other", "the second"})

static void kinds_are_found_by_name(void **state) {
    (void)state;
    assert_int_equal(sg_kind_find(two, "one"), 0);
    assert_int_equal(sg_kind_find(two, "other"), 1);
    assert_int_equal(sg_kind_find(two, "othe"), -1);
    assert_null(two(-1));
    assert_null(two(2));
    int adlif = sg_kind_find(sg_neuron_kinds, "adlif");
    assert_ptr_equal(sg_neuron_kinds(adlif), &sg_neuron_at(adlif)->head);
    assert_int_equal(sg_neuron_at(adlif)->adaptation, SG_ADAPTS_CURRENT);
    assert_null(sg_neuron_at(-1));
    assert_null(sg_neuron_at(100));
    assert_null(sg_neuron_kinds(100));
}

/* Half a line: neither empty nor a sentence. */
static void assert_sound(const char *key, const sg_kind *kind) {
    size_t length = strlen(kind->summary);
    if (length == 0 || length > 100 || kind->summary[length - 1] == '.')
        fail_msg("%s: the summary of '%s' is '%s'", key, kind->name, kind->summary);
}

static void every_kind_has_a_name_of_its_own_and_a_summary(void **state) {
    (void)state;
    const sg_section *section;
    size_t choices = 0;
    for (size_t i = 0; (section = sg_section_at(i)) != NULL; i++)
        for (size_t j = 0; j < *section->count; j++) {
            const sg_option *option = &section->table[j];
            if (option->type != SG_OPTION_CHOICE)
                continue;
            choices++;
            for (int k = 0; option->choice(k); k++) {
                assert_sound(option->key, option->choice(k));
                assert_int_equal(sg_kind_find(option->choice, option->choice(k)->name), k);
            }
        }
    assert_true(choices > 10);
}

static void assert_refused(sg_config *config, const char *message) {
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    sg_config_free(config);
}

static sg_config *parse(const char *yaml) {
    sg_config *config;
    if (sg_config_parse("test", yaml, strlen(yaml), &config) != SG_OK)
        fail_msg("%s", sg_error_message());
    return config;
}

/* What is proposed comes from the tables, so that a new kind is proposed too. */
static void a_loss_that_does_not_suit_names_those_that_do(void **state) {
    (void)state;
    assert_refused(
        parse("loss: {kind: mean_ce}\nlayers: [{size: 2}]"),
        "loss.kind: 'mean_ce' needs the membrane of a read-out, but layers.0.neuron.kind 'cuba_lif' fires: "
        "use a loss on spikes (spike_count_mse, count_ce, ttfs_ce, spike_time, spike_count), or neurons that "
        "never fire (li, cuba_li)");
    assert_refused(parse("loss: {kind: count_ce}\nlayers: [{size: 2, neuron: {kind: li}}]"),
                   "loss.kind: 'count_ce' is made of spikes, but layers.0.neuron.kind 'li' never fires: use a loss on "
                   "the membrane (mean_ce, weighted_ce, max_ce, last_ce, step_ce, step_mse, mean_mse, last_mse, "
                   "step_bce, mean_bce, cosine), or neurons that fire (cuba_lif, lif, if, alif, "
                   "adlif, srm, rf)");
}

static void kinds_check_their_own_options(void **state) {
    (void)state;
    assert_refused(parse("optimiser: {kind: sgd, nesterov: true}\nlayers: [{size: 2}]"),
                   "optimiser.nesterov: true, but optimiser.momentum is 0, so that there is nothing to look ahead by: "
                   "set optimiser.momentum, for example to 0.9, or use nesterov: false");
    assert_refused(parse("schedule: {kind: step, step_epochs: 20}\nlayers: [{size: 2}]"),
                   "schedule.step_epochs: 20, but the run has 20 epochs, so that no step would come: use fewer, or "
                   "schedule.kind: constant");
    assert_refused(parse("schedule: {kind: one_cycle, warmup: 1.5}\nlayers: [{size: 2}]"),
                   "schedule.warmup: 1.5 epochs, but one_cycle warms up by itself: use 0, or schedule.peak");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_found_by_name),
        cmocka_unit_test(every_kind_has_a_name_of_its_own_and_a_summary),
        cmocka_unit_test(a_loss_that_does_not_suit_names_those_that_do),
        cmocka_unit_test(kinds_check_their_own_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

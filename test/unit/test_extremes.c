/* Every option that is a number, at extreme values: refused with its key, or trained with to a clear end. */
#include "config/config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char yaml[] = "steps: 12\n"
                           "epochs: 2\n"
                           "data: {set: patterns, split: shuffled, classes: 3, channels: 10, samples: 8}\n"
                           "patterns: {rate: 100}\n"
                           "layers:\n"
                           "  - size: 7\n"
                           "    link: {sd: 0.5}\n"
                           "  - size: 3\n"
                           "    link: {sd: 0.5}\n"
                           "loss: {kind: count_ce}\n";

/* What makes a number count: other settings for the keys that begin so. */
static const struct {
    const char *key, *settings[4][2];
} needs[] = {
    {"loss.true", {{"loss.kind", "spike_count_mse"}}},
    {"loss.false", {{"loss.kind", "spike_count_mse"}}},
    {"loss.tau", {{"loss.kind", "spike_count"}}},
    {"loss.region", {{"loss.kind", "spike_count"}}},
    {"layers.0.neuron.frequency", {{"layers.0.neuron.kind", "rf"}}},
    {"layers.0.neuron.spread.frequency", {{"layers.0.neuron.kind", "rf"}}},
    {"layers.0.neuron.tau_ref", {{"layers.0.neuron.kind", "srm"}}},
    {"layers.0.neuron.scale_ref", {{"layers.0.neuron.kind", "srm"}}},
    {"regularise.upper_rate", {{"regularise.upper", "0.1"}}},
    {"regularise.lower_rate", {{"regularise.lower", "0.1"}}},
    {"optimiser.momentum", {{"optimiser.kind", "sgd"}}},
    {"optimiser.alpha", {{"optimiser.kind", "rmsprop"}}},
    {"schedule.factor", {{"schedule.kind", "step"}, {"schedule.step_epochs", "1"}}},
    {"schedule.final", {{"schedule.kind", "cosine"}}},
    {"schedule.peak", {{"schedule.kind", "one_cycle"}}},
    {"schedule.divisor", {{"schedule.kind", "one_cycle"}}},
    {"decolle.scale", {{"rule", "decolle"}, {"loss.kind", "step_ce"}, {"layers.1.neuron.kind", "li"}}},
    {"eprop.decay", {{"rule", "eprop"}, {"eprop.feedback", "adaptive"}}},
    {"eventprop", {{"loss.kind", "ttfs_ce"}, {"layers.all.neuron.order", "eventprop"}, {"rule", "eventprop"}}},
    {"loss.early", {{"loss.kind", "ttfs_ce"}}},
    {"layers.0.link.norm", {{"layers.0.link.norm", "tdbn"}}},
    {"yinyang", {{"data.set", "yinyang"}}},
    {"randman", {{"data.set", "randman"}}},
    {"layers.0.link.limit", {{"layers.0.link.weights", "uniform"}}},
    {"layers.0.link.gain", {{"layers.0.link.weights", "fluctuation"}}},
    {"layers.0.link.xi", {{"layers.0.link.weights", "fluctuation"}}},
    {"layers.0.link.input_rate", {{"layers.0.link.weights", "fluctuation"}}},
    {"layers.0.recurrent.sd", {{"layers.0.recurrent.from", "own"}}},
    {"layers.0.recurrent.mean", {{"layers.0.recurrent.from", "own"}}},
    {"layers.0.recurrent.limit", {{"layers.0.recurrent.from", "own"}, {"layers.0.recurrent.weights", "uniform"}}},
    {"layers.0.recurrent", {{"layers.0.recurrent.from", "own"}, {"layers.0.recurrent.weights", "fluctuation"}}},
    {"layers.0.neuron.tau_adapt", {{"layers.0.neuron.kind", "alif"}}},
    {"layers.0.neuron.adaptation", {{"layers.0.neuron.kind", "alif"}}},
    {"layers.0.neuron.coupling", {{"layers.0.neuron.kind", "adlif"}}},
    {"layers.0.neuron.spread.tau_adapt", {{"layers.0.neuron.kind", "alif"}}},
    {"layers.0.neuron.spread.adaptation", {{"layers.0.neuron.kind", "alif"}}},
    {"layers.0.neuron.spread.coupling", {{"layers.0.neuron.kind", "adlif"}}},
    {"layers.0.delay.most", {{"layers.0.delay.kind", "axonal"}, {"layers.0.delay.train", "true"}}},
    {"layers.0.delay.unit", {{"layers.0.delay.kind", "axonal"}, {"layers.0.delay.train", "true"}}},
    {"layers.0.link.density", {{"layers.0.link.kind", "sparse"}}},
    {"layers.0.delay.kernel", {{"layers.0.delay.kind", "synaptic"}}},
    {"layers.0.delay.sigma",
     {{"layers.0.delay.kind", "synaptic"}, {"layers.0.delay.train", "true"}, {"layers.0.delay.most", "9 ms"}}},
    {"layers.0.delay.shrink",
     {{"layers.0.delay.kind", "synaptic"}, {"layers.0.delay.train", "true"}, {"layers.0.delay.most", "9 ms"}}},
    {"layers.0.delay", {{"layers.0.delay.kind", "axonal"}}},
    {"layers.0.surrogate.k", {{"layers.0.surrogate.kind", "fast_sigmoid"}}},
    {"layers.0.surrogate", {{"layers.0.surrogate.kind", "gaussian"}}},
};

static const char *const values[] = {"1e-320", "1e-60", "1e-39", "1e-9", "1e9", "1e38", "3.5e38", "1e300"};

/* "layers.N.x" is that of the first layer. */
static void key_of(const sg_option_info *info, char key[128]) {
    bool layered = strncmp(info->key, "layers.N.", 9) == 0;
    snprintf(key, 128, "%s%s", layered ? "layers.0." : "", info->key + (layered ? 9 : 0));
}

static void set_needs(sg_config *config, const char *key) {
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (strncmp(key, needs[i].key, strlen(needs[i].key)) != 0)
            continue;
        for (size_t j = 0; j < 4 && needs[i].settings[j][0]; j++)
            assert_int_equal(sg_config_set(config, needs[i].settings[j][0], needs[i].settings[j][1]), SG_OK);
        return;
    }
}

/* These have no effect here, as the data are drawn. */
static bool is_of_other_data(const char *key) {
    static const char *const groups[] = {"augment.", "encoder.", "audio.", "data."};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strncmp(key, groups[i], strlen(groups[i])) == 0)
            return true;
    return false;
}

/* One line that names what it is about, and no number that is none. */
static void assert_clear(const char *key, const char *value, const char *message) {
    if (strstr(message, "nan") || strstr(message, "inf") || strstr(message, ": :") || strstr(message, "''") ||
        (strstr(message, "has no effect") && !is_of_other_data(key)) || strchr(message, '\n') || strlen(message) < 20)
        fail_msg("%s=%s: \"%s\"", key, value, message);
}

static void train(const sg_config *config, const char *key, const char *value) {
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_run_options options = SG_SIZED(sg_run_options);
    options.threads = 1;
    sg_status status = sg_run(config, &options, &result);
    if (status == SG_OK) {
        if (!isfinite(result.last.train_loss) || !isfinite(result.last.test_loss))
            fail_msg("%s=%s: a loss of %g in training, %g in the test", key, value, result.last.train_loss,
                     result.last.test_loss);
        return;
    }
    assert_clear(key, value, sg_error_message());
    if (status != SG_DIVERGED && status != SG_CONFIG)
        fail_msg("%s=%s: %s, \"%s\"", key, value, sg_status_text(status), sg_error_message());
}

static void try_value(const sg_option_info *info, const char *key, const char *number) {
    sg_config *config;
    char value[32];
    const char *unit = strcmp(info->type, "time") == 0 ? " ms" : strcmp(info->type, "size") == 0 ? " MB" : "";
    snprintf(value, sizeof value, "%s%s", number, unit);
    assert_int_equal(sg_config_parse("test", yaml, strlen(yaml), &config), SG_OK);
    set_needs(config, key);
    sg_config_reset_useless(config);
    sg_status status = sg_config_set(config, key, value);
    if (status == SG_OK)
        status = sg_config_check(config);
    if (status == SG_OK)
        train(config, key, value);
    else if (status != SG_CONFIG || strncmp(sg_error_message(), key, strlen(key)) != 0)
        fail_msg("%s=%s: %s, \"%s\"", key, value, sg_status_text(status), sg_error_message());
    else
        assert_clear(key, value, sg_error_message());
    sg_config_free(config);
}

static bool is_number(const sg_option_info *info) {
    return strcmp(info->type, "number") == 0 || strcmp(info->type, "time") == 0 || strcmp(info->type, "size") == 0;
}

static void every_number_is_refused_or_ends_clearly(void **state) {
    (void)state;
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t numbers = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        char key[128];
        key_of(&info, key);
        if (!is_number(&info))
            continue;
        numbers++;
        for (size_t v = 0; v < sizeof values / sizeof *values; v++)
            try_value(&info, key, values[v]);
    }
    assert_true(numbers > 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_number_is_refused_or_ends_clearly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

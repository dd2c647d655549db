/* labels: threads */
/* Training that cannot go on tells what outgrew single precision first, and a remedy that helps against that. */
#include "engine/cpu/cpu.h"
#include "train/diverge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

enum { SAMPLES = 6, STEPS = 120, INPUTS = 12, HIDDEN = 20, OUTPUTS = 3 };

/* A network of two layers on spikes of three classes. */
typedef struct setting {
    sg_config *config;
    sg_events *events;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
} setting;

static const char base[] = "steps: 120\n"
                           "layers:\n"
                           "  - {size: 20, link: {sd: 0.5}, surrogate: {kind: fast_sigmoid}}\n"
                           "  - {size: 3, link: {sd: 0.5}}\n"
                           "loss: {kind: count_ce}\n";

static void open_setting(setting *s, const char *const settings[][2], int threads) {
    OK(sg_config_parse("test", base, strlen(base), &s->config));
    for (size_t i = 0; settings[i][0]; i++)
        OK(sg_config_set(s->config, settings[i][0], settings[i][1]));
    s->events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 200});
    for (uint32_t i = 0; i < SAMPLES; i++)
        s->samples[i] = i;
    OK(sg_network_create(s->config, INPUTS, &s->network));
    OK(sg_trainer_create(s->network, s->config, threads, &s->trainer));
}

static void close_setting(setting *s) {
    sg_trainer_free(s->trainer);
    sg_network_free(s->network);
    sg_events_free(s->events);
    sg_config_free(s->config);
}

static void fill_group(setting *s, size_t layer, const char *group, float value, size_t count) {
    float values[HIDDEN * HIDDEN];
    for (size_t j = 0; j < count; j++)
        values[j] = value;
    OK(sg_network_set_group(s->network, layer, group, values));
}

static sg_status step(setting *s) {
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    return sg_trainer_step(s->trainer, s->events, s->samples, SAMPLES, &batch);
}

static void assert_diverged(sg_status status, const char *what, const char *remedy) {
    if (status != SG_DIVERGED || !strstr(sg_error_message(), what) || !strstr(sg_error_message(), remedy))
        fail_msg("%s, \"%s\"; expected \"%s\" and \"%s\"", sg_status_text(status), sg_error_message(), what, remedy);
}

static const char *const readout[][2] = {{"layers.1.neuron.kind", "li"},
                                         {"loss.kind", "mean_ce"},
                                         {"layers.0.link.dropout", "0.1"},
                                         {"augment.drop", "0.1"},
                                         {NULL, NULL}};

/* The first spike of the hidden layer brings no overflow, the second does; where it is does not depend on how the
 * samples were shared. Of a linear read-out the membrane is not even computed in training. */
static void a_membrane_is_found(void **state) {
    (void)state;
    char messages[2][256];
    for (int i = 0; i < 2; i++) {
        setting s;
        open_setting(&s, readout, i ? 3 : 1);
        fill_group(&s, 1, "weights", 3e38f, HIDDEN * OUTPUTS);
        assert_diverged(step(&s), "the loss is not a finite number: the membrane of layers.1, neuron 0, outgrew single",
                        "use smaller initial weights (link.sd");
        snprintf(messages[i], sizeof messages[i], "%s", sg_error_message());
        close_setting(&s);
    }
    assert_string_equal(messages[0], messages[1]);
}

static void a_membrane_is_found_later(void **state) {
    (void)state;
    setting s;
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    open_setting(&s, readout, 1);
    OK(step(&s));
    fill_group(&s, 1, "weights", 3e38f, HIDDEN * OUTPUTS);
    assert_diverged(step(&s), "the membrane of layers.1, neuron 0, outgrew single", ": lower optimiser.lr, or use");
    assert_diverged(sg_evaluate(s.network, s.config, s.events, s.samples, SAMPLES, 1, &evaluation, NULL, NULL),
                    "the membrane of layers.1, neuron 0, outgrew single", ": lower optimiser.lr, or use");
    close_setting(&s);
}

/* Trained time constants: the read-out is not linear, and its membrane is added up step by step. */
static void a_sum_over_time_is_told_from_a_membrane(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"layers.1.neuron.kind", "li"},
                                              {"loss.kind", "mean_ce"},
                                              {"layers.1.neuron.train.tau_mem", "true"},
                                              {"layers.1.link.bias", "true"},
                                              {NULL, NULL}};
    setting s;
    open_setting(&s, settings, 1);
    fill_group(&s, 1, "weights", 0, HIDDEN * OUTPUTS);
    fill_group(&s, 1, "bias", 1e37f, OUTPUTS);
    assert_diverged(step(&s), "every membrane is, but the sum of layers.1 over time outgrew",
                    "smaller initial weights");
    close_setting(&s);
}

/* Each step back multiplies the gradient by much more than 1, while the membranes stay small. */
static void a_gradient_is_told_from_a_weight(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"layers.0.recurrent.from", "own"},
                                              {"layers.0.surrogate.k", "0.01"},
                                              {"layers.1.surrogate.kind", "fast_sigmoid"},
                                              {"optimiser.kind", "sgd"},
                                              {"optimiser.lr", "1e-30"},
                                              {"optimiser.clip_norm", "1"},
                                              {NULL, NULL}};
    setting s;
    open_setting(&s, settings, 2);
    fill_group(&s, 0, "recurrent", 5, HIDDEN * HIDDEN);
    assert_diverged(step(&s), "the gradient of layers.0.", "use fewer steps, smaller recurrent weights, neurons that");
    assert_null(strstr(sg_error_message(), "lower optimiser.lr"));
    close_setting(&s);
}

/* Adaptation that feeds on itself: a hidden layer's membrane goes, which no output shows. The gradient shows it, but
 * that of a surrogate which is 0 there. */
static void a_hidden_membrane_is_found(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"layers.0.neuron.kind", "adlif"},
                                              {"layers.0.neuron.coupling", "1e6"},
                                              {"layers.0.neuron.tau_adapt", "2 ms"},
                                              {NULL, NULL}};
    static const char *const blind[][2] = {{"layers.0.neuron.kind", "adlif"},
                                           {"layers.0.neuron.coupling", "1e6"},
                                           {"layers.0.neuron.tau_adapt", "2 ms"},
                                           {"layers.0.surrogate.kind", "relu"},
                                           {NULL, NULL}};
    static const char what[] = "the membrane of layers.0, neuron ", remedy[] = "neuron.tau_mem or neuron.coupling";
    setting s;
    open_setting(&s, settings, 1);
    assert_diverged(step(&s), what, remedy);
    close_setting(&s);
    open_setting(&s, blind, 1);
    OK(step(&s));
    assert_diverged(sg_trainer_check(s.trainer), what, remedy);
    close_setting(&s);
}

static void a_weight_is_told_from_its_gradient(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"optimiser.kind", "sgd"},
                                              {"optimiser.lr", "1e38"},
                                              {"loss.scale", "1e6"},
                                              {NULL, NULL}};
    setting s;
    open_setting(&s, settings, 1);
    assert_diverged(step(&s), "layers.1.weights, row ", ", is not a finite number: lower optimiser.lr");
    assert_null(strstr(sg_error_message(), "gradient"));
    close_setting(&s);
}

/* A gradient whose square is infinite: Adam's divisor is so for good, and the weights stay as they are for ever. A step
 * looks at a part of the state, all is looked at before it is saved. */
static void a_state_is_found(void **state) {
    (void)state;
    static const char *const settings[][2] = {{NULL, NULL}};
    static const char what[] = "the optimiser's second_moment of layers.0.weights, row ", remedy[] = "clip_norm";
    setting s;
    float weights[HIDDEN * OUTPUTS];
    open_setting(&s, settings, 1);
    for (size_t j = 0; j < HIDDEN * OUTPUTS; j++)
        weights[j] = j % 2 ? 1e25f : -1e25f;
    OK(sg_network_set_weights(s.network, 1, weights));
    OK(sg_trainer_check(s.trainer));
    sg_status status = step(&s);
    assert_diverged(sg_trainer_check(s.trainer), what, remedy);
    for (int i = 1; i < SG_RANGES && status == SG_OK; i++)
        status = step(&s);
    assert_diverged(status, what, remedy);
    close_setting(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_membrane_is_found),
        cmocka_unit_test(a_membrane_is_found_later),
        cmocka_unit_test(a_sum_over_time_is_told_from_a_membrane),
        cmocka_unit_test(a_gradient_is_told_from_a_weight),
        cmocka_unit_test(a_hidden_membrane_is_found),
        cmocka_unit_test(a_weight_is_told_from_its_gradient),
        cmocka_unit_test(a_state_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

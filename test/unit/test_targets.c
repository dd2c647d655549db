/* Targets of every kind: through a file; what losses make of them, by hand; steps without one; what is refused; and the
 * same bits for any number of threads. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "folder.h"
#include "ok.h"

enum { STEPS = 4, OUTPUTS = 2 };

/* What a sample's outputs should do: entries of a step, an output and a number; `value` NULL: spikes. */
typedef struct entries {
    size_t count;
    uint16_t step[8];
    uint32_t output[8];
    const float *value;
    bool constant;
} entries;

/* One sample whose input is a spike of channel 0 in step 0, and has no label. */
static sg_events *sample_with(const entries *wanted, uint32_t outputs) {
    static const uint64_t first[] = {0, 1};
    static const uint16_t step[] = {0};
    static const uint32_t channel[] = {0};
    const uint64_t target_first[] = {0, wanted ? wanted->count : 0};
    const sg_events_view view = {
        .samples = 1, .steps = STEPS, .channels = 1, .first = first, .step = step, .channel = channel};
    sg_events_details details = SG_SIZED(sg_events_details), of_target = SG_SIZED(sg_events_details);
    sg_events *events, *target = NULL;
    if (wanted) {
        const sg_events_view arrays = {.samples = 1,
                                       .steps = STEPS,
                                       .channels = outputs,
                                       .first = target_first,
                                       .step = wanted->step,
                                       .channel = wanted->output};
        of_target.value = wanted->value;
        of_target.constant = wanted->constant;
        OK(sg_events_create_detailed(&arrays, &of_target, &target));
    }
    details.target = target;
    OK(sg_events_create_detailed(&view, &details, &events));
    sg_events_free(target);
    return events;
}

/* A read-out alone, which forgets nothing: with weights of 1 and 2 its membranes are 1 and 2 in each step. */
static sg_config *configure(const char *loss) {
    char yaml[512];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "steps: 4\ndata: {set: patterns}\nloss: {kind: %s}\nlayers:\n  - {size: 2, neuron: {kind: li, tau_mem: "
             "1000000 s}}\n",
             loss);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

/* The loss of that sample and its gradient by the two weights; frees the events. */
static sg_status measure(const char *loss, sg_events *events, sg_batch_result *result, float gradient[OUTPUTS]) {
    const float weights[OUTPUTS] = {1, 2};
    const uint32_t samples[] = {0};
    sg_config *config = configure(loss);
    sg_network *network;
    sg_trainer *trainer;
    *result = SG_SIZED(sg_batch_result);
    OK(sg_network_create(config, 1, &network));
    OK(sg_network_set_weights(network, 0, weights));
    OK(sg_trainer_create(network, config, 1, &trainer));
    sg_status status = sg_trainer_gradient(trainer, events, samples, 1, result);
    if (status == SG_OK)
        OK(sg_trainer_get_gradient(trainer, 0, gradient));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return status;
}

static void expect(const char *loss, const entries *wanted, double expected, double first, double second,
                   double metric) {
    sg_batch_result result;
    float gradient[OUTPUTS];
    OK(measure(loss, sample_with(wanted, OUTPUTS), &result, gradient));
    const double found = result.loss;
    if (!(isnan(metric) ? isnan(result.metric) : fabs(result.metric - metric) < 1e-5))
        fail_msg("the metric of %s is %g, expected %g", loss, result.metric, metric);
    if (!(fabs(found - expected) < 1e-5 && fabs((double)gradient[0] - first) < 1e-5 &&
          fabs((double)gradient[1] - second) < 1e-5))
        fail_msg("%s is %g with slopes %g and %g, expected %g, %g, %g", loss, found, (double)gradient[0],
                 (double)gradient[1], expected, first, second);
}

static void losses_are_those_of_the_equations(void **state) {
    static const float numbers[] = {4, 0, 0.5f}, shares[] = {1, 0.25f};
    const double p1 = 1 / (1 + exp(-1.0)), p2 = 1 / (1 + exp(-2.0)), q = exp(1.0) / (exp(1.0) + exp(2.0));
    (void)state;
    /* two of four steps have a target: (4 - 1)^2 / 2, and (1^2 + 1.5^2) / 2 */
    const entries some = {3, {1, 3, 3}, {0, 0, 1}, numbers, false};
    expect("step_mse", &some, (4.5 + 1.625) / 2, (-3 + 1) / 2.0, 1.5 / 2, 12.25 / 3);
    const entries whole = {2, {0, 0}, {0, 1}, numbers, true};
    expect("mean_mse", &whole, 6.5, -3, 2, 6.5);
    expect("last_mse", &whole, 6.5, -3, 2, 6.5);
    expect("step_mse", &whole, 6.5, -3, 2, 6.5);
    const entries one = {1, {0}, {1}, numbers, true};
    expect("mean_mse", &one, 2, 0, -2, 4);
    const entries parts = {2, {0, 0}, {0, 1}, shares, true};
    expect("mean_bce", &parts, -log(p1) - 0.25 * log(p2) - 0.75 * log(1 - p2), p1 - 1, p2 - 0.25, 0.5);
    expect("step_bce", &parts, -log(p1) - 0.25 * log(p2) - 0.75 * log(1 - p2), p1 - 1, p2 - 0.25, 0.5);
    /* a class of three steps: 0, 1, 1 */
    const entries classes = {3, {0, 2, 3}, {0, 1, 1}, NULL, false};
    expect("step_ce", &classes, (-log(q) - 2 * log(1 - q)) / 3, q - 1.0 / 3, 1.0 / 3 - q, 2.0 / 3);
    /* outputs 1 and 2, target 4 and 0: an angle whose cosine is 1 / sqrt(5) */
    const double root = sqrt(5.0);
    expect("cosine", &whole, 1 - 1 / root, 1 / (5 * root) - 1 / root, 2 / (5 * root), 1 / root);
    expect("cosine", &one, 0, 0, 0, 1);
    const entries none = {0, {0}, {0}, numbers, false};
    expect("step_mse", &none, 0, 0, 0, NAN);
}

/* -------------------------------------------------------------------------------------------------- what is refused */

static void refuse(const char *loss, const entries *wanted, uint32_t outputs, const char *message) {
    sg_batch_result result;
    float gradient[OUTPUTS];
    assert_int_equal(measure(loss, sample_with(wanted, outputs), &result, gradient), SG_DATA);
    assert_message_has(message);
}

static void what_does_not_fit_is_refused(void **state) {
    static const float numbers[] = {1, 2, 0.5f};
    const entries spikes = {2, {0, 1}, {0, 1}, NULL, false}, steps = {2, {0, 1}, {0, 1}, numbers, false};
    const entries whole = {2, {0, 0}, {0, 1}, numbers, true}, two = {2, {1, 1}, {0, 1}, NULL, false};
    (void)state;
    refuse("step_mse", NULL, 0, "step_mse needs numbers of the outputs as targets, but the data have none");
    refuse("step_mse", &spikes, 2, "step_mse needs numbers of the outputs, but the targets of the data are spikes");
    refuse("mean_mse", &steps, 2,
           "mean_mse needs constant numbers of the outputs, but the targets of the data are num");
    refuse("mean_bce", &whole, 2, "the target of sample 0 has 2, expected 0 to 1 for loss.kind mean_bce");
    const entries zeros = {2, {0, 0}, {0, 1}, (const float[]){0, 0}, true};
    refuse("cosine", &steps, 2, "cosine needs constant numbers of the outputs, but the targets of the data are num");
    refuse("cosine", &zeros, 2, "the target of sample 0 is 0 for all outputs, which has no direction");
    refuse("step_ce", &steps, 2, "step_ce needs a class in each step, but the targets of the data are numbers");
    refuse("step_ce", &two, 2, "the target of sample 0 has two classes in step 1, expected one");
    refuse("step_ce", NULL, 0, "sample 0 has no label");
    refuse("step_mse", &steps, 3, "the targets of the data are of 3 outputs, expected 2");
    refuse("step_ce", &spikes, 3, "the targets of the data are of 3 outputs, expected 2");
}

static void a_softmax_of_one_output_is_refused(void **state) {
    const uint32_t samples[] = {0};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_events *events = sample_with(NULL, 0);
    sg_config *config = configure("max_ce");
    sg_network *network;
    sg_trainer *trainer;
    (void)state;
    OK(sg_config_set(config, "layers.0.size", "1"));
    OK(sg_network_create(config, 1, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    assert_int_equal(sg_trainer_gradient(trainer, events, samples, 1, &result), SG_CONFIG);
    assert_message_has("loss.kind: 'max_ce' compares outputs with each other, but the network has one");
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

/* What training refuses is no reason not to predict: the target is not looked at. */
static void predictions_need_no_target(void **state) {
    static const float numbers[] = {1, 2};
    const entries spikes = {2, {0, 1}, {0, 1500}, NULL, false}, steps = {2, {0, 1}, {0, 1}, numbers, false};
    const uint32_t samples[] = {0};
    static const char *const losses[] = {"step_mse", "step_ce", "mean_bce"};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int which = 0; which < 3; which++) {
            sg_events *events = sample_with(which == 0 ? NULL : which == 1 ? &spikes : &steps, 2000);
            sg_config *config = configure(losses[i]);
            const float weights[OUTPUTS] = {1, 2};
            double outputs[OUTPUTS];
            uint32_t predicted;
            sg_network *network;
            OK(sg_network_create(config, 1, &network));
            OK(sg_network_set_weights(network, 0, weights));
            OK(sg_predict(network, config, events, samples, 1, 1, outputs, &predicted));
            assert_true(fabs(outputs[1] - 2) < 1e-5);
            sg_network_free(network);
            sg_config_free(config);
            sg_events_free(events);
        }
}

/* Samples without a label are in no row of the confusion. */
static void evaluation_needs_no_label(void **state) {
    static const float numbers[] = {4, 0, 0.5f};
    const entries some = {3, {1, 3, 3}, {0, 0, 1}, numbers, false};
    const float weights[OUTPUTS] = {1, 2};
    const uint32_t samples[] = {0};
    uint64_t confusion[OUTPUTS] = {7, 7}; /* of no class: not touched */
    sg_evaluation result = SG_SIZED(sg_evaluation);
    sg_events *events = sample_with(&some, OUTPUTS);
    sg_config *config = configure("step_mse");
    sg_network *network;
    (void)state;
    OK(sg_network_create(config, 1, &network));
    OK(sg_network_set_weights(network, 0, weights));
    OK(sg_evaluate(network, config, events, samples, 1, 1, &result, NULL, confusion));
    assert_true(fabs(result.loss - (4.5 + 1.625) / 2) < 1e-5 && fabs(result.metric - 12.25 / 3) < 1e-5);
    assert_true(confusion[0] == 7 && confusion[1] == 7);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

/* ------------------------------------------------------------------------------------------------------- files */

static void numbers_go_through_a_file(void **state) {
    static const float numbers[] = {4, -1.5f, 0.5f};
    const entries steps = {3, {1, 3, 3}, {0, 0, 1}, numbers, false}, whole = {2, {0, 0}, {0, 1}, numbers, true};
    (void)state;
    for (int constant = 0; constant < 2; constant++) {
        sg_events *events = sample_with(constant ? &whole : &steps, OUTPUTS), *read;
        sg_events_details details = SG_SIZED(sg_events_details), of_target = SG_SIZED(sg_events_details);
        OK(sg_events_save(events, in_folder("targets.h5")));
        sg_events_free(events);
        OK(sg_events_load(in_folder("targets.h5"), &read));
        OK(sg_events_get_details(read, &details));
        OK(sg_events_get_details(details.target, &of_target));
        const sg_events_view target = sg_events_get(details.target);
        assert_int_equal(target.channels, OUTPUTS);
        assert_int_equal(of_target.constant, constant);
        assert_int_equal(target.first[1], constant ? 2 : 3);
        assert_memory_equal(of_target.value, numbers, target.first[1] * sizeof *numbers);
        assert_int_equal(target.step[1], constant ? 0 : 3);
        sg_events_free(read);
    }
}

/* ------------------------------------------------------------------------------------------------------- whole runs */

enum { SAMPLES = 24, T = 40, INPUTS = 30, K = 3 };

static sg_events *drawn_with_numbers(void) {
    const drawn_sizes sizes = {.samples = SAMPLES, .steps = T, .inputs = INPUTS, .events = 60};
    static float value[SAMPLES * T * K];
    static uint16_t step[SAMPLES * T * K];
    static uint32_t channel[SAMPLES * T * K];
    uint64_t first[SAMPLES + 1] = {0};
    sg_events *events = drawn_events(sizes), *target, *both;
    sg_events_details numbers = SG_SIZED(sg_events_details), details = SG_SIZED(sg_events_details);
    for (size_t j = 0; j < SAMPLES * T * K; j++) {
        value[j] = (float)sin((double)j);
        step[j] = (uint16_t)(j / K % T);
        channel[j] = (uint32_t)(j % K);
        first[j / (T * K) + 1] = j + 1;
    }
    const sg_events_view arrays = {
        .samples = SAMPLES, .steps = T, .channels = K, .first = first, .step = step, .channel = channel};
    const sg_events_view view = sg_events_get(events);
    numbers.value = value;
    OK(sg_events_create_detailed(&arrays, &numbers, &target));
    details.target = target;
    OK(sg_events_create_detailed(&view, &details, &both));
    sg_events_free(target);
    sg_events_free(events);
    return both;
}

/* The weights of the first layer after some steps, of which those after the second follow a checkpoint if `stops`. */
static void train(int threads, bool stops, float weights[INPUTS * 20]) {
    const char *yaml = "seed: 3\nsteps: 40\ndata: {set: patterns}\nloss: {kind: step_mse}\nrule: eprop\n"
                       "eprop: {feedback: random}\nlayers:\n"
                       "  - {size: 20, link: {weights: normal, sd: 0.5}, recurrent: {from: own, weights: normal, sd: "
                       "0.3}, surrogate: {kind: fast_sigmoid, k: 5}}\n"
                       "  - {size: 3, link: {weights: normal, sd: 0.5}, neuron: {kind: li}}\n";
    uint32_t samples[SAMPLES];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_events *events = drawn_with_numbers();
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    for (size_t i = 0; i < 4; i++) {
        if (stops && i == 2) {
            OK(sg_trainer_save(trainer, config, in_folder("checkpoint.h5")));
            sg_trainer_free(trainer);
            OK(sg_trainer_create(network, config, threads, &trainer));
            OK(sg_trainer_load(trainer, in_folder("checkpoint.h5")));
        }
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
    }
    OK(sg_network_get_weights(network, 0, weights));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

static void threads_levels_and_checkpoints_change_no_bit(void **state) {
    static float one[INPUTS * 20], two[INPUTS * 20];
    (void)state;
    train(1, false, one);
    train(3, false, two);
    assert_memory_equal(one, two, sizeof one);
    train(2, true, two);
    assert_memory_equal(one, two, sizeof one);
    OK(sg_set_cpu("scalar"));
    train(2, false, two);
    OK(sg_set_cpu(NULL));
    assert_memory_equal(one, two, sizeof one);
}

static void a_whole_run_needs_no_labels(void **state) {
    const uint64_t first[] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    const sg_events_view view = {.samples = 8, .steps = STEPS, .channels = 1, .first = first};
    const sg_events_view arrays = {.samples = 8, .steps = STEPS, .channels = OUTPUTS, .first = first};
    sg_events_details of_target = SG_SIZED(sg_events_details), details = SG_SIZED(sg_events_details);
    sg_events *target, *events;
    sg_config *config = configure("step_mse");
    (void)state;
    of_target.value = (const float[]){0};
    OK(sg_events_create_detailed(&arrays, &of_target, &target));
    details.target = target;
    OK(sg_events_create_detailed(&view, &details, &events));
    OK(sg_events_save(events, in_folder("run.h5")));
    OK(sg_config_set(config, "data.set", "events"));
    OK(sg_config_set(config, "data.file", in_folder("run.h5")));
    OK(sg_config_set(config, "data.split", "shuffled"));
    OK(sg_config_set(config, "epochs", "1"));
    OK(sg_run(config, NULL, NULL));
    sg_events_free(events);
    sg_events_free(target);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_those_of_the_equations),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_softmax_of_one_output_is_refused),
        cmocka_unit_test(predictions_need_no_target),
        cmocka_unit_test(evaluation_needs_no_label),
        cmocka_unit_test(a_whole_run_needs_no_labels),
        cmocka_unit_test(numbers_go_through_a_file),
        cmocka_unit_test(threads_levels_and_checkpoints_change_no_bit),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* Rules that look back less far than backpropagation through time: truncated windows, and OTTT. Against the independent
 * references of ../shared/golden, where they are there; a window of the whole sample has the bits of bptt; what is not
 * defined is refused. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "folder.h"
#include "ok.h"
#include "reference.h"

enum { SAMPLES = 4, STEPS = 40, INPUTS = 8, FIRST = 16, SECOND = 12, OUTPUTS = 3, LAYERS = 3 };

static const uint32_t rows[LAYERS] = {INPUTS, FIRST, SECOND}, columns[LAYERS] = {FIRST, SECOND, OUTPUTS};
static const uint32_t all_samples[SAMPLES] = {0, 1, 2, 3};

static const char layers[] =
    "layers:\n"
    "  - {size: 16, link: {weights: normal, sd: 0.5}, neuron: {kind: lif, order: snntorch, reset: subtract, "
    "tau_mem: 10 ms}, surrogate: {kind: fast_sigmoid, k: 10}}\n"
    "  - {size: 12, link: {weights: normal, sd: 0.4}, neuron: {kind: lif, order: snntorch, reset: subtract, "
    "tau_mem: 10 ms}, surrogate: {kind: fast_sigmoid, k: 10}}\n"
    "  - {size: 3, link: {weights: normal, sd: 0.4}, neuron: {kind: li, tau_mem: 10 ms}}\n";

/* The network of the references, and how it learns. */
static sg_config *configure(const char *how) {
    char yaml[1024];
    sg_config *config;
    snprintf(yaml, sizeof yaml, "seed: 3\nsteps: 40\ndt: 1 ms\ndata: {set: patterns}\n%s\n%s", how, layers);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

typedef struct gradients {
    float of[LAYERS][FIRST * SECOND];
} gradients;

static gradients gradients_of(sg_network *network, const sg_config *config, const sg_events *events) {
    gradients found = {0};
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    OK(sg_trainer_create(network, config, 2, &trainer));
    OK(sg_trainer_gradient(trainer, events, all_samples, SAMPLES, &result));
    for (size_t l = 0; l < LAYERS; l++)
        OK(sg_trainer_get_gradient_of(trainer, l, "weights", found.of[l]));
    sg_trainer_free(trainer);
    return found;
}

/* The gradients of the network as it is drawn. */
static gradients drawn_gradients(const char *how) {
    const drawn_sizes sizes = {.samples = SAMPLES, .steps = STEPS, .inputs = INPUTS, .events = 60};
    sg_config *config = configure(how);
    sg_events *events = drawn_events(sizes);
    sg_network *network;
    OK(sg_network_create(config, INPUTS, &network));
    const gradients found = gradients_of(network, config, events);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return found;
}

static void a_window_of_all_steps_is_bptt(void **state) {
    (void)state;
    static const char *const same[] = {"bptt: {window: 40}", "bptt: {window: 41}"};
    static const char *const losses[] = {"step_ce", "mean_ce"};
    for (size_t i = 0; i < 4; i++) {
        char how[96];
        snprintf(how, sizeof how, "loss: {kind: %s}", losses[i / 2]);
        const gradients expected = drawn_gradients(how);
        snprintf(how, sizeof how, "loss: {kind: %s}\n%s", losses[i / 2], same[i % 2]);
        const gradients found = drawn_gradients(how);
        assert_memory_equal(&found, &expected, sizeof found);
        snprintf(how, sizeof how, "loss: {kind: %s}\nbptt: {window: 39}", losses[i / 2]);
        const gradients cut = drawn_gradients(how);
        assert_memory_not_equal(&cut, &expected, sizeof found);
    }
}

static void refuse(const char *how, const char *key, const char *value, const char *with) {
    sg_config *config = configure(how);
    OK(sg_config_set(config, key, value));
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has(with);
    sg_config_free(config);
}

static void windows_that_are_not_defined_are_refused(void **state) {
    (void)state;
    const char *how = "loss: {kind: mean_ce}\nbptt: {window: 4}";
    refuse(how, "loss.kind", "max_ce", "bptt.window: loss.kind 'max_ce' has no part in every step");
    refuse(how, "loss.kind", "last_ce", "bptt.window: loss.kind 'last_ce' has no part in every step");
    refuse(how, "layers.1.delay.kind", "axonal", "bptt.window: layers.1.delay.kind: delays bring spikes");
    refuse(how, "layers.0.neuron.order", "spytorch",
           "bptt.window: layers.0.neuron: an input acts in later steps alone");
    refuse("bptt: {window: 4}\neprop: {feedback: random}\nloss: {kind: mean_ce}", "rule", "eprop", "bptt.window");
}

/* The last hidden layer and the read-out get all that bptt gives them. What a layer below lacks went through the
 * membranes of a later step. */
static void above_the_first_layer_ottt_is_bptt(void **state) {
    (void)state;
    static const char *const losses[] = {"step_ce", "mean_ce", "max_ce", "last_ce"};
    for (size_t i = 0; i < 4; i++) {
        char how[96];
        snprintf(how, sizeof how, "loss: {kind: %s}", losses[i]);
        const gradients expected = drawn_gradients(how);
        snprintf(how, sizeof how, "loss: {kind: %s}\nrule: ottt", losses[i]);
        const gradients found = drawn_gradients(how);
        assert_memory_not_equal(found.of[0], expected.of[0], sizeof found.of[0]);
        assert_memory_equal(found.of[1], expected.of[1], sizeof found.of[1]);
        assert_memory_equal(found.of[2], expected.of[2], sizeof found.of[2]);
    }
}

static void ottt_is_refused_where_it_is_not_defined(void **state) {
    (void)state;
    const char *how = "loss: {kind: mean_ce}\nrule: ottt";
    refuse(how, "layers.1.neuron.kind", "cuba_lif", "layers.1.neuron.kind: rule ottt has a trace of each input");
    refuse(how, "layers.0.neuron.kind", "alif", "layers.0.neuron.kind: rule ottt has a trace of each input");
    refuse(how, "layers.0.neuron.reset", "zero", "layers.0.neuron.reset: rule ottt needs membranes");
    refuse(how, "layers.0.neuron.floor", "-0.5", "layers.0.neuron.floor: -0.5, but rule ottt");
    refuse(how, "layers.0.recurrent.from", "own", "layers.0.recurrent.from: rule ottt is defined");
    refuse(how, "layers.1.delay.kind", "axonal", "layers.1: rule ottt needs spikes that act in their own step");
    refuse(how, "layers.0.neuron.order", "spytorch", "layers.0: rule ottt needs spikes that act in their own step");
}

/* ------------------------------------------------------------------------------------- the independent references */

static sg_network *reference_network(sg_h5 *file, const sg_config *config) {
    float weights[FIRST * SECOND];
    sg_network *network;
    OK(sg_network_create(config, INPUTS, &network));
    for (size_t l = 0; l < LAYERS; l++) {
        char name[8];
        snprintf(name, sizeof name, "w%zu", l + 1);
        reference_get(file, name, SG_H5_F32, weights, rows[l], columns[l], 0);
        OK(sg_network_set_group(network, l, "weights", weights));
    }
    return network;
}

static void expect_spikes(sg_h5 *file, const sg_network *network, const sg_events *events) {
    static uint8_t found[STEPS * FIRST], expected[SAMPLES * STEPS * FIRST];
    for (size_t l = 0; l + 1 < LAYERS; l++) {
        char name[16];
        snprintf(name, sizeof name, "forward/s%zu", l + 1);
        reference_get(file, name, SG_H5_U8, expected, SAMPLES, STEPS, columns[l]);
        for (size_t s = 0; s < SAMPLES; s++) {
            OK(sg_network_raster(network, events, s, l, found));
            assert_memory_equal(found, expected + s * STEPS * columns[l], STEPS * columns[l]);
        }
    }
}

/* What learns as `how` says has the gradients of a group of the file. */
static void meet(const char *how, const char *group) {
    double expected[FIRST * SECOND];
    sg_h5 *file = reference_open(REFERENCE("online.h5"));
    sg_config *config = configure(how);
    sg_events *events = reference_events(file, SAMPLES, STEPS, INPUTS, OUTPUTS);
    sg_network *network = reference_network(file, config);
    expect_spikes(file, network, events);
    const gradients found = gradients_of(network, config, events);
    for (size_t l = 0; l < LAYERS; l++) {
        char name[32];
        snprintf(name, sizeof name, "%s/dw%zu", group, l + 1);
        reference_get(file, name, SG_H5_F64, expected, rows[l], columns[l], 0);
        reference_near(found.of[l], expected, (size_t)rows[l] * columns[l]);
    }
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    sg_h5_close(file);
}

static void windows_meet_the_references(void **state) {
    (void)state;
    meet("loss: {kind: step_ce}", "bptt");
    meet("loss: {kind: step_ce}\nbptt: {window: 20}", "tbptt_20");
    meet("loss: {kind: step_ce}\nbptt: {window: 5}", "tbptt_5");
    meet("loss: {kind: step_ce}\nbptt: {window: 1}", "tbptt_1");
    meet("loss: {kind: step_ce}\nbptt: {window: 1}", "sltt");
}

static void ottt_meets_the_references(void **state) {
    (void)state;
    meet("loss: {kind: step_ce}\nrule: ottt", "spatial");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_of_all_steps_is_bptt),
        cmocka_unit_test(windows_that_are_not_defined_are_refused),
        cmocka_unit_test(windows_meet_the_references),
        cmocka_unit_test(above_the_first_layer_ottt_is_bptt),
        cmocka_unit_test(ottt_is_refused_where_it_is_not_defined),
        cmocka_unit_test(ottt_meets_the_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

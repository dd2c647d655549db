/* Neuron parameters that a layer shares: one number, trained by the sum of its neurons' gradients; and parametric LIF
 * (Fang and others 2021), whose time constant is such a one. */
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

enum { STEPS = 30, INPUTS = 24, HIDDEN = 18, OUTPUTS = 3, SAMPLES = 6 };

static const drawn_sizes sizes = {.samples = SAMPLES, .steps = STEPS, .inputs = INPUTS, .events = 80};
static const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5};

typedef struct fixture {
    sg_config *config;
    sg_events *events;
    sg_network *network;
    sg_trainer *trainer;
} fixture;

static sg_config *configure(const char *neuron) {
    char yaml[1024];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "steps: %d\ndt: 1 ms\ndata: {set: patterns}\nloss: {kind: mean_ce}\noptimiser: {lr: 0.05}\nlayers:\n"
             "  - {size: %d, link: {weights: normal, sd: 3}, surrogate: {kind: fast_sigmoid, k: 2}, neuron: %s}\n"
             "  - {size: %d, neuron: {kind: li}}\n",
             STEPS, HIDDEN, neuron, OUTPUTS);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

static fixture open_network(const char *neuron) {
    fixture f = {.config = configure(neuron), .events = drawn_events(sizes)};
    OK(sg_network_create(f.config, INPUTS, &f.network));
    OK(sg_trainer_create(f.network, f.config, 2, &f.trainer));
    return f;
}

static void close_network(fixture *f) {
    sg_trainer_free(f->trainer);
    sg_network_free(f->network);
    sg_events_free(f->events);
    sg_config_free(f->config);
}

static void the_gradient_is_the_sum_over_neurons(void **state) {
    fixture one = open_network("{kind: lif, tau_mem: 6 ms, shared: true, train: {tau_mem: true, threshold: true}}"),
            each = open_network("{kind: lif, tau_mem: 6 ms, train: {tau_mem: true, threshold: true}}");
    sg_batch_result result = SG_SIZED(sg_batch_result);
    static const char *const groups[] = {"raw_tau_mem", "raw_threshold"};
    (void)state;
    OK(sg_trainer_gradient(one.trainer, one.events, samples, SAMPLES, &result));
    OK(sg_trainer_gradient(each.trainer, each.events, samples, SAMPLES, &result));
    for (size_t g = 0; g < 2; g++) {
        float shared, own[HIDDEN];
        double sum = 0, size = 0;
        OK(sg_trainer_get_gradient_of(one.trainer, 0, groups[g], &shared));
        OK(sg_trainer_get_gradient_of(each.trainer, 0, groups[g], own));
        for (size_t n = 0; n < HIDDEN; n++) {
            sum += own[n];
            size += fabs(own[n]);
        }
        assert_true(size > 0 && fabs(shared - sum) < 1e-5 * size);
    }
    close_network(&one);
    close_network(&each);
}

/* The peer's own formula: v = v + (x - v) sigmoid(w), reset to 0, with w = -raw_tau_mem. */
static void parametric_lif_is_one_of_them(void **state) {
    fixture f = open_network("{kind: lif, tau_mem: 2 ms, scale: decay, reset: zero, shared: true, "
                             "train: {tau_mem: true}}");
    static float weights[INPUTS * HIDDEN], membrane[STEPS * HIDDEN];
    static uint8_t raster[STEPS * HIDDEN];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_group_info group = SG_SIZED(sg_group_info);
    float before, raw;
    size_t spikes = 0;
    (void)state;
    OK(sg_network_group(f.network, 0, 1, &group));
    assert_true(group.rows == 1 && group.columns == 1);
    OK(sg_network_get_group(f.network, 0, "raw_tau_mem", &before));
    for (size_t i = 0; i < 5; i++)
        OK(sg_trainer_step(f.trainer, f.events, samples, SAMPLES, &result));
    OK(sg_network_get_group(f.network, 0, "raw_tau_mem", &raw));
    assert_true(fabsf(raw - before) > 0.01f);
    OK(sg_network_get_weights(f.network, 0, weights));
    OK(sg_network_membrane(f.network, f.events, 1, 0, membrane));
    OK(sg_network_raster(f.network, f.events, 1, 0, raster));
    const sg_events_view view = sg_events_get(f.events);
    const double share = 1 / (1 + exp((double)raw));
    for (size_t n = 0; n < HIDDEN; n++) {
        double v = 0;
        uint64_t e = view.first[1];
        for (size_t t = 0; t < STEPS; t++) {
            double x = 0;
            for (; e < view.first[2] && view.step[e] == t; e++)
                x += weights[view.channel[e] * HIDDEN + n];
            v += (x - v) * share;
            assert_true(fabs(v - membrane[t * HIDDEN + n]) < 1e-4);
            v = raster[t * HIDDEN + n] ? 0 : v;
            spikes += raster[t * HIDDEN + n];
        }
    }
    assert_true(spikes > HIDDEN);
    close_network(&f);
}

static void models_keep_it(void **state) {
    fixture f = open_network("{kind: lif, shared: true, train: {tau_mem: true}}");
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_config *config;
    sg_network *loaded;
    float expected, found;
    (void)state;
    OK(sg_trainer_step(f.trainer, f.events, samples, SAMPLES, &result));
    OK(sg_network_get_group(f.network, 0, "raw_tau_mem", &expected));
    OK(sg_model_save(f.network, f.config, in_folder("model.h5")));
    OK(sg_model_load(in_folder("model.h5"), &config, &loaded));
    OK(sg_network_get_group(loaded, 0, "raw_tau_mem", &found));
    assert_true(found == expected);
    sg_network_free(loaded);
    sg_config_free(config);
    close_network(&f);
}

static void refuse(const char *neuron, const char *with) {
    sg_config *config = configure(neuron);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has(with);
    sg_config_free(config);
}

static void what_cannot_be_shared_is_refused(void **state) {
    (void)state;
    refuse("{kind: lif, shared: true}", "layers.0.neuron.shared: has no effect, since nothing is trained");
    refuse("{kind: lif, shared: true, train: {tau_mem: true}, spread: {tau_mem: 0.3}}",
           "layers.0.neuron.spread.tau_mem: 0.3, but neuron.shared has one value");
    refuse("{kind: lif, shared: true, train: {tau_mem: true}, file: values.h5}",
           "layers.0.neuron.file: has a value for each neuron");
    refuse("{kind: lif, shared: true, train: {tau_mem: true}, own: {tau_mem: true}}",
           "layers.0.neuron.own.tau_mem: true, but neuron.shared has one value");
}

/* Values of their own that are not trained: as configured at first, kept by a step and by files. */
static void neurons_may_have_their_own_untrained(void **state) {
    fixture f = open_network("{kind: lif, tau_mem: 12 ms, own: {tau_mem: true}}");
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_config *config;
    sg_network *loaded;
    float first[HIDDEN], mine[HIDDEN], found[HIDDEN];
    (void)state;
    OK(sg_network_get_group(f.network, 0, "raw_tau_mem", first));
    for (size_t n = 0; n < HIDDEN; n++) {
        assert_true(first[n] == first[0]);
        mine[n] = first[n] + (float)n / 8;
    }
    OK(sg_network_set_group(f.network, 0, "raw_tau_mem", mine));
    OK(sg_trainer_step(f.trainer, f.events, samples, SAMPLES, &result));
    OK(sg_model_save(f.network, f.config, in_folder("model.h5")));
    OK(sg_model_load(in_folder("model.h5"), &config, &loaded));
    OK(sg_network_get_group(loaded, 0, "raw_tau_mem", found));
    assert_memory_equal(found, mine, sizeof mine);
    sg_network_free(loaded);
    sg_config_free(config);
    close_network(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_the_sum_over_neurons),
        cmocka_unit_test(parametric_lif_is_one_of_them),
        cmocka_unit_test(models_keep_it),
        cmocka_unit_test(what_cannot_be_shared_is_refused),
        cmocka_unit_test(neurons_may_have_their_own_untrained),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

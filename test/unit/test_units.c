/* A layer with `units: threshold` fires as one of threshold 1: the same spikes, and membranes that many times as large.
 */
#include "net/neuron.h"
#include "net/surrogate.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

enum { STEPS = 60, INPUTS = 24, HIDDEN = 40, OUTPUTS = 3, SCALE = 8 }; /* a power of two, so that products are exact */

static const char yaml[] = "steps: 60\n"
                           "layers:\n"
                           "  - {size: 40, recurrent: {from: own}}\n"
                           "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n"
                           "loss: {kind: mean_ce}\n";

/* What weights of a kind are given besides it: at most two options of layer 0. */
static const struct {
    const char *kind;
    const char *option[2][2];
} weights_of[] = {
    {"normal", {{"link.sd", "0.5"}, {"recurrent.sd", "0.3"}}},
    {"uniform", {{"link.limit", "0.5"}, {"recurrent.limit", "0.3"}}},
    {"kaiming_normal", {{"link.gain", "3"}}},
    {"kaiming_uniform", {{"link.gain", "3"}}},
    {"xavier_normal", {{"link.gain", "3"}}},
    {"xavier_uniform", {{"link.gain", "3"}}},
    {"orthogonal", {{"link.gain", "3"}}},
    {"fluctuation", {{"link.input_rate", "40"}, {"recurrent.input_rate", "40"}}},
};
enum { WEIGHTS = sizeof weights_of / sizeof *weights_of };

static void set(sg_config *config, const char *option, const char *value) {
    char key[64];
    snprintf(key, sizeof key, "layers.0.%s", option);
    OK(sg_config_set(config, key, value));
}

static sg_network *make(const char *neuron, size_t weights, bool scaled) {
    sg_config *config;
    sg_network *network;
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    set(config, "neuron.kind", neuron);
    if (!strcmp(neuron, "alif") || !strcmp(neuron, "adlif"))
        set(config, "neuron.adaptation", "0.5");
    set(config, "link.weights", weights_of[weights].kind);
    set(config, "recurrent.weights", weights_of[weights].kind);
    for (int i = 0; i < 2 && weights_of[weights].option[i][0]; i++)
        set(config, weights_of[weights].option[i][0], weights_of[weights].option[i][1]);
    if (scaled) {
        set(config, "neuron.threshold", "8");
        set(config, "units", "threshold");
    }
    OK(sg_network_create(config, INPUTS, &network));
    sg_config_free(config);
    return network;
}

static void compare_group(sg_network *one, sg_network *other, size_t layer, const char *group, float scale,
                          size_t count) {
    float a[HIDDEN * HIDDEN], b[HIDDEN * HIDDEN];
    OK(sg_network_get_group(one, layer, group, a));
    OK(sg_network_get_group(other, layer, group, b));
    for (size_t j = 0; j < count; j++)
        if (b[j] != scale * a[j])
            fail_msg("layers.%zu.%s: %g, expected %g times %g", layer, group, (double)b[j], (double)scale,
                     (double)a[j]);
}

static void compare(const char *neuron, size_t weights) {
    static uint8_t raster[2][STEPS * HIDDEN];
    static float membrane[2][STEPS * HIDDEN];
    sg_events *events = drawn_events((drawn_sizes){3, STEPS, INPUTS, 300});
    sg_network *networks[2] = {make(neuron, weights, false), make(neuron, weights, true)};
    for (int i = 0; i < 2; i++) {
        OK(sg_network_raster(networks[i], events, 1, 0, raster[i]));
        OK(sg_network_membrane(networks[i], events, 1, 0, membrane[i]));
    }
    size_t spikes = 0;
    for (size_t j = 0; j < STEPS * HIDDEN; j++) {
        spikes += raster[0][j];
        if (raster[0][j] != raster[1][j] || SCALE * membrane[0][j] != membrane[1][j])
            fail_msg("%s, %s: step %zu, neuron %zu", neuron, weights_of[weights].kind, j / HIDDEN, j % HIDDEN);
    }
    assert_true(spikes > 20 && spikes < STEPS * HIDDEN / 2);
    compare_group(networks[0], networks[1], 0, "weights", SCALE, INPUTS * HIDDEN);
    compare_group(networks[0], networks[1], 0, "recurrent", SCALE, HIDDEN * HIDDEN);
    compare_group(networks[0], networks[1], 1, "weights", 1, HIDDEN * OUTPUTS);
    sg_network_free(networks[0]);
    sg_network_free(networks[1]);
    sg_events_free(events);
}

static void the_spikes_are_the_same(void **state) {
    (void)state;
    for (size_t weights = 0; weights < WEIGHTS; weights++)
        compare("cuba_lif", weights);
    static const char *const neurons[] = {"lif", "if", "alif", "adlif"};
    for (size_t i = 0; i < sizeof neurons / sizeof *neurons; i++)
        compare(neurons[i], 0);
}

/* The read-out, which never fires, has weights as if its units were the membrane's. */
static void a_readout_has_no_threshold(void **state) {
    (void)state;
    sg_config *config;
    sg_network *networks[2];
    for (int i = 0; i < 2; i++) {
        OK(sg_config_parse("test", yaml, strlen(yaml), &config));
        OK(sg_config_set(config, "layers.all.neuron.threshold", "8"));
        OK(sg_config_set(config, "layers.all.units", i ? "threshold" : "membrane"));
        OK(sg_network_create(config, INPUTS, &networks[i]));
        sg_config_free(config);
    }
    compare_group(networks[0], networks[1], 1, "weights", 1, HIDDEN * OUTPUTS);
    sg_network_free(networks[0]);
    sg_network_free(networks[1]);
}

/* sigma(theta u) is what sigma(u) was, over theta where the kind has a height. Triangle's usual width is the threshold
 * either way. */
static void surrogates_are_as_wide(void **state) {
    (void)state;
    for (int kind = 0; kind < SG_SURROGATES; kind++)
        for (int given = 0; given < 2; given++) {
            sg_layer_config config = {.surrogate = kind,
                                      .surrogate_k = given ? 3 : 0,
                                      .surrogate_width = given ? 0.75 : 0,
                                      .param = {[SG_PARAM_THRESHOLD] = 1}};
            sg_surrogate one = sg_surrogate_make(&config);
            config.units = SG_UNITS_THRESHOLD;
            config.param[SG_PARAM_THRESHOLD] = SCALE;
            sg_surrogate scaled = sg_surrogate_make(&config);
            bool has_height = kind != SG_SURROGATE_RELU && kind != SG_SURROGATE_FAST_SIGMOID;
            for (double u = -2.02; u < 2; u += 0.04) {
                double expected = sg_surrogate_slope(one, u) / (has_height ? SCALE : 1);
                double found = sg_surrogate_slope(scaled, SCALE * u);
                if (fabs(found - expected) > 1e-6 * expected)
                    fail_msg("%s at %g: %g, expected %g", sg_surrogate_at(kind)->head.name, u, found, expected);
            }
        }
}

static void gradients_are_right(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"alif", "gaussian"},
                                              {"adlif", "fast_sigmoid"},
                                              {"cuba_lif", "triangle"}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        sg_config *config;
        bool good;
        OK(sg_config_parse("test", yaml, strlen(yaml), &config));
        OK(sg_config_set(config, "layers.0.units", "threshold"));
        OK(sg_config_set(config, "layers.0.neuron.threshold", "8"));
        OK(sg_config_set(config, "layers.0.neuron.kind", settings[i][0]));
        OK(sg_config_set(config, "layers.0.surrogate.kind", settings[i][1]));
        OK(sg_config_set(config, "layers.0.neuron.train.threshold", "true"));
        OK(sg_check_gradients(config, 1, NULL, NULL, &good));
        assert_true(good);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spikes_are_the_same),
        cmocka_unit_test(a_readout_has_no_threshold),
        cmocka_unit_test(surrogates_are_as_wide),
        cmocka_unit_test(gradients_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The linear read-out: the numbers that a network is read as are those of the membrane, run step by step. */
#include "engine/cpu/slice.h"
#include "net/stage.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ok.h"

enum { STEPS = 43, INPUTS = 12, HIDDEN = 150, OUTPUTS = 5, EVENTS = STEPS * INPUTS / 2 };

static sg_events *make_events(void) {
    static uint16_t step[EVENTS];
    static uint32_t channel[EVENTS];
    const uint64_t first[2] = {0, EVENTS};
    const uint32_t label = 0;
    for (uint32_t e = 0; e < EVENTS; e++) {
        step[e] = (uint16_t)(e * 2 / INPUTS);
        channel[e] = e * 2 % INPUTS + step[e] % 2;
    }
    const sg_events_view view = {1, STEPS, INPUTS, OUTPUTS, first, step, channel, &label, 1, {0, 0, 0}, NULL};
    sg_events *events;
    OK(sg_events_create(&view, &events));
    return events;
}

static sg_network *make_network(const char *kind, const char *order, const char *more) {
    char text[512];
    const float bias[OUTPUTS] = {-0.3f, 0, 0.1f, 0.2f, 0.7f};
    sg_config *config;
    sg_network *network;
    snprintf(
        text, sizeof text,
        "{steps: %d, layers: [{size: %d, link: {weights: normal, sd: 0.5}, neuron: {kind: lif}},"
        "{size: %d, link: {weights: normal, bias: true}, neuron: {kind: %s, order: %s%s}}], loss: {kind: mean_ce}}",
        STEPS, HIDDEN, OUTPUTS, kind, order, more);
    OK(sg_config_parse("linear", text, strlen(text), &config));
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_network_set_group(network, 1, "bias", bias));
    sg_config_free(config);
    return network;
}

/* What the steps come to, from the membrane (STEPS, OUTPUTS) of every one. */
static double number_of(const float *membrane, size_t n, sg_readout readout) {
    double sum = 0;
    for (size_t t = 0; t < STEPS; t++)
        sum += membrane[t * OUTPUTS + n];
    return readout == SG_READOUT_LAST ? membrane[(STEPS - 1) * OUTPUTS + n] : sum / STEPS;
}

static bool read_linearly(const sg_network *network, const sg_events *events, sg_readout readout, double *values) {
    sg_workspace workspace;
    const sg_sample_run pass = {.input = sg_events_input(events, 0)};
    OK(sg_workspace_open(&workspace, network, (sg_workspace_use){.readout = readout, .count = 1}));
    bool linear = workspace.stages[network->layer_count - 1] == &sg_stage_linear_readout;
    sg_forward(network, &workspace, &pass);
    sg_read(network, &workspace, values);
    sg_workspace_close(&workspace);
    return linear;
}

static void compare(const char *kind, const char *order, const char *more, sg_readout readout, bool linear) {
    sg_events *events = make_events();
    sg_network *network = make_network(kind, order, more);
    static float membrane[STEPS * OUTPUTS];
    double values[OUTPUTS];
    assert_true(read_linearly(network, events, readout, values) == linear);
    OK(sg_network_membrane(network, events, 0, 1, membrane));
    for (size_t n = 0; n < OUTPUTS; n++) {
        double expected = number_of(membrane, n, readout);
        if (fabs(expected) < 0.01 || fabs(values[n] - expected) > 2e-6 * fmax(1, fabs(expected)))
            fail_msg("%s, order %s%s: output %zu is read as %g, its membrane says %g", kind, order, more, n, values[n],
                     expected);
    }
    sg_network_free(network);
    sg_events_free(events);
}

static const sg_readout readouts[] = {SG_READOUT_MEAN, SG_READOUT_LAST};

static void what_is_read_is_the_membrane(void **state) {
    (void)state;
    static const char *const kinds[] = {"li", "cuba_li"};
    static const char *const orders[] = {"notebook", "spytorch", "snntorch", "norse", "sinabs"};
    static const char *const more[] = {"", ", scale: decay", ", integration: euler, tau_mem: 7 ms"};
    for (size_t i = 0; i < 2 * 5 * 3 * 2; i++)
        compare(kinds[i % 2], orders[i / 2 % 5], more[i / 10 % 3], readouts[i / 30], true);
}

/* Neurons that differ, or will, are run step by step. */
static void neurons_of_their_own_are_run(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        compare("li", "notebook", ", spread: {tau_mem: 0.5}", readouts[i], false);
        compare("cuba_li", "notebook", ", train: {tau_syn: true}", readouts[i], false);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_the_membrane),
        cmocka_unit_test(neurons_of_their_own_are_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

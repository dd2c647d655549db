/* Links from earlier layers with weights of their own: what comes in, what dropout and scales leave of them, where
 * their weights begin, and what is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "drawn_events.h"
#include "ok.h"

enum { SAMPLES = 6, STEPS = 40, INPUTS = 30, FIRST = 20, SECOND = 150, THIRD = 140 };

#define NEURON "neuron: {kind: cuba_lif, tau_mem: 8 ms}, surrogate: {kind: fast_sigmoid, k: 5}"

static sg_config *config_of(const char *layers) {
    char text[1024];
    sg_config *config;
    int size = snprintf(text, sizeof text, "steps: %d\nseed: 9\nloss: {kind: mean_ce}\nlayers:\n%s", STEPS, layers);
    assert_true(size > 0 && (size_t)size < sizeof text);
    OK(sg_config_parse("skip", text, (size_t)size, &config));
    return config;
}

#define BELOW "  - {size: 20, link: {sd: 1}, " NEURON "}\n  - {size: 150, link: {sd: 0.5}, " NEURON "}\n"
#define TOP   "  - {size: 3, link: {skip: \"0, 1\"}, neuron: {kind: li}}\n"

/* Multiples of 1/32, of which sums are exact in any order. */
static void make_exact(sg_network *network, size_t layer, const char *group, float *values, size_t count) {
    OK(sg_network_get_group(network, layer, group, values));
    for (size_t j = 0; j < count; j++)
        values[j] = roundf(32 * values[j]) / 32;
    OK(sg_network_set_group(network, layer, group, values));
}

/* The spikes of the second layer and behind them those of the first, as one store of one sample. */
static sg_events *both_of(const uint8_t *second, const uint8_t *first) {
    const size_t most = STEPS * (FIRST + SECOND);
    uint16_t *step = calloc(most, sizeof *step);
    uint32_t *channel = calloc(most, sizeof *channel);
    uint64_t begin[2] = {0, 0};
    sg_events *events;
    assert_true(step && channel);
    for (size_t t = 0; t < STEPS; t++)
        for (size_t n = 0; n < FIRST + SECOND; n++)
            if (n < SECOND ? second[t * SECOND + n] : first[t * FIRST + n - SECOND]) {
                step[begin[1]] = (uint16_t)t;
                channel[begin[1]++] = (uint32_t)n;
            }
    const sg_events_view view = {.samples = 1,
                                 .steps = STEPS,
                                 .channels = FIRST + SECOND,
                                 .first = begin,
                                 .step = step,
                                 .channel = channel,
                                 .classes = 1};
    OK(sg_events_create(&view, &events));
    free(step), free(channel);
    return events;
}

/* The third layer fires as one of a dense link from both layers does. */
static void it_is_a_dense_link_from_both(void **state) {
    static uint8_t first[STEPS * FIRST], second[STEPS * SECOND], third[STEPS * THIRD], alone[STEPS * THIRD];
    static float weights[(SECOND + FIRST) * THIRD];
    sg_config *config = config_of(BELOW "  - {size: 140, link: {sd: 0.3, skip: 0}, " NEURON "}\n" TOP);
    sg_config *dense = config_of("  - {size: 140, " NEURON "}\n  - {size: 3, neuron: {kind: li}}\n");
    sg_events *events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 200});
    sg_network *network, *one;
    size_t fired = 0, came = 0;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_network_create(dense, FIRST + SECOND, &one));
    make_exact(network, 2, "weights", weights, SECOND * THIRD);
    make_exact(network, 2, "skip_0", weights + SECOND * THIRD, FIRST * THIRD);
    OK(sg_network_set_group(one, 0, "weights", weights));
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, 0, first));
        OK(sg_network_raster(network, events, s, 1, second));
        OK(sg_network_raster(network, events, s, 2, third));
        sg_events *both = both_of(second, first);
        OK(sg_network_raster(one, both, 0, 0, alone));
        assert_memory_equal(alone, third, sizeof third);
        for (size_t j = 0; j < sizeof third; j++)
            fired += third[j];
        for (size_t j = 0; j < sizeof first; j++)
            came += first[j];
        sg_events_free(both);
    }
    assert_true(fired > 200 && came > 100);
    sg_events_free(events);
    sg_network_free(network);
    sg_network_free(one);
    sg_config_free(config);
    sg_config_free(dense);
}

/* dL/dweights of the first layer, which reach the third by the skip link alone. */
static void gradient_through_it(const char *dropout, float *gradient) {
    static const float nothing[SECOND * THIRD];
    const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5};
    char layers[600];
    snprintf(layers, sizeof layers, "%s  - {size: 140, link: {sd: 0.3, skip: 0, dropout: %s}, %s}\n%s", BELOW, dropout,
             NEURON, "  - {size: 3, neuron: {kind: li}}\n");
    sg_config *config = config_of(layers);
    sg_events *events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 200});
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_network_set_group(network, 2, "weights", nothing));
    OK(sg_trainer_create(network, config, 1, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &batch));
    OK(sg_trainer_get_gradient_of(trainer, 0, "weights", gradient));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

/* The factor by which dropout makes up for what it leaves out is not theirs. */
static void dropout_is_of_the_layer_below(void **state) {
    static float with[INPUTS * FIRST], without[INPUTS * FIRST];
    float largest = 0;
    (void)state;
    gradient_through_it("0", without);
    gradient_through_it("0.6", with);
    for (size_t j = 0; j < INPUTS * FIRST; j++)
        largest = fmaxf(largest, fabsf(without[j]));
    assert_true(largest > 0);
    for (size_t j = 0; j < INPUTS * FIRST; j++)
        assert_true(fabsf(with[j] - without[j]) <= 1e-5f * largest);
}

/* Drawn as link.weights are, of the inputs that the link has. */
static void their_weights_are_drawn(void **state) {
    static float weights[SECOND * THIRD], skip[FIRST * THIRD];
    sg_config *config =
        config_of(BELOW "  - {size: 140, link: {weights: kaiming_normal, gain: 1, skip: 0}, " NEURON "}\n" TOP);
    sg_network *network;
    double square = 0;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_network_get_group(network, 2, "weights", weights));
    OK(sg_network_get_group(network, 2, "skip_0", skip));
    for (size_t j = 0; j < FIRST * THIRD; j++)
        square += (double)skip[j] * (double)skip[j];
    assert_true(fabs(sqrt(square / (FIRST * THIRD)) / sqrt(2.0 / FIRST) - 1) < 0.05);
    assert_true(memcmp(weights, skip, sizeof skip) != 0);
    sg_network_free(network);
    sg_config_free(config);
}

static void what_cannot_come_so_is_refused(void **state) {
    static const struct {
        const char *key, *value, *words;
    } wrong[] = {
        {"layers.1.link.skip", "0", "no layer before the one below"},
        {"layers.2.link.skip", "1", "numbers from 0 to 0, each once"},
        {"layers.3.link.skip", "2", "numbers from 0 to 1, each once"},
        {"layers.3.link.skip", "0,0", "each once"},
        {"layers.2.link.norm", "tdbn", "link.norm is of what comes by one link"},
        {"layers.2.link.kind", "conv1d", "whose neurons have places"},
        {"layers.0.link.kind", "conv1d", "layer 0 is a convolution"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sg_config *config = config_of(BELOW "  - {size: 140, link: {skip: 0}, " NEURON "}\n" TOP);
        OK(sg_config_set(config, wrong[i].key, wrong[i].value));
        sg_config_reset_useless(config);
        if (sg_config_check(config) != SG_CONFIG || !strstr(sg_error_message(), wrong[i].words))
            fail_msg("%s=%s: '%s', expected '%s'", wrong[i].key, wrong[i].value, sg_error_message(), wrong[i].words);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_dense_link_from_both),
        cmocka_unit_test(dropout_is_of_the_layer_below),
        cmocka_unit_test(their_weights_are_drawn),
        cmocka_unit_test(what_cannot_come_so_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

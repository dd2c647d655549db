/* Axonal delays: a delayed network is one without delays on spikes that were moved; and the independent reference of
 * ../shared/golden, where it is there. */
#include "base/random.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ok.h"
#include "reference.h"

enum {
    STEPS = 40,
    INPUTS = 20,
    HIDDEN = 18,
    OUTPUTS = 3,
    LAG = 3,
    SAMPLES = 4,
    MOST_EVENTS = SAMPLES * STEPS * INPUTS
};

static sg_events *store(sg_events_view view) {
    sg_events *events;
    view.classes = OUTPUTS;
    OK(sg_events_create(&view, &events));
    return events;
}

/* Random spikes, each `lag` steps later; those of the last steps are left out. */
static sg_events *make_events(uint32_t lag) {
    static uint16_t step[MOST_EVENTS];
    static uint32_t channel[MOST_EVENTS], label[SAMPLES];
    uint64_t first[SAMPLES + 1] = {0};
    size_t count = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        label[s] = s % OUTPUTS;
        for (uint32_t t = 0; t + lag < STEPS; t++)
            for (uint32_t i = 0; i < INPUTS; i++)
                if (sg_random_uniform(5, s, t * INPUTS + i) < 0.1) {
                    step[count] = (uint16_t)(t + lag);
                    channel[count++] = i;
                }
        first[s + 1] = count;
    }
    return store((sg_events_view){.samples = SAMPLES,
                                  .steps = STEPS,
                                  .channels = INPUTS,
                                  .first = first,
                                  .step = step,
                                  .channel = channel,
                                  .label = label});
}

typedef struct fixture {
    sg_config *config;
    sg_network *network;
} fixture;

static fixture open_network(const char *first_delay, const char *second_delay) {
    fixture f;
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "steps: %d\ndata: {set: patterns}\nloss: {kind: mean_ce}\nlayers:\n"
             "  - {size: %d, link: {weights: normal, sd: 0.5}, surrogate: {kind: fast_sigmoid}%s}\n"
             "  - {size: %d, link: {weights: normal, sd: 0.5}, neuron: {kind: li}%s}\n",
             STEPS, HIDDEN, first_delay, OUTPUTS, second_delay);
    OK(sg_config_parse("test", yaml, strlen(yaml), &f.config));
    OK(sg_network_create(f.config, INPUTS, &f.network));
    return f;
}

static void close_network(fixture *f) {
    sg_network_free(f->network);
    sg_config_free(f->config);
}

static void a_delay_moves_the_input(void **state) {
    fixture delayed = open_network(", delay: {kind: axonal, low: 3 ms, high: 3 ms}", ""), plain = open_network("", "");
    sg_events *events = make_events(0), *moved = make_events(LAG);
    static uint8_t found[STEPS * HIDDEN], expected[STEPS * HIDDEN];
    size_t spikes = 0;
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(delayed.network, events, s, 0, found));
        OK(sg_network_raster(plain.network, moved, s, 0, expected));
        assert_memory_equal(found, expected, sizeof found);
        for (size_t j = 0; j < sizeof found; j++)
            spikes += found[j];
    }
    assert_true(spikes > 20);
    sg_events_free(events);
    sg_events_free(moved);
    close_network(&delayed);
    close_network(&plain);
}

static void a_delay_moves_the_spikes_of_a_layer(void **state) {
    fixture delayed = open_network("", ", delay: {kind: axonal, low: 3.9 ms, high: 3.9 ms}"),
            plain = open_network("", "");
    sg_events *events = make_events(0);
    static float found[STEPS * OUTPUTS], expected[STEPS * OUTPUTS];
    (void)state;
    OK(sg_network_membrane(delayed.network, events, 1, 1, found));
    OK(sg_network_membrane(plain.network, events, 1, 1, expected));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t n = 0; n < OUTPUTS; n++)
            assert_true(fabsf(found[t * OUTPUTS + n] - (t < LAG ? 0 : expected[(t - LAG) * OUTPUTS + n])) < 1e-5f);
    sg_events_free(events);
    close_network(&delayed);
    close_network(&plain);
}

static void gradients_by_inputs_come_back_as_early_as_they_went(void **state) {
    fixture delayed = open_network(", delay: {kind: axonal, low: 3 ms, high: 3 ms}", ""), plain = open_network("", "");
    sg_events *events = make_events(0), *moved = make_events(LAG);
    static float found[STEPS * INPUTS], expected[STEPS * INPUTS];
    const uint32_t sample = 2;
    double largest = 0;
    (void)state;
    OK(sg_input_gradients(delayed.network, delayed.config, events, &sample, 1, 1, NULL, found));
    OK(sg_input_gradients(plain.network, plain.config, moved, &sample, 1, 1, NULL, expected));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t i = 0; i < INPUTS; i++) {
            assert_true(found[t * INPUTS + i] == (t + LAG < STEPS ? expected[(t + LAG) * INPUTS + i] : 0));
            largest = fmax(largest, fabs((double)found[t * INPUTS + i]));
        }
    assert_true(largest > 0);
    sg_events_free(events);
    sg_events_free(moved);
    close_network(&delayed);
    close_network(&plain);
}

static void drawn_delays_lie_between_low_and_high(void **state) {
    fixture f = open_network(", delay: {kind: axonal, low: 2 ms, high: 9 ms}", "");
    float delays[INPUTS], low = INFINITY, high = 0;
    (void)state;
    OK(sg_network_get_group(f.network, 0, "delays", delays));
    for (size_t i = 0; i < INPUTS; i++) {
        low = fminf(low, delays[i]);
        high = fmaxf(high, delays[i]);
    }
    assert_true(low >= 2 && low < 4 && high <= 9 && high > 7);
    delays[4] = -1;
    assert_int_equal(sg_network_set_group(f.network, 0, "delays", delays), SG_ARGUMENT);
    assert_non_null(strstr(sg_error_message(), "layers.0.delays: that of input 4 is -1, expected 0 to "));
    close_network(&f);
}

/* However far a step of the optimiser would take them. */
static void trained_delays_stay_within_bounds(void **state) {
    fixture f = open_network(", delay: {kind: axonal, high: 9 ms, train: true, unit: 2 ms, most: 10 ms}",
                             ", delay: {kind: axonal, high: 5 ms, train: true, unit: 1 ms, most: 5 ms}");
    const uint32_t samples[SAMPLES] = {0, 1, 2, 3};
    sg_events *events = make_events(0);
    float first[INPUTS], before[INPUTS], second[HIDDEN];
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    size_t moved = 0;
    (void)state;
    OK(sg_config_set(f.config, "optimiser.lr", "3"));
    OK(sg_network_get_group(f.network, 0, "delays", before));
    OK(sg_trainer_create(f.network, f.config, 2, &trainer));
    for (size_t i = 0; i < 5; i++)
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
    OK(sg_network_get_group(f.network, 0, "delays", first));
    OK(sg_network_get_group(f.network, 1, "delays", second));
    for (size_t i = 0; i < INPUTS; i++) {
        assert_true(first[i] >= 0 && first[i] <= 5); /* in units of 2 ms */
        moved += first[i] != before[i];
    }
    for (size_t n = 0; n < HIDDEN; n++)
        assert_true(second[n] >= 0 && second[n] <= 5);
    assert_true(moved > INPUTS / 2);
    sg_trainer_free(trainer);
    sg_events_free(events);
    close_network(&f);
}

static void refuse(const char *delay, const char *with) {
    char yaml[512];
    sg_config *config = NULL;
    snprintf(yaml, sizeof yaml, "layers:\n  - {size: 5%s}\n", delay);
    sg_status status = sg_config_parse("test", yaml, strlen(yaml), &config);
    if (status == SG_OK)
        status = sg_config_check(config);
    sg_config_free(config);
    assert_int_equal(status, SG_CONFIG);
    if (!strstr(sg_error_message(), with))
        fail_msg("'%s' does not tell '%s'", sg_error_message(), with);
}

static void what_has_no_effect_or_no_sense_is_refused(void **state) {
    (void)state;
    refuse(", delay: {kind: axonal, low: 5 ms, high: 3 ms}", "layers.0.delay.low: 5 ms, but delay.high is 3 ms");
    refuse(", delay: {kind: axonal, high: 9 ms, train: true, most: 5 ms}", "delay.high: 9 ms, but delay.most is 5 ms");
    refuse(", delay: {high: 3 ms}", "delay.kind");
    refuse(", delay: {kind: axonal, high: 3 ms, unit: 5 ms}", "delay.train");
}

/* ------------------------------------------------------------------------------------- the independent reference */

enum { G_SAMPLES = 4, G_STEPS = 50, G_INPUTS = 6, G_HIDDEN = 16, G_OUTPUTS = OUTPUTS };

static fixture golden_network(sg_h5 *file) {
    static const char yaml[] =
        "steps: 50\nloss: {kind: mean_ce}\nlayers:\n"
        "  - {size: 16, delay: {kind: axonal, train: true, unit: 1 ms}, neuron: {kind: cuba_lif, tau_mem: 10 ms}, "
        "surrogate: {kind: fast_sigmoid, k: 10}}\n"
        "  - {size: 3, neuron: {kind: cuba_li, tau_mem: 10 ms}}\n";
    float w1[G_INPUTS * G_HIDDEN], w2[G_HIDDEN * G_OUTPUTS], delay[G_INPUTS];
    fixture f;
    OK(sg_config_parse("golden", yaml, sizeof yaml - 1, &f.config));
    OK(sg_network_create(f.config, G_INPUTS, &f.network));
    reference_get(file, "w1", SG_H5_F32, w1, G_INPUTS, G_HIDDEN, 0);
    reference_get(file, "w2", SG_H5_F32, w2, G_HIDDEN, G_OUTPUTS, 0);
    reference_get(file, "delay", SG_H5_F32, delay, G_INPUTS, 0, 0);
    OK(sg_network_set_group(f.network, 0, "weights", w1));
    OK(sg_network_set_group(f.network, 1, "weights", w2));
    OK(sg_network_set_group(f.network, 0, "delays", delay));
    return f;
}

static void expect_gradient(sg_trainer *trainer, sg_h5 *file, size_t layer, const char *group, const char *name,
                            uint64_t rows, uint64_t columns) {
    float found[G_INPUTS * G_HIDDEN];
    double expected[G_INPUTS * G_HIDDEN];
    OK(sg_trainer_get_gradient_of(trainer, layer, group, found));
    reference_get(file, name, SG_H5_F64, expected, rows, columns, 0);
    reference_near(found, expected, (size_t)(columns ? rows * columns : rows));
}

static void the_reference_is_met(void **state) {
    static uint8_t found[G_STEPS * G_HIDDEN], expected[G_SAMPLES * G_STEPS * G_HIDDEN];
    const uint32_t samples[G_SAMPLES] = {0, 1, 2, 3};
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    (void)state;
    sg_h5 *file = reference_open(REFERENCE("delay_axonal.h5"));
    fixture f = golden_network(file);
    sg_events *events = reference_events(file, G_SAMPLES, G_STEPS, G_INPUTS, G_OUTPUTS);
    reference_get(file, "forward/spikes", SG_H5_U8, expected, G_SAMPLES, G_STEPS, G_HIDDEN);
    for (size_t s = 0; s < G_SAMPLES; s++) {
        OK(sg_network_raster(f.network, events, s, 0, found));
        assert_memory_equal(found, expected + s * sizeof found, sizeof found);
    }
    OK(sg_config_set(f.config, "optimiser.lr", "1e-9"));
    OK(sg_trainer_create(f.network, f.config, 1, &trainer));
    OK(sg_trainer_step(trainer, events, samples, G_SAMPLES, &result));
    expect_gradient(trainer, file, 0, "weights", "backward/dw1", G_INPUTS, G_HIDDEN);
    expect_gradient(trainer, file, 1, "weights", "backward/dw2", G_HIDDEN, G_OUTPUTS);
    expect_gradient(trainer, file, 0, "delays", "backward/ddelay", G_INPUTS, 0);
    sg_trainer_free(trainer);
    sg_events_free(events);
    close_network(&f);
    sg_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_moves_the_input),
        cmocka_unit_test(a_delay_moves_the_spikes_of_a_layer),
        cmocka_unit_test(gradients_by_inputs_come_back_as_early_as_they_went),
        cmocka_unit_test(drawn_delays_lie_between_low_and_high),
        cmocka_unit_test(trained_delays_stay_within_bounds),
        cmocka_unit_test(what_has_no_effect_or_no_sense_is_refused),
        cmocka_unit_test(the_reference_is_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

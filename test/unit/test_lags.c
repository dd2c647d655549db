/* Delays of synapses: whole lags are those of an axonal delay, kernels are whole again after a batch and shrink from
 * epoch to epoch; and the independent reference of ../shared/golden, where it is there. */
#include "net/network.h"
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
#include "reference.h"

enum { STEPS = 40, INPUTS = 20, HIDDEN = 150, OUTPUTS = 3, SAMPLES = 6, SYNAPSES = INPUTS * HIDDEN };

typedef struct fixture {
    sg_config *config;
    sg_network *network;
    sg_events *events;
} fixture;

static const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5};

/* Two layers, of which the first, which has two blocks, and the last may have delays. */
static fixture open_network(const char *first_delay, const char *second_delay) {
    fixture f;
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "steps: %d\nepochs: 8\nloss: {kind: mean_ce}\noptimiser: {lr: 0.1}\nlayers:\n"
             "  - {size: %d, link: {weights: normal, sd: 0.5}, surrogate: {kind: fast_sigmoid}%s}\n"
             "  - {size: %d, link: {weights: normal, sd: 0.5}, neuron: {kind: li}%s}\n",
             STEPS, HIDDEN, first_delay, OUTPUTS, second_delay);
    OK(sg_config_parse("test", yaml, strlen(yaml), &f.config));
    OK(sg_network_create(f.config, INPUTS, &f.network));
    f.events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 80});
    return f;
}

static void close_network(fixture *f) {
    sg_network_free(f->network);
    sg_config_free(f->config);
    sg_events_free(f->events);
}

static sg_trainer *train_with(const fixture *f, int threads) {
    sg_trainer *trainer;
    OK(sg_trainer_create(f->network, f->config, threads, &trainer));
    return trainer;
}

static void assert_same_membranes(const fixture *a, const fixture *b) {
    static float one[STEPS * OUTPUTS], other[STEPS * OUTPUTS];
    double largest = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_membrane(a->network, a->events, s, 1, one));
        OK(sg_network_membrane(b->network, b->events, s, 1, other));
        for (size_t j = 0; j < STEPS * OUTPUTS; j++) {
            largest = fmax(largest, fabs((double)one[j]));
            if (!(fabsf(one[j] - other[j]) <= 1e-4f))
                fail_msg("sample %zu, number %zu: %g and %g", s, j, (double)one[j], (double)other[j]);
        }
    }
    assert_true(largest > 0.1);
}

/* Of layers with several blocks below and above; and dL/dinputs, which come back as early as spikes went. */
static void equal_lags_are_an_axonal_delay(void **state) {
    fixture lags = open_network(", delay: {kind: synaptic, low: 3 ms, high: 3 ms}",
                                ", delay: {kind: synaptic, low: 5 ms, high: 5 ms}"),
            axonal = open_network(", delay: {kind: axonal, low: 3 ms, high: 3 ms}",
                                  ", delay: {kind: axonal, low: 5 ms, high: 5 ms}");
    static float found[STEPS * INPUTS], expected[STEPS * INPUTS];
    double largest = 0;
    (void)state;
    assert_same_membranes(&lags, &axonal);
    OK(sg_input_gradients(lags.network, lags.config, lags.events, samples, 1, 1, NULL, found));
    OK(sg_input_gradients(axonal.network, axonal.config, axonal.events, samples, 1, 1, NULL, expected));
    for (size_t j = 0; j < STEPS * INPUTS; j++)
        largest = fmax(largest, fabs((double)expected[j]));
    for (size_t j = 0; j < STEPS * INPUTS; j++)
        assert_true(fabs((double)found[j] - (double)expected[j]) <= 1e-4 * largest);
    assert_true(largest > 0);
    close_network(&lags);
    close_network(&axonal);
}

/* 3.4 and 2.6 ms are 3 steps; and so trained delays are evaluated, before a batch and after it. */
static void outside_of_training_the_nearest_lag_counts(void **state) {
    static const char trained[] =
        ", delay: {kind: synaptic, low: 3.4 ms, high: 3.4 ms, train: true, unit: 1 ms, most: 9 ms}";
    fixture near = open_network(trained, ", delay: {kind: synaptic, low: 2.6 ms, high: 2.6 ms}"),
            whole = open_network(", delay: {kind: synaptic, low: 3 ms, high: 3 ms}",
                                 ", delay: {kind: synaptic, low: 3 ms, high: 3 ms}");
    sg_trainer *trainer = train_with(&near, 2);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    (void)state;
    assert_same_membranes(&near, &whole);
    OK(sg_trainer_gradient(trainer, near.events, samples, SAMPLES, &result));
    assert_same_membranes(&near, &whole);
    sg_trainer_free(trainer);
    close_network(&near);
    close_network(&whole);
}

static void drawn_delays_differ_and_stay_within_bounds(void **state) {
    fixture f = open_network(
        ", delay: {kind: synaptic, low: 1 ms, high: 9 ms, train: true, unit: 2 ms, most: 10 ms, shrink: 0}", "");
    static float before[SYNAPSES], after[SYNAPSES];
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    float low = INFINITY, high = 0;
    size_t moved = 0, at_ends = 0;
    (void)state;
    OK(sg_config_set(f.config, "optimiser.lr", "1"));
    OK(sg_network_get_group(f.network, 0, "delays", before));
    for (size_t j = 0; j < SYNAPSES; j++)
        low = fminf(low, before[j]), high = fmaxf(high, before[j]);
    assert_true(low >= 0.5f && low < 0.6f && high <= 4.5f && high > 4.4f); /* in units of 2 ms */
    trainer = train_with(&f, 2);
    for (size_t i = 0; i < 5; i++)
        OK(sg_trainer_step(trainer, f.events, samples, SAMPLES, &result));
    OK(sg_network_get_group(f.network, 0, "delays", after));
    for (size_t j = 0; j < SYNAPSES; j++) {
        assert_true(after[j] >= 0 && after[j] <= 5);
        moved += after[j] != before[j];
        at_ends += after[j] == 0 || after[j] == 5;
    }
    assert_true(moved > SYNAPSES / 2 && at_ends > 10);
    after[INPUTS] = 5.5f;
    assert_int_equal(sg_network_set_group(f.network, 0, "delays", after), SG_ARGUMENT);
    assert_non_null(strstr(sg_error_message(), "layers.0.delays: that of input 0 is 5.5, expected 0 to 5"));
    sg_trainer_free(trainer);
    close_network(&f);
}

/* Fixed delays have no gradient, and do not move. */
static void fixed_delays_stay(void **state) {
    fixture f = open_network(", delay: {kind: synaptic, high: 9 ms}", "");
    static float before[SYNAPSES], after[SYNAPSES];
    sg_trainer *trainer = train_with(&f, 1);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    (void)state;
    OK(sg_network_get_group(f.network, 0, "delays", before));
    OK(sg_trainer_step(trainer, f.events, samples, SAMPLES, &result));
    OK(sg_network_get_group(f.network, 0, "delays", after));
    assert_memory_equal(before, after, sizeof before);
    sg_trainer_free(trainer);
    close_network(&f);
}

/* Operations that are told are those of all lags, 10 for 1. */
static void a_spike_counts_once_for_each_lag(void **state) {
    fixture lags = open_network(", delay: {kind: synaptic, high: 9 ms}", ""), plain = open_network("", "");
    const double found = lags.network->layers[0].link.fan_out, expected = plain.network->layers[0].link.fan_out;
    (void)state;
    assert_true(fabs(found - 10 * expected) < 1e-9);
    close_network(&lags);
    close_network(&plain);
}

/* ---------------------------------------------------------------------------------------------- the width of kernels
 */

static void sigma_shrinks_by_the_same_factor(void **state) {
    sg_layer_config config = {.delay = SG_DELAY_SYNAPTIC,
                              .train_delays = true,
                              .delay_most = 24,
                              .delay_unit = 1,
                              .delay_kernel = SG_DELAY_GAUSS,
                              .delay_shrink = 0.25};
    sg_lags lags = sg_lags_plan(&config, 1);
    (void)state;
    assert_int_equal(lags.count, 25);
    const double first = sg_lags_sigma(&lags, 0), later = sg_lags_sigma(&lags, 0.05), last = sg_lags_sigma(&lags, 0.1);
    assert_true(fabs(first - 12.5) < 1e-12);
    assert_true(fabs(later / first - last / later) < 1e-12 && later < 0.9 * first);
    assert_true(fabs(sg_lags_sigma(&lags, 0.25 - 1e-9) - 0.23) < 1e-6);
    assert_true(sg_lags_sigma(&lags, 0.25) == 0.23 && sg_lags_sigma(&lags, 1) == 0.23);
    lags.shape = SG_DELAY_TRIANGLE;
    assert_true(fabs(sg_lags_sigma(&lags, 0.05) - later) < 1e-12);
    assert_true(sg_lags_sigma(&lags, 0.25) == 0);
    lags.first = 0.1;
    assert_true(sg_lags_sigma(&lags, 0) == 0.1 && sg_lags_sigma(&lags, 0.2) == 0.1);
}

/* A trainer's third epoch of 8, of which the half is for shrinking, has the gradient of a network whose kernels begin
 * with that width. */
static void the_trainer_shrinks_kernels_by_epochs(void **state) {
#define LAGS ", delay: {kind: synaptic, high: 9 ms, train: true, unit: 1 ms, most: 9 ms, kernel: gauss, shrink: 0.5"
    const double sigma = 5 * pow(0.23 / 5, 2 / 4.0);
    char then[256];
    static float weights[SYNAPSES], found[SYNAPSES], expected[SYNAPSES], early[SYNAPSES];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    double largest = 0, apart = 0;
    (void)state;
    snprintf(then, sizeof then, "%s, sigma: %.15g}", LAGS, sigma);
    fixture shrinking = open_network(LAGS "}", ""), constant = open_network(then, "");
    sg_trainer *trainer = train_with(&shrinking, 1), *reference = train_with(&constant, 1);
    sg_trainer_set_epoch(trainer, 3);
    OK(sg_trainer_gradient(trainer, shrinking.events, samples, SAMPLES, &result));
    OK(sg_trainer_get_gradient_of(trainer, 0, "delays", early));
    for (size_t i = 0; i < 7; i++)
        OK(sg_trainer_step(trainer, shrinking.events, samples, SAMPLES, &result));
    static const char *const groups[][2] = {{"0", "weights"}, {"0", "delays"}, {"1", "weights"}};
    for (size_t g = 0; g < 3; g++) {
        const size_t layer = (size_t)(*groups[g][0] - '0');
        OK(sg_network_get_group(shrinking.network, layer, groups[g][1], weights));
        OK(sg_network_set_group(constant.network, layer, groups[g][1], weights));
    }
    OK(sg_trainer_gradient(trainer, shrinking.events, samples, SAMPLES, &result));
    OK(sg_trainer_gradient(reference, constant.events, samples, SAMPLES, &result));
    OK(sg_trainer_get_gradient_of(trainer, 0, "delays", found));
    OK(sg_trainer_get_gradient_of(reference, 0, "delays", expected));
    for (size_t j = 0; j < SYNAPSES; j++)
        largest = fmax(largest, fabs((double)expected[j]));
    for (size_t j = 0; j < SYNAPSES; j++) {
        assert_true(fabs((double)found[j] - (double)expected[j]) <= 1e-5 * largest);
        apart = fmax(apart, fabs((double)found[j] - (double)early[j]));
    }
    assert_true(apart > 0.1 * largest);
    sg_trainer_free(trainer);
    sg_trainer_free(reference);
    close_network(&shrinking);
    close_network(&constant);
}

/* ------------------------------------------------------------------------------------------------------ refused */

static void refuse(const char *layer, const char *with) {
    char yaml[512];
    sg_config *config = NULL;
    snprintf(yaml, sizeof yaml, "steps: 50\nlayers:\n  - {%s}\n  - {size: 3}\n", layer);
    sg_status status = sg_config_parse("test", yaml, strlen(yaml), &config);
    if (status == SG_OK)
        status = sg_config_check(config);
    sg_config_free(config);
    assert_int_equal(status, SG_CONFIG);
    if (!strstr(sg_error_message(), with))
        fail_msg("'%s' does not tell '%s'", sg_error_message(), with);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    refuse("link: {kind: conv1d}, delay: {kind: synaptic, high: 5 ms}",
           "layers.0.delay.kind: synaptic, but link.kind is");
    refuse("size: 5, delay: {kind: synaptic, train: true}", "layers.0.delay.most: 64 ms, but samples are 50 ms long");
    refuse("size: 5, delay: {kind: synaptic, high: 60 ms}", "layers.0.delay.high: 60 ms, but samples are 50 ms long");
    refuse("size: 5, delay: {kind: synaptic, high: 2000 ms}", "expected 1023 at most");
    refuse("size: 5, delay: {kind: synaptic, high: 9 ms, train: true, most: 5 ms}", "delay.high: 9 ms, but delay.most");
    refuse("size: 5, delay: {kind: axonal, high: 9 ms, kernel: gauss}", "delay.kind");
}

/* ------------------------------------------------------------------------------------- the independent reference */

enum { G_SAMPLES = 4, G_STEPS = 50, G_INPUTS = 6, G_HIDDEN = 16, G_OUTPUTS = 3, G_SYNAPSES = G_INPUTS * G_HIDDEN };

static fixture golden_network(sg_h5 *file, const char *kernel) {
    float w1[G_SYNAPSES], w2[G_HIDDEN * G_OUTPUTS], delay[G_SYNAPSES];
    char yaml[640];
    fixture f;
    snprintf(yaml, sizeof yaml,
             "steps: 50\nloss: {kind: mean_ce}\nlayers:\n"
             "  - {size: 16, delay: {kind: synaptic, train: true, unit: 1 ms, most: 11 ms, sigma: 1.5, kernel: %s}, "
             "neuron: {kind: cuba_lif, tau_mem: 10 ms}, surrogate: {kind: fast_sigmoid, k: 10}}\n"
             "  - {size: 3, neuron: {kind: cuba_li, tau_mem: 10 ms}}\n",
             kernel);
    OK(sg_config_parse("golden", yaml, strlen(yaml), &f.config));
    OK(sg_network_create(f.config, G_INPUTS, &f.network));
    reference_get(file, "w1", SG_H5_F32, w1, G_INPUTS, G_HIDDEN, 0);
    reference_get(file, "w2", SG_H5_F32, w2, G_HIDDEN, G_OUTPUTS, 0);
    reference_get(file, "delay", SG_H5_F32, delay, G_INPUTS, G_HIDDEN, 0);
    OK(sg_network_set_group(f.network, 0, "weights", w1));
    OK(sg_network_set_group(f.network, 1, "weights", w2));
    OK(sg_network_set_group(f.network, 0, "delays", delay));
    f.events = reference_events(file, G_SAMPLES, G_STEPS, G_INPUTS, G_OUTPUTS);
    return f;
}

static const char *in_run(const char *kernel, const char *name) {
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", kernel, name);
    return path;
}

static void expect_gradient(sg_trainer *trainer, sg_h5 *file, size_t layer, const char *group, const char *name,
                            uint64_t rows, uint64_t columns) {
    float found[G_SYNAPSES];
    double expected[G_SYNAPSES];
    OK(sg_trainer_get_gradient_of(trainer, layer, group, found));
    reference_get(file, name, SG_H5_F64, expected, rows, columns, 0);
    reference_near(found, expected, (size_t)(rows * columns));
}

static void expect_spikes(const fixture *f, sg_h5 *file, const char *kernel) {
    static uint8_t found[G_STEPS * G_HIDDEN], expected[G_SAMPLES * G_STEPS * G_HIDDEN];
    reference_get(file, in_run(kernel, "forward/spikes"), SG_H5_U8, expected, G_SAMPLES, G_STEPS, G_HIDDEN);
    sg_network_spread_delays(f->network, 0);
    for (size_t s = 0; s < G_SAMPLES; s++) {
        OK(sg_network_raster(f->network, f->events, s, 0, found));
        assert_memory_equal(found, expected + s * sizeof found, sizeof found);
    }
    sg_network_round_delays(f->network);
}

static void meet_reference(const char *kernel) {
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_h5 *file = reference_open(REFERENCE("delay_dcls.h5"));
    fixture f = golden_network(file, kernel);
    expect_spikes(&f, file, kernel);
    sg_trainer *trainer = train_with(&f, 1);
    OK(sg_trainer_gradient(trainer, f.events, samples, G_SAMPLES, &result));
    expect_gradient(trainer, file, 0, "weights", in_run(kernel, "backward/dw1"), G_INPUTS, G_HIDDEN);
    expect_gradient(trainer, file, 1, "weights", in_run(kernel, "backward/dw2"), G_HIDDEN, G_OUTPUTS);
    expect_gradient(trainer, file, 0, "delays", in_run(kernel, "backward/ddelay"), G_INPUTS, G_HIDDEN);
    sg_trainer_free(trainer);
    close_network(&f);
    sg_h5_close(file);
}

static void the_reference_is_met(void **state) {
    (void)state;
    meet_reference("gauss");
    meet_reference("triangle");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_lags_are_an_axonal_delay),
        cmocka_unit_test(outside_of_training_the_nearest_lag_counts),
        cmocka_unit_test(drawn_delays_differ_and_stay_within_bounds),
        cmocka_unit_test(fixed_delays_stay),
        cmocka_unit_test(a_spike_counts_once_for_each_lag),
        cmocka_unit_test(sigma_shrinks_by_the_same_factor),
        cmocka_unit_test(the_trainer_shrinks_kernels_by_epochs),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(the_reference_is_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

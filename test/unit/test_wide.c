/* labels: threads */
/* A wide first layer is gone through block by block, with the bits of one sample after the other. */
#include "learn/config.h"
#include "learn/wide.h"
#include "net/network.h"
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK(call) assert_ok((call), #call)

static void assert_ok(sg_status status, const char *call) {
    if (status != SG_OK)
        fail_msg("%s: %s", call, sg_error_message());
}

/* With a nominal batch of 32 a round has 36 samples at most, so a batch of 83 is three rounds, which cut pieces in two.
 * Three blocks of neurons can be shared by three threads; with four, samples go one after the other. */
enum { SAMPLES = 83, STEPS = 20, INPUTS = 3200, EVENTS = 90, BLOCKS = 3, TRAINED = 2 };

#define FIRST                                                                                                          \
    "steps: 20\n"                                                                                                      \
    "batch: 32\n"                                                                                                      \
    "layers:\n"                                                                                                        \
    "  - size: 340\n"

static const struct {
    const char *name, *yaml;
} networks[] = {
    {"linear read-out, dropout, augmentation", FIRST "    link: {weights: normal, sd: 0.3, bias: true, dropout: 0.1}\n"
                                                     "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
                                                     "    surrogate: {kind: fast_sigmoid, k: 10}\n"
                                                     "  - size: 3\n"
                                                     "    link: {weights: normal, sd: 0.1, bias: true, dropout: 0.2}\n"
                                                     "    neuron: {kind: li, tau_mem: 8 ms}\n"
                                                     "loss: {kind: mean_ce}\n"
                                                     "augment: {drop: 0.1}\n"},
    {"spiking outputs, a step as surrogate, clipping", FIRST "    link: {weights: normal, sd: 0.3}\n"
                                                             "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
                                                             "    surrogate: {kind: relu}\n"
                                                             "  - size: 3\n"
                                                             "    link: {weights: normal, sd: 0.2}\n"
                                                             "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
                                                             "    surrogate: {kind: triangle}\n"
                                                             "loss: {kind: count_ce}\n"
                                                             "optimiser: {kind: sgd, lr: 0.1, clip_norm: 0.5}\n"},
    {"a recurrent layer above", FIRST "    link: {weights: normal, sd: 0.3}\n"
                                      "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
                                      "    surrogate: {kind: fast_sigmoid, k: 10}\n"
                                      "  - size: 150\n"
                                      "    link: {weights: normal, sd: 0.1}\n"
                                      "    recurrent: {from: own, weights: orthogonal, gain: 0.5}\n"
                                      "    neuron: {kind: alif, train: {tau_mem: true}}\n"
                                      "    surrogate: {kind: gaussian}\n"
                                      "  - size: 3\n"
                                      "    link: {weights: normal, sd: 0.2}\n"
                                      "    neuron: {kind: li, tau_mem: 8 ms}\n"
                                      "loss: {kind: max_ce}\n"
                                      "optimiser: {kind: adam, lr: 0.01}\n"},
};

enum { NETWORKS = sizeof networks / sizeof *networks };

static uint32_t draw(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static sg_events *make_events(void) {
    static uint8_t raster[STEPS][INPUTS];
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EVENTS];
    static uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    uint32_t state = 1;
    uint64_t count = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        memset(raster, 0, sizeof raster);
        label[s] = s % 3;
        for (uint32_t e = 0; e < EVENTS; e++)
            raster[draw(&state) % STEPS][draw(&state) % INPUTS] = 1;
        for (uint32_t t = 0; t < STEPS; t++)
            for (uint32_t c = 0; c < INPUTS; c++)
                if (raster[t][c]) {
                    step[count] = (uint16_t)t;
                    channel[count++] = c;
                }
        first[s + 1] = count;
    }
    const sg_events_view view = {SAMPLES, STEPS, INPUTS, 3, first, step, channel, label};
    sg_events *events;
    OK(sg_events_create(&view, &events));
    return events;
}

/* What training leaves. */
typedef struct result {
    size_t round; /* samples, 0: one after the other */
    double losses[TRAINED];
    uint64_t spikes;
    sg_network *network;
} result;

static result train(const char *yaml, int threads) {
    sg_events *events = make_events();
    sg_config *config;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
    result r = {0};
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_config_parse("wide", yaml, strlen(yaml), &config));
    OK(sg_network_create(config, INPUTS, &r.network));
    r.round = sg_wide_count(r.network, &config->learn, threads);
    OK(sg_trainer_create(r.network, config, threads, &trainer));
    for (size_t k = 0; k < TRAINED; k++) {
        sg_batch_result batch;
        OK(sg_trainer_step(trainer, events, samples + k, SAMPLES - 40 * k, &batch));
        r.losses[k] = batch.loss;
        r.spikes += batch.spikes[0] + batch.spikes[1];
    }
    sg_trainer_free(trainer);
    sg_config_free(config);
    sg_events_free(events);
    return r;
}

static void same_bits_block_by_block(void **state) {
    (void)state;
    for (size_t i = 0; i < NETWORKS; i++) {
        result expected = train(networks[i].yaml, BLOCKS + 1);
        assert_int_equal(expected.round, 0);
        assert_true(expected.spikes > 0);
        for (int threads = 1; threads <= BLOCKS; threads++) {
            result found = train(networks[i].yaml, threads);
            assert_int_equal(found.round, 36);
            if (memcmp(found.losses, expected.losses, sizeof found.losses) || found.spikes != expected.spikes ||
                memcmp(found.network->parameters, expected.network->parameters,
                       found.network->parameter_count * sizeof(float)))
                fail_msg("%s, %d threads: other bits than with %d", networks[i].name, threads, BLOCKS + 1);
            sg_network_free(found.network);
        }
        sg_network_free(expected.network);
    }
}

/* Where memory is bounded to less than a round takes, samples go one after the other. */
static void memory_bounds_the_round(void **state) {
    (void)state;
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "memory: 150 kB\n%s", networks[0].yaml);
    result free = train(networks[0].yaml, 1), bounded = train(yaml, 1);
    assert_int_equal(free.round, 36);
    assert_int_equal(bounded.round, 0);
    assert_memory_equal(free.losses, bounded.losses, sizeof free.losses);
    sg_network_free(free.network);
    sg_network_free(bounded.network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_block_by_block),
        cmocka_unit_test(memory_bounds_the_round),
    };
    return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}

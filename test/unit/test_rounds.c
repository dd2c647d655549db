/* labels: threads */
/* Samples side by side have the bits of samples one after the other. */
#include "config/config.h"
#include "engine/cpu/cpu.h"
#include "learn/loss.h"
#include "learn/rule.h"
#include "net/stage.h"
#include "train/trainer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

/* Several spikes a channel, so that they are sorted for the gradient. */
enum { SAMPLES = 19, STEPS = 80, INPUTS = 60, EVENTS = 150, TRAINED = 3 };

#define READOUT                                                                                                        \
    "  - size: 3\n"                                                                                                    \
    "    link: {weights: normal, sd: 0.2}\n"                                                                           \
    "    neuron: {kind: li, tau_mem: 8 ms}\n"                                                                          \
    "loss: {kind: max_ce}\n"

#define RECURRENT                                                                                                      \
    "  - size: 150\n"                                                                                                  \
    "    link: {weights: normal, sd: 0.3, bias: true, dropout: 0.1}\n"                                                 \
    "    recurrent: {from: own, weights: orthogonal, gain: 0.5}\n"

static const struct {
    const char *name, *layers;
    size_t round; /* samples that training runs side by side */
} networks[] = {
    {"recurrent",
     RECURRENT "    neuron: {kind: alif, train: {tau_mem: true}}\n"
               "    surrogate: {kind: fast_sigmoid, k: 10}\n" READOUT,
     2},
    {"recurrent, some neurons active",
     RECURRENT "    neuron: {kind: lif, tau_mem: 8 ms}\n"
               "    surrogate: {kind: triangle}\n" READOUT,
     1},
    {"step by step, below and above recurrence",
     "  - size: 140\n"
     "    link: {weights: normal, sd: 0.3, dropout: 0.2}\n"
     "    neuron: {kind: adlif}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n" RECURRENT "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
     "    surrogate: {kind: gaussian}\n"
     "  - size: 130\n"
     "    link: {weights: normal, sd: 0.2}\n"
     "    neuron: {kind: lif, tau_mem: 8 ms, refractory: 2}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n" READOUT,
     2},
    {"in the step, by OTTT",
     "  - size: 140\n"
     "    link: {weights: normal, sd: 0.3, dropout: 0.2}\n"
     "    neuron: {kind: lif, reset: subtract, tau_mem: 8 ms, train: {tau_mem: true}}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n"
     "  - size: 130\n"
     "    link: {weights: normal, sd: 0.2, dropout: 0.1}\n"
     "    neuron: {kind: lif, reset: subtract, scale: decay, tau_mem: 8 ms, refractory: 2}\n"
     "    surrogate: {kind: gaussian}\n"
     "  - size: 130\n"
     "    link: {weights: normal, sd: 0.2}\n"
     "    neuron: {kind: lif, reset: subtract, tau_mem: 8 ms}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n" READOUT "rule: ottt\n",
     1},
    {"recurrent, in windows",
     RECURRENT "    neuron: {kind: alif, train: {tau_mem: true}}\n"
               "    surrogate: {kind: fast_sigmoid, k: 10}\n"
               "  - size: 128\n"
               "    link: {weights: normal, sd: 0.1}\n"
               "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
               "    surrogate: {kind: fast_sigmoid, k: 10}\n"
               "  - size: 3\n"
               "    link: {weights: normal, sd: 0.2}\n"
               "    neuron: {kind: li, tau_mem: 8 ms}\n"
               "loss: {kind: mean_ce}\n"
               "bptt: {window: 13}\n",
     2},
    {"fused, with many spikes",
     "  - size: 128\n"
     "    link: {weights: normal, sd: 0.3}\n"
     "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n"
     "  - size: 128\n"
     "    link: {weights: normal, sd: 0.1}\n"
     "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
     "    surrogate: {kind: fast_sigmoid, k: 10}\n" READOUT,
     1},
};

enum { NETWORKS = sizeof networks / sizeof *networks };

static const drawn_sizes sizes = {SAMPLES, STEPS, INPUTS, EVENTS};

typedef struct subject {
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
} subject;

static void set_up(subject *work, const char *layers, const char *memory, int threads) {
    char yaml[2000];
    snprintf(yaml, sizeof yaml, "steps: 80\nbatch: 19\nlayers:\n%s", layers);
    work->events = drawn_events(sizes);
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
    OK(sg_config_parse("rounds", yaml, strlen(yaml), &work->config));
    OK(sg_config_set(work->config, "memory", memory));
    OK(sg_network_create(work->config, INPUTS, &work->network));
    OK(sg_trainer_create(work->network, work->config, threads, &work->trainer));
}

static void tear_down(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* The gradient of all samples as one slice, so many side by side. */
static void add_gradient(const subject *work, size_t count, const sg_gradient *gradient, sg_slice_result *result) {
    const sg_learn_config *learn = &work->trainer->config;
    const sg_workspace_use use = {.readout = sg_loss_at(learn->loss)->readout,
                                  .plan = sg_rule_at(learn->rule)->plan(learn),
                                  .backward = true,
                                  .count = 1};
    const sg_batch_slice slice = {.network = work->network,
                                  .config = learn,
                                  .events = work->events,
                                  .samples = work->samples,
                                  .end = SAMPLES,
                                  .scale = 1.0 / SAMPLES};
    const sg_augment_scratch scratch[SG_ROUND] = {{0}};
    sg_workspace workspaces[SG_ROUND];
    for (size_t s = 0; s < count; s++) {
        OK(sg_workspace_open(&workspaces[s], work->network, use));
        OK(sg_workspace_reserve(&workspaces[s], EVENTS));
    }
    sg_run_slice(&slice, &(sg_sample_places){workspaces, scratch, count}, gradient, result);
    for (size_t s = 0; s < count; s++)
        sg_workspace_close(&workspaces[s]);
}

static sg_gradient gradient_of(const subject *work, size_t count, sg_slice_result *result) {
    const sg_network *network = work->network;
    const sg_gradient gradient = {.values = calloc(network->parameter_count, sizeof(float)),
                                  .touched = calloc(network->row_count, 1)};
    assert_true(gradient.values && gradient.touched);
    add_gradient(work, count, &gradient, result);
    return gradient;
}

static void free_gradient(sg_gradient gradient) {
    free(gradient.values);
    free(gradient.touched);
}

static void assert_same(const subject *work, size_t count, const sg_gradient *expected,
                        const sg_slice_result *expected_result, const char *name) {
    sg_slice_result result;
    const sg_gradient found = gradient_of(work, count, &result);
    if (memcmp(found.values, expected->values, work->network->parameter_count * sizeof *found.values) ||
        memcmp(found.touched, expected->touched, work->network->row_count) || result.loss != expected_result->loss ||
        memcmp(result.spikes, expected_result->spikes, sizeof result.spikes))
        fail_msg("%s: %zu samples side by side have other bits than one", name, count);
    free_gradient(found);
}

static void as_one_after_the_other(void **state) {
    (void)state;
    for (size_t i = 0; i < NETWORKS; i++) {
        subject work;
        sg_slice_result result;
        set_up(&work, networks[i].layers, "0 MB", 1);
        const sg_gradient expected = gradient_of(&work, 1, &result);
        assert_true(result.spikes[0] > 0);
        assert_same(&work, SG_ROUND, &expected, &result, networks[i].name); /* of 19 samples the last is alone */
        free_gradient(expected);
        tear_down(&work);
    }
}

/* The loss after some steps of training; `limit` bytes for each thread, which cut time, or 0. */
static double trained_loss(size_t i, int threads, size_t limit, size_t *used) {
    subject work;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    char memory[32];
    snprintf(memory, sizeof memory, "%zu B", (size_t)threads * limit);
    set_up(&work, networks[i].layers, memory, threads);
    const sg_cpu *cpu = (const sg_cpu *)work.trainer->engine;
    assert_int_equal(cpu->round, limit == 0 ? networks[i].round : 1);
    assert_true((cpu->workspaces[0].chunks > 1) == (limit > 0));
    for (int k = 0; k < TRAINED; k++)
        OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &batch));
    *used = cpu->workspaces[0].memory.used;
    tear_down(&work);
    return batch.loss;
}

/* Where time is cut there are no rounds, and other stages. */
static void same_bits_for_memory_and_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < NETWORKS; i++) {
        size_t whole, cut;
        double expected = trained_loss(i, 1, 0, &whole);
        for (int threads = 1; threads <= 3; threads++)
            for (size_t limit = 0; limit <= whole * 4 / 5; limit += whole * 4 / 5) {
                double found = trained_loss(i, threads, limit, &cut);
                if (found != expected)
                    fail_msg("%s, %d threads: loss %.17g, expected %.17g", networks[i].name, threads, found, expected);
            }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_one_after_the_other),
        cmocka_unit_test(same_bits_for_memory_and_threads),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}

/* labels: threads */
/* A wide first layer is gone through block by block, as if one sample came after the other. */
#include "config/config.h"
#include "engine/cpu/cpu.h"
#include "learn/loss.h"
#include "train/trainer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

/* Five blocks of neurons; with a nominal batch of 32 a round has 36 samples at most, so a batch of 83 is three. */
enum { SAMPLES = 83, STEPS = 20, INPUTS = 1800, EVENTS = 90, ROUND = 36, TRAINED = 2 };

#define FIRST                                                                                                          \
    "steps: 20\n"                                                                                                      \
    "batch: 32\n"                                                                                                      \
    "layers:\n"                                                                                                        \
    "  - size: 600\n"

static const struct {
    const char *name, *yaml;
    const char *few; /* memory for rounds of a few samples, which cut slices in two */
} networks[] = {
    {"linear read-out, dropout, augmentation",
     FIRST "    link: {weights: normal, sd: 0.3, bias: true, dropout: 0.1}\n"
           "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
           "    surrogate: {kind: fast_sigmoid, k: 10}\n"
           "  - size: 3\n"
           "    link: {weights: normal, sd: 0.1, bias: true, dropout: 0.2}\n"
           "    neuron: {kind: li, tau_mem: 8 ms}\n"
           "loss: {kind: mean_ce}\n"
           "augment: {drop: 0.1}\n",
     "200 kB"},
    {"spiking outputs, a step as surrogate, clipping",
     FIRST "    link: {weights: normal, sd: 0.3}\n"
           "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
           "    surrogate: {kind: relu}\n"
           "  - size: 3\n"
           "    link: {weights: normal, sd: 0.2}\n"
           "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
           "    surrogate: {kind: triangle}\n"
           "loss: {kind: count_ce}\n"
           "optimiser: {kind: sgd, lr: 0.1, clip_norm: 0.5}\n",
     "200 kB"},
    {"a recurrent layer above",
     FIRST "    link: {weights: normal, sd: 0.3}\n"
           "    neuron: {kind: cuba_lif, tau_mem: 8 ms}\n"
           "    surrogate: {kind: fast_sigmoid, k: 10}\n"
           "  - size: 240\n" /* of which there are fewer partial gradients than slices */
           "    link: {weights: normal, sd: 0.1}\n"
           "    recurrent: {from: own, weights: orthogonal, gain: 0.5}\n"
           "    neuron: {kind: alif, train: {tau_mem: true}}\n"
           "    surrogate: {kind: gaussian}\n"
           "  - size: 3\n"
           "    link: {weights: normal, sd: 0.2}\n"
           "    neuron: {kind: li, tau_mem: 8 ms}\n"
           "loss: {kind: max_ce}\n"
           "optimiser: {kind: adam, lr: 0.01}\n",
     "2 MB"},
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

static void set_up(subject *work, const char *yaml, const char *memory, int threads) {
    work->events = drawn_events(sizes);
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
    OK(sg_config_parse("wide", yaml, strlen(yaml), &work->config));
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

static const sg_cpu *cpu_of(const sg_trainer *trainer) {
    return (const sg_cpu *)trainer->engine;
}

/* The gradient of a slice of the batch that the trainer was given last, one sample after the other: values and touched
 * rows of all parameters. */
static sg_gradient gradient_of(const subject *work, size_t begin, size_t end) {
    const sg_network *network = work->network;
    const sg_trainer *trainer = work->trainer;
    const sg_cpu *cpu = cpu_of(trainer);
    const sg_workspace_use use = {.readout = sg_loss_at(trainer->config.loss)->readout, .backward = true, .count = 1};
    const sg_batch_slice slice = {.network = network,
                                  .config = &trainer->config,
                                  .events = work->events,
                                  .samples = work->samples,
                                  .begin = begin,
                                  .end = end,
                                  .scale = 1.0 / SAMPLES,
                                  .augment = sg_augments(&trainer->data) ? &cpu->augment : NULL};
    const sg_gradient gradient = {.values = calloc(network->parameter_count, sizeof(float)),
                                  .touched = calloc(network->row_count, 1)};
    sg_workspace workspace;
    sg_slice_result result;
    assert_true(gradient.values && gradient.touched);
    OK(sg_workspace_open(&workspace, network, use));
    OK(sg_workspace_reserve(&workspace, sg_augment_longest(&trainer->data, work->events)));
    sg_run_slice(&slice, &(sg_sample_places){&workspace, &cpu->scratch[0], 1}, &gradient, &result);
    sg_workspace_close(&workspace);
    return gradient;
}

static void free_gradient(sg_gradient gradient) {
    free(gradient.values);
    free(gradient.touched);
}

static void assert_same(const float *found, const float *expected, size_t begin, size_t end, const char *name) {
    for (size_t j = begin; j < end; j++)
        if (found[j] != expected[j])
            fail_msg("%s: gradient %zu is %.9g, expected %.9g", name, j, (double)found[j], (double)expected[j]);
}

/* Of the first layer over the batch at once, of those above slice after slice. */
static void adds_up_sample_after_sample(void **state) {
    (void)state;
    for (size_t i = 0; i < NETWORKS; i++) {
        subject work;
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        set_up(&work, networks[i].yaml, "0 MB", 2);
        assert_int_equal(cpu_of(work.trainer)->blockwise.count, ROUND);
        OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
        size_t above = work.network->layers[1].first_parameter, count = work.network->parameter_count;
        const sg_gradient whole = gradient_of(&work, 0, SAMPLES);
        float *sum = calloc(count, sizeof *sum);
        assert_non_null(sum);
        for (size_t slice = 0, begin, end; slice < SG_FEW_SLICES; slice++) {
            sg_split_range(SAMPLES, SG_FEW_SLICES, slice, &begin, &end);
            const sg_gradient part = gradient_of(&work, begin, end);
            for (size_t j = above; j < count; j++)
                sum[j] += part.values[j];
            free_gradient(part);
        }
        assert_same(cpu_of(work.trainer)->arrays[SG_ARRAY_GRADIENT], whole.values, 0, above, networks[i].name);
        assert_same(cpu_of(work.trainer)->arrays[SG_ARRAY_GRADIENT], sum, above, count, networks[i].name);
        free(sum);
        free_gradient(whole);
        tear_down(&work);
    }
}

/* What training leaves. */
typedef struct result {
    double losses[TRAINED];
    uint64_t spikes;
    float *parameters;
    size_t count, round;
} result;

static result train(const char *yaml, const char *memory, int threads) {
    subject work;
    set_up(&work, yaml, memory, threads);
    result r = {.count = work.network->parameter_count, .round = cpu_of(work.trainer)->blockwise.count};
    for (size_t k = 0; k < TRAINED; k++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        OK(sg_trainer_step(work.trainer, work.events, work.samples + k, SAMPLES - 40 * k, &batch));
        r.losses[k] = batch.loss;
        r.spikes += work.trainer->spikes[0] + work.trainer->spikes[1];
    }
    r.parameters = malloc(r.count * sizeof *r.parameters);
    assert_non_null(r.parameters);
    memcpy(r.parameters, work.network->parameters, r.count * sizeof *r.parameters);
    tear_down(&work);
    return r;
}

static void assert_same_training(const result *found, const result *expected, const char *name, int threads) {
    if (memcmp(found->losses, expected->losses, sizeof found->losses) || found->spikes != expected->spikes ||
        memcmp(found->parameters, expected->parameters, found->count * sizeof *found->parameters))
        fail_msg("%s, %d threads, rounds of %zu samples: other bits", name, threads, found->round);
}

/* More threads than blocks too. */
static void same_bits_for_threads_and_rounds(void **state) {
    (void)state;
    static const struct {
        int threads;
        bool few;
    } cases[] = {{2, false}, {3, false}, {7, false}, {1, true}, {2, true}, {3, true}};
    for (size_t i = 0; i < NETWORKS; i++) {
        result expected = train(networks[i].yaml, "0 MB", 1);
        assert_true(expected.spikes > 0);
        assert_int_equal(expected.round, ROUND);
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            result found = train(networks[i].yaml, cases[c].few ? networks[i].few : "0 MB", cases[c].threads);
            assert_true(found.round > 0);
            assert_true((found.round < ROUND) == cases[c].few);
            assert_same_training(&found, &expected, networks[i].name, cases[c].threads);
            free(found.parameters);
        }
        free(expected.parameters);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up_sample_after_sample),
        cmocka_unit_test(same_bits_for_threads_and_rounds),
    };
    return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}

/* labels: threads */
/* A network with everything at once: the same bits for any number of threads, set of kernels and cut of time. */
#include "file/h5.h"
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

enum { SAMPLES = 37, STEPS = 45, INPUTS = 24, EVENTS = 60, MOST = 1 << 15 };

static const char yaml[] = "steps: 45\n"
                           "layers:\n"
                           "  - size: 140\n" /* more than one block */
                           "    link: {weights: normal, sd: 0.4, bias: true, dropout: 0.1}\n"
                           "    recurrent: {from: own, self: false, weights: orthogonal, gain: 0.5}\n"
                           "    neuron: {kind: alif, tau_mem: 8 ms, tau_adapt: 20 ms, refractory: 1, floor: -0.4, "
                           "reset: subtract, reset_gradient: true,\n"
                           "      spread: {tau_mem: 0.3}, train: {tau_mem: true, threshold: true, adaptation: true}}\n"
                           "    surrogate: {kind: gaussian}\n"
                           "  - size: 20\n"
                           "    link: {weights: kaiming_normal, gain: 2, dropout: 0.25}\n"
                           "    neuron: {kind: cuba_lif, order: snntorch, tau_mem: 6 ms, synapse: alpha,\n"
                           "      train: {tau_syn: true}}\n"
                           "    surrogate: {kind: triangle}\n"
                           "  - size: 3\n"
                           "    link: {weights: xavier_uniform, bias: true, dropout: 0.2}\n"
                           "    neuron: {kind: cuba_li, order: sinabs}\n"
                           "loss: {kind: max_ce, label_smoothing: 0.1}\n"
                           "regularise: {upper: 0.01, upper_rate: 3, lower: 0.1, lower_rate: 2}\n"
                           "optimiser: {kind: adamw, lr: 0.01, weight_decay: 0.05, clip_norm: 0.5}\n"
                           "schedule: {kind: cosine, warmup: 0.5}\n"
                           "epochs: 3\n"
                           "augment: {jitter: 1 ms, drop: 0.1, shift_channels: 2, stretch: 0.1}\n";

/* Losses of which one is read step by step, the others are linear. */
static const char *const losses[] = {"max_ce", "mean_ce", "last_ce"};

enum { LOSSES = sizeof losses / sizeof *losses };

/* What training leaves. */
typedef struct result {
    float values[MOST];
    size_t count;
    double losses[6];
    uint64_t spikes;
    sg_evaluation evaluation;
    sg_layer_activity activity[4]; /* the networks have no more layers */
} result;

static void take_parameters(const sg_network *network, result *r) {
    sg_group_info info = SG_SIZED(sg_group_info);
    for (size_t l = 0; l < sg_network_layers(network); l++)
        for (size_t g = 0; sg_network_group(network, l, g, &info) == SG_OK; g++) {
            assert_true(r->count + info.rows * info.columns <= MOST);
            OK(sg_network_get_group(network, l, info.name, r->values + r->count));
            r->count += info.rows * info.columns;
        }
}

static void train(result *r, const char *loss, int threads, const char *memory) {
    sg_events *events = drawn_events_counted((drawn_sizes){SAMPLES, STEPS, INPUTS, EVENTS}, true);
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
    memset(r, 0, sizeof *r);
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_config_parse("rich", yaml, strlen(yaml), &config));
    OK(sg_config_set(config, "memory", memory));
    OK(sg_config_set(config, "loss.kind", loss));
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    sg_trainer_set_epoch(trainer, 2);
    for (size_t k = 0; k < 6; k++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        OK(sg_trainer_step(trainer, events, samples + k, SAMPLES - 2 * k, &batch));
        r->losses[k] = batch.loss;
        for (size_t l = 0; l < 2; l++) {
            uint64_t spikes;
            OK(sg_trainer_spikes(trainer, l, &spikes));
            r->spikes += spikes;
        }
    }
    take_parameters(network, r);
    r->evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(network, config, events, samples, SAMPLES, threads, &r->evaluation, r->activity, NULL));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

static void assert_same(const result *a, const result *b) {
    assert_memory_equal(a->values, b->values, sizeof a->values);
    assert_memory_equal(a->losses, b->losses, sizeof a->losses);
    assert_int_equal(a->spikes, b->spikes);
    assert_true(a->evaluation.loss == b->evaluation.loss && a->evaluation.correct == b->evaluation.correct);
    assert_memory_equal(a->activity, b->activity, sizeof a->activity);
}

static void threads_do_not_matter(void **state) {
    (void)state;
    static result one, more;
    for (size_t i = 0; i < LOSSES; i++) {
        train(&one, losses[i], 1, "0 MB");
        assert_true(one.spikes > 1000 && one.losses[5] < one.losses[0]);
        for (int threads = 2; threads <= 4; threads++) {
            train(&more, losses[i], threads, "0 MB");
            assert_same(&one, &more);
        }
    }
}

static void kernels_do_not_matter(void **state) {
    (void)state;
    static const char *const levels[] = {"scalar", "avx2", "avx512", "neon"};
    static result fastest, other;
    for (size_t k = 0; k < LOSSES; k++) {
        OK(sg_set_cpu(NULL));
        train(&fastest, losses[k], 2, "0 MB");
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
            if (sg_set_cpu(levels[i]) != SG_OK) /* not on this machine */
                continue;
            train(&other, losses[k], 2, "0 MB");
            assert_same(&fastest, &other);
        }
    }
    OK(sg_set_cpu(NULL));
}

static size_t workspaces(const char *loss, const char *memory) {
    sg_config *config;
    sg_memory_plan plan = SG_SIZED(sg_memory_plan);
    OK(sg_config_parse("rich", yaml, strlen(yaml), &config));
    OK(sg_config_set(config, "memory", memory));
    OK(sg_config_set(config, "loss.kind", loss));
    OK(sg_config_set(config, "data.set", "patterns"));
    OK(sg_config_set(config, "data.split", "shuffled"));
    OK(sg_config_set(config, "data.classes", "3"));
    OK(sg_config_set(config, "data.channels", "24"));
    OK(sg_config_set(config, "data.samples", "5"));
    OK(sg_memory(config, 1, &plan));
    sg_config_free(config);
    return plan.workspaces;
}

static void bounded_memory_does_not_matter(void **state) {
    (void)state;
    static result all, bounded;
    for (size_t i = 0; i < LOSSES; i++) {
        size_t needed = workspaces(losses[i], "0 MB");
        train(&all, losses[i], 1, "0 MB");
        for (size_t percent = 70; percent < 100; percent += 10) {
            char memory[32];
            snprintf(memory, sizeof memory, "%zu B", needed * percent / 100);
            assert_true(workspaces(losses[i], memory) <= needed * percent / 100);
            train(&bounded, losses[i], 1, memory);
            assert_same(&all, &bounded);
        }
    }
}

static void too_little_memory_is_refused(void **state) {
    (void)state;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    OK(sg_config_parse("rich", yaml, strlen(yaml), &config));
    OK(sg_config_set(config, "memory", "10 kB"));
    OK(sg_network_create(config, INPUTS, &network));
    assert_int_equal(sg_trainer_create(network, config, 2, &trainer), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "memory: 0.01 MB, but the buffers of 2 threads need "));
    sg_network_free(network);
    sg_config_free(config);
}

static void a_model_file_has_it_all(void **state) {
    (void)state;
    static result before, after;
    sg_config *config, *read;
    sg_network *network, *again;
    char path[] = "/tmp/surgrad-rich-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    OK(sg_config_parse("rich", yaml, strlen(yaml), &config));
    OK(sg_network_create(config, INPUTS, &network));
    take_parameters(network, &before);
    OK(sg_model_save(network, config, path));
    OK(sg_model_load(path, &read, &again));
    take_parameters(again, &after);
    assert_int_equal(before.count, after.count);
    assert_memory_equal(before.values, after.values, sizeof before.values);
    remove(path);
    sg_network_free(network);
    sg_network_free(again);
    sg_config_free(config);
    sg_config_free(read);
}

/* A value for each neuron from a file: threshold 1, 2, 3 for three neurons whose raw numbers are their logarithms. */
static void neurons_come_from_a_file(void **state) {
    (void)state;
    static const char text[] = "layers: [{size: 3, neuron: {kind: lif}}]\n";
    char path[] = "/tmp/surgrad-rich-XXXXXX";
    float thresholds[3] = {1, 2, 3}, raw[3];
    const uint64_t shape[1] = {3};
    sg_h5 *h5;
    sg_config *config;
    sg_network *network;
    assert_true(mkstemp(path) >= 0);
    for (int broken = 0; broken < 2; broken++) {
        thresholds[1] = broken ? -1 : 2;
        OK(sg_h5_create(&h5));
        OK(sg_h5_put(h5, "threshold", SG_H5_F32, thresholds, 1, shape, false));
        OK(sg_h5_write(h5, path));
        sg_h5_close(h5);
        OK(sg_config_parse("file", text, strlen(text), &config));
        OK(sg_config_set(config, "layers.0.neuron.file", path));
        assert_int_equal(sg_network_create(config, 4, &network), broken ? SG_MODEL : SG_OK);
        if (broken)
            assert_non_null(strstr(sg_error_message(), "'threshold' of neuron 1 is -1, expected more than 0"));
        else
            OK(sg_network_get_group(network, 0, "raw_threshold", raw));
        for (int n = 0; n < 3 && !broken; n++)
            assert_true(fabsf(raw[n] - logf(thresholds[n])) < 1e-6f);
        sg_network_free(network);
        sg_config_free(config);
    }
    remove(path);
}

enum { WIDE = 1000 };

/* The shares of inputs whose weights get a gradient from one sample that fires in all of them. */
static size_t inputs_kept(const char *dropout, uint64_t steps_before, uint8_t kept[WIDE], double *loss) {
    static uint16_t step[WIDE];
    static uint32_t channel[WIDE];
    static float gradient[WIDE * 2];
    static const char text[] =
        "{steps: 4, layers: [{size: 2, neuron: {kind: li}}], loss: {kind: mean_ce}, optimiser: {lr: 1e-30}}";
    const uint64_t first[2] = {0, WIDE};
    const uint32_t label = 1, sample = 0;
    for (uint32_t c = 0; c < WIDE; c++)
        channel[c] = c;
    const sg_events_view view = {1, 4, WIDE, 2, first, step, channel, &label, 1, {0, 0, 0}, NULL};
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    size_t count = 0, first_kept = 0;
    OK(sg_events_create(&view, &events));
    OK(sg_config_parse("dropout", text, strlen(text), &config));
    OK(sg_config_set(config, "layers.0.link.dropout", dropout));
    OK(sg_network_create(config, WIDE, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    for (uint64_t k = 0; k < steps_before; k++)
        OK(sg_trainer_step(trainer, events, &sample, 1, &batch));
    OK(sg_trainer_gradient(trainer, events, &sample, 1, &batch));
    OK(sg_trainer_get_gradient(trainer, 0, gradient));
    for (size_t i = 0; i < WIDE; i++) {
        kept[i] = gradient[2 * i] != 0;
        if (kept[i] && count++ == 0)
            first_kept = i;
        assert_true(!kept[i] || gradient[2 * i] == gradient[2 * first_kept]);
    }
    OK(sg_evaluate(network, config, events, &sample, 1, 1, &evaluation, NULL, NULL));
    *loss = evaluation.loss;
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return count;
}

static void dropout_leaves_out_what_it_should(void **state) {
    (void)state;
    uint8_t all[WIDE], some[WIDE], same[WIDE], later[WIDE];
    double loss, other;
    assert_int_equal(inputs_kept("0", 0, all, &loss), WIDE);
    size_t count = inputs_kept("0.25", 0, some, &other);
    assert_true(count > 690 && count < 810);
    assert_true(loss == other); /* nothing is left out in evaluation */
    inputs_kept("0.25", 0, same, &other);
    assert_memory_equal(some, same, sizeof some);
    inputs_kept("0.25", 1, later, &other);
    size_t both = 0;
    for (size_t i = 0; i < WIDE; i++)
        both += some[i] && later[i];
    assert_true(both > 500 && both < 625); /* 0.75^2: drawn anew in each step */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(kernels_do_not_matter),
        cmocka_unit_test(bounded_memory_does_not_matter),
        cmocka_unit_test(too_little_memory_is_refused),
        cmocka_unit_test(a_model_file_has_it_all),
        cmocka_unit_test(neurons_come_from_a_file),
        cmocka_unit_test(dropout_leaves_out_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

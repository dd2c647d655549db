/* labels: threads */
/* Training through the public interface: the same bits for any number of threads, learning, and what is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ok.h"

enum { SAMPLES = 60, STEPS = 20, INPUTS = 24, HIDDEN = 30, CLASSES = 3, EVENTS = 8 };

/* Class c fires channels 8c .. 8c+7, one after the other, starting at a step that depends on the sample. */
static sg_events *make_events(void) {
    uint64_t first[SAMPLES + 1];
    uint16_t step[SAMPLES * EVENTS];
    uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    for (uint32_t s = 0; s < SAMPLES; s++) {
        first[s] = s * EVENTS;
        label[s] = s % CLASSES;
        for (uint32_t e = 0; e < EVENTS; e++) {
            step[s * EVENTS + e] = (uint16_t)(s % 7 + e);
            channel[s * EVENTS + e] = label[s] * EVENTS + e;
        }
    }
    first[SAMPLES] = SAMPLES * EVENTS;
    sg_events *events;
    const sg_events_view view = {SAMPLES, STEPS, INPUTS, CLASSES, first, step, channel, label, 1, {0, 0, 0}, NULL};
    OK(sg_events_create(&view, &events));
    return events;
}

static sg_config *make_config(const char *optimiser) {
    sg_config *config;
    OK(sg_config_create(&config));
    OK(sg_config_set(config, "steps", "20"));
    OK(sg_config_set(config, "layers.0.size", "30"));
    OK(sg_config_set(config, "layers.1.size", "3"));
    OK(sg_config_set(config, "layers.all.link.sd", "0.5"));
    OK(sg_config_set(config, "loss.true_count", "10"));
    OK(sg_config_set(config, "loss.false_count", "1"));
    OK(sg_config_set(config, "optimiser.kind", optimiser));
    return config;
}

typedef struct trained {
    float weights[INPUTS * HIDDEN + HIDDEN * CLASSES];
    double first_loss, last_loss, norms;
    sg_evaluation evaluation;
    sg_layer_activity activity[2];
} trained;

static void train(trained *out, const sg_config *config, int threads, int batches) {
    sg_events *events = make_events();
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    memset(out, 0, sizeof *out);
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    for (int b = 0; b < batches; b++) {
        OK(sg_trainer_step(trainer, events, samples, SAMPLES - (size_t)b % 3, &batch));
        out->last_loss = batch.loss;
        out->norms += batch.gradient_norm;
        if (b == 0)
            out->first_loss = batch.loss;
    }
    out->evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(network, config, events, samples, SAMPLES, threads, &out->evaluation, out->activity, NULL));
    OK(sg_network_get_weights(network, 0, out->weights));
    OK(sg_network_get_weights(network, 1, out->weights + INPUTS * HIDDEN));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
}

static void same_bits_for_any_threads(void **state) {
    (void)state;
    static const char *const optimisers[] = {"adam", "sgd"};
    for (int o = 0; o < 2; o++) {
        sg_config *config = make_config(optimisers[o]);
        OK(sg_config_set(config, "optimiser.momentum", o ? "0.9" : "0"));
        OK(sg_config_set(config, "optimiser.lr", "0.001"));
        trained one, other;
        train(&one, config, 1, 12);
        for (int threads = 2; threads <= 5; threads++) {
            train(&other, config, threads, 12);
            assert_memory_equal(&one, &other, sizeof one);
        }
        sg_config_free(config);
    }
}

/* A batch of many samples has more slices, for more threads to share. Wide or narrow hidden layers: fewer buffers than
 * slices, or as many. */
static void large_batches_have_the_same_bits_for_any_threads(void **state) {
    (void)state;
    enum { MANY = 1100, COUNT = INPUTS * 3000 };
    static const char *const sizes[] = {"30", "3000"};
    static const int threads[] = {1, 2, 7, 20, 64};
    static float one[COUNT], other[COUNT];
    static uint32_t samples[MANY];
    sg_events *events = make_events();
    for (uint32_t s = 0; s < MANY; s++)
        samples[s] = s * 7 % SAMPLES;
    for (size_t i = 0; i < 2; i++)
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            sg_config *config = make_config("adam");
            sg_network *network;
            sg_trainer *trainer;
            sg_batch_result batch = SG_SIZED(sg_batch_result);
            OK(sg_config_set(config, "layers.0.size", sizes[i]));
            OK(sg_network_create(config, INPUTS, &network));
            OK(sg_trainer_create(network, config, threads[t], &trainer));
            OK(sg_trainer_step(trainer, events, samples, MANY, &batch));
            OK(sg_trainer_step(trainer, events, samples, SAMPLES, &batch)); /* with few slices again */
            OK(sg_network_get_weights(network, 0, t == 0 ? one : other));
            if (t > 0)
                assert_memory_equal(one, other, INPUTS * (size_t)atoi(sizes[i]) * sizeof *one);
            sg_trainer_free(trainer);
            sg_network_free(network);
            sg_config_free(config);
        }
    sg_events_free(events);
}

static void it_learns(void **state) {
    (void)state;
    sg_config *config = make_config("adam");
    trained result;
    train(&result, config, 2, 150);
    assert_true(result.last_loss < result.first_loss / 3);
    assert_true(result.evaluation.accuracy > 0.95);
    sg_config_free(config);
}

static void another_seed_gives_other_weights(void **state) {
    (void)state;
    sg_config *config = make_config("adam");
    trained one, other;
    train(&one, config, 1, 1);
    OK(sg_config_set(config, "seed", "2"));
    train(&other, config, 1, 1);
    assert_memory_not_equal(one.weights, other.weights, sizeof one.weights);
    sg_config_free(config);
}

/* The gradient is the mean over samples: that of a batch is the mean of those of its halves. */
static void gradients_are_means(void **state) {
    (void)state;
    enum { HALF = SAMPLES / 2, COUNT = HIDDEN * CLASSES };
    sg_config *config = make_config("adam");
    sg_events *events = make_events();
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result whole = SG_SIZED(sg_batch_result), half[2] = {whole, whole};
    uint64_t whole_spikes, half_spikes[2];
    float all[COUNT], part[2][COUNT];
    uint32_t samples[SAMPLES];
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &whole));
    OK(sg_trainer_get_gradient(trainer, 1, all));
    OK(sg_trainer_spikes(trainer, 0, &whole_spikes));
    for (int h = 0; h < 2; h++) {
        OK(sg_trainer_gradient(trainer, events, samples + h * HALF, HALF, &half[h]));
        OK(sg_trainer_get_gradient(trainer, 1, part[h]));
        OK(sg_trainer_spikes(trainer, 0, &half_spikes[h]));
    }
    assert_true(fabs(whole.loss - (half[0].loss + half[1].loss) / 2) < 1e-9);
    assert_int_equal(whole.correct, half[0].correct + half[1].correct);
    assert_int_equal(whole_spikes, half_spikes[0] + half_spikes[1]);
    assert_int_equal(sg_trainer_spikes(trainer, 2, &whole_spikes), SG_ARGUMENT);
    double largest = 0;
    for (int j = 0; j < COUNT; j++)
        largest = fmax(largest, fabs(all[j]));
    assert_true(largest > 0);
    for (int j = 0; j < COUNT; j++)
        assert_true(fabs(all[j] - (part[0][j] + part[1][j]) / 2) < 1e-5 * largest);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

/* sgd with lr 1 steps by the gradient, shortened as torch.nn.utils.clip_grad_norm_ does. Its norm is told as it was. */
static void long_gradients_are_clipped(void **state) {
    (void)state;
    enum { FIRST = INPUTS * HIDDEN, COUNT = FIRST + HIDDEN * CLASSES };
    static const char *const limits[] = {"0.01", "1e6", "0"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        sg_config *config = make_config("sgd");
        sg_events *events = make_events();
        sg_network *network;
        sg_trainer *trainer;
        sg_batch_result batch = SG_SIZED(sg_batch_result), alone = SG_SIZED(sg_batch_result);
        float before[COUNT], after[COUNT], gradient[COUNT];
        const uint32_t samples[3] = {0, 1, 2};
        double norm = 0;
        OK(sg_config_set(config, "optimiser.lr", "1"));
        OK(sg_config_set(config, "optimiser.clip_norm", limits[i]));
        OK(sg_network_create(config, INPUTS, &network));
        OK(sg_trainer_create(network, config, 2, &trainer));
        OK(sg_trainer_gradient(trainer, events, samples, 3, &alone));
        for (size_t l = 0; l < 2; l++) {
            OK(sg_trainer_get_gradient(trainer, l, gradient + l * FIRST));
            OK(sg_network_get_weights(network, l, before + l * FIRST));
        }
        OK(sg_trainer_step(trainer, events, samples, 3, &batch));
        for (size_t l = 0; l < 2; l++)
            OK(sg_network_get_weights(network, l, after + l * FIRST));
        for (size_t j = 0; j < COUNT; j++)
            norm += (double)gradient[j] * gradient[j];
        norm = sqrt(norm);
        assert_true(norm > 0.02);
        double limit = strtod(limits[i], NULL), factor = limit > 0 ? fmin(1, limit / (norm + 1e-6)) : 1;
        assert_true(fabs(batch.gradient_norm - norm) < 1e-12 * norm && batch.lr == 1);
        assert_true(alone.gradient_norm == batch.gradient_norm && alone.lr == 0);
        for (size_t j = 0; j < COUNT; j++)
            assert_true(fabs(after[j] - (before[j] - factor * gradient[j])) < 1e-6 * (1 + fabs(factor * gradient[j])));
        sg_trainer_free(trainer);
        sg_network_free(network);
        sg_events_free(events);
        sg_config_free(config);
    }
}

static void divergence_is_reported(void **state) {
    (void)state;
    sg_config *config = make_config("sgd");
    sg_events *events = make_events();
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    const uint32_t samples[2] = {0, 1};
    OK(sg_config_set(config, "optimiser.lr", "1e38"));
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    sg_status status = SG_OK;
    for (int b = 0; b < 20 && status == SG_OK; b++)
        status = sg_trainer_step(trainer, events, samples, 2, &batch);
    assert_int_equal(status, SG_DIVERGED);
    assert_non_null(strstr(sg_error_message(), "layers."));
    assert_non_null(strstr(sg_error_message(), "lower optimiser.lr"));
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    sg_config *config = make_config("adam");
    sg_events *events = make_events();
    sg_network *network;
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    const uint32_t samples[2] = {0, SAMPLES};
    OK(sg_network_create(config, INPUTS + 1, &network));
    assert_int_equal(sg_evaluate(network, config, events, samples, 1, 1, &evaluation, NULL, NULL), SG_MODEL);
    assert_string_equal(sg_error_message(), "the data have 24 channels, but the network has 25 inputs");
    sg_network_free(network);
    OK(sg_network_create(config, INPUTS, &network));
    assert_int_equal(sg_evaluate(network, config, events, samples, 2, 1, &evaluation, NULL, NULL), SG_ARGUMENT);
    assert_int_equal(sg_evaluate(network, config, events, samples, 0, 1, &evaluation, NULL, NULL), SG_ARGUMENT);
    float weights[INPUTS * HIDDEN] = {NAN};
    assert_int_equal(sg_network_set_weights(network, 0, weights), SG_ARGUMENT);
    assert_int_equal(sg_network_get_weights(network, 2, weights), SG_ARGUMENT);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

static void confusion_adds_up(void **state) {
    (void)state;
    sg_config *config = make_config("adam");
    sg_events *events = make_events();
    sg_network *network;
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    sg_layer_activity activity[2];
    uint64_t confusion[CLASSES * CLASSES];
    uint32_t samples[SAMPLES];
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_evaluate(network, config, events, samples, SAMPLES, 2, &evaluation, activity, confusion));
    uint64_t right = 0;
    for (int label = 0; label < CLASSES; label++) {
        uint64_t row = 0;
        for (int predicted = 0; predicted < CLASSES; predicted++)
            row += confusion[label * CLASSES + predicted];
        assert_int_equal(row, SAMPLES / CLASSES);
        right += confusion[label * CLASSES + label];
    }
    assert_int_equal(right, evaluation.correct);
    assert_true(evaluation.input_events_per_sample == EVENTS);
    assert_true(activity[0].silent < HIDDEN);
    float none[HIDDEN * CLASSES] = {0};
    OK(sg_network_set_weights(network, 1, none));
    OK(sg_evaluate(network, config, events, samples, SAMPLES, 2, &evaluation, activity, NULL));
    assert_int_equal(activity[1].silent, CLASSES);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(it_learns),
        cmocka_unit_test(large_batches_have_the_same_bits_for_any_threads),
        cmocka_unit_test(another_seed_gives_other_weights),
        cmocka_unit_test(gradients_are_means),
        cmocka_unit_test(long_gradients_are_clipped),
        cmocka_unit_test(divergence_is_reported),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(confusion_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

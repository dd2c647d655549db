/* labels: threads */
/* A training loop of the caller's own, through the public interface alone: gradients that are applied, set, and begun
 * from the caller's loss; outputs and predictions of samples; records; the gradient with respect to inputs; a trainer
 * saved and loaded; networks copied. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ok.h"

enum { SAMPLES = 40, STEPS = 64, INPUTS = 24, CLASSES = 3, EVENTS = 16, STEPS_TRAINED = 5, ROOM = INPUTS * 40 };

/* Class c fires channels 8c .. 8c+7 twice, one after the other, from a step on that depends on the sample. */
static sg_events *make_events(void) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EVENTS];
    static uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    for (uint32_t s = 0; s < SAMPLES; s++) {
        first[s] = s * EVENTS;
        label[s] = s % CLASSES;
        for (uint32_t e = 0; e < EVENTS; e++) {
            step[s * EVENTS + e] = (uint16_t)(s % 4 + 3 * e);
            channel[s * EVENTS + e] = label[s] * 8 + e % 8;
        }
    }
    first[SAMPLES] = SAMPLES * EVENTS;
    sg_events *events;
    const sg_events_view view = {.samples = SAMPLES,
                                 .steps = STEPS,
                                 .channels = INPUTS,
                                 .classes = CLASSES,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label,
                                 .dt_ms = 1};
    OK(sg_events_create(&view, &events));
    return events;
}

/* Whatever a test needs. */
typedef struct subject {
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
} subject;

static const char *const plain = "steps: 64\nloss: {kind: mean_ce}\noptimiser: {lr: 0.01}\n"
                                 "layers:\n  - {size: 30, link: {sd: 0.5}}\n"
                                 "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";
static const char *const rich =
    "steps: 64\nloss: {kind: mean_ce}\noptimiser: {lr: 0.01, clip_norm: 0.02}\n"
    "layers:\n  - {size: 40, link: {bias: true, sd: 0.5}, recurrent: {from: own}, neuron: {kind: alif, "
    "train: {tau_mem: true}}, surrogate: {kind: fast_sigmoid}}\n"
    "  - {size: 20, link: {dropout: 0.2, sd: 0.5}, neuron: {kind: lif}}\n"
    "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";

static void open_subject(subject *work, const char *yaml, int threads) {
    work->events = make_events();
    OK(sg_config_parse("test", yaml, strlen(yaml), &work->config));
    OK(sg_network_create(work->config, INPUTS, &work->network));
    OK(sg_trainer_create(work->network, work->config, threads, &work->trainer));
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
}

static void close_subject(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* All parameters of a network, one group after the other; returns how many. */
static size_t parameters_of(const sg_network *network, float *values) {
    size_t count = 0;
    for (size_t l = 0; l < sg_network_layers(network); l++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t i = 0; sg_network_group(network, l, i, &group) == SG_OK; i++) {
            OK(sg_network_get_group(network, l, group.name, values + count));
            count += (size_t)group.rows * group.columns;
        }
    }
    return count;
}

static void assert_same_networks(const sg_network *a, const sg_network *b) {
    static float left[8 * ROOM], right[8 * ROOM];
    size_t count = parameters_of(a, left);
    assert_int_equal(count, parameters_of(b, right));
    assert_memory_equal(left, right, count * sizeof *left);
}

static void step(subject *work) {
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    OK(sg_trainer_step(work->trainer, work->events, work->samples, SAMPLES, &batch));
}

/* ------------------------------------------------------------------------------------------------- apply */

/* sg_trainer_step is sg_trainer_gradient and sg_trainer_apply, bit for bit. */
static void a_step_is_gradient_and_apply(void **state) {
    const char *const networks[] = {plain, rich};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        subject whole, parts;
        open_subject(&whole, networks[i], 2);
        open_subject(&parts, networks[i], 1);
        for (int k = 0; k < STEPS_TRAINED; k++) {
            sg_batch_result expected = SG_SIZED(sg_batch_result), found = SG_SIZED(sg_batch_result);
            double norm;
            OK(sg_trainer_step(whole.trainer, whole.events, whole.samples, SAMPLES, &expected));
            OK(sg_trainer_gradient(parts.trainer, parts.events, parts.samples, SAMPLES, &found));
            OK(sg_trainer_apply(parts.trainer, &norm));
            assert_true(expected.gradient_norm == norm && found.gradient_norm == norm && found.loss == expected.loss);
            assert_int_equal(sg_trainer_steps(parts.trainer), k + 1);
        }
        assert_same_networks(whole.network, parts.network);
        close_subject(&whole);
        close_subject(&parts);
    }
}

static void a_gradient_is_applied_once(void **state) {
    subject work;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    (void)state;
    open_subject(&work, plain, 1);
    assert_int_equal(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT);
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    OK(sg_trainer_apply(work.trainer, NULL));
    assert_int_equal(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT);
    step(&work);
    assert_int_equal(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT);
    close_subject(&work);
}

/* A gradient that was read and set again makes the same step; twice as much of it, with plain descent, twice the way.
 */
static void a_gradient_can_be_set(void **state) {
    static float before[ROOM], once[ROOM], twice[ROOM], gradient[ROOM];
    (void)state;
    for (int times = 1; times <= 2; times++) {
        subject work;
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        open_subject(&work, plain, 1);
        sg_trainer_free(work.trainer);
        OK(sg_config_set(work.config, "optimiser.kind", "sgd"));
        OK(sg_trainer_create(work.network, work.config, 1, &work.trainer));
        OK(sg_network_get_weights(work.network, 0, before));
        OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
        OK(sg_trainer_get_gradient(work.trainer, 0, gradient));
        for (size_t j = 0; j < INPUTS * 30; j++)
            gradient[j] *= (float)times;
        OK(sg_trainer_set_gradient_of(work.trainer, 0, "weights", gradient));
        double norm;
        OK(sg_trainer_apply(work.trainer, &norm));
        assert_true(times > 1 || norm == batch.gradient_norm);
        OK(sg_network_get_weights(work.network, 0, times == 1 ? once : twice));
        gradient[3] = NAN;
        assert_int_equal(sg_trainer_set_gradient_of(work.trainer, 0, "weights", gradient), SG_ARGUMENT);
        assert_int_equal(sg_trainer_set_gradient_of(work.trainer, 0, "none", gradient), SG_ARGUMENT);
        close_subject(&work);
    }
    double moved = 0;
    for (size_t j = 0; j < INPUTS * 30; j++) {
        moved = fmax(moved, fabs((double)once[j] - (double)before[j]));
        assert_true(fabs(((double)twice[j] - before[j]) - 2 * ((double)once[j] - before[j])) < 1e-6);
    }
    assert_true(moved > 1e-5);
}

/* A struct whose size was forgotten is refused before anything is done; one of an older, shorter header gets what it
 * has. */
static void sizes_of_structs_are_minded(void **state) {
    subject work;
    sg_batch_result forgotten = {0}, older = {.size = offsetof(sg_batch_result, correct), .correct = 77};
    sg_evaluation evaluation = {0};
    sg_memory_plan plan = {0};
    sg_layer_info layer = {0};
    const sg_run_options options = {.threads = 1};
    (void)state;
    open_subject(&work, plain, 1);
    assert_int_equal(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &forgotten), SG_ARGUMENT);
    assert_int_equal(sg_trainer_steps(work.trainer), 0);
    OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &older));
    assert_true(older.loss > 0 && older.correct == 77);
    assert_int_equal(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, 1, &evaluation, NULL,
                                 NULL),
                     SG_ARGUMENT);
    assert_int_equal(sg_network_layer(work.network, 0, &layer), SG_ARGUMENT);
    assert_int_equal(sg_memory(work.config, 1, &plan), SG_ARGUMENT);
    assert_int_equal(sg_run(work.config, &options, NULL), SG_ARGUMENT);
    close_subject(&work);
}

/* ------------------------------------------------------------------------------------------------- own loss */

/* Softmax cross-entropy of outputs, written anew. */
static double cross_entropy(const double *outputs, const uint32_t *label, double *by_outputs) {
    double loss = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        const double *o = outputs + s * CLASSES;
        double sum = 0, most = fmax(o[0], fmax(o[1], o[2]));
        for (size_t n = 0; n < CLASSES; n++)
            sum += exp(o[n] - most);
        loss += log(sum) + most - o[label[s]];
        for (size_t n = 0; n < CLASSES; n++)
            by_outputs[s * CLASSES + n] = (exp(o[n] - most) / sum - (n == label[s])) / SAMPLES;
    }
    return loss / SAMPLES;
}

/* The configured loss, computed by the caller, gives the configured loss's gradient; with dropout, as the passes draw
 * the same. */
static void an_own_loss_begins_the_gradient(void **state) {
    const char *const networks[] = {plain, rich};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        static float expected[ROOM], found[ROOM];
        double outputs[SAMPLES * CLASSES], by_outputs[SAMPLES * CLASSES];
        sg_batch_result own = SG_SIZED(sg_batch_result), configured = SG_SIZED(sg_batch_result),
                        shown = SG_SIZED(sg_batch_result);
        subject work;
        open_subject(&work, networks[i], 2);
        step(&work);
        OK(sg_trainer_forward(work.trainer, work.events, work.samples, SAMPLES, outputs, &shown));
        assert_int_equal(sg_trainer_apply(work.trainer, NULL), SG_ARGUMENT);
        double loss = cross_entropy(outputs, sg_events_get(work.events).label, by_outputs);
        OK(sg_trainer_backward(work.trainer, work.events, work.samples, SAMPLES, by_outputs, &own));
        OK(sg_trainer_get_gradient(work.trainer, 0, found));
        OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &configured));
        OK(sg_trainer_get_gradient(work.trainer, 0, expected));
        assert_true(fabs(loss - configured.loss) < 1e-9 && shown.loss == configured.loss && own.loss == 0);
        assert_int_equal(own.correct, configured.correct);
        assert_true(configured.gradient_norm > 1e-4);
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        OK(sg_network_layer(work.network, 0, &layer));
        for (size_t j = 0; j < (size_t)INPUTS * layer.neurons; j++)
            assert_true(fabs((double)found[j] - (double)expected[j]) < 1e-6 * configured.gradient_norm);
        close_subject(&work);
    }
}

/* Derivatives that single precision does not hold are refused, and what the trainer held is there still. */
static void wrong_derivatives_are_refused(void **state) {
    const double wrong[] = {NAN, INFINITY, -1e300};
    double by_outputs[SAMPLES * CLASSES] = {0};
    static float by_inputs[SAMPLES * STEPS * INPUTS];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    subject work;
    (void)state;
    open_subject(&work, plain, 1);
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
    for (size_t i = 0; i < 3; i++) {
        by_outputs[5 * CLASSES + 1] = wrong[i];
        assert_int_equal(sg_trainer_backward(work.trainer, work.events, work.samples, SAMPLES, by_outputs, &batch),
                         SG_ARGUMENT);
        assert_non_null(strstr(sg_error_message(), "output 1 of sample 5"));
        assert_int_equal(sg_input_gradients(work.network, work.config, work.events, work.samples, SAMPLES, 1,
                                            by_outputs, by_inputs),
                         SG_ARGUMENT);
    }
    assert_int_equal(sg_trainer_backward(work.trainer, work.events, work.samples, SAMPLES, NULL, &batch), SG_ARGUMENT);
    OK(sg_trainer_apply(work.trainer, NULL));
    close_subject(&work);
}

/* ------------------------------------------------------------------------------------------------- outputs */

static void predictions_are_those_of_the_evaluation(void **state) {
    double outputs[SAMPLES * CLASSES];
    uint32_t predicted[SAMPLES];
    uint64_t confusion[CLASSES * CLASSES], counted[CLASSES * CLASSES] = {0};
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    subject work;
    (void)state;
    open_subject(&work, rich, 2);
    step(&work);
    const sg_network *network = work.network;
    OK(sg_evaluate(network, work.config, work.events, work.samples, SAMPLES, 2, &evaluation, NULL, confusion));
    OK(sg_predict(network, work.config, work.events, work.samples, SAMPLES, 1, outputs, predicted));
    for (size_t s = 0; s < SAMPLES; s++) {
        const double *o = outputs + s * CLASSES;
        for (size_t n = 0; n < CLASSES; n++)
            assert_true(o[n] < o[predicted[s]] || (o[n] == o[predicted[s]] && n >= predicted[s]));
        counted[sg_events_get(work.events).label[s] * CLASSES + predicted[s]]++;
    }
    assert_memory_equal(counted, confusion, sizeof counted);
    double by_outputs[SAMPLES * CLASSES];
    assert_true(fabs(cross_entropy(outputs, sg_events_get(work.events).label, by_outputs) - evaluation.loss) < 1e-9);
    OK(sg_predict(network, work.config, work.events, work.samples, SAMPLES, 1, NULL, predicted));
    OK(sg_predict(network, work.config, work.events, work.samples, SAMPLES, 1, outputs, NULL));
    assert_int_equal(sg_predict(network, work.config, work.events, work.samples, 0, 1, outputs, NULL), SG_ARGUMENT);
    close_subject(&work);
}

/* A sample without a label has the outputs of the same one with a label, and can be neither trained on nor evaluated.
 */
static void samples_without_a_label_are_predicted_alone(void **state) {
    subject work;
    (void)state;
    open_subject(&work, plain, 1);
    const uint32_t sample = 4, only = 0;
    const sg_events_view all = sg_events_get(work.events);
    double time_ms[EVENTS], expected[CLASSES], found[CLASSES];
    uint32_t channel[EVENTS];
    for (size_t e = 0; e < EVENTS; e++) { /* the last comes first */
        uint64_t at = all.first[sample + 1] - 1 - e;
        time_ms[e] = all.step[at] + 0.75;
        channel[e] = all.channel[at];
    }
    sg_events *events;
    OK(sg_sample_create(work.network, "new", time_ms, channel, EVENTS, &events));
    assert_int_equal(sg_events_get(events).label[0], SG_NO_LABEL);
    OK(sg_predict(work.network, work.config, work.events, &sample, 1, 1, expected, NULL));
    OK(sg_predict(work.network, work.config, events, &only, 1, 1, found, NULL));
    assert_memory_equal(found, expected, sizeof found);
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    static float by_inputs[STEPS * INPUTS];
    assert_int_equal(sg_evaluate(work.network, work.config, events, &only, 1, 1, &evaluation, NULL, NULL), SG_DATA);
    assert_string_equal(sg_error_message(),
                        "sample 0 has no label, which training and evaluation need: give it one, or leave it out; "
                        "a prediction needs none");
    assert_int_equal(sg_trainer_step(work.trainer, events, &only, 1, &batch), SG_DATA);
    assert_int_equal(sg_trainer_gradient(work.trainer, events, &only, 1, &batch), SG_DATA);
    assert_int_equal(sg_input_gradients(work.network, work.config, events, &only, 1, 1, NULL, by_inputs), SG_DATA);
    OK(sg_input_gradients(work.network, work.config, events, &only, 1, 1, expected, by_inputs));
    sg_events_free(events);
    close_subject(&work);
}

/* Probabilities are the softmax of outputs times loss.scale; a squared error has none. */
static void probabilities_are_a_softmax(void **state) {
    const double outputs[2 * CLASSES] = {1, 2, 4, 800, 799, -3000};
    double p[2 * CLASSES];
    subject work;
    (void)state;
    open_subject(&work, plain, 1);
    OK(sg_config_set(work.config, "loss.scale", "0.5"));
    assert_true(sg_has_probabilities(work.config));
    OK(sg_probabilities(work.config, outputs, 2, p));
    double total = exp(0.5) + exp(1) + exp(2);
    for (size_t n = 0; n < CLASSES; n++)
        assert_true(fabs(p[n] - exp(outputs[n] / 2) / total) < 1e-12);
    assert_true(fabs(p[3] - 1 / (1 + exp(-0.5))) < 1e-12 && p[5] == 0);
    OK(sg_config_set(work.config, "layers.1.neuron.kind", "lif"));
    OK(sg_config_set(work.config, "loss.scale", "1"));
    OK(sg_config_set(work.config, "loss.kind", "spike_count_mse"));
    assert_false(sg_has_probabilities(work.config));
    assert_int_equal(sg_probabilities(work.config, outputs, 2, p), SG_ARGUMENT);
    close_subject(&work);
}

/* Outputs that are not finite are no answer. */
static void infinite_outputs_are_refused(void **state) {
    static float weights[INPUTS * 30];
    double outputs[CLASSES];
    uint32_t predicted;
    subject work;
    (void)state;
    open_subject(&work, plain, 1);
    sg_network *network = work.network;
    OK(sg_network_get_weights(network, 1, weights));
    for (size_t i = 0; i < 30 * CLASSES; i++)
        weights[i] = 3e38f;
    OK(sg_network_set_weights(network, 1, weights));
    for (size_t i = 0; i < (size_t)INPUTS * 30; i++)
        weights[i] = 4;
    OK(sg_network_set_weights(network, 0, weights));
    assert_int_equal(sg_predict(network, work.config, work.events, work.samples, 1, 1, outputs, NULL), SG_DIVERGED);
    assert_non_null(strstr(sg_error_message(), "an output is not a finite number: "));
    assert_int_equal(sg_predict(network, work.config, work.events, work.samples, 1, 1, NULL, &predicted), SG_DIVERGED);
    close_subject(&work);
}

/* Many samples and layers at once are what one at a time is; a neuron fires where its membrane is above threshold. */
static void records_are_those_of_single_samples(void **state) {
    enum { SHOWN = 7, N0 = 40, N1 = 20, SIZE0 = SHOWN * STEPS * N0, SIZE1 = SHOWN * STEPS * N1 };
    static uint8_t raster[SIZE0], second[SIZE1], one_raster[STEPS * N0];
    static float membrane[SIZE0], current[SIZE0], adaptation[SIZE0], one_membrane[STEPS * N0];
    const sg_layer_record records[] = {{0, raster, membrane, current, adaptation}, {.layer = 1, .raster = second}};
    uint32_t samples[SHOWN];
    size_t spikes = 0, second_spikes = 0, adapted = 0;
    subject work;
    (void)state;
    open_subject(&work, rich, 1);
    for (uint32_t s = 0; s < SHOWN; s++)
        samples[s] = 3 * s;
    OK(sg_network_record(work.network, work.events, samples, SHOWN, 2, records, 2));
    for (size_t s = 0; s < SHOWN; s++) {
        OK(sg_network_raster(work.network, work.events, samples[s], 0, one_raster));
        OK(sg_network_membrane(work.network, work.events, samples[s], 0, one_membrane));
        assert_memory_equal(raster + s * STEPS * N0, one_raster, sizeof one_raster);
        assert_memory_equal(membrane + s * STEPS * N0, one_membrane, sizeof one_membrane);
    }
    for (size_t j = 0; j < SIZE0; j++) {
        spikes += raster[j];
        adapted += adaptation[j] != 0;
        assert_true(!raster[j] || membrane[j] > 1);
        assert_true(isfinite(current[j]));
    }
    for (size_t j = 0; j < SIZE1; j++)
        second_spikes += second[j];
    assert_true(spikes > 20 && second_spikes > 0 && adapted > 0);
    const sg_layer_record wrong = {.layer = 3};
    assert_int_equal(sg_network_record(work.network, work.events, samples, SHOWN, 2, &wrong, 1), SG_ARGUMENT);
    close_subject(&work);
}

/* Both gradients are made of dL/dx: that of weight (i, n) sums s(t, i) dL/dx(t, n) over steps, that of input (t, i)
 * sums W(i, n) dL/dx(t, n) over neurons. So the sum over t of s(t, i) dL/ds(t, i) is the sum over n of W(i, n) dL/dW(i,
 * n). */
static void input_gradients_agree_with_those_of_weights(void **state) {
    const char *const networks[] = {plain, rich};
    const char *const memories[] = {"0 MB", "0 MB", "0.013 MB", "0.08 MB"}; /* the latter cut time into chunks */
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        static float by_inputs[SAMPLES * STEPS * INPUTS], weights[ROOM], gradient[ROOM];
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        subject work;
        open_subject(&work, networks[i % 2], 1);
        sg_network_free(work.network);
        sg_trainer_free(work.trainer);
        OK(sg_config_set(work.config, "memory", memories[i]));
        if (i % 2 == 1)
            OK(sg_config_set(work.config, "layers.1.link.dropout", "0"));
        OK(sg_network_create(work.config, INPUTS, &work.network));
        OK(sg_trainer_create(work.network, work.config, 1, &work.trainer));
        OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &batch));
        OK(sg_trainer_get_gradient(work.trainer, 0, gradient));
        OK(sg_network_get_weights(work.network, 0, weights));
        OK(sg_network_layer(work.network, 0, &layer));
        OK(sg_input_gradients(work.network, work.config, work.events, work.samples, SAMPLES, 1, NULL, by_inputs));
        const sg_events_view view = sg_events_get(work.events);
        double largest = 0;
        for (size_t c = 0; c < INPUTS; c++) {
            double left = 0, right = 0;
            for (size_t s = 0; s < SAMPLES; s++)
                for (uint64_t e = view.first[s]; e < view.first[s + 1]; e++)
                    if (view.channel[e] == c)
                        left += by_inputs[(s * STEPS + view.step[e]) * INPUTS + c];
            for (size_t n = 0; n < layer.neurons; n++)
                right += (double)weights[c * layer.neurons + n] * SAMPLES * (double)gradient[c * layer.neurons + n];
            largest = fmax(largest, fabs(right));
            if (fabs(left - right) > 1e-4 * (1 + fabs(right)))
                fail_msg("network %zu, channel %zu: %g, expected %g", i, c, left, right);
        }
        assert_true(largest > 1e-3);
        close_subject(&work);
    }
}

/* ------------------------------------------------------------------------------------------------- keeping */

static void a_trainer_goes_on_from_its_file(void **state) {
    char path[] = "trainer-XXXXXX";
    subject whole, first, second;
    (void)state;
    assert_true(close(mkstemp(path)) == 0);
    open_subject(&whole, rich, 1);
    open_subject(&first, rich, 1);
    open_subject(&second, rich, 1);
    for (int k = 0; k < STEPS_TRAINED; k++)
        step(&first);
    OK(sg_trainer_save(first.trainer, first.config, path));
    step(&second); /* which the file must undo */
    OK(sg_trainer_load(second.trainer, path));
    assert_int_equal(sg_trainer_steps(second.trainer), STEPS_TRAINED);
    for (int k = 0; k < STEPS_TRAINED; k++)
        step(&second);
    for (int k = 0; k < 2 * STEPS_TRAINED; k++)
        step(&whole);
    assert_same_networks(whole.network, second.network);

    subject other;
    open_subject(&other, plain, 1);
    sg_network *before;
    OK(sg_network_copy(other.network, &before));
    assert_int_equal(sg_trainer_load(other.trainer, path), SG_MODEL);
    assert_same_networks(other.network, before);
    sg_network_free(before);
    remove(path);
    assert_int_equal(sg_trainer_load(other.trainer, path), SG_MODEL);
    close_subject(&other);
    close_subject(&whole);
    close_subject(&first);
    close_subject(&second);
}

static void a_copied_network_lives_on_its_own(void **state) {
    uint32_t expected[SAMPLES], found[SAMPLES];
    subject work;
    sg_network *copy;
    (void)state;
    open_subject(&work, rich, 1);
    step(&work);
    OK(sg_network_copy(work.network, &copy));
    assert_same_networks(work.network, copy);
    OK(sg_predict(work.network, work.config, work.events, work.samples, SAMPLES, 1, NULL, expected));
    for (int k = 0; k < STEPS_TRAINED; k++)
        step(&work);
    OK(sg_predict(copy, work.config, work.events, work.samples, SAMPLES, 1, NULL, found));
    assert_memory_equal(expected, found, sizeof found);
    close_subject(&work);
    sg_network_free(copy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_gradient_and_apply),
        cmocka_unit_test(a_gradient_is_applied_once),
        cmocka_unit_test(a_gradient_can_be_set),
        cmocka_unit_test(sizes_of_structs_are_minded),
        cmocka_unit_test(an_own_loss_begins_the_gradient),
        cmocka_unit_test(wrong_derivatives_are_refused),
        cmocka_unit_test(predictions_are_those_of_the_evaluation),
        cmocka_unit_test(samples_without_a_label_are_predicted_alone),
        cmocka_unit_test(probabilities_are_a_softmax),
        cmocka_unit_test(infinite_outputs_are_refused),
        cmocka_unit_test(records_are_those_of_single_samples),
        cmocka_unit_test(input_gradients_agree_with_those_of_weights),
        cmocka_unit_test(a_trainer_goes_on_from_its_file),
        cmocka_unit_test(a_copied_network_lives_on_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

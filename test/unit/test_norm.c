/* labels: threads */
/* Normalisation through time: mean and variance written out in double precision, as PyTorch's BatchNorm has them over
 * (B, T); and networks in evaluation, against those without it whose weights and bias have taken it in. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

enum { SAMPLES = 12, STEPS = 10, INPUTS = 18, OUTPUTS = 3, HIDDEN = 20, ROOM = 1 << 14 };

/* Whatever a test needs. */
typedef struct subject {
    sg_events *events;
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t samples[SAMPLES];
} subject;

static void open_subject(subject *work, const char *yaml, sg_shape shape, int threads) {
    OK(sg_config_parse("test", yaml, strlen(yaml), &work->config));
    OK(sg_network_create_shaped(work->config, shape, &work->network));
    OK(sg_trainer_create(work->network, work->config, threads, &work->trainer));
    sg_events *drawn = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 60});
    sg_events_view view = sg_events_get(drawn);
    view.shape = shape;
    OK(sg_events_create(&view, &work->events));
    sg_events_free(drawn);
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
}

static void close_subject(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* ------------------------------------------------------------------------------------------- written out in doubles */

/* What the batch has in one channel of a row, of `count` numbers. */
typedef struct moments {
    double mean, variance; /* without a correction */
    size_t count;
} moments;

/* x[s][t][n] = sum over spikes of W, of all samples. */
static double *weigh(const subject *work, const float *weights, size_t neurons) {
    const sg_events_view view = sg_events_get(work->events);
    double *x = calloc((size_t)SAMPLES * STEPS * neurons, sizeof *x);
    assert_non_null(x);
    for (size_t s = 0; s < SAMPLES; s++)
        for (uint64_t e = view.first[s]; e < view.first[s + 1]; e++)
            for (size_t n = 0; n < neurons; n++)
                x[(s * STEPS + view.step[e]) * neurons + n] += (double)weights[view.channel[e] * neurons + n];
    return x;
}

/* Of neuron n in all steps (`row` STEPS) or in one. Two passes, unlike the library. */
static moments moments_of(const double *x, size_t neurons, size_t n, size_t row) {
    const size_t begin = row == STEPS ? 0 : row, end = row == STEPS ? STEPS : row + 1;
    moments found = {.count = SAMPLES * (end - begin)};
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t t = begin; t < end; t++)
            found.mean += x[(s * STEPS + t) * neurons + n] / (double)found.count;
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t t = begin; t < end; t++)
            found.variance += pow(x[(s * STEPS + t) * neurons + n] - found.mean, 2) / (double)found.count;
    return found;
}

/* ----------------------------------------------------------------------------------------- folded into weights and
 * bias */

/* The weights (rows, C) of layer l times the factor of each channel, and its bias: y = (x - mean) factor + shift. */
static void fold(const sg_network *from, sg_network *to, size_t l, size_t rows, size_t channels, const double *mean,
                 const double *variance, double gain) {
    static float weights[ROOM], scale[ROOM], shift[ROOM], bias[ROOM];
    OK(sg_network_get_group(from, l, "weights", weights));
    OK(sg_network_get_group(from, l, "norm_scale", scale));
    OK(sg_network_get_group(from, l, "norm_shift", shift));
    for (size_t c = 0; c < channels; c++) {
        const double factor = gain * (double)scale[c] / sqrt(variance[c] + 1e-5);
        for (size_t i = 0; i < rows; i++)
            weights[i * channels + c] = (float)((double)weights[i * channels + c] * factor);
        bias[c] = (float)((double)shift[c] - mean[c] * factor);
    }
    OK(sg_network_set_group(to, l, "weights", weights));
    OK(sg_network_set_group(to, l, "bias", bias));
}

/* The same by what the network has kept. */
static void fold_kept(const sg_network *from, sg_network *to, size_t l, size_t rows, size_t channels, double gain) {
    static float mean[ROOM], variance[ROOM];
    static double means[ROOM], variances[ROOM];
    OK(sg_network_get_group(from, l, "norm_mean", mean));
    OK(sg_network_get_group(from, l, "norm_variance", variance));
    for (size_t c = 0; c < channels; c++) {
        means[c] = (double)mean[c];
        variances[c] = (double)variance[c];
    }
    fold(from, to, l, rows, channels, means, variances, gain);
}

/* The subject's network without normalisation. */
static sg_network *plain_network(const char *yaml, sg_shape shape, sg_config **config) {
    sg_network *network;
    OK(sg_config_parse("plain", yaml, strlen(yaml), config));
    OK(sg_network_create_shaped(*config, shape, &network));
    return network;
}

static void predict(const subject *work, const sg_network *network, const sg_config *config, double *outputs) {
    OK(sg_predict(network, config, work->events, work->samples, SAMPLES, 2, outputs, NULL));
}

static void assert_near(const double *a, const double *b, size_t count, double tolerance) {
    for (size_t j = 0; j < count; j++)
        if (!(fabs(a[j] - b[j]) <= tolerance))
            fail_msg("number %zu: %.9g and %.9g", j, a[j], b[j]);
}

static const sg_shape flat = {INPUTS, 1, 1};

#define READ_OUT "neuron: {kind: li, tau_mem: 5 ms}}\n"
#define HEAD     "steps: 10\nbatch: 12\nloss: {kind: mean_ce}\noptimiser: {lr: 0.02}\nlayers:\n"

static const char *const one_layer = HEAD "  - {size: 3, link: {sd: 0.5, norm: tdbn}, " READ_OUT;
static const char *const one_plain = HEAD "  - {size: 3, link: {sd: 0.5, bias: true}, " READ_OUT;
static const char *const by_step = HEAD "  - {size: 3, link: {sd: 0.5, norm: bntt}, " READ_OUT;

/* Training's outputs are those of weights that have taken the batch's mean and variance in. What is kept moves by a
 * tenth towards them, the variance without bias. */
static void a_batch_is_normalised_as_pytorch_does(void **state) {
    static float weights[INPUTS * OUTPUTS], kept_mean[OUTPUTS], kept_variance[OUTPUTS];
    double found[SAMPLES * OUTPUTS], expected[SAMPLES * OUTPUTS], mean[OUTPUTS], variance[OUTPUTS];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_config *config;
    subject work;
    (void)state;
    open_subject(&work, one_layer, flat, 2);
    sg_network *plain = plain_network(one_plain, flat, &config);
    OK(sg_network_get_weights(work.network, 0, weights));
    double *x = weigh(&work, weights, OUTPUTS);
    for (size_t n = 0; n < OUTPUTS; n++) {
        const moments of = moments_of(x, OUTPUTS, n, STEPS);
        mean[n] = of.mean;
        variance[n] = of.variance;
    }
    fold(work.network, plain, 0, INPUTS, OUTPUTS, mean, variance, 1);
    OK(sg_trainer_forward(work.trainer, work.events, work.samples, SAMPLES, found, &result));
    predict(&work, plain, config, expected);
    assert_near(found, expected, SAMPLES * OUTPUTS, 1e-6);
    OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &result));
    OK(sg_network_get_group(work.network, 0, "norm_mean", kept_mean));
    OK(sg_network_get_group(work.network, 0, "norm_variance", kept_variance));
    for (size_t n = 0; n < OUTPUTS; n++) {
        const double count = SAMPLES * STEPS;
        assert_true(fabs((double)kept_mean[n] - 0.1 * mean[n]) < 1e-7);
        assert_true(fabs((double)kept_variance[n] - (0.9 + 0.1 * variance[n] * count / (count - 1))) < 1e-6);
    }
    free(x);
    sg_network_free(plain);
    sg_config_free(config);
    close_subject(&work);
}

/* Each step apart, which no weights can take in: of the kept numbers, those of a step are the batch's of it. */
static void steps_are_normalised_apart(void **state) {
    static float weights[INPUTS * OUTPUTS], kept[2][STEPS * OUTPUTS];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    subject work;
    (void)state;
    open_subject(&work, by_step, flat, 2);
    OK(sg_network_get_weights(work.network, 0, weights));
    double *x = weigh(&work, weights, OUTPUTS);
    OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &result));
    OK(sg_network_get_group(work.network, 0, "norm_mean", kept[0]));
    OK(sg_network_get_group(work.network, 0, "norm_variance", kept[1]));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t n = 0; n < OUTPUTS; n++) {
            const moments of = moments_of(x, OUTPUTS, n, t);
            const double unbiased = of.variance * SAMPLES / (SAMPLES - 1.0);
            assert_true(fabs((double)kept[0][t * OUTPUTS + n] - 0.1 * of.mean) < 1e-7);
            assert_true(fabs((double)kept[1][t * OUTPUTS + n] - (0.9 + 0.1 * unbiased)) < 1e-6);
        }
    free(x);
    close_subject(&work);
}

#define HIDDEN_NEURONS "neuron: {threshold: 0.7, tau_mem: 8 ms, tau_syn: 3 ms}}\n"

static const struct {
    const char *normed, *plain;
    sg_shape shape;
    size_t rows, channels;
} folded[] = {
    {HEAD "  - {size: 20, link: {sd: 0.5, norm: tdbn}, " HIDDEN_NEURONS
          "  - {size: 3, link: {sd: 0.5, norm: tdbn}, " READ_OUT,
     HEAD "  - {size: 20, link: {sd: 0.5, bias: true}, " HIDDEN_NEURONS
          "  - {size: 3, link: {sd: 0.5, bias: true}, " READ_OUT,
     {INPUTS, 1, 1},
     INPUTS,
     HIDDEN},
    {HEAD "  - {link: {kind: conv2d, channels: 5, kernel: 2, sd: 0.5, norm: tdbn}, " HIDDEN_NEURONS
          "  - {size: 3, link: {sd: 0.5, norm: tdbn}, " READ_OUT,
     HEAD "  - {link: {kind: conv2d, channels: 5, kernel: 2, sd: 0.5, bias: true}, " HIDDEN_NEURONS
          "  - {size: 3, link: {sd: 0.5, bias: true}, " READ_OUT,
     {2, 3, 3},
     8,
     5},
};

/* dL/dinputs of both networks; the mean and variance that were kept are constant. */
static void assert_same_input_gradients(const subject *work, const sg_network *plain, const sg_config *config) {
    static float found[SAMPLES * STEPS * INPUTS], expected[SAMPLES * STEPS * INPUTS];
    float largest = 0;
    OK(sg_input_gradients(work->network, work->config, work->events, work->samples, SAMPLES, 2, NULL, found));
    OK(sg_input_gradients(plain, config, work->events, work->samples, SAMPLES, 2, NULL, expected));
    for (size_t j = 0; j < SAMPLES * STEPS * INPUTS; j++)
        largest = fmaxf(largest, fabsf(expected[j]));
    assert_true(largest > 0);
    for (size_t j = 0; j < SAMPLES * STEPS * INPUTS; j++)
        if (!(fabsf(found[j] - expected[j]) <= 1e-4f * largest))
            fail_msg("dL/dinputs %zu: %.9g and %.9g", j, (double)found[j], (double)expected[j]);
}

/* After some training, an evaluation is that of weights and bias that have taken the kept numbers in. */
static void an_evaluation_equals_the_folded_network(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof folded / sizeof *folded; i++) {
        double found[SAMPLES * OUTPUTS], expected[SAMPLES * OUTPUTS];
        sg_batch_result result = SG_SIZED(sg_batch_result);
        sg_config *config;
        subject work;
        open_subject(&work, folded[i].normed, folded[i].shape, 2);
        for (int step = 0; step < 20; step++)
            OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &result));
        sg_network *plain = plain_network(folded[i].plain, folded[i].shape, &config);
        fold_kept(work.network, plain, 0, folded[i].rows, folded[i].channels, 0.7);
        fold_kept(work.network, plain, 1, i == 0 ? HIDDEN : 5 * 4, OUTPUTS, 1);
        predict(&work, work.network, work.config, found);
        predict(&work, plain, config, expected);
        assert_near(found, expected, SAMPLES * OUTPUTS, 1e-5);
        assert_same_input_gradients(&work, plain, config);
        sg_network_free(plain);
        sg_config_free(config);
        close_subject(&work);
    }
}

/* ------------------------------------------------------------------------------------------------------ the same bits
 */

static const char *const rich =
    "steps: 10\nbatch: 12\nloss: {kind: mean_ce}\noptimiser: {lr: 0.02}\nregularise: {upper: 0.1, upper_rate: "
    "1}\nlayers:\n"
    "  - {size: 20, link: {sd: 0.5, norm: bntt, dropout: 0.2}, recurrent: {from: own, sd: 0.2}, " HIDDEN_NEURONS
    "  - {size: 40, link: {sd: 0.5, norm: tdbn}, " HIDDEN_NEURONS
    "  - {size: 3, link: {sd: 0.5, norm: tdbn}, " READ_OUT;

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

static void train(subject *work, int steps) {
    sg_batch_result result = SG_SIZED(sg_batch_result);
    for (int i = 0; i < steps; i++)
        OK(sg_trainer_step(work->trainer, work->events, work->samples, i % 2 ? SAMPLES : SAMPLES / 2, &result));
}

static void threads_do_not_matter(void **state) {
    static float one[ROOM], other[ROOM];
    (void)state;
    for (int threads = 1; threads <= 5; threads += 2) {
        subject work;
        open_subject(&work, rich, flat, threads);
        train(&work, 6);
        const size_t count = parameters_of(work.network, threads == 1 ? one : other);
        if (threads > 1)
            assert_memory_equal(one, other, count * sizeof *one);
        close_subject(&work);
    }
}

static void a_loaded_trainer_goes_on_to_the_same_bits(void **state) {
    static float one[ROOM], other[ROOM];
    const char *path = "norm_checkpoint.h5";
    subject whole, cut;
    (void)state;
    open_subject(&whole, rich, flat, 2);
    open_subject(&cut, rich, flat, 1);
    train(&whole, 4);
    OK(sg_trainer_save(whole.trainer, whole.config, path));
    OK(sg_trainer_load(cut.trainer, path));
    remove(path);
    train(&whole, 3);
    train(&cut, 3);
    const size_t count = parameters_of(whole.network, one);
    assert_int_equal(count, parameters_of(cut.network, other));
    assert_memory_equal(one, other, count * sizeof *one);
    close_subject(&whole);
    close_subject(&cut);
}

/* A gradient alone leaves what is kept as it was. */
static void a_gradient_keeps_nothing(void **state) {
    static float before[ROOM], after[ROOM];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    subject work;
    (void)state;
    open_subject(&work, rich, flat, 2);
    const size_t count = parameters_of(work.network, before);
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples, SAMPLES, &result));
    parameters_of(work.network, after);
    assert_memory_equal(before, after, count * sizeof *before);
    close_subject(&work);
}

/* -------------------------------------------------------------------------------------------------------- refusals */

static const struct {
    const char *key, *value, *says;
} refused[] = {
    {"layers.0.link.bias", "true", "layers.0.link.bias"},
    {"rule", "eprop", "layers.0.link.norm"},
    {"rule", "ottt", "layers.0.link.norm"},
    {"batch", "1", "layers.0.link.norm"},
};

static void what_does_not_go_with_it_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        sg_config *config;
        OK(sg_config_parse("test", by_step, strlen(by_step), &config));
        OK(sg_config_set(config, refused[i].key, refused[i].value));
        assert_int_equal(sg_config_check(config), SG_CONFIG);
        if (strncmp(sg_error_message(), refused[i].says, strlen(refused[i].says)) != 0)
            fail_msg("%s", sg_error_message());
        sg_config_free(config);
    }
}

static void a_batch_that_has_no_places_is_refused(void **state) {
    static uint32_t samples[3 * SAMPLES];
    sg_batch_result result = SG_SIZED(sg_batch_result);
    subject work;
    (void)state;
    open_subject(&work, one_layer, flat, 1);
    OK(sg_trainer_gradient(work.trainer, work.events, samples, 2 * SAMPLES, &result));
    assert_int_equal(sg_trainer_gradient(work.trainer, work.events, samples, 2 * SAMPLES + 1, &result), SG_ARGUMENT);
    close_subject(&work);
}

static void a_negative_variance_is_refused(void **state) {
    const float variance[OUTPUTS] = {1, 0, -0.5f};
    subject work;
    (void)state;
    open_subject(&work, one_layer, flat, 1);
    assert_int_equal(sg_network_set_group(work.network, 0, "norm_variance", variance), SG_ARGUMENT);
    close_subject(&work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_normalised_as_pytorch_does),
        cmocka_unit_test(steps_are_normalised_apart),
        cmocka_unit_test(an_evaluation_equals_the_folded_network),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(a_loaded_trainer_goes_on_to_the_same_bits),
        cmocka_unit_test(a_gradient_keeps_nothing),
        cmocka_unit_test(what_does_not_go_with_it_is_refused),
        cmocka_unit_test(a_batch_that_has_no_places_is_refused),
        cmocka_unit_test(a_negative_variance_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

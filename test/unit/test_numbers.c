/* labels: threads */
/* Numbers in the place of spikes: equal to spikes where they are 1, constant ones equal to frames that repeat, and
 * the same bits for any number of threads, set of kernels and cut of time. */
#include "base/shape.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "folder.h"
#include "ok.h"

enum { SAMPLES = 21, STEPS = 30, MOST = 1 << 21 };

/* -------------------------------------------------------------------------------------------------------- stores */

/* Numbers, or ones, of samples of three classes, most of them in the class's own third of the channels:
 * (samples, rows, I). */
static float *draw(size_t rows, size_t inputs, bool are_ones) {
    const size_t count = SAMPLES * rows * inputs;
    float *values = count < MOST ? calloc(count, sizeof *values) : NULL;
    uint32_t state = 7;
    assert_non_null(values);
    for (size_t j = 0; j < count; j++) {
        const size_t label = j / (rows * inputs) % 3, own = j % inputs * 3 / inputs;
        const uint32_t drawn = drawn_number(&state) % 1000;
        if (drawn < (own == label ? 400u : 100u))
            values[j] = are_ones ? 1 : (float)drawn / 200 - 0.25f;
    }
    return values;
}

typedef struct store {
    uint64_t first[SAMPLES + 1];
    uint16_t *step;
    uint32_t *channel, label[SAMPLES];
    float *value;
    sg_events_view view;
    sg_events_details details;
} store;

/* `values` (samples, rows, I), each row for one step. */
static store store_of(const float *values, size_t rows, sg_shape shape) {
    store s = {.details = SG_SIZED(sg_events_details)};
    const size_t inputs = (size_t)sg_shape_size(shape), most = SAMPLES * rows * inputs;
    size_t count = 0;
    s.step = calloc(most + 1, sizeof *s.step);
    s.channel = calloc(most + 1, sizeof *s.channel);
    s.value = calloc(most + 1, sizeof *s.value);
    assert_true(s.step && s.channel && s.value);
    for (size_t j = 0; j < SAMPLES * rows * inputs; j++) {
        s.step[count] = (uint16_t)(j / inputs % rows);
        s.channel[count] = (uint32_t)(j % inputs);
        s.value[count] = values[j];
        count += values[j] != 0;
        s.first[j / (rows * inputs) + 1] = count;
    }
    for (uint32_t i = 0; i < SAMPLES; i++)
        s.label[i] = i % 3;
    s.view = (sg_events_view){SAMPLES, STEPS, (uint32_t)inputs, 3, NULL, s.step, s.channel, NULL, 1, shape, NULL};
    return s;
}

static sg_status create(store *s, bool numbers, sg_events **events) {
    s->view.first = s->first;
    s->view.label = s->label;
    s->details.value = numbers ? s->value : NULL;
    return sg_events_create_detailed(&s->view, &s->details, events);
}

static void free_store(store *s) {
    free(s->step), free(s->channel), free(s->value);
}

static sg_events *events_of(const float *values, size_t rows, sg_shape shape, bool numbers) {
    sg_events *events;
    store s = store_of(values, rows, shape);
    s.details.constant = rows == 1;
    OK(create(&s, numbers, &events));
    free_store(&s);
    return events;
}

/* ------------------------------------------------------------------------------------------------------ networks */

/* A network, and how it is trained. */
typedef struct subject {
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    uint32_t samples[SAMPLES];
} subject;

typedef struct example {
    sg_shape in;
    const char *layers;
} example;

#define NEURON   "    neuron: {kind: cuba_lif}\n    surrogate: {kind: fast_sigmoid, k: 5}\n"
#define READ_OUT "  - size: 3\n    neuron: {kind: li}\n"

/* Each way to compute a first layer, in several blocks: fused, with bias and dropout; recurrent; of trained neurons;
 * and convolutions. */
static const example examples[] = {
    {{30, 1, 1}, "layers:\n  - size: 150\n    link: {sd: 0.3}\n" NEURON READ_OUT},
    {{30, 1, 1}, "layers:\n  - size: 150\n    link: {sd: 0.3, bias: true, dropout: 0.2}\n" NEURON READ_OUT},
    {{30, 1, 1},
     "layers:\n  - size: 140\n    link: {sd: 0.3, dropout: 0.1}\n    recurrent: {from: own, weights: normal, sd: "
     "0.05}\n" NEURON READ_OUT},
    {{30, 1, 1},
     "layers:\n  - size: 20\n    link: {sd: 0.3}\n    neuron: {kind: alif, train: {tau_mem: true}}\n" READ_OUT},
    {{2, 6, 7},
     "layers:\n  - link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, bias: true, sd: 0.4, dropout: 0.1}\n" NEURON
     "  - size: 3\n    link: {pool: sum}\n    neuron: {kind: li}\n"},
    {{4, 1, 40},
     "layers:\n  - link: {kind: conv1d, channels: 4, kernel: 3, stride: 2, groups: 2, sd: 0.5}\n"
     "    neuron: {kind: lif, reset: subtract}\n" READ_OUT},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static subject set_up(const char *layers, sg_events *events, int threads, const char *memory) {
    char text[1024];
    subject work = {.events = events};
    int size = snprintf(text, sizeof text, "seed: 5\nsteps: %d\nloss: {kind: mean_ce}\n%s", STEPS, layers);
    assert_true(size > 0 && (size_t)size < sizeof text);
    OK(sg_config_parse("numbers", text, (size_t)size, &work.config));
    OK(sg_config_set(work.config, "memory", memory));
    for (uint32_t s = 0; s < SAMPLES; s++)
        work.samples[s] = s;
    OK(sg_network_create_shaped(work.config, sg_events_get(events).shape, &work.network));
    OK(sg_trainer_create(work.network, work.config, threads, &work.trainer));
    return work;
}

static void tear_down(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* All parameters, or their gradients, one group after the other. */
static size_t take(const subject *work, bool gradients, float *values) {
    sg_group_info info = SG_SIZED(sg_group_info);
    size_t count = 0;
    for (size_t l = 0; l < sg_network_layers(work->network); l++)
        for (size_t g = 0; sg_network_group(work->network, l, g, &info) == SG_OK; g++) {
            assert_true(count + info.rows * info.columns <= MOST);
            if (gradients)
                OK(sg_trainer_get_gradient_of(work->trainer, l, info.name, values + count));
            else
                OK(sg_network_get_group(work->network, l, info.name, values + count));
            count += info.rows * info.columns;
        }
    return count;
}

static void assert_near(const float *found, const float *expected, size_t count) {
    double largest = 0;
    for (size_t j = 0; j < count; j++)
        largest = fmax(largest, fabs((double)expected[j]));
    assert_true(largest > 0);
    for (size_t j = 0; j < count; j++)
        if (!(fabs((double)found[j] - (double)expected[j]) <= 1e-5 * largest))
            fail_msg("number %zu is %g, expected %g", j, (double)found[j], (double)expected[j]);
}

/* The two have the same loss and spikes, and gradients that differ by rounding alone. */
static void assert_alike(const char *layers, sg_events *one, sg_events *other) {
    static float found[MOST], expected[MOST];
    subject a = set_up(layers, one, 1, "0 MB"), b = set_up(layers, other, 1, "0 MB");
    sg_batch_result of_a = SG_SIZED(sg_batch_result), of_b = SG_SIZED(sg_batch_result);
    uint64_t fired_a, fired_b;
    OK(sg_trainer_gradient(a.trainer, a.events, a.samples, SAMPLES, &of_a));
    OK(sg_trainer_gradient(b.trainer, b.events, b.samples, SAMPLES, &of_b));
    OK(sg_trainer_spikes(a.trainer, 0, &fired_a));
    OK(sg_trainer_spikes(b.trainer, 0, &fired_b));
    assert_true(fired_a > SAMPLES && fired_a == fired_b);
    assert_true(of_a.loss == of_b.loss);
    assert_near(found, expected, (take(&a, true, expected), take(&b, true, found)));
    tear_down(&a);
    tear_down(&b);
}

static void ones_are_spikes(void **state) {
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const size_t inputs = (size_t)sg_shape_size(examples[i].in);
        float *values = draw(STEPS, inputs, true);
        assert_alike(examples[i].layers, events_of(values, STEPS, examples[i].in, false),
                     events_of(values, STEPS, examples[i].in, true));
        free(values);
    }
}

static void constant_numbers_are_frames_that_repeat(void **state) {
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const size_t inputs = (size_t)sg_shape_size(examples[i].in);
        float *row = draw(1, inputs, false), *all = calloc(SAMPLES * STEPS * inputs, sizeof *all);
        assert_non_null(all);
        for (size_t s = 0; s < SAMPLES; s++)
            for (size_t t = 0; t < STEPS; t++)
                memcpy(all + (s * STEPS + t) * inputs, row + s * inputs, inputs * sizeof *row);
        assert_alike(examples[i].layers, events_of(all, STEPS, examples[i].in, true),
                     events_of(row, 1, examples[i].in, true));
        free(row);
        free(all);
    }
}

/* ------------------------------------------------------------------------------------------------- the same bits */

typedef struct result {
    float values[MOST];
    double loss;
    sg_evaluation evaluation;
} result;

static void train(result *r, const example *e, size_t rows, int threads, const char *memory) {
    float *values = draw(rows, (size_t)sg_shape_size(e->in), false);
    subject work = set_up(e->layers, events_of(values, rows, e->in, true), threads, memory);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    memset(r, 0, sizeof *r);
    for (size_t k = 0; k < 4; k++)
        OK(sg_trainer_step(work.trainer, work.events, work.samples + k, SAMPLES - 2 * k, &batch));
    r->loss = batch.loss;
    r->evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, threads, &r->evaluation, NULL, NULL));
    take(&work, false, r->values);
    tear_down(&work);
    free(values);
}

static void assert_same(const result *a, const result *b) {
    assert_memory_equal(a->values, b->values, sizeof a->values);
    assert_true(a->loss == b->loss && a->evaluation.loss == b->evaluation.loss);
}

/* The smallest memory that is enough cuts time into as short chunks as there are. */
static const char *least_memory(const example *e, size_t rows) {
    static char memory[32];
    float *values = draw(rows, (size_t)sg_shape_size(e->in), false);
    sg_events *events = events_of(values, rows, e->in, true);
    subject work = set_up(e->layers, events, 1, "0 MB");
    sg_trainer *trainer = NULL;
    sg_status status = SG_CONFIG;
    for (int kb = 2; status != SG_OK && kb < 100000; kb += kb / 8 + 1) {
        snprintf(memory, sizeof memory, "%d kB", kb);
        OK(sg_config_set(work.config, "memory", memory));
        sg_network_free(work.network);
        OK(sg_network_create_shaped(work.config, e->in, &work.network));
        status = sg_trainer_create(work.network, work.config, 1, &trainer);
        sg_trainer_free(trainer);
    }
    OK(status);
    tear_down(&work);
    free(values);
    return memory;
}

static void the_same_bits(const example *e, size_t rows) {
    static result whole, other;
    const char *levels[] = {"scalar", "avx2", "avx512", "neon"};
    train(&whole, e, rows, 1, "0 MB");
    train(&other, e, rows, 3, "0 MB");
    assert_same(&whole, &other);
    train(&other, e, rows, 1, least_memory(e, rows));
    assert_same(&whole, &other);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (sg_set_cpu(levels[i]) == SG_OK) {
            train(&other, e, rows, 2, "0 MB");
            assert_same(&whole, &other);
        }
    OK(sg_set_cpu(NULL));
}

static void frames_give_the_same_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++)
        the_same_bits(&examples[i], STEPS);
}

static void constant_numbers_give_the_same_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++)
        the_same_bits(&examples[i], 1);
}

/* A first layer that is trained block by block. */
static void a_wide_layer_gives_the_same_bits(void **state) {
    (void)state;
    static const example wide = {{1600, 1, 1}, "layers:\n  - size: 640\n    link: {sd: 0.05}\n" NEURON READ_OUT};
    static result one, other;
    for (size_t rows = 1; rows <= STEPS; rows += STEPS - 1) {
        train(&one, &wide, rows, 1, "0 MB");
        train(&other, &wide, rows, 3, "0 MB");
        assert_same(&one, &other);
    }
}

/* ----------------------------------------------------------------------------------------------------- gradients */

/* Without spikes the loss is smooth in the numbers, so that differences tell its gradient. */
static double loss_of(const subject *work, uint32_t sample) {
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(work->network, work->config, work->events, &sample, 1, 1, &evaluation, NULL, NULL));
    return evaluation.loss;
}

static void gradients_by_numbers_are_those_of_differences(void **state) {
    (void)state;
    enum { INPUTS = 6 };
    const sg_shape shape = {INPUTS, 1, 1};
    const char *layers = "layers:\n  - size: 3\n    link: {sd: 0.5}\n    neuron: {kind: li}\n";
    const float way = 0.005f;
    for (size_t rows = 1; rows <= STEPS; rows += STEPS - 1) {
        static float by_inputs[STEPS * INPUTS];
        float *values = draw(rows, INPUTS, false);
        subject work = set_up(layers, events_of(values, rows, shape, true), 1, "0 MB");
        OK(sg_input_gradients(work.network, work.config, work.events, work.samples + 4, 1, 1, NULL, by_inputs));
        for (size_t j = 0; j < rows * INPUTS; j++) {
            double found = 0, loss[2];
            float *value = &values[4 * rows * INPUTS + j];
            const float before = *value;
            for (size_t t = 0; t < (rows == 1 ? STEPS : 1); t++)
                found += (double)by_inputs[t * INPUTS + j];
            for (int side = 0; side < 2; side++) {
                *value = before + (side ? way : -way);
                sg_events_free(work.events);
                work.events = events_of(values, rows, shape, true);
                loss[side] = loss_of(&work, 4);
            }
            *value = before;
            const double expected = (loss[1] - loss[0]) / (2 * (double)way);
            if (fabs(found - expected) > 2e-3 * fmax(fabs(expected), 0.01))
                fail_msg("number %zu of %zu rows: %g, expected %g", j, rows, found, expected);
        }
        tear_down(&work);
        free(values);
    }
}

/* --------------------------------------------------------------------------------------------------------- files */

static void assert_same_store(const sg_events *a, const sg_events *b) {
    const sg_events_view of_a = sg_events_get(a), of_b = sg_events_get(b);
    sg_events_details more_a = SG_SIZED(sg_events_details), more_b = SG_SIZED(sg_events_details);
    const size_t count = (size_t)of_a.first[of_a.samples];
    OK(sg_events_get_details(a, &more_a));
    OK(sg_events_get_details(b, &more_b));
    assert_memory_equal(of_a.first, of_b.first, (SAMPLES + 1) * sizeof *of_a.first);
    assert_memory_equal(of_a.channel, of_b.channel, count * sizeof *of_a.channel);
    assert_memory_equal(more_a.value, more_b.value, count * sizeof *more_a.value);
    assert_int_equal(more_a.constant, more_b.constant);
}

static void a_file_keeps_numbers(void **state) {
    (void)state;
    for (size_t rows = 1; rows <= STEPS; rows += STEPS - 1) {
        float *values = draw(rows, 30, false);
        sg_events *events = events_of(values, rows, sg_flat_shape(30), true), *loaded;
        OK(sg_events_save(events, in_folder("numbers.h5")));
        OK(sg_events_load(in_folder("numbers.h5"), &loaded));
        assert_same_store(events, loaded);
        sg_events_free(events);
        sg_events_free(loaded);
        free(values);
    }
}

/* Each with what its message says. */
static void stores_that_cannot_be_are_refused(void **state) {
    (void)state;
    float *values = draw(STEPS, 30, false);
    const char *expected[] = {"numbers and counts", "has no numbers", "expected 0, as numbers are constant",
                              "expected a finite one"};
    for (int wrong = 0; wrong < 4; wrong++) {
        store s = store_of(values, STEPS, sg_flat_shape(30));
        sg_events *events;
        s.details.counts = wrong == 0;
        s.details.constant = wrong == 1 || wrong == 2;
        if (wrong == 3)
            s.value[5] = NAN;
        assert_int_equal(create(&s, wrong != 1, &events), SG_DATA);
        if (!strstr(sg_error_message(), expected[wrong]))
            fail_msg("'%s' does not say '%s'", sg_error_message(), expected[wrong]);
        free_store(&s);
    }
    free(values);
}

static void delays_do_not_take_numbers(void **state) {
    (void)state;
    float *values = draw(1, 30, false);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    subject work = set_up("layers:\n  - size: 5\n    delay: {kind: axonal}\n" NEURON READ_OUT,
                          events_of(values, 1, sg_flat_shape(30), true), 1, "0 MB");
    assert_int_equal(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &batch), SG_MODEL);
    assert_non_null(strstr(sg_error_message(), "delay"));
    tear_down(&work);
    free(values);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ones_are_spikes),
        cmocka_unit_test(constant_numbers_are_frames_that_repeat),
        cmocka_unit_test(frames_give_the_same_bits),
        cmocka_unit_test(constant_numbers_give_the_same_bits),
        cmocka_unit_test(a_wide_layer_gives_the_same_bits),
        cmocka_unit_test(gradients_by_numbers_are_those_of_differences),
        cmocka_unit_test(a_file_keeps_numbers),
        cmocka_unit_test(stores_that_cannot_be_are_refused),
        cmocka_unit_test(delays_do_not_take_numbers),
    };
    return cmocka_run_group_tests_name("numbers", tests, folder_make, folder_remove);
}

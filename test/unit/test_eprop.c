/* e-prop: without recurrence it is backpropagation through time, bit for bit; feedback is the same for any number of
 * threads and after a checkpoint; and the independent references of ../shared/golden, where they are there. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "engine/cpu/cpu.h"
#include "folder.h"
#include "ok.h"
#include "reference.h"
#include "train/trainer.h"

enum { STEPS = 40, INPUTS = 30, HIDDEN = 20, OUTPUTS = 3, SAMPLES = 24 };
#define MOST (HIDDEN * (INPUTS + HIDDEN + OUTPUTS))
#define MANY 65536

static const drawn_sizes sizes = {.samples = SAMPLES, .steps = STEPS, .inputs = INPUTS, .events = 60};

static const char *of_outputs = ""; /* more of the read-out's link */

/* `layers` are hidden ones, in YAML; the read-out follows. */
static sg_config *configure(const char *rule, const char *layers) {
    char yaml[2048];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "seed: 3\nsteps: %d\ndata: {set: patterns}\n%s%s\nlayers:\n%s"
             "  - {size: %d, link: {weights: normal, sd: 0.5%s}, neuron: {kind: li}}\n",
             STEPS, strstr(rule, "loss:") ? "" : "loss: {kind: mean_ce}\n", rule, layers, OUTPUTS, of_outputs);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

#define PLAIN "  - {size: 20, link: {weights: normal, sd: 0.5}, surrogate: {kind: fast_sigmoid, k: 5}}\n"
#define RECURRENT                                                                                                      \
    "  - {size: 20, link: {weights: normal, sd: 0.5}, recurrent: {from: own, weights: normal, sd: 0.3},"               \
    " neuron: {kind: alif}, surrogate: {kind: fast_sigmoid, k: 5}}\n"

/* The gradients of all groups, one after the other, from the initial weights or after `steps` of training. */
static size_t train(const char *rule, const char *layers, int threads, size_t steps, float *found) {
    sg_config *config = configure(rule, layers);
    sg_events *events = drawn_events(sizes);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    uint32_t samples[SAMPLES];
    size_t count = 0;
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    for (size_t i = 0; i < steps; i++)
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &result));
    for (size_t l = 0; l < sg_network_layers(network); l++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t g = 0; sg_network_group(network, l, g, &group) == SG_OK; g++) {
            OK(sg_trainer_get_gradient_of(trainer, l, group.name, found + count));
            count += (size_t)group.rows * group.columns;
        }
    }
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return count;
}

static float one[4 * MOST], two[4 * MOST];

static void without_recurrence_it_is_bptt(void **state) {
    (void)state;
    size_t count = train("rule: bptt", PLAIN, 1, 2, one);
    assert_int_equal(train("rule: eprop", PLAIN, 1, 2, two), count);
    assert_memory_equal(one, two, count * sizeof *one);
}

static void recurrent_spikes_are_constant(void **state) {
    size_t differ = 0;
    (void)state;
    size_t count = train("rule: bptt", RECURRENT, 1, 0, one);
    train("rule: eprop", RECURRENT, 1, 0, two);
    for (size_t j = 0; j < count; j++)
        differ += one[j] != two[j];
    assert_true(differ > HIDDEN * INPUTS / 2);
    /* the read-out's own gradient is that of bptt */
    assert_memory_equal(one + count - HIDDEN * OUTPUTS, two + count - HIDDEN * OUTPUTS, HIDDEN * OUTPUTS * sizeof *one);
}

static void it_is_the_same_for_any_number_of_threads(void **state) {
    const char *rule = "rule: eprop\neprop: {feedback: random}";
    (void)state;
    size_t count = train(rule, RECURRENT PLAIN RECURRENT, 1, 3, one);
    train(rule, RECURRENT PLAIN RECURRENT, 3, 3, two);
    assert_memory_equal(one, two, count * sizeof *one);
    rule = "rule: eprop\neprop: {feedback: adaptive}";
    count = train(rule, RECURRENT, 1, 3, one);
    train(rule, RECURRENT, 3, 3, two);
    assert_memory_equal(one, two, count * sizeof *one);
    rule = "rule: eprop\neprop: {form: online, chunk: 9}";
    count = train(rule, RECURRENT, 1, 3, one);
    train(rule, RECURRENT, 3, 3, two);
    assert_memory_equal(one, two, count * sizeof *one);
}

/* The gradients that adaptive feedback and the weights themselves give the input's weights, after so many steps. */
static double alignment(size_t steps) {
    const char *adaptive = "rule: eprop\neprop: {feedback: adaptive, decay: 0.05}\noptimiser: {kind: sgd, lr: 0.05}";
    double product = 0, ones = 0, twos = 0;
    sg_config *config = configure(adaptive, PLAIN);
    sg_events *events = drawn_events(sizes);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    uint32_t samples[SAMPLES];
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 2, &trainer));
    for (size_t i = 0; i < steps; i++)
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &result));
    OK(sg_trainer_get_gradient_of(trainer, 0, "weights", one));
    sg_trainer_free(trainer);
    OK(sg_config_set(config, "eprop.feedback", "symmetric"));
    OK(sg_trainer_create(network, config, 2, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &result));
    OK(sg_trainer_get_gradient_of(trainer, 0, "weights", two));
    for (size_t j = 0; j < INPUTS * HIDDEN; j++) {
        product += (double)one[j] * (double)two[j];
        ones += (double)one[j] * (double)one[j];
        twos += (double)two[j] * (double)two[j];
    }
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return product / sqrt(ones * twos);
}

/* Weights and feedback take the same steps, and what they began with decays. */
static void adaptive_feedback_becomes_symmetric(void **state) {
    (void)state;
    double before = alignment(0), after = alignment(200);
    if (!(before < 0.9 && after > 0.999))
        fail_msg("the cosine is %g, and %g after training", before, after);
}

static void go_on_after_a_checkpoint(const char *rule, const char *layers) {
    sg_config *config = configure(rule, layers);
    sg_events *events = drawn_events(sizes);
    sg_network *first, *second;
    sg_trainer *before, *after;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    const uint32_t samples[4] = {0, 1, 2, 3};
    OK(sg_network_create(config, INPUTS, &first));
    OK(sg_network_copy(first, &second));
    OK(sg_trainer_create(first, config, 1, &before));
    OK(sg_trainer_step(before, events, samples, 4, &result));
    OK(sg_trainer_save(before, config, in_folder("checkpoint.h5")));
    OK(sg_trainer_create(second, config, 1, &after));
    OK(sg_trainer_load(after, in_folder("checkpoint.h5")));
    for (size_t i = 0; i < 3; i++) { /* the first step changes feedback that is trained, the second goes by it */
        OK(sg_trainer_step(before, events, samples, 4, &result));
        OK(sg_trainer_step(after, events, samples, 4, &result));
    }
    for (size_t l = 0; l + 1 < sg_network_layers(first); l++) {
        size_t count = (l == 0 ? INPUTS : HIDDEN) * HIDDEN;
        OK(sg_network_get_weights(first, l, one));
        OK(sg_network_get_weights(second, l, two));
        assert_memory_equal(one, two, count * sizeof *one);
    }
    sg_trainer_free(before);
    sg_trainer_free(after);
    sg_network_free(first);
    sg_network_free(second);
    sg_events_free(events);
    sg_config_free(config);
}

static void a_checkpoint_goes_on_with_the_same_feedback(void **state) {
    (void)state;
    go_on_after_a_checkpoint("rule: eprop\neprop: {feedback: random}", RECURRENT PLAIN);
    go_on_after_a_checkpoint("rule: eprop\neprop: {feedback: adaptive, decay: 0.1}", RECURRENT);
    go_on_after_a_checkpoint("rule: eprop\neprop: {form: online, chunk: 9}", RECURRENT);
}

/* The error's sign reaches every layer, so that the loss falls, though weights and feedback have nothing in common at
 * first. */
static void random_feedback_trains_two_hidden_layers(void **state) {
    sg_config *config =
        configure("rule: eprop\neprop: {feedback: random}\noptimiser: {kind: adam, lr: 0.01}", RECURRENT PLAIN);
    sg_events *events = drawn_events(sizes);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    uint32_t samples[SAMPLES];
    double first = 0;
    (void)state;
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 2, &trainer));
    for (size_t i = 0; i < 60; i++) {
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
        first = i == 0 ? result.loss : first;
    }
    assert_true(result.loss < 0.2 * first);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

/* ------------------------------------------------------------------------------------------- forward in time */

#define SPARSE                                                                                                         \
    "  - {size: 20, link: {kind: sparse, density: 0.4, weights: normal, sd: 0.8, bias: true, dropout: 0.2},"           \
    " neuron: {kind: adlif, train: {tau_mem: true, adaptation: true}}, surrogate: {kind: fast_sigmoid, k: 5}}\n"
#define LATE                                                                                                           \
    "  - {size: 140, link: {weights: normal, sd: 0.5}, recurrent: {from: own, weights: normal, sd: 0.1},"              \
    " neuron: {kind: cuba_lif, order: spytorch, refractory: 2}, surrogate: {kind: triangle, width: 1}}\n"
#define RESPONSE "  - {size: 20, link: {weights: normal, sd: 2}, neuron: {kind: srm}, surrogate: {kind: exponential}}\n"

/* The two forms of one rule differ by rounding alone: by less than 1e-5 of the largest entry. */
static void forms_agree(const char *feedback, const char *loss, const char *layers) {
    static const char *const forms[] = {"", ", form: online, chunk: 7"};
    static float found[2][MANY];
    char rule[512];
    double largest = 0, difference = 0;
    size_t count = 0;
    for (int form = 0; form < 2; form++) {
        snprintf(rule, sizeof rule, "rule: eprop\neprop: {feedback: %s%s}\n%s", feedback, forms[form], loss);
        count = train(rule, layers, 2, 1, found[form]);
    }
    for (size_t j = 0; j < count; j++) {
        largest = fmax(largest, fabs((double)found[0][j]));
        difference = fmax(difference, fabs((double)found[0][j] - (double)found[1][j]));
    }
    if (!(difference < 1e-5 * largest) || !(largest > 0))
        fail_msg("%s: the forms differ by %g of %g\n%s", rule, difference, largest, layers);
}

#define LIVELY "\nregularise: {upper: 0.1, upper_rate: 1}"

static void both_forms_have_the_same_gradient(void **state) {
    static const char *const hidden[] = {PLAIN, RECURRENT, SPARSE, LATE, RESPONSE, ""};
    static const char *const losses[] = {"loss: {kind: step_ce}",        "loss: {kind: mean_ce}",
                                         "loss: {kind: last_ce}",        "loss: {kind: weighted_ce}",
                                         "loss: {kind: step_ce}" LIVELY, "loss: {kind: mean_ce}" LIVELY};
    (void)state;
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        for (size_t h = 0; h < sizeof hidden / sizeof *hidden; h++)
            forms_agree("symmetric", losses[l], hidden[h]);
        of_outputs = l % 2 ? ", dropout: 0.3, bias: true" : "";
        forms_agree("symmetric", losses[l], RECURRENT);
        forms_agree("random", losses[l], RECURRENT SPARSE PLAIN);
        forms_agree("random", losses[l], LATE RESPONSE);
        forms_agree("adaptive", losses[l], RECURRENT);
        of_outputs = "";
    }
}

static void refuse(const char *rule, const char *layers, const char *with) {
    sg_config *config = configure(rule, layers);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has(with);
    sg_config_free(config);
}

static void what_is_not_defined_is_refused(void **state) {
    (void)state;
    refuse("rule: eprop", PLAIN PLAIN, "eprop.feedback: symmetric is defined for one hidden layer");
    refuse("rule: eprop",
           "  - {size: 20, neuron: {kind: lif, reset_gradient: true}, surrogate: {kind: fast_sigmoid}}\n",
           "layers.0.neuron.reset_gradient: rule eprop holds the reset constant");
    refuse("eprop: {feedback: random}", PLAIN, "eprop.feedback");
    refuse("eprop: {form: online}", PLAIN, "eprop.form");
    refuse("rule: eprop\neprop: {chunk: 8}", PLAIN, "eprop.chunk");
    refuse("rule: eprop\neprop: {form: online}\nloss: {kind: max_ce}", PLAIN,
           "eprop.form: online needs an error that is known as steps come in, but that of loss.kind 'max_ce'");
    refuse("rule: eprop\neprop: {form: online}", "  - {size: 20, delay: {kind: axonal}}\n",
           "layers.0.delay.kind: eprop.form: online takes samples in chunks");
    refuse("rule: eprop\neprop: {form: online}",
           "  - {link: {kind: conv2d, channels: 2, kernel: 3}, neuron: {kind: lif}}\n",
           "layers.0.link.kind: eprop.form: online would need traces for each place");
    refuse("rule: eprop\neprop: {form: online}",
           "  - {size: 20, neuron: {kind: lif, train: {tau_mem: true}, shared: true}}\n",
           "layers.0.neuron.shared: eprop.form: online has traces of each neuron's own parameters");
    refuse("rule: eprop\neprop: {feedback: adaptive}", PLAIN PLAIN,
           "eprop.feedback: adaptive is defined for one hidden layer");
    refuse("rule: eprop\neprop: {feedback: random, decay: 0.1}", PLAIN, "eprop.decay");
}

static void outputs_must_be_alike_forward_in_time(void **state) {
    static const char *const keys[] = {"layers.1.neuron.train.tau_mem", "layers.1.neuron.own.tau_mem"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        sg_config *config = configure("rule: eprop\neprop: {form: online}", PLAIN);
        OK(sg_config_set(config, keys[i], "true"));
        assert_int_equal(sg_config_check(config), SG_CONFIG);
        assert_message_has("layers.1.neuron: eprop.form: online needs outputs that are alike, but tau_mem");
        sg_config_free(config);
    }
}

/* ------------------------------------------------------------------------------------- the independent references */

enum { G_SAMPLES = 4, G_STEPS = 60, G_INPUTS = 8, G_HIDDEN = 20, G_OUTPUTS = 3 };

#define AUTHORS                                                                                                        \
    "order: snntorch, reset: subtract, tau_mem: 20 ms, refractory: 2}, surrogate: {kind: triangle, width: 1, gain: "   \
    "0.3}"

static const struct reference {
    const char *file, *feedback, *neuron;
} references[] = {
    {REFERENCE("eprop_lif_symmetric.h5"), "symmetric", "{kind: lif, " AUTHORS},
    {REFERENCE("eprop_lif_random.h5"), "random", "{kind: lif, " AUTHORS},
    {REFERENCE("eprop_alif_symmetric.h5"), "symmetric",
     "{kind: alif, tau_adapt: 200 ms, adaptation: 0.3, train: {adaptation: true}, " AUTHORS},
    {REFERENCE("eprop_alif_random.h5"), "random",
     "{kind: alif, tau_adapt: 200 ms, adaptation: 0.3, train: {adaptation: true}, " AUTHORS},
    {REFERENCE("eprop_cuba_symmetric.h5"), "symmetric",
     "{kind: cuba_lif, reset: zero, tau_mem: 20 ms, tau_syn: 5 ms}, surrogate: {kind: fast_sigmoid, k: 10}"},
};

static sg_config *reference_config(const struct reference *r) {
    char yaml[1024];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "steps: 60\ndt: 1 ms\ndata: {set: patterns}\nloss: {kind: mean_ce}\nrule: eprop\neprop: {feedback: %s}\n"
             "layers:\n  - {size: 20, recurrent: {from: own, self: false}, neuron: %s}\n"
             "  - {size: 3, neuron: {kind: li, tau_mem: 20 ms}}\n",
             r->feedback, r->neuron);
    OK(sg_config_parse("reference", yaml, strlen(yaml), &config));
    return config;
}

static void set_group(sg_network *network, sg_h5 *file, size_t layer, const char *group, const char *name,
                      uint64_t rows, uint64_t columns) {
    float values[G_HIDDEN * G_HIDDEN];
    reference_get(file, name, SG_H5_F32, values, rows, columns, 0);
    OK(sg_network_set_group(network, layer, group, values));
}

static void set_weights(sg_network *network, sg_h5 *file) {
    set_group(network, file, 0, "weights", "w_in", G_INPUTS, G_HIDDEN);
    set_group(network, file, 0, "recurrent", "w_rec", G_HIDDEN, G_HIDDEN);
    set_group(network, file, 1, "weights", "w_out", G_HIDDEN, G_OUTPUTS);
}

/* The first half of the neurons do not adapt: so little that single precision does not see it. */
static void set_adaptation(sg_network *network, sg_h5 *file) {
    float values[G_HIDDEN];
    reference_get(file, "b", SG_H5_F32, values, G_HIDDEN, 0, 0);
    for (size_t n = 0; n < G_HIDDEN; n++)
        values[n] = values[n] > 0 ? logf(values[n]) : -60;
    OK(sg_network_set_group(network, 0, "raw_adaptation", values));
}

static void set_feedback(sg_trainer *trainer, sg_h5 *file) {
    float values[G_HIDDEN * G_OUTPUTS];
    reference_get(file, "feedback", SG_H5_F32, values, G_HIDDEN, G_OUTPUTS, 0);
    for (size_t n = 0; n < G_HIDDEN; n++)
        for (size_t k = 0; k < G_OUTPUTS; k++)
            *sg_feedback_at(&((sg_cpu *)trainer->engine)->feedback, 0, n, k) = values[n * G_OUTPUTS + k];
}

static void expect_gradient(sg_trainer *trainer, sg_h5 *file, size_t layer, const char *group, const char *name,
                            uint64_t rows, uint64_t columns) {
    float found[G_HIDDEN * G_HIDDEN];
    double expected[G_HIDDEN * G_HIDDEN];
    OK(sg_trainer_get_gradient_of(trainer, layer, group, found));
    reference_get(file, name, SG_H5_F64, expected, rows, columns, 0);
    reference_near(found, expected, (size_t)(rows * columns));
}

static void expect_loss(sg_h5 *file, const char *loss, double found) {
    char name[32];
    double expected;
    snprintf(name, sizeof name, "%s/loss", loss);
    OK(sg_h5_get(file, name, SG_H5_F64, &expected, 0, NULL));
    if (!(fabs(found - expected) <= 1e-5 * expected))
        fail_msg("%s is %g, expected %g", loss, found, expected);
}

/* The gradients of a loss, whose group in the file is the name of its kind. */
static void meet_loss(const char *loss, sg_network *network, sg_config *config, const struct reference *r,
                      const sg_events *events, sg_h5 *file) {
    const uint32_t samples[G_SAMPLES] = {0, 1, 2, 3};
    static const char *const groups[] = {"dw_in", "dw_rec", "dw_out"};
    static const char *const names[] = {"weights", "recurrent", "weights"};
    static const uint64_t rows[] = {G_INPUTS, G_HIDDEN, G_HIDDEN}, columns[] = {G_HIDDEN, G_HIDDEN, G_OUTPUTS};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_trainer *trainer;
    OK(sg_config_set(config, "loss.kind", loss));
    OK(sg_trainer_create(network, config, 1, &trainer));
    if (strcmp(r->feedback, "random") == 0)
        set_feedback(trainer, file);
    OK(sg_trainer_gradient(trainer, events, samples, G_SAMPLES, &result));
    expect_loss(file, loss, result.loss);
    for (size_t i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s/%s", loss, groups[i]);
        expect_gradient(trainer, file, i / 2, names[i], name, rows[i], columns[i]);
    }
    sg_trainer_free(trainer);
}

static void meet(const struct reference *r) {
    static const char *const chunks[] = {"1", "7", "32", "60"};
    static uint8_t found[G_STEPS * G_HIDDEN], expected[G_SAMPLES * G_STEPS * G_HIDDEN];
    sg_h5 *file = reference_open(r->file);
    sg_config *config = reference_config(r);
    sg_events *events = reference_events(file, G_SAMPLES, G_STEPS, G_INPUTS, G_OUTPUTS);
    sg_network *network;
    OK(sg_network_create(config, G_INPUTS, &network));
    set_weights(network, file);
    if (strstr(r->neuron, "alif"))
        set_adaptation(network, file);
    reference_get(file, "forward/spikes", SG_H5_U8, expected, G_SAMPLES, G_STEPS, G_HIDDEN);
    for (size_t s = 0; s < G_SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, 0, found));
        assert_memory_equal(found, expected + s * sizeof found, sizeof found);
    }
    meet_loss("mean_ce", network, config, r, events, file);
    meet_loss("step_ce", network, config, r, events, file);
    sg_events *with_numbers = reference_add_numbers(file, "target", events, G_OUTPUTS);
    meet_loss("step_mse", network, config, r, with_numbers, file);
    OK(sg_config_set(config, "eprop.form", "online"));
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        OK(sg_config_set(config, "eprop.chunk", chunks[i]));
        meet_loss("mean_ce", network, config, r, events, file);
        meet_loss("step_ce", network, config, r, events, file);
        meet_loss("step_mse", network, config, r, with_numbers, file);
    }
    sg_events_free(with_numbers);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    sg_h5_close(file);
}

static void the_references_are_met(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        meet(&references[i]);
}

/* The weights and the feedback after a step. */
static void a_step_of_adaptive_feedback_meets_the_reference(void **state) {
    const struct reference *r = &references[1];
    const uint32_t samples[G_SAMPLES] = {0, 1, 2, 3};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    float weights[G_HIDDEN * G_OUTPUTS], feedback[G_HIDDEN * G_OUTPUTS];
    double expected[G_HIDDEN * G_OUTPUTS];
    (void)state;
    sg_h5 *file = reference_open(r->file);
    sg_config *config = reference_config(&(struct reference){r->file, "adaptive", r->neuron});
    sg_events *events = reference_events(file, G_SAMPLES, G_STEPS, G_INPUTS, G_OUTPUTS);
    sg_network *network;
    sg_trainer *trainer;
    OK(sg_config_set(config, "loss.kind", "step_ce"));
    OK(sg_config_set(config, "optimiser.kind", "sgd"));
    OK(sg_config_set(config, "optimiser.lr", "0.1"));
    OK(sg_config_set(config, "eprop.decay", "0.01"));
    OK(sg_network_create(config, G_INPUTS, &network));
    set_weights(network, file);
    OK(sg_trainer_create(network, config, 2, &trainer));
    set_feedback(trainer, file);
    sg_cpu_begin_feedback((sg_cpu *)trainer->engine);
    OK(sg_trainer_step(trainer, events, samples, G_SAMPLES, &result));
    sg_cpu_refresh_feedback((sg_cpu *)trainer->engine);
    for (size_t n = 0; n < G_HIDDEN; n++)
        for (size_t k = 0; k < G_OUTPUTS; k++)
            feedback[n * G_OUTPUTS + k] = *sg_feedback_at(&((sg_cpu *)trainer->engine)->feedback, 0, n, k);
    OK(sg_network_get_weights(network, 1, weights));
    reference_get(file, "adaptive/w_out_after", SG_H5_F64, expected, G_HIDDEN, G_OUTPUTS, 0);
    reference_near(weights, expected, G_HIDDEN * G_OUTPUTS);
    reference_get(file, "adaptive/feedback_after", SG_H5_F64, expected, G_HIDDEN, G_OUTPUTS, 0);
    reference_near(feedback, expected, G_HIDDEN * G_OUTPUTS);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    sg_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_recurrence_it_is_bptt),
        cmocka_unit_test(recurrent_spikes_are_constant),
        cmocka_unit_test(it_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(a_checkpoint_goes_on_with_the_same_feedback),
        cmocka_unit_test(random_feedback_trains_two_hidden_layers),
        cmocka_unit_test(adaptive_feedback_becomes_symmetric),
        cmocka_unit_test(both_forms_have_the_same_gradient),
        cmocka_unit_test(what_is_not_defined_is_refused),
        cmocka_unit_test(outputs_must_be_alike_forward_in_time),
        cmocka_unit_test(the_references_are_met),
        cmocka_unit_test(a_step_of_adaptive_feedback_meets_the_reference),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

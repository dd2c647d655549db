/* DECOLLE: its gradient is that of the paper's form, which goes forward with a trace of each input, whatever the chunk;
 * no layer learns by one above; the same bits for any number of threads, limit of memory and after a checkpoint; memory
 * does not grow with steps; and what it is not defined for is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "drawn_events.h"
#include "folder.h"
#include "learn/rule.h"
#include "net/workspace.h"
#include "ok.h"

enum { STEPS = 40, INPUTS = 30, WIDEST = 144, SAMPLES = 6, LAYERS = 3, SEED = 3 };

static const drawn_sizes sizes = {.samples = SAMPLES, .steps = STEPS, .inputs = INPUTS, .events = 90};
static const uint32_t all_samples[SAMPLES] = {0, 1, 2, 3, 4, 5};

#define SURROGATE "surrogate: {kind: fast_sigmoid, k: 5}"
static const char layers[] =
    "  - {size: 20, link: {weights: normal, sd: 0.5}, neuron: {kind: lif, order: snntorch, reset: subtract, "
    "tau_mem: 10 ms, threshold: 1}, " SURROGATE "}\n"
    "  - {size: 16, link: {weights: normal, sd: 0.3}, neuron: {kind: cuba_lif, order: snntorch, reset: subtract, "
    "tau_mem: 10 ms, tau_syn: 5 ms, threshold: 1}, " SURROGATE "}\n";

/* `how` is more of the configuration. */
static sg_config *configure(const char *how, size_t outputs) {
    char yaml[1500];
    sg_config *config;
    snprintf(
        yaml, sizeof yaml,
        "seed: %d\nsteps: %d\ndt: 1 ms\ndata: {set: patterns}\nloss: {kind: step_ce}\nrule: decolle\n%s\nlayers:\n%s"
        "  - {size: %zu, link: {weights: normal, sd: 0.4}, neuron: {kind: li, tau_mem: 10 ms}}\n",
        SEED, STEPS, how, layers, outputs);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    return config;
}

typedef struct weights {
    float of[LAYERS][WIDEST * WIDEST];
} weights;

static void get_gradients(sg_trainer *trainer, weights *found) {
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_events *events = drawn_events(sizes);
    OK(sg_trainer_gradient(trainer, events, all_samples, SAMPLES, &result));
    for (size_t l = 0; l < LAYERS; l++)
        OK(sg_trainer_get_gradient_of(trainer, l, "weights", found->of[l]));
    sg_events_free(events);
}

/* ---------------------------------------------------------------------------------------------- the paper's form */

/* A layer in the textbook: u = beta v + sum_i W[i][n] Q_i - theta s, where Q_i is the input, or its synaptic trace. */
typedef struct layer {
    size_t inputs, neurons;
    double alpha, beta; /* alpha 0: no synaptic current */
    double current[WIDEST], membrane[WIDEST], u[WIDEST], spike[WIDEST];
    double q[WIDEST], p[WIDEST]; /* traces of the inputs: of the current, and of the membrane */
    double gradient[WIDEST * WIDEST];
} layer;

static const double theta = 1;

static void rest(layer *l) {
    memset(l->current, 0, sizeof l->current);
    memset(l->membrane, 0, sizeof l->membrane);
    memset(l->spike, 0, sizeof l->spike);
    memset(l->q, 0, sizeof l->q);
    memset(l->p, 0, sizeof l->p);
}

static void step(layer *l, const float *weight, const double *in, bool fires) {
    for (size_t i = 0; i < l->inputs; i++) {
        l->q[i] = l->alpha * l->q[i] + in[i];
        l->p[i] = l->beta * l->p[i] + l->q[i];
    }
    for (size_t n = 0; n < l->neurons; n++) {
        double x = 0;
        for (size_t i = 0; i < l->inputs; i++)
            x += (double)weight[i * l->neurons + n] * in[i];
        l->current[n] = l->alpha * l->current[n] + x;
        l->membrane[n] = l->beta * l->membrane[n] + l->current[n] - (fires ? theta * l->spike[n] : 0);
        l->u[n] = l->membrane[n] - theta;
        l->spike[n] = fires && l->u[n] > 0;
    }
}

/* softmax(y) - onehot, in the mean over steps and samples. */
static void error_of(const double *y, size_t outputs, uint32_t label, double *error) {
    double largest = -INFINITY, sum = 0;
    for (size_t k = 0; k < outputs; k++)
        largest = fmax(largest, y[k]);
    for (size_t k = 0; k < outputs; k++)
        sum += exp(y[k] - largest);
    for (size_t k = 0; k < outputs; k++)
        error[k] = (exp(y[k] - largest) / sum - (k == label)) / (STEPS * SAMPLES);
}

/* dL/dW += trace of the input x sigma(u) x what the layer's own read-out sends back. */
static void learn_locally(layer *l, const sg_feedback *readouts, size_t number, size_t outputs, uint32_t label) {
    double y[WIDEST] = {0}, error[WIDEST];
    for (size_t n = 0; n < l->neurons; n++)
        for (size_t k = 0; k < outputs; k++)
            y[k] += l->spike[n] * (double)*sg_feedback_at(readouts, number, n, k);
    error_of(y, outputs, label, error);
    for (size_t n = 0; n < l->neurons; n++) {
        double back = 0;
        for (size_t k = 0; k < outputs; k++)
            back += error[k] * (double)*sg_feedback_at(readouts, number, n, k);
        for (size_t i = 0; i < l->inputs; i++)
            l->gradient[i * l->neurons + n] += l->p[i] * back / ((1 + 5 * fabs(l->u[n])) * (1 + 5 * fabs(l->u[n])));
    }
}

static void learn_outputs(layer *l, uint32_t label) {
    double error[WIDEST];
    error_of(l->membrane, l->neurons, label, error);
    for (size_t i = 0; i < l->inputs; i++)
        for (size_t k = 0; k < l->neurons; k++)
            l->gradient[i * l->neurons + k] += l->p[i] * error[k];
}

static void run_sample(layer *net, const weights *w, const sg_feedback *readouts, const sg_events *events, size_t s) {
    const sg_events_view view = sg_events_get(events);
    size_t e = (size_t)view.first[s];
    for (size_t l = 0; l < LAYERS; l++)
        rest(&net[l]);
    for (size_t t = 0; t < STEPS; t++) {
        double in[INPUTS] = {0};
        for (; e < view.first[s + 1] && view.step[e] == t; e++)
            in[view.channel[e]] += 1;
        for (size_t l = 0; l < LAYERS; l++)
            step(&net[l], w->of[l], l == 0 ? in : net[l - 1].spike, l + 1 < LAYERS);
        for (size_t l = 0; l + 1 < LAYERS; l++)
            learn_locally(&net[l], readouts, l, net[LAYERS - 1].neurons, view.label[s]);
        learn_outputs(&net[LAYERS - 1], view.label[s]);
    }
}

static void meet(const char *how, size_t outputs) {
    static layer net[LAYERS];
    static weights w, found;
    const sg_backward_plan plan = {.local = strstr(how, "scale") ? 2 : 0.5};
    sg_config *config = configure(how, outputs);
    sg_events *events = drawn_events(sizes);
    sg_feedback readouts;
    sg_network *network;
    sg_trainer *trainer;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 2, &trainer));
    OK(sg_feedback_open(&readouts, network, &plan, SEED));
    memset(net, 0, sizeof net);
    for (size_t l = 0; l < LAYERS; l++) {
        OK(sg_network_get_weights(network, l, w.of[l]));
        net[l].inputs = l == 0 ? INPUTS : network->layers[l - 1].neurons;
        net[l].neurons = network->layers[l].neurons;
        net[l].beta = exp(-1 / 10.);
        net[l].alpha = l == 1 ? exp(-1 / 5.) : 0;
    }
    for (size_t s = 0; s < SAMPLES; s++)
        run_sample(net, &w, &readouts, events, s);
    get_gradients(trainer, &found);
    for (size_t l = 0; l < LAYERS; l++) {
        double largest = 0, error = 0;
        for (size_t j = 0; j < net[l].inputs * net[l].neurons; j++) {
            largest = fmax(largest, fabs(net[l].gradient[j]));
            error = fmax(error, fabs(net[l].gradient[j] - (double)found.of[l][j]));
        }
        if (!(error <= 1e-5 * largest) || largest == 0)
            fail_msg("%s, %zu outputs, layer %zu: off by %g, the largest is %g", how, outputs, l, error, largest);
    }
    sg_feedback_close(&readouts);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

static void the_textbook_form_has_the_same_gradient(void **state) {
    static const char *const chunks[] = {"decolle: {chunk: 0}", "decolle: {chunk: 1}", "decolle: {chunk: 7}", ""};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        meet(chunks[i], 3);
        meet(chunks[i], 17); /* read-outs of more than one tile, ... */
    }
    meet("decolle: {scale: 2, chunk: 11}", 140); /* ... and of more than one block */
    meet("decolle: {scale: 2, chunk: 0}", 140);
}

/* ----------------------------------------------------------------------------------------------------- what holds */

/* The gradients after `steps` of training; and, of `alter`, what a layer above learns by changed first. */
static void train(const char *how, int threads, size_t steps, bool alter, weights *found) {
    sg_config *config = configure(how, 3);
    sg_events *events = drawn_events(sizes);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    OK(sg_network_create(config, INPUTS, &network));
    if (alter)
        for (size_t l = 1; l < LAYERS; l++) {
            OK(sg_network_get_weights(network, l, found->of[l]));
            found->of[l][0] += 0.25f;
            found->of[l][1] += 1;
            OK(sg_network_set_group(network, l, "weights", found->of[l]));
        }
    OK(sg_trainer_create(network, config, threads, &trainer));
    for (size_t i = 0; i < steps; i++)
        OK(sg_trainer_step(trainer, events, all_samples, SAMPLES, &result));
    memset(found, 0, sizeof *found);
    get_gradients(trainer, found);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

static weights one, two;

static void no_layer_learns_by_one_above(void **state) {
    (void)state;
    train("", 1, 0, false, &one);
    train("", 1, 0, true, &two);
    assert_memory_equal(one.of[0], two.of[0], sizeof one.of[0]);
    assert_memory_not_equal(one.of[1], two.of[1], sizeof one.of[1]);
    assert_memory_not_equal(one.of[2], two.of[2], sizeof one.of[2]);
}

static void it_is_the_same_for_any_number_of_threads(void **state) {
    static const char *const chunks[] = {"decolle: {chunk: 0}", "decolle: {chunk: 9}"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        train(chunks[i], 1, 3, false, &one);
        train(chunks[i], 3, 3, false, &two);
        assert_memory_equal(&one, &two, sizeof one);
    }
}

/* Chunks of the backward form are cut by memory, which changes no sum. */
static void a_limit_of_memory_changes_no_bit(void **state) {
    sg_config *config = configure("decolle: {chunk: 0}\nmemory: 0.03 MB", 3);
    sg_network *network;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    const sg_workspace_use use = {.readout = SG_READOUT_STEPS,
                                  .plan = sg_rule_decolle.plan(&config->learn),
                                  .backward = true,
                                  .count = 1};
    assert_true(sg_workspace_plan(network, use).chunks > 1);
    sg_network_free(network);
    sg_config_free(config);
    train("decolle: {chunk: 0}", 1, 2, false, &one);
    train("decolle: {chunk: 0}\nmemory: 0.03 MB", 1, 2, false, &two);
    assert_memory_equal(&one, &two, sizeof one);
}

static void a_checkpoint_goes_on_with_the_same_read_outs(void **state) {
    sg_config *config = configure("", 3);
    sg_events *events = drawn_events(sizes);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_network *first, *second;
    sg_trainer *before, *after;
    (void)state;
    OK(sg_network_create(config, INPUTS, &first));
    OK(sg_network_copy(first, &second));
    OK(sg_trainer_create(first, config, 1, &before));
    OK(sg_trainer_step(before, events, all_samples, SAMPLES, &result));
    OK(sg_trainer_save(before, config, in_folder("checkpoint.h5")));
    OK(sg_trainer_create(second, config, 2, &after));
    OK(sg_trainer_load(after, in_folder("checkpoint.h5")));
    get_gradients(before, &one);
    get_gradients(after, &two);
    assert_memory_equal(&one, &two, sizeof one);
    sg_trainer_free(before);
    sg_trainer_free(after);
    sg_network_free(first);
    sg_network_free(second);
    sg_events_free(events);
    sg_config_free(config);
}

static void it_learns(void **state) {
    sg_config *config = configure("optimiser: {kind: adam, lr: 0.01}", 3);
    sg_events *events = drawn_events(sizes);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    double first = 0;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    for (size_t i = 0; i < 100; i++) {
        OK(sg_trainer_step(trainer, events, all_samples, SAMPLES, &result));
        first = i == 0 ? result.loss : first;
    }
    assert_true(result.loss < 0.5 * first);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

/* ---------------------------------------------------------------------------------------------------- what does not */

static void refuse(const char *key, const char *value, const char *with) {
    sg_config *config = configure("", 3);
    OK(sg_config_set(config, key, value));
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has(with);
    sg_config_free(config);
}

static void what_is_not_defined_is_refused(void **state) {
    (void)state;
    refuse("loss.kind", "mean_ce", "rule: decolle has an error of each layer in each step, but loss.kind 'mean_ce'");
    refuse("layers.0.neuron.kind", "alif",
           "layers.0.neuron.kind: rule decolle has traces of membrane and synaptic current");
    refuse("layers.1.neuron.kind", "srm",
           "layers.1.neuron.kind: rule decolle has traces of membrane and synaptic current");
    refuse("layers.1.delay.kind", "axonal", "layers.1.delay.kind: rule decolle holds a layer's inputs constant");
    refuse("layers.0.link.kind", "conv1d", "layers.0.link.kind: decolle.chunk would need traces for each place");
    refuse("layers.0.link.norm", "tdbn", "layers.0.link.norm: its gradient is not defined for rule decolle");
}

static void a_reset_that_is_differentiated_is_refused(void **state) {
    sg_config *config = configure("", 3);
    (void)state;
    OK(sg_config_set(config, "layers.1.neuron.order", "notebook"));
    OK(sg_config_set(config, "layers.1.neuron.reset_gradient", "true"));
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has("layers.1.neuron.reset_gradient: rule decolle holds the reset");
    sg_config_free(config);
}

static void a_loss_of_the_callers_is_refused(void **state) {
    static const double by_outputs[SAMPLES * 3];
    sg_config *config = configure("", 3);
    sg_events *events = drawn_events(sizes);
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    assert_int_equal(sg_trainer_backward(trainer, events, all_samples, SAMPLES, by_outputs, &result), SG_CONFIG);
    assert_message_has("rule: decolle applies the loss to each hidden layer");
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_textbook_form_has_the_same_gradient),
        cmocka_unit_test(no_layer_learns_by_one_above),
        cmocka_unit_test(it_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(a_limit_of_memory_changes_no_bit),
        cmocka_unit_test(a_checkpoint_goes_on_with_the_same_read_outs),
        cmocka_unit_test(it_learns),
        cmocka_unit_test(what_is_not_defined_is_refused),
        cmocka_unit_test(a_reset_that_is_differentiated_is_refused),
        cmocka_unit_test(a_loss_of_the_callers_is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

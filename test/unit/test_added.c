/* labels: threads */
/* Skip links: the spikes of earlier layers come in as those of the layer below do, and the same bits for any number of
 * threads, set of kernels and cut of time. */
#include "base/shape.h"
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"

enum { SAMPLES = 21, STEPS = 30, EVENTS = 200, MOST = 1 << 17 };

#define NEURON "    neuron: {kind: cuba_lif}\n    surrogate: {kind: fast_sigmoid, k: 5}\n"
#define CHAIN  "layers:\n  - size: 150\n    link: {sd: 0.3}\n" NEURON "  - size: 150\n    link: {sd: 0.15}\n" NEURON

typedef struct example {
    sg_shape in;
    const char *layers;
    const char *memory; /* that cuts time */
} example;

/* Fused layers of several blocks; dropout, biases and recurrent layers; a read-out that is added to; residual blocks
 * of maps; neurons that fire several times in a step; and skip links with weights. */
static const example examples[] = {
    {{30, 1, 1},
     CHAIN "  - size: 150\n    link: {add: 0, sd: 0.15}\n" NEURON
           "  - size: 3\n    link: {add: \"0, 1\"}\n    neuron: {kind: li}\n",
     "190 kB"},
    {{30, 1, 1},
     CHAIN "  - size: 150\n    link: {add: 0, sd: 0.15, dropout: 0.2, bias: true}\n"
           "    recurrent: {from: own, weights: normal, sd: 0.05}\n" NEURON
           "  - size: 3\n    link: {add: \"0, 1\", dropout: 0.1}\n    neuron: {kind: cuba_li}\n",
     "260 kB"},
    {{2, 6, 7},
     "layers:\n"
     "  - link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, sd: 0.5}\n" NEURON
     "  - link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, sd: 0.3, bias: true}\n" NEURON
     "  - link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, sd: 0.3, add: 0, dropout: 0.1}\n" NEURON
     "  - size: 3\n    link: {pool: avg, add: \"0, 1\"}\n    neuron: {kind: li}\n",
     "400 kB"},
    {{30, 1, 1},
     "layers:\n  - size: 150\n    link: {sd: 0.6}\n    neuron: {kind: lif, max_spikes: 3}\n"
     "  - size: 150\n    link: {sd: 0.15, dropout: 0.2}\n    neuron: {kind: if, max_spikes: 5, reset_gradient: true}\n"
     "    surrogate: {kind: exponential}\n"
     "  - size: 150\n    link: {add: 0, sd: 0.1, dropout: 0.1, bias: true}\n" NEURON
     "  - size: 3\n    link: {add: \"0, 1\"}\n    neuron: {kind: li}\n",
     "500 kB"},
    {{30, 1, 1},
     "layers:\n  - size: 40\n    link: {sd: 0.6}\n    neuron: {kind: lif, max_spikes: 3}\n"
     "  - size: 150\n    link: {sd: 0.3}\n" NEURON
     "  - size: 140\n    link: {skip: 0, sd: 0.15, dropout: 0.2, bias: true}\n" NEURON
     "  - size: 3\n    link: {skip: \"0, 1\", add: \"none\"}\n    neuron: {kind: li}\n",
     "300 kB"},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

/* A network, and how it is trained. */
typedef struct subject {
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    uint32_t samples[SAMPLES];
} subject;

static sg_config *config_of(const char *layers) {
    char text[2048];
    sg_config *config;
    int size = snprintf(text, sizeof text, "seed: 5\nsteps: %d\nloss: {kind: mean_ce}\n%s", STEPS, layers);
    assert_true(size > 0 && (size_t)size < sizeof text);
    OK(sg_config_parse("added", text, (size_t)size, &config));
    return config;
}

static sg_events *events_of(sg_shape shape) {
    sg_events *flat = drawn_events((drawn_sizes){SAMPLES, STEPS, (uint32_t)sg_shape_size(shape), EVENTS}), *events;
    sg_events_view view = sg_events_get(flat);
    view.shape = shape;
    OK(sg_events_create(&view, &events));
    sg_events_free(flat);
    return events;
}

static subject set_up(const char *layers, sg_shape shape, int threads, const char *memory) {
    subject work = {.config = config_of(layers), .events = events_of(shape)};
    OK(sg_config_set(work.config, "memory", memory));
    for (uint32_t s = 0; s < SAMPLES; s++)
        work.samples[s] = s;
    OK(sg_network_create_shaped(work.config, shape, &work.network));
    OK(sg_trainer_create(work.network, work.config, threads, &work.trainer));
    return work;
}

static void tear_down(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* ------------------------------------------------------------------------------------------------- what comes in */

/* The spikes of two layers of N neurons as one store that counts, of one sample. */
static sg_events *sum_of(const uint8_t *one, const uint8_t *other, size_t neurons) {
    uint16_t *step = calloc(2 * STEPS * neurons, sizeof *step);
    uint32_t *channel = calloc(2 * STEPS * neurons, sizeof *channel);
    uint64_t first[2] = {0, 0};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    assert_true(step && channel);
    for (size_t j = 0; j < STEPS * neurons; j++)
        for (int i = 0; i < one[j] + other[j]; i++) {
            step[first[1]] = (uint16_t)(j / neurons);
            channel[first[1]++] = (uint32_t)(j % neurons);
        }
    const sg_events_view view = {1, STEPS, (uint32_t)neurons, 0, first, step, channel, NULL, 1, {0, 0, 0}, NULL};
    details.counts = true;
    OK(sg_events_create_detailed(&view, &details, &events));
    free(step), free(channel);
    return events;
}

/* The third layer alone, given the spikes of both, fires as it does in the network. */
static void the_link_sees_the_spikes_of_both(void **state) {
    (void)state;
    enum { NEURONS = 150 };
    static uint8_t rasters[3][STEPS * NEURONS], alone[STEPS * NEURONS];
    static float weights[NEURONS * NEURONS];
    const sg_shape shape = {30, 1, 1};
    size_t fired = 0, both = 0;
    subject work = set_up(examples[0].layers, shape, 1, "0 MB");
    sg_config *config = config_of("layers:\n  - size: 150\n" NEURON "  - size: 3\n    neuron: {kind: li}\n");
    sg_network *network;
    for (size_t l = 0; l < 3; l++)
        OK(sg_network_raster(work.network, work.events, 4, l, rasters[l]));
    OK(sg_network_create_shaped(config, (sg_shape){NEURONS, 1, 1}, &network));
    OK(sg_network_get_group(work.network, 2, "weights", weights));
    OK(sg_network_set_group(network, 0, "weights", weights));
    sg_events *events = sum_of(rasters[0], rasters[1], NEURONS);
    OK(sg_network_raster(network, events, 0, 0, alone));
    for (size_t j = 0; j < STEPS * NEURONS; j++) {
        fired += rasters[2][j];
        both += rasters[0][j] && rasters[1][j];
    }
    assert_true(fired > 100 && both > 10);
    assert_memory_equal(alone, rasters[2], sizeof alone);
    sg_events_free(events);
    sg_network_free(network);
    sg_config_free(config);
    tear_down(&work);
}

/* Rows of weights of inputs that dropout leaves out get no gradient, whichever layer fires. */
static void dropout_leaves_out_what_is_added(void **state) {
    (void)state;
    enum { NEURONS = 150 };
    static uint8_t rasters[2][STEPS * NEURONS];
    static float gradient[NEURONS * NEURONS];
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    subject work = set_up(CHAIN "  - size: 150\n    link: {add: 0, sd: 0.15, dropout: 0.5}\n" NEURON
                                "  - size: 3\n    neuron: {kind: li}\n",
                          (sg_shape){30, 1, 1}, 1, "0 MB");
    size_t fired = 0, left_out = 0;
    for (size_t l = 0; l < 2; l++)
        OK(sg_network_raster(work.network, work.events, 4, l, rasters[l]));
    OK(sg_trainer_gradient(work.trainer, work.events, work.samples + 4, 1, &batch));
    OK(sg_trainer_get_gradient_of(work.trainer, 2, "weights", gradient));
    for (size_t n = 0; n < NEURONS; n++) {
        bool fires = false, is_zero = true;
        for (size_t t = 0; t < STEPS; t++)
            fires = fires || rasters[0][t * NEURONS + n] || rasters[1][t * NEURONS + n];
        for (size_t k = 0; k < NEURONS; k++)
            is_zero = is_zero && gradient[n * NEURONS + k] == 0;
        fired += fires;
        left_out += fires && is_zero;
    }
    assert_true(fired > 50 && left_out * 10 > fired * 3 && left_out * 10 < fired * 7);
    tear_down(&work);
}

/* ------------------------------------------------------------------------------------------------- the same bits */

typedef struct result {
    float values[MOST];
    double loss;
    uint64_t spikes;
    sg_evaluation evaluation;
} result;

static void train(result *r, const example *e, int threads, const char *memory) {
    sg_group_info info = SG_SIZED(sg_group_info);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    subject work = set_up(e->layers, e->in, threads, memory);
    size_t count = 0;
    memset(r, 0, sizeof *r);
    for (size_t k = 0; k < 4; k++)
        OK(sg_trainer_step(work.trainer, work.events, work.samples + k, SAMPLES - 2 * k, &batch));
    OK(sg_trainer_spikes(work.trainer, 2, &r->spikes));
    r->loss = batch.loss;
    r->evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, threads, &r->evaluation, NULL, NULL));
    for (size_t l = 0; l < sg_network_layers(work.network); l++)
        for (size_t g = 0; sg_network_group(work.network, l, g, &info) == SG_OK; g++) {
            assert_true(count + info.rows * info.columns <= MOST);
            OK(sg_network_get_group(work.network, l, info.name, r->values + count));
            count += info.rows * info.columns;
        }
    tear_down(&work);
}

static void assert_same(const result *a, const result *b) {
    assert_memory_equal(a->values, b->values, sizeof a->values);
    assert_true(a->loss == b->loss && a->spikes == b->spikes && a->evaluation.loss == b->evaluation.loss);
}

static void the_bits_are_the_same(void **state) {
    (void)state;
    static result one, other;
    const char *levels[] = {"scalar", "avx2", "avx512", "neon"};
    for (size_t i = 0; i < EXAMPLES; i++) {
        train(&one, &examples[i], 1, "0 MB");
        assert_true(one.spikes > 100);
        train(&other, &examples[i], 3, "0 MB");
        assert_same(&one, &other);
        train(&other, &examples[i], 1, examples[i].memory);
        assert_same(&one, &other);
        for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
            if (sg_set_cpu(levels[k]) == SG_OK) {
                train(&other, &examples[i], 2, "0 MB");
                assert_same(&one, &other);
            }
        OK(sg_set_cpu(NULL));
    }
}

/* A first layer so wide that it would be trained block by block, whose spikes are added to the third. */
static void a_wide_layer_may_be_added(void **state) {
    (void)state;
    static const example wide = {{1600, 1, 1},
                                 "layers:\n  - size: 512\n    link: {sd: 0.2}\n" NEURON
                                 "  - size: 512\n    link: {sd: 0.05}\n" NEURON
                                 "  - size: 3\n    link: {add: 0}\n    neuron: {kind: li}\n",
                                 ""};
    double losses[2];
    for (int threads = 1; threads <= 2; threads++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        subject work = set_up(wide.layers, wide.in, threads, "0 MB");
        for (int k = 0; k < 3; k++)
            OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &batch));
        losses[threads - 1] = batch.loss;
        tear_down(&work);
    }
    assert_true(losses[0] == losses[1]);
}

/* ------------------------------------------------------------------------------------------------------- refused */

static void what_cannot_be_added_is_refused(void **state) {
    (void)state;
    const struct {
        const char *key, *value, *message;
    } wrong[] = {
        {"layers.1.link.add", "0", "no layer before the one below"},
        {"layers.0.link.add", "0", "no layer before the one below"},
        {"layers.2.link.add", "1", "numbers from 0 to 0"},
        {"layers.3.link.add", "2", "numbers from 0 to 1"},
        {"layers.3.link.add", "0,0", "each once"},
        {"layers.3.link.add", "0,", "numbers from 0 to 1"},
        {"layers.3.link.add", "own", "numbers from 0 to 1"},
        {"layers.3.link.add", "-1", "numbers from 0 to 1"},
        {"layers.3.link.add", "99999999999999999999", "numbers from 0 to 1"},
        {"layers.2.link.pool", "max", "use sum or avg"},
        {"layers.0.size", "149", "give both the same shape"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sg_config *config = config_of(examples[0].layers);
        sg_network *network;
        OK(sg_config_set(config, wrong[i].key, wrong[i].value));
        sg_status status = sg_network_create_shaped(config, examples[0].in, &network);
        if (status != SG_CONFIG || !strstr(sg_error_message(), wrong[i].message))
            fail_msg("%s=%s: '%s', expected '%s'", wrong[i].key, wrong[i].value, sg_error_message(), wrong[i].message);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_link_sees_the_spikes_of_both),
        cmocka_unit_test(dropout_leaves_out_what_is_added),
        cmocka_unit_test(the_bits_are_the_same),
        cmocka_unit_test(a_wide_layer_may_be_added),
        cmocka_unit_test(what_cannot_be_added_is_refused),
    };
    return cmocka_run_group_tests_name("added", tests, NULL, NULL);
}

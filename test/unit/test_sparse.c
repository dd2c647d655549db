/* Sparse links: equal to a dense link whose other weights are 0, and the same synapses wherever a network goes. */
#include "file/h5.h"
#include "net/network.h"
#include "store/initial.h"
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

enum { SAMPLES = 9, STEPS = 30, INPUTS = 70, HIDDEN = 150, ABOVE = 20, OUTPUTS = 3, OF_INPUTS = 14, OF_HIDDEN = 30 };

typedef struct fixture {
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
} fixture;

static const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8};

#define SPARSE "kind: sparse, density: 0.2, "

/* The links of the first two layers begin so. */
static fixture open_network(const char *link, const char *seed) {
    fixture f;
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "seed: %s\nsteps: %d\nloss: {kind: mean_ce}\nlayers:\n"
             "  - {size: %d, link: {%ssd: 0.8, bias: true}, surrogate: {kind: fast_sigmoid}}\n"
             "  - {size: %d, link: {%ssd: 0.8, dropout: 0.2}, surrogate: {kind: triangle}}\n"
             "  - {size: %d, neuron: {kind: li}}\n",
             seed, STEPS, HIDDEN, link, ABOVE, link, OUTPUTS);
    OK(sg_config_parse("test", yaml, strlen(yaml), &f.config));
    OK(sg_network_create(f.config, INPUTS, &f.network));
    OK(sg_trainer_create(f.network, f.config, 2, &f.trainer));
    f.events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 300});
    return f;
}

static void close_network(fixture *f) {
    sg_trainer_free(f->trainer);
    sg_network_free(f->network);
    sg_config_free(f->config);
    sg_events_free(f->events);
}

static const sg_synapses *synapses_of(const sg_network *network, size_t layer) {
    return &network->layers[layer].link.synapses;
}

static void spread(const sg_synapses *synapses, size_t neurons, const float *values, float *dense) {
    for (size_t j = 0; j < synapses->count * neurons; j++)
        dense[synapses->input[j] * neurons + j % neurons] = values[j];
}

/* Weights of the sparse network's layer in the dense one. */
static void copy_dense(const fixture *sparse, const fixture *dense, size_t layer, size_t inputs, size_t neurons) {
    float *values = calloc(inputs * neurons, sizeof *values), *all = calloc(inputs * neurons, sizeof *all);
    OK(sg_network_get_weights(sparse->network, layer, values));
    spread(synapses_of(sparse->network, layer), neurons, values, all);
    OK(sg_network_set_weights(dense->network, layer, all));
    free(values), free(all);
}

static void assert_near(const float *found, const float *expected, size_t count) {
    double largest = 0;
    for (size_t j = 0; j < count; j++)
        largest = fmax(largest, fabs((double)expected[j]));
    assert_true(largest > 0);
    for (size_t j = 0; j < count; j++)
        if (!(fabs((double)found[j] - (double)expected[j]) <= 1e-5 * largest))
            fail_msg("number %zu is %g, expected %g of %g", j, (double)found[j], (double)expected[j], largest);
}

/* Of the synapses that there are. */
static void assert_same_gradient(const fixture *sparse, const fixture *dense, size_t layer, size_t inputs,
                                 size_t neurons) {
    const sg_synapses *synapses = synapses_of(sparse->network, layer);
    float *found = calloc(inputs * neurons, sizeof *found), *all = calloc(inputs * neurons, sizeof *all),
          *expected = calloc(inputs * neurons, sizeof *expected);
    OK(sg_trainer_get_gradient(sparse->trainer, layer, found));
    OK(sg_trainer_get_gradient(dense->trainer, layer, all));
    for (size_t j = 0; j < synapses->count * neurons; j++)
        expected[j] = all[synapses->input[j] * neurons + j % neurons];
    assert_near(found, expected, synapses->count * neurons);
    free(found), free(all), free(expected);
}

static void assert_same_rasters(const fixture *a, const fixture *b) {
    static uint8_t one[STEPS * HIDDEN], other[STEPS * HIDDEN];
    size_t spikes = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(a->network, a->events, s, 0, one));
        OK(sg_network_raster(b->network, b->events, s, 0, other));
        assert_memory_equal(one, other, sizeof one);
        for (size_t j = 0; j < sizeof one; j++)
            spikes += one[j];
    }
    assert_true(spikes > 500);
}

static void a_sparse_link_is_a_dense_one_with_weights_of_0(void **state) {
    fixture sparse = open_network(SPARSE, "5"), dense = open_network("", "5");
    static float found[SAMPLES * STEPS * INPUTS], expected[SAMPLES * STEPS * INPUTS], above[ABOVE * OUTPUTS];
    sg_batch_result one = SG_SIZED(sg_batch_result), other = SG_SIZED(sg_batch_result);
    (void)state;
    assert_int_equal(synapses_of(sparse.network, 0)->count, OF_INPUTS);
    assert_int_equal(synapses_of(sparse.network, 1)->count, OF_HIDDEN);
    copy_dense(&sparse, &dense, 0, INPUTS, HIDDEN);
    copy_dense(&sparse, &dense, 1, HIDDEN, ABOVE);
    OK(sg_network_get_weights(sparse.network, 2, above));
    OK(sg_network_set_weights(dense.network, 2, above));
    assert_same_rasters(&sparse, &dense);
    OK(sg_trainer_gradient(sparse.trainer, sparse.events, samples, SAMPLES, &one));
    OK(sg_trainer_gradient(dense.trainer, dense.events, samples, SAMPLES, &other));
    assert_true(fabs(one.loss - other.loss) < 1e-6 * one.loss);
    assert_same_gradient(&sparse, &dense, 0, INPUTS, HIDDEN);
    assert_same_gradient(&sparse, &dense, 1, HIDDEN, ABOVE);
    OK(sg_input_gradients(sparse.network, sparse.config, sparse.events, samples, SAMPLES, 2, NULL, found));
    OK(sg_input_gradients(dense.network, dense.config, dense.events, samples, SAMPLES, 1, NULL, expected));
    assert_near(found, expected, SAMPLES * STEPS * INPUTS);
    close_network(&sparse);
    close_network(&dense);
}

/* ------------------------------------------------------------------------------------------------ which there are */

static bool same_synapses(const sg_network *a, const sg_network *b) {
    return memcmp(synapses_of(a, 0)->input, synapses_of(b, 0)->input, OF_INPUTS * HIDDEN * sizeof(uint32_t)) == 0;
}

/* Each input is reached by about as many neurons, and other seeds draw others. */
static void synapses_are_drawn_from_the_seed(void **state) {
    fixture one = open_network(SPARSE, "5"), same = open_network(SPARSE, "5"), other = open_network(SPARSE, "6");
    const sg_synapses *synapses = synapses_of(one.network, 0);
    size_t reached[INPUTS] = {0};
    (void)state;
    assert_true(same_synapses(one.network, same.network) && !same_synapses(one.network, other.network));
    for (size_t j = 0; j < OF_INPUTS * HIDDEN; j++) {
        assert_true(j < HIDDEN || synapses->input[j] > synapses->input[j - HIDDEN]);
        reached[synapses->input[j]]++;
    }
    for (size_t i = 0; i < INPUTS; i++)
        assert_true(reached[i] > 12 && reached[i] < 52); /* 30, give or take 4.5 standard deviations */
    close_network(&one);
    close_network(&same);
    close_network(&other);
}

/* A neuron has 14 of the 70 inputs, and an input reaches 30 of the 150 neurons. */
static void initial_weights_know_how_many_there_are(void **state) {
    static const struct {
        const char *kind;
        double expected;
    } rows[] = {{"kaiming_normal", 2.0 / OF_INPUTS}, {"xavier_uniform", 2.0 / (OF_INPUTS + 30)}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture f = open_network(SPARSE, "5");
        static float weights[OF_INPUTS * HIDDEN];
        sg_network *network;
        double squares = 0;
        OK(sg_config_set(f.config, "layers.0.link.weights", rows[i].kind));
        OK(sg_config_set(f.config, "layers.0.link.sd", "0.1"));
        OK(sg_network_create(f.config, INPUTS, &network));
        OK(sg_network_get_weights(network, 0, weights));
        for (size_t j = 0; j < OF_INPUTS * HIDDEN; j++)
            squares += (double)weights[j] * (double)weights[j];
        const double found = squares / (OF_INPUTS * HIDDEN);
        if (fabs(found - rows[i].expected) > 0.1 * rows[i].expected)
            fail_msg("%s: variance %g, expected %g", rows[i].kind, found, rows[i].expected);
        sg_network_free(network);
        close_network(&f);
    }
}

static void a_model_keeps_them(void **state) {
    fixture f = open_network(SPARSE, "5"), other = open_network(SPARSE, "6");
    sg_config *config;
    sg_network *loaded, *copied;
    char *const path = strdup(in_folder("model.h5"));
    (void)state;
    OK(sg_config_set(f.config, "seed", "8")); /* of another run, which has them from a file */
    OK(sg_model_save(f.network, f.config, path));
    OK(sg_model_load(path, &config, &loaded));
    OK(sg_network_copy(loaded, &copied));
    assert_true(same_synapses(f.network, loaded) && same_synapses(f.network, copied));
    sg_config_free(config);
    sg_network_free(loaded);
    sg_network_free(copied);

    /* A run may begin with them, ... */
    fixture begun = open_network(SPARSE, "9");
    OK(sg_initial_load(path, begun.network));
    assert_true(same_synapses(f.network, begun.network));
    assert_same_rasters(&f, &begun);
    close_network(&begun);

    /* ... and a checkpoint has them too, which another trainer goes on from. */
    assert_false(same_synapses(f.network, other.network));
    OK(sg_trainer_save(f.trainer, f.config, path));
    OK(sg_trainer_load(other.trainer, path));
    assert_true(same_synapses(f.network, other.network));
    assert_same_rasters(&f, &other);
    free(path);
    close_network(&f);
    close_network(&other);
}

/* Of the first layer in a file, changed: a number that is no input, or that is there twice. */
static void synapses_that_cannot_be_are_refused(void **state) {
    fixture f = open_network(SPARSE, "5");
    const char *const told[] = {"row 0 has input 70 for neuron 0", "row 1 has input"};
    char *const path = strdup(in_folder("damaged.h5"));
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t *input = f.network->layers[0].link.synapses.input, before[2] = {input[0], input[HIDDEN]};
        sg_config *config;
        sg_network *loaded;
        input[0] = i == 0 ? INPUTS : input[0];
        input[HIDDEN] = i == 1 ? input[0] : input[HIDDEN];
        OK(sg_model_save(f.network, f.config, path));
        input[0] = before[0], input[HIDDEN] = before[1];
        assert_int_equal(sg_model_load(path, &config, &loaded), SG_MODEL);
        if (!strstr(sg_error_message(), told[i]))
            fail_msg("'%s' does not tell '%s'", sg_error_message(), told[i]);
    }
    free(path);
    close_network(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sparse_link_is_a_dense_one_with_weights_of_0),
        cmocka_unit_test(synapses_are_drawn_from_the_seed),
        cmocka_unit_test(initial_weights_know_how_many_there_are),
        cmocka_unit_test(a_model_keeps_them),
        cmocka_unit_test(synapses_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests_name("sparse", tests, folder_make, folder_remove);
}

/* Spikes, counts, gradients and losses against independent double-precision references: the small ones beside this file
 * (make_small.py) and, where they are there, the notebook's own in ../shared/golden. */
#include "file/bytes.h"
#include "file/h5.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/ok.h"

typedef struct golden {
    const char *file;
    const char *integration;
    uint32_t steps, inputs, hidden, outputs, samples;
    const char *tau_mem, *tau_syn, *true_count, *false_count;
    bool read_out; /* the network of the recipe fast, in the place of the notebook's */
} golden;

#define SMALL(kind)                                                                                                    \
    { SOURCE_DIR "/test/golden/small_" #kind ".h5", #kind, 30, 37, 21, 5, 19, "8 ms", "3 ms", "12", "2", false }
#define NOTEBOOK(kind)                                                                                                 \
    {                                                                                                                  \
        SOURCE_DIR "/../shared/golden/notebook_" #kind ".h5", #kind, 100, 784, 128, 10, 64, "20 ms", "5 ms", "100",    \
            "10", false                                                                                                \
    }

static const golden goldens[] = {
    SMALL(exact),
    SMALL(euler),
    NOTEBOOK(exact),
    NOTEBOOK(euler),
    {SOURCE_DIR "/test/golden/small_fast.h5", "exact", 30, 37, 21, 5, 19, "8 ms", "3 ms", "12", "2", true},
};

enum { TRAINING_STEPS = 6 };

/* A reference file, and surgrad at the same point. */
typedef struct fixture {
    const golden *g;
    sg_h5 *file;
    sg_config *config;
    sg_events *events;
    sg_network *network;
    sg_trainer *trainer;
    uint32_t *samples;
} fixture;

static void *load(const fixture *f, const char *name, sg_h5_type type, size_t size, int rank, uint64_t *shape) {
    int found_rank;
    uint64_t found[SG_H5_RANK] = {0}, count = 1;
    OK(sg_h5_shape(f->file, name, &found_rank, found));
    assert_int_equal(found_rank, rank);
    for (int d = 0; d < rank; d++)
        count *= found[d];
    void *data = calloc(count ? count : 1, size);
    OK(sg_h5_get(f->file, name, type, data, rank, found));
    if (shape)
        memcpy(shape, found, (size_t)rank * sizeof *shape);
    return data;
}

static void set(sg_config *config, const char *key, const char *value) {
    OK(sg_config_set(config, key, value));
}

static void set_integer(sg_config *config, const char *key, uint32_t value) {
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    set(config, key, text);
}

static void open_config(fixture *f) {
    const golden *g = f->g;
    OK(sg_config_create(&f->config));
    set_integer(f->config, "steps", g->steps);
    set_integer(f->config, "layers.0.size", g->hidden);
    set_integer(f->config, "layers.1.size", g->outputs);
    set(f->config, "layers.all.neuron.integration", g->integration);
    set(f->config, "layers.all.neuron.tau_mem", g->tau_mem);
    set(f->config, "layers.all.neuron.tau_syn", g->tau_syn);
    set(f->config, "layers.all.link.weights", "file");
    set(f->config, "layers.all.link.file", g->file);
    set(f->config, "layers.0.link.dataset", "w1");
    set(f->config, "layers.1.link.dataset", "w2");
    set(f->config, "optimiser.amsgrad", "true");
    if (g->read_out) {
        set(f->config, "layers.0.surrogate.kind", "fast_sigmoid");
        set(f->config, "layers.1.neuron.kind", "li");
        set(f->config, "loss.kind", "mean_ce");
    } else {
        set(f->config, "loss.true_count", g->true_count);
        set(f->config, "loss.false_count", g->false_count);
    }
}

static void open_events(fixture *f) {
    const golden *g = f->g;
    uint64_t count;
    uint32_t *sample = load(f, "events/sample", SG_H5_U32, 4, 1, &count);
    uint16_t *step = load(f, "events/time", SG_H5_U16, 2, 1, NULL);
    uint32_t *channel = load(f, "events/channel", SG_H5_U32, 4, 1, NULL);
    uint32_t *label = load(f, "labels", SG_H5_U32, 4, 1, NULL);
    uint64_t *first = calloc(g->samples + 1, sizeof *first);
    for (uint64_t e = 0; e < count; e++)
        first[sample[e] + 1]++;
    for (uint32_t s = 0; s < g->samples; s++)
        first[s + 1] += first[s];
    const sg_events_view view = {g->samples, g->steps, g->inputs, g->outputs, first, step,
                                 channel,    label,    1,         {0, 0, 0},  NULL};
    OK(sg_events_create(&view, &f->events));
    f->samples = calloc(g->samples, sizeof *f->samples);
    for (uint32_t s = 0; s < g->samples; s++)
        f->samples[s] = s;
    free(sample), free(step), free(channel), free(label), free(first);
}

static void open_fixture(fixture *f, const golden *g, int threads) {
    *f = (fixture){.g = g};
    OK(sg_h5_open(g->file, SG_DATA, &f->file));
    open_config(f);
    open_events(f);
    OK(sg_network_create(f->config, g->inputs, &f->network));
    OK(sg_trainer_create(f->network, f->config, threads, &f->trainer));
}

static void close_fixture(fixture *f) {
    sg_trainer_free(f->trainer);
    sg_network_free(f->network);
    sg_events_free(f->events);
    sg_config_free(f->config);
    sg_h5_close(f->file);
    free(f->samples);
}

/* Calls a check for every reference that is there; the small ones must be. */
static void each(void (*check)(const golden *)) {
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        bool own = strstr(goldens[i].file, "/test/golden/") != NULL;
        if (own || sg_file_exists(goldens[i].file))
            check(&goldens[i]);
        else
            print_message("not here, left out: %s\n", goldens[i].file);
    }
}

/* Rasters are (T, N) here and (B, N, T) there. */
static size_t count_wrong_spikes(const fixture *f, size_t layer, const char *name, uint32_t neurons) {
    uint8_t *expected = load(f, name, SG_H5_U8, 1, 3, NULL);
    uint8_t *raster = calloc((size_t)f->g->steps * neurons, 1);
    size_t wrong = 0, spikes = 0;
    for (uint32_t s = 0; s < f->g->samples; s++) {
        OK(sg_network_raster(f->network, f->events, s, layer, raster));
        for (uint32_t n = 0; n < neurons; n++)
            for (uint32_t t = 0; t < f->g->steps; t++) {
                uint8_t want = expected[((size_t)s * neurons + n) * f->g->steps + t];
                wrong += raster[(size_t)t * neurons + n] != want;
                spikes += want;
            }
    }
    assert_true(spikes > 0);
    free(expected);
    free(raster);
    return wrong;
}

static void check_spikes(const golden *g) {
    fixture f;
    open_fixture(&f, g, 1);
    assert_int_equal(count_wrong_spikes(&f, 0, "step0/hidden_spikes", g->hidden), 0);
    if (!g->read_out)
        assert_int_equal(count_wrong_spikes(&f, 1, "step0/output_spikes", g->outputs), 0);
    close_fixture(&f);
}

static void spikes_are_equal(void **state) {
    (void)state;
    each(check_spikes);
}

/* Counts follow from spikes, but the loss is made of the counts of the training pass: its step 0 is exact. */
static void check_counts(const golden *g) {
    fixture f;
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    sg_layer_activity activity[2];
    if (g->read_out)
        return;
    open_fixture(&f, g, 1);
    uint32_t *counts = load(&f, "step0/counts", SG_H5_U32, 4, 2, NULL);
    double total = 0, loss;
    for (size_t i = 0; i < (size_t)g->samples * g->outputs; i++)
        total += counts[i];
    OK(sg_evaluate(f.network, f.config, f.events, f.samples, g->samples, 2, &evaluation, activity, NULL));
    assert_true(fabs(activity[1].spikes_per_sample * g->samples - total) < 1e-6);
    OK(sg_h5_get(f.file, "step0/loss", SG_H5_F64, &loss, 0, NULL));
    assert_true(fabs(evaluation.loss - loss) <= 1e-9 * loss);
    free(counts);
    close_fixture(&f);
}

static void counts_are_equal(void **state) {
    (void)state;
    each(check_counts);
}

/* The largest difference, as a share of the largest entry. */
static double relative_error(const float *found, const double *expected, size_t count) {
    double largest = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(expected[i]));
        difference = fmax(difference, fabs(found[i] - expected[i]));
    }
    assert_true(largest > 0);
    return difference / largest;
}

static double gradient_error(const fixture *f, size_t layer, const char *name, size_t count) {
    double *expected = load(f, name, SG_H5_F64, 8, 2, NULL);
    float *found = calloc(count, sizeof *found);
    OK(sg_trainer_get_gradient(f->trainer, layer, found));
    double error = relative_error(found, expected, count);
    free(expected);
    free(found);
    return error;
}

static void check_gradients(const golden *g) {
    fixture f;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    open_fixture(&f, g, 2);
    OK(sg_trainer_gradient(f.trainer, f.events, f.samples, g->samples, &batch));
    double error1 = gradient_error(&f, 0, "step0/dw1", (size_t)g->inputs * g->hidden);
    double error2 = gradient_error(&f, 1, "step0/dw2", (size_t)g->hidden * g->outputs);
    print_message("%s: gradient errors %.1e %.1e of the largest entry\n", strrchr(g->file, '/') + 1, error1, error2);
    assert_true(error1 < 1e-5);
    assert_true(error2 < 1e-5);
    close_fixture(&f);
}

static void gradients_are_near(void **state) {
    (void)state;
    each(check_gradients);
}

static void check_losses(const golden *g) {
    fixture f;
    open_fixture(&f, g, 2);
    double worst = 0;
    for (int step = 0; step < TRAINING_STEPS; step++) {
        char name[32];
        double expected;
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        snprintf(name, sizeof name, "step%d/loss", step);
        OK(sg_h5_get(f.file, name, SG_H5_F64, &expected, 0, NULL));
        OK(sg_trainer_step(f.trainer, f.events, f.samples, g->samples, &batch));
        worst = fmax(worst, fabs(batch.loss - expected) / expected);
    }
    print_message("%s: losses of %d steps within %.1e\n", strrchr(g->file, '/') + 1, TRAINING_STEPS, worst);
    assert_true(worst < 1e-3);
    close_fixture(&f);
}

static void losses_are_near(void **state) {
    (void)state;
    each(check_losses);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_are_equal),
        cmocka_unit_test(counts_are_equal),
        cmocka_unit_test(gradients_are_near),
        cmocka_unit_test(losses_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Convolutions and pools: spikes, losses and gradients against independent double-precision references: the networks of
 * conv.h5 beside this file (make_conv.py) and, where they are there, those of ../shared/golden. */
#include "base/shape.h"
#include "file/bytes.h"
#include "surgrad.h"

#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/ok.h"

enum { LAYERS = 3, CLASSES = 3, NAME = 64, RANK = 5 };

/* The names in a reference file of what belongs to a layer; NULL: it has none. */
typedef struct names {
    const char *weights, *bias, *spikes, *by_weights, *by_bias;
} names;

typedef struct golden {
    const char *file, *group; /* all names begin with `group` */
    const char *links;        /* the layers, in YAML */
    sg_shape in;
    names layers[LAYERS];
    const char *by_input; /* dL/dinput of the first sample's loss */
} golden;

#define NEURONS                                                                                                        \
    "    neuron: {kind: cuba_lif, tau_mem: 10 ms, tau_syn: 5 ms}\n"                                                    \
    "    surrogate: {kind: fast_sigmoid, k: 10}\n"
#define READ_OUT "    size: 3\n    neuron: {kind: cuba_li, tau_mem: 10 ms, tau_syn: 5 ms}\n"

#define OWN_FILE SOURCE_DIR "/test/golden/conv.h5"
#define SHARED(pool)                                                                                                   \
    {                                                                                                                  \
        SOURCE_DIR "/../shared/golden/conv_" pool ".h5", "",                                                           \
            "  - link: {kind: conv2d, channels: 4, kernel: 3, padding: 1, bias: true}\n" NEURONS                       \
            "  - link: {kind: conv2d, channels: 6, kernel: 3, stride: 2, padding: 1, pool: " pool "}\n" NEURONS        \
            "  - link: {kind: dense}\n" READ_OUT,                                                                      \
            {2, 8, 8},                                                                                                 \
            {{"conv1", "bias1", "forward/s1", "backward/dconv1", "backward/dbias1"},                                   \
             {"conv2", NULL, "forward/s2", "backward/dconv2", NULL},                                                   \
             {"dense", NULL, NULL, "backward/ddense", NULL}},                                                          \
            NULL                                                                                                       \
    }

static const golden goldens[] = {
    {OWN_FILE,
     "grouped/",
     "  - link: {kind: conv2d, channels: 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2, bias: "
     "true}\n" NEURONS "  - link: {kind: conv2d, channels: 4, kernel: 2, padding: 1, groups: 2, pool: avg}\n" NEURONS
     "  - link: {kind: dense, pool: sum, bias: true}\n" READ_OUT,
     {4, 9, 8},
     {{"w1", "b1", "s1", "dw1", "db1"}, {"w2", NULL, "s2", "dw2", NULL}, {"w3", "b3", NULL, "dw3", "db3"}},
     "dx0"},
    {OWN_FILE,
     "row/",
     "  - link: {kind: conv1d, channels: 8, kernel: 5, stride: 2, padding: 3, dilation: 2}\n" NEURONS
     "  - link: {kind: conv1d, channels: 5, kernel: 3, padding: 1, bias: true, pool: max}\n" NEURONS
     "  - link: {kind: dense, pool: avg, pool_size: 3, bias: true}\n" READ_OUT,
     {3, 1, 40},
     {{"w1", NULL, "s1", "dw1", NULL}, {"w2", "b2", "s2", "dw2", "db2"}, {"w3", "b3", NULL, "dw3", "db3"}},
     "dx0"},
    {OWN_FILE,
     "wide/",
     "  - link: {kind: conv2d, channels: 17, kernel: 5, padding: 2}\n" NEURONS
     "  - link: {kind: conv2d, channels: 18, kernel: 1, stride: 2, bias: true, pool: max, pool_size: 3}\n" NEURONS
     "  - link: {kind: dense, bias: true}\n" READ_OUT,
     {2, 7, 19},
     {{"w1", NULL, "s1", "dw1", NULL}, {"w2", "b2", "s2", "dw2", "db2"}, {"w3", "b3", NULL, "dw3", "db3"}},
     "dx0"},
    SHARED("sum"),
    SHARED("max"),
};

/* A reference, and surgrad at the same point. */
typedef struct fixture {
    const golden *g;
    hid_t file;
    size_t samples, steps;
    sg_config *config;
    sg_events *events;
    sg_network *network;
    uint32_t *sample; /* (samples) all of them */
} fixture;

/* ------------------------------------------------------------------------------------------------- the reference */

/* A dataset as numbers of a type of `size` bytes, and its shape, 0 behind its rank; shape may be NULL. */
static void *load(const fixture *f, const char *name, hid_t type, size_t size, hsize_t shape[RANK]) {
    char full[NAME];
    hsize_t found[RANK] = {0};
    snprintf(full, sizeof full, "%s%s", f->g->group, name);
    hid_t dataset = H5Dopen2(f->file, full, H5P_DEFAULT), space = H5Dget_space(dataset);
    assert_true(dataset >= 0 && H5Sget_simple_extent_ndims(space) <= RANK);
    H5Sget_simple_extent_dims(space, found, NULL);
    void *data = calloc((size_t)H5Sget_simple_extent_npoints(space), size);
    assert_non_null(data);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    if (shape)
        memcpy(shape, found, sizeof found);
    return data;
}

/* The weights of a layer by (row, column) of their group, from (channels, channels below / groups, rows, columns) of a
 * convolution; those of a dense layer lie so already. */
static void *as_group(double *values, const hsize_t shape[RANK]) {
    size_t channels = shape[0], rows = shape[1] * shape[2] * shape[3];
    double *turned = calloc(channels * rows, sizeof *turned);
    if (shape[2] == 0) {
        free(turned);
        return values;
    }
    for (size_t o = 0; o < channels; o++)
        for (size_t r = 0; r < rows; r++)
            turned[r * channels + o] = values[o * rows + r];
    free(values);
    return turned;
}

/* A group of parameters or its gradient, as surgrad has it. */
static double *load_group(const fixture *f, const char *name, size_t *count) {
    hsize_t shape[RANK];
    double *values = as_group(load(f, name, H5T_NATIVE_DOUBLE, sizeof *values, shape), shape);
    *count = shape[0];
    for (int d = 1; d < RANK && shape[d]; d++)
        *count *= shape[d];
    return values;
}

/* ----------------------------------------------------------------------------------------------------- surgrad */

static void open_config(fixture *f) {
    char text[2048];
    int size = snprintf(text, sizeof text,
                        "steps: %zu\ndt: 1 ms\nloss: {kind: mean_ce}\noptimiser: {kind: sgd, lr: 0.01}\nlayers:\n%s",
                        f->steps, f->g->links);
    assert_true(size > 0 && (size_t)size < sizeof text);
    OK(sg_config_parse("golden", text, (size_t)size, &f->config));
}

/* A store with an event for each spike, and several where a number is above 1. */
static void open_events(fixture *f) {
    hsize_t shape[RANK];
    uint8_t *x = load(f, "x", H5T_NATIVE_UINT8, 1, shape);
    f->samples = shape[0], f->steps = shape[1];
    size_t inputs = sg_shape_size(f->g->in), places = f->samples * f->steps * inputs, count = 0;
    uint32_t *label = load(f, "labels", H5T_NATIVE_UINT32, sizeof *label, NULL);
    uint64_t *first = calloc(f->samples + 1, sizeof *first);
    uint16_t *step = calloc(2 * places, sizeof *step);
    uint32_t *channel = calloc(2 * places, sizeof *channel);
    f->sample = calloc(f->samples, sizeof *f->sample);
    for (size_t s = 0; s < f->samples; s++) {
        for (size_t j = 0; j < f->steps * inputs; j++)
            for (uint8_t times = 0; times < x[s * f->steps * inputs + j]; times++) {
                step[count] = (uint16_t)(j / inputs);
                channel[count++] = (uint32_t)(j % inputs);
            }
        first[s + 1] = count;
        f->sample[s] = (uint32_t)s;
    }
    const sg_events_view view = {
        f->samples, (uint32_t)f->steps, (uint32_t)inputs, CLASSES, first, step, channel, label, 1, f->g->in, NULL};
    const sg_events_details details = {.size = sizeof details, .counts = true};
    OK(sg_events_create_detailed(&view, &details, &f->events));
    free(x), free(label), free(first), free(step), free(channel);
}

static void set_group(fixture *f, size_t layer, const char *group, const char *name) {
    size_t count;
    if (!name)
        return;
    double *values = load_group(f, name, &count);
    float *single = calloc(count, sizeof *single);
    for (size_t j = 0; j < count; j++)
        single[j] = (float)values[j];
    OK(sg_network_set_group(f->network, layer, group, single));
    free(values), free(single);
}

static void open_fixture(fixture *f, const golden *g) {
    *f = (fixture){.g = g};
    f->file = H5Fopen(g->file, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(f->file >= 0);
    open_events(f);
    open_config(f);
    OK(sg_network_create_shaped(f->config, g->in, &f->network));
    for (size_t l = 0; l < LAYERS; l++) {
        set_group(f, l, "weights", g->layers[l].weights);
        set_group(f, l, "bias", g->layers[l].bias);
    }
}

static void close_fixture(fixture *f) {
    sg_network_free(f->network);
    sg_events_free(f->events);
    sg_config_free(f->config);
    H5Fclose(f->file);
    free(f->sample);
}

/* Calls a check for every reference that is there; our own must be. */
static void each(void (*check)(fixture *)) {
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        fixture f;
        if (strcmp(goldens[i].file, OWN_FILE) != 0 && !sg_file_exists(goldens[i].file)) {
            print_message("not here, left out: %s\n", goldens[i].file);
            continue;
        }
        open_fixture(&f, &goldens[i]);
        check(&f);
        close_fixture(&f);
    }
}

static void print_reference(const fixture *f) {
    print_message("%s %s:", strrchr(f->g->file, '/') + 1, f->g->group);
}

/* ------------------------------------------------------------------------------------------------------ checks */

/* Rasters are (T, N) here and (B, T, N) there, both by channel, row, column. */
static void check_spikes(fixture *f) {
    for (size_t l = 0; l < LAYERS; l++) {
        hsize_t shape[RANK];
        size_t spikes = 0;
        if (!f->g->layers[l].spikes)
            continue;
        uint8_t *expected = load(f, f->g->layers[l].spikes, H5T_NATIVE_UINT8, 1, shape);
        size_t size = f->steps * shape[2] * shape[3] * shape[4];
        uint8_t *raster = calloc(size, 1);
        for (size_t s = 0; s < f->samples; s++) {
            OK(sg_network_raster(f->network, f->events, s, l, raster));
            assert_memory_equal(raster, expected + s * size, size);
            for (size_t j = 0; j < size; j++)
                spikes += raster[j];
        }
        assert_true(spikes > 100);
        free(expected), free(raster);
    }
}

static void spikes_are_equal(void **state) {
    (void)state;
    each(check_spikes);
}

/* The largest difference, as a share of the largest entry. */
static double relative_error(const float *found, const double *expected, size_t count) {
    double largest = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(expected[i]));
        difference = fmax(difference, fabs((double)found[i] - expected[i]));
    }
    assert_true(largest > 0);
    return difference / largest;
}

static void check_group(const fixture *f, const sg_trainer *trainer, size_t layer, const char *group,
                        const char *name) {
    size_t count;
    if (!name)
        return;
    double *expected = load_group(f, name, &count);
    float *found = calloc(count, sizeof *found);
    OK(sg_trainer_get_gradient_of(trainer, layer, group, found));
    double error = relative_error(found, expected, count);
    print_message(" %s %.1e", name, error);
    assert_true(error < 1e-4);
    free(expected), free(found);
}

static void check_gradients(fixture *f) {
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    double *loss = load(f, "loss", H5T_NATIVE_DOUBLE, sizeof *loss, NULL);
    OK(sg_trainer_create(f->network, f->config, 2, &trainer));
    OK(sg_trainer_gradient(trainer, f->events, f->sample, f->samples, &batch));
    print_reference(f);
    print_message(" loss %.1e", fabs(batch.loss - *loss) / *loss);
    assert_true(fabs(batch.loss - *loss) < 1e-5 * *loss);
    for (size_t l = 0; l < LAYERS; l++) {
        check_group(f, trainer, l, "weights", f->g->layers[l].by_weights);
        check_group(f, trainer, l, "bias", f->g->layers[l].by_bias);
    }
    print_message("\n");
    sg_trainer_free(trainer);
    free(loss);
}

static void gradients_are_near(void **state) {
    (void)state;
    each(check_gradients);
}

static void check_input_gradients(fixture *f) {
    size_t size = f->steps * sg_shape_size(f->g->in);
    const uint32_t sample = 0;
    if (!f->g->by_input)
        return;
    double *expected = load(f, f->g->by_input, H5T_NATIVE_DOUBLE, sizeof *expected, NULL);
    float *found = calloc(size, sizeof *found);
    OK(sg_input_gradients(f->network, f->config, f->events, &sample, 1, 1, NULL, found));
    double error = relative_error(found, expected, size);
    print_reference(f);
    print_message(" by inputs %.1e\n", error);
    assert_true(error < 1e-4);
    free(expected), free(found);
}

static void gradients_by_inputs_are_near(void **state) {
    (void)state;
    each(check_input_gradients);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_are_equal),
        cmocka_unit_test(gradients_are_near),
        cmocka_unit_test(gradients_by_inputs_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

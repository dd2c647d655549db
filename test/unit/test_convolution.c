/* labels: threads */
/* Convolutions and pools: equal to dense links that are written out, and the same bits for any number of threads, set
 * of kernels and cut of time. */
#include "base/shape.h"
#include "surgrad.h"

#include <hdf5.h>
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

enum { SAMPLES = 21, STEPS = 30, EVENTS = 150, MOST = 1 << 16 };

/* Samples of three classes whose channels have places; some channels have several events in a step. */
static sg_events *events_of(sg_shape shape) {
    uint32_t inputs = (uint32_t)sg_shape_size(shape);
    sg_events *flat = drawn_events_counted((drawn_sizes){SAMPLES, STEPS, inputs, EVENTS}, true), *events;
    sg_events_view view = sg_events_get(flat);
    sg_events_details details = SG_SIZED(sg_events_details);
    details.counts = true;
    view.shape = shape;
    OK(sg_events_create_detailed(&view, &details, &events));
    sg_events_free(flat);
    return events;
}

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
    OK(sg_config_parse("convolution", text, (size_t)size, &config));
    return config;
}

static void set_up(subject *work, const char *layers, sg_shape shape, int threads, const char *memory) {
    work->config = config_of(layers);
    work->events = events_of(shape);
    for (uint32_t s = 0; s < SAMPLES; s++)
        work->samples[s] = s;
    OK(sg_config_set(work->config, "memory", memory));
    OK(sg_network_create_shaped(work->config, shape, &work->network));
    OK(sg_trainer_create(work->network, work->config, threads, &work->trainer));
}

static void tear_down(subject *work) {
    sg_trainer_free(work->trainer);
    sg_network_free(work->network);
    sg_config_free(work->config);
    sg_events_free(work->events);
}

/* ---------------------------------------------------------------------------------------------- written out densely */

/* The numbers that the two networks have in common: entry (row, column) of a dense group is `share` times entry
 * `from` of the group of the other network, or 0. */
typedef struct entry {
    size_t from;
    bool is_there;
} entry;

typedef entry find(size_t row, size_t column);

typedef struct expansion {
    size_t rows, columns; /* of the dense group */
    size_t from_count;    /* numbers of the other */
    float share;
    find *find;
} expansion;

static void copy_group(const subject *to, const subject *from, size_t layer, const char *group) {
    static float values[MOST];
    OK(sg_network_get_group(from->network, layer, group, values));
    OK(sg_network_set_group(to->network, layer, group, values));
}

static void expand(const subject *to, const subject *from, size_t layer, const char *group, const expansion *e) {
    static float values[MOST], dense[MOST];
    assert_true(e->rows * e->columns <= MOST);
    OK(sg_network_get_group(from->network, layer, group, values));
    for (size_t j = 0; j < e->rows * e->columns; j++) {
        const entry found = e->find(j / e->columns, j % e->columns);
        dense[j] = found.is_there ? e->share * values[found.from] : 0;
    }
    OK(sg_network_set_group(to->network, layer, group, dense));
}

static void assert_near(const float *found, const double *expected, size_t count) {
    double largest = 0;
    for (size_t j = 0; j < count; j++)
        largest = fmax(largest, fabs(expected[j]));
    assert_true(largest > 0);
    for (size_t j = 0; j < count; j++)
        if (!(fabs((double)found[j] - expected[j]) <= 1e-5 * largest))
            fail_msg("number %zu is %g, expected %g", j, (double)found[j], expected[j]);
}

/* The gradient by a number is the sum of those by the entries that it is in. */
static void assert_gradient(const subject *dense, const subject *work, size_t layer, const char *group,
                            const expansion *e) {
    static float found[MOST], of_dense[MOST];
    static double expected[MOST];
    memset(expected, 0, sizeof expected);
    OK(sg_trainer_get_gradient_of(work->trainer, layer, group, found));
    OK(sg_trainer_get_gradient_of(dense->trainer, layer, group, of_dense));
    for (size_t j = 0; j < e->rows * e->columns; j++) {
        const entry here = e->find(j / e->columns, j % e->columns);
        if (here.is_there)
            expected[here.from] += (double)(e->share * of_dense[j]);
    }
    assert_near(found, expected, e->from_count);
}

static void assert_same_gradient(const subject *dense, const subject *work, size_t layer, const char *group,
                                 size_t count) {
    static float found[MOST], of_dense[MOST];
    static double expected[MOST];
    OK(sg_trainer_get_gradient_of(work->trainer, layer, group, found));
    OK(sg_trainer_get_gradient_of(dense->trainer, layer, group, of_dense));
    for (size_t j = 0; j < count; j++)
        expected[j] = (double)of_dense[j];
    assert_near(found, expected, count);
}

/* All samples, as evaluation shows them. */
static void assert_same_rasters(const subject *a, const subject *b, size_t layer, size_t neurons) {
    static uint8_t one[MOST], other[MOST];
    size_t spikes = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(a->network, a->events, s, layer, one));
        OK(sg_network_raster(b->network, b->events, s, layer, other));
        assert_memory_equal(one, other, STEPS * neurons);
        for (size_t j = 0; j < STEPS * neurons; j++)
            spikes += one[j];
    }
    assert_true(spikes > 1000);
}

static void assert_same_inputs(const subject *a, const subject *b, size_t inputs) {
    float *found = calloc(SAMPLES * STEPS * inputs, sizeof *found),
          *other = calloc(SAMPLES * STEPS * inputs, sizeof *other);
    double *expected = calloc(SAMPLES * STEPS * inputs, sizeof *expected);
    OK(sg_input_gradients(a->network, a->config, a->events, a->samples, SAMPLES, 2, NULL, found));
    OK(sg_input_gradients(b->network, b->config, b->events, b->samples, SAMPLES, 1, NULL, other));
    for (size_t j = 0; j < SAMPLES * STEPS * inputs; j++)
        expected[j] = (double)other[j];
    assert_near(found, expected, SAMPLES * STEPS * inputs);
    free(found), free(other), free(expected);
}

static void run_both(subject *a, subject *b) {
    sg_batch_result one = SG_SIZED(sg_batch_result), other = SG_SIZED(sg_batch_result);
    OK(sg_trainer_gradient(a->trainer, a->events, a->samples, SAMPLES, &one));
    OK(sg_trainer_gradient(b->trainer, b->events, b->samples, SAMPLES, &other));
    assert_true(fabs(one.loss - other.loss) < 1e-6 * one.loss);
}

#define NEURON "    neuron: {kind: cuba_lif}\n    surrogate: {kind: fast_sigmoid, k: 5}\n"

/* A convolution of two groups: (4, 7, 6), kernel 3, stride 2, padding 2, dilation 2 to (6, 4, 3). */
enum { IN = 4, IN_HEIGHT = 7, IN_WIDTH = 6, OUT = 6, OUT_HEIGHT = 4, OUT_WIDTH = 3, KERNEL = 3 };

/* The number of the kernel through which input (c, y, x) reaches neuron (o, y, x). */
static entry find_weight(size_t row, size_t column) {
    long c = (long)row / (IN_HEIGHT * IN_WIDTH), y = (long)row / IN_WIDTH % IN_HEIGHT, x = (long)row % IN_WIDTH;
    long o = (long)column / (OUT_HEIGHT * OUT_WIDTH), out_y = (long)column / OUT_WIDTH % OUT_HEIGHT;
    long out_x = (long)column % OUT_WIDTH, j = y + 2 - 2 * out_y, k = x + 2 - 2 * out_x;
    bool same_group = c / (IN / 2) == o / (OUT / 2);
    if (!same_group || j < 0 || k < 0 || j % 2 || k % 2 || j / 2 >= KERNEL || k / 2 >= KERNEL)
        return (entry){0, false};
    return (entry){(size_t)((((c % (IN / 2)) * KERNEL + j / 2) * KERNEL + k / 2) * OUT + o), true};
}

static entry find_bias(size_t row, size_t column) {
    (void)row;
    return (entry){column / (OUT_HEIGHT * OUT_WIDTH), true};
}

static void a_convolution_is_a_dense_link_with_shared_weights(void **state) {
    (void)state;
    static const expansion weights = {IN * IN_HEIGHT * IN_WIDTH, OUT * OUT_HEIGHT * OUT_WIDTH,
                                      IN / 2 * KERNEL * KERNEL * OUT, 1, find_weight};
    static const expansion bias = {1, OUT * OUT_HEIGHT * OUT_WIDTH, OUT, 1, find_bias};
    static const float biases[OUT] = {0.1f, -0.2f, 0.3f, 0, 0.05f, -0.1f};
    const sg_shape shape = {IN, IN_HEIGHT, IN_WIDTH};
    subject conv, dense;
    set_up(&conv,
           "layers:\n  - link: {kind: conv2d, channels: 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2,"
           " bias: true, dropout: 0.3, sd: 0.5}\n" NEURON "  - size: 3\n    neuron: {kind: li}\n",
           shape, 2, "0 MB");
    set_up(&dense,
           "layers:\n  - size: 72\n    link: {bias: true, dropout: 0.3}\n" NEURON
           "  - size: 3\n    neuron: {kind: li}\n",
           shape, 1, "0 MB");
    OK(sg_network_set_group(conv.network, 0, "bias", biases));
    expand(&dense, &conv, 0, "weights", &weights);
    expand(&dense, &conv, 0, "bias", &bias);
    copy_group(&dense, &conv, 1, "weights");
    assert_same_rasters(&dense, &conv, 0, weights.columns);
    run_both(&dense, &conv);
    assert_gradient(&dense, &conv, 0, "weights", &weights);
    assert_gradient(&dense, &conv, 0, "bias", &bias);
    assert_same_gradient(&dense, &conv, 1, "weights", weights.columns * 3);
    assert_same_inputs(&conv, &dense, weights.rows);
    tear_down(&conv);
    tear_down(&dense);
}

/* Above neurons without places it is a dense link, whose weights lie the same way. */
static void a_convolution_of_one_place_is_a_dense_link(void **state) {
    (void)state;
    const sg_shape shape = {9, 1, 1};
    subject conv, dense;
    set_up(&conv,
           "layers:\n  - size: 7\n    link: {sd: 0.5}\n" NEURON
           "  - link: {kind: conv2d, channels: 18, kernel: 1, sd: 0.5}\n" NEURON
           "  - size: 3\n    neuron: {kind: li}\n",
           shape, 2, "0 MB");
    set_up(&dense,
           "layers:\n  - size: 7\n    link: {sd: 0.5}\n" NEURON "  - size: 18\n    link: {sd: 0.5}\n" NEURON
           "  - size: 3\n    neuron: {kind: li}\n",
           shape, 1, "0 MB");
    for (size_t l = 0; l < 3; l++)
        copy_group(&dense, &conv, l, "weights");
    assert_same_rasters(&dense, &conv, 1, 18);
    run_both(&dense, &conv);
    assert_same_gradient(&dense, &conv, 0, "weights", 9 * 7);
    assert_same_gradient(&dense, &conv, 1, "weights", 7 * 18);
    tear_down(&conv);
    tear_down(&dense);
}

/* A map of (3, 6, 7), of which windows of 2 leave a column over, to 3 neurons. */
enum { MAP = 3, HEIGHT = 6, WIDTH = 7, POOLED = MAP * (HEIGHT / 2) * (WIDTH / 2) };

static entry find_pooled(size_t row, size_t column) {
    size_t c = row / (HEIGHT * WIDTH), y = row / WIDTH % HEIGHT / 2, x = row % WIDTH / 2;
    return (entry){((c * (HEIGHT / 2) + y) * (WIDTH / 2) + x) * 3 + column, x < WIDTH / 2};
}

#define MAP_LAYER "layers:\n  - link: {kind: conv2d, channels: 3, kernel: 3, padding: 1, sd: 0.5}\n" NEURON
#define POOLED_BY(pool)                                                                                                \
    MAP_LAYER "  - size: 3\n    link: {pool: " pool ", dropout: 0.2, bias: true}\n    neuron: {kind: li}\n"

/* Dropout is drawn for the neurons below a pool, so that it is the same with and without one. */
static void check_pool(const char *pooled_layers, float share) {
    const expansion weights = {MAP * HEIGHT * WIDTH, 3, POOLED * 3, share, find_pooled};
    const sg_shape shape = {2, HEIGHT, WIDTH};
    subject pooled, plain;
    set_up(&pooled, pooled_layers, shape, 1, "0 MB");
    set_up(&plain, MAP_LAYER "  - size: 3\n    link: {dropout: 0.2, bias: true}\n    neuron: {kind: li}\n", shape, 1,
           "0 MB");
    copy_group(&plain, &pooled, 0, "weights");
    expand(&plain, &pooled, 1, "weights", &weights);
    assert_same_rasters(&plain, &pooled, 0, weights.rows);
    run_both(&plain, &pooled);
    assert_same_gradient(&plain, &pooled, 0, "weights", 2 * 9 * MAP);
    assert_gradient(&plain, &pooled, 1, "weights", &weights);
    assert_same_gradient(&plain, &pooled, 1, "bias", 3);
    tear_down(&pooled);
    tear_down(&plain);
}

static void pools_that_add_are_dense_links_with_equal_weights(void **state) {
    (void)state;
    check_pool(POOLED_BY("sum"), 1);
    check_pool(POOLED_BY("avg"), 0.25f);
}

/* ------------------------------------------------------------------------------------------------- initial weights */

/* Standard deviation of the weights of layer 0. */
static double spread_of(const char *link, sg_shape shape, const char *kind) {
    static float values[MOST];
    char text[256];
    double squares = 0;
    size_t count;
    sg_config *config;
    sg_network *network;
    sg_group_info info = SG_SIZED(sg_group_info);
    snprintf(text, sizeof text,
             "layers:\n  - %s\n    neuron: {kind: cuba_lif, tau_syn: 3 ms}\n  - size: 2\n    neuron: {kind: li}\n",
             link);
    config = config_of(text);
    OK(sg_config_set(config, "layers.0.link.weights", kind));
    OK(sg_network_create_shaped(config, shape, &network));
    OK(sg_network_group(network, 0, 0, &info));
    OK(sg_network_get_group(network, 0, info.name, values));
    count = (size_t)info.rows * info.columns;
    for (size_t j = 0; j < count; j++)
        squares += (double)values[j] * (double)values[j];
    sg_network_free(network);
    sg_config_free(config);
    return sqrt(squares / (double)count);
}

/* A neuron has 2 x 25 inputs, an input reaches the kernels of 64 channels, as PyTorch counts them; and fluctuation
 * draws what it draws for a dense link of 50 inputs. */
static void initial_weights_know_kernels_and_groups(void **state) {
    (void)state;
    static const char link[] = "link: {kind: conv2d, channels: 64, kernel: 5, groups: 2}";
    const sg_shape shape = {4, 9, 9}, flat = {50, 1, 1};
    const double inputs = 50, outputs = 64 * 25;
    const struct {
        const char *kind;
        double expected;
    } rows[] = {
        {"kaiming_normal", sqrt(2 / inputs)},
        {"kaiming_uniform", sqrt(2 / inputs)},
        {"xavier_normal", sqrt(2 / (inputs + outputs))},
        {"xavier_uniform", sqrt(2 / (inputs + outputs))},
        {"orthogonal", 1 / sqrt(64)},
        {"fluctuation", spread_of("size: 64", flat, "fluctuation")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double found = spread_of(link, shape, rows[i].kind);
        if (fabs(found - rows[i].expected) > 0.05 * rows[i].expected)
            fail_msg("%s: standard deviation %g, expected %g", rows[i].kind, found, rows[i].expected);
    }
}

/* --------------------------------------------------------------------------------------------------- the same bits */

/* Convolutions of both kinds, all pools, several blocks, neurons of each form, and everything that draws. */
typedef struct example {
    sg_shape in;
    const char *layers;
} example;

static const example examples[] = {
    {{2, 12, 13},
     "layers:\n"
     "  - link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, bias: true, sd: 0.4, dropout: 0.1}\n" NEURON
     "  - link: {kind: conv2d, channels: 18, kernel: 3, padding: 1, pool: max, sd: 0.4, dropout: 0.2}\n"
     "    neuron: {kind: adlif, reset_gradient: true}\n"
     "    surrogate: {kind: triangle}\n"
     "  - link: {kind: dense, pool: sum, bias: true}\n"
     "    size: 3\n"
     "    neuron: {kind: cuba_li, train: {tau_mem: true}}\n"
     "regularise: {lower: 0.1, lower_rate: 2, upper: 0.1}\n"
     "optimiser: {kind: adam, lr: 0.01, weight_decay: 0.01, clip_norm: 1}\n"},
    {{3, 1, 150},
     "layers:\n"
     "  - link: {kind: conv1d, channels: 16, kernel: 7, stride: 2, padding: 3, sd: 0.3}\n"
     "    neuron: {kind: lif, reset: subtract}\n"
     "    surrogate: {kind: boxcar}\n"
     "  - link: {kind: conv1d, channels: 12, kernel: 3, dilation: 2, groups: 4, bias: true, pool: avg, sd: "
     "0.8}\n" NEURON "  - link: {kind: dense, pool: max, pool_size: 3, dropout: 0.1}\n"
     "    size: 20\n"
     "    recurrent: {from: own, weights: normal, sd: 0.05}\n" NEURON "  - size: 3\n"
     "    neuron: {kind: li}\n"
     "optimiser: {kind: sgd, lr: 0.05, momentum: 0.9}\n"},
};
enum { EXAMPLES = sizeof examples / sizeof *examples, BATCHES = 5 };

typedef struct result {
    float values[MOST];
    double losses[BATCHES];
    uint64_t spikes;
    sg_evaluation evaluation;
} result;

static void take_parameters(const sg_network *network, result *r) {
    sg_group_info info = SG_SIZED(sg_group_info);
    size_t count = 0;
    for (size_t l = 0; l < sg_network_layers(network); l++)
        for (size_t g = 0; sg_network_group(network, l, g, &info) == SG_OK; g++) {
            assert_true(count + info.rows * info.columns <= MOST);
            OK(sg_network_get_group(network, l, info.name, r->values + count));
            count += info.rows * info.columns;
        }
}

static void train(result *r, const example *e, int threads, const char *memory) {
    subject work;
    memset(r, 0, sizeof *r);
    set_up(&work, e->layers, e->in, threads, memory);
    for (size_t k = 0; k < BATCHES; k++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        OK(sg_trainer_step(work.trainer, work.events, work.samples + k, SAMPLES - 2 * k, &batch));
        r->losses[k] = batch.loss;
        for (size_t l = 0; l < 2; l++) {
            uint64_t spikes;
            OK(sg_trainer_spikes(work.trainer, l, &spikes));
            r->spikes += spikes;
        }
    }
    take_parameters(work.network, r);
    r->evaluation = SG_SIZED(sg_evaluation);
    OK(sg_evaluate(work.network, work.config, work.events, work.samples, SAMPLES, threads, &r->evaluation, NULL, NULL));
    tear_down(&work);
}

static void assert_same(const result *a, const result *b) {
    assert_memory_equal(a->values, b->values, sizeof a->values);
    assert_memory_equal(a->losses, b->losses, sizeof a->losses);
    assert_int_equal(a->spikes, b->spikes);
    assert_true(a->evaluation.loss == b->evaluation.loss && a->evaluation.correct == b->evaluation.correct);
}

static void threads_do_not_matter(void **state) {
    (void)state;
    static result one, more;
    static const int threads[] = {2, 5};
    for (size_t i = 0; i < EXAMPLES; i++) {
        train(&one, &examples[i], 1, "0 MB");
        assert_true(one.spikes > 1000 && one.losses[BATCHES - 1] != one.losses[0]);
        for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
            train(&more, &examples[i], threads[k], "0 MB");
            assert_same(&one, &more);
        }
    }
}

static void kernels_do_not_matter(void **state) {
    (void)state;
    static const char *const levels[] = {"scalar", "avx2", "avx512", "neon"};
    static result fastest, other;
    for (size_t i = 0; i < EXAMPLES; i++) {
        OK(sg_set_cpu(NULL));
        train(&fastest, &examples[i], 2, "0 MB");
        for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
            if (sg_set_cpu(levels[k]) != SG_OK) /* not on this machine */
                continue;
            train(&other, &examples[i], 2, "0 MB");
            assert_same(&fastest, &other);
        }
    }
    OK(sg_set_cpu(NULL));
}

/* Bytes of one thread's buffers for a data set like that of the example. */
static size_t workspaces(const example *e, const char *memory) {
    sg_events *events = events_of(e->in);
    sg_config *config = config_of(e->layers);
    sg_memory_plan plan = SG_SIZED(sg_memory_plan);
    OK(sg_events_save(events, in_folder("events.h5")));
    OK(sg_config_set(config, "memory", memory));
    OK(sg_config_set(config, "data.set", "events"));
    OK(sg_config_set(config, "data.split", "shuffled"));
    OK(sg_config_set(config, "data.file", in_folder("events.h5")));
    OK(sg_memory(config, 1, &plan));
    sg_events_free(events);
    sg_config_free(config);
    return plan.workspaces;
}

static void bounded_memory_does_not_matter(void **state) {
    (void)state;
    static result all, bounded;
    for (size_t i = 0; i < EXAMPLES; i++) {
        size_t needed = workspaces(&examples[i], "0 MB");
        train(&all, &examples[i], 1, "0 MB");
        for (size_t percent = 60; percent < 100; percent += 15) {
            char memory[32];
            snprintf(memory, sizeof memory, "%zu B", needed * percent / 100);
            assert_true(workspaces(&examples[i], memory) <= needed * percent / 100);
            train(&bounded, &examples[i], 1, memory);
            assert_same(&all, &bounded);
        }
    }
}

/* --------------------------------------------------------------------------------------------------------- files */

static void write_input_shape(const char *path, sg_shape shape) {
    const uint32_t numbers[3] = {shape.channels, shape.height, shape.width};
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, "input_shape", H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
}

/* The file of a model says which shape its weights are for; another one is found out. */
static void a_model_of_another_shape_is_refused(void **state) {
    (void)state;
    static const struct {
        sg_shape shape;
        const char *message;
    } wrong[] = {
        {{2, 1, 1}, "layers.1.link.pool_size: windows of 2 places do not fit"},
        {{1, 12, 13}, "layers/0/weights' are 18 x 5, but its configuration tells 9 x 5"},
        {{2, 16, 13}, "layers/2/weights"},
        {{0, 12, 13}, "a network of 0 x 12 x 13 inputs"},
    };
    const char *path = in_folder("model.h5");
    subject work;
    sg_config *config;
    sg_network *network;
    set_up(&work, examples[0].layers, examples[0].in, 1, "0 MB");
    OK(sg_model_save(work.network, work.config, path));
    OK(sg_model_load(path, &config, &network));
    sg_network_free(network);
    sg_config_free(config);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_input_shape(path, wrong[i].shape);
        assert_int_equal(sg_model_load(path, &config, &network), SG_MODEL);
        assert_message_has(wrong[i].message);
        assert_message_has("model.h5");
    }
    tear_down(&work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_convolution_is_a_dense_link_with_shared_weights),
        cmocka_unit_test(a_convolution_of_one_place_is_a_dense_link),
        cmocka_unit_test(pools_that_add_are_dense_links_with_equal_weights),
        cmocka_unit_test(initial_weights_know_kernels_and_groups),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(kernels_do_not_matter),
        cmocka_unit_test(bounded_memory_does_not_matter),
        cmocka_unit_test(a_model_of_another_shape_is_refused),
    };
    return cmocka_run_group_tests_name("convolution", tests, folder_make, folder_remove);
}

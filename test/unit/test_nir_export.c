/* Networks that go out as NIR graphs and come back: the same parameters to the last bit and the same configuration; and
 * the same spikes where all that surgrad wrote into the metadata is gone. */
#include "surgrad.h"

#include <hdf5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "ok.h"

enum { STEPS = 60, SIDE = 8, INPUTS = 2 * SIDE * SIDE, SAMPLES = 6, EVENTS = 400, CLASSES = 4 };

static const sg_shape image = {2, SIDE, SIDE};

#define TOP "  - {size: 4, link: {sd: 0.3}, neuron: {kind: li, scale: decay}}\n"

/* What a network has, and what options an import without metadata needs to get the same spikes. */
typedef struct network_case {
    const char *name, *layers, *reset, *order, *integration;
} network_case;

static const network_case cases[] = {
    {"recurrent with values of each neuron",
     "  - {size: 20, link: {sd: 0.3, bias: true}, recurrent: {from: own, sd: 0.2}, neuron: {kind: cuba_lif, tau_mem: 9 "
     "ms, "
     "spread: {tau_mem: 0.2, threshold: 0.1}, train: {tau_syn: true}, integration: euler}}\n"
     "  - {size: 4, neuron: {kind: cuba_li}}\n",
     NULL, NULL, NULL},
    {"exact, subtracting",
     "  - {size: 20, link: {sd: 0.3}, neuron: {kind: lif, tau_mem: 7.3 ms, scale: decay, threshold: 0.2, reset: "
     "subtract}}\n"
     "  - {size: 4, link: {sd: 0.4}, neuron: {kind: if, reset: subtract}}\n",
     "subtract", NULL, NULL},
    {"norse", "  - {size: 20, link: {sd: 0.9}, neuron: {kind: cuba_lif, order: norse}}\n" TOP, NULL, NULL, NULL},
    {"snntorch",
     "  - {size: 20, link: {sd: 0.3}, neuron: {kind: lif, order: snntorch, integration: euler}}\n"
     "  - {size: 4, link: {sd: 0.3}, neuron: {kind: lif, order: snntorch}}\n",
     "auto", "snntorch", NULL},
    {"snntorch_no_delay",
     "  - {size: 20, link: {sd: 0.3}, neuron: {kind: cuba_lif, order: snntorch_no_delay}}\n"
     "  - {size: 4, link: {sd: 0.3}, neuron: {kind: lif, order: snntorch_no_delay}}\n",
     "auto", "snntorch_no_delay", NULL},
    {"sinabs",
     "  - {size: 20, link: {sd: 0.9}, neuron: {kind: cuba_lif, order: sinabs}}\n"
     "  - {size: 4, link: {sd: 0.9}, neuron: {kind: cuba_lif, order: sinabs}}\n",
     "auto", "sinabs", NULL},
    {"maps",
     "  - {link: {kind: conv2d, channels: 4, kernel: 3, padding: 1, groups: 2, sd: 0.5, bias: true}, neuron: {kind: "
     "if}}\n"
     "  - {link: {kind: conv2d, channels: 6, kernel: 3, stride: 2, pool: avg, sd: 0.9}, neuron: {kind: lif, shared: "
     "true, "
     "train: {tau_mem: true}}}\n"
     "  - {size: 10, link: {sd: 0.5}, neuron: {kind: lif}}\n" TOP,
     NULL, NULL, NULL},
    {"one place",
     "  - {link: {kind: conv2d, channels: 4, kernel: 3, sd: 0.5}, neuron: {kind: if}}\n"
     "  - {size: 10, link: {pool: sum, pool_size: 6, sd: 0.5}, neuron: {kind: lif}}\n" TOP,
     NULL, NULL, NULL},
    {"delays and skips",
     "  - {size: 12, link: {sd: 0.3}, delay: {kind: axonal, low: 1 ms, high: 9 ms}, neuron: {kind: lif}}\n"
     "  - {size: 12, link: {sd: 0.5, dropout: 0.1}, delay: {kind: axonal, high: 5 ms, train: true}, neuron: {kind: "
     "lif}, "
     "surrogate: {kind: triangle}}\n"
     "  - {size: 12, link: {add: 0, sd: 0.5}, neuron: {kind: lif}}\n" TOP,
     NULL, NULL, NULL},
    {"never reset",
     "  - {size: 12, link: {sd: 0.2}, recurrent: {from: own, self: false, sd: 0.1}, neuron: {kind: cuba_lif, reset: "
     "none}}\n"
     "  - {size: 12, link: {sd: 0.5}, neuron: {kind: lif, reset: none}}\n"
     "  - {size: 4, link: {sd: 0.5}, neuron: {kind: lif, tau_mem: 1 us, reset: none, threshold: 0.3}}\n",
     NULL, NULL, NULL},
};

enum { CASES = sizeof cases / sizeof *cases };

static sg_events *draw_events(void) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * EVENTS];
    static uint32_t channel[SAMPLES * EVENTS], label[SAMPLES];
    sg_events *events;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        label[s] = s % CLASSES;
        first[s + 1] = (s + 1) * EVENTS;
        for (uint32_t e = 0; e < EVENTS; e++) {
            const uint32_t place = e * (STEPS * INPUTS / EVENTS) + (e * 7 + s * 5) % (STEPS * INPUTS / EVENTS);
            step[s * EVENTS + e] = (uint16_t)(place / INPUTS);
            channel[s * EVENTS + e] = place % INPUTS;
        }
    }
    const sg_events_view view = {.samples = SAMPLES,
                                 .steps = STEPS,
                                 .channels = INPUTS,
                                 .classes = CLASSES,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label,
                                 .shape = image};
    OK(sg_events_create(&view, &events));
    return events;
}

/* Made and trained by some steps, so that nothing is as it was configured. */
static void make(const char *layers, const sg_events *events, sg_config **config, sg_network **network) {
    char text[4096];
    const bool reads_out = strstr(layers, "{kind: li,") || strstr(layers, "cuba_li}");
    const uint32_t samples[] = {0, 1, 2, 3, 4, 5};
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    snprintf(text, sizeof text, "steps: %d\nseed: 5\nloss: {kind: %s}\nlayers:\n%s", STEPS,
             reads_out ? "mean_ce" : "count_ce", layers);
    OK(sg_config_parse("case", text, strlen(text), config));
    OK(sg_network_create_shaped(*config, image, network));
    OK(sg_trainer_create(*network, *config, 1, &trainer));
    for (int k = 0; k < 3; k++)
        OK(sg_trainer_step(trainer, events, samples, SAMPLES, &result));
    sg_trainer_free(trainer);
}

static void compare_groups(const char *name, const sg_network *a, const sg_network *b) {
    assert_int_equal(sg_network_layers(a), sg_network_layers(b));
    for (size_t l = 0; l < sg_network_layers(a); l++) {
        sg_group_info one = SG_SIZED(sg_group_info), other = SG_SIZED(sg_group_info);
        for (size_t g = 0; sg_network_group(a, l, g, &one) == SG_OK; g++) {
            OK(sg_network_group(b, l, g, &other));
            assert_string_equal(one.name, other.name);
            const size_t count = (size_t)one.rows * one.columns;
            float *values = calloc(2 * count, sizeof *values);
            OK(sg_network_get_group(a, l, one.name, values));
            OK(sg_network_get_group(b, l, one.name, values + count));
            if (memcmp(values, values + count, count * sizeof *values) != 0)
                fail_msg("%s: layers.%zu.%s differ", name, l, one.name);
            free(values);
        }
    }
}

static void compare_configs(const char *name, const sg_config *a, const sg_config *b) {
    char *one, *other;
    OK(sg_config_text(a, &one));
    OK(sg_config_text(b, &other));
    for (const char *x = one, *y = other; *x && *y; x = strchr(x, '\n') + 1, y = strchr(y, '\n') + 1) {
        const int length = (int)strcspn(x, "\n"), found = (int)strcspn(y, "\n");
        if (length != found || memcmp(x, y, (size_t)length) != 0)
            fail_msg("%s: '%.*s', found '%.*s'", name, length, x, found, y);
    }
    sg_free(one);
    sg_free(other);
}

/* The spikes of each layer that fires, and the membranes of one that does not. */
static void compare_runs(const char *name, const sg_network *a, const sg_network *b, const sg_events *events) {
    for (size_t l = 0; l < sg_network_layers(a); l++) {
        sg_layer_info info = SG_SIZED(sg_layer_info);
        OK(sg_network_layer(a, l, &info));
        const size_t count = (size_t)STEPS * info.neurons;
        uint8_t *raster = calloc(2 * count, 1);
        float *membrane = calloc(2 * count, sizeof *membrane);
        size_t spikes = 0;
        OK(sg_network_raster(a, events, 1, l, raster));
        OK(sg_network_raster(b, events, 1, l, raster + count));
        OK(sg_network_membrane(a, events, 1, l, membrane));
        OK(sg_network_membrane(b, events, 1, l, membrane + count));
        for (size_t i = 0; i < count; i++) {
            spikes += raster[i];
            if (raster[i] != raster[count + i])
                fail_msg("%s: layer %zu, number %zu: %d and %d", name, l, i, raster[i], raster[count + i]);
            if (!(membrane[i] - membrane[count + i] < 1e-4f && membrane[count + i] - membrane[i] < 1e-4f))
                fail_msg("%s: layer %zu, number %zu: membranes %g and %g", name, l, i, (double)membrane[i],
                         (double)membrane[count + i]);
        }
        assert_true(spikes > 0 || !info.spiking);
        free(raster);
        free(membrane);
    }
}

/* Of `spread` the values of each neuron come back, not how they were drawn. */
static void forget_draws(sg_config *config) {
    static const char *const names[] = {"tau_mem", "threshold"};
    char key[64], value[SG_VALUE_TEXT];
    for (size_t i = 0; i < 2; i++) {
        snprintf(key, sizeof key, "layers.0.neuron.spread.%s", names[i]);
        OK(sg_config_get(config, key, value, sizeof value));
        if (strcmp(value, "0") == 0)
            continue;
        OK(sg_config_set(config, key, "0"));
        snprintf(key, sizeof key, "layers.0.neuron.own.%s", names[i]);
        OK(sg_config_set(config, key, "true"));
    }
}

static void the_same_network_comes_back(void **state) {
    (void)state;
    static const char *const integrations[] = {NULL, "exact"};
    sg_events *events = draw_events();
    for (size_t c = 0; c < 2 * CASES; c++) {
        const network_case *one = &cases[c / 2];
        sg_config *config, *read_config;
        sg_network *network, *read;
        sg_nir_options options = SG_SIZED(sg_nir_options);
        options.integration = integrations[c % 2];
        make(one->layers, events, &config, &network);
        OK(sg_nir_export(network, config, &options, in_folder("a.nir")));
        OK(sg_nir_import(in_folder("a.nir"), NULL, &read_config, &read));
        compare_groups(one->name, network, read);
        forget_draws(config);
        compare_configs(one->name, config, read_config);
        compare_runs(one->name, network, read, events);
        sg_network_free(read);
        sg_config_free(read_config);
        sg_network_free(network);
        sg_config_free(config);
    }
    sg_events_free(events);
}

/* Weights that began in a file: the file's name comes back, and the numbers of the network. */
static void where_weights_began_is_kept(void **state) {
    (void)state;
    static const char one_layer[] = "loss: {kind: count_ce}\nlayers: [{size: 4}]\n";
    sg_config *config, *read_config;
    sg_network *network, *read;
    OK(sg_config_parse("one", one_layer, strlen(one_layer), &config));
    OK(sg_network_create_shaped(config, image, &network));
    OK(sg_model_save(network, config, in_folder("weights.h5")));
    OK(sg_config_set(config, "layers.0.link.weights", "file"));
    OK(sg_config_set(config, "layers.0.link.file", in_folder("weights.h5")));
    OK(sg_config_set(config, "layers.0.link.dataset", "layers/0/weights"));
    OK(sg_nir_export(network, config, NULL, in_folder("a.nir")));
    OK(sg_nir_import(in_folder("a.nir"), NULL, &read_config, &read));
    compare_groups("file", network, read);
    compare_configs("file", config, read_config);
    sg_network_free(read);
    sg_config_free(read_config);
    sg_network_free(network);
    sg_config_free(config);
}

/* As other programs read the file. */
static void forget_metadata(const char *path) {
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0 && H5Ldelete(file, "node/metadata", H5P_DEFAULT) >= 0);
    H5Fclose(file);
}

/* HDF5 changes the file, which then no longer ends in the sum that surgrad wrote. */
static void cut_seal(const char *path) {
    static char bytes[1 << 22];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    put_file(path, bytes, size - 20);
}

static void the_graph_alone_fires_alike(void **state) {
    (void)state;
    sg_events *events = draw_events();
    for (size_t c = 0; c < CASES; c++) {
        const network_case *one = &cases[c];
        sg_config *config, *read_config;
        sg_network *network, *read;
        sg_nir_options options = SG_SIZED(sg_nir_options);
        make(one->layers, events, &config, &network);
        OK(sg_nir_export(network, config, NULL, in_folder("b.nir")));
        cut_seal(in_folder("b.nir"));
        forget_metadata(in_folder("b.nir"));
        options.dt = "1 ms";
        options.steps = STEPS;
        options.reset = one->reset;
        options.order = one->order;
        options.integration = one->integration;
        OK(sg_nir_import(in_folder("b.nir"), &options, &read_config, &read));
        compare_runs(one->name, network, read, events);
        sg_network_free(read);
        sg_config_free(read_config);
        sg_network_free(network);
        sg_config_free(config);
    }
    sg_events_free(events);
}

/* Mean and variance come back as part of weights and bias, and outputs differ by no more than rounding makes of that.
 */
static void normalised_layers_are_folded(void **state) {
    (void)state;
    const char *layers = "  - {link: {kind: conv2d, channels: 4, kernel: 3, pool: none, sd: 0.5, norm: tdbn}, neuron: "
                         "{kind: lif}}\n"
                         "  - {size: 20, link: {sd: 0.3, norm: tdbn}, recurrent: {from: own, sd: 0.2}, neuron: {kind: "
                         "cuba_lif, order: norse}}\n" TOP;
    const uint32_t samples[] = {0, 1, 2, 3, 4, 5};
    double outputs[2][SAMPLES * CLASSES];
    sg_events *events = draw_events();
    sg_config *config, *back;
    sg_network *network, *other;
    make(layers, events, &config, &network);
    OK(sg_nir_export(network, config, NULL, in_folder("n.nir")));
    OK(sg_nir_import(in_folder("n.nir"), NULL, &back, &other));
    OK(sg_predict(network, config, events, samples, SAMPLES, 1, outputs[0], NULL));
    OK(sg_predict(other, back, events, samples, SAMPLES, 1, outputs[1], NULL));
    for (size_t j = 0; j < SAMPLES * CLASSES; j++)
        if (!(outputs[0][j] - outputs[1][j] < 1e-5 && outputs[1][j] - outputs[0][j] < 1e-5))
            fail_msg("output %zu: %g and %g", j, outputs[0][j], outputs[1][j]);
    sg_network_free(network);
    sg_network_free(other);
    sg_config_free(config);
    sg_config_free(back);
    sg_events_free(events);
}

/* A pool's output has three axes, which readers of weights expect as one. */
static void a_single_place_is_flattened(void **state) {
    (void)state;
    sg_events *events = draw_events();
    sg_config *config;
    sg_network *network;
    int64_t shape[3] = {0};
    make("  - {link: {kind: conv2d, channels: 4, kernel: 3}, neuron: {kind: if}}\n"
         "  - {size: 4, link: {pool: sum, pool_size: 6}, neuron: {kind: if}}\n",
         events, &config, &network);
    OK(sg_nir_export(network, config, NULL, in_folder("n.nir")));
    hid_t file = H5Fopen(in_folder("n.nir"), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, "node/nodes/Flatten_1/input_type", H5P_DEFAULT);
    assert_true(set >= 0 && H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, shape) >= 0);
    assert_true(shape[0] == 4 && shape[1] == 1 && shape[2] == 1);
    H5Dclose(set);
    H5Fclose(file);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

static char notes[4096];

static void keep_note(void *user, const char *text) {
    (void)user;
    const size_t used = strlen(notes);
    snprintf(notes + used, sizeof notes - used, "%s\n", text);
}

static sg_status try_export(const char *layers, const char *integration) {
    char text[2048];
    sg_config *config;
    sg_network *network;
    sg_nir_options options = SG_SIZED(sg_nir_options);
    *notes = 0;
    options.on_note = keep_note;
    options.integration = integration;
    snprintf(text, sizeof text, "steps: 20\nloss: {kind: count_ce}\nlayers:\n%s", layers);
    OK(sg_config_parse("case", text, strlen(text), &config));
    OK(sg_network_create_shaped(config, image, &network));
    sg_status status = sg_nir_export(network, config, &options, in_folder("c.nir"));
    sg_network_free(network);
    sg_config_free(config);
    return status;
}

static void what_nir_lacks_is_refused_or_told(void **state) {
    (void)state;
    static const struct {
        const char *layers, *words;
    } refused[] = {
        {"  - {size: 4, neuron: {kind: alif}}\n", "layers.0.neuron.kind: 'alif' has no counterpart in NIR"},
        {"  - {size: 4, neuron: {kind: if, reset: none}}\n", "layers.0.neuron.kind: 'if' has no counterpart"},
        {"  - {size: 4, neuron: {refractory: 3}}\n", "layers.0.neuron.refractory: '3' has no counterpart"},
        {"  - {size: 4, link: {norm: bntt}}\n", "layers.0.link.norm: 'bntt' has no counterpart in NIR"},
        {"  - {size: 4}\n  - {size: 4}\n  - {size: 4, link: {skip: 0}}\n", "layers.2.link.skip: '0' has no"},
        {"  - {size: 4, neuron: {max_spikes: 2}}\n", "layers.0.neuron.max_spikes: '2' has no"},
        {"  - {size: 4, neuron: {synapse: alpha}}\n", "layers.0.neuron.synapse: 'alpha' has no"},
        {"  - {link: {kind: conv2d, channels: 2}}\n  - {size: 4, link: {pool: max}}\n",
         "layers.1.link.pool: 'max' has no"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(try_export(refused[i].layers, NULL), SG_MODEL);
        assert_message_has(refused[i].words);
        assert_string_equal(notes, "");
    }
    assert_int_equal(try_export("  - {size: 4}\n", "rk4"), SG_CONFIG);
    OK(try_export("  - {size: 4, link: {dropout: 0.1}, neuron: {order: snntorch, floor: -0.5}, surrogate: {kind: "
                  "arctan}}\n",
                  "exact"));
    assert_string_equal(notes, "dt: 1 ms, and integration: exact, which readers must take for the same spikes\n"
                               "layers.0.neuron.order: snntorch is in the metadata alone: NIR does not know it\n"
                               "layers.0.neuron.reset: auto is in the metadata alone: NIR does not know it\n"
                               "layers.0.neuron.floor: -0.5 is in the metadata alone: NIR does not know it\n"
                               "layers.0.surrogate.kind: arctan is in the metadata alone: NIR does not know it\n"
                               "layers.0.link.dropout: 0.1 is in the metadata alone: NIR does not know it\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_network_comes_back), cmocka_unit_test(where_weights_began_is_kept),
        cmocka_unit_test(the_graph_alone_fires_alike), cmocka_unit_test(normalised_layers_are_folded),
        cmocka_unit_test(a_single_place_is_flattened), cmocka_unit_test(what_nir_lacks_is_refused_or_told),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* NIR graphs of other programs, with those programs' own answers: the environment variable SURGRAD_SHARED_DATA names
 * their folder. Spikes are equal in every step, and what cannot be computed is refused for the right reason. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/ok.h"

enum { NAME = 512, MOST = 16384 };

static void path_of(char path[NAME], const char *name) {
    snprintf(path, NAME, "%s/%s", getenv("SURGRAD_SHARED_DATA"), name);
}

static FILE *open_file(const char *name, const char *mode) {
    char path[NAME];
    path_of(path, name);
    FILE *file = fopen(path, mode);
    if (!file)
        fail_msg("%s cannot be opened", path);
    return file;
}

/* A graph as a network. */
typedef struct imported {
    sg_config *config;
    sg_network *network;
} imported;

static imported import(const char *name, const sg_nir_options *options) {
    imported got;
    char path[NAME];
    path_of(path, name);
    OK(sg_nir_import(path, options, &got.config, &got.network));
    return got;
}

static void release(imported *got) {
    sg_network_free(got->network);
    sg_config_free(got->config);
}

static sg_nir_options with(uint32_t steps, const char *reset) {
    sg_nir_options options = SG_SIZED(sg_nir_options);
    options.steps = steps;
    options.reset = reset;
    return options;
}

/* ----------------------------------------------------------------------------------------------------------- Braille
 */

enum { BRAILLE_STEPS = 256, BRAILLE_CHANNELS = 12 };

/* The first test sample of the NIR paper's Braille letters: class 1. */
static sg_events *braille(void) {
    static uint16_t step[MOST];
    static uint32_t channel[MOST];
    size_t count = 0;
    unsigned t, c;
    FILE *file = open_file("nir-reference/rnn/braille_test0_input_events.csv", "r");
    assert_int_equal(fscanf(file, "%*[^\n]"), 0);
    while (fscanf(file, "%u,%u", &t, &c) == 2) {
        assert_true(count < MOST);
        step[count] = (uint16_t)t;
        channel[count++] = c;
    }
    fclose(file);
    const uint64_t first[2] = {0, count};
    const uint32_t label = 1;
    const sg_events_view view = {.samples = 1,
                                 .steps = BRAILLE_STEPS,
                                 .channels = BRAILLE_CHANNELS,
                                 .classes = 7,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = &label};
    sg_events *events;
    OK(sg_events_create(&view, &events));
    return events;
}

/* Single precision behind NumPy's head. */
static void read_raster(const char *name, float *raster, size_t count) {
    uint8_t head[10];
    FILE *file = open_file(name, "rb");
    assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(fseek(file, head[8] | head[9] << 8, SEEK_CUR), 0);
    assert_int_equal(fread(raster, sizeof *raster, count, file), count);
    fclose(file);
}

typedef struct braille_case {
    const char *graph, *reset, *order;
    size_t neurons;
    const char *raster; /* a peer's; `late` steps later than it should be */
    size_t late;
    size_t spikes;
    uint32_t predicted;
    double outputs[7]; /* spikes of each class */
} braille_case;

static const braille_case braille_cases[] = {
    {"nir/braille_noDelay_bias_zero.nir",
     "zero",
     NULL,
     38,
     "nir-reference/rnn/snntorch_activity_noDelay_bias_zero.npy",
     0,
     119,
     1,
     {10, 160, 112, 113, 103, 68, 121}},
    {"nir/braille_noDelay_bias_zero_subgraph_spyx.nir",
     NULL,
     NULL,
     38,
     "nir-reference/rnn/snntorch_activity_noDelay_bias_zero.npy",
     0,
     119,
     1,
     {10, 160, 112, 113, 103, 68, 121}},
    {"nir/braille_noDelay_noBias_subtract.nir",
     "subtract",
     NULL,
     40,
     "nir-reference/rnn/spyx_activity_noDelay_noBias_subtract.npy",
     1,
     120,
     1,
     {0, 64, 23, 19, 4, 24, 22}},
    {"nir/braille_noDelay_noBias_subtract.nir",
     "zero",
     NULL,
     40,
     "nir-reference/rnn/norse_activity_noDelay_noBias_subtract.npy",
     0,
     103,
     1,
     {0, 41, 13, 14, 4, 19, 16}},
    {"nir/braille_noDelay_noBias_subtract.nir",
     "subtract",
     "snntorch_no_delay",
     40,
     "nir-reference/rnn/snntorch_activity_noDelay_noBias_subtract.npy",
     0,
     118,
     1,
     {0, 51, 21, 18, 3, 17, 22}},
};

static void compare_braille(const braille_case *c, const sg_events *events) {
    static uint8_t raster[MOST];
    static float wanted[MOST];
    const size_t count = BRAILLE_STEPS * c->neurons, shift = c->late * c->neurons;
    sg_nir_options options = with(BRAILLE_STEPS, c->reset);
    options.order = c->order;
    imported got = import(c->graph, &options);
    size_t spikes = 0, different = 0;
    OK(sg_network_raster(got.network, events, 0, 0, raster));
    read_raster(c->raster, wanted, count);
    for (size_t i = 0; i < count; i++) {
        spikes += raster[i];
        different += i + shift < count && raster[i] != (wanted[i + shift] != 0);
    }
    print_message("%s, reset %s: %zu spikes, %zu of %zu entries differ\n", c->graph, c->reset ? c->reset : "default",
                  spikes, different, count);
    assert_int_equal(spikes, c->spikes);
    assert_int_equal(different, 0);
    double outputs[7];
    uint32_t predicted;
    const uint32_t sample = 0;
    OK(sg_predict(got.network, got.config, events, &sample, 1, 1, outputs, &predicted));
    assert_int_equal(predicted, c->predicted);
    for (size_t n = 0; n < 7; n++)
        assert_int_equal((int)outputs[n], (int)c->outputs[n]);
    release(&got);
}

static void braille_networks_fire_as_their_authors_do(void **state) {
    (void)state;
    sg_events *events = braille();
    for (size_t i = 0; i < sizeof braille_cases / sizeof *braille_cases; i++)
        compare_braille(&braille_cases[i], events);
    sg_events_free(events);
}

/* --------------------------------------------------------------------------------------------------------- one LIF */

enum { LIF_STEPS = 1000 };

/* Input, and what Norse made of it. */
static sg_events *lif_input(float *membrane, uint8_t *spikes) {
    static uint16_t step[LIF_STEPS];
    static uint32_t channel[LIF_STEPS];
    uint64_t first[2] = {0, 0};
    FILE *file = open_file("nir-reference/lif/lif_norse.csv", "r");
    for (unsigned t = 0; t < LIF_STEPS; t++) {
        float input, fires;
        assert_int_equal(fscanf(file, "%f,%f,%f", &input, &membrane[t], &fires), 3);
        spikes[t] = fires != 0;
        if (input != 0)
            step[first[1]++] = (uint16_t)t;
    }
    fclose(file);
    const sg_events_view view = {
        .samples = 1, .steps = LIF_STEPS, .channels = 1, .first = first, .step = step, .channel = channel};
    sg_events *events;
    OK(sg_events_create(&view, &events));
    return events;
}

static void the_lif_fires_in_the_same_steps(void **state) {
    (void)state;
    static const char *const graphs[] = {"nir/lif_norse.nir", "nir/lif_norse_old_mixed_scalars.nir"};
    static const size_t wanted[] = {460, 510, 710, 760};
    static float norse[LIF_STEPS], membrane[LIF_STEPS];
    static uint8_t fires[LIF_STEPS], raster[LIF_STEPS];
    sg_events *events = lif_input(norse, fires);
    const sg_nir_options options = with(LIF_STEPS, NULL);
    for (size_t g = 0; g < 2; g++) {
        imported got = import(graphs[g], &options);
        size_t next = 0;
        OK(sg_network_raster(got.network, events, 0, 0, raster));
        OK(sg_network_membrane(got.network, events, 0, 0, membrane));
        for (size_t t = 0; t < LIF_STEPS; t++) {
            if (raster[t])
                assert_int_equal(t, wanted[next++]);
            else
                assert_true(membrane[t] - norse[t] < 1e-6f && norse[t] - membrane[t] < 1e-6f);
            assert_int_equal(raster[t], fires[t]);
        }
        assert_int_equal(next, 4);
        release(&got);
    }
    sg_events_free(events);
}

/* ------------------------------------------------------------------------------------------------------ all graphs */

/* What is refused, and the words in which; the others load. */
static const struct {
    const char *graph, *words;
} refused[] = {
    {"braille_history_a7c67c3.nir", "edge 'fc1' -> 'lif1': there is no node 'lif1'"},
    {"braille_history_f4edd0a.nir", "there is no node 'lif1'"},
    {"braille_v2_50b2fc2.nir", "there is no node 'lif1'"},
    {"braille_v2_c777885.nir", "there is no node 'lif1'"},
    {"braille_history_c381ba2.nir", "has no node of type Input"},
    {"braille_nirtorch_wrong_size.nir", "node 'lif2' (CubaLIF): 'tau_mem' has 38 numbers, but there are 7 neurons"},
    {"braille_noDelay_bias_zero_subgraph_broken.nir", "node 'lif1' (NIRGraph): edge 'input' -> 'lif': there is no"},
    {"braille_noDelay_noBias_subtract_subgraph_broken.nir", "node 'lif1' (NIRGraph): edge 'input' -> 'lif'"},
    {"braille_subtract_55_subgraph_broken.nir", "node 'lif1' (NIRGraph): edge 'input' -> 'lif'"},
    {"braille_zero_subgraph_old.nir", "node 'lif1' (NIRGraph): edge 'input' -> 'lif'"},
    {"feedback_graph_nengo.nir", "node 'feedback_ir' (LI): never fires"},
    {"spyx_shd.nir", "node 'linear' (Linear): 'weight' is (128, 64), for 64 inputs, but 128 come"},
    {"not_hdf5_pytorch_pickle.nir", "is not a sound HDF5 file"},
};

static const char *const loaded[] = {
    "braille_flattened_old.nir",
    "braille_history_047410e.nir",
    "braille_history_111b0a4.nir",
    "braille_history_82d89d4.nir",
    "braille_noDelay_bias_zero.nir",
    "braille_noDelay_bias_zero_subgraph_spyx.nir",
    "braille_noDelay_noBias_subtract.nir",
    "braille_noDelay_noBias_subtract_subgraph_spyx.nir",
    "braille_norse_subgraph.nir",
    "braille_rockpool_subgraph.nir",
    "braille_subgraph_old.nir",
    "braille_subtract_55.nir",
    "braille_v2a.nir",
    "braille_zero_old.nir",
    "cnn_history_232ebad.nir",
    "cnn_history_669fbfa.nir",
    "cnn_history_9122dac_batches.nir",
    "cnn_history_e1117a1.nir",
    "cnn_history_e5ac832.nir",
    "cnn_sinabs.nir",
    "cnn_spyx.nir",
    "lif_norse.nir",
    "lif_norse_old_all_scalars.nir",
    "lif_norse_old_mixed_scalars.nir",
    "lif_rockpool.nir",
    "two_lif_neurons.nir",
};

static void what_cannot_be_computed_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        sg_config *config;
        sg_network *network;
        char name[NAME], path[NAME];
        snprintf(name, sizeof name, "nir/%s", refused[i].graph);
        path_of(path, name);
        assert_int_equal(sg_nir_import(path, NULL, &config, &network), SG_MODEL);
        assert_null(config);
        assert_null(network);
        if (!strstr(sg_error_message(), refused[i].words))
            fail_msg("'%s' does not hold '%s'", sg_error_message(), refused[i].words);
    }
}

static void compare_groups(const sg_network *a, const sg_network *b) {
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
            assert_memory_equal(values, values + count, count * sizeof *values);
            free(values);
        }
    }
}

/* All others load; and what is written of them is read back as the same network. */
static void all_others_load_and_survive_a_round_trip(void **state) {
    (void)state;
    char path[] = "/tmp/test_nir_reference.XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    for (size_t i = 0; i < sizeof loaded / sizeof *loaded; i++) {
        imported again;
        char name[NAME], *before, *after;
        snprintf(name, sizeof name, "nir/%s", loaded[i]);
        imported got = import(name, NULL);
        OK(sg_nir_export(got.network, got.config, NULL, path));
        OK(sg_nir_import(path, NULL, &again.config, &again.network));
        compare_groups(got.network, again.network);
        OK(sg_config_text(got.config, &before));
        OK(sg_config_text(again.config, &after));
        assert_string_equal(before, after);
        sg_free(before);
        sg_free(after);
        release(&got);
        release(&again);
    }
    remove(path);
}

static bool is_there(void) {
    char path[NAME];
    if (getenv("SURGRAD_SHARED_DATA")) {
        path_of(path, "nir/lif_norse.nir");
        FILE *file = fopen(path, "rb");
        if (file)
            fclose(file);
        return file;
    }
    return false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(braille_networks_fire_as_their_authors_do),
        cmocka_unit_test(the_lif_fires_in_the_same_steps),
        cmocka_unit_test(what_cannot_be_computed_is_refused),
        cmocka_unit_test(all_others_load_and_survive_a_round_trip),
    };
    if (!is_there()) {
        print_message("skipped: SURGRAD_SHARED_DATA is not set, or not a folder with NIR graphs\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

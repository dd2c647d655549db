#include "config/config.h"
#include "config/recipe.h"
#include "data/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static sg_config *parse(const char *yaml) {
    sg_config *config;
    if (sg_config_parse("file", yaml, strlen(yaml), &config) != SG_OK)
        fail_msg("%s", sg_error_message());
    return config;
}

static void assert_parse_fails(const char *yaml, const char *message) {
    sg_config *config = (sg_config *)&message;
    assert_int_equal(sg_config_parse("file", yaml, strlen(yaml), &config), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    assert_null(config);
}

/* A set that fails says this and changes nothing. */
static void assert_set_fails(sg_config *config, const char *key, const char *value, const char *message) {
    sg_config *before = malloc(sizeof *before);
    memcpy(before, config, sizeof *before);
    assert_int_equal(sg_config_set(config, key, value), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    assert_memory_equal(before, config, sizeof *before);
    free(before);
}

static void defaults_are_those_documented(void **state) {
    (void)state;
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    const sg_learn_config *learn = &config->learn;
    assert_true(learn->seed == 1 && learn->epochs == 20 && learn->batch == 256 && learn->shuffle);
    assert_true(learn->true_count == 100 && learn->false_count == 10);
    assert_true(learn->lr == 0.01 && learn->beta1 == 0.9 && learn->beta2 == 0.999 && learn->eps == 1e-8);
    assert_true(!learn->amsgrad && learn->momentum == 0);
    assert_true(config->network.steps == 100 && config->network.dt_ms == 1 && config->network.layer_count == 0);
    assert_true(sg_source_at(config->data.set) == &sg_source_mnist && config->data.split == SG_SPLIT_STANDARD);
    assert_true(config->data.train_fraction == 0.85 && config->data.encoder_threshold == 0.25);
    assert_int_equal(sg_config_set(config, "layers.0.size", "7"), SG_OK);
    const sg_layer_config *layer = &config->network.layers[0];
    assert_true(layer->size == 7 && layer->weights.kind == 0 && layer->weights.sd == 0.1);
    assert_true(layer->param[SG_PARAM_TAU_MEM] == 20 && layer->param[SG_PARAM_TAU_SYN] == 5 &&
                layer->param[SG_PARAM_THRESHOLD] == 1);
    assert_true(layer->integration == SG_INTEGRATE_EXACT && layer->reset == SG_RESET_AUTO);
    sg_config_free(config);
    sg_config_free(NULL);
}

static void the_notebook_is_read(void **state) {
    (void)state;
    sg_config *config;
    assert_int_equal(sg_config_load("notebook", &config), SG_OK);
    assert_int_equal(sg_config_check(config), SG_OK);
    assert_int_equal(config->network.layer_count, 2);
    assert_int_equal(config->network.layers[0].size, 128);
    assert_int_equal(config->network.layers[1].size, 10);
    assert_int_equal(config->data.split, SG_SPLIT_SHUFFLED);
    assert_true(config->learn.amsgrad && !config->learn.shuffle);
    sg_config_free(config);
}

/* Text that is written and read again gives the same bytes. */
static void assert_round_trip(const sg_config *config) {
    char *text;
    sg_config *again;
    assert_int_equal(sg_config_text(config, &text), SG_OK);
    if (sg_config_parse("text", text, strlen(text), &again) != SG_OK)
        fail_msg("%s\n%s", sg_error_message(), text);
    assert_memory_equal(config, again, sizeof *config);
    sg_config_free(again);
    sg_free(text);
}

static void every_recipe_is_good_and_goes_round(void **state) {
    (void)state;
    const char *name, *summary;
    size_t count = 0;
    for (; sg_recipe_at(count, &name, &summary); count++) {
        sg_config *config;
        if (sg_config_load(name, &config) != SG_OK || sg_config_check(config) != SG_OK)
            fail_msg("%s", sg_error_message());
        assert_true(strlen(summary) > 10 && strlen(summary) == strcspn(sg_recipe_text(name) + 2, "\n")); /* not cut */
        assert_round_trip(config);
        sg_config_free(config);
    }
    assert_true(count >= 2 && count == sg_recipe_count);
}

static void awkward_values_go_round(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"data.dir", " a \"b\" \\ : # \u00e9 ' "},
                                           {"data.file", "- [x, {y"},
                                           {"dt", "0.1 us"},
                                           {"optimiser.lr", "0.1234567890123456"},
                                           {"seed", "9007199254740992"},
                                           {"layers.0.size", "65536"},
                                           {"layers.1.neuron.tau_mem", "3.3 s"},
                                           {"layers.0.link.file", "null"},
                                           {"layers.all.link.sd", "1e-9"},
                                           {"optimiser.lr", "1e30"}};
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    assert_round_trip(config);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(sg_config_set(config, pairs[i][0], pairs[i][1]), SG_OK);
        assert_round_trip(config);
    }
    for (char key[] = "layers.A.size"; config->network.layer_count < 10;) {
        key[7] = (char)('0' + config->network.layer_count);
        assert_int_equal(sg_config_set(config, key, "3"), SG_OK);
    }
    for (int i = 10; i < SG_MAX_LAYERS; i++) {
        char key[32];
        snprintf(key, sizeof key, "layers.%d.size", i);
        assert_int_equal(sg_config_set(config, key, "3"), SG_OK);
    }
    char longest[SG_OPTION_TEXT];
    memset(longest, '"', sizeof longest);
    longest[SG_OPTION_TEXT - 1] = 0;
    assert_int_equal(sg_config_set(config, "layers.all.link.dataset", longest), SG_OK);
    longest[0] = '/';
    assert_int_equal(sg_config_set(config, "layers.all.link.file", longest), SG_OK);
    assert_round_trip(config);
    sg_config_free(config);
}

static void the_text_is_as_documented(void **state) {
    (void)state;
    sg_config *config = parse("layers: [{size: 3}]\ndata: {dir: '/a\"b'}");
    char *text;
    assert_int_equal(sg_config_text(config, &text), SG_OK);
    assert_non_null(strstr(text, "seed: 1\ninit: \"\"\nepochs: 20\n"));
    assert_non_null(strstr(text, "\ndt: 1 ms\nmemory: 0 MB\ndata:\n  set: mnist\n  dir: \"/a\\\"b\"\n"));
    assert_non_null(strstr(text, "\nlayers:\n  - size: 3\n    units: membrane\n    link:\n      kind: dense\n"));
    assert_non_null(strstr(text, "\n    neuron:\n      kind: cuba_lif\n      tau_mem: 20 ms\n"));
    sg_free(text);
    sg_config_free(config);
}

static void get_gives_text_that_set_takes(void **state) {
    (void)state;
    sg_config *config = parse("layers: [{size: 3}, {size: 4}]");
    char value[64];
    assert_int_equal(sg_config_get(config, "layers.1.neuron.tau_syn", value, sizeof value), SG_OK);
    assert_string_equal(value, "5 ms");
    assert_int_equal(sg_config_set(config, "layers.all.neuron.tau_syn", "7 ms"), SG_OK);
    for (int i = 0; i < 2; i++)
        assert_true(config->network.layers[i].param[SG_PARAM_TAU_SYN] == 7);
    assert_int_equal(sg_config_get(config, "optimiser.kind", value, sizeof "adam"), SG_OK);
    assert_string_equal(value, "adam");
    assert_int_equal(sg_config_get(config, "optimiser.kind", value, 4), SG_ARGUMENT);
    assert_string_equal(sg_error_message(),
                        "optimiser.kind: its value has 5 bytes with its 0, found room for 4: give it more room");
    assert_string_equal(value, "");
    assert_int_equal(sg_config_get(config, "optimiser.kind", NULL, 0), SG_ARGUMENT);
    assert_int_equal(sg_config_get(config, "layers.2.size", value, sizeof value), SG_CONFIG);
    assert_string_equal(sg_error_message(), "layers.2.size: there is no such layer, the layers are 2");
    assert_string_equal(value, "");
    assert_int_equal(sg_config_get(config, "layers.all.size", value, sizeof value), SG_CONFIG);
    assert_string_equal(sg_error_message(), "layers.all.size: found 2 layers, expected the number of one");
    assert_int_equal(sg_config_get(config, "sede", value, sizeof value), SG_CONFIG);
    assert_string_equal(sg_error_message(), "unknown key 'sede'; did you mean 'seed'?");
    sg_config_free(config);
}

static void unknown_keys_name_the_nearest(void **state) {
    (void)state;
    assert_parse_fails("seed: 1\noptimizer: {lr: 0.1}",
                       "file:2:13: unknown key 'optimizer.lr'; did you mean 'optimiser.lr'?");
    assert_parse_fails("layers:\n  - size: 3\n  - neuron: {tau_men: 3 ms}",
                       "file:3:14: unknown key 'layers.1.neuron.tau_men'; did you mean 'layers.1.neuron.tau_mem'?");
    assert_parse_fails("lr: 1", "file:1:1: unknown key 'lr'; did you mean 'optimiser.lr'?");
    assert_parse_fails("banana: 1", "file:1:1: unknown key 'banana'; `surgrad info options` lists them");
    assert_parse_fails("layers: [{dt: 1 ms}]",
                       "file:1:11: unknown key 'layers.0.dt'; `surgrad info options` lists them");
    sg_config *config = parse("layers: [{size: 3}]");
    assert_set_fails(config, "layer.0.size", "3", "unknown key 'layer.0.size'; did you mean 'layers.0.size'?");
    assert_set_fails(config, "layers.all.sise", "3", "unknown key 'layers.all.sise'; did you mean 'layers.all.size'?");
    assert_set_fails(config, "layers", "3", "unknown key 'layers'; `surgrad info options` lists them");
    assert_set_fails(config, "", "3", "unknown key ''; `surgrad info options` lists them");
    sg_config_free(config);
}

static void layers_are_added_at_the_end(void **state) {
    (void)state;
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    assert_set_fails(config, "layers.all.size", "3",
                     "layers.all.size: there is no layer yet: add one with layers.0.size");
    assert_set_fails(config, "layers.1.size", "3",
                     "layers.1.size: there are 0 layers, so that the next to add is layers.0");
    assert_set_fails(config, "layers.0.size", "0", "layers.0.size: found '0', expected a whole number, 1 to 65536");
    assert_int_equal(sg_config_set(config, "layers.0.size", "3"), SG_OK);
    assert_set_fails(config, "layers.2.size", "3",
                     "layers.2.size: there is 1 layer, so that the next to add is layers.1");
    assert_set_fails(config, "layers.32.size", "3",
                     "layers.32.size: found the layer 32, expected at most 32 layers (0 to 31)");
    assert_set_fails(config, "layers.00.size", "3",
                     "layers.00.size: found the layer '00', expected its number, from 0, or all");
    assert_set_fails(config, "layers.-1.size", "3",
                     "layers.-1.size: found the layer '-1', expected its number, from 0, or all");
    assert_set_fails(config, "layers.all.size", "x", "layers.all.size: found 'x', expected a whole number, 1 to 65536");
    assert_set_fails(config, "layers.0.neuron.tau_mem", "20",
                     "layers.0.neuron.tau_mem: found '20', expected a time with its unit, for example 20 ms");
    assert_int_equal(config->network.layer_count, 1);
    char yaml[512] = "layers:\n";
    for (int i = 0; i < 33; i++)
        strcat(yaml, "  - size: 3\n");
    assert_parse_fails(yaml, "file:34:5: layers.32.size: found the layer 32, expected at most 32 layers (0 to 31)");
    sg_config_free(config);
}

static void every_bound_is_checked(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"seed: -1", "seed: found '-1', expected a whole number, 0 to 9007199254740992"},
        {"epochs: 0", "epochs: found '0', expected a whole number, 1 to 1000000"},
        {"batch: 1000001", "batch: found '1000001', expected a whole number, 1 to 1000000"},
        {"steps: 65536", "steps: found '65536', expected a whole number, 1 to 65535"},
        {"dt: 0 ms", "dt: found '0 ms', expected a time, 1e-06 ms to 1000000000 ms"},
        {"data.train_fraction: 1", "data.train_fraction: found '1', expected a number, more than 0, below 1"},
        {"encoder.threshold: 1.1", "encoder.threshold: found '1.1', expected a number, 0 to 1"},
        {"loss.true_count: -1", "loss.true_count: found '-1', expected a number, 0 to 1000000"},
        {"optimiser.lr: 0", "optimiser.lr: found '0', expected a number, 1e-30 to 1e+38"},
        {"optimiser.beta1: 1", "optimiser.beta1: found '1', expected a number, 0, or 1e-09 to 0.999999"},
        {"optimiser.beta2: -0.1", "optimiser.beta2: found '-0.1', expected a number, 0, or 1e-09 to 0.999999"},
        {"optimiser.eps: 0", "optimiser.eps: found '0', expected a number, 1e-30 to 1000000000"},
        {"optimiser.momentum: 1", "optimiser.momentum: found '1', expected a number, 0, or 1e-09 to 0.999999"},
        {"layers.0.size: 65537", "layers.0.size: found '65537', expected a whole number, 1 to 65536"},
        {"layers.0.link.sd: -1", "layers.0.link.sd: found '-1', expected a number, 0, or 1e-09 to 1000000000"},
        {"layers.0.neuron.tau_syn: 0 s",
         "layers.0.neuron.tau_syn: found '0 s', expected a time, 1e-06 ms to 1000000000 ms"},
        {"layers.0.neuron.threshold: 0",
         "layers.0.neuron.threshold: found '0', expected a number, 1e-09 to 1000000000"},
    };
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char key[64];
        size_t length = strcspn(cases[i][0], ":");
        snprintf(key, sizeof key, "%.*s", (int)length, cases[i][0]);
        assert_set_fails(config, key, cases[i][0] + length + 2, cases[i][1]);
    }
    sg_config_free(config);
}

static void values_are_refused_in_their_place(void **state) {
    (void)state;
    assert_parse_fails("seed: 1\nlayers:\n  - size: 3\n    neuron: {tau_mem: 20}\n",
                       "file:4:14: layers.0.neuron.tau_mem: found '20', expected a time with its unit, for example 20 "
                       "ms");
    assert_parse_fails("data:\n  split: shufled\n", "file:2:3: data.split: found 'shufled', expected one of standard, "
                                                    "shuffled, groups; did you mean 'shuffled'?");
    assert_parse_fails("seed:\n", "file:1:1: 'seed' has no value: give it one, or leave the key out");
    assert_parse_fails("seed: [1]\n", "file:1:8: unknown key 'seed.0'; did you mean 'seed'?");
    assert_parse_fails("layers: 3\n", "file:1:1: unknown key 'layers'; `surgrad info options` lists them");
}

static void euler_needs_a_small_dt(void **state) {
    (void)state;
#define REMEDY " which euler integration needs: use a smaller dt or integration: exact"
    assert_parse_fails("dt: 6 ms\nlayers:\n  - size: 1\n    neuron:\n      tau_syn: 5 ms\n      integration: euler\n",
                       "file:5:7: layers.0.neuron.tau_syn: dt 6 ms is not below tau_syn 5 ms," REMEDY);
    /* tau_mem is a default here: the place is that of its section. */
    assert_parse_fails("dt: 20 ms\nlayers:\n  - size: 1\n  - {size: 1, neuron: {integration: euler}}\n",
                       "file:4:24: layers.1.neuron.tau_mem: dt 20 ms is not below tau_mem 20 ms," REMEDY);
    sg_config *config = parse("dt: 6 ms\nlayers: [{size: 1}]\n");
    assert_int_equal(sg_config_check(config), SG_OK);
    assert_int_equal(sg_config_set(config, "layers.0.neuron.integration", "euler"), SG_OK);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_string_equal(sg_error_message(), "layers.0.neuron.tau_syn: dt 6 ms is not below tau_syn 5 ms," REMEDY);
    assert_int_equal(sg_config_set(config, "dt", "4999 us"), SG_OK);
    assert_int_equal(sg_config_check(config), SG_OK);
    sg_config_free(config);
#undef REMEDY
}

static void what_a_set_needs_is_checked(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"seed: 1", "layers: there is no layer, expected 1 to 32: add one with its size (layers.0.size)",
         "layers.0.size=3"},
        {"layers: [{size: 1}, {size: 2, link: {weights: file, dataset: w}}]",
         "layers.1.link.file: is empty, but link.weights is 'file': name an HDF5 file", "layers.1.link.file=x.h5"},
        {"layers: [{size: 2, link: {weights: file, file: x.h5}}]",
         "layers.0.link.dataset: is empty, but link.weights is 'file': name a dataset of that file",
         "layers.0.link.dataset=w"},
        {"{layers: [{size: 2}], data: {set: idx}}",
         "data.dir: is empty, but data.set is 'idx': name the folder of the IDX files", "data.dir=x"},
        {"{layers: [{size: 2}], data: {set: events}}",
         "data.file: is empty, but data.set is 'events': name the HDF5 file of spike events", "data.file=x.h5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_config *config = parse(cases[i][0]);
        assert_int_equal(sg_config_check(config), SG_CONFIG);
        assert_string_equal(sg_error_message(), cases[i][1]);
        char key[64];
        const char *equals = strchr(cases[i][2], '=');
        snprintf(key, sizeof key, "%.*s", (int)(equals - cases[i][2]), cases[i][2]);
        assert_int_equal(sg_config_set(config, key, equals + 1), SG_OK);
        assert_int_equal(sg_config_check(config), SG_OK);
        sg_config_free(config);
    }
}

static void missing_recipes_and_files(void **state) {
    (void)state;
    sg_config *config;
    assert_int_equal(sg_config_load("notbook", &config), SG_CONFIG);
    assert_null(config);
    assert_memory_equal(sg_error_message(), "found no recipe 'notbook', expected one of ", 43);
    assert_non_null(strstr(sg_error_message(), "fashion, "));
    assert_non_null(strstr(sg_error_message(), "; did you mean 'notebook'?"));
    assert_int_equal(sg_config_load("banana", &config), SG_CONFIG);
    assert_null(strstr(sg_error_message(), "did you mean"));
    assert_int_equal(sg_config_load("/nowhere/at all.yaml", &config), SG_CONFIG);
    assert_null(config);
    assert_memory_equal(sg_error_message(), "/nowhere/at all.yaml: ", 22);
}

static void files_are_read(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    char dir[256], path[300];
    snprintf(dir, sizeof dir, "%s/surgrad-config-XXXXXX", folder ? folder : "/tmp");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/my.yml", dir);
    FILE *file = fopen(path, "w");
    fputs("seed: 7\nepoch: 3\n", file);
    fclose(file);
    char message[512];
    snprintf(message, sizeof message, "%s:2:1: unknown key 'epoch'; did you mean 'epochs'?", path);
    sg_config *config;
    assert_int_equal(sg_config_load(path, &config), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    file = fopen(path, "w");
    fputs("seed: 7\n", file);
    fclose(file);
    assert_int_equal(sg_config_load(path, &config), SG_OK);
    assert_int_equal(config->learn.seed, 7);
    sg_config_free(config);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

/* Every default is what a fresh configuration holds, under a key that can be set; every row has its help. */
/* The path that `key` has after a file was read, from the folder in which it lies on. */
static void assert_path(const sg_config *config, const char *key, const char *folder, const char *expected) {
    char found[SG_OPTION_TEXT], whole[SG_OPTION_TEXT];
    snprintf(whole, sizeof whole, "%s%s", folder, expected);
    assert_int_equal(sg_config_get(config, key, found, sizeof found), SG_OK);
    assert_string_equal(found, whole);
}

static void relative_paths_begin_at_the_file(void **state) {
    (void)state;
    static const char text[] = "data: {dir: mnist, file: ./a/../b.h5}\n"
                               "layers: [{link: {file: /w.h5}, recurrent: {file: ''}, neuron: {file: ../n.h5}}]\n";
    char above[] = "/tmp/surgrad-paths-XXXXXX", here[4096], path[64];
    assert_non_null(mkdtemp(above));
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/my.yaml", above);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chdir("/tmp"), 0);
    const char *const names[] = {path, path + strlen("/tmp/"), "my.yaml", "./my.yaml"}; /* the last two from above */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sg_config *config;
        if (i == 2)
            assert_int_equal(chdir(above), 0);
        assert_int_equal(sg_config_load(names[i], &config), SG_OK);
        assert_path(config, "data.dir", above, "/mnist");
        assert_path(config, "data.file", above, "/a/../b.h5");
        assert_path(config, "layers.0.link.file", "", "/w.h5");
        assert_path(config, "layers.0.recurrent.file", "", "");
        assert_path(config, "layers.0.neuron.file", above, "/../n.h5");
        sg_config_free(config);
    }
    assert_int_equal(chdir(here), 0);
    remove(path);
    rmdir(above);
}

static void relative_paths_that_are_set_begin_here(void **state) {
    (void)state;
    char here[4096], before[SG_OPTION_TEXT], longest[SG_OPTION_TEXT];
    assert_non_null(getcwd(here, sizeof here));
    sg_config *config = parse("data: {dir: mnist}\nlayers: [{size: 3}, {size: 2}]");
    assert_path(config, "data.dir", here, "/mnist");
    assert_int_equal(sg_config_set(config, "data.dir", "."), SG_OK);
    assert_path(config, "data.dir", here, "");
    assert_int_equal(sg_config_set(config, "layers.all.link.file", ".//w.h5"), SG_OK);
    assert_path(config, "layers.1.link.file", here, "/w.h5");
    assert_int_equal(sg_config_set(config, "layers.2.link.file", "~w.h5"), SG_OK);
    assert_path(config, "layers.2.link.file", here, "/~w.h5");
    assert_set_fails(config, "data.dir", "~/mnist",
                     "data.dir: found '~/mnist', expected a path without '~', which only a shell replaces, and only at "
                     "the beginning of a word: write the whole path, from '/' on");
    memset(longest, 'a', sizeof longest);
    longest[SG_OPTION_TEXT - 1] = 0;
    assert_int_equal(sg_config_get(config, "data.dir", before, sizeof before), SG_OK);
    assert_int_equal(sg_config_set(config, "data.dir", longest), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "is longer than 1023 bytes: use a shorter folder name"));
    assert_int_equal(strncmp(sg_error_message(), "data.dir: the path /", 20), 0);
    assert_path(config, "data.dir", "", before);
    sg_config_free(config);
}

/* A run that is gone on with may find its files elsewhere. */
static void paths_make_no_difference(void **state) {
    (void)state;
    char key[128];
    sg_config *a = parse("data: {dir: a}\nlayers: [{link: {file: a}}]"), *b = parse("layers: [{link: {file: b}}]");
    assert_false(sg_config_difference(a, b, key, sizeof key));
    assert_int_equal(sg_config_set(b, "layers.0.link.dataset", "b"), SG_OK);
    assert_true(sg_config_difference(a, b, key, sizeof key));
    assert_string_equal(key, "layers.0.link.dataset");
    sg_config_free(a);
    sg_config_free(b);
}

static void options_describe_themselves(void **state) {
    (void)state;
    sg_config *config = parse("layers: [{size: 128}]");
    sg_option_info info = SG_SIZED(sg_option_info), first = SG_SIZED(sg_option_info);
    size_t count = 0;
    for (; sg_option_at(count, &info); count++) {
        char key[64], value[64], fallback[64];
        const char *n = strstr(info.key, ".N.");
        snprintf(key, sizeof key, "%.*s%s%s", n ? (int)(n - info.key) : (int)strlen(info.key), info.key, n ? ".0." : "",
                 n ? n + 3 : "");
        assert_int_equal(sg_config_get(config, key, value, sizeof value), SG_OK);
        assert_int_equal(sg_config_set(config, key, info.fallback), SG_OK);
        assert_int_equal(sg_config_get(config, key, fallback, sizeof fallback), SG_OK);
        assert_string_equal(value, fallback);
        assert_true(strlen(info.help) > 10 && strlen(info.type) > 3 && strlen(info.bounds) < 250); /* not cut */
        assert_int_equal(strncmp(info.key, info.section, strlen(info.section)), 0);
        if (n)
            assert_string_equal(info.section, "layers.N");
    }
    assert_int_equal(count,
                     sg_learn_option_count + sg_time_option_count + sg_data_option_count + sg_layer_option_count);
    assert_true(sg_option_at(0, &first));
    assert_string_equal(first.key, "seed");
    assert_string_equal(first.section, "");
    assert_string_equal(first.bounds, "0 to 9007199254740992");
    sg_config_free(config);
}

static void copies_are_apart(void **state) {
    (void)state;
    sg_config *from = parse("seed: 3\nlayers: [{size: 5, link: {weights: file, dataset: w}}, {size: 2}]"), *copy;
    char key[128], *text, *copied, value[SG_VALUE_TEXT];
    assert_int_equal(sg_config_copy(from, &copy), SG_OK);
    assert_int_equal(sg_config_text(from, &text), SG_OK);
    assert_int_equal(sg_config_text(copy, &copied), SG_OK);
    assert_string_equal(text, copied);
    assert_int_equal(sg_config_set(copy, "layers.0.link.dataset", "v"), SG_OK);
    assert_true(sg_config_difference(from, copy, key, sizeof key));
    assert_string_equal(key, "layers.0.link.dataset");
    sg_config_free(from);
    assert_int_equal(sg_config_get(copy, "layers.0.link.dataset", value, sizeof value), SG_OK);
    assert_string_equal(value, "v");
    sg_config_free(copy);
    free(text);
    free(copied);
}

/* -------------------------------------------------------------------------------------------- old keys */

typedef struct warnings {
    size_t count;
    char last[256];
} warnings;

static void on_warning(void *user, const char *text) {
    warnings *heard = user;
    heard->count++;
    snprintf(heard->last, sizeof heard->last, "%s", text);
}

static void old_keys_are_read_with_a_warning(void **state) {
    (void)state;
    warnings heard = {0};
    char value[64], *text;
    sg_set_warning_handler(on_warning, &heard);
    sg_config *config = parse("seed: 3\ndata: {split: shuffled, held_out: 0.25}\nlayers: [{size: 2}]");
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.last, "file:2:25: data.held_out is called data.validation now");
    assert_int_equal(sg_config_get(config, "data.validation", value, sizeof value), SG_OK);
    assert_string_equal(value, "0.25");
    assert_int_equal(sg_config_set(config, "data.held_out", "0.5"), SG_OK);
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.last, "data.held_out: is called data.validation now");
    assert_int_equal(sg_config_get(config, "data.held_out", value, sizeof value), SG_OK);
    assert_string_equal(value, "0.5");
    assert_int_equal(sg_config_text(config, &text), SG_OK);
    assert_non_null(strstr(text, "  validation: 0.5\n"));
    assert_null(strstr(text, "held_out"));
    sg_set_warning_handler(NULL, NULL);
    free(text);
    sg_config_free(config);
}

/* A value that is wrong is told of where the old key stands. */
static void old_keys_have_a_place(void **state) {
    (void)state;
    assert_parse_fails("data: {held_out: 2}", "file:1:8: data.validation: found '2', expected a number, 0 or more, "
                                              "below 1");
}

/* ------------------------------------------------------------------------------------- options for bindings */

static size_t place_of(const char *key, sg_option_info *info) {
    size_t i = 0;
    *info = SG_SIZED(sg_option_info);
    while (sg_option_at(i, info) && strcmp(info->key, key) != 0)
        i++;
    assert_string_equal(info->key, key);
    return i;
}

static void bounds_are_numbers(void **state) {
    (void)state;
    sg_option_info info;
    place_of("data.train_fraction", &info);
    assert_true(info.low == 0 && info.high == 1 && info.low_open && info.high_open && !info.or_zero);
    place_of("layers.N.link.dropout", &info);
    assert_true(info.low == 1e-4 && info.high == 0.999 && !info.low_open && !info.high_open && info.or_zero);
    place_of("dt", &info);
    assert_true(info.low == SG_TIME_LEAST && info.high == SG_TIME_MOST);
    place_of("shuffle", &info);
    assert_true(info.low == -INFINITY && info.high == INFINITY && info.choices == 0);
}

static void choices_come_one_by_one(void **state) {
    (void)state;
    sg_option_info info = SG_SIZED(sg_option_info);
    const char *name = NULL, *summary = NULL;
    size_t i = place_of("layers.N.neuron.integration", &info);
    assert_int_equal(info.choices, 2);
    assert_true(sg_option_choice(i, 1, &name, &summary));
    assert_string_equal(name, "euler");
    assert_string_equal(summary, "1 - dt/tau, which needs dt below tau");
    assert_false(sg_option_choice(i, 2, &name, &summary));
    assert_false(sg_option_choice(0, 0, &name, &summary));
    assert_false(sg_option_choice(1000, 0, &name, &summary));
    for (i = 0; sg_option_at(i, &info); i++)
        assert_int_equal(info.choices > 0, strcmp(info.type, "choice") == 0);
}

static void needs_come_in_parts(void **state) {
    (void)state;
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t i = place_of("layers.N.neuron.tau_adapt", &info);
    assert_int_equal(info.need, SG_NEED_ONE_OF);
    assert_string_equal(info.need_key, "layers.N.neuron.kind");
    assert_int_equal(info.need_values, 2);
    assert_string_equal(sg_option_need_value(i, 0), "alif");
    assert_string_equal(sg_option_need_value(i, 1), "adlif");
    assert_null(sg_option_need_value(i, 2));
    i = place_of("layers.N.recurrent.self", &info);
    assert_int_equal(info.need, SG_NEED_NONE_OF);
    assert_string_equal(sg_option_need_value(i, 0), "none");
    i = place_of("regularise.upper_rate", &info);
    assert_int_equal(info.need, SG_NEED_ABOVE);
    assert_string_equal(info.need_key, "regularise.upper");
    assert_string_equal(sg_option_need_value(i, 0), "0");
    i = place_of("seed", &info);
    assert_int_equal(info.need, SG_NEED_NOTHING);
    assert_string_equal(info.need_key, "");
    assert_null(sg_option_need_value(i, 0));
    assert_null(sg_option_need_value(1000, 0));
}

/* The struct of a program made for a header in which `applies` was the last member, one for a later header, and one
 * whose size was forgotten. */
static void option_info_of_another_size_is_filled(void **state) {
    (void)state;
    struct {
        sg_option_info info;
        double later;
    } longer = {.later = 7};
    sg_option_info older = SG_SIZED(sg_option_info), none;
    older.size = offsetof(sg_option_info, low);
    older.high = 7;
    assert_true(sg_option_at(1, &older));
    assert_string_equal(older.key, "init");
    assert_true(older.size == offsetof(sg_option_info, low) && older.high == 7);
    longer.info.size = sizeof longer;
    assert_true(sg_option_at(1, &longer.info));
    assert_string_equal(longer.info.key, "init");
    assert_true(longer.info.size == sizeof longer && longer.later == 7);
    memset(&none, 0, sizeof none);
    assert_false(sg_option_at(1, &none));
    assert_string_equal(sg_error_message(), "a struct's size is 0, expected its sizeof: begin with SG_SIZED");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_documented),
        cmocka_unit_test(the_notebook_is_read),
        cmocka_unit_test(every_recipe_is_good_and_goes_round),
        cmocka_unit_test(awkward_values_go_round),
        cmocka_unit_test(the_text_is_as_documented),
        cmocka_unit_test(get_gives_text_that_set_takes),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(layers_are_added_at_the_end),
        cmocka_unit_test(every_bound_is_checked),
        cmocka_unit_test(values_are_refused_in_their_place),
        cmocka_unit_test(euler_needs_a_small_dt),
        cmocka_unit_test(what_a_set_needs_is_checked),
        cmocka_unit_test(missing_recipes_and_files),
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(relative_paths_begin_at_the_file),
        cmocka_unit_test(relative_paths_that_are_set_begin_here),
        cmocka_unit_test(paths_make_no_difference),
        cmocka_unit_test(copies_are_apart),
        cmocka_unit_test(old_keys_are_read_with_a_warning),
        cmocka_unit_test(old_keys_have_a_place),
        cmocka_unit_test(options_describe_themselves),
        cmocka_unit_test(bounds_are_numbers),
        cmocka_unit_test(choices_come_one_by_one),
        cmocka_unit_test(needs_come_in_parts),
        cmocka_unit_test(option_info_of_another_size_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

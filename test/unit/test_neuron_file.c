/* neuron.file: names that no neuron reads are told, and a file without any that one reads is refused. */
#include "file/h5.h"
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"

enum { NEURONS = 3 };

static char warnings[2048];

static void keep_warning(void *user, const char *text) {
    (void)user;
    snprintf(warnings + strlen(warnings), sizeof warnings - strlen(warnings), "%s\n", text);
}

/* Writes a file with datasets (1, NEURONS) named "w..." and (NEURONS) of any other name. */
static const char *write_values(const char *const *names, size_t count) {
    static const float values[NEURONS] = {1, 2, 3};
    const uint64_t shape[] = {1, NEURONS};
    const char *path = in_folder("values.h5");
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    for (size_t i = 0; i < count; i++) {
        int rank = names[i][0] == 'w' ? 2 : 1;
        assert_int_equal(sg_h5_put(file, names[i], SG_H5_F32, values, rank, shape + 2 - rank, false), SG_OK);
    }
    assert_int_equal(sg_h5_write(file, path), SG_OK);
    sg_h5_close(file);
    return path;
}

/* Makes a network of one layer with a neuron.file of these names; `set`: one more option and its value, or NULL. */
static sg_status make(const char *kind, const char *const *names, size_t count, const char *const set[2]) {
    const char *path = write_values(names, count);
    sg_config *config;
    sg_network *network;
    *warnings = 0;
    assert_int_equal(sg_config_create(&config), SG_OK);
    assert_int_equal(sg_config_set(config, "layers.0.size", "3"), SG_OK);
    assert_int_equal(sg_config_set(config, "loss.kind", strcmp(kind, "li") == 0 ? "mean_ce" : "count_ce"), SG_OK);
    assert_int_equal(sg_config_set(config, "layers.0.neuron.kind", kind), SG_OK);
    assert_int_equal(sg_config_set(config, "layers.0.neuron.file", path), SG_OK);
    if (set)
        assert_int_equal(sg_config_set(config, set[0], set[1]), SG_OK);
    if (set && strcmp(set[1], "file") == 0) {
        assert_int_equal(sg_config_set(config, "layers.0.link.file", path), SG_OK);
        assert_int_equal(sg_config_set(config, "layers.0.link.dataset", "weights"), SG_OK);
    }
    sg_set_warning_handler(keep_warning, NULL);
    sg_status status = sg_network_create(config, 1, &network);
    sg_set_warning_handler(NULL, NULL);
    sg_network_free(network);
    sg_config_free(config);
    return status;
}

#define MAKE(kind, set, ...)                                                                                           \
    make(kind, (const char *const[]){__VA_ARGS__}, sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *), set)

static void assert_warning(const char *text) {
    if (!strstr(warnings, text))
        fail_msg("expected \"%s\" in \"%s\"", text, warnings);
}

static void what_is_used_is_taken_in_silence(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", NULL, "threshold"), SG_OK);
    assert_string_equal(warnings, "");
    assert_int_equal(MAKE("adlif", NULL, "tau_mem", "tau_adapt", "threshold", "adaptation", "coupling"), SG_OK);
    assert_string_equal(warnings, "");
}

static void a_file_of_which_nothing_is_used_is_refused(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", NULL, "tau_men"), SG_MODEL);
    assert_message_has("values.h5: has no values for layers.0 (neuron.file): found 'tau_men', expected one or more of "
                       "the datasets tau_mem, threshold of neuron.kind 'lif'; did you mean 'tau_mem'?");
    assert_int_equal(MAKE("lif", NULL, "tau_syn", "coupling"), SG_MODEL);
    assert_message_has("found 'tau_syn', 'coupling', expected");
    assert_int_equal(make("li", NULL, 0, NULL), SG_MODEL);
    assert_message_has("found nothing, expected one or more of the datasets tau_mem of neuron.kind 'li'");
    assert_int_equal(MAKE("lif", NULL, "layers/0/threshold"), SG_MODEL);
    assert_message_has("found 'layers', expected");
    assert_string_equal(warnings, "");
}

/* Of the right name, and yet nothing to read. */
static void a_group_in_the_place_of_values_is_refused(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", NULL, "tau_mem", "threshold/a"), SG_MODEL);
    assert_message_has("values.h5: threshold is not a dataset");
}

static void names_that_are_not_used_are_told(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", NULL, "tau_mem", "treshold"), SG_OK);
    assert_warning("values.h5: 'treshold': not used by layers.0 (neuron.file), whose neuron.kind 'lif' takes tau_mem, "
                   "threshold; did you mean 'threshold'?\n");
    assert_int_equal(MAKE("lif", NULL, "tau_mem", "tau_syn", "notes"), SG_OK);
    assert_warning("'tau_syn', 'notes': not used");
    assert_int_equal(MAKE("lif", NULL, "a", "b", "c", "d", "e", "f", "g", "h", "i", "tau_mem"), SG_OK);
    assert_warning("', ...: not used");
    size_t shown = 0;
    for (const char *quote = strchr(warnings, '\''); quote; quote = strchr(quote + 1, '\''))
        shown++;
    assert_int_equal(shown, 2 * (8 + 1)); /* of nine the first eight, and the kind */
}

/* Weights may lie in the same file. */
static void weights_of_the_same_file_are_used(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", ((const char *[]){"layers.0.link.weights", "file"}), "tau_mem", "weights"), SG_OK);
    assert_string_equal(warnings, "");
    assert_int_equal(MAKE("lif", NULL, "tau_mem", "weights"), SG_OK);
    assert_warning("'weights': not used");
}

static void a_spread_that_the_file_replaces_is_told(void **state) {
    (void)state;
    assert_int_equal(MAKE("lif", ((const char *[]){"layers.0.neuron.spread.tau_mem", "0.5"}), "tau_mem"), SG_OK);
    assert_warning("layers.0.neuron.spread.tau_mem: has no effect, since ");
    assert_int_equal(MAKE("lif", ((const char *[]){"layers.0.neuron.spread.tau_mem", "0.5"}), "threshold"), SG_OK);
    assert_string_equal(warnings, "");
}

static void count_name(void *user, const char *name) {
    (void)name;
    ++*(size_t *)user;
}

/* A file with this many names at its root. */
static sg_h5 *open_many(int names) {
    const uint8_t one = 1;
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    for (int i = 0; i < names; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(sg_h5_put(file, name, SG_H5_U8, &one, 0, NULL, false), SG_OK);
    }
    assert_int_equal(sg_h5_write(file, in_folder("many.h5")), SG_OK);
    sg_h5_close(file);
    assert_int_equal(sg_h5_open(in_folder("many.h5"), SG_MODEL, &file), SG_OK);
    return file;
}

static void names_are_bounded(void **state) {
    (void)state;
    size_t count = 0;
    sg_h5 *file = open_many(SG_H5_NAMES);
    assert_int_equal(sg_h5_each_name(file, count_name, &count), SG_OK);
    assert_int_equal(count, SG_H5_NAMES);
    sg_h5_close(file);
    file = open_many(SG_H5_NAMES + 1);
    assert_int_equal(sg_h5_each_name(file, count_name, &count), SG_MODEL);
    assert_message_has("many.h5: has more than 1024 names at its root");
    sg_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_used_is_taken_in_silence),
        cmocka_unit_test(a_file_of_which_nothing_is_used_is_refused),
        cmocka_unit_test(a_group_in_the_place_of_values_is_refused),
        cmocka_unit_test(names_that_are_not_used_are_told),
        cmocka_unit_test(weights_of_the_same_file_are_used),
        cmocka_unit_test(a_spread_that_the_file_replaces_is_told),
        cmocka_unit_test(names_are_bounded),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

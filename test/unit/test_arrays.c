/* labels: threads */
/* Runs on data in memory, by the public header alone. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "folder.h"

enum { SAMPLES = 60, STEPS = 20, INPUTS = 9, HIDDEN = 8, CLASSES = 3 };

static const drawn_sizes sizes = {SAMPLES, STEPS, INPUTS, 30};

static sg_config *configure(const char *more) {
    char yaml[512];
    sg_config *config;
    int length = snprintf(yaml, sizeof yaml,
                          "seed: 4\nepochs: 3\nbatch: 8\nsteps: %d\n%s\n"
                          "layers: [{size: %d, link: {sd: 1}}, {size: %d, link: {sd: 1}}]\nloss: {kind: count_ce}\n",
                          STEPS, more, HIDDEN, CLASSES);
    if (sg_config_parse("arrays", yaml, (size_t)length, &config) != SG_OK)
        fail_msg("%s", sg_error_message());
    return config;
}

/* What a run leaves: the weights of both layers and the metrics. */
typedef struct outcome {
    float first[INPUTS * HIDDEN], second[HIDDEN * CLASSES];
    sg_run_result result;
} outcome;

static outcome run(const sg_config *config, const sg_data *data, const char *dir) {
    outcome o;
    sg_config *saved;
    sg_network *network;
    char path[1024];
    sg_run_options options = SG_SIZED(sg_run_options);
    options.data = data;
    options.dir = in_folder(dir);
    options.threads = data ? 2 : 1;
    o.result = SG_SIZED(sg_run_result);
    if (sg_run(config, &options, &o.result) != SG_OK)
        fail_msg("%s", sg_error_message());
    snprintf(path, sizeof path, "%s/%s", in_folder(dir), o.result.validated ? "best.h5" : "model.h5");
    assert_int_equal(sg_model_load(path, &saved, &network), SG_OK);
    assert_int_equal(sg_network_get_weights(network, 0, o.first), SG_OK);
    assert_int_equal(sg_network_get_weights(network, 1, o.second), SG_OK);
    sg_network_free(network);
    sg_config_free(saved);
    return o;
}

static void assert_same(const outcome *a, const outcome *b) {
    assert_memory_equal(a->first, b->first, sizeof a->first);
    assert_memory_equal(a->second, b->second, sizeof a->second);
    assert_true(a->result.validated == b->result.validated && a->result.epochs == b->result.epochs);
    assert_true(a->result.last.train_loss == b->result.last.train_loss);
    assert_true(a->result.last.test_loss == b->result.last.test_loss);
    assert_true(a->result.best.validation_loss == b->result.best.validation_loss);
}

/* Data from a file, split as the configuration says; then the same store and parts, handed over. */
static void check_same_as_file(const char *split, const char *alone) {
    char more[1024];
    sg_events *events = drawn_events(sizes), *back;
    sg_data *opened, *data;
    assert_int_equal(sg_events_save(events, in_folder("drawn.h5")), SG_OK);
    snprintf(more, sizeof more, "data: {set: events, file: %s, split: shuffled%s}", in_folder("drawn.h5"), split);
    sg_config *config = configure(more), *plain = configure(alone);
    assert_int_equal(sg_data_open(config, &opened), SG_OK);
    sg_data_view view = sg_data_get(opened);
    assert_int_equal(sg_events_load(in_folder("drawn.h5"), &back), SG_OK);
    assert_int_equal(sg_data_create(back, view.train, view.train_count, view.validation, view.validation_count,
                                    view.test, view.test_count, &data),
                     SG_OK);
    sg_events_free(back); /* both may go */
    sg_data_free(opened);
    char dir[64];
    snprintf(dir, sizeof dir, "file%zu", strlen(split));
    const outcome from_file = run(config, NULL, dir);
    snprintf(dir, sizeof dir, "arrays%zu", strlen(split));
    const outcome from_arrays = run(plain, data, dir);
    assert_same(&from_file, &from_arrays);
    sg_data_free(data);
    sg_events_free(events);
    sg_config_free(config);
    sg_config_free(plain);
}

static void a_run_on_arrays_is_that_on_a_file(void **state) {
    (void)state;
    check_same_as_file("", "");
    check_same_as_file(", held_out: 0.25", "");
}

static void indices_are_copied(void **state) {
    (void)state;
    uint32_t train[] = {5, 1, 7}, held[] = {2}, test[] = {3, 3};
    sg_events *events = drawn_events(sizes);
    sg_data *data;
    assert_int_equal(sg_data_create(events, train, 3, held, 1, test, 2, &data), SG_OK);
    memset(train, 0, sizeof train);
    const sg_data_view view = sg_data_get(data);
    assert_true(view.train_count == 3 && view.validation_count == 1 && view.test_count == 2);
    assert_true(view.train[0] == 5 && view.train[2] == 7 && view.validation[0] == 2 && view.test[1] == 3);
    assert_ptr_equal(view.events, events);
    sg_events_free(events);
    assert_int_equal(sg_events_get(view.events).samples, SAMPLES);
    sg_data_free(data);
}

static void wrong_parts_are_refused(void **state) {
    (void)state;
    const uint32_t few[] = {0, 1}, beyond[] = {0, SAMPLES};
    sg_events *events = drawn_events(sizes);
    sg_data *data;
    assert_int_equal(sg_data_create(events, few, 2, NULL, 0, beyond, 2, &data), SG_ARGUMENT);
    assert_null(data);
    assert_message_has("data: the test part names sample 60, expected below 60, those of the events");
    assert_int_equal(sg_data_create(events, few, 0, NULL, 0, few, 2, &data), SG_ARGUMENT);
    assert_message_has("data: the training part is empty, expected 1 sample or more");
    assert_int_equal(sg_data_create(events, few, 2, NULL, 0, few, 0, &data), SG_ARGUMENT);
    sg_events_free(events);
}

/* Data that do not fit the network, or what the configuration wants of them. */
static void data_are_compared_with_the_network(void **state) {
    (void)state;
    const uint32_t few[] = {0, 1};
    static const struct {
        const char *more, *message;
        sg_status status;
    } cases[] = {
        {"dt: 2 ms", "the data have steps of 1 ms, but the network has 2 ms", SG_MODEL},
        {"patience: 2", "patience: 2 epochs, but the data have no validation part", SG_CONFIG},
        {"augment: {shift: 1}", "augment.shift: the data are not images", SG_CONFIG},
    };
    sg_events *events = drawn_events(sizes);
    sg_data *data;
    sg_run_options options = SG_SIZED(sg_run_options);
    assert_int_equal(sg_data_create(events, few, 2, NULL, 0, few, 2, &data), SG_OK);
    options.data = data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_config *config = configure(cases[i].more);
        assert_int_equal(sg_run(config, &options, NULL), cases[i].status);
        assert_message_has(cases[i].message);
        sg_config_free(config);
    }
    sg_data_free(data);
    sg_events_free(events);
}

/* With a validation part the run may be patient, though data.validation is 0. */
static void patience_needs_only_a_part(void **state) {
    (void)state;
    const uint32_t train[] = {0, 1, 2, 3}, held[] = {4, 5}, test[] = {6};
    sg_events *events = drawn_events(sizes);
    sg_data *data;
    sg_run_options options = SG_SIZED(sg_run_options);
    sg_run_result result = SG_SIZED(sg_run_result);
    assert_int_equal(sg_data_create(events, train, 4, held, 2, test, 1, &data), SG_OK);
    sg_config *config = configure("patience: 1");
    options.data = data;
    assert_int_equal(sg_run(config, &options, &result), SG_OK);
    assert_true(result.validated);
    sg_config_free(config);
    sg_data_free(data);
    sg_events_free(events);
}

/* A camera's maps, heights and widths are not lost on the way through a file. */
static void a_model_keeps_the_shape_of_its_input(void **state) {
    (void)state;
    const sg_shape shapes[] = {{2, 5, 7}, {1, 3, 4}, {9, 1, 1}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        sg_config *config = configure(""), *saved;
        sg_network *network, *loaded;
        sg_layer_info layer = SG_SIZED(sg_layer_info);
        assert_int_equal(sg_network_create_shaped(config, shapes[i], &network), SG_OK);
        assert_int_equal(sg_model_save(network, config, in_folder("shaped.h5")), SG_OK);
        assert_int_equal(sg_model_load(in_folder("shaped.h5"), &saved, &loaded), SG_OK);
        assert_int_equal(sg_network_layer(loaded, 0, &layer), SG_OK);
        assert_memory_equal(&layer.in, &shapes[i], sizeof layer.in);
        assert_int_equal(layer.out.channels, HIDDEN);
        sg_network_free(loaded);
        sg_config_free(saved);
        sg_network_free(network);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_on_arrays_is_that_on_a_file), cmocka_unit_test(indices_are_copied),
        cmocka_unit_test(wrong_parts_are_refused),           cmocka_unit_test(data_are_compared_with_the_network),
        cmocka_unit_test(patience_needs_only_a_part),        cmocka_unit_test(a_model_keeps_the_shape_of_its_input),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

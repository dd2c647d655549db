/* Which samples train, validate and test: by the file, by shares, by classes, by groups. */
#include "data/dataset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { SAMPLES = 60, CLASSES = 3, GROUPS = 5 };

/* Sample s is of class 0 in two of three cases, and of group s % 5; every fourth tests, every sixth validates. */
static void save_events(bool with_groups, bool with_split) {
    static const char *const names[] = {"george", "jackson", "lucas", "nicolas", "theo"};
    uint64_t first[SAMPLES + 1];
    uint16_t step[SAMPLES] = {0};
    uint32_t channel[SAMPLES] = {0}, label[SAMPLES], group[SAMPLES];
    uint8_t split[SAMPLES];
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        first[s] = s;
        label[s] = s % 3 == 0 ? 1 + s % 2 : 0;
        group[s] = s % GROUPS;
        split[s] = s % 4 == 0 ? SG_TEST : s % 6 == 1 ? SG_VALIDATION : SG_TRAIN;
    }
    first[SAMPLES] = SAMPLES;
    const sg_events_view view = {.samples = SAMPLES,
                                 .steps = 10,
                                 .channels = 2,
                                 .classes = CLASSES,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label,
                                 .dt_ms = 1,
                                 .split = with_split ? split : NULL};
    details.groups = with_groups ? GROUPS : 0;
    details.group_names = with_groups ? names : NULL;
    details.group = with_groups ? group : NULL;
    assert_int_equal(sg_events_create_detailed(&view, &details, &events), SG_OK);
    assert_int_equal(sg_events_save(events, in_folder("events.h5")), SG_OK);
    sg_events_free(events);
}

static sg_config *configure(const char *const settings[][2]) {
    sg_config *config;
    static const char yaml[] = "steps: 10\ndt: 1 ms\nlayers:\n  - {size: 3}\n";
    assert_int_equal(sg_config_parse("yaml", yaml, strlen(yaml), &config), SG_OK);
    assert_int_equal(sg_config_set(config, "data.set", "events"), SG_OK);
    assert_int_equal(sg_config_set(config, "data.file", in_folder("events.h5")), SG_OK);
    for (size_t i = 0; settings[i][0]; i++)
        if (sg_config_set(config, settings[i][0], settings[i][1]) != SG_OK)
            fail_msg("%s", sg_error_message());
    return config;
}

typedef const char *setting[2];

static sg_data *open_data(const setting *settings) {
    sg_config *config = configure(settings);
    sg_data *data;
    if (sg_data_open(config, &data) != SG_OK)
        fail_msg("%s", sg_error_message());
    sg_config_free(config);
    return data;
}

static void assert_refused(const setting *settings, const char *message) {
    sg_config *config = configure(settings);
    sg_data *data;
    assert_int_equal(sg_data_open(config, &data), SG_CONFIG);
    assert_null(data);
    assert_message_has(message);
    sg_config_free(config);
}

/* Every sample is in one part. */
static void assert_whole(sg_data_view view) {
    uint8_t seen[SAMPLES] = {0};
    assert_int_equal(view.train_count + view.validation_count + view.test_count, SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++)
        assert_int_equal(seen[view.train[i]]++, 0); /* the parts follow each other */
}

static void a_file_has_three_parts(void **state) {
    (void)state;
    static const setting none[] = {{NULL, NULL}};
    static const setting share[] = {{"data.validation", "0.2"}, {NULL, NULL}};
    save_events(true, true);
    sg_data *data = open_data(none);
    const sg_data_view view = sg_data_get(data);
    assert_whole(view);
    assert_int_equal(view.test_count, 15);
    assert_int_equal(view.validation_count, 10);
    for (size_t i = 0; i < view.validation_count; i++)
        assert_int_equal(view.validation[i], 6 * i + 1);
    sg_data_free(data);
    assert_refused(share, "data.validation: takes a validation part out of the training part, but the data have one of "
                          "their own, of 10 samples: leave it out");
}

static void groups_test(void **state) {
    (void)state;
    static const setting two[] = {{"data.split", "groups"},
                                  {"data.test_groups", "theo, lucas"},
                                  {"data.validation_groups", "1"},
                                  {NULL, NULL}};
    save_events(true, false);
    sg_data *data = open_data(two);
    const sg_data_view view = sg_data_get(data);
    const uint32_t *group = data->events->group, left_out = group[view.validation[0]];
    assert_whole(view);
    assert_int_equal(view.test_count, 2 * SAMPLES / GROUPS);
    assert_int_equal(view.validation_count, SAMPLES / GROUPS);
    for (size_t i = 0; i < view.test_count; i++)
        assert_true(group[view.test[i]] == 2 || group[view.test[i]] == 4);
    for (size_t i = 0; i < view.validation_count; i++)
        assert_int_equal(group[view.validation[i]], left_out);
    for (size_t i = 0; i < view.train_count; i++)
        assert_true(group[view.train[i]] != left_out && group[view.train[i]] != 2 && group[view.train[i]] != 4);
    sg_data_free(data);
}

/* Which groups validate is drawn by data.seed, not by the seed of the weights. */
static void groups_are_drawn_from_the_data_seed(void **state) {
    (void)state;
    bool drawn[GROUPS] = {0};
    size_t different = 0;
    save_events(true, false);
    for (int seed = 0; seed < 20; seed++) {
        char text[8];
        snprintf(text, sizeof text, "%d", seed);
        const setting settings[] = {{"data.split", "groups"},        {"data.test_groups", "theo"},
                                    {"data.validation_groups", "1"}, {"data.seed", text},
                                    {"seed", seed % 2 ? "7" : "8"},  {NULL, NULL}};
        sg_data *data = open_data(settings), *again = open_data(settings);
        const sg_data_view view = sg_data_get(data), same = sg_data_get(again);
        assert_memory_equal(view.train, same.train, SAMPLES * sizeof *view.train);
        drawn[data->events->group[view.validation[0]]] = true;
        sg_data_free(data);
        sg_data_free(again);
    }
    for (int g = 0; g < GROUPS; g++)
        different += drawn[g];
    assert_int_equal(different, GROUPS - 1);
    assert_false(drawn[4]);
}

static void count_classes(const sg_data *data, const uint32_t *samples, size_t count, size_t classes[CLASSES]) {
    memset(classes, 0, CLASSES * sizeof *classes);
    for (size_t i = 0; i < count; i++)
        classes[data->events->label[samples[i]]]++;
}

/* 40, 10 and 10 samples of the classes. */
static void shares_may_be_of_each_class(void **state) {
    (void)state;
    static const setting settings[] = {{"data.split", "shuffled"},
                                       {"data.train_fraction", "0.8"},
                                       {"data.validation", "0.25"},
                                       {"data.stratified", "true"},
                                       {NULL, NULL}};
    size_t train[CLASSES], validation[CLASSES], test[CLASSES];
    save_events(true, false);
    sg_data *data = open_data(settings);
    const sg_data_view view = sg_data_get(data);
    assert_whole(view);
    count_classes(data, view.train, view.train_count, train);
    count_classes(data, view.validation, view.validation_count, validation);
    count_classes(data, view.test, view.test_count, test);
    assert_true(test[0] == 8 && test[1] == 2 && test[2] == 2);
    assert_true(train[0] == 24 && train[1] == 6 && train[2] == 6);
    assert_true(validation[0] == 8 && validation[1] == 2 && validation[2] == 2);
    sg_data_free(data);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    static const struct {
        bool with_groups;
        setting settings[4];
        const char *message;
    } cases[] = {
        {true, {{"data.split", "groups"}}, "data.test_groups: is empty, but data.split is 'groups': name one or more"},
        {true,
         {{"data.split", "groups"}, {"data.test_groups", "theo,gorge"}},
         "data.test_groups: found 'gorge', expected one of george, jackson, lucas, nicolas, theo; did you mean "
         "'george'?"},
        {false,
         {{"data.split", "groups"}, {"data.test_groups", "theo"}},
         "data.split: the data do not say which groups their samples are of: "},
        {false,
         {{"data.split", "shuffled"}, {"data.validation_groups", "1"}},
         "data.validation_groups: the data do not say which groups"},
        {true,
         {{"data.split", "shuffled"}, {"data.validation_groups", "5"}},
         "data.validation_groups: 5 of 5 groups that train would leave none: use fewer"},
        {true,
         {{"data.split", "shuffled"}, {"data.validation_groups", "1"}, {"data.validation", "0.1"}},
         "data.validation_groups: 1, but data.validation is 0.1: give one of them"},
        {true,
         {{"data.stratified", "true"}},
         "data.stratified: true, but no share is taken, so that it has no effect: "},
        {true, {{"data.test_groups", "theo"}}, "data.test_groups: theo, but data.split is 'standard'"},
        {true,
         {{"data.split", "groups"}, {"data.test_groups", "theo"}, {"data.test_file", "x.h5"}},
         "data.test_file: is the test part, but data.split is 'groups', which makes one: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        save_events(cases[i].with_groups, false);
        assert_refused(cases[i].settings, cases[i].message);
    }
}

/* Patience needs a validation part, which a file may have. */
static void patience_goes_by_the_files_part(void **state) {
    (void)state;
    static const setting settings[] = {{"patience", "3"}, {"epochs", "1"}, {NULL, NULL}};
    for (int with = 0; with < 2; with++) {
        sg_run_result result = SG_SIZED(sg_run_result);
        save_events(true, true);
        if (!with) { /* nothing validates */
            sg_events *events;
            assert_int_equal(sg_events_load(in_folder("events.h5"), &events), SG_OK);
            for (size_t s = 0; s < SAMPLES; s++)
                events->split[s] = events->split[s] == SG_TEST ? SG_TEST : SG_TRAIN;
            assert_int_equal(sg_events_save(events, in_folder("events.h5")), SG_OK);
            sg_events_free(events);
        }
        sg_config *config = configure(settings);
        assert_int_equal(sg_run(config, NULL, &result), with ? SG_OK : SG_CONFIG);
        if (!with)
            assert_message_has("patience: 3 epochs, but the data have no validation part to see by whether training "
                               "still helps: set data.validation, or use patience: 0");
        assert_int_equal(result.validated, with);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_three_parts),
        cmocka_unit_test(groups_test),
        cmocka_unit_test(groups_are_drawn_from_the_data_seed),
        cmocka_unit_test(shares_may_be_of_each_class),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(patience_goes_by_the_files_part),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

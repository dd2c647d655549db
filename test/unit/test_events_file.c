/* Files of spike events as others write them: one reader and one rule for training and `surgrad info`. */
#include "file/h5.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { SAMPLES = 4 };

/* What a file has: a format (or none), the length of a step (0: none), without a dataset (or with all). */
typedef struct parts {
    const char *format;
    double dt_ms;
    const char *without;
} parts;

static const char *write_events(const parts *p) {
    static const uint32_t sizes[3] = {10, 5, 2}, channel[SAMPLES] = {0, 1, 2, 3}, label[SAMPLES] = {0, 1, 0, 1};
    static const uint16_t step[SAMPLES] = {1, 2, 3, 4};
    static const uint64_t first[SAMPLES + 1] = {0, 1, 2, 3, 4}, firsts = SAMPLES + 1, count = SAMPLES;
    const struct {
        const char *name;
        sg_h5_type type;
        const void *data;
        int rank;
        const uint64_t *shape;
    } sets[] = {{"steps", SG_H5_U32, &sizes[0], 0, NULL},   {"channels", SG_H5_U32, &sizes[1], 0, NULL},
                {"classes", SG_H5_U32, &sizes[2], 0, NULL}, {"first", SG_H5_U64, first, 1, &firsts},
                {"step", SG_H5_U16, step, 1, &count},       {"channel", SG_H5_U32, channel, 1, &count},
                {"label", SG_H5_U32, label, 1, &count},     {"dt_ms", SG_H5_F64, &p->dt_ms, 0, NULL}};
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    if (p->format)
        assert_int_equal(sg_h5_put_text(file, "format", p->format), SG_OK);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        bool left_out = p->without ? strcmp(sets[i].name, p->without) == 0 : false;
        if (!left_out && (sets[i].data != &p->dt_ms || p->dt_ms != 0))
            assert_int_equal(sg_h5_put(file, sets[i].name, sets[i].type, sets[i].data, sets[i].rank, sets[i].shape,
                                       false),
                             SG_OK);
    }
    assert_int_equal(sg_h5_write(file, in_folder("events.h5")), SG_OK);
    sg_h5_close(file);
    return in_folder("events.h5");
}

/* The same of both readers: training's, and info's. */
static void assert_refused(const parts *p, const char *message) {
    const char *path = write_events(p);
    sg_events *events;
    char *text;
    assert_int_equal(sg_events_load(path, &events), SG_DATA);
    assert_null(events);
    assert_message_has(message);
    sg_status status = sg_describe_file(path, &text);
    assert_true(status == SG_DATA || status == SG_MODEL);
    assert_null(text);
}

static void assert_described(const parts *p, const char *first, const char *second) {
    const char *path = write_events(p);
    sg_events *events;
    char *text;
    assert_int_equal(sg_events_load(path, &events), SG_OK);
    assert_true(sg_events_get(events).dt_ms == p->dt_ms);
    sg_events_free(events);
    assert_int_equal(sg_describe_file(path, &text), SG_OK);
    if (!strstr(text, first) || !strstr(text, second))
        fail_msg("expected \"%s\" and \"%s\" in:\n%s", first, second, text);
    free(text);
}

static void a_format_need_not_be_there(void **state) {
    (void)state;
    assert_described(&(parts){"surgrad events 1", 10, NULL}, "surgrad events 1\n4 samples", "a step is 10 ms\n");
    assert_described(&(parts){NULL, 0.5, NULL}, "spike events, without the attribute format\n4 samples, 10 steps",
                     "a step is 0.5 ms\n");
    assert_described(&(parts){NULL, 0, NULL}, "4 events, 1.0 a sample\n", "there is no dataset dt_ms: ");
}

static void a_wrong_format_is_refused(void **state) {
    (void)state;
    assert_refused(
        &(parts){"surgrad events 4", 1, NULL},
        "/events.h5: holds the format 'surgrad events 4', expected 'surgrad events 1': a newer surgrad wrote "
        "it?");
    assert_refused(&(parts){"surgrad model 1", 1, NULL},
                   "/events.h5: holds the format 'surgrad model 1', expected 'surgrad events 1'");
    assert_null(strstr(sg_error_message(), "newer"));
    assert_refused(&(parts){NULL, 1, "channel"}, "channel");
    assert_refused(&(parts){NULL, -1, NULL}, "'dt_ms' is -1, expected the length of a step in ms, more than 0");
    assert_refused(&(parts){NULL, NAN, NULL}, "'dt_ms' is nan, ");
    assert_refused(&(parts){NULL, INFINITY, NULL}, "dt_ms is inf, ");
}

/* A model or checkpoint of a later version, likewise. */
static void models_tell_their_version(void **state) {
    (void)state;
    static const char *const found[] = {"surgrad model 2", "surgrad checkpoint 7", "surgrad events 1"};
    for (int i = 0; i < 3; i++) {
        sg_config *config;
        sg_network *network;
        const char *path = write_events(&(parts){found[i], 1, NULL});
        assert_int_equal(sg_model_load(path, &config, &network), SG_MODEL);
        assert_message_has(found[i]);
        assert_message_has("expected 'surgrad model 1'");
        assert_true((strstr(sg_error_message(), "a newer surgrad wrote it?") != NULL) == (i < 2));
    }
}

/* ------------------------------------------------------------------------------------------- the length of a step */

static char warned[4096];

static void on_warning(void *user, const char *text) {
    (void)user;
    strncat(warned, text, sizeof warned - strlen(warned) - 1);
}

static sg_status train(const char *path, const char *steps, const char *dt) {
    static const char *const fixed[][2] = {{"data.set", "events"}, {"data.split", "shuffled"},
                                           {"batch", "2"},         {"layers.0.size", "2"},
                                           {"epochs", "1"},        {"data.train_fraction", "0.5"}};
    sg_config *config;
    sg_run_options options = SG_SIZED(sg_run_options);
    options.on_warning = on_warning;
    warned[0] = 0;
    assert_int_equal(sg_config_create(&config), SG_OK);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        assert_int_equal(sg_config_set(config, fixed[i][0], fixed[i][1]), SG_OK);
    assert_int_equal(sg_config_set(config, "data.file", path), SG_OK);
    assert_int_equal(sg_config_set(config, "steps", steps), SG_OK);
    assert_int_equal(sg_config_set(config, "dt", dt), SG_OK);
    sg_status status = sg_run(config, &options, NULL);
    sg_config_free(config);
    return status;
}

static void another_dt_is_refused(void **state) {
    (void)state;
    const char *path = write_events(&(parts){NULL, 10, NULL});
    assert_int_equal(train(path, "10", "1 ms"), SG_MODEL);
    assert_message_has("the data have steps of 10 ms, but the network has 1 ms: set dt: 10 ms");
    assert_int_equal(train(path, "10", "10 ms"), SG_OK);
    assert_null(strstr(warned, "dt_ms"));
    assert_int_equal(train(path, "20", "10 ms"), SG_MODEL);
    assert_message_has("the data have 10 steps, but the network has 20: set steps: 10");
}

static void an_unknown_dt_is_warned_of(void **state) {
    (void)state;
    const char *path = write_events(&(parts){0});
    assert_int_equal(train(path, "10", "1 ms"), SG_OK);
    assert_non_null(strstr(warned, "/events.h5 does not say how long its steps are: taken as dt, 1 ms; write the "
                                   "dataset dt_ms to be sure"));
}

static void drawn_data_know_their_dt(void **state) {
    (void)state;
    sg_config *config;
    sg_data *data;
    sg_events *back;
    assert_int_equal(sg_config_load("patterns", &config), SG_OK);
    assert_int_equal(sg_config_set(config, "data.samples", "3"), SG_OK);
    assert_int_equal(sg_config_set(config, "dt", "0.7 ms"), SG_OK);
    assert_int_equal(sg_data_open(config, &data), SG_OK);
    assert_int_equal(sg_events_save(sg_data_get(data).events, in_folder("drawn.h5")), SG_OK);
    sg_data_free(data);
    assert_int_equal(sg_events_load(in_folder("drawn.h5"), &back), SG_OK);
    assert_true(sg_events_get(back).dt_ms == 0.7);
    sg_events_free(back);
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_need_not_be_there), cmocka_unit_test(a_wrong_format_is_refused),
        cmocka_unit_test(models_tell_their_version),  cmocka_unit_test(another_dt_is_refused),
        cmocka_unit_test(an_unknown_dt_is_warned_of), cmocka_unit_test(drawn_data_know_their_dt),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

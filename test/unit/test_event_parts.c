/* What a file of events may say besides its events: how channels lie, and which samples are to test. */
#include "base/memory_limit.h"
#include "data/dataset.h"
#include "data/events.h"
#include "file/h5.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { SIDE = 6, TRAIN = 24, TEST = 8, SAMPLES = TRAIN + TEST, PIXELS = SIDE * SIDE };

/* ----------------------------------------------------------------------------------------------- files by hand */

enum { COUNT = 4 };

/* Four samples of one event each in 12 channels, with these datasets besides. */
static const char *write_events(const char *name, const uint32_t *shape, uint64_t axes, const uint8_t *split,
                                uint64_t splits) {
    static const uint32_t sizes[3] = {10, 12, 2}, channel[COUNT] = {0, 1, 2, 3}, label[COUNT] = {0, 1, 0, 1};
    static const uint16_t step[COUNT] = {1, 2, 3, 4};
    static const uint64_t first[COUNT + 1] = {0, 1, 2, 3, 4}, firsts = COUNT + 1, count = COUNT;
    static const double dt_ms = 1;
    const struct {
        const char *name;
        sg_h5_type type;
        const void *data;
        int rank;
        const uint64_t *shape;
    } sets[] = {{"steps", SG_H5_U32, &sizes[0], 0, NULL},   {"channels", SG_H5_U32, &sizes[1], 0, NULL},
                {"classes", SG_H5_U32, &sizes[2], 0, NULL}, {"dt_ms", SG_H5_F64, &dt_ms, 0, NULL},
                {"first", SG_H5_U64, first, 1, &firsts},    {"step", SG_H5_U16, step, 1, &count},
                {"channel", SG_H5_U32, channel, 1, &count}, {"label", SG_H5_U32, label, 1, &count},
                {"shape", SG_H5_U32, shape, 1, &axes},      {"split", SG_H5_U8, split, 1, &splits}};
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (sets[i].data)
            assert_int_equal(sg_h5_put(file, sets[i].name, sets[i].type, sets[i].data, sets[i].rank, sets[i].shape,
                                       false),
                             SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder(name)), SG_OK);
    sg_h5_close(file);
    return in_folder(name);
}

static void assert_refused(const uint32_t *shape, uint64_t axes, const uint8_t *split, uint64_t splits,
                           const char *message) {
    sg_events *events;
    assert_int_equal(sg_events_load(write_events("bad.h5", shape, axes, split, splits), &events), SG_DATA);
    assert_null(events);
    assert_message_has(message);
}

/* Two samples of two events at the far end of a sensor: what is found is the same, whatever the sensor's size. */
static void any_sensor_takes_memory_for_its_events(void **state) {
    (void)state;
    static const sg_shape shapes[] = {{2, 8, 8}, {2, 16384, 65535}};
    const uint64_t first[] = {0, 2, 4};
    const uint16_t step[] = {1, 2, 1, 2};
    for (int i = 0; i < 4; i++) {
        const uint32_t channels = (uint32_t)sg_shape_size(shapes[i / 2]), last = channels - 1;
        const uint32_t channel[] = {last, 0, last, i % 2 ? last : 1};
        const sg_events_view view = {.samples = 2,
                                     .steps = 3,
                                     .channels = channels,
                                     .first = first,
                                     .step = step,
                                     .channel = channel,
                                     .shape = shapes[i / 2]};
        sg_events *events;
        sg_pretend_memory(64 << 20);
        sg_status status = sg_events_create(&view, &events);
        sg_pretend_memory(0);
        assert_int_equal(status, SG_OK);
        assert_true(events->is_single == !(i % 2));
        sg_events_free(events);
    }
}

static void shape_and_split_go_to_a_file_and_back(void **state) {
    (void)state;
    const uint32_t shape[] = {3, 1, 4};
    const uint8_t split[] = {1, 0, 0, 1};
    sg_events *events, *copy;
    char *text;
    assert_int_equal(sg_events_load(write_events("a.h5", shape, 3, split, COUNT), &events), SG_OK);
    const sg_events_view view = sg_events_get(events);
    assert_int_equal(sg_events_create(&view, &copy), SG_OK);
    sg_events_free(events);
    assert_int_equal(sg_events_save(copy, in_folder("b.h5")), SG_OK);
    sg_events_free(copy);
    assert_int_equal(sg_events_load(in_folder("b.h5"), &events), SG_OK);
    const sg_events_view found = sg_events_get(events);
    assert_true(found.shape.channels == 3 && found.shape.height == 1 && found.shape.width == 4);
    assert_memory_equal(found.split, split, sizeof split);
    sg_events_free(events);
    assert_int_equal(sg_describe_file(in_folder("b.h5"), &text), SG_OK);
    assert_non_null(strstr(text, "channels: 3 x 1 x 4 (maps, height, width)\nsplit: 2 samples to train, 2 to test\n"));
    free(text);
}

static void files_need_neither(void **state) {
    (void)state;
    sg_events *events;
    assert_int_equal(sg_events_load(write_events("a.h5", NULL, 0, NULL, 0), &events), SG_OK);
    const sg_events_view found = sg_events_get(events);
    assert_true(found.shape.channels == 12 && found.shape.height == 1 && found.shape.width == 1);
    assert_null(found.split);
    sg_events_free(events);
}

static void wrong_ones_are_refused(void **state) {
    (void)state;
    const uint32_t other[] = {2, 2, 4}, huge[] = {0x80000000u, 0x80000000u, 0x80000000u}, zero[] = {0, 0, 0};
    const uint8_t split[] = {0, 1, 3, 0};
    assert_refused(other, 3, NULL, 0, "its shape, 2 x 2 x 4, has 16 channels, expected 12, which it has");
    assert_refused(huge, 3, NULL, 0, "channels, expected 12");
    assert_refused(zero, 3, NULL, 0, "its shape, 0 x 0 x 0, has 0 channels");
    assert_refused(other, 2, NULL, 0, "shape");
    assert_refused(NULL, 0, split, COUNT, "sample 2 has split 3, expected 0, to train, 1, to test, or 2, to validate");
    assert_refused(NULL, 0, split, 3, "split");
    sg_events *events;
    const uint64_t first[] = {0, 0};
    const uint32_t label = 0;
    const sg_events_view view = {
        .samples = 1, .steps = 5, .channels = 6, .classes = 1, .first = first, .label = &label, .shape = {2, 2, 2}};
    assert_int_equal(sg_events_create(&view, &events), SG_DATA);
    assert_message_has("events: its shape, 2 x 2 x 2, has 8 channels, expected 6");
}

/* ------------------------------------------------------------------------------------------------ configuration */

static sg_config *configure(const char *const settings[]) {
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    for (size_t i = 0; settings[i]; i += 2)
        if (sg_config_set(config, settings[i], settings[i + 1]) != SG_OK)
            fail_msg("%s", sg_error_message());
    return config;
}

static sg_config *of_file(const char *path, const char *key, const char *value) {
    const char *const settings[] = {"data.set",      "events", "data.file", path,  "steps", "10",
                                    "layers.0.size", "2",      key,         value, NULL};
    return configure(settings);
}

static sg_status open_with(const char *path, const char *key, const char *value, sg_data **data) {
    sg_config *config = of_file(path, key, value);
    sg_status status = sg_data_open(config, data);
    sg_config_free(config);
    return status;
}

static void a_file_has_its_own_split(void **state) {
    (void)state;
    const uint8_t split[] = {1, 0, 0, 1};
    const uint32_t train[] = {1, 2}, test[] = {0, 3};
    const char *path = write_events("a.h5", NULL, 0, split, COUNT);
    sg_data *data;
    assert_int_equal(open_with(path, "data.split", "standard", &data), SG_OK);
    const sg_data_view view = sg_data_get(data);
    assert_true(view.train_count == 2 && view.test_count == 2);
    assert_memory_equal(view.train, train, sizeof train);
    assert_memory_equal(view.test, test, sizeof test);
    sg_data_free(data);
    path = write_events("a.h5", NULL, 0, NULL, 0);
    assert_int_equal(open_with(path, "data.split", "standard", &data), SG_CONFIG);
    assert_null(data);
    assert_message_has("data.split: standard, but ");
    assert_message_has("/a.h5 does not say which samples are to test: use split: shuffled, name a second file "
                       "(data.test_file), or write the dataset 'split'");
}

static void a_second_file_is_the_test_part(void **state) {
    (void)state;
    const uint8_t split[] = {1, 1, 0, 1};
    const uint32_t shape[] = {1, 3, 4};
    char other[1024];
    snprintf(other, sizeof other, "%s", write_events("b.h5", shape, 3, split, COUNT));
    const char *path = write_events("a.h5", shape, 3, split, COUNT);
    sg_data *data;
    assert_int_equal(open_with(path, "data.test_file", other, &data), SG_OK);
    const sg_data_view view = sg_data_get(data);
    const sg_events_view events = sg_events_get(view.events);
    assert_true(view.train_count == COUNT && view.test_count == COUNT && events.samples == 2 * COUNT);
    for (uint32_t s = 0; s < COUNT; s++) {
        assert_true(view.train[s] == s && view.test[s] == COUNT + s);
        assert_int_equal(events.label[COUNT + s], events.label[s]);
        assert_int_equal(events.step[COUNT + s], events.step[s]);
    }
    assert_int_equal(sg_events_check(view.events, "both"), SG_OK);
    sg_data_free(data);

    sg_config *config = of_file(path, "data.test_file", other);
    assert_int_equal(sg_config_set(config, "data.split", "shuffled"), SG_OK);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has("data.test_file: is the test part, but data.split is 'shuffled'");
    sg_config_free(config);
    assert_int_equal(open_with(path, "data.test_file", in_folder("none.h5"), &data), SG_DATA);
    assert_message_has(
        "none.h5: there is no such file: put the spike events there, or name their file (data.test_file");
}

/* A store of other steps, channels, classes or length of steps. */
static void a_second_file_must_be_alike(void **state) {
    (void)state;
    static const uint64_t first[] = {0, 0};
    static const uint32_t label = 0;
    static const struct {
        uint32_t steps, channels, classes;
        double dt_ms;
        const char *message;
    } cases[] = {{11, 12, 2, 1, "has 11 steps, expected 10, as "},
                 {10, 13, 2, 1, "has 13 channels, expected 12, as "},
                 {10, 12, 3, 1, "has 3 classes, expected 2, as "},
                 {10, 12, 2, 2, "its dt_ms is 2, expected 1, as that of "}};
    char path[1024];
    snprintf(path, sizeof path, "%s", write_events("a.h5", NULL, 0, NULL, 0));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sg_events_view view = {.samples = 1,
                                     .steps = cases[i].steps,
                                     .channels = cases[i].channels,
                                     .classes = cases[i].classes,
                                     .first = first,
                                     .label = &label,
                                     .dt_ms = cases[i].dt_ms};
        sg_events *events;
        sg_data *data;
        assert_int_equal(sg_events_create(&view, &events), SG_OK);
        assert_int_equal(sg_events_save(events, in_folder("b.h5")), SG_OK);
        sg_events_free(events);
        assert_int_equal(open_with(path, "data.test_file", in_folder("b.h5"), &data), SG_DATA);
        assert_message_has(cases[i].message);
    }
}

static void a_shape_can_be_configured(void **state) {
    (void)state;
    static const char *const bad[] = {"12", "3x4", "3x2x2x1", "3x2x", "0x3x4", "3x-2x2", "3 x 2 x 2"};
    const uint32_t shape[] = {1, 3, 4};
    const uint8_t split[] = {1, 1, 0, 1};
    sg_data *data;
    const char *path = write_events("a.h5", NULL, 0, split, COUNT);
    assert_int_equal(open_with(path, "data.shape", "3x2x2", &data), SG_OK);
    const sg_events_view events = sg_events_get(sg_data_get(data).events);
    assert_true(events.shape.channels == 3 && events.shape.height == 2 && events.shape.width == 2);
    sg_data_free(data);
    assert_int_equal(open_with(path, "data.shape", "3x2x3", &data), SG_CONFIG);
    assert_message_has("data.shape: 3x2x3 are 18 channels, but ");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(open_with(path, "data.shape", bad[i], &data), SG_CONFIG);
        assert_message_has("expected MAPSxHEIGHTxWIDTH, for example 2x32x32");
    }
    path = write_events("a.h5", shape, 3, split, COUNT);
    assert_int_equal(open_with(path, "data.shape", "3x2x2", &data), SG_CONFIG);
    assert_message_has("/a.h5 says that its channels are 1x3x4: leave it out");
    assert_int_equal(open_with(path, "data.shape", "1x3x4", &data), SG_OK);
    sg_data_free(data);
}

static void fill_order(const char *seed, const char *data_seed, uint32_t order[6], uint64_t *events) {
    const char *const settings[] = {"data.set", "patterns",     "data.split", "shuffled",      "data.samples",
                                    "3",        "data.classes", "2",          "layers.0.size", "2",
                                    "seed",     seed,           "data.seed",  data_seed,       NULL};
    sg_config *config = configure(settings);
    sg_data *data;
    assert_int_equal(sg_data_open(config, &data), SG_OK);
    memcpy(order, sg_data_get(data).train, 6 * sizeof *order);
    *events = data->events->first[6];
    sg_data_free(data);
    sg_config_free(config);
}

static void the_split_has_a_seed_of_its_own(void **state) {
    (void)state;
    uint32_t usual[6], same[6], kept[6], moved[6];
    uint64_t events[4];
    fill_order("3", "-1", usual, &events[0]);
    fill_order("8", "3", same, &events[1]);
    fill_order("9", "3", kept, &events[2]);
    fill_order("9", "-1", moved, &events[3]);
    assert_memory_equal(usual, same, sizeof usual);
    assert_memory_equal(usual, kept, sizeof usual);
    assert_true(events[0] == events[1] && events[0] == events[2] && events[0] != events[3]);
    assert_memory_not_equal(usual, moved, sizeof usual);
}

/* ------------------------------------------------------------------------------------ images, and their events */

static void put_idx(const char *name, uint32_t count, bool images) {
    uint8_t bytes[16 + TRAIN * PIXELS] = {0, 0, 8, images ? 3 : 1, 0, 0, 0, (uint8_t)count,
                                          0, 0, 0, SIDE,           0, 0, 0, SIDE};
    size_t head = images ? 16 : 8, each = images ? PIXELS : 1;
    for (size_t i = 0; i < count * each; i++) /* bright where the label is */
        bytes[head + i] = (uint8_t)(images ? (i % PIXELS / 12 == i / PIXELS % 3 ? 255 - i * 7 % 120 : 0) : i % 3);
    put_file(in_folder(name), bytes, head + count * each);
}

static void put_images(void) {
    put_idx("train-images-idx3-ubyte", TRAIN, true);
    put_idx("train-labels-idx1-ubyte", TRAIN, false);
    put_idx("t10k-images-idx3-ubyte", TEST, true);
    put_idx("t10k-labels-idx1-ubyte", TEST, false);
}

/* The weights of a short training, with an augmentation. */
static void train(const char *const where[4], const char *key, const char *value, float weights[PIXELS * 3]) {
    const char *const settings[] = {
        where[0], where[1],        where[2], where[3],           key, value, "steps", "20", "batch", "8", "epochs",
        "2",      "layers.0.size", "3",      "layers.0.link.sd", "1", NULL};
    sg_config *config = configure(settings), *saved;
    sg_network *network;
    sg_run_options options = SG_SIZED(sg_run_options);
    static unsigned runs;
    char dir[600], model[640];
    snprintf(dir, sizeof dir, "%s/run%u", folder, runs++);
    snprintf(model, sizeof model, "%s/model.h5", dir);
    options.dir = dir;
    options.threads = 1;
    if (sg_run(config, &options, NULL) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_int_equal(sg_model_load(model, &saved, &network), SG_OK);
    assert_int_equal(sg_network_get_weights(network, 0, weights), SG_OK);
    sg_network_free(network);
    sg_config_free(saved);
    sg_config_free(config);
}

static void encoded_images_are_augmented_as_images(void **state) {
    (void)state;
    static const char *const augments[][2] = {{"augment.shift", "2"},
                                              {"augment.rotate", "20"},
                                              {"augment.scale", "0.2"},
                                              {"augment.jitter", "1 ms"}};
    char folder_of_images[600], file[600];
    put_images();
    snprintf(folder_of_images, sizeof folder_of_images, "%s", folder);
    snprintf(file, sizeof file, "%s/encoded.h5", folder);
    const char *const images[4] = {"data.set", "idx", "data.dir", folder_of_images};
    const char *const events[4] = {"data.set", "events", "data.file", file};
    const char *const settings[] = {images[0], images[1],       images[2], images[3], "steps",
                                    "20",      "layers.0.size", "3",       NULL};
    sg_config *config = configure(settings);
    sg_data *data;
    assert_int_equal(sg_data_open(config, &data), SG_OK);
    assert_int_equal(sg_events_save(sg_data_get(data).events, file), SG_OK);
    sg_data_free(data);
    sg_config_free(config);
    float none[PIXELS * 3], a[PIXELS * 3], b[PIXELS * 3];
    train(images, "augment.shift", "0", none);
    for (size_t i = 0; i < sizeof augments / sizeof *augments; i++) {
        train(images, augments[i][0], augments[i][1], a);
        train(events, augments[i][0], augments[i][1], b);
        assert_memory_equal(a, b, sizeof a);
        assert_memory_not_equal(a, none, sizeof a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_sensor_takes_memory_for_its_events),
        cmocka_unit_test(shape_and_split_go_to_a_file_and_back),
        cmocka_unit_test(files_need_neither),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(a_file_has_its_own_split),
        cmocka_unit_test(a_second_file_is_the_test_part),
        cmocka_unit_test(a_second_file_must_be_alike),
        cmocka_unit_test(a_shape_can_be_configured),
        cmocka_unit_test(the_split_has_a_seed_of_its_own),
        cmocka_unit_test(encoded_images_are_augmented_as_images),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

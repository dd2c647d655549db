/* What a store keeps besides events: names of classes, groups, origins, a validation part, samples without labels. */
#include "data/event_writer.h"
#include "file/h5.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { SAMPLES = 4, CLASSES = 3, GROUPS = 2, OUTPUTS = 3 };

static const uint64_t first[] = {0, 1, 2, 3, 4};
static const uint16_t step[] = {1, 2, 3, 4};
static const uint32_t channel[] = {0, 1, 2, 3}, label[] = {2, SG_NO_LABEL, 0, 1}, group[] = {1, 0, SG_NO_GROUP, 1};
static const uint8_t split[] = {SG_TRAIN, SG_TEST, SG_VALIDATION, SG_TRAIN};
static const char *const class_names[] = {"zéro", "", "two"}, *const group_names[] = {"lucas", "theo"};
static const char *const origin[] = {"a/1.wav", "", "b/long name.wav", "c"};

static const sg_events_view view = {.samples = SAMPLES,
                                    .steps = 10,
                                    .channels = 5,
                                    .classes = CLASSES,
                                    .first = first,
                                    .step = step,
                                    .channel = channel,
                                    .label = label,
                                    .dt_ms = 1,
                                    .split = split};

static sg_events_details all_details(void) {
    sg_events_details details = SG_SIZED(sg_events_details);
    details.class_names = class_names;
    details.group_names = group_names;
    details.groups = GROUPS;
    details.group = group;
    details.origin = origin;
    return details;
}

static void assert_texts(const char *const *found, const char *const *expected, size_t count) {
    assert_non_null(found);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(found[i], expected[i]);
}

static void assert_all(const sg_events *events) {
    const sg_events_view found = sg_events_get(events);
    sg_events_details details = SG_SIZED(sg_events_details);
    assert_int_equal(sg_events_get_details(events, &details), SG_OK);
    assert_texts(details.class_names, class_names, CLASSES);
    assert_int_equal(details.groups, GROUPS);
    assert_texts(details.group_names, group_names, GROUPS);
    assert_memory_equal(details.group, group, sizeof group);
    assert_texts(details.origin, origin, SAMPLES);
    assert_memory_equal(found.label, label, sizeof label);
    assert_memory_equal(found.split, split, sizeof split);
}

static void a_store_and_its_file_keep_all(void **state) {
    (void)state;
    const sg_events_details details = all_details();
    sg_events *events, *back;
    assert_int_equal(sg_events_create_detailed(&view, &details, &events), SG_OK);
    assert_all(events);
    assert_int_equal(sg_events_save(events, in_folder("all.h5")), SG_OK);
    assert_int_equal(sg_events_load(in_folder("all.h5"), &back), SG_OK);
    assert_all(back);
    sg_events_free(events);
    sg_events_free(back);
}

static void a_plain_store_has_none(void **state) {
    (void)state;
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    assert_int_equal(sg_events_get_details(events, &details), SG_OK);
    assert_true(!details.counts && !details.class_names && !details.group_names && details.groups == 0 &&
                !details.group && !details.origin);
    sg_events_free(events);
}

static void info_tells_it(void **state) {
    (void)state;
    static const char *const lines[] = {
        "\nsplit: 2 samples to train, 1 to test, 1 to validate\n",
        "\nsamples of each class: 0 zéro: 1, 1: 1, 2 two: 1; without one: 1\n",
        "\nsamples of each group: 0 lucas: 1, 1 theo: 2; without one: 1\n",
        "\nthe file says where each sample came from: sample 0 from a/1.wav\n",
        "\nrate: 20 Hz a channel, mean over all samples\n",
    };
    const sg_events_details details = all_details();
    sg_events *events;
    char *text;
    assert_int_equal(sg_events_create_detailed(&view, &details, &events), SG_OK);
    assert_int_equal(sg_events_save(events, in_folder("info.h5")), SG_OK);
    assert_int_equal(sg_describe_file(in_folder("info.h5"), &text), SG_OK);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i]))
            fail_msg("expected \"%s\" in:\n%s", lines[i], text);
    sg_free(text);
    sg_events_free(events);
}

static void assert_refused(sg_events_view changed, sg_events_details details, const char *message) {
    sg_events *events;
    assert_int_equal(sg_events_create_detailed(&changed, &details, &events), SG_DATA);
    assert_null(events);
    assert_message_has(message);
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const two_lines[] = {"a\nb", "", ""}, *const not_utf8[] = {"a", "\xff", ""};
    static const uint32_t beyond[] = {0, 2, 0, 0};
    static const uint8_t other[] = {0, 1, 3, 0};
    sg_events_details details = all_details();
    sg_events_view changed = view;
    details.class_names = two_lines;
    assert_refused(view, details, "events: 'class_names' 0 is not one line of UTF-8");
    details.class_names = not_utf8;
    assert_refused(view, details, "events: 'class_names' 1 is not one line of UTF-8");
    details = all_details();
    details.group = beyond;
    assert_refused(view, details, "events: sample 1 has group 2, expected below 2");
    changed.split = other;
    assert_refused(changed, all_details(), "sample 2 has split 3, expected 0, to train, 1, to test, or 2, to validate");
}

/* ------------------------------------------------------------------------------------------------------- writing */

static sg_events *write_all(void) {
    const sg_event_layout layout = {
        .name = "toy", .steps = 10, .classes = CLASSES, .shape = {5, 1, 1}, .dt_ms = 1, .has_split = true};
    sg_event_writer writer = {0};
    sg_events *events;
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    for (size_t s = 0; s < SAMPLES; s++) {
        assert_int_equal(sg_event_writer_begin(&writer, split[s], label[s]), SG_OK);
        sg_event_writer_add(&writer, step[s], channel[s], 1);
        /* theo comes first, and the last sample says nothing of where it is from */
        assert_int_equal(sg_event_writer_tell(&writer, group[s] == SG_NO_GROUP ? NULL : group_names[group[s]],
                                              s == 1 || s == 3 ? NULL : origin[s]),
                         SG_OK);
    }
    assert_int_equal(sg_event_writer_name_class(&writer, 2, "two"), SG_OK);
    assert_int_equal(sg_event_writer_take(&writer, &events), SG_OK);
    sg_event_writer_close(&writer);
    assert_int_equal(sg_events_check(events, "written"), SG_OK);
    return events;
}

static void the_writer_takes_it(void **state) {
    (void)state;
    static const char *const names[] = {"", "", "two"}, *const groups[] = {"theo", "lucas"};
    static const char *const origins[] = {"a/1.wav", "", "b/long name.wav", ""};
    static const uint32_t numbers[] = {0, 1, SG_NO_GROUP, 0};
    sg_events *events = write_all();
    sg_events_details details = SG_SIZED(sg_events_details);
    assert_int_equal(sg_events_get_details(events, &details), SG_OK);
    assert_texts(details.class_names, names, CLASSES);
    assert_texts(details.group_names, groups, GROUPS);
    assert_texts(details.origin, origins, SAMPLES);
    assert_memory_equal(details.group, numbers, sizeof numbers);
    sg_events_free(events);
}

/* A second file numbers its groups its own way, and is known by their names. */
static void stores_are_joined_by_name(void **state) {
    (void)state;
    const sg_events_details details = all_details();
    sg_event_writer writer = {0};
    sg_events *second, *events;
    assert_int_equal(sg_events_create_detailed(&view, &details, &second), SG_OK);
    assert_int_equal(sg_event_writer_adopt(&writer, "one", write_all()), SG_OK);
    assert_int_equal(sg_event_writer_append(&writer, "two", second, SG_TEST), SG_OK);
    assert_int_equal(sg_event_writer_take(&writer, &events), SG_OK);
    sg_event_writer_close(&writer);
    assert_int_equal(events->samples, 2 * SAMPLES);
    assert_int_equal(events->group_names.count, GROUPS);
    for (size_t s = 0; s < SAMPLES; s++) {
        assert_int_equal(events->group[SAMPLES + s], events->group[s]);
        assert_string_equal(events->origins.items[SAMPLES + s], origin[s]);
    }
    assert_string_equal(events->class_names.items[0], class_names[0]);

    sg_events_free(second);
    sg_events_details other = details;
    static const char *const swapped[] = {"two", "", "zéro"};
    other.class_names = swapped;
    assert_int_equal(sg_events_create_detailed(&view, &other, &second), SG_OK);
    assert_int_equal(sg_event_writer_adopt(&writer, "one", events), SG_OK);
    assert_int_equal(sg_event_writer_append(&writer, "two", second, SG_TEST), SG_DATA);
    assert_message_has("two: class 0 is 'two', expected 'zéro', as in one: number the classes of both alike");
    sg_event_writer_close(&writer);
    sg_events_free(second);
}

/* ----------------------------------------------------------------------------------------------- files of others */

static void put(sg_h5 *file, const char *name, sg_h5_type type, const void *data, uint64_t count) {
    assert_int_equal(sg_h5_put(file, name, type, data, count ? 1 : 0, &count, false), SG_OK);
}

/* A file without labels, and groups by number alone. */
static sg_status load_bare(const uint32_t groups[SAMPLES], const char *const *names, size_t name_count,
                           sg_events **out) {
    const uint32_t sizes[] = {10, 5};
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    put(file, "steps", SG_H5_U32, &sizes[0], 0);
    put(file, "channels", SG_H5_U32, &sizes[1], 0);
    put(file, "first", SG_H5_U64, first, SAMPLES + 1);
    put(file, "step", SG_H5_U16, step, SAMPLES);
    put(file, "channel", SG_H5_U32, channel, SAMPLES);
    put(file, "group", SG_H5_U32, groups, SAMPLES);
    if (names)
        assert_int_equal(sg_h5_put_texts(file, "origin", names, name_count), SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder("bare.h5")), SG_OK);
    sg_h5_close(file);
    return sg_events_load(in_folder("bare.h5"), out);
}

static void labels_may_be_missing(void **state) {
    (void)state;
    static const uint32_t groups[] = {0, 3, 3, SG_NO_GROUP}, large[] = {0, 65536, 0, 0};
    sg_events *events;
    assert_int_equal(load_bare(groups, NULL, 0, &events), SG_OK);
    assert_int_equal(events->samples, SAMPLES);
    assert_int_equal(events->classes, 0);
    for (size_t s = 0; s < SAMPLES; s++)
        assert_int_equal(events->label[s], SG_NO_LABEL);
    assert_int_equal(events->group_names.count, 4);
    assert_string_equal(events->group_names.items[3], "3");
    assert_int_equal(sg_events_save(events, in_folder("again.h5")), SG_OK);
    sg_events_free(events);
    assert_int_equal(sg_events_load(in_folder("again.h5"), &events), SG_OK);
    assert_int_equal(events->samples, SAMPLES);
    sg_events_free(events);
    assert_int_equal(load_bare(large, NULL, 0, &events), SG_DATA);
    assert_message_has("bare.h5: 'group' has numbers above 65535: count them from 0, or name them (group_names)");
    assert_int_equal(load_bare(groups, origin, 3, &events), SG_DATA);
    assert_message_has("bare.h5: 'origin' has 3 texts, expected 4, as there are samples");
}

/* --------------------------------------------------------------------------------------------- without labels */

static void only_predictions_need_no_label(void **state) {
    (void)state;
    static const char yaml[] = "steps: 10\ndt: 1 ms\nlayers:\n  - {size: 6, link: {weights: normal, sd: 1}}\n"
                               "  - {size: 3, neuron: {kind: li}}\nloss: {kind: mean_ce}\n";
    static const uint32_t samples[] = {0, 1};
    static const char missing[] = "sample 1 has no label, which training and evaluation need: ";
    double outputs[2 * OUTPUTS];
    float by_inputs[2 * 10 * 5];
    uint32_t predicted[2];
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_events *events;
    sg_evaluation evaluation = SG_SIZED(sg_evaluation);
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    assert_int_equal(sg_config_parse("yaml", yaml, strlen(yaml), &config), SG_OK);
    assert_int_equal(sg_network_create(config, 5, &network), SG_OK);
    assert_int_equal(sg_trainer_create(network, config, 1, &trainer), SG_OK);
    assert_int_equal(sg_predict(network, config, events, samples, 2, 1, outputs, predicted), SG_OK);
    assert_true(predicted[1] < OUTPUTS);
    assert_int_equal(sg_evaluate(network, config, events, samples, 2, 1, &evaluation, NULL, NULL), SG_DATA);
    assert_message_has(missing);
    assert_int_equal(sg_trainer_step(trainer, events, samples, 2, &batch), SG_DATA);
    assert_message_has(missing);
    assert_int_equal(sg_trainer_gradient(trainer, events, samples, 2, &batch), SG_DATA);
    assert_int_equal(sg_input_gradients(network, config, events, samples, 2, 1, NULL, by_inputs), SG_DATA);
    assert_int_equal(sg_input_gradients(network, config, events, samples, 2, 1, outputs, by_inputs), SG_OK);
    /* a loss of the caller's own */
    assert_int_equal(sg_trainer_forward(trainer, events, samples, 2, outputs, &batch), SG_OK);
    assert_int_equal(sg_trainer_backward(trainer, events, samples, 2, outputs, &batch), SG_OK);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_and_its_file_keep_all),
        cmocka_unit_test(a_plain_store_has_none),
        cmocka_unit_test(info_tells_it),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(the_writer_takes_it),
        cmocka_unit_test(stores_are_joined_by_name),
        cmocka_unit_test(labels_may_be_missing),
        cmocka_unit_test(only_predictions_need_no_label),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

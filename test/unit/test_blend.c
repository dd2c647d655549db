/* Blends: partners are other training samples of the class, centres are brought together, half of the events stay; and
 * runs that blend are the same for any number of threads, whatever the samples that are held out. */
#include "data/augment.h"
#include "data/event_writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 21, CHANNELS = 41, SAMPLES = 16, TRAINED = 10, CLASSES = 2, PAIRS = 4, MOST = 4 * PAIRS, DRAWS = 4000 };

typedef struct event {
    uint32_t step, channel;
} event;

static sg_event_writer begin(sg_shape shape, bool counts) {
    const sg_event_layout layout = {
        .name = "toy", .steps = STEPS, .classes = CLASSES, .shape = shape, .dt_ms = 1, .counts = counts};
    sg_event_writer writer = {0};
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    return writer;
}

static sg_events *end(sg_event_writer *writer) {
    sg_events *events;
    assert_int_equal(sg_event_writer_take(writer, &events), SG_OK);
    sg_event_writer_close(writer);
    return events;
}

/* Sample s has class s % CLASSES and fires the channels 20 - k and 20 + k, k = s + 1, so that all have one centre.
 * `held_out`: channels of those beyond the training part are 4 nearer to it. */
static sg_events *make_samples(bool held_out) {
    sg_event_writer writer = begin((sg_shape){CHANNELS, 1, 1}, true);
    for (uint32_t s = 0; s < SAMPLES; s++) {
        const uint32_t k = s + 1 - (held_out && s >= TRAINED ? 4 : 0);
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, s % CLASSES), SG_OK);
        for (uint32_t pair = 0; pair < PAIRS; pair++) {
            sg_event_writer_add(&writer, 10 - pair, 20 - k, 1);
            sg_event_writer_add(&writer, 10 + pair, 20 + k, 1);
        }
    }
    return end(&writer);
}

static void keep_warning(void *user, const char *text) {
    snprintf(user, 256, "%s", text);
}

static sg_partners partners_of(const sg_events *events, size_t count) {
    uint32_t samples[SAMPLES];
    sg_partners partners = {0};
    for (uint32_t s = 0; s < count; s++)
        samples[s] = s;
    assert_int_equal(sg_partners_open(&partners, events, samples, count), SG_OK);
    return partners;
}

/* Of three samples the last has no label. */
static void samples_without_a_label_are_told(void **state) {
    const uint32_t samples[] = {0, 1, 2};
    sg_event_writer writer = begin((sg_shape){CHANNELS, 1, 1}, true);
    sg_partners partners = {0};
    char warning[256] = "";
    (void)state;
    for (uint32_t s = 0; s < 3; s++)
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, s < 2 ? 0 : SG_NO_LABEL), SG_OK);
    sg_events *events = end(&writer);
    sg_set_warning_handler(keep_warning, warning);
    assert_int_equal(sg_partners_open(&partners, events, samples, 3), SG_OK);
    assert_string_equal(warning, "augment.blend: 1 of 3 samples to train have no label, and are not blended");
    assert_int_equal(sg_partners_open(&partners, events, samples + 2, 1), SG_DATA);
    assert_non_null(strstr(sg_error_message(), "none of the 1 samples to train has a label"));
    sg_set_warning_handler(NULL, NULL);
    sg_partners_close(&partners);
    sg_events_free(events);
}

typedef struct room {
    uint16_t step[MOST];
    uint32_t channel[MOST];
} room;

static void partners_are_of_the_training_part_and_class(void **state) {
    const uint32_t sample = 3;
    sg_events *events = make_samples(false);
    sg_partners partners = partners_of(events, TRAINED);
    bool seen[SAMPLES] = {0};
    size_t kept = 0;
    room r;
    (void)state;
    for (uint64_t key = 0; key < DRAWS; key++) {
        sg_event_list list = {.step = r.step, .channel = r.channel};
        assert_true(sg_blend(&partners, 1, sample, key, &list));
        for (size_t e = 0; e < list.count; e++)
            seen[abs((int)list.channel[e] - 20) - 1] = true;
        kept += list.count;
    }
    for (uint32_t s = 0; s < SAMPLES; s++)
        assert_true(seen[s] == (s < TRAINED && s % CLASSES == sample % CLASSES));
    /* Half of the 4 PAIRS events of two samples. Twelve standard deviations of the mean are 0.4. */
    assert_true(fabs((double)kept / DRAWS - 2 * PAIRS) < 0.4);
    sg_partners_close(&partners);
    sg_events_free(events);
}

static void as_many_are_blended_as_asked(void **state) {
    sg_events *events = make_samples(false);
    sg_partners partners = partners_of(events, TRAINED), alone = partners_of(events, CLASSES);
    size_t blended = 0;
    room r;
    (void)state;
    for (uint64_t key = 0; key < DRAWS; key++) {
        sg_event_list list = {.step = r.step, .channel = r.channel};
        blended += sg_blend(&partners, 0.25, 0, key, &list);
        assert_false(sg_blend(&partners, 0, 0, key, &list));
        assert_false(sg_blend(&alone, 1, 0, key, &list)); /* no other one of its class */
    }
    assert_true(fabs((double)blended / DRAWS - 0.25) < 0.05);
    sg_partners_close(&partners);
    sg_partners_close(&alone);
    sg_events_free(events);
}

/* Every event of blends of two samples of one event each, `a` and `b`, is at `expected`; none, one or both come. */
static void check_centre(sg_shape shape, event a, event b, event expected) {
    sg_event_writer writer = begin(shape, true);
    const event both[] = {a, b};
    size_t counts[3] = {0};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        sg_event_writer_add(&writer, both[i].step, both[i].channel, 1);
    }
    sg_events *events = end(&writer);
    sg_partners partners = partners_of(events, 2);
    room r;
    for (uint64_t key = 0; key < 100; key++) {
        sg_event_list list = {.step = r.step, .channel = r.channel};
        assert_true(sg_blend(&partners, 1, key % 2, key, &list));
        for (size_t e = 0; e < list.count; e++)
            assert_true(list.step[e] == expected.step && list.channel[e] == expected.channel);
        counts[list.count]++;
    }
    assert_true(counts[0] > 0 && counts[1] > 0 && counts[2] > 0);
    sg_partners_close(&partners);
    sg_events_free(events);
}

static void centres_are_brought_together(void **state) {
    const sg_shape flat = {CHANNELS, 1, 1}, image = {2, 4, 6};
    (void)state;
    check_centre(flat, (event){2, 10}, (event){12, 30}, (event){7, 20});
    check_centre(image, (event){2, 24 + 6 + 1}, (event){4, 24 + 18 + 5}, (event){3, 24 + 12 + 3});
}

/* Two samples whose channels and steps are as far apart as can be: what is moved beyond the last is lost. */
static void what_leaves_the_channels_is_lost(void **state) {
    sg_event_writer writer = begin((sg_shape){CHANNELS, 1, 1}, true);
    (void)state;
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    for (uint32_t e = 0; e < 7; e++)
        sg_event_writer_add(&writer, 0, 0, 1);
    sg_event_writer_add(&writer, STEPS - 1, CHANNELS - 1, 1);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    for (uint32_t e = 0; e < 8; e++)
        sg_event_writer_add(&writer, STEPS - 1, CHANNELS - 1, 1);
    sg_events *events = end(&writer);
    sg_partners partners = partners_of(events, 2);
    size_t kept = 0;
    room r;
    for (uint64_t key = 0; key < 100; key++) {
        sg_event_list list = {.step = r.step, .channel = r.channel};
        assert_true(sg_blend(&partners, 1, 0, key, &list));
        for (size_t e = 0; e < list.count; e++)
            assert_true(list.step[e] < STEPS - 1 && list.channel[e] < CHANNELS - 1);
        kept += list.count;
    }
    assert_in_range(kept, 600, 900); /* 15 of 16 may stay */
    sg_partners_close(&partners);
    sg_events_free(events);
}

/* ---------------------------------------------------------------------------------------------------------- runs */

static const char text[] = "epochs: 3\nbatch: 5\nshuffle: true\nsteps: 21\ndt: 1 ms\n"
                           "data: {set: events, file: none.h5}\nloss: {kind: mean_ce}\n"
                           "optimiser: {kind: adam, lr: 0.01}\nlayers:\n"
                           "  - {size: 12, link: {sd: 0.5}, neuron: {kind: cuba_lif}}\n"
                           "  - {size: 2, link: {sd: 0.5}, neuron: {kind: li}}\n";

static double train(const sg_events *events, const char *blend, const char *jitter, int threads) {
    const uint32_t order[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    sg_run_options options = SG_SIZED(sg_run_options);
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_config *config;
    sg_data *data;
    assert_int_equal(sg_config_parse("toy", text, strlen(text), &config), SG_OK);
    assert_int_equal(sg_config_set(config, "augment.blend", blend), SG_OK);
    assert_int_equal(sg_config_set(config, "augment.jitter", jitter), SG_OK);
    assert_int_equal(sg_data_create(events, order, TRAINED, order + TRAINED, 3, order + TRAINED + 3, 3, &data), SG_OK);
    options.data = data;
    options.threads = threads;
    if (sg_run(config, &options, &result) != SG_OK)
        fail_msg("%s", sg_error_message());
    sg_data_free(data);
    sg_config_free(config);
    return result.last.train_loss;
}

static void runs_are_the_same(void **state) {
    sg_events *events = make_samples(false), *others = make_samples(true);
    const double first = train(events, "0.8", "0 ms", 1), moved = train(events, "0.8", "2 ms", 1);
    (void)state;
    for (int threads = 2; threads < 5; threads++)
        assert_true(train(events, "0.8", "0 ms", threads) == first);
    assert_true(train(others, "0.8", "0 ms", 1) == first);
    assert_true(train(others, "0.8", "2 ms", 3) == moved);
    assert_true(train(events, "0", "0 ms", 1) != first && moved != first);
    sg_events_free(events);
    sg_events_free(others);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partners_are_of_the_training_part_and_class),
        cmocka_unit_test(as_many_are_blended_as_asked),
        cmocka_unit_test(samples_without_a_label_are_told),
        cmocka_unit_test(centres_are_brought_together),
        cmocka_unit_test(what_leaves_the_channels_is_lost),
        cmocka_unit_test(runs_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Encoder, event store and split. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "written.h"

static const sg_data_config quarter = {.encoder_threshold = 0.25};

static void latency_times(void **state) {
    (void)state;
    uint32_t times[SG_LEVELS];
    const sg_encoding encoding = {.config = &quarter, .dt_ms = 1};
    sg_encoder_latency.times(times, &encoding, 100);
    assert_int_equal(times[255], 0);  /* (1 - 255/256) 100 = 0.39 */
    assert_int_equal(times[128], 50); /* x = 1/2 */
    assert_int_equal(times[64], 75);  /* x = 1/4, at the threshold: fires */
    assert_int_equal(times[63], 100); /* below: silent */
    const sg_data_config all = {.encoder_threshold = 0};
    const sg_encoding every = {.config = &all, .dt_ms = 1};
    sg_encoder_latency.times(times, &every, 100);
    assert_int_equal(times[1], 99);
    assert_int_equal(times[0], 100); /* past the last step: silent */
}

static void images_become_sorted_events(void **state) {
    (void)state;
    const uint8_t first[2 * 3] = {64, 255, 128, 0, 10, 63}, second[1 * 3] = {128, 128, 255};
    const uint8_t first_labels[2] = {3, 1}, second_labels[1] = {2};
    const sg_image_block blocks[2] = {{first, first_labels, 2}, {second, second_labels, 1}};
    sg_events *events;
    const sg_encoding encoding = {.config = &quarter, .steps = 100, .width = 3, .height = 1, .classes = 4, .dt_ms = 1};
    assert_int_equal(encode_images(&encoding, blocks, &events), SG_OK);
    const sg_events_view view = sg_events_get(events);
    const uint64_t ranges[4] = {0, 3, 3, 6};
    const uint16_t steps[6] = {0, 50, 75, 0, 50, 50};
    const uint32_t channels[6] = {1, 2, 0, 2, 0, 1}, labels[3] = {3, 1, 2};
    assert_int_equal(view.samples, 3);
    assert_memory_equal(view.first, ranges, sizeof ranges);
    assert_memory_equal(view.step, steps, sizeof steps);
    assert_memory_equal(view.channel, channels, sizeof channels);
    assert_memory_equal(view.label, labels, sizeof labels);
    assert_int_equal(count_events(&encoding, blocks), 6);
    assert_int_equal(sg_events_check(events, "x"), SG_OK);
    assert_true(view.dt_ms == 1);
    sg_events_free(events);
}

/* Few steps: many levels share one. */
static void levels_that_share_a_step_stay_sorted(void **state) {
    (void)state;
    uint8_t pixels[256], label = 0;
    for (int p = 0; p < 256; p++)
        pixels[p] = (uint8_t)(p * 37);
    const sg_image_block blocks[SG_IMAGE_PARTS] = {{pixels, &label, 1}};
    for (uint32_t steps = 1; steps < 9; steps++) {
        sg_events *events;
        const sg_encoding encoding = {
            .config = &quarter, .steps = steps, .width = 16, .height = 16, .classes = 1, .dt_ms = 1};
        assert_int_equal(encode_images(&encoding, blocks, &events), SG_OK);
        assert_int_equal(sg_events_check(events, "x"), SG_OK);
        assert_int_equal(sg_events_get(events).first[1], 192);
        sg_events_free(events);
    }
}

/* One good store of two samples, to be spoiled in one place. */
typedef struct arrays {
    uint64_t first[3];
    uint16_t step[3];
    uint32_t channel[3], label[2];
} arrays;

static sg_status make(const arrays *a, uint32_t steps, uint32_t classes) {
    sg_events *events;
    const sg_events_view view = {2, steps, 5, classes, a->first, a->step, a->channel, a->label, 0, {0, 0, 0}, NULL};
    sg_status status = sg_events_create(&view, &events);
    if (status != SG_OK)
        assert_null(events);
    sg_events_free(events);
    return status;
}

static void wrong_events_are_refused(void **state) {
    (void)state;
    const arrays good = {{0, 2, 3}, {1, 1, 9}, {0, 4, 2}, {0, 1}};
    assert_int_equal(make(&good, 10, 2), SG_OK);
    arrays bad = good;
    bad.step[2] = 10;
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    assert_string_equal(sg_error_message(),
                        "events: event 0 of sample 1 has step 10 and channel 2, expected below 10 and 5");
    bad = good, bad.channel[1] = 5;
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    bad = good, bad.channel[1] = 0; /* twice */
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    bad = good, bad.step[0] = 2; /* out of order */
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    bad = good, bad.label[1] = 2;
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    assert_string_equal(sg_error_message(), "events: sample 1 has label 2, expected below 2");
    bad = good, bad.first[1] = 4;
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    bad = good, bad.first[0] = 1;
    assert_int_equal(make(&bad, 10, 2), SG_DATA);
    assert_int_equal(make(&good, 65536, 2), SG_DATA);
    assert_int_equal(make(&good, 10, 0), SG_DATA);
}

static void events_go_to_a_file_and_back(void **state) {
    (void)state;
    const arrays a = {{0, 2, 3}, {1, 1, 9}, {0, 4, 2}, {0, 1}};
    const sg_events_view view = {2, 10, 5, 3, a.first, a.step, a.channel, a.label, 0.5, {5, 1, 1}, NULL};
    char path[] = "/tmp/surgrad-events-XXXXXX";
    sg_events *events, *back;
    close(mkstemp(path));
    assert_int_equal(sg_events_create(&view, &events), SG_OK);
    assert_int_equal(sg_events_save(events, path), SG_OK);
    assert_int_equal(sg_events_load(path, &back), SG_OK);
    const sg_events_view found = sg_events_get(back);
    assert_int_equal(found.samples, 2);
    assert_int_equal(found.steps, 10);
    assert_int_equal(found.channels, 5);
    assert_int_equal(found.classes, 3);
    assert_memory_equal(found.first, a.first, sizeof a.first);
    assert_memory_equal(found.step, a.step, sizeof a.step);
    assert_memory_equal(found.channel, a.channel, sizeof a.channel);
    assert_memory_equal(found.label, a.label, sizeof a.label);
    assert_true(found.dt_ms == 0.5);
    sg_events_free(events);
    sg_events_free(back);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency_times),
        cmocka_unit_test(images_become_sorted_events),
        cmocka_unit_test(levels_that_share_a_step_stay_sorted),
        cmocka_unit_test(wrong_events_are_refused),
        cmocka_unit_test(events_go_to_a_file_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

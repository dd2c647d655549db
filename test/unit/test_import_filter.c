/* Filters: each is given the events of one sample. */
#include "import/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16 };

/* Events as "us:x,y,p us:x,y,p ..." */
static sg_raw_sample parse(const char *text, sg_raw_event events[MOST]) {
    sg_raw_sample sample = {.events = events};
    int used;
    for (const char *at = text; *at; at += used + strspn(at + used, " ")) {
        sg_raw_event *event = &events[sample.count++];
        unsigned polarity;
        assert_int_equal(sscanf(at, "%lf:%u,%u,%u%n", &event->us, &event->x, &event->y, &polarity, &used), 4);
        event->polarity = (uint8_t)polarity;
        sample.seconds = 1e-6 * event->us;
    }
    return sample;
}

static const char *tell(const sg_raw_sample *sample) {
    static char text[512];
    text[0] = 0;
    for (size_t e = 0; e < sample->count; e++) {
        const sg_raw_event *event = &sample->events[e];
        sprintf(text + strlen(text), "%s%g:%u,%u,%u", e ? " " : "", event->us, event->x, event->y, event->polarity);
    }
    return text;
}

/* Passes events, and tells how many were left out. */
static uint64_t assert_passes(const sg_import_config *config, const char *events, const char *expected) {
    sg_raw_event room[MOST];
    uint64_t left_out[SG_FILTERS] = {0}, all = 0;
    sg_raw_sample sample = parse(events, room);
    assert_int_equal(sg_filter_sample(config, &sample, left_out), SG_OK);
    assert_string_equal(tell(&sample), expected);
    for (int i = 0; i < SG_FILTERS; i++)
        all += left_out[i];
    return all;
}

static void assert_sensor(const sg_import_config *config, sg_sensor before, sg_sensor expected) {
    const sg_sensor found = sg_filter_sensor(config, before);
    assert_int_equal(found.width, expected.width);
    assert_int_equal(found.height, expected.height);
    assert_int_equal(found.polarities, expected.polarities);
}

static void without_options_all_events_pass(void **state) {
    (void)state;
    const sg_import_config none = {.downsample = 1};
    assert_int_equal(assert_passes(&none, "0:1,2,1 5:3,4,0", "0:1,2,1 5:3,4,0"), 0);
    assert_sensor(&none, (sg_sensor){34, 33, 2}, (sg_sensor){34, 33, 2});
    assert_sensor(&none, (sg_sensor){0}, (sg_sensor){0});
}

static void the_window_ends_before_its_time(void **state) {
    (void)state;
    const sg_import_config config = {.window_ms = 1};
    assert_int_equal(assert_passes(&config, "0:1,1,0 999:1,1,0 1000:2,2,0 5000:1,1,0", "0:1,1,0 999:1,1,0"), 2);
}

static void what_lies_beyond_the_sensor_is_left_out(void **state) {
    (void)state;
    const sg_import_config config = {.sensor = "4x3"}, channels = {.sensor = "4"};
    assert_int_equal(assert_passes(&config, "0:3,2,0 1:4,2,0 2:3,3,0", "0:3,2,0"), 2);
    assert_sensor(&config, (sg_sensor){0}, (sg_sensor){4, 3, 0});
    assert_int_equal(assert_passes(&channels, "0:3,0,0 1:3,1,0", "0:3,0,0"), 1);
    assert_sensor(&channels, (sg_sensor){0, 0, 1}, (sg_sensor){4, 1, 1});
}

static void a_crop_counts_from_its_corner(void **state) {
    (void)state;
    const sg_import_config config = {.crop = "2x3+1+2"}, channels = {.crop = "10+5"};
    assert_int_equal(assert_passes(&config, "0:1,2,0 1:2,4,1 2:0,2,0 3:1,1,0 4:3,2,0 5:1,5,0", "0:0,0,0 1:1,2,1"), 4);
    assert_sensor(&config, (sg_sensor){34, 34, 2}, (sg_sensor){2, 3, 2});
    assert_int_equal(assert_passes(&channels, "0:5,0,0 1:14,0,0 2:15,0,0 3:4,0,0", "0:0,0,0 1:9,0,0"), 2);
}

static void polarities_are_kept_merged_or_chosen(void **state) {
    (void)state;
    const char *events = "0:1,1,0 1:1,1,1 2:2,2,2";
    const sg_import_config merged = {.polarity = SG_POLARITY_MERGED}, on = {.polarity = SG_POLARITY_ON},
                           off = {.polarity = SG_POLARITY_OFF};
    assert_int_equal(assert_passes(&merged, events, "0:1,1,0 1:1,1,0 2:2,2,0"), 0);
    assert_int_equal(assert_passes(&on, events, "1:1,1,0"), 2);
    assert_int_equal(assert_passes(&off, events, "0:1,1,0"), 2);
    assert_sensor(&on, (sg_sensor){5, 5, 2}, (sg_sensor){5, 5, 1});
}

static void downsampling_joins_neighbours(void **state) {
    (void)state;
    const sg_import_config config = {.downsample = 5};
    assert_int_equal(assert_passes(&config, "0:4,0,0 1:5,9,1 2:699,0,0", "0:0,0,0 1:1,1,1 2:139,0,0"), 0);
    assert_sensor(&config, (sg_sensor){700, 1, 1}, (sg_sensor){140, 1, 1});
    assert_sensor(&config, (sg_sensor){34, 34, 2}, (sg_sensor){7, 7, 2});
    assert_sensor(&config, (sg_sensor){0}, (sg_sensor){0});
}

static void a_hot_pixel_is_left_out_in_both_polarities(void **state) {
    (void)state;
    /* 3 ms: 1000 Hz are 3 events */
    const sg_import_config config = {.hot_hz = 1000};
    assert_int_equal(assert_passes(&config, "0:1,1,0 500:1,1,1 1000:2,1,0 1500:1,1,0 2000:1,1,1 3000:2,1,0",
                                   "1000:2,1,0 3000:2,1,0"),
                     4);
    assert_int_equal(assert_passes(&config, "0:1,1,0", "0:1,1,0"), 0); /* one event is no rate */
}

static void a_pixel_is_refractory_after_what_was_kept(void **state) {
    (void)state;
    const sg_import_config config = {.refractory_ms = 1};
    assert_int_equal(assert_passes(&config, "0:1,1,0 600:1,1,1 700:2,1,0 1200:1,1,0 2199:1,1,0",
                                   "0:1,1,0 700:2,1,0 1200:1,1,0"),
                     2);
    assert_int_equal(assert_passes(&config, "0:1,1,0 1000:1,1,0", "0:1,1,0 1000:1,1,0"), 0);
}

/* A damaged file may tell of any pixel: all that are between it and the first one take no memory. */
static void a_far_pixel_is_as_any_other(void **state) {
    (void)state;
    const sg_import_config hot = {.hot_hz = 1000}, quick = {.refractory_ms = 1};
    const char far[] = "0:4294967295,4294967295,0 1500:1,1,0 3000:4294967295,0,0";
    assert_int_equal(assert_passes(&hot, far, far), 0);
    assert_int_equal(assert_passes(&quick, far, far), 0);
}

static void the_first_events_are_kept(void **state) {
    (void)state;
    const sg_import_config config = {.most = 2, .crop = "9x9+1+0"};
    assert_int_equal(assert_passes(&config, "0:0,0,0 1:1,0,0 2:2,0,0 3:3,0,0", "1:0,0,0 2:1,0,0"), 2);
}

/* Pixels are judged before they are joined. */
static void filters_have_their_order(void **state) {
    (void)state;
    const sg_import_config config = {.refractory_ms = 1, .downsample = 2};
    assert_int_equal(assert_passes(&config, "0:0,0,0 1:1,0,0 2:0,0,0", "0:0,0,0 1:0,0,0"), 1);
}

static void areas_are_parsed_strictly(void **state) {
    (void)state;
    static const char *const bad[] = {"x", "0x3", "3x0", "3x", "3x3+", "3x3+1+1+1", " 3x3", "3x3 ", "-3x3", "70000x3"};
    sg_area area;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(sg_area_parse("data.crop", bad[i], true, &area), SG_CONFIG);
        assert_non_null(strstr(sg_error_message(), "data.crop: found '"));
    }
    assert_int_equal(sg_area_parse("data.sensor", "3x3+1+1", false, &area), SG_CONFIG);
    assert_int_equal(sg_area_parse("data.crop", "3x4+5", true, &area), SG_OK);
    assert_int_equal(area.x, 5);
    assert_int_equal(area.y, 0);
    assert_int_equal(sg_area_parse("data.crop", "", true, &area), SG_OK);
    assert_int_equal(area.width, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_all_events_pass),
        cmocka_unit_test(the_window_ends_before_its_time),
        cmocka_unit_test(what_lies_beyond_the_sensor_is_left_out),
        cmocka_unit_test(a_crop_counts_from_its_corner),
        cmocka_unit_test(polarities_are_kept_merged_or_chosen),
        cmocka_unit_test(downsampling_joins_neighbours),
        cmocka_unit_test(a_hot_pixel_is_left_out_in_both_polarities),
        cmocka_unit_test(a_pixel_is_refractory_after_what_was_kept),
        cmocka_unit_test(a_far_pixel_is_as_any_other),
        cmocka_unit_test(the_first_events_are_kept),
        cmocka_unit_test(filters_have_their_order),
        cmocka_unit_test(areas_are_parsed_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The event writer: order, doubles, ranges, growth. */
#include "base/memory_limit.h"
#include "base/random.h"
#include "data/event_writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 20, CHANNELS = 12 };

static const sg_event_layout layout = {
    .name = "toy", .steps = STEPS, .classes = 3, .shape = {2, 2, 3}, .dt_ms = 0.5, .has_split = true};

static char warned[1024];

static void on_warning(void *user, const char *text) {
    (void)user;
    strncat(warned, text, sizeof warned - strlen(warned) - 1);
}

static int set_up(void **state) {
    (void)state;
    warned[0] = 0;
    sg_set_warning_handler(on_warning, NULL);
    sg_pretend_memory(0);
    return 0;
}

static sg_events *take(sg_event_writer *writer) {
    sg_events *events;
    assert_int_equal(sg_event_writer_take(writer, &events), SG_OK);
    sg_event_writer_close(writer);
    assert_int_equal(sg_events_check(events, "written"), SG_OK);
    return events;
}

static void samples_are_sorted(void **state) {
    (void)state;
    sg_event_writer writer = {0};
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TEST, 2), SG_OK);
    sg_event_writer_add(&writer, 7, 3, 1);
    sg_event_writer_add(&writer, 7, 1, 1);
    sg_event_writer_add(&writer, 2, 11, 1);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK); /* none */
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 1), SG_OK);
    sg_event_writer_add(&writer, 0, 5, 1); /* in order already */
    sg_event_writer_add(&writer, 19, 0, 1);
    sg_events *events = take(&writer);
    const uint64_t first[] = {0, 3, 3, 5};
    const uint16_t step[] = {2, 7, 7, 0, 19};
    const uint32_t channel[] = {11, 1, 3, 5, 0}, label[] = {2, 0, 1};
    const uint8_t split[] = {SG_TEST, SG_TRAIN, SG_TRAIN};
    assert_int_equal(events->samples, 3);
    assert_memory_equal(events->first, first, sizeof first);
    assert_memory_equal(events->step, step, sizeof step);
    assert_memory_equal(events->channel, channel, sizeof channel);
    assert_memory_equal(events->label, label, sizeof label);
    assert_memory_equal(events->split, split, sizeof split);
    assert_int_equal(events->longest, 3);
    assert_int_equal(events->channels, CHANNELS);
    assert_true(events->has_split && events->dt_ms == 0.5);
    assert_string_equal(warned, "");
    sg_events_free(events);
}

/* Whatever the order in which they come: by step, by channel, neither; many or few to a step; a raster is the truth. */
static void any_order_gives_the_same(void **state) {
    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        sg_event_writer writer = {0};
        uint8_t raster[STEPS][CHANNELS] = {{0}};
        size_t count = sg_random_bits(1, 0, round) % 600, doubles = 0, expected = 0;
        assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        for (size_t e = 0; e < count; e++) {
            uint64_t bits = sg_random_bits(2, (uint32_t)round, e);
            uint32_t t = round % 3 == 0 ? (uint32_t)(e * STEPS / count) : (uint32_t)(bits % STEPS);
            uint32_t c = round % 3 == 1 ? (uint32_t)(e * CHANNELS / count) : (uint32_t)((bits >> 32) % CHANNELS);
            doubles += raster[t][c];
            raster[t][c] = 1;
            sg_event_writer_add(&writer, t, c, 1);
        }
        sg_events *events = take(&writer);
        for (uint32_t t = 0; t < STEPS; t++)
            for (uint32_t c = 0; c < CHANNELS; c++)
                if (raster[t][c]) {
                    assert_true(events->step[expected] == t && events->channel[expected] == c);
                    expected++;
                }
        assert_int_equal(events->first[1], expected);
        assert_int_equal(expected + doubles, count);
        assert_true((strlen(warned) > 0) == (doubles > 0));
        warned[0] = 0;
        sg_events_free(events);
    }
}

static void doubles_are_dropped_and_told(void **state) {
    (void)state;
    sg_event_writer writer = {0};
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    for (int s = 0; s < 2; s++) {
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        sg_event_writer_add(&writer, 3, 4, 3);
        sg_event_writer_add(&writer, 4, 4, 0);
        sg_event_writer_add(&writer, 3, 4, 1);
        sg_event_writer_add(&writer, 2, 0, 1);
    }
    sg_events *events = take(&writer);
    assert_int_equal(events->first[2], 4);
    assert_string_equal(warned, "toy: 6 of its events (60 %) fall on another of their channel in the same step, and a "
                                "step holds one: they are left out; a shorter dt keeps more");
    sg_events_free(events);

    sg_event_layout expected = layout;
    expected.allows_doubles = true;
    warned[0] = 0;
    assert_int_equal(sg_event_writer_open(&writer, &expected), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    sg_event_writer_add(&writer, 3, 4, 2);
    sg_events_free(take(&writer));
    assert_string_equal(warned, "");
}

static void times_become_steps(void **state) {
    (void)state;
    sg_event_writer writer = {0};
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    sg_event_writer_add_at(&writer, 9.999, 1, 1);
    sg_event_writer_add_at(&writer, 0, 2, 1);
    sg_event_writer_add_at(&writer, 0.5, 2, 1);
    sg_event_writer_add_at(&writer, 10, 2, 2);
    sg_event_writer_add_at(&writer, INFINITY, 2, 1);
    sg_events *events = take(&writer);
    const uint16_t step[] = {0, 1, 19};
    assert_int_equal(events->first[1], 3);
    assert_memory_equal(events->step, step, sizeof step);
    assert_string_equal(warned, "toy: 3 of its events (50 %) come after the last step, at 10 ms: they are left out; "
                                "more steps, or a longer dt, keep them");
    sg_events_free(events);
}

static void assert_refused(sg_event_writer *writer, const char *message) {
    sg_events *events;
    assert_int_equal(sg_event_writer_take(writer, &events), SG_DATA);
    assert_null(events);
    assert_string_equal(sg_error_message(), message);
    sg_event_writer_close(writer);
}

static void what_is_out_of_range_is_refused(void **state) {
    (void)state;
    static const struct {
        uint32_t step, channel;
        double time_ms;
        const char *message;
    } cases[] = {
        {STEPS, 0, 0, "toy: event 1 of sample 1 has step 20 and channel 0, expected below 20 and 12"},
        {0, CHANNELS, 0, "toy: event 1 of sample 1 has step 0 and channel 12, expected below 20 and 12"},
        {0, 0, -0.1, "toy: event 1 of sample 1 is at -0.1 ms, expected 0 ms or more"},
        {0, 0, NAN, "toy: event 1 of sample 1 is at nan ms, expected 0 ms or more"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_event_writer writer = {0};
        assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        sg_event_writer_add(&writer, 1, 1, 1);
        if (cases[i].time_ms == 0)
            sg_event_writer_add(&writer, cases[i].step, cases[i].channel, 1);
        else
            sg_event_writer_add_at(&writer, cases[i].time_ms, 0, 1);
        sg_event_writer_add(&writer, 99, 99, 1); /* the first failure is told */
        assert_refused(&writer, cases[i].message);
    }
    sg_event_writer writer = {0};
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 3), SG_DATA);
    assert_string_equal(sg_error_message(), "toy: sample 0 has label 3, expected below 3");
    sg_event_writer_close(&writer);
    sg_event_layout flat = layout;
    flat.shape = (sg_shape){0x10000, 0x10000, 0x10000};
    assert_int_equal(sg_event_writer_open(&writer, &flat), SG_DATA);
    sg_event_writer_close(&writer);
}

/* A store of 4 MB, in 5: twice as much would not fit. */
static void it_grows_within_the_memory(void **state) {
    (void)state;
    enum { MB = 1000000, SAMPLES = 4000, EVENTS = 160 };
    sg_event_writer writer = {0};
    sg_pretend_memory(5 * MB);
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    for (int s = 0; s < SAMPLES; s++) {
        assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
        for (uint32_t e = 0; e < EVENTS; e++)
            sg_event_writer_add(&writer, e / 8, e % 8, 1);
    }
    sg_events *events = take(&writer);
    assert_int_equal(events->first[SAMPLES], SAMPLES * EVENTS);
    sg_events_free(events);

    sg_pretend_memory(3 * MB);
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    sg_status status = SG_OK;
    for (int s = 0; status == SG_OK && s < SAMPLES; s++) {
        status = sg_event_writer_begin(&writer, SG_TRAIN, 0);
        for (uint32_t e = 0; e < EVENTS; e++)
            sg_event_writer_add(&writer, e / 8, e % 8, 1);
    }
    assert_int_equal(status, SG_MEMORY);
    assert_non_null(strstr(sg_error_message(), "the data set, as events, needs 3.00 MB, but"));
    sg_event_writer_close(&writer);
    sg_pretend_memory(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(samples_are_sorted, set_up),
        cmocka_unit_test_setup(any_order_gives_the_same, set_up),
        cmocka_unit_test_setup(doubles_are_dropped_and_told, set_up),
        cmocka_unit_test_setup(times_become_steps, set_up),
        cmocka_unit_test_setup(what_is_out_of_range_is_refused, set_up),
        cmocka_unit_test_setup(it_grows_within_the_memory, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Flips, and shifts along channels and time: where every spike goes, and that all draws come. */
#include "data/augment.h"
#include "data/augment_events.h"
#include "data/event_writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 20, WIDTH = 4, HEIGHT = 3, MAPS = 2, CHANNELS = MAPS * HEIGHT * WIDTH, EVENTS = 5, DRAWS = 300 };

static const uint32_t steps[EVENTS] = {0, 3, 3, 10, 19}, channels[EVENTS] = {5, 2, 20, 7, 23};

static sg_events *make(sg_shape shape, bool counts) {
    const sg_event_layout layout = {
        .name = "toy", .steps = STEPS, .classes = 1, .shape = shape, .dt_ms = 1, .counts = counts};
    sg_event_writer writer = {0};
    sg_events *events;
    assert_int_equal(sg_event_writer_open(&writer, &layout), SG_OK);
    assert_int_equal(sg_event_writer_begin(&writer, SG_TRAIN, 0), SG_OK);
    for (int e = 0; e < EVENTS; e++)
        sg_event_writer_add(&writer, steps[e], channels[e], 1);
    assert_int_equal(sg_event_writer_take(&writer, &events), SG_OK);
    sg_event_writer_close(&writer);
    return events;
}

static const sg_shape image = {MAPS, HEIGHT, WIDTH}, flat = {CHANNELS, 1, 1};

typedef struct moved {
    uint16_t step[EVENTS];
    uint32_t channel[EVENTS];
    size_t count;
} moved;

static moved move(const sg_data_config *config, const sg_events *events, uint64_t key) {
    moved m;
    memcpy(m.step, events->step, sizeof m.step);
    memcpy(m.channel, events->channel, sizeof m.channel);
    m.count =
        sg_move_events(config, events, key, (sg_event_list){.step = m.step, .channel = m.channel, .count = EVENTS});
    for (size_t e = 1; e < m.count; e++)
        assert_true(m.step[e - 1] < m.step[e] ||
                    (m.step[e - 1] == m.step[e] && m.channel[e - 1] + !events->counts <= m.channel[e]));
    return m;
}

static bool has(const moved *m, uint32_t step, uint32_t channel) {
    for (size_t e = 0; e < m->count; e++)
        if (m->step[e] == step && m->channel[e] == channel)
            return true;
    return false;
}

static void pictures_are_mirrored(void **state) {
    (void)state;
    const sg_data_config always = {.flip = 1}, half = {.flip = 0.5};
    sg_events *events = make(image, false);
    const moved m = move(&always, events, 1);
    size_t flipped = 0;
    assert_int_equal(m.count, EVENTS);
    for (int e = 0; e < EVENTS; e++)
        assert_true(has(&m, steps[e], channels[e] / WIDTH * WIDTH + WIDTH - 1 - channels[e] % WIDTH));
    for (uint64_t key = 0; key < DRAWS; key++) {
        const moved drawn = move(&half, events, key);
        flipped += has(&drawn, 0, 6);
        assert_true(has(&drawn, 0, 5) != has(&drawn, 0, 6));
    }
    assert_true(flipped > DRAWS / 3 && flipped < 2 * DRAWS / 3);
    sg_events_free(events);
}

static void polarities_change_places(void **state) {
    (void)state;
    const sg_data_config always = {.flip_polarity = 1};
    sg_events *events = make(image, false);
    const moved m = move(&always, events, 1);
    for (int e = 0; e < EVENTS; e++)
        assert_true(has(&m, steps[e], (channels[e] + CHANNELS / 2) % CHANNELS));
    sg_events_free(events);
}

static void channels_are_shifted(void **state) {
    (void)state;
    const sg_data_config config = {.shift_channels = 3};
    bool seen[7] = {0};
    sg_events *events = make(flat, false);
    for (uint64_t key = 0; key < DRAWS; key++) {
        const moved m = move(&config, events, key);
        const int by = (int)m.channel[0] - (int)channels[0];
        assert_in_range(by + 3, 0, 6);
        seen[by + 3] = true;
        size_t expected = 0;
        for (int e = 0; e < EVENTS; e++) {
            const int channel = (int)channels[e] + by;
            bool stays = channel >= 0 && channel < CHANNELS;
            assert_true(has(&m, steps[e], (uint32_t)channel) == stays);
            expected += stays;
        }
        assert_int_equal(m.count, expected);
    }
    for (int i = 0; i < 7; i++)
        assert_true(seen[i]);
    sg_events_free(events);
}

static void time_is_stretched(void **state) {
    (void)state;
    const sg_data_config config = {.stretch = 0.5};
    uint16_t least = STEPS, most = 0;
    sg_events *events = make(flat, true);
    for (uint64_t key = 0; key < DRAWS; key++) {
        const moved m = move(&config, events, key);
        assert_true(m.count >= 3);
        const uint16_t tenth = m.step[3]; /* the event of step 10 */
        if (m.count > 3) {
            least = tenth < least ? tenth : least;
            most = tenth > most ? tenth : most;
        }
    }
    assert_true(least >= 5 && least <= 6 && most <= 15 && most >= 14);
    sg_events_free(events);
}

static void what_cannot_be_moved_is_refused(void **state) {
    (void)state;
    static const struct {
        sg_data_config config;
        const char *key;
        bool of_image; /* refused of images, or else of plain channels */
    } cases[] = {{{.flip = 1}, "augment.flip: ", false},
                 {{.flip_polarity = 1}, "augment.flip_polarity: ", false},
                 {{.shift_channels = 1}, "augment.shift_channels: ", true}};
    sg_events *pictures = make(image, false), *plain = make(flat, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sg_augment_check(&cases[i].config, cases[i].of_image ? pictures : plain), SG_CONFIG);
        assert_non_null(strstr(sg_error_message(), cases[i].key));
        assert_int_equal(sg_augment_check(&cases[i].config, cases[i].of_image ? plain : pictures), SG_OK);
        assert_true(sg_augments(&cases[i].config));
    }
    sg_events_free(pictures);
    sg_events_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_mirrored),
        cmocka_unit_test(polarities_change_places),
        cmocka_unit_test(channels_are_shifted),
        cmocka_unit_test(time_is_stretched),
        cmocka_unit_test(what_cannot_be_moved_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

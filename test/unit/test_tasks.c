/* Delayed tasks drawn from the seed: the answer can be read from a sample's events, long before it is asked for; and
 * e-prop learns to, with either feedback. */
#include "config/config.h"
#include "data/source.h"
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "ok.h"

/* Steps of 2 ms. */
enum { CHANNELS = 40, GROUP = CHANNELS / 4, SAMPLES = 60, STEPS = 800, CUES = 7, DT = 2 };

static sg_status read_set(const sg_source_kind *source, sg_data_config config, uint32_t steps, uint64_t seed,
                          sg_events **out) {
    const sg_source_request request = {source, &config, {steps, 2, seed, DT}};
    sg_event_writer writer = {0};
    *out = NULL;
    sg_status status = source->check(&config);
    if (status == SG_OK)
        status = source->read(&request, &writer);
    if (status == SG_OK)
        status = sg_event_writer_take(&writer, out);
    sg_event_writer_close(&writer);
    return status;
}

static const sg_data_config usual = {
    .split = SG_SPLIT_SHUFFLED, .classes = 2, .channels = CHANNELS, .samples = SAMPLES, .cues = CUES};

/* Spikes of a group of a sample in steps begin .. end-1. */
static size_t count(const sg_events *events, size_t s, uint32_t group, uint32_t begin, uint32_t end) {
    size_t found = 0;
    for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++)
        found += events->channel[e] / GROUP == group && events->step[e] >= begin && events->step[e] < end;
    return found;
}

static void the_side_with_more_cues_is_the_answer(void **state) {
    (void)state;
    sg_events *events;
    size_t uneven = 0;
    OK(read_set(&sg_source_evidence, usual, STEPS, 5, &events));
    OK(sg_events_check(events, "evidence"));
    assert_int_equal(events->samples, 2 * SAMPLES);
    for (size_t s = 0; s < events->samples; s++) {
        size_t right = 0;
        for (uint32_t i = 0; i < CUES; i++) {
            const uint32_t begin = i * 150 / DT, end = begin + 100 / DT;
            const size_t on_left = count(events, s, 0, begin, end), on_right = count(events, s, 1, begin, end);
            assert_true((on_left == 0) != (on_right == 0));
            assert_int_equal(count(events, s, 0, end, end + 50 / DT) + count(events, s, 1, end, end + 50 / DT), 0);
            right += on_right > 0;
        }
        assert_int_equal(right > CUES / 2, events->label[s]);
        uneven += right != 0 && right != CUES;
        assert_int_equal(count(events, s, 0, CUES * 150 / DT, STEPS) + count(events, s, 1, CUES * 150 / DT, STEPS), 0);
        assert_int_equal(count(events, s, 2, 0, STEPS - 150 / DT), 0);
        assert_true(count(events, s, 2, STEPS - 150 / DT, STEPS) > 20);
        assert_true(count(events, s, 3, 0, STEPS / 2) > 20 && count(events, s, 3, STEPS / 2, STEPS) > 20);
    }
    assert_true(uneven > SAMPLES); /* no single cue tells */
    sg_events_free(events);
}

static void the_value_that_was_stored_is_the_answer(void **state) {
    (void)state;
    enum { INTERVAL = 200 / DT, INTERVALS = STEPS / INTERVAL };
    sg_events *events;
    size_t others = 0;
    OK(read_set(&sg_source_store_recall, usual, STEPS, 5, &events));
    for (size_t s = 0; s < events->samples; s++) {
        size_t stores = 0;
        for (uint32_t i = 0; i < INTERVALS; i++) {
            const uint32_t begin = i * INTERVAL, end = begin + INTERVAL, asked = i + 1 == INTERVALS;
            const size_t zero = count(events, s, 0, begin, end), one = count(events, s, 1, begin, end);
            assert_true(asked ? zero + one == 0 : (zero == 0) != (one == 0));
            assert_int_equal(count(events, s, 3, begin, end) > 0, asked);
            if (count(events, s, 2, begin, end) > 0) {
                assert_int_equal(one > 0, events->label[s]);
                stores++;
            } else if (!asked) {
                others += (one > 0) != (int)events->label[s];
            }
        }
        assert_int_equal(stores, 1);
    }
    assert_true(others > SAMPLES); /* what else is shown does not tell */
    sg_events_free(events);
}

static void the_seed_alone_decides(void **state) {
    (void)state;
    static const sg_source_kind *const sources[] = {&sg_source_evidence, &sg_source_store_recall};
    for (size_t i = 0; i < 2; i++) {
        sg_events *one, *same, *other;
        OK(read_set(sources[i], usual, STEPS, 5, &one));
        OK(read_set(sources[i], usual, STEPS, 5, &same));
        OK(read_set(sources[i], usual, STEPS, 6, &other));
        const uint64_t events = one->first[one->samples];
        assert_int_equal(events, same->first[same->samples]);
        assert_memory_equal(one->step, same->step, events * sizeof *one->step);
        assert_memory_equal(one->channel, same->channel, events * sizeof *one->channel);
        assert_true(events != other->first[other->samples] ||
                    memcmp(one->channel, other->channel, events * sizeof *one->channel) != 0);
        sg_events_free(one), sg_events_free(same), sg_events_free(other);
    }
}

static void refuse(const sg_source_kind *source, sg_data_config config, uint32_t steps, const char *with) {
    sg_events *events;
    assert_int_equal(read_set(source, config, steps, 5, &events), SG_CONFIG);
    assert_message_has(with);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    sg_data_config config = usual;
    refuse(&sg_source_evidence, config, 599, "steps: samples of 1198 ms, but those of data.set evidence take 1200 ms");
    refuse(&sg_source_store_recall, config, 199, "steps: samples of 398 ms");
    config.classes = 3;
    refuse(&sg_source_evidence, config, STEPS, "data.classes: 3, but there are two answers");
    config = usual;
    config.channels = 42;
    refuse(&sg_source_store_recall, config, STEPS, "data.channels: 42, but the task has four groups");
}

/* The recipe, and half of its epochs. */
static double accuracy_of(const char *feedback) {
    sg_run_result result = SG_SIZED(sg_run_result);
    sg_config *config;
    OK(sg_config_load("store_recall", &config));
    OK(sg_config_set(config, "epochs", "6"));
    OK(sg_config_set(config, "eprop.feedback", feedback));

    OK(sg_run(config, NULL, &result));
    sg_config_free(config);
    return result.last.test_accuracy;
}

static void eprop_learns_to_store_and_recall(void **state) {
    (void)state;
    assert_true(accuracy_of("symmetric") >= 0.95);
    assert_true(accuracy_of("random") >= 0.95);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_side_with_more_cues_is_the_answer),
        cmocka_unit_test(the_value_that_was_stored_is_the_answer),
        cmocka_unit_test(the_seed_alone_decides),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(eprop_learns_to_store_and_recall),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

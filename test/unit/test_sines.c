/* Pattern generation drawn from the seed: one noise, whose target is a sum of four sines for each output, from -1 to 1.
 */
#include "data/source.h"
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "written.h"

enum { CHANNELS = 20, STEPS = 1000, OUTPUTS = 3, SAMPLES = 4 };

static const sg_data_config usual = {.split = SG_SPLIT_STANDARD, .channels = CHANNELS, .samples = SAMPLES};

static sg_events *draw(uint64_t seed) {
    const sg_source_request request = {&sg_source_sines, &usual, {STEPS, OUTPUTS, seed, 1}};
    sg_events *events;
    assert_int_equal(read_source(&request, &events), SG_OK);
    assert_int_equal(sg_events_check(events, "sines"), SG_OK);
    return events;
}

static void samples_are_one_noise_and_the_last_tests(void **state) {
    (void)state;
    sg_events *events = draw(7);
    const uint64_t size = events->first[1];
    assert_int_equal(events->samples, SAMPLES + 1);
    assert_true(fabs((double)size - CHANNELS * 50) < 150); /* 50 Hz for a second */
    for (size_t s = 0; s <= SAMPLES; s++) {
        assert_int_equal(events->first[s + 1] - events->first[s], size);
        assert_memory_equal(events->step + events->first[s], events->step, size * sizeof *events->step);
        assert_memory_equal(events->channel + events->first[s], events->channel, size * sizeof *events->channel);
        assert_int_equal(events->split[s], s == SAMPLES ? SG_TEST : SG_TRAIN);
    }
    sg_events_free(events);
}

/* The part of frequency `hz` in an output's second, which is whole periods of all. */
static double part(const float *values, double hz) {
    double a = 0, b = 0;
    for (size_t t = 0; t < STEPS; t++) {
        a += (double)values[t * OUTPUTS] * cos(2 * acos(-1) * hz * (double)t / STEPS) * 2 / STEPS;
        b += (double)values[t * OUTPUTS] * sin(2 * acos(-1) * hz * (double)t / STEPS) * 2 / STEPS;
    }
    return hypot(a, b);
}

static void targets_are_sums_of_four_sines(void **state) {
    (void)state;
    sg_events *events = draw(7);
    const sg_events *target = events->target;
    assert_int_equal(target->first[1], STEPS * OUTPUTS);
    for (size_t k = 0; k < OUTPUTS; k++) {
        const float *values = target->value + k;
        double largest = 0, least = INFINITY, most = 0, squares = 0, parts = 0;
        for (size_t t = 0; t < STEPS; t++) {
            largest = fmax(largest, fabs((double)values[t * OUTPUTS]));
            squares += (double)values[t * OUTPUTS] * (double)values[t * OUTPUTS] / STEPS;
        }
        assert_true(fabs(largest - 1) < 1e-6);
        for (int hz = 1; hz <= 5; hz++) {
            const double found = part(values, hz);
            if (hz == 4)
                assert_true(found < 1e-6);
            least = hz == 4 ? least : fmin(least, found), most = fmax(most, found);
            parts += found * found / 2;
        }
        assert_true(most < 4.001 * least && least > 0); /* amplitudes from 0.5 to 2, before they are scaled */
        assert_true(fabs(parts - squares) < 1e-6);      /* and nothing else */
    }
    assert_true(target->value[0] != target->value[1]);
    sg_events_free(events);
}

static void the_seed_alone_decides(void **state) {
    (void)state;
    sg_events *one = draw(7), *same = draw(7), *other = draw(8);
    const size_t count = STEPS * OUTPUTS;
    assert_int_equal(one->first[1], same->first[1]);
    assert_memory_equal(one->channel, same->channel, one->first[1] * sizeof *one->channel);
    assert_memory_equal(one->target->value, same->target->value, count * sizeof(float));
    assert_memory_not_equal(one->target->value, other->target->value, count * sizeof(float));
    sg_events_free(one), sg_events_free(same), sg_events_free(other);
}

static void what_cannot_be_drawn_is_refused(void **state) {
    (void)state;
    sg_data_config shuffled = usual;
    const sg_source_request coarse = {&sg_source_sines, &usual, {STEPS, OUTPUTS, 7, 30}};
    sg_events *events;
    shuffled.split = SG_SPLIT_SHUFFLED;
    assert_int_equal(sg_source_sines.check(&shuffled), SG_CONFIG);
    assert_int_equal(read_source(&coarse, &events), SG_CONFIG); /* 50 Hz are more than a spike in each step */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_one_noise_and_the_last_tests),
        cmocka_unit_test(targets_are_sums_of_four_sines),
        cmocka_unit_test(the_seed_alone_decides),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Metrics: matched spike trains by hand, numbers that are none, and which of two epochs is the better one. */
#include "store/checkpoint.h"

#include "learn/loss.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { T = 12, OUTPUTS = 2 };

/* Spikes of output n in the steps whose bit of fired[n] is set, and a target; how far off a spike may be is 1 ms. */
static sg_score match(const unsigned fired[OUTPUTS], const sg_spike_list *target, double dt_ms) {
    uint16_t spikes[T] = {0};
    sg_score score = {0};
    for (size_t t = 0; t < T; t++)
        for (size_t n = 0; n < OUTPUTS; n++)
            spikes[t] |= (uint16_t)((fired[n] >> t & 1) << n);
    const sg_trains trains = {
        .spikes = spikes, .steps = T, .outputs = OUTPUTS, .stride = SG_LANES, .dt_ms = dt_ms, .target = *target};
    sg_metric_spikes.trains(&trains, &score);
    return score;
}

static void expect_match(const unsigned fired[OUTPUTS], const sg_spike_list *target, double dt_ms, double sum,
                         uint64_t count) {
    const sg_score found = match(fired, target, dt_ms);
    if (found.sum != sum || found.count != count)
        fail_msg("%g of %lu at dt %g, expected %g of %lu", found.sum, (unsigned long)found.count, dt_ms, sum,
                 (unsigned long)count);
}

static void spikes_are_matched_once_within_a_millisecond(void **state) {
    static const uint16_t step[] = {2, 3, 5, 9, 9};
    static const uint32_t channel[] = {0, 1, 0, 0, 1};
    const sg_spike_list target = {step, channel, 5, 0}, none = {step, channel, 0, 0};
    (void)state;
    const unsigned same[] = {1u << 2 | 1u << 5 | 1u << 9, 1u << 3 | 1u << 9};
    expect_match(same, &target, 1, 10, 10);
    expect_match(same, &target, 5, 10, 10); /* in its step, where that is longer */
    expect_match(same, &none, 1, 0, 5);
    const unsigned late[] = {1u << 3 | 1u << 6 | 1u << 10, 1u << 4 | 1u << 10};
    expect_match(late, &target, 1, 10, 10);
    expect_match(late, &target, 1.5, 0, 10);
    const unsigned later[] = {1u << 4, 1u << 6};
    expect_match(later, &target, 0.5, 2, 7); /* two steps are 1 ms: 2 of output 0, but 3 of output 1 is three off */
    expect_match((const unsigned[]){1u << 5, 1u << 6}, &target, 0.5, 2, 7);
    expect_match((const unsigned[]){1u << 2 | 1u << 3, 0}, &target, 1, 2, 7); /* one target is taken once */
    expect_match((const unsigned[]){1u << 8 | 1u << 9 | 1u << 10, 0}, &target, 1, 2, 8);
    expect_match((const unsigned[]){0, 0}, &target, 1, 0, 5);
    assert_true(isnan(sg_score_mean(&(sg_score){0})));
}

static void a_row_counts_what_has_a_target(void **state) {
    static const float numbers[] = {1, NAN, -2}, shares[] = {0.75f, 0.5f, NAN};
    const double values[] = {3, 100, -2}, none[] = {0, 0, 0};
    const sg_goal goal = {.numbers = numbers}, share = {.numbers = shares}, label = {.label = 1};
    sg_score score = {0};
    (void)state;
    sg_metric_mse.row(values, 3, &goal, &score);
    assert_true(score.sum == 4 && score.count == 2);
    score = (sg_score){0};
    sg_metric_bits.row(values, 3, &share, &score); /* 0.5 is not more than a half */
    assert_true(score.sum == 1 && score.count == 2);
    sg_metric_bits.row(none, 3, &share, &score);
    assert_true(score.sum == 2 && score.count == 4);
    score = (sg_score){0};
    sg_metric_cosine.row(values, 3, &goal, &score); /* (3, -2) and (1, -2) */
    assert_true(fabs(score.sum - 7 / sqrt(13.0 * 5)) < 1e-12 && score.count == 1);
    sg_metric_cosine.row(none, 3, &goal, &score);
    assert_true(fabs(score.sum - 7 / sqrt(13.0 * 5)) < 1e-12 && score.count == 2);
    score = (sg_score){0};
    sg_metric_accuracy.row(values, 3, &label, &score);
    sg_metric_accuracy.row(none, 3, &label, &score); /* of those that tie the lowest */
    assert_true(score.sum == 1 && score.count == 2);
}

/* The best of three epochs with these validation metrics and losses. */
static uint64_t best(const char *loss, const double metric[3], const double losses[3]) {
    sg_epoch epochs[3] = {{0}};
    const sg_position position = {.epoch = 3, .history = epochs};
    const sg_learn_config learn = {.loss = sg_kind_find(sg_loss_kinds, loss)};
    for (size_t e = 0; e < 3; e++) {
        epochs[e].validation_metric = metric[e];
        epochs[e].validation_loss = losses[e];
    }
    return sg_best_epoch(&position, &learn);
}

static void the_best_epoch_follows_the_metric(void **state) {
    static const double up[] = {1, 2, 3}, tie[] = {2, 1, 1}, unknown[] = {NAN, 2, NAN}, losses[] = {3, 2, 1};
    (void)state;
    assert_int_equal(best("mean_ce", up, losses), 2);
    assert_int_equal(best("mean_mse", up, losses), 0);
    assert_int_equal(best("mean_bce", up, losses), 2);
    assert_int_equal(best("spike_time", up, losses), 2);
    assert_int_equal(best("mean_ce", tie, losses), 0);
    assert_int_equal(best("step_mse", tie, losses), 2); /* of those that tie the lower loss */
    assert_int_equal(best("mean_ce", unknown, losses), 1);
    assert_int_equal(best("mean_mse", unknown, losses), 1);
    const double same[] = {1, 1, 1};
    assert_int_equal(best("mean_mse", same, same), 0); /* the first */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_are_matched_once_within_a_millisecond),
        cmocka_unit_test(a_row_counts_what_has_a_target),
        cmocka_unit_test(the_best_epoch_follows_the_metric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

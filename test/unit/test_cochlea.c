/* The artificial cochlea: its filters are as wide and as loud as their equations say, it is causal, and gives the same
 * bits everywhere. */
#include "base/exact.h"
#include "data/cochlea.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { RATE = 8000, SECOND = RATE, CHANNELS = 20, LOG = 0, CUBE_ROOT = 1 };

static const sg_cochlea_config usual = {
    .channels = CHANNELS, .low_hz = 100, .high_hz = 3500, .compression = LOG, .range_db = 50};

/* What was heard; freed by forget(). */
typedef struct heard {
    size_t rows;
    double *power;   /* (rows, channels) */
    uint8_t *levels; /* likewise */
} heard;

static heard hear(const sg_cochlea_config *config, const double *samples, size_t count, double step_ms) {
    sg_cochlea *cochlea;
    assert_int_equal(sg_cochlea_create(config, RATE, &cochlea), SG_OK);
    heard h = {.rows = sg_cochlea_rows(cochlea, count, step_ms)};
    h.power = calloc(h.rows * (size_t)config->channels, sizeof *h.power);
    h.levels = calloc(h.rows * (size_t)config->channels, 1);
    sg_cochlea_hear(cochlea, samples, count, step_ms, h.power, h.levels);
    sg_cochlea_free(cochlea);
    return h;
}

static void forget(heard *h) {
    free(h->power);
    free(h->levels);
}

static double *tone(double hz, double amplitude, size_t count) {
    double *samples = calloc(count, sizeof *samples);
    for (size_t n = 0; n < count; n++)
        samples[n] = amplitude * sg_sin(2 * PI * hz * (double)n / RATE);
    return samples;
}

/* A tone at a channel's centre has its amplitude there, and less in every other channel. */
static void a_tone_is_heard_at_its_place(void **state) {
    (void)state;
    for (size_t c = 0; c < CHANNELS; c += 3) {
        double *samples = tone(sg_cochlea_centre_hz(&usual, c), 0.5, SECOND);
        heard h = hear(&usual, samples, SECOND, 100);
        const double *last = h.power + (h.rows - 1) * CHANNELS;
        assert_true(fabs(last[c] - 0.25) < 0.25 * 0.02);
        for (size_t other = 0; other < CHANNELS; other++)
            assert_true(other == c || last[other] < 0.9 * last[c]);
        forget(&h);
        free(samples);
    }
    assert_true(fabs(sg_cochlea_centre_hz(&usual, 0) - 100) < 1e-9);
    assert_true(fabs(sg_cochlea_centre_hz(&usual, CHANNELS - 1) - 3500) < 1e-9);
}

/* The energy of the response to a click is the area under |H|^2, which is 2^2 at the centre: so the area over 4 is the
 * equivalent rectangular bandwidth, 24.7 (4.37 f / kHz + 1) Hz. */
static void filters_have_their_bandwidth(void **state) {
    (void)state;
    double click[SECOND] = {1};
    heard h = hear(&usual, click, SECOND, 1000);
    for (size_t c = 0; c < CHANNELS; c++) {
        double expected = 24.7 * (4.37e-3 * sg_cochlea_centre_hz(&usual, c) + 1);
        assert_true(fabs(h.power[c] * SECOND * RATE / 4 - expected) < 0.03 * expected);
    }
    forget(&h);
}

/* 6.02 dB of 50 are 31 of 256 levels; the cube root of a quarter is 0.63. */
static void levels_are_compressed(void **state) {
    (void)state;
    sg_cochlea_config config = usual;
    config.channels = 1;
    config.low_hz = 1000;
    double *loud = tone(1000, 0.5, SECOND), *soft = tone(1000, 0.25, SECOND);
    heard a = hear(&config, loud, SECOND, 100), b = hear(&config, soft, SECOND, 100);
    assert_in_range(a.levels[9], 224, 226); /* 1 - 6.02 / 50 */
    assert_in_range(a.levels[9] - b.levels[9], 30, 32);
    forget(&a), forget(&b);
    config.compression = CUBE_ROOT;
    a = hear(&config, loud, SECOND, 100);
    assert_in_range(a.levels[9], 160, 162);
    forget(&a);
    config.normalise = true;
    a = hear(&config, loud, SECOND, 100), b = hear(&config, soft, SECOND, 100);
    assert_memory_equal(a.levels, b.levels, a.rows);
    forget(&a), forget(&b);
    free(loud), free(soft);
}

static void silence_is_silent(void **state) {
    (void)state;
    sg_cochlea_config config = usual;
    const double nothing[SECOND] = {0};
    for (config.normalise = false;; config.normalise = true) {
        heard h = hear(&config, nothing, SECOND, 10);
        for (size_t i = 0; i < h.rows * CHANNELS; i++)
            assert_int_equal(h.levels[i], 0);
        forget(&h);
        if (config.normalise)
            break;
    }
}

/* Rows before a change of the sound are as without it; a step need not be a whole number of samples. */
static void the_future_is_not_heard(void **state) {
    (void)state;
    enum { COUNT = 1001, CHANGED = 500 };
    double *samples = tone(700, 0.3, COUNT);
    const double step_ms = 0.7; /* 5.6 samples */
    heard before = hear(&usual, samples, COUNT, step_ms);
    samples[CHANGED] += 0.5;
    heard after = hear(&usual, samples, COUNT, step_ms);
    assert_int_equal(before.rows, 179); /* 1001 / 5.6 = 178.75 */
    size_t same = 89 * CHANNELS;        /* row 89 begins at sample 499 */
    assert_memory_equal(before.power, after.power, same * sizeof *before.power);
    for (size_t c = 0; c < CHANNELS; c++)
        assert_true(before.power[same + c] != after.power[same + c]);
    forget(&before), forget(&after);
    free(samples);
}

/* FNV-1a of the levels of a rising tone in noise: another number means another arithmetic. */
static void levels_are_the_same_bits(void **state) {
    (void)state;
    double *samples = calloc(SECOND, sizeof *samples);
    uint32_t noise = 1, hash = 2166136261u;
    for (size_t n = 0; n < SECOND; n++) {
        noise = 1664525 * noise + 1013904223;
        double t = (double)n / RATE;
        samples[n] = 0.4 * sg_sin(2 * PI * (200 + 1500 * t) * t) + (noise >> 16) / 655360.0;
    }
    heard h = hear(&usual, samples, SECOND, 5);
    for (size_t i = 0; i < h.rows * CHANNELS; i++)
        hash = (hash ^ h.levels[i]) * 16777619u;
    assert_int_equal(hash, 0xb822dfc3u);
    forget(&h);
    free(samples);
}

static void too_few_samples_a_second_are_refused(void **state) {
    (void)state;
    sg_cochlea *cochlea;
    assert_int_equal(sg_cochlea_create(&usual, 7000, &cochlea), SG_DATA);
    assert_null(cochlea);
    assert_string_equal(sg_error_message(), "7000 samples a second hold frequencies below 3500 Hz, but audio.high is "
                                            "3500 Hz: lower it");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_is_heard_at_its_place),
        cmocka_unit_test(filters_have_their_bandwidth),
        cmocka_unit_test(levels_are_compressed),
        cmocka_unit_test(silence_is_silent),
        cmocka_unit_test(the_future_is_not_heard),
        cmocka_unit_test(levels_are_the_same_bits),
        cmocka_unit_test(too_few_samples_a_second_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

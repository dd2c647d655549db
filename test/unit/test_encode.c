/* Encoders other than latency, images as sequences, drawn sets, augmentation. */
#include "base/random.h"
#include "data/augment.h"
#include "data/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "written.h"

enum { WIDTH = 9, HEIGHT = 7, PIXELS = WIDTH * HEIGHT };

static sg_data_config config_of(const char *encoder, int sequence) {
    return (sg_data_config){.encoder = sg_kind_find(sg_encoder_kinds, encoder),
                            .sequence = sequence,
                            .encoder_threshold = 0.2,
                            .encoder_tau_ms = 20,
                            .encoder_max_rate = 200,
                            .encoder_delta = 0.25};
}

static sg_events *encode(const sg_data_config *config, const uint8_t *pixels, size_t images, uint32_t steps) {
    uint8_t *labels = calloc(images, 1);
    const sg_image_block blocks[SG_IMAGE_PARTS] = {{pixels, labels, images}};
    const sg_encoding encoding = {.config = config,
                                  .is_series = config->sequence == SG_SEQUENCE_ROWS,
                                  .steps = steps,
                                  .width = WIDTH,
                                  .height = HEIGHT,
                                  .classes = 2,
                                  .dt_ms = 1,
                                  .seed = 5};
    sg_events *events;
    assert_int_equal(encode_images(&encoding, blocks, &events), SG_OK);
    assert_int_equal(sg_events_check(events, "encoded"), SG_OK);
    assert_int_equal(count_events(&encoding, blocks), events->first[images]);
    free(labels);
    return events;
}

static void draw_pixels(uint8_t pixels[PIXELS]) {
    for (uint64_t p = 0; p < PIXELS; p++)
        pixels[p] = (uint8_t)(sg_random_bits(3, 1, p) % 3 == 0 ? sg_random_bits(3, 2, p) : 0);
}

/* tau ln(x / (x - threshold)): with x = 1/2 and threshold 0.2 it is 20 ln(5/3) = 10.2. */
static void latency_log_is_the_time_to_threshold(void **state) {
    (void)state;
    const sg_data_config config = config_of("latency_log", SG_SEQUENCE_NONE);
    uint8_t pixels[PIXELS] = {128, 51, 52, 255};
    sg_events *events = encode(&config, pixels, 1, 100);
    assert_int_equal(events->first[1], 3); /* 51/256 is below the threshold, 52/256 above it: late */
    const uint16_t steps[3] = {4, 10, 83};
    assert_memory_equal(events->step, steps, sizeof steps);
    sg_events_free(events);
}

/* 200 Hz for a white pixel and 1 ms: p = 0.2 x; the counts of many images are binomial. */
static void rates_are_as_asked(void **state) {
    (void)state;
    enum { IMAGES = 400, STEPS = 50 };
    const sg_data_config config = config_of("rate", SG_SEQUENCE_NONE);
    uint8_t *pixels = calloc(IMAGES, PIXELS);
    for (size_t i = 0; i < IMAGES; i++) {
        pixels[i * PIXELS] = 255;
        pixels[i * PIXELS + 1] = 64;
    }
    sg_events *events = encode(&config, pixels, IMAGES, STEPS);
    double counts[2] = {0}, first_half = 0;
    for (uint64_t e = 0; e < events->first[IMAGES]; e++) {
        assert_true(events->channel[e] < 2);
        counts[events->channel[e]]++;
        first_half += events->step[e] < STEPS / 2;
    }
    for (size_t c = 0; c < 2; c++) {
        double p = 0.2 * (c == 0 ? 255 : 64) / 256, chances = (double)IMAGES * STEPS;
        assert_true(fabs(counts[c] - p * chances) < 5 * sqrt(p * (1 - p) * chances));
    }
    assert_true(fabs(first_half / (counts[0] + counts[1]) - 0.5) < 0.05);
    sg_events_free(events);
    free(pixels);
}

static void rows_come_one_after_the_other(void **state) {
    (void)state;
    const sg_data_config rows = config_of("latency", SG_SEQUENCE_ROWS);
    uint8_t pixels[PIXELS] = {0};
    pixels[2 * WIDTH + 4] = 255; /* row 2, column 4: the first step of its window of 10 */
    pixels[2 * WIDTH + 5] = 128; /* the middle of it */
    sg_events *events = encode(&rows, pixels, 1, 10 * HEIGHT);
    const uint16_t steps[2] = {20, 25};
    const uint32_t channels[2] = {4, 5};
    assert_int_equal(events->channels, WIDTH);
    assert_int_equal(events->first[1], 2);
    assert_memory_equal(events->step, steps, sizeof steps);
    assert_memory_equal(events->channel, channels, sizeof channels);
    sg_events_free(events);
}

static void deltas_are_rises_and_falls(void **state) {
    (void)state;
    const sg_data_config config = config_of("delta", SG_SEQUENCE_ROWS);
    uint8_t pixels[PIXELS] = {0};
    const uint8_t column[HEIGHT] = {0,   60,  70, 200,
                                    190, 100, 100}; /* over 64 from 0: 70; from 70: 200; from 200: 100 */
    for (size_t y = 0; y < HEIGHT; y++)
        pixels[y * WIDTH + 3] = column[y];
    sg_events *events = encode(&config, pixels, 1, 2 * HEIGHT);
    const uint16_t steps[3] = {4, 6, 10};
    const uint32_t channels[3] = {3, 3, WIDTH + 3};
    assert_int_equal(events->channels, 2 * WIDTH);
    assert_int_equal(events->first[1], 3);
    assert_memory_equal(events->step, steps, sizeof steps);
    assert_memory_equal(events->channel, channels, sizeof channels);
    sg_events_free(events);
}

/* Without a leak the spikes are the integral of the input, 0.2 x a step; with one, v never passes 0.2 x / (1 - decay).
 */
static void lif_neurons_fire_as_driven(void **state) {
    (void)state;
    enum { STEPS = 200 };
    sg_data_config config = config_of("lif", SG_SEQUENCE_NONE);
    const uint8_t pixels[PIXELS] = {255, 128, 16, 0};
    uint64_t counts[4] = {0};
    config.encoder_tau_ms = 1e9;
    sg_events *events = encode(&config, pixels, 1, STEPS);
    for (uint64_t e = 0; e < events->first[1]; e++)
        counts[events->channel[e]]++;
    for (size_t p = 0; p < 4; p++) /* 0.2 * 255 / 256 * 200 = 39.8, 20, 2.5 */
        assert_true(fabs((double)counts[p] - floor(0.2 * pixels[p] / 256 * STEPS)) <= (pixels[p] == 128));
    sg_events_free(events);
    config.encoder_tau_ms = 6; /* 0.2 / (1 - exp(-1/6)) = 1.30: more than 128 / 256 of it are below 1 */
    events = encode(&config, pixels, 1, STEPS);
    assert_true(events->first[1] > 0);
    for (uint64_t e = 0; e < events->first[1]; e++)
        assert_int_equal(events->channel[e], 0);
    assert_int_equal(events->step[0], 8); /* 0.2 (1 - exp(-(t + 1) / 6)) / (1 - exp(-1/6)) passes 1 at 8.8 steps */
    sg_events_free(events);
}

static void what_does_not_go_together_is_refused(void **state) {
    (void)state;
    const sg_data_config rows = config_of("latency", SG_SEQUENCE_ROWS), delta = config_of("delta", SG_SEQUENCE_NONE);
    sg_data_config fast = config_of("rate", SG_SEQUENCE_NONE);
    fast.encoder_max_rate = 2000;
    const struct {
        const sg_data_config *config;
        const char *message;
    } cases[] = {
        {&rows, "steps: 100, but data.sequence is rows and the images have 7 of them: use a multiple of 7, for example "
                "105"},
        {&delta,
         "encoder.kind: delta needs a signal that changes, but data.sequence is none: use data.sequence: rows, or "
         "another encoder"},
        {&fast, "encoder.max_rate: 2000 Hz is more than one spike in a step of 1 ms: use at most 1000 Hz"},
    };
    const uint8_t pixels[PIXELS] = {0}, label = 0;
    const sg_image_block blocks[SG_IMAGE_PARTS] = {{pixels, &label, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_encoding encoding = {.config = cases[i].config,
                                .is_series = cases[i].config->sequence == SG_SEQUENCE_ROWS,
                                .steps = 100,
                                .width = WIDTH,
                                .height = HEIGHT,
                                .classes = 1,
                                .dt_ms = 1};
        sg_events *events;
        assert_int_equal(encode_images(&encoding, blocks, &events), SG_CONFIG);
        assert_null(events);
        assert_string_equal(sg_error_message(), cases[i].message);
    }
}

/* ----------------------------------------------------------------------------------------------- drawn sets */

static void randman_is_one_spike_a_channel(void **state) {
    (void)state;
    const sg_data_config config = {.split = SG_SPLIT_SHUFFLED,
                                   .classes = 3,
                                   .channels = 5,
                                   .samples = 200,
                                   .dimension = 2,
                                   .cutoff = 10,
                                   .alpha = 1};
    const sg_source_request request = {&sg_source_randman, &config, {40, 3, 7, 1}};
    sg_events *events, *again;
    assert_int_equal(read_source(&request, &events), SG_OK);
    assert_int_equal(read_source(&request, &again), SG_OK);
    assert_int_equal(sg_events_check(events, "randman"), SG_OK);
    assert_int_equal(events->samples, 600);
    uint16_t low[3][5], high[3][5] = {{0}};
    memset(low, 0xff, sizeof low);
    for (size_t s = 0; s < events->samples; s++) {
        unsigned int seen = 0;
        assert_int_equal(events->first[s + 1] - events->first[s], 5);
        assert_int_equal(events->label[s], s / 200);
        for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++) {
            uint32_t c = events->channel[e];
            uint16_t t = events->step[e];
            seen |= 1u << c;
            low[s / 200][c] = t < low[s / 200][c] ? t : low[s / 200][c];
            high[s / 200][c] = t > high[s / 200][c] ? t : high[s / 200][c];
        }
        assert_int_equal(seen, 31);
    }
    for (size_t j = 0; j < 15; j++) { /* a class fills all of the time in every channel */
        assert_int_equal(low[j / 5][j % 5], 0);
        assert_int_equal(high[j / 5][j % 5], 39);
    }
    assert_memory_equal(events->step, again->step, events->first[600] * sizeof *events->step);
    sg_events_free(events);
    sg_events_free(again);
}

/* The class of a point, by which half of the symbol and which circle it lies in; -1 so near to a border that a step
 * hides it. */
static int symbol_at(double x, double y) {
    static const double NEAR = 0.02;
    double left = hypot(x - 0.25, y - 0.5), right = hypot(x - 0.75, y - 0.5);
    const double borders[] = {left - 0.1, right - 0.1, left - 0.25, right - 0.25, y - 0.5};
    for (size_t k = 0; k < 5; k++)
        if (fabs(borders[k]) < NEAR)
            return -1;
    if (left < 0.1 || right < 0.1)
        return 2;
    return left < 0.25 || (right > 0.25 && y > 0.5);
}

static void yinyang_is_the_symbol(void **state) {
    (void)state;
    const sg_data_config config = {.split = SG_SPLIT_SHUFFLED, .samples = 500, .yinyang_latest_ms = 50};
    const sg_source_request request = {&sg_source_yinyang, &config, {120, 3, 7, 0.5}};
    sg_events *events;
    size_t told = 0;
    assert_int_equal(read_source(&request, &events), SG_OK);
    assert_int_equal(sg_events_check(events, "yinyang"), SG_OK);
    assert_int_equal(events->samples, 1500);
    for (size_t s = 0; s < 1500; s++) {
        double at[5];
        assert_int_equal(events->first[s + 1] - events->first[s], 5);
        assert_int_equal(events->label[s], s % 3);
        for (uint64_t e = events->first[s]; e < events->first[s + 1]; e++)
            at[events->channel[e]] = events->step[e] / 100.0; /* 50 ms are 100 steps */
        assert_true(at[4] == 0 && fabs(at[0] + at[2] - 1) < 0.011 && fabs(at[1] + at[3] - 1) < 0.011);
        assert_true(hypot(at[0] - 0.5, at[1] - 0.5) < 0.51);
        int found = symbol_at(at[0], at[1]);
        assert_true(found == -1 || found == (int)events->label[s]);
        told += found >= 0;
    }
    assert_true(told > 1000);
    sg_events_free(events);
}

static void patterns_are_noisy_copies(void **state) {
    (void)state;
    sg_data_config config = {.split = SG_SPLIT_SHUFFLED, .classes = 4, .channels = 30, .samples = 50, .rate_hz = 50};
    const sg_source_request request = {&sg_source_patterns, &config, {100, 4, 7, 1}};
    sg_events *exact, *noisy;
    assert_int_equal(read_source(&request, &exact), SG_OK);
    config.noise_drop = 0.25;
    config.noise_jitter_ms = 1;
    assert_int_equal(read_source(&request, &noisy), SG_OK);
    assert_int_equal(sg_events_check(exact, "exact"), SG_OK);
    assert_int_equal(sg_events_check(noisy, "noisy"), SG_OK);
    uint64_t size = exact->first[1];
    assert_true(fabs((double)size - 150) < 60); /* 30 channels, 50 Hz, 0.1 s */
    for (size_t s = 1; s < 50; s++)
        assert_memory_equal(exact->step, exact->step + exact->first[s], size * sizeof *exact->step);
    assert_true(fabs((double)noisy->first[200] / (double)exact->first[200] - 0.75) < 0.03);
    sg_events_free(exact);
    sg_events_free(noisy);
}

/* --------------------------------------------------------------------------------------------- augmentation */

static sg_augment_scratch open_room(const sg_events *events, sg_arena *arena) {
    size_t longest = sg_augment_longest(NULL, events);
    *arena = (sg_arena){0};
    sg_augment_lay_out(arena, longest, events->channels, events->steps);
    assert_int_equal(sg_arena_open(arena), SG_OK);
    return sg_augment_lay_out(arena, longest, events->channels, events->steps);
}

static void move_pixels(const uint8_t from[PIXELS], uint8_t to[PIXELS], int dx, int dy) {
    memset(to, 0, PIXELS);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (y - dy >= 0 && y - dy < HEIGHT && x - dx >= 0 && x - dx < WIDTH)
                to[y * WIDTH + x] = from[(y - dy) * WIDTH + x - dx];
}

static bool same_events(sg_input_list input, const sg_events *events) {
    const sg_spike_list list = input.list;
    return list.count == events->first[1] && memcmp(list.step, events->step, list.count * sizeof *list.step) == 0 &&
           memcmp(list.channel, events->channel, list.count * sizeof *list.channel) == 0 &&
           !input.value == !events->value && input.constant == events->constant &&
           (!input.value || memcmp(input.value, events->value, list.count * sizeof *input.value) == 0);
}

/* Every augmented sample is one of the 25 that moving the picture before encoding it gives, and all of them come up. */
static void check_shift(const char *encoder, int sequence, bool turning) {
    uint8_t pixels[PIXELS], moved[PIXELS];
    sg_data_config config = config_of(encoder, sequence);
    draw_pixels(pixels);
    sg_events *events = encode(&config, pixels, 1, 10 * HEIGHT), *expected[25];
    for (int k = 0; k < 25; k++) {
        move_pixels(pixels, moved, k % 5 - 2, k / 5 - 2);
        expected[k] = encode(&config, moved, 1, 10 * HEIGHT);
    }
    config.shift = 2;
    config.zoom = turning ? 1e-9 : 0;
    const sg_augment augment = {&config, 1, 9, NULL};
    sg_arena arena;
    sg_augment_scratch room = open_room(events, &arena);
    unsigned int found = 0;
    assert_int_equal(sg_augment_check(&config, events), SG_OK);
    for (uint64_t place = 0; place < 400; place++) {
        const sg_input_list list = sg_augment_sample(&augment, events, 0, 3, place, &room);
        int k = 0;
        while (k < 25 && !same_events(list, expected[k]))
            k++;
        assert_true(k < 25);
        found |= 1u << k;
    }
    assert_int_equal(found, (1u << 25) - 1);
    sg_arena_close(&arena);
    for (int k = 0; k < 25; k++)
        sg_events_free(expected[k]);
    sg_events_free(events);
}

/* Every augmented sample is that of the picture as it is, or mirrored, and both come up. */
static void check_flip(const char *encoder, int sequence) {
    uint8_t pixels[PIXELS], mirrored[PIXELS];
    sg_data_config config = config_of(encoder, sequence);
    draw_pixels(pixels);
    for (int p = 0; p < PIXELS; p++)
        mirrored[p] = pixels[p / WIDTH * WIDTH + WIDTH - 1 - p % WIDTH];
    sg_events *events = encode(&config, pixels, 1, 10 * HEIGHT), *other = encode(&config, mirrored, 1, 10 * HEIGHT);
    config.flip = 0.5;
    const sg_augment augment = {&config, 1, 9, NULL};
    sg_arena arena;
    sg_augment_scratch room = open_room(events, &arena);
    size_t flipped = 0;
    for (uint64_t place = 0; place < 100; place++) {
        const sg_input_list list = sg_augment_sample(&augment, events, 0, 3, place, &room);
        bool is_flipped = same_events(list, other);
        assert_true(is_flipped || same_events(list, events));
        flipped += is_flipped;
    }
    assert_true(flipped > 30 && flipped < 70);
    sg_arena_close(&arena);
    sg_events_free(events);
    sg_events_free(other);
}

static void flips_are_those_of_the_picture(void **state) {
    (void)state;
    check_flip("latency", SG_SEQUENCE_NONE);
    check_flip("direct", SG_SEQUENCE_NONE);
    check_flip("direct", SG_SEQUENCE_ROWS);
}

static void shifts_are_those_of_the_picture(void **state) {
    (void)state;
    check_shift("latency", SG_SEQUENCE_NONE, false);
    check_shift("latency", SG_SEQUENCE_NONE, true);
    check_shift("latency", SG_SEQUENCE_ROWS, false);
    check_shift("direct", SG_SEQUENCE_NONE, false);
    check_shift("direct", SG_SEQUENCE_NONE, true);
    check_shift("direct", SG_SEQUENCE_ROWS, false);
}

static void jitter_and_drop_are_as_asked(void **state) {
    (void)state;
    uint8_t pixels[PIXELS];
    sg_data_config config = config_of("latency", SG_SEQUENCE_NONE);
    memset(pixels, 128, sizeof pixels); /* all in the middle */
    sg_events *events = encode(&config, pixels, 1, 100);
    config.jitter_ms = 3;
    config.drop = 0.25;
    const sg_augment augment = {&config, 1, 9, NULL};
    sg_arena arena;
    sg_augment_scratch room = open_room(events, &arena);
    double sum = 0, squares = 0, count = 0;
    for (uint64_t number = 0; number < 100; number++) {
        sg_spike_list list = sg_augment_sample(&augment, events, 0, number, 0, &room).list;
        for (size_t e = 0; e < list.count; e++) {
            assert_true(e == 0 || list.step[e - 1] < list.step[e] ||
                        (list.step[e - 1] == list.step[e] && list.channel[e - 1] < list.channel[e]));
            sum += list.step[e] - 50.0;
            squares += (list.step[e] - 50.0) * (list.step[e] - 50.0);
        }
        count += (double)list.count;
    }
    assert_true(fabs(count / (100 * PIXELS) - 0.75) < 0.03);
    assert_true(fabs(sum / count) < 0.2 && fabs(sqrt(squares / count) - 3) < 0.15);
    sg_arena_close(&arena);
    sg_events_free(events);
}

static void what_cannot_be_moved_is_refused(void **state) {
    (void)state;
    uint8_t pixels[PIXELS];
    draw_pixels(pixels);
    sg_data_config config = config_of("rate", SG_SEQUENCE_NONE);
    sg_events *events = encode(&config, pixels, 1, 100);
    config.rotate = 10;
    assert_int_equal(sg_augment_check(&config, events), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "augment.rotate: needs images with one spike a pixel at most"));
    events->shape = sg_flat_shape(events->channels);
    assert_int_equal(sg_augment_check(&config, events), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "augment.rotate: the data are not images"));
    sg_events_free(events);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency_log_is_the_time_to_threshold),
        cmocka_unit_test(rates_are_as_asked),
        cmocka_unit_test(rows_come_one_after_the_other),
        cmocka_unit_test(deltas_are_rises_and_falls),
        cmocka_unit_test(lif_neurons_fire_as_driven),
        cmocka_unit_test(what_does_not_go_together_is_refused),
        cmocka_unit_test(randman_is_one_spike_a_channel),
        cmocka_unit_test(yinyang_is_the_symbol),
        cmocka_unit_test(patterns_are_noisy_copies),
        cmocka_unit_test(shifts_are_those_of_the_picture),
        cmocka_unit_test(flips_are_those_of_the_picture),
        cmocka_unit_test(jitter_and_drop_are_as_asked),
        cmocka_unit_test(what_cannot_be_moved_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* labels: threads */
#include "base/exact.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/random.h"
#include "base/text.h"
#include "base/threads.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Known answers of Philox4x32-10, from the authors' Random123 distribution (kat_vectors). */
static void philox_known_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], expected[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t out[4];
        sg_philox(cases[i].counter, cases[i].key, out);
        assert_memory_equal(out, cases[i].expected, sizeof out);
    }
}

static void exp_and_log_match_libm(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double x = -40 + 80 * sg_random_uniform(1, 1, (uint64_t)i), e = exp(x), y = fabs(x) * e + 1e-9;
        assert_true(fabs(sg_exp(x) - e) <= 4 * DBL_EPSILON * e);
        assert_true(fabs(sg_log(y) - log(y)) <= 4 * DBL_EPSILON * fabs(log(y)) + 1e-19);
    }
    assert_true(sg_exp(0) == 1 && sg_log(1) == 0);
    assert_true(isinf(sg_exp(800)) && sg_exp(-800) == 0 && isnan(sg_exp(NAN)));
}

/* For large x and small, of either sign. */
static void expm1_matches_libm(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double size = sg_exp(-40 + 43 * sg_random_uniform(2, 1, (uint64_t)i)), x = i % 2 ? -size : size, e = expm1(x);
        assert_true(fabs(sg_expm1(x) - e) <= 4 * DBL_EPSILON * fabs(e));
    }
    assert_true(sg_expm1(0) == 0 && sg_expm1(-800) == -1);
    assert_true(isinf(sg_expm1(800)) && isnan(sg_expm1(NAN)));
}

static void normal_has_its_moments(void **state) {
    (void)state;
    enum { COUNT = 200000 };
    double sum = 0, square = 0, fourth = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        double x = sg_random_normal(7, 3, i);
        sum += x, square += x * x, fourth += x * x * x * x;
    }
    assert_true(fabs(sum / COUNT) < 0.01);
    assert_true(fabs(square / COUNT - 1) < 0.015);
    assert_true(fabs(fourth / COUNT - 3) < 0.12);
}

static void shuffle_is_a_permutation(void **state) {
    (void)state;
    enum { COUNT = 1000 };
    uint32_t items[COUNT], seen[COUNT] = {0};
    for (uint32_t i = 0; i < COUNT; i++)
        items[i] = i;
    sg_random_shuffle(items, COUNT, 5, SG_STREAM_SPLIT);
    size_t fixed = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        seen[items[i]]++;
        fixed += items[i] == i;
    }
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(seen[i], 1);
    assert_true(fixed < 10);
}

static void sizes_are_checked(void **state) {
    (void)state;
    size_t size;
    assert_false(sg_size_multiply(SIZE_MAX, 2, &size));
    assert_false(sg_size_add(SIZE_MAX, 1, &size));
    assert_null(sg_array(SIZE_MAX / 2, 4));
    assert_non_null(strstr(sg_error_message(), "more bytes than memory can address"));
    sg_arena arena = {0};
    sg_arena_take(&arena, SIZE_MAX / 4, 8);
    assert_int_equal(sg_arena_open(&arena), SG_MEMORY);
}

static void arena_parts_are_aligned(void **state) {
    (void)state;
    sg_arena arena = {0};
    sg_arena_take(&arena, 3, 1);
    sg_arena_take(&arena, 5, 8);
    assert_int_equal(sg_arena_open(&arena), SG_OK);
    char *a = sg_arena_take(&arena, 3, 1), *b = sg_arena_take(&arena, 5, 8);
    assert_int_equal((uintptr_t)a % SG_ALIGNMENT, 0);
    assert_int_equal(b - a, SG_ALIGNMENT);
    sg_arena_close(&arena);
}

static void numbers_go_round(void **state) {
    (void)state;
    const double values[] = {0, 1, -0.1, 1e-8, 20, 1.0 / 3, DBL_MAX, 4.9e-324};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[32];
        const char *end;
        double back;
        sg_format_number(text, sizeof text, values[i]);
        assert_true(sg_parse_number(text, &end, &back) && back == values[i] && *end == 0);
    }
    const char *end;
    double value;
    assert_false(sg_parse_number("nan", &end, &value));
    assert_false(sg_parse_number("1e999", &end, &value));
    assert_false(sg_parse_number("", &end, &value));
}

static void near_words(void **state) {
    (void)state;
    assert_int_equal(sg_edit_distance("tau_mem", "tau_mme"), 1);
    assert_int_equal(sg_edit_distance("", "abc"), 3);
    assert_int_equal(sg_edit_distance("kitten", "sitting"), 3);
    assert_true(sg_is_near("optimizer", "optimiser"));
    assert_false(sg_is_near("banana", "seed"));
}

static void nearest_words_are_found(void **state) {
    (void)state;
    const char *const words[] = {NULL, "adam", "adamw", NULL, "rmsprop"};
    assert_string_equal(sg_nearest("adan", words, 5), "adam");
    assert_string_equal(sg_nearest("adamv", words, 5), "adam"); /* as near as adamw, and before it */
    assert_string_equal(sg_nearest("rmspop", words, 5), "rmsprop");
    assert_null(sg_nearest("newton", words, 5));
    assert_null(sg_nearest("adam", words, 1));
    assert_null(sg_nearest("adam", NULL, 0));
}

static void equal_texts_are_interned_once(void **state) {
    (void)state;
    enum { MANY = 2000 };
    static const char *texts[MANY];
    char text[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "setting %d", i);
        texts[i] = sg_intern(text);
        assert_ptr_not_equal(texts[i], text);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "setting %d", i);
        assert_string_equal(texts[i], text);
        assert_ptr_equal(sg_intern(text), texts[i]);
    }
    assert_true(sg_is_empty(NULL) && sg_is_empty("") && sg_is_empty(sg_intern("")) && !sg_is_empty("a"));
}

/* Each thread interns the same texts at the same time. */
static void intern_all(void *user, int i, int thread) {
    const char **found = (const char **)user + i * 64;
    (void)thread;
    for (int j = 0; j < 64; j++) {
        char text[32];
        snprintf(text, sizeof text, "shared %d", j);
        found[j] = sg_intern(text);
    }
}

static void threads_intern_the_same_texts(void **state) {
    (void)state;
    static const char *found[8][64];
    sg_pool *pool;
    assert_int_equal(sg_pool_create(4, &pool), SG_OK);
    sg_pool_share(pool, 8, intern_all, found);
    sg_pool_free(pool);
    for (int i = 1; i < 8; i++)
        for (int j = 0; j < 64; j++)
            assert_ptr_equal(found[i][j], found[0][j]);
}

static void unknown_words_are_told_of(void **state) {
    (void)state;
    const char *const words[] = {"exact", NULL, "euler"};
    char found[80], long_name[200] = "";
    assert_int_equal(sg_fail_unknown(SG_DATA, "kind: found", "exat", words, 3, ""), SG_DATA);
    assert_string_equal(sg_error_message(), "kind: found 'exat', expected one of exact, euler; did you mean 'exact'?");
    assert_int_equal(sg_fail_unknown(SG_CONFIG, "found no recipe", "x", words, 3, ", or a file"), SG_CONFIG);
    assert_string_equal(sg_error_message(), "found no recipe 'x', expected one of exact, euler, or a file");
    memset(long_name, 'a', 62);
    strcpy(long_name + 62, "\u00b5\u00b5\u00b5"); /* two bytes each */
    assert_int_equal(strlen(sg_shown(long_name, found)), 67);
    assert_string_equal(found + 62, "\u00b5...");
}

static void messages_are_one_line(void **state) {
    (void)state;
    assert_int_equal(sg_fail(SG_DATA, "a\nb"), SG_DATA);
    assert_string_equal(sg_error_message(), "a b");
    sg_fail_in(SG_DATA, "file");
    assert_string_equal(sg_error_message(), "file: a b");
    assert_true(SG_OK == 0 && SG_MEMORY == 2 && SG_CONFIG == 4 && SG_DIVERGED == 7 &&
                SG_STOPPED == 8); /* bindings hold them */
}

/* The statuses as they stand in the header, `    SG_NAME = NUMBER,` with a comment behind: the same words. */
static void every_status_has_its_words(void **state) {
    (void)state;
    char line[256];
    int count = 0, number;
    FILE *header = fopen(SOURCE_DIR "/include/surgrad.h", "r");
    assert_non_null(header);
    while (fgets(line, sizeof line, header)) {
        if (sscanf(line, "    SG_%*[A-Z_] = %d", &number) != 1)
            continue;
        assert_int_equal(number, count++);
        const char *text = sg_status_text((sg_status)number);
        assert_non_null(text);
        assert_true(number == SG_OK || strstr(line, text));
    }
    fclose(header);
    assert_true(count > SG_STOPPED);
    assert_string_equal(sg_status_text((sg_status)count), "an unknown status");
}

static void version_is_one(void **state) {
    (void)state;
    char parts[32];
    snprintf(parts, sizeof parts, "%d.%d.%d", SG_VERSION_MAJOR, SG_VERSION_MINOR, SG_VERSION_PATCH);
    assert_string_equal(SG_VERSION, parts);
    assert_string_equal(sg_version(), parts);
    assert_int_equal(SG_VERSION_NUMBER, 10000 * SG_VERSION_MAJOR + 100 * SG_VERSION_MINOR + SG_VERSION_PATCH);
    assert_int_equal(sg_version_number(), SG_VERSION_NUMBER);
}

static void count_piece(void *context, int piece, int thread) {
    (void)thread;
    ((int *)context)[piece]++;
}

static void every_piece_runs_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        sg_pool *pool;
        assert_int_equal(sg_pool_create(threads, &pool), SG_OK);
        assert_int_equal(sg_pool_threads(pool), threads);
        int runs[37] = {0};
        for (int round = 1; round <= 200; round++) {
            sg_pool_run(pool, round % 38, count_piece, runs);
            if (round == 100)
                usleep(5000); /* so that the workers fall asleep */
        }
        for (int i = 0; i < 37; i++) { /* every round of more than i pieces */
            int expected = 0;
            for (int round = 1; round <= 200; round++)
                expected += round % 38 > i;
            assert_int_equal(runs[i], expected);
        }
        sg_pool_free(pool);
    }
    assert_true(sg_threads(0) >= 1);
    assert_int_equal(sg_threads(3), 3);
}

static void keep_warning(void *user, const char *text) {
    snprintf(user, 64, "%s", text);
}

static void warnings_go_to_this_threads_handler(void **state) {
    (void)state;
    char told[64] = "";
    sg_fail(SG_DATA, "a failure");
    sg_warn("nobody listens");
    sg_set_warning_handler(keep_warning, told);
    sg_warn("odd:\n%d", 3);
    assert_string_equal(told, "odd: 3");
    assert_string_equal(sg_error_message(), "a failure");
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){0});
    sg_warn("nobody listens");
    assert_string_equal(told, "odd: 3");
    sg_swap_warning_listener(before);
    sg_warn("again");
    assert_string_equal(told, "again");
    sg_set_warning_handler(NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(exp_and_log_match_libm),
        cmocka_unit_test(expm1_matches_libm),
        cmocka_unit_test(normal_has_its_moments),
        cmocka_unit_test(shuffle_is_a_permutation),
        cmocka_unit_test(sizes_are_checked),
        cmocka_unit_test(arena_parts_are_aligned),
        cmocka_unit_test(numbers_go_round),
        cmocka_unit_test(near_words),
        cmocka_unit_test(nearest_words_are_found),
        cmocka_unit_test(unknown_words_are_told_of),
        cmocka_unit_test(equal_texts_are_interned_once),
        cmocka_unit_test(threads_intern_the_same_texts),
        cmocka_unit_test(messages_are_one_line),
        cmocka_unit_test(every_status_has_its_words),
        cmocka_unit_test(version_is_one),
        cmocka_unit_test(every_piece_runs_once),
        cmocka_unit_test(warnings_go_to_this_threads_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

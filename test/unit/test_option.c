#include "file/option.h"

#include "file/utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct thing {
    int64_t count;
    double share, tau, rate;
    bool on;
    int kind;
    const char *name;
} thing;

SG_KINDS_LIST(kinds, {"exact", "exp(-dt/tau)"}, {"euler", "1 - dt/tau"})

#define AT(field) offsetof(thing, field)

static const sg_option table[] = {
    {.key = "count", .type = SG_OPTION_INTEGER, .offset = AT(count), .fallback = "3", .low = 1, .high = 0x1p53},
    {.key = "share", .type = SG_OPTION_NUMBER, .offset = AT(share), .fallback = "0.5", .high = 1, .below_high = true},
    {.key = "tau", .type = SG_OPTION_TIME, .offset = AT(tau), .fallback = "20 ms", .high = INFINITY, .above_low = true},
    {.key = "rate", .type = SG_OPTION_NUMBER, .offset = AT(rate), .fallback = "1"},
    {.key = "on", .type = SG_OPTION_SWITCH, .offset = AT(on), .fallback = "true"},
    {.key = "kind", .type = SG_OPTION_CHOICE, .offset = AT(kind), .fallback = "exact", .choice = kinds},
    {.key = "name", .type = SG_OPTION_STRING, .offset = AT(name), .fallback = ""},
};
enum { COUNT = sizeof table / sizeof *table };

static sg_status set(thing *it, const char *key, const char *value) {
    return sg_option_set(sg_option_find(table, COUNT, key), it, key, value);
}

/* Each value is refused with this message, and changes nothing. */
static void assert_refused(const char *key, const char *value, const char *message) {
    thing it, before;
    memset(&it, 0, sizeof it);
    sg_option_defaults(table, COUNT, &it);
    memcpy(&before, &it, sizeof it);
    assert_int_equal(set(&it, key, value), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
    assert_memory_equal(&it, &before, sizeof it);
}

static void defaults_fill_every_field(void **state) {
    (void)state;
    thing it;
    memset(&it, 0xff, sizeof it);
    sg_option_defaults(table, COUNT, &it);
    assert_int_equal(it.count, 3);
    assert_true(it.share == 0.5 && it.tau == 20 && it.rate == 1);
    assert_true(it.on);
    assert_int_equal(it.kind, 0);
    assert_string_equal(it.name, "");
}

static void times_take_their_units(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double ms;
    } cases[] = {{"20 ms", 20}, {"20ms", 20},         {"0.5 s", 500},      {"50 us", 0.05},
                 {"1e3us", 1},  {"5 \u00b5s", 0.005}, {"5\u03bcs", 0.005}, {"+7 ms", 7}};
    thing it;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(set(&it, "tau", cases[i].text), SG_OK);
        assert_true(it.tau == cases[i].ms);
    }
}

static void wrong_times_are_refused(void **state) {
    (void)state;
    assert_refused("tau", "20", "tau: found '20', expected a time with its unit, for example 20 ms");
    assert_refused("tau", "", "tau: found '', expected a time with its unit, for example 20 ms");
    assert_refused("tau", "nan ms", "tau: found 'nan ms', expected a time with its unit, for example 20 ms");
    assert_refused("tau", "20 mV", "tau: found '20 mV', expected a time in us, ms or s, for example 20 ms");
    assert_refused("tau", "20 ms x", "tau: found '20 ms x', expected a time in us, ms or s, for example 20 ms");
    assert_refused("tau", "20 ms ", "tau: found '20 ms ', expected a time in us, ms or s, for example 20 ms");
    assert_refused("tau", "1e308 s", "tau: found '1e308 s', expected a time in us, ms or s, for example 20 ms");
    assert_refused("tau", "0 ms", "tau: found '0 ms', expected a time, more than 0 ms");
}

static void wrong_integers_are_refused(void **state) {
    (void)state;
    static const char *const values[] = {
        "1.5", "1_000", "1e3", "", "-1", "0", " 3", "3 ", "0x10", "9007199254740993", "99999999999999999999"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char message[128];
        snprintf(message, sizeof message, "count: found '%s', expected a whole number, 1 to 9007199254740992",
                 values[i]);
        assert_refused("count", values[i], message);
    }
    thing it;
    assert_int_equal(set(&it, "count", "9007199254740992"), SG_OK);
    assert_true(it.count == INT64_C(9007199254740992));
}

static void wrong_numbers_are_refused(void **state) {
    (void)state;
    static const char *const values[] = {"nan",  "inf", "-inf", "1e999", "0x1p-1", " 0.1",
                                         "0.1 ", "0,1", "x",    "1",     "-0.1",   "1e-400"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char message[128];
        snprintf(message, sizeof message, "share: found '%s', expected a number, 0 or more, below 1", values[i]);
        assert_refused("share", values[i], message);
    }
    assert_refused("rate", "fast", "rate: found 'fast', expected a number");
    thing it;
    assert_int_equal(set(&it, "share", ".999"), SG_OK);
    assert_true(it.share == 0.999);
}

static void switches_and_choices(void **state) {
    (void)state;
    thing it;
    assert_int_equal(set(&it, "on", "off"), SG_OK);
    assert_false(it.on);
    assert_int_equal(set(&it, "on", "Yes"), SG_OK);
    assert_true(it.on);
    assert_refused("on", "1", "on: found '1', expected true or false");
    assert_int_equal(set(&it, "kind", "euler"), SG_OK);
    assert_int_equal(it.kind, 1);
    assert_refused("kind", "exat", "kind: found 'exat', expected one of exact, euler; did you mean 'exact'?");
    assert_refused("kind", "banana", "kind: found 'banana', expected one of exact, euler");
}

static void wrong_texts_are_refused(void **state) {
    (void)state;
    char longest[SG_OPTION_TEXT + 1];
    memset(longest, 'a', sizeof longest);
    longest[SG_OPTION_TEXT] = 0;
    assert_refused("name", longest, "name: found a text of 1024 bytes, expected at most 1023");
    thing it;
    longest[SG_OPTION_TEXT - 1] = 0;
    assert_int_equal(set(&it, "name", longest), SG_OK);
    assert_string_equal(it.name, longest);
    assert_refused("name", "a\nb",
                   "name: found a control character at byte 2 of the text, expected UTF-8 text of one line");
    assert_refused("name", "\u2028",
                   "name: found a control character at byte 1 of the text, expected UTF-8 text of one line");
    assert_refused("name", "ab\xff",
                   "name: found a broken character at byte 3 of the text, expected UTF-8 text of one line");
}

static void a_shorter_text_leaves_no_rest(void **state) {
    (void)state;
    thing a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    assert_int_equal(set(&a, "name", "a long text"), SG_OK);
    assert_int_equal(set(&a, "name", "\u00e9"), SG_OK);
    assert_int_equal(set(&b, "name", "\u00e9"), SG_OK);
    assert_memory_equal(&a, &b, sizeof a);
}

static void long_values_are_cut_at_a_character(void **state) {
    (void)state;
    char value[128] = "";
    for (int i = 0; i < 40; i++)
        strcat(value, "\u00e9");
    memmove(value + 1, value, strlen(value) + 1);
    value[0] = 'x';
    thing it;
    assert_int_equal(set(&it, "count", value), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "\u00e9...', expected"));
    assert_null(strstr(sg_error_message(), "\xc3..."));
}

static void fields_come_back_as_text(void **state) {
    (void)state;
    static const char *const cases[][3] = {{"count", "1000000", "1000000"}, {"share", "1e-8", "1e-08"},
                                           {"rate", "100", "100"},          {"rate", "-2.5e-1", "-0.25"},
                                           {"tau", "0.05 s", "50 ms"},      {"tau", "7us", "0.007 ms"},
                                           {"on", "no", "false"},           {"kind", "euler", "euler"},
                                           {"name", "a \"b\"", "a \"b\""}};
    thing it;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SG_OPTION_TEXT];
        assert_int_equal(set(&it, cases[i][0], cases[i][1]), SG_OK);
        sg_option_get(sg_option_find(table, COUNT, cases[i][0]), &it, text);
        assert_string_equal(text, cases[i][2]);
    }
}

/* A size is bounded in a unit that it may be written in. */
static void sizes_have_units_and_bounds(void **state) {
    (void)state;
    static const sg_option option = {.key = "room", .type = SG_OPTION_SIZE, .low = 500, .high = 2e9};
    static const struct {
        const char *text;
        double bytes;
    } cases[] = {{"500 B", 500}, {"500B", 500}, {"64 kB", 64e3}, {"1.5 MB", 1.5e6}, {"2 GB", 2e9}};
    static const struct {
        const char *text, *message;
    } wrong[] = {{"499 B", "room: found '499 B', expected a size, 500 B to 2000000000 B"},
                 {"3 GB", "room: found '3 GB', expected a size, 500 B to 2000000000 B"},
                 {"600", "room: found '600', expected a size in B, kB, MB or GB, for example 64 MB"},
                 {"600 bytes", "room: found '600 bytes', expected a size in B, kB, MB or GB, for example 64 MB"}};
    double size = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sg_option_set(&option, &size, "room", cases[i].text), SG_OK);
        assert_true(size == cases[i].bytes);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(sg_option_set(&option, &size, "room", wrong[i].text), SG_CONFIG);
        assert_string_equal(sg_error_message(), wrong[i].message);
        assert_true(size == 2e9);
    }
}

static void bounds_in_words(void **state) {
    (void)state;
    static const struct {
        sg_option option;
        const char *expected;
    } cases[] = {
        {{.type = SG_OPTION_NUMBER}, ""},
        {{.type = SG_OPTION_STRING}, ""},
        {{.type = SG_OPTION_NUMBER, .high = 1}, "0 to 1"},
        {{.type = SG_OPTION_INTEGER, .low = 1, .high = 1e6}, "1 to 1000000"},
        {{.type = SG_OPTION_NUMBER, .high = INFINITY}, "0 or more"},
        {{.type = SG_OPTION_TIME, .high = INFINITY, .above_low = true}, "more than 0 ms"},
        {{.type = SG_OPTION_NUMBER, .high = 1, .above_low = true, .below_high = true}, "more than 0, below 1"},
        {{.type = SG_OPTION_NUMBER, .low = -INFINITY, .high = 2}, "at most 2"},
        {{.type = SG_OPTION_NUMBER, .low = 1e-9, .high = 1e9, .or_zero = true}, "0, or 1e-09 to 1000000000"},
        {{.type = SG_OPTION_CHOICE, .choice = kinds}, "one of exact, euler"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        sg_option_bounds(&cases[i].option, text, sizeof text);
        assert_string_equal(text, cases[i].expected);
    }
    char cut[8];
    sg_option_bounds(&cases[9].option, cut, sizeof cut);
    assert_string_equal(cut, "one of ");
    assert_string_equal(sg_option_type_name(SG_OPTION_STRING), "text");
    assert_null(sg_option_find(table, COUNT, "nothing"));
}

static void utf8_is_decoded_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size, bytes;
        uint32_t code;
    } cases[] = {{"a", 1, 1, 'a'},
                 {"\xc3\xa9", 2, 2, 0xe9},
                 {"\xe2\x82\xac", 3, 3, 0x20ac},
                 {"\xf0\x9f\x98\x80", 4, 4, 0x1f600},
                 {"\xc3\xa9", 1, 0, 0},
                 {"\xc0\xaf", 2, 0, 0},
                 {"\xed\xa0\x80", 3, 0, 0},
                 {"\xf4\x90\x80\x80", 4, 0, 0},
                 {"\x80", 1, 0, 0},
                 {"\xff", 1, 0, 0},
                 {"\xe2\x28\xa1", 3, 0, 0},
                 {"", 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t code = 0;
        assert_int_equal(sg_utf8_decode(cases[i].text, cases[i].size, &code), cases[i].bytes);
        if (cases[i].bytes)
            assert_int_equal(code, cases[i].code);
    }
    assert_true(sg_utf8_is_control('\t') && sg_utf8_is_control(0x85) && sg_utf8_is_control(0xffff));
    assert_false(sg_utf8_is_control(' ') || sg_utf8_is_control(0xe9) || sg_utf8_is_control(0x1f600));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_field),
        cmocka_unit_test(times_take_their_units),
        cmocka_unit_test(wrong_times_are_refused),
        cmocka_unit_test(wrong_integers_are_refused),
        cmocka_unit_test(wrong_numbers_are_refused),
        cmocka_unit_test(switches_and_choices),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(a_shorter_text_leaves_no_rest),
        cmocka_unit_test(long_values_are_cut_at_a_character),
        cmocka_unit_test(fields_come_back_as_text),
        cmocka_unit_test(sizes_have_units_and_bounds),
        cmocka_unit_test(bounds_in_words),
        cmocka_unit_test(utf8_is_decoded_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

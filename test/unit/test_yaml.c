#include "file/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was visited, a line each: "line:column path=value". */
typedef struct record {
    char text[4096];
    size_t used;
    const char *refused; /* a path that the visitor fails at, or NULL */
} record;

static sg_status note(void *user, const char *path, const char *value, int line, int column) {
    record *it = user;
    if (it->refused && strcmp(path, it->refused) == 0)
        return sg_fail(SG_CONFIG, "%s: refused", path);
    int added = snprintf(it->text + it->used, sizeof it->text - it->used, "%d:%d %s=%s\n", line, column, path, value);
    it->used += (size_t)added;
    return SG_OK;
}

static void assert_reads(const char *yaml, const char *expected) {
    record it = {.used = 0};
    assert_int_equal(sg_yaml_read("file", yaml, strlen(yaml), note, &it), SG_OK);
    assert_string_equal(it.text, expected);
}

static sg_status ignore(void *user, const char *path, const char *value, int line, int column) {
    (void)user, (void)path, (void)value, (void)line, (void)column;
    return SG_OK;
}

static void assert_fails_in(const char *yaml, size_t size, const char *message) {
    assert_int_equal(sg_yaml_read("file", yaml, size, ignore, NULL), SG_CONFIG);
    assert_string_equal(sg_error_message(), message);
}

static void assert_fails(const char *yaml, const char *message) {
    assert_fails_in(yaml, strlen(yaml), message);
}

static void scalars_have_paths_and_places(void **state) {
    (void)state;
    assert_reads("seed: 1 # comment\nlayers:\n  - size: 2\n    link: {sd: 0.1}\n  - x\n",
                 "1:1 seed=1\n3:5 layers.0.size=2\n4:12 layers.0.link.sd=0.1\n5:5 layers.1=x\n");
    assert_reads("\u00e9: {b: 1}\r\nc: 2\r\n", "1:5 \u00e9.b=1\n2:1 c=2\n");
    assert_reads("\xef\xbb\xbf"
                 "a: 1",
                 "1:1 a=1\n");
}

static void styles_give_plain_text(void **state) {
    (void)state;
    assert_reads("a: [\n  1,\n]\nb: {\n  c: 2\n}\n", "2:3 a.0=1\n5:3 b.c=2\n");
    assert_reads(
        "a: 'it''s'\nb: \"x\\ty\"\nc: \"\"\nd: >-\n  one\n  two\ne: |-\n  one\n  two\n'f': \"null\"\n? g\n: 20 ms\n",
        "1:1 a=it's\n2:1 b=x\ty\n3:1 c=\n4:1 d=one two\n7:1 e=one\ntwo\n10:1 f=null\n11:3 g=20 ms\n");
    assert_reads("%YAML 1.2\n---\na: !!int 1\n...\n# end\n", "3:1 a=1\n");
}

static void aliases_are_followed(void **state) {
    (void)state;
    assert_reads("a: &x {b: 1, c: &y 2}\nd: *x\ne: *y\n", "1:8 a.b=1\n1:14 a.c=2\n1:8 d.b=1\n1:14 d.c=2\n3:1 e=2\n");
    assert_fails("a: 1\nb: *x\n", "file:2:1: 'b' is an alias (*name) of an anchor (&name) that is not there");
}

static void aliases_cannot_explode(void **state) {
    (void)state;
    char yaml[1024] = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 9; i++) {
        char line[128];
        snprintf(line, sizeof line, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        strcat(yaml, line);
    }
    assert_fails(yaml,
                 "file:1:16: found more than 10000 values, expected fewer (those behind an alias count each time)");
    assert_fails("a: 1\nb: &x [*x]\n", "file:2:9: found more than 32 levels of nesting, expected fewer");
}

static void nesting_has_an_end(void **state) {
    (void)state;
    char yaml[256] = "a: ";
    memset(yaml + 3, '[', 31);
    strcpy(yaml + 34, "1");
    memset(yaml + 35, ']', 31);
    assert_fails(yaml, "file:1:35: found more than 32 levels of nesting, expected fewer");
    char path[600] = "a: {";
    memset(path + 4, 'k', 300);
    strcpy(path + 304, ": 1}");
    assert_fails(path, "file:1:5: found a key of more than 255 bytes, with the keys that it is in");
}

/* The parser's own words, which may change with its version, follow the place. */
static void assert_not_yaml(const char *yaml, const char *place) {
    char begin[64];
    snprintf(begin, sizeof begin, "file:%s: not YAML: ", place);
    assert_int_equal(sg_yaml_read("file", yaml, strlen(yaml), ignore, NULL), SG_CONFIG);
    assert_memory_equal(sg_error_message(), begin, strlen(begin));
    assert_true(strlen(sg_error_message()) > strlen(begin));
}

static void syntax_errors_have_places(void **state) {
    (void)state;
    assert_not_yaml("a: [1,\n  ]]\n", "2:4");
    assert_not_yaml("a: 1\n\nb: \"x\n", "3:5");
    assert_not_yaml("a: 1\n...\n@\n", "3:1");
    assert_not_yaml("%YAML 3.0\n---\na: 1\n", "1:1");
    assert_non_null(strstr(sg_error_message(), "version"));
    assert_not_yaml("a: 1\n  b: 2\n", "1:4");
    assert_non_null(strstr(sg_error_message(), ": is the next line indented too far, or with a tab?"));
    char deep[201];
    memset(deep, '[', 200);
    deep[200] = 0;
    assert_not_yaml(deep, "1:64");
}

static void empty_things_are_refused(void **state) {
    (void)state;
    assert_fails("", "file:1:1: found an empty text, expected lines of 'key: value'");
    assert_fails("# only\n\n", "file:1:1: found nothing but comments and spaces, expected lines of 'key: value'");
    assert_fails("---\n", "file:1:1: found no keys, expected lines of 'key: value'");
    assert_fails("- 1\n", "file:1:1: found no keys, expected lines of 'key: value'");
    assert_fails("{}\n", "file:1:1: found no keys, expected lines of 'key: value'");
    static const char *const nothings[] = {"", " ~", " null", " []", " {}", " &x", " # comment"};
    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++) {
        char yaml[64];
        snprintf(yaml, sizeof yaml, "a: 1\nb:\n  seed:%s\n", nothings[i]);
        assert_fails(yaml, "file:3:3: 'b.seed' has no value: give it one, or leave the key out");
    }
}

static void wrong_keys_are_refused(void **state) {
    (void)state;
    assert_fails("a: 1\nb: 2\n\n  # x\na: 3\n",
                 "file:5:1: found the key 'a' again, expected it once: it stands at line 1, column 1 too");
    assert_fails("b: {a: 1, \"a\": 2}\n",
                 "file:1:11: found the key 'a' again, expected it once: it stands at line 1, column 5 too");
    assert_fails("a: 1\nb.c: 3\n", "file:2:1: found the dotted key 'b.c', expected nested keys, one for each part");
    static const char not_a_word[] = "found a key that is not a word, expected 'key: value'";
    static const char *const yamls[] = {"{a: 1}: 2\n", "[1]: 2\n", "~: 2\n", "&x a: 1\n*x : 2\n", ": 1\n"};
    static const char *const places[] = {"1:1", "1:1", "1:1", "2:2", "1:1"};
    for (size_t i = 0; i < sizeof yamls / sizeof *yamls; i++) {
        char message[128];
        snprintf(message, sizeof message, "file:%s: %s", places[i], not_a_word);
        assert_fails(yamls[i], message);
    }
    assert_fails("\"\": 1\n", "file:1:1: found a key that is no text, expected 'key: value'");
    assert_fails("a: &x {b: 1}\nc:\n  <<: *x\n",
                 "file:3:3: merge keys ('<<') are not read: use an alias for a whole value, as in neuron: *name");
}

static void broken_bytes_are_refused(void **state) {
    (void)state;
    assert_fails_in("a: 1\nb: x\0y\n", 11, "file:2:5: found the control character U+0000, expected text");
    assert_fails("a: 1\nb\u00e9: \xff\n", "file:2:5: found the byte 0xff, expected UTF-8 text");
    assert_fails("a: \x1b[0m\n", "file:1:4: found the control character U+001B, expected text");
    assert_fails("a: \"x\\0y\"\n", "file:1:1: the value of 'a' holds a 0 byte, expected text");
    assert_fails_in("\xff\xfe"
                    "a\0",
                    4, "file:1:1: found the byte 0xff, expected UTF-8 text");
}

static void large_texts_are_refused(void **state) {
    (void)state;
    static char yaml[SG_YAML_BYTES + 1];
    memset(yaml, '#', sizeof yaml);
    assert_fails_in(yaml, sizeof yaml, "file: found 262145 bytes of YAML, expected at most 262144");
    memset(yaml, '\n', 2000);
    memcpy(yaml, "a: x", 4);
    assert_fails_in(yaml, 2000, "file:1001:1: found more than 1000 spaces and newlines in a row, expected fewer");
}

static void a_second_document_is_refused(void **state) {
    (void)state;
    assert_fails("a: 1\n---\nb: 2\n", "file:2:1: found a second document (---), expected one");
}

static void the_visitors_failure_gets_its_place(void **state) {
    (void)state;
    record it = {.refused = "b.c"};
    const char *yaml = "a: 1\nb:\n  c: 2\nd: 3\n";
    assert_int_equal(sg_yaml_read("dir/file.yaml", yaml, strlen(yaml), note, &it), SG_CONFIG);
    assert_string_equal(sg_error_message(), "dir/file.yaml:3:3: b.c: refused");
    assert_string_equal(it.text, "1:1 a=1\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_have_paths_and_places),
        cmocka_unit_test(styles_give_plain_text),
        cmocka_unit_test(aliases_are_followed),
        cmocka_unit_test(aliases_cannot_explode),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(syntax_errors_have_places),
        cmocka_unit_test(empty_things_are_refused),
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(broken_bytes_are_refused),
        cmocka_unit_test(large_texts_are_refused),
        cmocka_unit_test(a_second_document_is_refused),
        cmocka_unit_test(the_visitors_failure_gets_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

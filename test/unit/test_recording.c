/* What all formats of recordings share. */
#include "recording/recording.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "file/bytes.h"
#include "folder.h"
#include "packed.h"
#include "recorded.h"
#include "small_recordings.h"

static void unknown_files_are_described(void **state) {
    (void)state;
    refuse_bytes("a.txt", "hello, world", 12,
                 "a.txt: is no recording that can be read: it begins with 'hello, world', expected one of aedat4 (");
    refuse_bytes("a.xyz", "\x01\x02\x03", 3, "it begins with 01 02 03, expected one of");
    refuse_bytes("a.aedat", "#!AER-DAT7.0\r\n....", 18, "it begins with '#!AER-DAT7.0'");
    put_file(in_folder("a.png"), "\x89PNG\r\n\x1a\n....", 12);
    const sg_recording_format *format;
    assert_int_equal(sg_recording_find(in_folder("a.png"), &format), SG_DATA);
    assert_message_has("it begins with 89 50 4e 47 0d 0a 1a 0a (a PNG picture), expected one of");
    assert_null(format);
}

static void missing_and_empty_files_are_refused(void **state) {
    (void)state;
    const sg_recording_format *format;
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    put_file(in_folder("empty.bin"), "", 0);
    assert_int_equal(sg_recording_find(in_folder("empty.bin"), &format), SG_DATA);
    assert_message_has("empty.bin: is empty, expected a recording");
    assert_int_equal(sg_recording_find(in_folder("nothing.bin"), &format), SG_DATA);
    assert_message_has("there is no such file");
    assert_int_equal(sg_recording_read(folder, NULL, &listener, NULL), SG_DATA);
    assert_message_has("is a folder, expected a file");
}

/* Text under the name of a format without a mark is not taken for its events. */
static void text_is_no_bare_format(void **state) {
    (void)state;
    static const char *const names[] = {"a.bin", "a.dat", "a.bs1", "a.bs2", "a.bs3", "a.aedat"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        refuse_bytes(names[i], "notes of a day\n", 15, "it begins with 'notes of a day'");
}

static void names_end_in_capitals_or_not(void **state) {
    (void)state;
    assert_true(sg_recording_ends("a.bin", ".bin .bs2"));
    assert_true(sg_recording_ends("a.BS2", ".bin .bs2"));
    assert_true(sg_recording_ends("a.bin.gz", ".bin .bs2"));
    assert_true(sg_recording_ends("a.bs2.GZ", ".bin .bs2"));
    assert_false(sg_recording_ends("a.bs1", ".bin .bs2"));
    assert_false(sg_recording_ends("a.bin.txt", ".bin .bs2"));
    assert_false(sg_recording_ends(".bin", ".bin .bs2"));
    assert_false(sg_recording_ends("", ".bin .bs2"));
}

/* The format of standard input is found as it is read. */
static void standard_input_is_read(void **state) {
    (void)state;
    const sg_recording_format *format;
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    written file = {0};
    write_evt3(&file);
    put_file(in_folder("a.raw"), file.bytes, file.size);
    int before = dup(STDIN_FILENO), in = open(in_folder("a.raw"), O_RDONLY);
    dup2(in, STDIN_FILENO);
    assert_int_equal(sg_recording_find("-", &format), SG_ARGUMENT);
    assert_message_has("standard input: ");
    assert_int_equal(sg_recording_read("-", NULL, &listener, found.left_out), SG_OK);
    assert_int_equal(found.count, 10);
    free(found.events);
    dup2(before, STDIN_FILENO);
    close(before);
    close(in);
}

/* ------------------------------------------------------------------------------------------------ formats of the test
 */

static bool fits_nothing(const sg_recording_head *head) {
    (void)head;
    return false;
}

/* Two samples of one event; for what is left of them the listener tells. */
static sg_status read_samples(sg_recording *recording) {
    SG_TRY(sg_recording_tell_sensor(recording, &(sg_sensor){.width = 2, .height = 3, .polarities = 2}));
    for (uint64_t i = 0; i < 2; i++) {
        SG_TRY(sg_recording_begin(recording, &(sg_recorded_sample){.label = 7, .split = -1, .number = i}));
        SG_TRY(sg_recording_add(recording, 1, 1, 2, 1));
        SG_TRY(sg_recording_add(recording, 2, 2, 2, 1));
        SG_TRY(sg_recording_add(recording, 3, 1, 3, 1));
    }
    return SG_OK;
}

/* Does not ask whether the end is one. */
static sg_status read_carelessly(sg_recording *recording) {
    const uint8_t *bytes;
    SG_TRY(sg_recording_tell_sensor(recording, &(sg_sensor){0}));
    for (size_t seen; (seen = sg_stream_see(recording->stream, 1, &bytes)) > 0;)
        sg_stream_pass(recording->stream, seen);
    return SG_OK;
}

static const sg_recording_format samples = {
    .head = {"samples", ""}, .endings = ".s", .many = true, .fits = fits_nothing, .read = read_samples};
static const sg_recording_format careless = {.head = {"careless", ""},
                                             .endings = ".c",
                                             .fits = fits_nothing,
                                             .read = read_carelessly};
static const sg_recording_format opener = {
    .head = {"opener", ""}, .endings = ".o", .opens = true, .fits = fits_nothing, .read = read_samples};

/* What a listener was told: 's' sensor, 'b' begin, 'e' an event; 'x' in the place of what fails. */
typedef struct story {
    char told[64];
    char fails; /* at this */
} story;

static sg_status tell(void *user, char what) {
    story *of = user;
    const size_t length = strlen(of->told);
    of->told[length] = what == of->fails ? 'x' : what;
    return what == of->fails ? sg_fail(SG_IO_ERROR, "the listener fails") : SG_OK;
}

static sg_status tell_sensor(void *user, const sg_sensor *sensor) {
    (void)sensor;
    return tell(user, 's');
}

static sg_status tell_begin(void *user, const sg_recorded_sample *sample) {
    (void)sample;
    return tell(user, 'b');
}

static sg_status tell_events(void *user, const sg_raw_event *events, size_t count) {
    (void)events;
    for (size_t i = 0; i < count; i++)
        SG_TRY(tell(user, 'e'));
    return SG_OK;
}

static void assert_told(const sg_recording_format *format, char fails, const char *expected) {
    story of = {.fails = fails};
    const sg_recording_listener listener = {.user = &of,
                                            .sensor = tell_sensor,
                                            .begin = tell_begin,
                                            .events = tell_events};
    sg_status status = sg_recording_read_bytes("a", "x", 1, format, &listener, NULL);
    assert_int_equal(status, fails ? SG_IO_ERROR : SG_OK);
    assert_string_equal(of.told, expected);
}

/* Events are handed on before the next sample begins, and at the end. The first failure is the last that is told. */
static void listener_is_told_in_order(void **state) {
    (void)state;
    assert_told(&samples, 0, "sbebe");
    assert_told(&samples, 's', "x");
    assert_told(&samples, 'b', "sx");
    assert_told(&samples, 'e', "sbx");
}

static void events_outside_are_counted(void **state) {
    (void)state;
    story of = {0};
    uint64_t left_out[SG_LEFT_REASONS];
    const sg_recording_listener listener = {.user = &of, .events = tell_events}; /* the others may be NULL */
    assert_int_equal(sg_recording_read_bytes("a", "x", 1, &samples, &listener, left_out), SG_OK);
    assert_string_equal(of.told, "ee");
    assert_int_equal(left_out[SG_LEFT_OUTSIDE], 4);
    assert_int_equal(left_out[SG_LEFT_OTHER], 0);
}

static void failures_of_the_stream_are_told(void **state) {
    (void)state;
    static uint8_t plain[100000], packed[200000];
    story of = {0};
    const sg_recording_listener listener = {.user = &of,
                                            .sensor = tell_sensor,
                                            .begin = tell_begin,
                                            .events = tell_events};
    size_t size = gzip(packed, sizeof packed, plain, sizeof plain);
    assert_int_equal(sg_recording_read_bytes("a", packed, size, &careless, &listener, NULL), SG_OK);
    assert_int_equal(sg_recording_read_bytes("a", packed, size - 1, &careless, &listener, NULL), SG_DATA);
    assert_message_has("gzip data end early");
}

static void formats_that_open_files_need_one(void **state) {
    (void)state;
    story of = {0};
    const sg_recording_listener listener = {.user = &of,
                                            .sensor = tell_sensor,
                                            .begin = tell_begin,
                                            .events = tell_events};
    assert_int_equal(sg_recording_read_bytes("a", "x", 1, &opener, &listener, NULL), SG_ARGUMENT);
    assert_message_has("a: the format opener can only be read from a file");
    put_file(in_folder("a.o"), "x", 1);
    assert_int_equal(sg_recording_read(in_folder("a.o"), &opener, &listener, NULL), SG_OK);
}

static void times_turn(void **state) {
    (void)state;
    static const struct {
        uint64_t counter, time;
    } steps[] = {{1, 1},     {250, 250}, {130, 130}, {250, 250}, /* forward by any step; back by less than half */
                 {3, 259},   {2, 258},   {250, 250}, {5, 261},   /* turned; a straggler from before the turn */
                 {120, 376}, {20, 276},  {200, 200}, {60, 316},  /* by more than half, after a turn, likewise */
                 {170, 426}, {40, 552}};
    sg_turning turning = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assert_int_equal(sg_turning_time(&turning, steps[i].counter, 8), steps[i].time);
}

/* A record that is not whole, and a count that is not reached. */
static void bare_files_are_whole(void **state) {
    (void)state;
    refuse_bytes("a.bin", "\1\2\3\4\5\6\7", 7, "a.bin: ends at byte 7, inside of an event of 5 bytes: it is cut short");
    refuse_bytes("a.bs3", "\1\2\3\4\5\6\7\1", 8, "inside of an event of 7 bytes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_files_are_described),
        cmocka_unit_test(missing_and_empty_files_are_refused),
        cmocka_unit_test(text_is_no_bare_format),
        cmocka_unit_test(names_end_in_capitals_or_not),
        cmocka_unit_test(standard_input_is_read),
        cmocka_unit_test(listener_is_told_in_order),
        cmocka_unit_test(events_outside_are_counted),
        cmocka_unit_test(failures_of_the_stream_are_told),
        cmocka_unit_test(formats_that_open_files_need_one),
        cmocka_unit_test(times_turn),
        cmocka_unit_test(bare_files_are_whole),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* What files of each format may be besides sound: of another version, chip, type, order. Each is read by what it tells
 * of itself, or refused by name. */
#include "recording/recording.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/load.h"
#include "folder.h"
#include "recorded.h"
#include "small_recordings.h"

/* A text and bytes. */
static written file_of(const char *text, uint64_t bytes, int size) {
    written file = {0};
    add_text(&file, text);
    add_be(&file, bytes, size);
    return file;
}

static void refuse(const char *name, const char *text, uint64_t bytes, int size, const char *message) {
    const written file = file_of(text, bytes, size);
    refuse_bytes(name, file.bytes, file.size, message);
}

static void other_versions_are_named(void **state) {
    (void)state;
    refuse("a.aedat", "#!AER-DAT3.0\r\n#Format: RAW\r\n", 0, 8, "is AEDAT 3.0, expected 3.1");
    refuse("a.aedat", "#!AER-DAT3.1\r\n#Format: RAW\r\n", 0, 8, "the header has no line #!END-HEADER");
    refuse("a.aedat", "#!AER-DAT3.1\r\n#Format: PNG\r\n#!END-HEADER\r\n", 0, 8, "tells the format PNG, expected RAW");
    refuse("a.aedat4", "#!AER-DAT4.1\r\n", 0, 8, "begins with '#!AER-DAT4.1', expected '#!AER-DAT4.0'");
    refuse("a.raw", "% date 2026\n% format EVT4;height=1\n% end\n", 0, 8, "in the format EVT4, expected EVT2");
    refuse("a.dat", "% Version 1\n% Width 304\n", 0x0008, 2, "its header tells version 1, expected 2");
    refuse("a.dat", "% Version 2\n", 0x0d08, 2, "found events of type 13 with 8 bytes, expected type 0 or 12 with 8");
    refuse("a.dat", "% Version 2\n", 0x0c10, 2, "found events of type 12 with 16 bytes");
    refuse("a.es", "Event Stream", 0x01000000, 4, "Event Stream of version 1.0, expected 2");
    refuse("a.es", "Event Stream", 0x02000002, 4, "Event Stream of type 2 (ATIS), expected 1 (DVS)");
    refuse("a.es", "Event Stream", 0x02000009, 4, "Event Stream of type 9 (not known), expected 1 (DVS)");
}

static void headers_alone_are_refused(void **state) {
    (void)state;
    static const char *const headers[][2] = {
        {"a.raw", "% evt 2.0\n"},         {"a.raw", "% evt 2.1\n"},
        {"a.raw", "% evt 3.0\n% end"},    {"a.aedat", "#!AER-DAT2.0\r\n# AEChip: DVS128\r\n"},
        {"a.aedat", "#!AER-DAT1.0\r\n#"}, {"a.aedat", "#!AER-DAT2.0\r\n# the preferences of"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        refuse(headers[i][0], headers[i][1], 0, 0, "ends after its header, expected events: it is cut short");
    refuse("a.dat", "% Version 2\n", 0x0c08, 2, "ends after its header, expected events: it is cut short");
}

/* A format that is asked for against what the file tells. */
static void formats_that_are_asked_for_must_fit(void **state) {
    (void)state;
    static const struct {
        const char *format;
        void (*write)(written *to);
        const char *message;
    } wrong[] = {
        {"evt2", write_evt3, "its header tells events in the format EVT3, expected EVT2"},
        {"evt3", write_evt2, "its header tells events in the format EVT2, expected EVT3"},
        {"dat", write_evt2, "its header tells events in the format EVT2, expected those of a .dat file"},
        {"aedat1", write_aedat2, "is AEDAT 2.0, expected 1.0"},
        {"aedat2", write_aedat3, "is AEDAT 3.1, expected 2.0"},
        {"aedat3", write_aedat2, "is AEDAT 2.0, expected 3.1"},
        {"aedat3", write_nmnist, "is AEDAT of no version, expected 3.1"},
        {"aedat4", write_evt2, "begins with '% camera_int', expected '#!AER-DAT4.0'"},
        {"event-stream", write_evt2, "does not begin with 'Event Stream'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        recorded found = {0};
        written file = {0};
        const sg_recording_listener listener = recorded_listener(&found);
        wrong[i].write(&file);
        assert_int_equal(sg_recording_read_bytes("a", file.bytes, file.size, recorded_format(wrong[i].format),
                                                 &listener, NULL),
                         SG_DATA);
        assert_message_has(wrong[i].message);
        assert_int_equal(found.count, 0);
    }
}

/* ------------------------------------------------------------------------------------------------------------ chips */

static void take_warning(void *user, const char *message) {
    snprintf(user, 256, "%s", message);
}

static void chips_are_told_by_the_header(void **state) {
    (void)state;
    refuse("a.aedat", "#!AER-DAT2.0\r\n# AEChip: a.b.DVS1280x720\r\n", 0, 8,
           "of the chip DVS1280x720, whose addresses");
    refuse("a.aedat", "#!AER-DAT2.0\r\n# AEChip: CochleaAMS1c\r\n", 0, 8, "expected DVS128, DAVIS240 or DAVIS346");
    const written file = file_of("#!AER-DAT2.0\r\n# AEChip: x.DAVIS240C\r\n", 0x0000080000000007, 8);
    recorded found = read_bytes("a.aedat", file.bytes, file.size);
    assert_int_equal(found.sensor.width, 240);
    assert_int_equal(found.sensor.height, 180);
    assert_event(&found, 0, 7, 239, 179, 1);
    free(found.events);
}

/* Early files name no chip. They are of a DVS128, unless an address says that they are not. */
static void chips_that_are_not_told_are_a_dvs128(void **state) {
    (void)state;
    char warning[256] = "";
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){take_warning, warning});
    const written file = file_of("#!AER-DAT2.0\r\n# created in 2008\r\n", 0x0000010300000007, 8);
    recorded found = read_bytes("a.aedat", file.bytes, file.size);
    assert_event(&found, 0, 7, 126, 126, 0);
    assert_string_equal(warning, "a.aedat: its header names no chip: it is read as a recording of a DVS128");
    refuse("a.aedat", "#!AER-DAT2.0\r\n", 0x0040080000000007, 8,
           "found the address 00400800, which is none of a DVS128");
    sg_swap_warning_listener(before);
    free(found.events);
}

/* -------------------------------------------------------------------------------------------------- Prophesee's
 * headers */

/* The first events may look like a line of the header; "% end" tells. */
static void events_may_look_like_a_header(void **state) {
    (void)state;
    written file = {0};
    add_text(&file, "% evt 2.0\n% end\n% a\n");
    add_le(&file, 0x80000000, 4);
    recorded found = read_bytes("a.raw", file.bytes, file.size);
    assert_int_equal(found.left_out[SG_LEFT_EARLY], 1);
    free(found.events);
}

static void geometry_is_told_in_three_ways(void **state) {
    (void)state;
    static const char *const headers[] = {"% evt 3.0\n% geometry 1280x720\n", "% format EVT3;height=720;width=1280\n",
                                          "% evt 3.0\n% Width 1280\n% Height 720\n"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const written file = file_of(headers[i], 0x0080, 2);
        recorded found = read_bytes("a.raw", file.bytes, file.size);
        assert_int_equal(found.sensor.width, 1280);
        assert_int_equal(found.sensor.height, 720);
    }
    const written file = file_of("% evt 3.0\n% geometry -5x99999999999999\n", 0x0080, 2);
    recorded found = read_bytes("a.raw", file.bytes, file.size);
    assert_int_equal(found.sensor.width, 0);
    assert_int_equal(found.sensor.height, 0);
}

/* Both orders of an EVT 2.1 word have a known type; an x that is no multiple of 32 gives the wrong one away. */
static void order_of_halves_is_seen(void **state) {
    (void)state;
    for (int upper_first = 0; upper_first < 2; upper_first++) {
        written file = {0};
        add_text(&file, "% evt 2.1\n");
        add_evt21(&file, upper_first, 0x80000000, 0);
        add_evt21(&file, upper_first, 1u << 28 | 64u << 11 | 3, 0x00000801);
        recorded found = read_bytes("a.raw", file.bytes, file.size);
        assert_int_equal(found.count, 2);
        assert_event(&found, 0, 0, 64, 3, 1);
        assert_event(&found, 1, 0, 75, 3, 1);
        free(found.events);
    }
}

static void long_lines_are_refused(void **state) {
    (void)state;
    enum { SIZE = 100000 };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    memset(bytes, 'x', SIZE);
    memcpy(bytes, "% evt 3.0\n% ", 12);
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    assert_int_equal(sg_recording_read_bytes("a", bytes, SIZE, recorded_format("evt3"), &listener, NULL), SG_DATA);
    assert_message_has("a: byte 10: found a line of more than 65536 bytes in the header");
    free(bytes);
}

/* ----------------------------------------------------------------------------------------------------------- AEDAT 4
 */

/* Replaces one text in a file by another of the same length. */
static void replace(written *file, const char *old, const char *with) {
    const size_t length = strlen(old);
    assert_int_equal(length, strlen(with));
    for (size_t i = 0; i + length <= file->size; i++)
        if (memcmp(file->bytes + i, old, length) == 0) {
            memcpy(file->bytes + i, with, length);
            return;
        }
    fail_msg("there is no %s", old);
}

static void sensors_need_not_be_told(void **state) {
    (void)state;
    written file = {0};
    write_aedat4_plain(&file);
    replace(&file, "sizeX", "sizeQ");
    replace(&file, "sizeY", "sizeQ");
    recorded found = read_bytes("a.aedat4", file.bytes, file.size);
    assert_int_equal(found.count, 4);
    assert_int_equal(found.left_out[SG_LEFT_OUTSIDE], 1); /* x is -1 */
    free(found.events);
}

static void streams_are_told_by_the_header(void **state) {
    (void)state;
    char warning[256] = "";
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){take_warning, warning});
    written file = {0};
    write_aedat4_plain(&file);
    written none = file;
    replace(&none, "EVTS", "FRME");
    refuse_bytes("a.aedat4", none.bytes, none.size, "its header tells no stream of events (EVTS)");
    replace(&file, ">IMUS<", ">EVTS<"); /* stream 0, which comes first, holds something else */
    refuse_bytes("a.aedat4", file.bytes, file.size, "the packet of events before it is damaged");
    assert_string_equal(warning, "a.aedat4: holds 2 streams of events: stream 0 is read, the others are left out");
    sg_swap_warning_listener(before);
}

static void other_compressions_are_refused(void **state) {
    (void)state;
    written file = {0};
    add_header_4(&file, 5, UINT64_MAX);
    refuse_bytes("a.aedat4", file.bytes, file.size, "found compression 5, expected 0 to 4");
}

static void packets_end_at_the_table(void **state) {
    (void)state;
    written file = {0};
    add_header_4(&file, 0, UINT64_MAX);
    const size_t end = file.size + 8;
    file.size = 0;
    add_header_4(&file, 0, end - 1);
    add_le(&file, 0, 8);
    refuse_bytes("a.aedat4", file.bytes, file.size, "the last packet ends here, expected at byte ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_versions_are_named),
        cmocka_unit_test(headers_alone_are_refused),
        cmocka_unit_test(formats_that_are_asked_for_must_fit),
        cmocka_unit_test(chips_are_told_by_the_header),
        cmocka_unit_test(chips_that_are_not_told_are_a_dvs128),
        cmocka_unit_test(events_may_look_like_a_header),
        cmocka_unit_test(geometry_is_told_in_three_ways),
        cmocka_unit_test(order_of_halves_is_seen),
        cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(sensors_need_not_be_told),
        cmocka_unit_test(streams_are_told_by_the_header),
        cmocka_unit_test(other_compressions_are_refused),
        cmocka_unit_test(packets_end_at_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

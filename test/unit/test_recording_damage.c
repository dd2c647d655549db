/* Damaged recordings of every format: each is read as far as it goes, or refused in one line. Never a crash, a hang, or
 * an event that is none. */
#include "recording/recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/load.h"
#include "base/random.h"
#include "folder.h"
#include "recorded.h"
#include "small_recordings.h"

enum { PATIENCE = 120 /* s */ };

/* Reads bytes as a format, from a block of just their size, where AddressSanitizer sees a read past the end. */
static sg_status read_as(const char *format, const char *name, const void *bytes, size_t size, recorded *found) {
    uint8_t *exact = malloc(size ? size : 1);
    const sg_recording_listener listener = recorded_listener(found);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    sg_status status =
        sg_recording_read_bytes(name, exact, size, format ? recorded_format(format) : NULL, &listener, found->left_out);
    free(exact);
    if (status != SG_OK) {
        assert_int_equal(status, SG_DATA);
        assert_null(strchr(sg_error_message(), '\n'));
        assert_ptr_equal(strstr(sg_error_message(), name), sg_error_message());
    }
    return status;
}

static uint64_t total_left_out(const recorded *found) {
    uint64_t total = 0;
    for (int i = 0; i < SG_LEFT_REASONS; i++)
        total += found->left_out[i];
    return total;
}

/* What was found before the cut is what the whole file begins with. */
static void cut_at_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        const small_recording *of = &small_recordings[i];
        written file = {0};
        of->write(&file);
        size_t accepted = 0;
        for (size_t size = 0; size < file.size; size++) {
            recorded found = {0};
            accepted += read_as(of->format, of->name, file.bytes, size, &found) == SG_OK;
            if (found.count > of->count)
                fail_msg("%s: %zu of %zu bytes: found %zu events", of->name, size, file.size, found.count);
            for (size_t e = 0; e < found.count; e++)
                assert_event(&found, e, of->events[e].us, of->events[e].x, of->events[e].y, of->events[e].polarity);
            free(found.events);
        }
        /* a cut between two records, and no other, leaves a sound file */
        assert_in_range(accepted, 0, of->count + 32);
    }
}

static void assert_sensible(const recorded *found, size_t size) {
    assert_in_range(found->count, 0, 32 * size);
    for (size_t e = 0; e < found->count; e++) {
        const sg_raw_event *event = &found->events[e];
        assert_true(!found->sensor.width || event->x < found->sensor.width);
        assert_true(!found->sensor.height || event->y < found->sensor.height);
        assert_true(event->us == event->us && event->us <= 1.8446744073709552e19);
    }
}

/* Each byte in four other values, as the format, and as whatever it then looks like. */
static void one_byte_is_wrong(void **state) {
    (void)state;
    static const uint8_t flips[] = {0x01, 0x10, 0x80, 0xff};
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        const small_recording *of = &small_recordings[i];
        written file = {0};
        of->write(&file);
        for (size_t at = 0; at < file.size; at++)
            for (size_t f = 0; f < 2 * sizeof flips; f++) {
                recorded found = {0};
                file.bytes[at] ^= flips[f / 2];
                read_as(f % 2 ? NULL : of->format, of->name, file.bytes, file.size, &found);
                file.bytes[at] ^= flips[f / 2];
                assert_sensible(&found, file.size);
                free(found.events);
            }
    }
}

/* Anything after the first bytes that a format is found by, and anything at all. */
static void random_bytes(void **state) {
    (void)state;
    const sg_recording_format *format;
    for (uint64_t seed = 0; seed < 200; seed++)
        for (int i = 0; (format = sg_recording_at(i)) != NULL; i++) {
            const small_recording *of = &small_recordings[(seed + (uint64_t)i) % SMALL_RECORDINGS];
            recorded found = {0};
            written file = {0};
            of->write(&file);
            for (size_t at = seed % 2 ? 0 : file.size / 2; at < file.size; at++)
                file.bytes[at] = (uint8_t)sg_random_bits(seed, (uint32_t)i, at);
            if (!format->opens)
                read_as(format->head.name, of->name, file.bytes, file.size, &found);
            assert_sensible(&found, file.size);
            free(found.events);
        }
}

/* A few words that lie about how much follows: no memory is taken for it, and it is told. */
static void sizes_that_lie(void **state) {
    (void)state;
    recorded found = {0};
    written file = {0};
    write_aedat4_plain(&file);
    written lie = file;
    memset(lie.bytes + 14, 0xff, 4); /* the size of the header */
    assert_int_equal(read_as("aedat4", "a.aedat4", lie.bytes, lie.size, &found), SG_DATA);
    assert_message_has("inside of the header: it is cut short or damaged");
    lie = file;
    lie.size = 18 + sg_load_le32(file.bytes + 14);
    add_le(&lie, 3, 4);
    add_le(&lie, 0x7fffffff, 4);
    assert_int_equal(read_as("aedat4", "a.aedat4", lie.bytes, lie.size, &found), SG_DATA);
    assert_message_has("inside of a packet: it is cut short or damaged");
    lie.size -= 4;
    add_le(&lie, 0xffffffff, 4);
    assert_int_equal(read_as("aedat4", "a.aedat4", lie.bytes, lie.size, &found), SG_DATA);
    assert_message_has("found a packet of -1 bytes");
    free(found.events);
}

/* A ZSTD frame of ten kilobytes that unpacks to 300 MB: blocks of 128 KB, each told as one byte that is repeated. */
static void packets_that_unpack_to_too_much(void **state) {
    (void)state;
    enum { BLOCKS = 2400, BLOCK = 1 << 17, REPEATED = 1 << 1, HEAD = 6 };
    static written file;
    static uint8_t bytes[sizeof file + HEAD + 4 * BLOCKS];
    recorded found = {0};
    file.size = 0;
    add_header_4(&file, 3, UINT64_MAX);
    add_le(&file, 3, 4);
    add_le(&file, HEAD + 4 * BLOCKS, 4);
    add_be(&file, 0x28b52ffd0038, HEAD); /* a window of 128 KB; no size */
    size_t size = file.size;
    memcpy(bytes, file.bytes, size);
    for (int i = 0; i < BLOCKS; i++, size += 4)
        memcpy(bytes + size, (uint8_t[]){REPEATED, 0, BLOCK >> 13, 0}, 4);
    assert_int_equal(read_as("aedat4", "a.aedat4", bytes, size, &found), SG_DATA);
    assert_message_has("ZSTD data unpack to more than 268435456 bytes");
}

static void empty_files(void **state) {
    (void)state;
    for (size_t i = 0; i < SMALL_RECORDINGS; i++)
        refuse_bytes(small_recordings[i].name, "", 0, "is empty, expected a recording");
}

/* Times that go backwards are handed on as they are; nothing is dropped. */
static void backward_times(void **state) {
    (void)state;
    written file = {0};
    for (int i = 100; i > 0; i--)
        add_event_dat(&file, (uint32_t)i * 1000, (uint32_t)i, 0, 1);
    recorded found = read_bytes("a.dat", file.bytes, file.size);
    assert_int_equal(found.count, 100);
    for (int i = 100; i > 0; i--)
        assert_event(&found, (size_t)(100 - i), i * 1000, (uint32_t)i, 0, 1);
    assert_int_equal(total_left_out(&found), 0);
    free(found.events);
}

static int set_alarm(void **state) {
    (void)state;
    alarm(PATIENCE);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_byte), cmocka_unit_test(one_byte_is_wrong),
        cmocka_unit_test(random_bytes),      cmocka_unit_test(sizes_that_lie),
        cmocka_unit_test(empty_files),       cmocka_unit_test(packets_that_unpack_to_too_much),
        cmocka_unit_test(backward_times),
    };
    return cmocka_run_group_tests(tests, set_alarm, NULL);
}

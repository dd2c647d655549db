/* Recordings that others made, with the answers that were computed from the formats' descriptions. They are not part of
 * surgrad: the environment variable SURGRAD_SHARED_DATA names their folder. */
#include "file/bytes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/load.h"
#include "folder.h"
#include "recorded.h"

/* The path of a real file. The test is skipped where there is none. */
static const char *real_file(const char *name) {
    static char path[1024];
    const char *root = getenv("SURGRAD_SHARED_DATA");
    if (!root || !*root || sg_join_path(path, sizeof path, root, name) != SG_OK || !sg_file_exists(path)) {
        print_message("skipped: SURGRAD_SHARED_DATA names no folder with %s\n", name);
        skip();
    }
    return path;
}

/* What a recording must hold. Beyond `sensor` nothing is; 0: not told. */
typedef struct answer {
    const char *name, *format;
    size_t events, on;
    double first_us, last_us; /* the least and the greatest */
    uint32_t x, y, most_x, most_y;
    int polarity; /* x, y, polarity: of the first event */
    sg_sensor sensor;
    uint64_t other; /* left out */
} answer;

static void assert_answer(const answer *expected) {
    recorded found = read_file(real_file(expected->name), expected->format);
    assert_int_equal(found.count, expected->events);
    assert_int_equal(count_on(&found), expected->on);
    assert_int_equal(found.left_out[SG_LEFT_OTHER], expected->other);
    for (int i = 0; i < SG_LEFT_OTHER; i++)
        assert_int_equal(found.left_out[i], 0);
    assert_memory_equal(&found.sensor, &expected->sensor, sizeof found.sensor);
    assert_event(&found, 0, found.events[0].us, expected->x, expected->y, expected->polarity);
    double least = found.events[0].us, most = least;
    uint32_t most_x = 0, most_y = 0;
    for (size_t i = 0; i < found.count; i++) {
        const sg_raw_event *e = &found.events[i];
        least = e->us < least ? e->us : least;
        most = e->us > most ? e->us : most;
        most_x = e->x > most_x ? e->x : most_x;
        most_y = e->y > most_y ? e->y : most_y;
    }
    assert_true(least == expected->first_us && most == expected->last_us);
    assert_true(most_x == expected->most_x && most_y == expected->most_y);
    free(found.events);
}

#define ANSWER(test, ...)                                                                                              \
    static void test(void **state) {                                                                                   \
        (void)state;                                                                                                   \
        assert_answer(&(answer){__VA_ARGS__});                                                                         \
    }

ANSWER(aedat4_of_a_dvxplorer, "events/dvxplorer_lz4.aedat4", "aedat4", 111954, 55023, 1605537493718345.,
       1605537494308262., 154, 204, 319, 239, 0, {320, 240, 2}, 59)
ANSWER(aedat4_of_a_davis, "events/davis346_lz4.aedat4", "aedat4", 117667, 72363, 1633953690975950., 1633953691105949.,
       218, 15, 345, 259, 1, {346, 260, 2}, 27)
ANSWER(dat_of_ncars, "events/ncars.dat", "dat", 2009, 1350, 0, 99952, 25, 8, 77, 41, 0, {0, 0, 2}, 0)
ANSWER(evt2, "events/evt2_gen3.raw", "evt2", 539481, 367855, 1317888, 1367888, 237, 121, 599, 475, 1, {0, 0, 2}, 0)
ANSWER(evt3, "events/evt3_gen41.raw", "evt3", 219596, 115532, 11718656, 11727457, 874, 200, 1279, 719, 0, {0, 0, 2}, 0)
ANSWER(nmnist_sample, "nmnist/sample_nmnist.bin", "nmnist", 4325, 2145, 654, 311175, 7, 15, 33, 33, 1, {0, 0, 2}, 0)
ANSWER(bs1_of_ntidigits, "events/ntidigits_1.bs1", "slayer-1d", 898, 898, 0, 1079040, 63, 0, 63, 0, 1, {0, 1, 2}, 0)
ANSWER(bs3_first, "events/slayer_1.bs3", "slayer-3d", 63471, 32164, 28, 1449996, 49, 82, 127, 127, 0, {0, 0, 0}, 0)
ANSWER(bs3_second, "events/slayer_2.bs3", "slayer-3d", 84260, 43472, 45, 1449969, 42, 49, 127, 127, 0, {0, 0, 0}, 0)

/* Another reader's rows, each time i64, x and y i16, polarity u8, 3 bytes of padding. Its times are wrong (by turns
 * that are none). */
static void evt3_has_the_rows_of_another_reader(void **state) {
    (void)state;
    enum { HEAD = 192, ROW = 16 };
    uint8_t *rows;
    size_t size;
    recorded found = read_file(real_file("events/evt3_gen41.raw"), "evt3");
    assert_int_equal(sg_bytes_read(real_file("events/evt3_gen41_expelliarmus.npy.gz"), 1 << 23, &rows, &size), SG_OK);
    assert_int_equal(size, HEAD + found.count * ROW);
    for (size_t i = 0; i < found.count; i++) {
        const uint8_t *row = rows + HEAD + i * ROW;
        assert_event(&found, i, found.events[i].us, sg_load_le16(row + 8), sg_load_le16(row + 10), row[12]);
        assert_true(i == 0 || found.events[i].us >= found.events[i - 1].us);
    }
    free(rows);
    free(found.events);
}

/* The next integer of a text of numbers and commas. */
static long next_number(const char **text) {
    char *end;
    long value = strtol(*text, &end, 10);
    assert_ptr_not_equal(end, *text);
    *text = end + strspn(end, ", \r\n");
    return value;
}

static char *read_text(const char *name) {
    uint8_t *text;
    size_t size;
    assert_int_equal(sg_bytes_read(real_file(name), 1 << 23, &text, &size), SG_OK);
    return (char *)text;
}

/* Columns x, y, polarity, time in microseconds; x, y and polarity from 1. */
static void bs2_has_the_rows_of_its_table(void **state) {
    (void)state;
    recorded found = read_file(real_file("nmnist/1.bs2"), "nmnist");
    char *table = read_text("nmnist/1_raw_spikes.csv");
    const char *at = table + strcspn(table, "\n") + 1;
    assert_int_equal(found.count, 4681);
    for (size_t i = 0; i < found.count; i++) {
        const long x = next_number(&at), y = next_number(&at), polarity = next_number(&at), us = next_number(&at);
        assert_event(&found, i, (double)us, (uint32_t)x - 1, (uint32_t)y - 1, (int)polarity - 1);
    }
    assert_int_equal(*at, 0);
    free(table);
    free(found.events);
}

/* Row polarity * 1156 + y * 34 + x, a column for each bin. */
static void assert_binned(const char *name, size_t bins, double bin_us) {
    enum { ROWS = 2 * 34 * 34 };
    recorded found = read_file(real_file("nmnist/1.bs2"), "nmnist"); /* which skips where there is none */
    uint8_t *cells = calloc(ROWS * bins, 1);
    assert_non_null(cells);
    for (size_t i = 0; i < found.count; i++) {
        const sg_raw_event *e = &found.events[i];
        cells[(e->polarity * 1156u + e->y * 34 + e->x) * bins + (size_t)(e->us / bin_us)] = 1;
    }
    char *table = read_text(name);
    const char *at = table;
    for (size_t i = 0; i < ROWS * bins; i++) {
        char *end;
        const double value = strtod(at, &end);
        assert_ptr_not_equal(end, at);
        assert_int_equal(value != 0, cells[i]);
        at = end + strspn(end, ", \r\n");
    }
    free(table);
    free(cells);
    free(found.events);
}

static void bs2_has_the_cells_of_the_reference(void **state) {
    (void)state;
    assert_binned("nmnist/1_binned_spikes.csv.gz", 350, 1000);
    assert_binned("nmnist/1_binned_spikes_ts2.csv.gz", 175, 2000);
}

static void assert_refused(const char *name, const char *message) {
    recorded found = {0};
    const sg_recording_listener listener = recorded_listener(&found);
    assert_int_equal(sg_recording_read(real_file(name), NULL, &listener, NULL), SG_DATA);
    assert_message_has(message);
    assert_null(strchr(sg_error_message(), '\n'));
    free(found.events);
}

static void other_files_are_refused(void **state) {
    (void)state;
    assert_refused("events/generic.es", "Event Stream of type 0 (generic), expected 1 (DVS)");
    assert_refused("events/aedat2_header_only.aedat", "byte 599: ends after its header, expected events");
    assert_refused("events/out_0.bsn", "is no recording that can be read: it begins with ");
    assert_refused("events/stmnist.mat", "it begins with 'MATLAB 5.0 MAT-file");
    assert_refused("idx/kmnist-t10k-images-truncated.gz", "(IDX data), expected one of");
}

/* Each real file without its last byte that counts, and cut in the middle of something. */
static void cut_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t end, middle; /* bytes; `end` 0: the file's own */
    } files[] = {{"events/dvxplorer_lz4.aedat4", 945243, 500000},
                 {"events/davis346_lz4.aedat4", 1190063, 700000},
                 {"events/ncars.dat", 0, 8003},
                 {"events/evt2_gen3.raw", 0, 1000001},
                 {"events/evt3_gen41.raw", 0, 300001},
                 {"nmnist/sample_nmnist.bin", 0, 10001},
                 {"events/ntidigits_1.bs1", 0, 2002},
                 {"events/slayer_1.bs3", 0, 200000}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        uint8_t *bytes;
        size_t size;
        assert_int_equal(sg_bytes_read(real_file(files[i].name), 1 << 23, &bytes, &size), SG_OK);
        refuse_bytes(files[i].name, bytes, (files[i].end ? files[i].end : size) - 1, "it is cut short or damaged");
        refuse_bytes(files[i].name, bytes, files[i].middle, "it is cut short or damaged");
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aedat4_of_a_dvxplorer),
        cmocka_unit_test(aedat4_of_a_davis),
        cmocka_unit_test(dat_of_ncars),
        cmocka_unit_test(evt2),
        cmocka_unit_test(evt3),
        cmocka_unit_test(nmnist_sample),
        cmocka_unit_test(bs1_of_ntidigits),
        cmocka_unit_test(bs3_first),
        cmocka_unit_test(bs3_second),
        cmocka_unit_test(evt3_has_the_rows_of_another_reader),
        cmocka_unit_test(bs2_has_the_rows_of_its_table),
        cmocka_unit_test(bs2_has_the_cells_of_the_reference),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(cut_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tables of events and of numbers: NumPy, text, HDF5. The files of golden/tables are NumPy's and h5py's own. */
#include "file/h5.h"
#include "recording/columns.h"
#include "recording/npy.h"

#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/memory_limit.h"
#include "folder.h"

#define TABLES SOURCE_DIR "/test/golden/tables/"

enum { MOST = 512, SAMPLES = 5 };

/* ----------------------------------------------------------------------------------------------- what a file tells */

typedef struct told {
    sg_raw_event event[MOST];
    size_t events;
    size_t first[MOST];
    int64_t label[MOST];
    char name[MOST][16], group[MOST][16];
    int split[MOST];
    uint64_t number[MOST];
    size_t samples;
    float value[MOST];
    size_t values, frames;
    uint32_t channels;
    double period_us;
    size_t sensors;
    sg_sensor sensor;
} told;

static told found;

static sg_status take_sensor(void *user, const sg_sensor *sensor) {
    (void)user;
    assert_true(found.events == 0 && found.sensors++ == 0);
    found.sensor = *sensor;
    return SG_OK;
}

static sg_status take_sample(void *user, const sg_recorded_sample *sample) {
    (void)user;
    assert_true(found.samples < MOST);
    const size_t s = found.samples++;
    found.first[s] = found.events;
    found.label[s] = sample->label;
    snprintf(found.name[s], sizeof found.name[s], "%s", sample->class_name ? sample->class_name : "");
    snprintf(found.group[s], sizeof found.group[s], "%s", sample->group ? sample->group : "");
    found.split[s] = sample->split;
    found.number[s] = sample->number;
    return SG_OK;
}

static sg_status take_events(void *user, const sg_raw_event *events, size_t count) {
    (void)user;
    for (size_t i = 0; i < count; i++)
        if (found.events < MOST)
            found.event[found.events++] = events[i];
    return SG_OK;
}

static sg_status take_values(void *user, const sg_series *series) {
    (void)user;
    for (size_t i = 0; i < series->frames * series->channels && found.values < MOST; i++)
        found.value[found.values++] = series->values[i];
    found.frames += series->frames;
    found.channels = series->channels;
    found.period_us = series->period_us;
    return SG_OK;
}

static sg_recording_options options;

static sg_status read_file(const char *path) {
    const sg_recording_listener listener = {NULL, take_sensor, take_sample, take_events, take_values, &options};
    memset(&found, 0, sizeof found);
    return sg_recording_read(path, NULL, &listener, NULL);
}

static sg_status read_text(const char *text) {
    put_file(in_folder("text.csv"), text, strlen(text));
    return read_file(in_folder("text.csv"));
}

/* ------------------------------------------------------------------------------------------- as make_tables.py has it
 */

static size_t length_of(size_t s) {
    return s == 2 ? 0 : 7 + 3 * s;
}

/* Sample s from event `at` on; times within `tolerance` microseconds. */
static void assert_sample(size_t at, size_t s, double tolerance) {
    assert_true(at + length_of(s) <= found.events);
    for (size_t i = 0; i < length_of(s); i++) {
        const sg_raw_event *e = &found.event[at + i];
        assert_true(fabs(e->us - (double)(1000 * s + 40 * i)) <= tolerance);
        assert_true(e->x == (s * 5 + i * 3) % 34 && e->y == (s + i * 7) % 34 && e->polarity == (s + i) % 2);
    }
}

static void assert_one(const char *name, double tolerance) {
    char path[1024];
    snprintf(path, sizeof path, TABLES "%s", name);
    if (read_file(path) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_int_equal(found.samples, 0);
    assert_int_equal(found.events, length_of(4));
    assert_sample(0, 4, tolerance);
    assert_int_equal(found.sensors, 1);
}

static void assert_many(const char *path) {
    if (read_file(path) != SG_OK)
        fail_msg("%s", sg_error_message());
    assert_int_equal(found.samples, SAMPLES);
    size_t at = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        assert_int_equal(found.first[s], at);
        assert_int_equal(found.label[s], 2 * s);
        assert_int_equal(found.number[s], s);
        assert_sample(at, s, 0);
        at += length_of(s);
    }
    assert_int_equal(found.events, at);
    assert_int_equal(found.sensors, 1);
}

static void files_of_numpy_are_read(void **state) {
    (void)state;
    assert_one("structured.npy", 0);
    assert_one("matrix.npy", 1e-9);
    assert_one("by_column.npy", 1e-3);
    assert_one("one.npz", 0);
    assert_one("named.csv", 0);
    assert_many(TABLES "many.npz");
    assert_int_equal(read_file(TABLES "series.npy"), SG_OK);
    assert_true(found.samples == 2 && found.frames == 6 && found.channels == 4 && found.values == 24);
    for (size_t i = 0; i < 24; i++)
        assert_true(found.value[i] == (float)i);
    assert_int_equal(read_file(TABLES "objects.npy"), SG_DATA);
    assert_message_has("Python objects (a pickle), which are never run");
}

static void files_of_h5py_are_read(void **state) {
    (void)state;
    assert_many(TABLES "arrays.h5");
    assert_many(TABLES "groups.h5");
    assert_int_equal(read_file(TABLES "shd.h5"), SG_OK); /* make_shd.py: 6 samples of 40 events, 4 classes */
    assert_int_equal(found.samples, 6);
    assert_int_equal(found.events, 240);
    assert_int_equal(found.sensor.polarities, 1);
    for (size_t s = 0; s < 6; s++) {
        char name[16];
        snprintf(name, sizeof name, "class %d", (int)found.label[s]);
        assert_string_equal(found.name[s], name);
        assert_true(found.label[s] >= 0 && found.label[s] < 4 && found.first[s] == 40 * s && *found.group[s]);
        for (size_t i = 40 * s; i < 40 * s + 40; i++) {
            const sg_raw_event *e = &found.event[i];
            assert_true(e->us >= 0 && e->us <= 1e6 && e->x < 700 && e->y == 0 && e->polarity == 0);
            assert_true(i == 40 * s || e->us >= e[-1].us);
            assert_true(fabs(e->us * 2048e-6 * 1024 - round(e->us * 2048e-6 * 1024)) <
                        1e-6); /* a half float of seconds */
        }
    }
}

/* ---------------------------------------------------------------------------------------------------- NumPy, by hand
 */

/* Writes an .npy with this head and these bytes. */
static sg_status read_npy(int version, const char *head, const void *bytes, size_t size) {
    static uint8_t file[4096];
    const size_t length = strlen(head), start = version == 1 ? 10 : 12;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (uint8_t)version;
    file[7] = 0;
    for (size_t i = 8; i < start; i++)
        file[i] = (uint8_t)(length >> 8 * (i - 8));
    memcpy(file + start, head, length);
    memcpy(file + start + length, bytes, size);
    put_file(in_folder("made.npy"), file, start + length + size);
    return read_file(in_folder("made.npy"));
}

static void fields_are_of_any_type_and_order(void **state) {
    (void)state;
    static const char head[] = "{'descr': [('p', '|i1'), ('', '|V1'), (\"t\", '>u4'), ('other', '<f8'), ('y', '>i2'), "
                               "('x', '<u8')], 'fortran_order': False, 'shape': (2,), }   \n";
    static const uint8_t bytes[2][24 + 0] = {
        {0xff, 9, 0, 1, 0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 7, 0, 0, 0, 0, 0, 0, 0},
        {1, 9, 0, 0, 0, 5, 1, 1, 1, 1, 1, 1, 1, 1, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0},
    };
    for (int version = 1; version <= 3; version++) {
        assert_int_equal(read_npy(version, head, bytes, sizeof bytes), SG_OK);
        assert_int_equal(found.events, 2);
        assert_true(found.event[0].us == 65538 && found.event[0].x == 7 && found.event[0].y == 259);
        assert_true(found.event[0].polarity == 0 && found.event[1].polarity == 1);
        assert_true(found.event[1].us == 5 && found.event[1].x == 256 && found.event[1].y == 4);
    }
    assert_int_equal(read_npy(4, head, bytes, sizeof bytes), SG_DATA);
    assert_message_has("version 4");
    assert_int_equal(read_npy(1, head, bytes, sizeof bytes - 1), SG_DATA);
    assert_message_has("is cut short: 47 bytes of numbers, expected 48");
}

static void odd_heads_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *head, *message;
    } odd[] = {
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "pickle"},
        {"{'descr': [('t', '|O')], 'fortran_order': False, 'shape': (1,)}", "pickle"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}", "'<c16'"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "'<f16'"},
        {"{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}", "'<U4'"},
        {"{'descr': [('t', '<i4', (3,))], 'fortran_order': False, 'shape': (1,)}", "t is an array"},
        {"{'descr': [('t', [('a', '<i4')])], 'fortran_order': False, 'shape': (1,)}", "t is a structure"},
        {"{'descr': [(('title', 't'), '<i4')], 'fortran_order': False, 'shape': (1,)}", "title"},
        {"{'descr': {'names': ['t']}, 'fortran_order': False, 'shape': (1,)}", "not a list of fields"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}", "more than 4 dimensions"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "too large"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "cut short"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (-1,)}", "expected a number"},
        {"{'descr': '<i4', 'fortran_order': 0, 'shape': (1,)}", "True or False"},
        {"{'descr': '<i4', 'fortran_order': False}", "not whole"},
        {"{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", "there twice"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "'x'"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1,)", "expected '}'"},
        {"__import__('os').system('true')", "expected '{'"},
        {"", "expected '{'"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", "is of an odd shape"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(read_npy(1, odd[i].head, "\1\0\0\0", 4), SG_DATA);
        assert_message_has(odd[i].message);
    }
}

/* A head of a few bytes must not have memory taken for any count of samples. */
static void samples_of_nothing_are_refused(void **state) {
    (void)state;
    const char *head = "{'descr': '<i4', 'fortran_order': False, 'shape': (1073741824, 0, 4)}";
    sg_pretend_memory(64 << 20);
    sg_status status = read_npy(1, head, "", 0);
    sg_pretend_memory(0);
    assert_int_equal(status, SG_DATA);
    assert_message_has("values holds samples without anything in them");
}

static void columns_of_a_matrix_are_told(void **state) {
    (void)state;
    const double rows[2][3] = {{7, 1, 0.5}, {9, 0, 2.25}}; /* x, p, t in ms, as SLAYER has it */
    const int16_t whole[2][4] = {{100, 3, 4, 1}, {200, 5, 6, 0}};
    static const char matrix[] = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}";
    static const char integers[] = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 4)}";
    assert_int_equal(read_npy(1, matrix, rows, sizeof rows), SG_OK);
    assert_true(found.event[0].us == 500 && found.event[0].x == 7 && found.event[0].polarity == 1);
    assert_true(found.event[1].us == 2250 && found.event[1].x == 9 && found.event[1].polarity == 0);
    options = (sg_recording_options){.time_unit_us = 1e6, .columns = "unit, - ,t"};
    assert_int_equal(read_npy(1, matrix, rows, sizeof rows), SG_OK);
    assert_true(found.event[1].us == 2250000 && found.event[1].polarity == 0 && found.sensor.polarities == 1);
    options = (sg_recording_options){.columns = "t,x,y,p"};
    assert_int_equal(read_npy(1, integers, whole, sizeof whole), SG_OK);
    assert_true(found.event[1].us == 200 && found.event[1].x == 5 && found.event[1].y == 6);
    assert_int_equal(read_npy(1, matrix, rows, sizeof rows), SG_DATA);
    assert_message_has("has 3 columns, but columns 't,x,y,p' names 4");
    for (int i = 0; i < 5; i++) {
        static const char *const wrong[] = {"", "t,,x", "t,x,q", "t,x,t", "t x"};
        options.columns = wrong[i];
        assert_int_equal(read_npy(1, matrix, rows, sizeof rows), SG_ARGUMENT);
    }
    options = (sg_recording_options){0};
}

/* --------------------------------------------------------------------------------------------------------- text */

static void texts_of_all_kinds_are_read(void **state) {
    (void)state;
    static const char *const same[] = {
        "t,x,y,p\n1000,1,2,1\n2000,3,4,0\n",
        "# a comment\n\nP;T;X;Y\r\n1;1000;1;2\r\n# another\r\n0;2000;3;4",
        "\xef\xbb\xbftimestamp_ms\tx\ty\tpolarity\n1\t1\t2\t1\n2\t3\t4\t-1\n",
        "\"x\",\"time [s]\",\"y\",\"pol\"\n1,1e-3,2,True\n3,0.002,4,False\n",
        "1000 1 2 1\n2000   3 4\t0\n",
        "# x y t p\n1 2 1000 1\n3 4 2000 0\n",
        "y,note,t,x,p\n2,good,1000,1,1\n4,,2000,3,0\n",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (read_text(same[i]) != SG_OK)
            fail_msg("%zu: %s", i, sg_error_message());
        assert_int_equal(found.events, 2);
        assert_true(fabs(found.event[0].us - 1000) < 1e-9 && fabs(found.event[1].us - 2000) < 1e-9);
        assert_true(found.event[0].x == 1 && found.event[0].y == 2 && found.event[0].polarity == 1);
        assert_true(found.event[1].x == 3 && found.event[1].y == 4 && found.event[1].polarity == 0);
    }
    options = (sg_recording_options){.columns = "p,x,t", .time_unit_us = 1e3};
    assert_int_equal(read_text("1,8,2.5\n"), SG_OK);
    assert_true(found.event[0].us == 2500 && found.event[0].x == 8 && found.event[0].polarity == 1);
    options = (sg_recording_options){0};
    assert_int_equal(read_text("10,3\n20,4\n"), SG_OK);
    assert_true(found.events == 2 && found.event[1].us == 20 && found.event[1].x == 4 && found.sensor.polarities == 1);
}

static void samples_of_a_text_are_begun(void **state) {
    (void)state;
    assert_int_equal(read_text("sample,label,t,unit\n0,yes,1,2\n0,yes,2,2\n3,no,5,6\n7,no,8,9\n"), SG_OK);
    assert_int_equal(found.samples, 3);
    assert_true(found.number[1] == 3 && found.first[1] == 2 && found.first[2] == 3);
    assert_true(found.label[0] == -1 && strcmp(found.name[0], "yes") == 0 && strcmp(found.name[2], "no") == 0);
    assert_int_equal(read_text("sample,label,t,unit\n0,4,1,2\n1,5,5,6\n"), SG_OK);
    assert_true(found.samples == 2 && found.label[0] == 4 && found.label[1] == 5 && !*found.name[0]);
    assert_int_equal(read_text("label,t,unit\n4,1,2\n4,5,6\n"), SG_OK);
    assert_true(found.samples == 1 && found.label[0] == 4 && found.events == 2);
}

static void mistakes_are_told_with_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"t,x,y,p\n1,2,3,4\n5,6,7x,0\n", "line 3, column 3: '7x', expected a number"},
        {"t,x,y,p\n1,2,3,4\n5,6,7\n", "line 3 has 3 columns, expected 4"},
        {"t,x,y,p\n1,2,3,1,\n", "line 2 has 5 columns, expected 4"},
        {"t,x,y,p\n1,2,,1\n", "line 2, column 3: '', expected a number"},
        {"t,x,y,p\n1,-2,3,1\n", "line 2: x is -2, expected a whole number"},
        {"t,x,y,p\n#\n\n1,2,3.5,1\n", "line 4: y is 3.5"},
        {"t,x,y,p\n1,2,3,1\n#\n1,2,3,300\n", "line 4: its polarity is 300"},
        {"t,x,y,p\n1.5,2,3,1\n", "the unit of times is not told"},
        {"t,x,y,p\n0x10,2,3,1\n", "'0x10'"},
        {"t,x,y,p\nnan,2,3,1\n", "'nan'"},
        {"t,x,y,p\n1e999,2,3,1\n", "'1e999'"},
        {"t,x,x,p\n1,2,3,1\n", "names x"},
        {"a,b,c\n1,2,3\n", "no column t"},
        {"1,2,3\n", "3 columns without names"},
        {"sample,t,x\n1,2,3\n0,2,3\n", "sample 0 comes after sample 1"},
        {"sample,t,x\n1e30,2,3\n", "sample is 1e+30, expected a whole number, at most 2^53"},
        {"sample,label,t,x\n1,a,2,3\n1,b,2,3\n", "the label 'b' is not that"},
        {"sample,label,t,x\n1,1.5,2,3\n", "'1.5', expected a label"},
        {"# nothing\n", "holds no line of events"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_text(wrong[i].text), SG_DATA);
        assert_message_has(wrong[i].message);
        assert_message_has("text.csv: ");
    }
    static char line[70000];
    memset(line, '1', sizeof line - 1);
    assert_int_equal(read_text(line), SG_DATA);
    assert_message_has("is longer than");
}

/* --------------------------------------------------------------------------------------------------------- HDF5 */

static void put(hid_t file, const char *name, hid_t stored, hid_t memory, int rank, const hsize_t *shape,
                const void *numbers) {
    hid_t space = H5Screate_simple(rank, shape, NULL);
    hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

static hid_t make_h5(void) {
    return H5Fcreate(in_folder("made.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
}

static sg_status read_h5(hid_t file) {
    assert_true(H5Fclose(file) >= 0);
    return read_file(in_folder("made.h5"));
}

static void put_group(hid_t file, const char *name) {
    H5Gclose(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

/* Copies of SHD are padded: what follows the last time, and is 0 in both arrays, is none. */
static void padded_arrays_are_read(void **state) {
    (void)state;
    const float times[2][4] = {{0, 0.5f, 0.75f, 0}, {0.25f, 0, 0, 0}};
    const uint16_t units[2][4] = {{0, 5, 0, 0}, {699, 0, 0, 0}}, labels[2] = {3, 1};
    const hsize_t shape[2] = {2, 4};
    hid_t file = make_h5();
    put_group(file, "spikes");
    put(file, "spikes/times", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, shape, times);
    put(file, "spikes/units", H5T_STD_U16LE, H5T_NATIVE_UINT16, 2, shape, units);
    put(file, "labels", H5T_STD_I64LE, H5T_NATIVE_UINT16, 1, shape, labels);
    assert_int_equal(read_h5(file), SG_OK);
    assert_true(found.samples == 2 && found.events == 4 && found.first[1] == 3);
    assert_true(found.event[0].us == 0 && found.event[2].us == 750000 && found.event[3].x == 699);
    assert_true(found.label[0] == 3 && found.label[1] == 1);
}

static void put_vlen(hid_t file, const char *name, size_t length) {
    const uint16_t numbers[3] = {1, 2, 3};
    const hvl_t rows[1] = {{length, (void *)numbers}};
    const hsize_t one = 1;
    hid_t type = H5Tvlen_create(H5T_STD_U16LE), space = H5Screate_simple(1, &one, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
}

static void samples_of_unequal_lengths_are_refused(void **state) {
    (void)state;
    const uint16_t label = 0;
    const hsize_t one = 1, three = 3;
    hid_t file = make_h5();
    put_group(file, "spikes");
    put_vlen(file, "spikes/times", 3);
    put_vlen(file, "spikes/units", 2);
    put(file, "labels", H5T_STD_U16LE, H5T_NATIVE_UINT16, 1, &one, &label);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("sample 0 has 3 numbers in times, but 2 in units");
    const double numbers[3] = {0, 2, 3};
    file = make_h5();
    put(file, "t", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &three, numbers);
    put(file, "x", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &one, numbers);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("t and x are not of one shape");
    file = make_h5();
    put(file, "t", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &three, numbers);
    put(file, "x", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &three, numbers);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("the unit of t is not told");
    const double first[2] = {0, 4};
    const hsize_t two = 2;
    file = make_h5();
    put(file, "t", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &three, numbers);
    put(file, "x", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &three, numbers);
    put(file, "first", H5T_STD_I32LE, H5T_NATIVE_DOUBLE, 1, &two, first);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("first does not tell where samples begin");
}

static void groups_of_events_are_read(void **state) {
    (void)state;
    const double numbers[4] = {1, 2, 3, 4};
    const hsize_t shape[2] = {2, 2};
    hid_t file = make_h5();
    put_group(file, "events");
    put(file, "events/t", H5T_STD_I64LE, H5T_NATIVE_DOUBLE, 1, shape, numbers);
    put(file, "events/x", H5T_STD_U16LE, H5T_NATIVE_DOUBLE, 1, shape, numbers + 2);
    put(file, "ms_to_idx", H5T_STD_I64LE, H5T_NATIVE_DOUBLE, 1, shape, numbers);
    assert_int_equal(read_h5(file), SG_OK);
    assert_true(found.samples == 0 && found.events == 2 && found.event[1].us == 2 && found.event[1].x == 4);
    file = make_h5(); /* two dimensions: samples, or a column as MATLAB has it? */
    put(file, "t", H5T_STD_I64LE, H5T_NATIVE_DOUBLE, 2, shape, numbers);
    put(file, "x", H5T_STD_U16LE, H5T_NATIVE_DOUBLE, 2, shape, numbers);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("t has two dimensions, but there is no label");
}

/* Three samples of an event each, with texts of this name, or numbers for NULL. */
static sg_status read_texts_of(const char *name, const char *const *texts, size_t count) {
    static const uint32_t numbers[3] = {0, 1, 2};
    static const uint64_t three = 3;
    sg_h5 *file;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    for (const char *const *array = (const char *const[]){"t", "x", "first", NULL}; *array; array++)
        assert_int_equal(sg_h5_put(file, *array, SG_H5_U32, numbers, 1, &three, false), SG_OK);
    assert_int_equal(sg_h5_put_texts(file, name, texts, count), SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder("texts.h5")), SG_OK);
    sg_h5_close(file);
    return read_file(in_folder("texts.h5"));
}

static void labels_groups_and_splits_may_be_texts(void **state) {
    (void)state;
    static const char *const labels[] = {"dog", "7", ""}, *const groups[] = {"ann", "", "bo"},
                             *const splits[] = {"Train", "valid", "test"}, *const wrong[] = {"train", "tset", "test"};
    assert_int_equal(read_texts_of("label", labels, 3), SG_OK);
    assert_int_equal(found.samples, 3);
    assert_true(found.label[0] == -1 && found.label[1] == 7 && found.label[2] == -1);
    assert_string_equal(found.name[0], "dog");
    assert_true(!*found.name[1] && !*found.name[2]);
    assert_int_equal(read_texts_of("speaker", groups, 3), SG_OK);
    assert_string_equal(found.group[0], "ann");
    assert_string_equal(found.group[1], "");
    assert_string_equal(found.group[2], "bo");
    assert_int_equal(read_texts_of("split", splits, 3), SG_OK);
    assert_true(found.split[0] == 0 && found.split[1] == 2 && found.split[2] == 1);
    assert_int_equal(read_texts_of("split", wrong, 3), SG_DATA);
    assert_message_has("split of sample 1 is 'tset', expected train, test or validation");
    assert_int_equal(read_texts_of("speaker", groups, 2), SG_DATA);
    assert_message_has("speaker has 2 texts, expected one for each of 3 samples");
}

static void tidigits_are_read(void **state) {
    (void)state;
    const double times[3] = {0.001, 0.5, 0.25};
    const int64_t addresses[3] = {0, 63, 5};
    const hsize_t three = 3, two = 2;
    hid_t file = make_h5();
    put_group(file, "train_timestamps");
    put_group(file, "train_addresses");
    put_group(file, "test_timestamps");
    put_group(file, "test_addresses");
    put(file, "train_timestamps/man-ae-z", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &three, times);
    put(file, "train_addresses/man-ae-z", H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &three, addresses);
    put(file, "train_timestamps/man-ae-12", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &two, times);
    put(file, "train_addresses/man-ae-12", H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &two, addresses);
    put(file, "test_timestamps/man-bd-o", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &three, times);
    put(file, "test_addresses/man-bd-o", H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &three, addresses);
    assert_int_equal(read_h5(file), SG_OK);
    assert_true(found.samples == 3 && found.events == 8 && found.sensor.width == 64);
    assert_true(found.label[0] == -1 && found.label[1] == 10 && found.label[2] == 0);
    assert_true(strcmp(found.name[1], "z") == 0 && strcmp(found.name[2], "o") == 0);
    assert_true(found.split[0] == 0 && found.split[1] == 0 && found.split[2] == 1);
    assert_true(found.event[1].us == 500000 && found.event[1].x == 63 && found.event[4].us == 250000);
}

/* A sample whose numbers are not those of a list has not none of them. */
static void tidigits_that_are_no_lists_are_refused(void **state) {
    (void)state;
    static const char *const messages[] = {"k has not as many numbers as there are addresses under its name",
                                           "under its name, which are no list of numbers"};
    const double numbers[4] = {1, 2, 3, 4};
    const hsize_t shape[2] = {2, 2};
    for (int flat = 0; flat < 2; flat++) {
        hid_t file = make_h5();
        put_group(file, "train_timestamps");
        put_group(file, "train_addresses");
        put(file, "train_timestamps/k", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, flat ? 1 : 2, shape, numbers);
        put(file, "train_addresses/k", H5T_STD_I64LE, H5T_NATIVE_DOUBLE, 2, shape, numbers);
        assert_int_equal(read_h5(file), SG_DATA);
        assert_message_has(messages[flat]);
    }
}

static void put_unwritten(hid_t file, const char *name, hid_t type) {
    const hsize_t many = (hsize_t)1 << 40, chunk = 1024;
    hid_t space = H5Screate_simple(1, &many, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(creation, 1, &chunk) >= 0);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(set >= 0);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
}

/* The shapes of what was never written are those of any size: they are not believed. */
static void shapes_beyond_the_file_are_refused(void **state) {
    (void)state;
    hid_t rows = H5Tvlen_create(H5T_STD_U16LE);
    const hid_t types[] = {H5T_STD_I64LE, rows};
    for (int i = 0; i < 2; i++) {
        hid_t file = make_h5();
        put_unwritten(file, "t", types[i]);
        put_unwritten(file, "x", types[i]);
        put_unwritten(file, "label", H5T_STD_I64LE);
        sg_pretend_memory(64 << 20);
        sg_status status = read_h5(file);
        sg_pretend_memory(0);
        assert_int_equal(status, SG_DATA);
        assert_message_has("t has fewer numbers in its file than its shape tells");
    }
    H5Tclose(rows);
}

static void time_series_are_read(void **state) {
    (void)state;
    enum { FRAMES = 5, CHANNELS = 3 };
    uint8_t numbers[FRAMES * CHANNELS];
    const int32_t lengths[3] = {2, 0, 3}, wrong[3] = {2, 1, 3};
    const hsize_t shape[2] = {FRAMES, CHANNELS}, three = 3;
    for (int i = 0; i < FRAMES * CHANNELS; i++)
        numbers[i] = (uint8_t)(i * 3);
    hid_t file = make_h5();
    put(file, "values", H5T_STD_U8LE, H5T_NATIVE_UINT8, 2, shape, numbers);
    put(file, "lengths", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &three, lengths);
    assert_int_equal(read_h5(file), SG_OK);
    assert_true(found.samples == 3 && found.frames == FRAMES && found.channels == CHANNELS && found.events == 0);
    for (int i = 0; i < FRAMES * CHANNELS; i++)
        assert_true(found.value[i] == (float)numbers[i]);
    const sg_recording_listener events_only = {.events = take_events};
    assert_int_equal(sg_recording_read(in_folder("made.h5"), NULL, &events_only, NULL), SG_DATA);
    assert_message_has("values holds a time series, expected events");
    file = make_h5();
    put(file, "values", H5T_STD_U8LE, H5T_NATIVE_UINT8, 2, shape, numbers);
    put(file, "lengths", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &three, wrong);
    assert_int_equal(read_h5(file), SG_DATA);
    assert_message_has("lengths does not add up");
}

/* ------------------------------------------------------------------------------------------------------- damage */

static void assert_one_line(void) {
    assert_true(*sg_error_message() && !strchr(sg_error_message(), '\n'));
}

/* Whatever a file holds, it is read or refused in one line. Cut short, it is refused; but a text may end anywhere. */
static void damaged_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t step; /* HDF5 costs a process for each */
    } files[] = {{"structured.npy", 1}, {"matrix.npy", 1},   {"named.csv", 1},
                 {"many.npz", 1},       {"arrays.h5", 1201}, {"shd.h5", 701}};
    static uint8_t bytes[1 << 16];
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        char path[1024];
        snprintf(path, sizeof path, TABLES "%s", files[f].name);
        FILE *file = fopen(path, "rb");
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        const char *copy = in_folder(files[f].name);
        for (size_t i = 0; i < size; i += files[f].step) {
            put_file(copy, bytes, i);
            if (read_file(copy) == SG_OK)
                assert_string_equal(files[f].name, "named.csv");
            else
                assert_one_line();
            bytes[i] ^= (uint8_t)(1 + i % 255);
            put_file(copy, bytes, size);
            bytes[i] ^= (uint8_t)(1 + i % 255);
            if (read_file(copy) != SG_OK)
                assert_one_line();
        }
    }
}

/* --------------------------------------------------------------------------------------------------- shared files */

static const char *shared(const char *name) {
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", getenv("SURGRAD_SHARED_DATA"), name);
    return path;
}

typedef struct sums {
    uint64_t events, on, x, y, samples, frames;
    double us, values, last;
    int64_t labels;
} sums;

static sg_status sum_sample(void *user, const sg_recorded_sample *sample) {
    sums *s = user;
    s->samples++;
    s->labels += sample->label;
    return SG_OK;
}

static sg_status sum_events(void *user, const sg_raw_event *events, size_t count) {
    sums *s = user;
    for (size_t i = 0; i < count; i++) {
        s->on += events[i].polarity;
        s->x += events[i].x;
        s->y += events[i].y;
        s->us += events[i].us;
        s->last = events[i].us;
    }
    s->events += count;
    return SG_OK;
}

static sg_status sum_values(void *user, const sg_series *series) {
    sums *s = user;
    for (size_t i = 0; i < series->frames * series->channels; i++)
        s->values += series->values[i];
    s->frames += series->frames;
    return SG_OK;
}

static sums sum(const char *name) {
    sums s = {0};
    const sg_recording_listener listener = {&s, NULL, sum_sample, sum_events, sum_values, NULL};
    if (sg_recording_read(shared(name), NULL, &listener, NULL) != SG_OK)
        fail_msg("%s", sg_error_message());
    return s;
}

static void shared_files_are_read(void **state) {
    (void)state;
    const char *folder_of = getenv("SURGRAD_SHARED_DATA");
    if (!folder_of || access(shared("events"), R_OK) != 0) {
        print_message("SURGRAD_SHARED_DATA is not set, or not a folder with the shared files: skipped\n");
        skip();
    }
    sums s = sum("events/evt3_gen41_expelliarmus.npy.gz"); /* with NumPy's sums of its columns */
    assert_true(s.events == 219596 && s.on == 115532 && s.x == 159113225 && s.y == 85638051);
    assert_true(s.us == 2578484396659.0 && s.last == 11772513);
    s = sum("oxford/lava_input.npy");
    assert_true(s.events == 1889 && s.on == 0 && s.x == 189319 && fabs(s.us - 1811405300) < 1);
    assert_int_equal(sum("oxford/lava_output.npy").events, 10361);
    assert_int_equal(sum("oxford/lava_ground_truth.npy").events, 10178);
    s = sum("braille/braille_taxels.h5");
    assert_true(s.samples == 1350 && s.frames == 103059 && s.values == 295422785 && s.labels == 50 * 26 * 27 / 2);
    assert_int_equal(sum("nmnist/1_raw_spikes.csv").events, 4681);
    const sg_recording_listener listener = {.events = take_events};
    assert_int_equal(sg_recording_read(shared("braille/tutorial5_braille_spiking_data.pkl.gz"), NULL, &listener, NULL),
                     SG_DATA);
    assert_message_has("a Python pickle, which is never run");
    assert_int_equal(sg_recording_read(shared("events/stmnist.mat"), NULL, &listener, NULL), SG_DATA);
    assert_message_has("a MATLAB file");
    assert_int_equal(sg_recording_read(shared("nir/lif_norse.nir"), NULL, &listener, NULL), SG_DATA);
    assert_message_has("holds node/, version, expected events");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_numpy_are_read),
        cmocka_unit_test(files_of_h5py_are_read),
        cmocka_unit_test(fields_are_of_any_type_and_order),
        cmocka_unit_test(odd_heads_are_refused),
        cmocka_unit_test(samples_of_nothing_are_refused),
        cmocka_unit_test(columns_of_a_matrix_are_told),
        cmocka_unit_test(texts_of_all_kinds_are_read),
        cmocka_unit_test(samples_of_a_text_are_begun),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(padded_arrays_are_read),
        cmocka_unit_test(samples_of_unequal_lengths_are_refused),
        cmocka_unit_test(groups_of_events_are_read),
        cmocka_unit_test(labels_groups_and_splits_may_be_texts),
        cmocka_unit_test(tidigits_are_read),
        cmocka_unit_test(tidigits_that_are_no_lists_are_refused),
        cmocka_unit_test(shapes_beyond_the_file_are_refused),
        cmocka_unit_test(time_series_are_read),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(shared_files_are_read),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

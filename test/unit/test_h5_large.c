/* Files of others, larger than memory: their groups, ranges, rows of any length and texts. */
#include "base/half.h"
#include "base/memory_limit.h"
#include "file/h5.h"

#include <archive.h>
#include <archive_entry.h>
#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"
#include "packed.h"

enum { SAMPLES = 50, LONGEST = 40 };

/* ------------------------------------------------------------------------------------------------ files to be read */

static hid_t half_type(void) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    assert_true(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 && H5Tset_ebias(type, 15) >= 0);
    return type;
}

static size_t length_of(size_t sample) {
    return sample % 7 == 3 ? 0 : 1 + sample * 11 % LONGEST;
}

/* Half floats from 0.5 to below 1: a step of 2^-11. */
static uint16_t half_of(size_t sample, size_t event) {
    return (uint16_t)(0x3800 + (sample * 17 + event * 5) % 1024);
}

static double time_of(size_t sample, size_t event) {
    return 0.5 + (double)((sample * 17 + event * 5) % 1024) / 2048;
}

static uint16_t unit_of(size_t sample, size_t event) {
    return (uint16_t)((sample * 31 + event * 7) % 700);
}

/* How the places of rows are stored. */
typedef enum storing { SIDE_BY_SIDE, CHUNKED, PACKED, STORINGS } storing;

static void put_rows(hid_t file, const char *name, hid_t element, hid_t creation, bool times) {
    static uint16_t numbers[SAMPLES][LONGEST];
    hvl_t rows[SAMPLES];
    const hsize_t count = SAMPLES;
    for (size_t s = 0; s < SAMPLES; s++) {
        rows[s] = (hvl_t){length_of(s), numbers[s]};
        for (size_t i = 0; i < length_of(s); i++)
            numbers[s][i] = times ? half_of(s, i) : unit_of(s, i);
    }
    hid_t type = H5Tvlen_create(element), space = H5Screate_simple(1, &count, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_texts(hid_t file) {
    const char *texts[] = {"zero", "", "null"}, fixed[3][6] = {"one", "twelve", ""};
    const hsize_t count = 3;
    hid_t space = H5Screate_simple(1, &count, NULL), any = H5Tcopy(H5T_C_S1), six = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(any, H5T_VARIABLE) >= 0 && H5Tset_size(six, 6) >= 0);
    assert_true(H5Tset_strpad(six, H5T_STR_NULLPAD) >= 0);
    hid_t set = H5Dcreate2(file, "keys", any, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, any, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    H5Dclose(set);
    set = H5Dcreate2(file, "fixed", six, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, six, H5S_ALL, H5S_ALL, H5P_DEFAULT, fixed) >= 0);
    H5Dclose(set);
    H5Tclose(any);
    H5Tclose(six);
    H5Sclose(space);
}

static void put_unit(hid_t set) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    const char *unit = "ms";
    assert_true(H5Tset_size(type, H5T_VARIABLE) >= 0);
    hid_t attribute = H5Acreate2(set, "unit", type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, &unit) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/* 1,000 x 3 numbers in chunks of 64 x 2, deflated, and as many of h5py's bools. */
static void put_numbers(hid_t file) {
    static int16_t numbers[1000][3];
    static int8_t bools[1000];
    const hsize_t shape[2] = {1000, 3}, chunk[2] = {64, 2};
    for (int i = 0; i < 3000; i++)
        numbers[i / 3][i % 3] = (int16_t)(i * 7 - 5000);
    for (int i = 0; i < 1000; i++)
        bools[i] = i % 3 == 0;
    hid_t space = H5Screate_simple(2, shape, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(creation, 2, chunk) >= 0 && H5Pset_deflate(creation, 4) >= 0);
    hid_t set = H5Dcreate2(file, "numbers", H5T_STD_I16BE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(H5Dwrite(set, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
    put_unit(set);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    int8_t value = 0;
    H5Tenum_insert(type, "FALSE", &value);
    value = 1;
    H5Tenum_insert(type, "TRUE", &value);
    space = H5Screate_simple(1, shape, NULL);
    set = H5Dcreate2(file, "bools", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bools) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
}

static void make(const char *path, storing how) {
    const hsize_t chunk = 16;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), half = half_type();
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), spikes = H5Gcreate2(file, "spikes", 0, 0, 0);
    if (how != SIDE_BY_SIDE)
        assert_true(H5Pset_chunk(creation, 1, &chunk) >= 0);
    if (how == PACKED)
        assert_true(H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 6) >= 0);
    put_rows(spikes, "times", half, creation, true);
    put_rows(spikes, "units", H5T_STD_U16LE, creation, false);
    put_texts(file);
    put_numbers(file);
    for (int i = 0; i < 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", i);
        H5Gclose(H5Gcreate2(spikes, name, 0, 0, 0));
    }
    assert_true(H5Lcreate_external("elsewhere.h5", "/x", spikes, "zz", 0, 0) >= 0);
    H5Gclose(spikes);
    H5Pclose(creation);
    H5Tclose(half);
    assert_true(H5Fclose(file) >= 0);
}

static sg_h5 *open_made(storing how) {
    sg_h5 *file;
    make(in_folder("made.h5"), how);
    assert_int_equal(sg_h5_open_large(in_folder("made.h5"), SG_DATA, &file), SG_OK);
    return file;
}

/* ---------------------------------------------------------------------------------------------------------- cases */

static void assert_rows(sg_h5 *file) {
    uint64_t lengths[SAMPLES];
    double numbers[2 * SAMPLES * LONGEST];
    assert_int_equal(sg_h5_row_lengths(file, "spikes/times", SAMPLES, lengths), SG_OK);
    for (size_t s = 0; s < SAMPLES; s++)
        assert_int_equal(lengths[s], length_of(s));
    for (size_t first = 0; first < SAMPLES; first++)
        for (size_t count = 0; count <= SAMPLES - first; count += 1 + count / 2) {
            uint64_t sum = 0;
            for (size_t s = first; s < first + count; s++)
                sum += lengths[s];
            const sg_h5_range both[] = {{"spikes/times", first, count, sum}, {"spikes/units", first, count, sum}};
            assert_int_equal(sg_h5_get_ranges(file, both, 2, numbers), SG_OK);
            const double *next = numbers;
            for (size_t s = first; s < first + count; s++)
                for (size_t i = 0; i < length_of(s); i++, next++) {
                    assert_true(next[0] == time_of(s, i));
                    assert_true(next[sum] == unit_of(s, i));
                }
        }
}

static void rows_come_as_they_were_written(void **state) {
    (void)state;
    for (storing how = 0; how < STORINGS; how++) {
        sg_h5 *file = open_made(how);
        assert_rows(file);
        sg_h5_close(file);
    }
}

static void packed_files_are_read(void **state) {
    (void)state;
    enum { ROOM = 1 << 20 };
    static uint8_t plain[ROOM], packed[ROOM];
    sg_h5 *file;
    sg_h5_close(open_made(SIDE_BY_SIDE));
    FILE *made = fopen(in_folder("made.h5"), "rb");
    size_t size = fread(plain, 1, ROOM, made);
    fclose(made);
    put_file(in_folder("made.h5.gz"), packed, gzip(packed, ROOM, plain, size));
    assert_int_equal(sg_h5_open_large(in_folder("made.h5.gz"), SG_DATA, &file), SG_OK);
    assert_rows(file);
    sg_h5_close(file);
    for (int files = 1; files <= 2; files++) {
        struct archive *zip = archive_write_new();
        archive_write_set_format_zip(zip);
        assert_int_equal(archive_write_open_filename(zip, in_folder("made.zip")), ARCHIVE_OK);
        for (int i = 0; i < files; i++) {
            struct archive_entry *entry = archive_entry_new();
            archive_entry_set_pathname(entry, i ? "second" : "folder/made.h5");
            archive_entry_set_size(entry, (la_int64_t)size);
            archive_entry_set_filetype(entry, AE_IFREG);
            assert_int_equal(archive_write_header(zip, entry), ARCHIVE_OK);
            assert_int_equal(archive_write_data(zip, plain, size), size);
            archive_entry_free(entry);
        }
        archive_write_free(zip);
        assert_int_equal(sg_h5_open_large(in_folder("made.zip"), SG_DATA, &file), files == 1 ? SG_OK : SG_DATA);
        if (files == 1)
            assert_rows(file);
        else
            assert_message_has("holds 2 files, expected one HDF5 file");
        sg_h5_close(file);
    }
}

static const sg_h5_entry *entry_of(const sg_h5_entry *entries, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    fail_msg("%s is not listed", name);
    return NULL;
}

static void groups_are_listed(void **state) {
    (void)state;
    sg_h5 *file = open_made(CHUNKED);
    sg_h5_entry *entries;
    size_t count;
    assert_int_equal(sg_h5_list(file, "", &entries, &count), SG_OK);
    assert_int_equal(count, 5);
    const sg_h5_entry *numbers = entry_of(entries, count, "numbers");
    assert_true(numbers->kind == SG_H5_NUMBERS && numbers->whole && numbers->rank == 2 && numbers->shape[0] == 1000);
    assert_string_equal(numbers->unit, "ms");
    assert_true(entry_of(entries, count, "bools")->kind == SG_H5_NUMBERS && entry_of(entries, count, "bools")->whole);
    assert_true(entry_of(entries, count, "keys")->kind == SG_H5_TEXTS);
    assert_true(entry_of(entries, count, "spikes")->kind == SG_H5_GROUP);
    free(entries);
    assert_int_equal(sg_h5_list(file, "spikes", &entries, &count), SG_OK);
    assert_int_equal(count, 15);
    assert_string_equal(entries[2].name, "g2"); /* not g10 */
    assert_string_equal(entries[11].name, "g11");
    assert_true(entries[12].kind == SG_H5_ROWS && !entries[12].whole && entries[12].shape[0] == SAMPLES);
    assert_true(entries[13].kind == SG_H5_ROWS && entries[13].whole);
    assert_true(entries[14].kind == SG_H5_OTHER); /* a link to another file */
    free(entries);
    assert_int_equal(sg_h5_list(file, "numbers", &entries, &count), SG_DATA);
    assert_int_equal(sg_h5_list(file, "nowhere", &entries, &count), SG_DATA);
    assert_message_has("has no group nowhere");
    sg_h5_close(file);
}

static void ranges_of_numbers_are_read(void **state) {
    (void)state;
    sg_h5 *file = open_made(SIDE_BY_SIDE);
    static double numbers[3000], bools[1000];
    for (uint64_t first = 0; first < 1000; first += 111)
        for (uint64_t count = 0; count <= 1000 - first; count += 50) {
            const sg_h5_range range = {"numbers", first, count, 3 * count}, other = {"bools", first, count, count};
            assert_int_equal(sg_h5_get_ranges(file, &range, 1, numbers), SG_OK);
            assert_int_equal(sg_h5_get_ranges(file, &other, 1, bools), SG_OK);
            for (uint64_t i = 0; i < 3 * count; i++)
                assert_true(numbers[i] == (double)(int16_t)((3 * first + i) * 7 - 5000));
            for (uint64_t i = 0; i < count; i++)
                assert_true(bools[i] == ((first + i) % 3 == 0));
        }
    const sg_h5_range wrong[] = {{"numbers", 999, 2, 6},
                                 {"numbers", 0, 1, 2},
                                 {"numbers", UINT64_MAX, 2, 6},
                                 {"keys", 0, 1, 1},
                                 {"spikes/zz", 0, 1, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(sg_h5_get_ranges(file, &wrong[i], 1, numbers), SG_DATA);
    sg_h5_close(file);
}

static void texts_are_read(void **state) {
    (void)state;
    sg_h5 *file = open_made(SIDE_BY_SIDE);
    static const char *const expected[] = {"zero", "", "null", "one", "twelve", ""};
    sg_texts texts = {0};
    assert_int_equal(sg_h5_get_texts(file, "keys", &texts), SG_OK);
    assert_int_equal(sg_h5_get_texts(file, "fixed", &texts), SG_OK);
    assert_int_equal(texts.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < texts.count; i++)
        assert_string_equal(texts.items[i], expected[i]);
    assert_int_equal(sg_h5_get_texts(file, "numbers", &texts), SG_DATA);
    assert_int_equal(sg_h5_get_texts(file, "nowhere", &texts), SG_DATA);
    sg_texts_free(&texts);
    sg_h5_close(file);
}

/* Pairs of names as h5py packs them: rows of two texts of any length, in chunks. */
static void put_pairs(hid_t file, hsize_t columns_of_chunk) {
    const char *texts[5][2] = {{"input", "0"}, {"0", "1.w_rec"}, {"1.w_rec", ""}, {"", "five"}, {"six", "output"}};
    const hsize_t shape[2] = {5, 2}, chunk[2] = {2, columns_of_chunk};
    hid_t space = H5Screate_simple(2, shape, NULL), creation = H5Pcreate(H5P_DATASET_CREATE), any = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(any, H5T_VARIABLE) >= 0 && H5Pset_chunk(creation, 2, chunk) >= 0);
    assert_true(H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 6) >= 0);
    hid_t set = H5Dcreate2(file, "pairs", any, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(H5Dwrite(set, any, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    H5Dclose(set);
    H5Tclose(any);
    H5Pclose(creation);
    H5Sclose(space);
}

static sg_status get_pairs(hsize_t columns_of_chunk, int *rank, uint64_t shape[SG_H5_RANK], sg_texts *texts) {
    hid_t file = H5Fcreate(in_folder("pairs.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    put_pairs(file, columns_of_chunk);
    H5Fclose(file);
    sg_h5 *read;
    assert_int_equal(sg_h5_open(in_folder("pairs.h5"), SG_DATA, &read), SG_OK);
    sg_status status = sg_h5_get_text_array(read, "pairs", rank, shape, texts);
    sg_h5_close(read);
    return status;
}

static void packed_pairs_of_texts_are_read(void **state) {
    (void)state;
    static const char *const expected[] = {"input", "0", "0", "1.w_rec", "1.w_rec", "", "", "five", "six", "output"};
    sg_texts texts = {0};
    int rank;
    uint64_t shape[SG_H5_RANK];
    assert_int_equal(get_pairs(2, &rank, shape, &texts), SG_OK);
    assert_int_equal(rank, 2);
    assert_true(shape[0] == 5 && shape[1] == 2 && texts.count == 10);
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(texts.items[i], expected[i]);
    assert_int_equal(get_pairs(1, &rank, shape, &texts), SG_DATA);
    sg_texts_free(&texts);
}

/* One text, and an array of three axes. */
static void arrays_of_texts_come_as_they_were_written(void **state) {
    (void)state;
    static const char *const one = "NIRGraph", *const many[] = {"a", "", "longer than the others", "d", "e", "f"};
    const uint64_t axes[3] = {3, 1, 2};
    sg_h5 *file;
    sg_texts texts = {0};
    int rank;
    uint64_t shape[SG_H5_RANK];
    assert_int_equal(sg_h5_create(&file), SG_OK);
    assert_int_equal(sg_h5_put_text_array(file, "of/one", &one, 0, NULL), SG_OK);
    assert_int_equal(sg_h5_put_text_array(file, "of/many", many, 3, axes), SG_OK);
    assert_int_equal(sg_h5_put_text_array(file, "of/many", many, 3, axes), SG_IO_ERROR);
    assert_int_equal(sg_h5_write(file, in_folder("texts.h5")), SG_OK);
    sg_h5_close(file);
    assert_int_equal(sg_h5_open(in_folder("texts.h5"), SG_DATA, &file), SG_OK);
    assert_int_equal(sg_h5_get_text_array(file, "of/one", &rank, shape, &texts), SG_OK);
    assert_true(rank == 0 && texts.count == 1);
    assert_string_equal(texts.items[0], one);
    assert_int_equal(sg_h5_get_text_array(file, "of/many", &rank, shape, &texts), SG_OK);
    assert_true(rank == 3 && texts.count == 7 && memcmp(shape, axes, sizeof axes) == 0);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(texts.items[1 + i], many[i]);
    assert_int_equal(sg_h5_get_texts(file, "of/one", &texts), SG_DATA);
    assert_non_null(strstr(sg_error_message(), "of/one has 0 dimensions, expected 1"));
    sg_texts_free(&texts);
    sg_h5_close(file);
}

/* A million texts without characters: a list of 48 MB from a file of a few kilobytes. */
static void many_short_texts_are_refused(void **state) {
    (void)state;
    const hsize_t count = 1000000;
    hid_t file = H5Fcreate(in_folder("short.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &count, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(creation, 1, &count) >= 0 && H5Pset_deflate(creation, 9) >= 0);
    hid_t set = H5Dcreate2(file, "texts", H5T_C_S1, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    char *zeros = calloc(count, 1);
    assert_true(H5Dwrite(set, H5T_C_S1, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros) >= 0);
    free(zeros);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
    H5Fclose(file);
    sg_h5 *read;
    sg_texts texts = {0};
    assert_int_equal(sg_h5_open_large(in_folder("short.h5"), SG_DATA, &read), SG_OK);
    sg_pretend_memory(16 << 20);
    assert_int_equal(sg_h5_get_texts(read, "texts", &texts), SG_MEMORY);
    sg_pretend_memory(0);
    assert_non_null(strstr(sg_error_message(), "use a file of fewer or shorter texts"));
    sg_texts_free(&texts);
    sg_h5_close(read);
}

/* 30 MB, which are read in two parts; the second is shorter. */
static void large_arrays_are_read_in_parts(void **state) {
    (void)state;
    const hsize_t shape[2] = {2500001, 3}, chunk[2] = {100000, 3};
    const uint64_t expected_shape[2] = {shape[0], shape[1]};
    const size_t count = shape[0] * shape[1];
    uint32_t *expected = malloc(count * sizeof *expected), *found = calloc(count, sizeof *found);
    assert_true(expected && found);
    for (size_t j = 0; j < count; j++)
        expected[j] = (uint32_t)(j * 7);
    hid_t file = H5Fcreate(in_folder("parts.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(2, shape, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(creation, 2, chunk) >= 0);
    hid_t set = H5Dcreate2(file, "numbers", H5T_STD_U32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(H5Dwrite(set, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected) >= 0);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
    H5Fclose(file);
    sg_h5 *read;
    assert_int_equal(sg_h5_open(in_folder("parts.h5"), SG_DATA, &read), SG_OK);
    assert_int_equal(sg_h5_get(read, "numbers", SG_H5_U32, found, 2, expected_shape), SG_OK);
    assert_memory_equal(found, expected, count * sizeof *found);
    sg_h5_close(read);
    free(expected);
    free(found);
}

/* Whether rows are read from a file in which a byte is another. */
static bool rows_are_read_with(uint8_t *plain, size_t size, size_t at, uint8_t change) {
    double numbers[SAMPLES * LONGEST];
    uint64_t lengths[SAMPLES], sum = 0;
    sg_h5 *file;
    plain[at] ^= change;
    put_file(in_folder("damaged.h5"), plain, size);
    plain[at] ^= change;
    if (sg_h5_open_large(in_folder("damaged.h5"), SG_DATA, &file) != SG_OK)
        return false;
    assert_int_equal(sg_h5_row_lengths(file, "spikes/times", SAMPLES, lengths), SG_OK);
    for (size_t s = 0; s < SAMPLES; s++)
        sum += lengths[s];
    const sg_h5_range all = {"spikes/times", 0, SAMPLES, sum};
    const bool read = sg_h5_get_ranges(file, &all, 1, numbers) == SG_OK;
    sg_h5_close(file);
    return read;
}

/* Bit by bit through a file with rows: each is read right, or refused; HDF5 would hand on what lay in memory. */
static void damaged_rows_are_refused(void **state) {
    (void)state;
    enum { ROOM = 1 << 20 };
    static uint8_t plain[ROOM];
    sg_h5_close(open_made(SIDE_BY_SIDE));
    FILE *made = fopen(in_folder("made.h5"), "rb");
    size_t size = fread(plain, 1, ROOM, made), refused = 0;
    fclose(made);
    const uint8_t *heap = memmem(plain, size, "GCOL", 4);
    assert_non_null(heap);
    size_t at = (size_t)(heap - plain);
    for (size_t i = at; i < at + 96; i++)
        refused += !rows_are_read_with(plain, size, i, 8);
    assert_false(rows_are_read_with(plain, size, at + 24, 4)); /* the first row: 6 bytes, which is not one number */
    assert_in_range(refused, 20, 80); /* signature, sizes and numbers of objects; not spare bytes and the rows */
}

static void cut_files_are_refused(void **state) {
    (void)state;
    sg_h5 *file = open_made(PACKED);
    sg_h5_close(file);
    assert_int_equal(truncate(in_folder("made.h5"), 5000), 0);
    assert_int_equal(sg_h5_open_large(in_folder("made.h5"), SG_MODEL, &file), SG_MODEL);
    put_file(in_folder("empty.h5"), "", 0);
    assert_int_equal(sg_h5_open_large(in_folder("empty.h5"), SG_DATA, &file), SG_DATA);
    assert_message_has("is empty");
    assert_int_equal(sg_h5_open_large(folder, SG_DATA, &file), SG_DATA);
    assert_message_has("is a folder");
    file = open_made(SIDE_BY_SIDE); /* cut while it is open: the separate process ends, and no other */
    assert_int_equal(truncate(in_folder("made.h5"), 100), 0);
    uint64_t lengths[SAMPLES];
    assert_int_equal(sg_h5_row_lengths(file, "spikes/times", SAMPLES, lengths), SG_DATA);
    sg_h5_close(file);
}

/* Every half float, by its definition. */
static void halves_are_widened(void **state) {
    (void)state;
    for (uint32_t half = 0; half < 65536; half++) {
        const int exponent = (int)(half >> 10 & 31), mantissa = (int)(half & 1023);
        const double found = sg_half_to_double((uint16_t)half);
        if (exponent == 31) {
            assert_true(mantissa ? isnan(found) : isinf(found));
            continue;
        }
        double wide = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
        assert_true(found == (half & 0x8000 ? -wide : wide) && !signbit(found) == !(half & 0x8000));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_as_they_were_written),
        cmocka_unit_test(packed_files_are_read),
        cmocka_unit_test(groups_are_listed),
        cmocka_unit_test(ranges_of_numbers_are_read),
        cmocka_unit_test(texts_are_read),
        cmocka_unit_test(packed_pairs_of_texts_are_read),
        cmocka_unit_test(arrays_of_texts_come_as_they_were_written),
        cmocka_unit_test(many_short_texts_are_refused),
        cmocka_unit_test(large_arrays_are_read_in_parts),
        cmocka_unit_test(damaged_rows_are_refused),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(halves_are_widened),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

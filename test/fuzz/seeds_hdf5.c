/* Data sets as fuzz_hdf5.c reads them: one of each layout that recording_hdf5.c knows, in the oldest format, which has
 * no checksums that would keep changed bytes from being read. */
#include "seeds.h"

#include "file/bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <hdf5.h>
#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double numbers[] = {0, 1, 2, 3, 5, 8, 13, 21, 0, 1, 1, 0};

static hid_t half_type(void) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    check(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 && H5Tset_ebias(type, 15) >= 0,
          "half");
    return type;
}

/* Tables are made small, for a small seed. */
static hid_t create(const char *name) {
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    check(H5Pset_sym_k(creation, 2, 1) >= 0 && H5Pset_istore_k(creation, 2) >= 0, name);
    hid_t file = H5Fcreate(seed_path(name), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    check(file >= 0, name);
    H5Pclose(creation);
    return file;
}

static void make_group(hid_t file, const char *name) {
    hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    check(group >= 0, name);
    H5Gclose(group);
}

/* A dataset of `rank` axes, (a, b, c), with the first of the numbers; or, where there is `data`, with those. */
static void put(hid_t file, const char *name, hid_t stored, int rank, hsize_t a, hsize_t b, hsize_t c, bool packed,
                hid_t memory, const void *data) {
    const hsize_t shape[] = {a, b, c};
    hid_t space = H5Screate_simple(rank, shape, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation, false);
    if (packed)
        check(H5Pset_chunk(creation, rank, shape) >= 0 && H5Pset_deflate(creation, 9) >= 0, name);
    hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    check(set >= 0 && H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data ? data : numbers) >= 0, name);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
}

static void put_list(hid_t file, const char *name, hid_t stored, hsize_t count) {
    put(file, name, stored, 1, count, 1, 1, false, H5T_NATIVE_DOUBLE, NULL);
}

/* Three rows, of 3, 0 and 2 numbers. */
static void put_rows(hid_t file, const char *name, hid_t element) {
    static const uint16_t row[] = {1, 2, 3};
    const hvl_t rows[] = {{3, (void *)(uintptr_t)row}, {0, NULL}, {2, (void *)(uintptr_t)row}};
    hid_t type = H5Tvlen_create(element), memory = H5Tvlen_create(H5T_NATIVE_UINT16);
    put(file, name, type, 1, 3, 1, 1, false, memory, rows);
    H5Tclose(memory);
    H5Tclose(type);
}

static void put_texts(hid_t file, const char *name, size_t length) {
    static const char *const texts[] = {"zero", "one"};
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, length);
    put(file, name, type, 1, 2, 1, 1, false, type, length == H5T_VARIABLE ? (const void *)texts : "zero\0one\0");
    H5Tclose(type);
}

static void put_unit(hid_t file, const char *name, const char *unit) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(unit) + 1);
    hid_t attribute = H5Acreate_by_name(file, name, "unit", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    check(attribute >= 0 && H5Awrite(attribute, type, unit) >= 0, name);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void fill_shd(hid_t file) {
    hid_t half = half_type();
    make_group(file, "spikes");
    make_group(file, "extra");
    put_rows(file, "spikes/times", half);
    put_rows(file, "spikes/units", H5T_STD_U16LE);
    put_list(file, "labels", H5T_STD_U16LE, 3);
    put_list(file, "extra/speaker", H5T_STD_U16LE, 3);
    put_texts(file, "extra/keys", 5);
    H5Tclose(half);
}

static void fill_tidigits(hid_t file) {
    static const char *const parts[] = {"train_timestamps", "train_addresses", "test_timestamps", "test_addresses"};
    char name[64];
    for (int i = 0; i < 4; i++) {
        make_group(file, parts[i]);
        snprintf(name, sizeof name, "%s/ae-z", parts[i]);
        put_list(file, name, i % 2 ? H5T_STD_I64LE : H5T_IEEE_F64LE, 3);
        snprintf(name, sizeof name, "%s/ae-12", parts[i]);
        put_list(file, name, i % 2 ? H5T_STD_I64LE : H5T_IEEE_F64LE, 2);
    }
}

static void fill_arrays(hid_t file) {
    put_list(file, "t", H5T_IEEE_F64LE, 8);
    put_unit(file, "t", "ms");
    put_list(file, "x", H5T_STD_U16BE, 8);
    put_list(file, "y", H5T_STD_I32LE, 8);
    put_list(file, "p", H5T_STD_I8LE, 8);
    put_list(file, "first", H5T_STD_U32LE, 3);
    put_list(file, "label", H5T_STD_I64LE, 3);
    put_list(file, "split", H5T_STD_U8LE, 3);
    put_list(file, "group", H5T_STD_U8LE, 3);
    put_texts(file, "names", H5T_VARIABLE);
}

static void fill_padded(hid_t file) {
    put(file, "t", H5T_STD_U32LE, 2, 2, 4, 1, true, H5T_NATIVE_DOUBLE, NULL);
    put(file, "unit", H5T_STD_U16LE, 2, 2, 4, 1, true, H5T_NATIVE_DOUBLE, NULL);
    put_list(file, "label", H5T_STD_U8LE, 2);
}

static void fill_events(hid_t file) {
    make_group(file, "events");
    put_list(file, "events/t", H5T_STD_I64LE, 8);
    put_list(file, "events/x", H5T_STD_U16LE, 8);
    put_list(file, "events/y", H5T_STD_U16LE, 8);
    put_list(file, "events/p", H5T_STD_U8LE, 8);
    put_list(file, "ms_to_idx", H5T_STD_U64LE, 3);
}

static void fill_groups(hid_t file) {
    make_group(file, "2");
    put_list(file, "2/t", H5T_STD_I64LE, 3);
    put_list(file, "2/x", H5T_STD_U16LE, 3);
    make_group(file, "10");
    put_list(file, "10/t", H5T_STD_I64LE, 2);
    put_list(file, "10/x", H5T_STD_U16LE, 2);
    put_list(file, "10/label", H5T_STD_U16LE, 1);
}

static void fill_rows(hid_t file) {
    put_rows(file, "t", H5T_STD_I64BE);
    put_rows(file, "x", H5T_STD_I16LE);
    put_rows(file, "p", H5T_STD_U8LE);
    put_list(file, "label", H5T_STD_U8LE, 3);
}

static void fill_series(hid_t file) {
    put(file, "values", H5T_IEEE_F32LE, 3, 2, 3, 2, true, H5T_NATIVE_DOUBLE, NULL);
    put_list(file, "label", H5T_STD_U8LE, 2);
}

static void fill_lengths(hid_t file) {
    put(file, "values", H5T_STD_U8LE, 2, 3, 4, 1, false, H5T_NATIVE_DOUBLE, NULL);
    put_list(file, "lengths", H5T_STD_I32LE, 3);
}

static const struct {
    const char *name;
    void (*fill)(hid_t file);
} layouts[] = {{"hdf5/shd.h5", fill_shd},       {"hdf5/tidigits.h5", fill_tidigits}, {"hdf5/arrays.h5", fill_arrays},
               {"hdf5/padded.h5", fill_padded}, {"hdf5/events.h5", fill_events},     {"hdf5/groups.h5", fill_groups},
               {"hdf5/rows.h5", fill_rows},     {"hdf5/series.h5", fill_series},     {"hdf5/lengths.h5", fill_lengths}};

/* ------------------------------------------------------------------------------------------------------ packed */

static void read_seed(const char *name, uint8_t **bytes, size_t *size) {
    check(sg_bytes_read(seed_path(name), 1 << 20, bytes, size) == SG_OK, name);
}

static void write_gzip(const char *name, const char *from) {
    uint8_t *bytes;
    size_t size;
    read_seed(from, &bytes, &size);
    gzFile file = gzopen(seed_path(name), "wb9");
    check(file && gzwrite(file, bytes, (unsigned)size) == (int)size && gzclose(file) == Z_OK, name);
    free(bytes);
}

static void write_zip(const char *name, const char *from) {
    uint8_t *bytes;
    size_t size;
    read_seed(from, &bytes, &size);
    struct archive *zip = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_write_set_format_zip(zip);
    check(archive_write_open_filename(zip, seed_path(name)) == ARCHIVE_OK, name);
    archive_entry_set_pathname(entry, "a.h5");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)size);
    check(archive_write_header(zip, entry) == ARCHIVE_OK && archive_write_data(zip, bytes, size) == (la_ssize_t)size,
          name);
    check(archive_write_close(zip) == ARCHIVE_OK, name);
    archive_entry_free(entry);
    archive_write_free(zip);
    free(bytes);
}

void write_hdf5(void) {
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        hid_t file = create(layouts[i].name);
        layouts[i].fill(file);
        check(H5Fclose(file) >= 0, layouts[i].name);
    }
    write_gzip("hdf5/shd.h5.gz", "hdf5/shd.h5");
    write_zip("hdf5/series.zip", "hdf5/series.h5");
}

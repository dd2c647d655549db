#include "seeds.h"

#include <hdf5.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How a writer keeps its datasets and texts. */
typedef struct style {
    const char *name;
    H5F_libver_t version;
    H5D_layout_t layout;
    int endless; /* axes without a limit, which decide how chunks are found */
    bool packed; /* shuffle, gzip, checksums */
    bool any_length, dense;
    bool half; /* numbers of 16 bits where the array is one of floats */
} style;

static const style styles[] = {
    {"old_plain", H5F_LIBVER_EARLIEST, H5D_CONTIGUOUS, 0, false, true, false, false},
    {"old_packed", H5F_LIBVER_EARLIEST, H5D_CHUNKED, 1, true, true, false, true},
    {"v18_compact", H5F_LIBVER_V18, H5D_COMPACT, 0, false, false, false, true},
    {"v18_dense", H5F_LIBVER_V18, H5D_CHUNKED, 2, true, true, true, false},
    {"new_chunks", H5F_LIBVER_V110, H5D_CHUNKED, 0, false, true, false, false},
    {"new_fixed", H5F_LIBVER_V110, H5D_CHUNKED, 0, true, true, false, false},
    {"new_endless", H5F_LIBVER_V110, H5D_CHUNKED, 1, true, false, false, false},
    {"new_dense", H5F_LIBVER_V110, H5D_CHUNKED, 2, true, true, true, false},
};

static hid_t half_type(void) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    check(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 && H5Tset_ebias(type, 15) >= 0,
          "half");
    return type;
}

static void put_text(hid_t file, const style *how, const char *name, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    check(H5Tset_size(type, how->any_length ? H5T_VARIABLE : strlen(text)) >= 0, name);
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    check(H5Awrite(attribute, type, how->any_length ? (const void *)&text : text) >= 0, name);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static hid_t creation_of(const style *how, int rank, const hsize_t *shape) {
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[2];
    for (int i = 0; i < rank; i++)
        chunk[i] = (shape[i] + 1) / 2;
    H5Pset_obj_track_times(creation, false);
    if (rank)
        check(H5Pset_layout(creation, how->layout) >= 0, how->name);
    if (rank && how->layout == H5D_CHUNKED)
        check(H5Pset_chunk(creation, rank, chunk) >= 0, how->name);
    if (rank && how->packed)
        check(H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 9) >= 0 && H5Pset_fletcher32(creation) >= 0,
              how->name);
    return creation;
}

/* A dataset of floats or 32-bit integers. */
static void put_array(hid_t file, const style *how, const char *name, hid_t type, const void *data, int rank,
                      const hsize_t *shape) {
    hsize_t most[2];
    for (int i = 0; i < rank; i++)
        most[i] = i < how->endless ? H5S_UNLIMITED : shape[i];
    hid_t creation = creation_of(how, rank, shape);
    hid_t stored = how->half && type == H5T_NATIVE_FLOAT ? half_type() : H5Tcopy(type);
    hid_t space = rank ? H5Screate_simple(rank, shape, most) : H5Screate(H5S_SCALAR);
    hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    check(set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, name);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(stored);
    H5Pclose(creation);
}

/* Without the time, so that a seed is the same whenever it is made. */
static void make_group(hid_t file, const char *name) {
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation, false);
    hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    check(group >= 0, name);
    H5Gclose(group);
    H5Pclose(creation);
}

/* Tables of the oldest format are made small, for a small seed; later formats would note it with the time. */
static hid_t create(const style *how, const char *what) {
    char name[64];
    hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    snprintf(name, sizeof name, "foreign/%s_%s.h5", what, how->name);
    H5Pset_obj_track_times(creation, false);
    if (how->version == H5F_LIBVER_EARLIEST)
        check(H5Pset_sym_k(creation, 2, 1) >= 0 && H5Pset_istore_k(creation, 2) >= 0, name);
    if (how->dense)
        check(H5Pset_link_phase_change(creation, 0, 0) >= 0 && H5Pset_attr_phase_change(creation, 0, 0) >= 0, name);
    H5Pset_libver_bounds(access, how->version, H5F_LIBVER_V110);
    hid_t file = H5Fcreate(seed_path(name), H5F_ACC_TRUNC, creation, access);
    check(file >= 0, name);
    H5Pclose(access);
    H5Pclose(creation);
    return file;
}

/* A network of 3-4-2 neurons; its time constants serve neuron.file. */
static void write_model(const style *how) {
    static const float weights[12] = {0.5f, -0.25f, 1, 2, -1}, tau[4] = {5, 10, 15, 20}, threshold[4] = {1, 1, 2, 0.5f};
    static const hsize_t first[] = {3, 4}, second[] = {4, 2};
    hid_t file = create(how, "model");
    put_text(file, how, "format", "surgrad model 1");
    put_text(file, how, "surgrad", "0.1.0");
    put_text(file, how, "config", "steps: 10\nlayers:\n  - size: 4\n  - size: 2\n");
    make_group(file, "layers");
    make_group(file, "layers/0");
    make_group(file, "layers/1");
    put_array(file, how, "layers/0/weights", H5T_NATIVE_FLOAT, weights, 2, first);
    put_array(file, how, "layers/1/weights", H5T_NATIVE_FLOAT, weights, 2, second);
    put_array(file, how, "tau_mem", H5T_NATIVE_FLOAT, tau, 1, second);
    put_array(file, how, "threshold", H5T_NATIVE_FLOAT, threshold, 1, second);
    check(H5Fclose(file) >= 0, how->name);
}

static void write_events(const style *how) {
    static const uint32_t steps = 10, channels = 5, classes = 2, first[] = {0, 3, 6, 10};
    static const uint32_t step[] = {0, 4, 9, 1, 2, 3, 0, 0, 5, 5}, channel[] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
    static const uint32_t label[] = {0, 1, 0};
    static const hsize_t firsts = 4, events = 10, samples = 3;
    hid_t file = create(how, "events");
    put_text(file, how, "format", "surgrad events 1");
    put_array(file, how, "steps", H5T_NATIVE_UINT32, &steps, 0, NULL);
    put_array(file, how, "channels", H5T_NATIVE_UINT32, &channels, 0, NULL);
    put_array(file, how, "classes", H5T_NATIVE_UINT32, &classes, 0, NULL);
    put_array(file, how, "first", H5T_NATIVE_UINT32, first, 1, &firsts);
    put_array(file, how, "step", H5T_NATIVE_UINT32, step, 1, &events);
    put_array(file, how, "channel", H5T_NATIVE_UINT32, channel, 1, &events);
    put_array(file, how, "label", H5T_NATIVE_UINT32, label, 1, &samples);
    check(H5Fclose(file) >= 0, how->name);
}

void write_foreign_files(void) {
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        write_model(&styles[i]);
        write_events(&styles[i]);
    }
}

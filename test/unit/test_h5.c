#include "file/bytes.h"
#include "file/h5.h"

#include <hdf5.h>
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { LIMIT = 1 << 24, MANY = 60000, SEAL = 20 };

/* ------------------------------------------------------------------------------------------------ files of ours */

static void fill_model(sg_h5 *file) {
    static float weights[MANY];
    for (int i = 0; i < MANY; i++)
        weights[i] = sinf((float)i) / 7;
    const uint64_t shape[] = {200, 300}, step = 123456789012u;
    assert_int_equal(sg_h5_put(file, "layers/0/weights", SG_H5_F32, weights, 2, shape, true), SG_OK);
    assert_int_equal(sg_h5_put(file, "layers/0/bias", SG_H5_F32, weights, 1, shape, true), SG_OK);
    assert_int_equal(sg_h5_put(file, "layers/1/weights", SG_H5_F32, weights, 2, shape, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "state/step", SG_H5_U64, &step, 0, NULL, true), SG_OK);
    assert_int_equal(sg_h5_put_text(file, "config", "data:\n  set: mnist\n"), SG_OK);
}

static const char *write_model(const char *name) {
    sg_h5 *file;
    const char *path = in_folder(name);
    assert_int_equal(sg_h5_create(&file), SG_OK);
    fill_model(file);
    assert_int_equal(sg_h5_write(file, path), SG_OK);
    sg_h5_close(file);
    return path;
}

static sg_h5 *open_good(const char *path) {
    sg_h5 *file;
    if (sg_h5_open(path, SG_MODEL, &file) != SG_OK)
        fail_msg("%s", sg_error_message());
    return file;
}

static void assert_nothing_is_open(void) {
    assert_int_equal(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void every_type_goes_round(void **state) {
    (void)state;
    static const double numbers[] = {0, -1.5, 1e-300, INFINITY};
    static const float floats[] = {0, -1.5f, 1e-30f, INFINITY};
    static const uint8_t bytes[] = {0, 1, 254, 255};
    static const uint16_t shorts[] = {0, 1, 256, 65535};
    static const uint32_t words[] = {0, 1, 65536, UINT32_MAX};
    static const uint64_t longs[] = {0, 1, 1ull << 63, UINT64_MAX};
    static const struct {
        sg_h5_type type;
        const void *data;
        size_t size;
    } cases[] = {{SG_H5_F32, floats, sizeof floats}, {SG_H5_F64, numbers, sizeof numbers},
                 {SG_H5_U8, bytes, sizeof bytes},    {SG_H5_U16, shorts, sizeof shorts},
                 {SG_H5_U32, words, sizeof words},   {SG_H5_U64, longs, sizeof longs}};
    static const uint64_t shapes[][SG_H5_RANK] = {{4}, {2, 2}, {1, 4, 1}, {2, 1, 2, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int rank = 1; rank <= SG_H5_RANK; rank++) {
            sg_h5 *file;
            char back[sizeof numbers];
            assert_int_equal(sg_h5_create(&file), SG_OK);
            assert_int_equal(sg_h5_put(file, "a/b", cases[i].type, cases[i].data, rank, shapes[rank - 1], true), SG_OK);
            assert_int_equal(sg_h5_write(file, in_folder("types")), SG_OK);
            sg_h5_close(file);
            file = open_good(in_folder("types"));
            assert_int_equal(sg_h5_get(file, "a/b", cases[i].type, back, rank, shapes[rank - 1]), SG_OK);
            assert_memory_equal(back, cases[i].data, cases[i].size);
            sg_h5_close(file);
        }
    assert_nothing_is_open();
}

static void models_go_round(void **state) {
    (void)state;
    static float weights[MANY];
    const uint64_t expected[] = {200, 300, 0, 0};
    uint64_t shape[SG_H5_RANK], step;
    int rank;
    char *text;
    sg_h5 *file = open_good(write_model("model"));
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "layers/1/weights" : "layers/0/weights";
        assert_int_equal(sg_h5_shape(file, name, &rank, shape), SG_OK);
        assert_int_equal(rank, 2);
        assert_memory_equal(shape, expected, sizeof shape);
        assert_int_equal(sg_h5_get(file, name, SG_H5_F32, weights, 2, shape), SG_OK);
        for (int j = 0; j < MANY; j++)
            assert_true(weights[j] == sinf((float)j) / 7);
    }
    assert_int_equal(sg_h5_shape(file, "state/step", &rank, shape), SG_OK);
    assert_int_equal(rank, 0);
    assert_int_equal(sg_h5_get(file, "state/step", SG_H5_U64, &step, 0, NULL), SG_OK);
    assert_int_equal(step, 123456789012u);
    assert_int_equal(sg_h5_get_text(file, "config", &text), SG_OK);
    assert_string_equal(text, "data:\n  set: mnist\n");
    free(text);
    sg_h5_close(file);
    assert_nothing_is_open();
}

static void odd_sizes_go_round(void **state) {
    (void)state;
    sg_h5 *file;
    static uint8_t wide[3 << 20], back[3 << 20];
    const uint64_t none[] = {0, 5}, row[] = {1, 3 << 20}, column[] = {(3 << 20) / 7, 7};
    for (size_t i = 0; i < sizeof wide; i++)
        wide[i] = (uint8_t)(i * i >> 9);
    assert_int_equal(sg_h5_create(&file), SG_OK);
    assert_int_equal(sg_h5_put(file, "none", SG_H5_U32, wide, 2, none, true), SG_OK);
    assert_int_equal(sg_h5_put(file, "row", SG_H5_U8, wide, 2, row, true), SG_OK);
    assert_int_equal(sg_h5_put(file, "column", SG_H5_U8, wide, 2, column, true), SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder("odd")), SG_OK);
    sg_h5_close(file);
    file = open_good(in_folder("odd"));
    assert_int_equal(sg_h5_get(file, "none", SG_H5_U32, back, 2, none), SG_OK);
    assert_int_equal(sg_h5_get(file, "row", SG_H5_U8, back, 2, row), SG_OK);
    assert_memory_equal(back, wide, sizeof wide);
    memset(back, 0, sizeof back);
    assert_int_equal(sg_h5_get(file, "column", SG_H5_U8, back, 2, column), SG_OK);
    assert_memory_equal(back, wide, column[0] * column[1]);
    sg_h5_close(file);
}

static void texts_of_any_length_go_round(void **state) {
    (void)state;
    const size_t lengths[] = {0, 1, 1000, 200000};
    char *text = malloc(200001), *back;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        sg_h5 *file;
        memset(text, 'x', lengths[i]);
        text[lengths[i]] = 0;
        assert_int_equal(sg_h5_create(&file), SG_OK);
        assert_int_equal(sg_h5_put_text(file, "text", text), SG_OK);
        assert_int_equal(sg_h5_write(file, in_folder("text")), SG_OK);
        sg_h5_close(file);
        file = open_good(in_folder("text"));
        assert_int_equal(sg_h5_get_text(file, "text", &back), SG_OK);
        assert_string_equal(back, text);
        free(back);
        sg_h5_close(file);
    }
    free(text);
}

/* Whatever lay in the memory that HDF5 takes, and whenever it was written. */
static void equal_content_gives_equal_files(void **state) {
    (void)state;
    uint8_t *first, *again;
    size_t size, size_again;
    mallopt(M_PERTURB, 0x55);
    assert_int_equal(sg_bytes_read(write_model("first"), LIMIT, &first, &size), SG_OK);
    mallopt(M_PERTURB, 0xaa);
    sleep(1); /* times in HDF5 are whole seconds */
    assert_int_equal(sg_bytes_read(write_model("again"), LIMIT, &again, &size_again), SG_OK);
    mallopt(M_PERTURB, 0);
    assert_int_equal(size, size_again);
    assert_memory_equal(first, again, size);
    free(first);
    free(again);
}

static void files_open_at_once_are_kept_apart(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        sg_h5 *file;
        uint32_t value = (uint32_t)i;
        assert_int_equal(sg_h5_create(&file), SG_OK);
        assert_int_equal(sg_h5_put(file, "value", SG_H5_U32, &value, 0, NULL, false), SG_OK);
        assert_int_equal(sg_h5_write(file, in_folder(i ? "b" : "a")), SG_OK);
        sg_h5_close(file);
    }
    sg_h5 *old = open_good(in_folder("a"));
    assert_int_equal(rename(in_folder("b"), in_folder("a")), 0);
    sg_h5 *new = open_good(in_folder("a"));
    uint32_t value;
    assert_int_equal(sg_h5_get(old, "value", SG_H5_U32, &value, 0, NULL), SG_OK);
    assert_int_equal(value, 0);
    assert_int_equal(sg_h5_get(new, "value", SG_H5_U32, &value, 0, NULL), SG_OK);
    assert_int_equal(value, 1);
    sg_h5_close(old);
    sg_h5_close(new);
}

static void wrong_use_is_refused(void **state) {
    (void)state;
    sg_h5 *file;
    const uint64_t shape[] = {1ull << 40, 1ull << 40};
    char name[2048];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    assert_int_equal(sg_h5_put(file, "x", SG_H5_U8, "", SG_H5_RANK + 1, shape, false), SG_ARGUMENT);
    assert_int_equal(sg_h5_put(file, "x", SG_H5_U8, "", 2, shape, false), SG_ARGUMENT);
    assert_message_has("dataset x: its size overflows");
    assert_int_equal(sg_h5_put(file, name, SG_H5_U8, "", 0, NULL, false), SG_ARGUMENT);
    assert_int_equal(sg_h5_put(file, "twice", SG_H5_U8, "", 0, NULL, false), SG_OK);
    assert_int_equal(sg_h5_put(file, "twice", SG_H5_U8, "", 0, NULL, false), SG_IO_ERROR);
    assert_message_has("cannot make dataset twice (HDF5: ");
    assert_int_equal(sg_h5_put(file, "twice/below", SG_H5_U8, "", 0, NULL, false), SG_IO_ERROR);
    assert_int_equal(sg_h5_put_text(file, "text", "x"), SG_OK);
    assert_int_equal(sg_h5_put_text(file, "text", "y"), SG_IO_ERROR);
    assert_message_has("cannot make attribute text (HDF5: ");
    put_file(in_folder("file"), "x", 1);
    assert_int_equal(sg_h5_write(file, in_folder("file/below")), SG_IO_ERROR);
    assert_message_has("/file/below: Not a directory");
    assert_int_equal(sg_h5_write(file, in_folder("late")), SG_IO_ERROR);
    assert_message_has("/late: cannot finish the HDF5 file");
    assert_int_equal(sg_h5_put(file, "late", SG_H5_U8, "", 0, NULL, false), SG_IO_ERROR);
    sg_h5_close(file);
    sg_h5_close(NULL);
    assert_nothing_is_open();
}

/* ------------------------------------------------------------------------------------------------ damaged files */

static void assert_unopened(const void *bytes, size_t size, const char *message) {
    sg_h5 *file = (sg_h5 *)1;
    assert_int_equal(sg_h5_open_bytes("m.h5", bytes, size, SG_MODEL, &file), SG_MODEL);
    assert_null(file);
    assert_int_equal(strncmp(sg_error_message(), "m.h5: ", 6), 0);
    assert_message_has(message);
}

static void damage_is_found(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t size;
    assert_int_equal(sg_bytes_read(write_model("model"), LIMIT, &bytes, &size), SG_OK);
    for (size_t i = 0; i < size - SEAL; i += 1 + i / 300) {
        bytes[i] ^= 0x10;
        assert_unopened(bytes, size, "is damaged (its checksum is wrong)");
        bytes[i] ^= 0x10;
    }
    for (size_t i = size - SEAL + 8; i < size; i++) {
        bytes[i] ^= 0x10;
        assert_unopened(bytes, size, "is damaged (its checksum is wrong)");
        bytes[i] ^= 0x10;
    }
    for (size_t cut = 0; cut < size - SEAL; cut += 1 + cut / 10)
        assert_unopened(bytes, cut, cut ? "is not a sound HDF5 file (HDF5: " : "is empty, expected an HDF5 file");
    assert_unopened("model", 5, "is not a sound HDF5 file");
    free(bytes);
    assert_nothing_is_open();
}

static void files_without_a_seal_are_read(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t size;
    assert_int_equal(sg_bytes_read(write_model("model"), LIMIT, &bytes, &size), SG_OK);
    for (size_t cut = 0; cut <= SEAL; cut += SEAL / 2) {
        sg_h5 *file;
        uint64_t step;
        assert_int_equal(sg_h5_open_bytes("m.h5", bytes, size - cut, SG_DATA, &file), SG_OK);
        assert_int_equal(sg_h5_get(file, "state/step", SG_H5_U64, &step, 0, NULL), SG_OK);
        assert_int_equal(step, 123456789012u);
        sg_h5_close(file);
    }
    free(bytes);
}

static void unreadable_files_have_the_callers_status(void **state) {
    (void)state;
    sg_h5 *file;
    assert_int_equal(sg_h5_open(in_folder("nothing"), SG_MODEL, &file), SG_MODEL);
    assert_message_has("/nothing: there is no such file");
    assert_int_equal(sg_h5_open(in_folder("nothing"), SG_DATA, &file), SG_DATA);
    assert_null(file);
}

static void missing_names_are_told(void **state) {
    (void)state;
    sg_h5 *file = open_good(write_model("model"));
    uint64_t shape[SG_H5_RANK];
    int rank;
    char *text;
    const char *const names[] = {"", "/", "layer", "layers/2/weights", "state/step/below"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(sg_h5_has(file, names[i]));
        assert_int_equal(sg_h5_shape(file, names[i], &rank, shape), SG_MODEL);
    }
    assert_true(sg_h5_has(file, "layers/0/weights"));
    assert_false(sg_h5_has(file, "layers/0"));
    assert_int_equal(sg_h5_shape(file, "layers/2/weights", &rank, shape), SG_MODEL);
    assert_message_has("/model: layers/2/weights is missing");
    assert_int_equal(sg_h5_shape(file, "layers/0", &rank, shape), SG_MODEL);
    assert_message_has("layers/0 is not a dataset");
    assert_int_equal(sg_h5_get_text(file, "version", &text), SG_MODEL);
    assert_message_has("/model: attribute version is missing");
    assert_null(text);
    sg_h5_close(file);
    assert_nothing_is_open();
}

static void wrong_shapes_are_told(void **state) {
    (void)state;
    sg_h5 *file = open_good(write_model("model"));
    float weights[1];
    const uint64_t shape[] = {200, 301, 1};
    assert_int_equal(sg_h5_get(file, "layers/0/weights", SG_H5_F32, weights, 2, shape), SG_MODEL);
    assert_message_has("/model: layers/0/weights is 200 x 300, expected 200 x 301");
    assert_int_equal(sg_h5_get(file, "layers/0/weights", SG_H5_F32, weights, 3, shape), SG_MODEL);
    assert_message_has("is 200 x 300, expected 200 x 301 x 1");
    assert_int_equal(sg_h5_get(file, "layers/0/bias", SG_H5_F32, weights, 0, NULL), SG_MODEL);
    assert_message_has("is 200, expected one number");
    sg_h5_close(file);
}

/* ------------------------------------------------------------------------------------------- files of others */

/* A file of HDF5's own defaults on disk, as h5py makes it. */
static hid_t foreign_create(void) {
    hid_t file = H5Fcreate(in_folder("foreign"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void foreign_set(hid_t file, const char *name, hid_t type, hid_t space, hid_t creation, hid_t memory,
                        const void *data) {
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(set >= 0);
    if (data)
        assert_true(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

static hid_t space_of(int rank, hsize_t size) {
    hsize_t shape[H5S_MAX_RANK];
    for (int i = 0; i < rank; i++)
        shape[i] = size;
    return H5Screate_simple(rank, shape, NULL);
}

static sg_h5 *foreign_open(hid_t file) {
    assert_true(H5Fclose(file) >= 0);
    return open_good(in_folder("foreign"));
}

static void assert_refused(sg_h5 *file, const char *name, const char *message) {
    uint64_t shape[SG_H5_RANK];
    int rank;
    assert_int_equal(sg_h5_shape(file, name, &rank, shape), SG_MODEL);
    assert_message_has(message);
}

static void foreign_numbers_are_converted(void **state) {
    (void)state;
    const double numbers[] = {0.5, 1, 3e38};
    const int64_t integers[] = {0, 7, UINT32_MAX};
    const uint64_t shape[] = {3};
    hid_t f = foreign_create();
    foreign_set(f, "f64be", H5T_IEEE_F64BE, space_of(1, 3), H5P_DEFAULT, H5T_NATIVE_DOUBLE, numbers);
    foreign_set(f, "i64be", H5T_STD_I64BE, space_of(1, 3), H5P_DEFAULT, H5T_NATIVE_INT64, integers);
    sg_h5 *file = foreign_open(f);
    float floats[3];
    uint32_t words[3];
    assert_int_equal(sg_h5_get(file, "f64be", SG_H5_F32, floats, 1, shape), SG_OK);
    assert_true(floats[0] == 0.5f && floats[1] == 1 && floats[2] == 3e38f);
    assert_int_equal(sg_h5_get(file, "i64be", SG_H5_U32, words, 1, shape), SG_OK);
    assert_true(words[0] == 0 && words[1] == 7 && words[2] == UINT32_MAX);
    assert_int_equal(sg_h5_get(file, "i64be", SG_H5_F32, floats, 1, shape), SG_OK);
    assert_true(floats[1] == 7 && floats[2] == 4294967296.0f);
    sg_h5_close(file);
}

static hid_t half_type(hid_t wide, size_t bias) {
    hid_t half = H5Tcopy(wide);
    assert_true(H5Tset_fields(half, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(half, 2) >= 0 &&
                H5Tset_ebias(half, bias) >= 0);
    return half;
}

static double half_value(unsigned bits) {
    int exponent = (int)(bits >> 10 & 31), mantissa = (int)(bits & 1023);
    double size = exponent == 31  ? (mantissa ? (double)NAN : (double)INFINITY)
                  : exponent == 0 ? ldexp(mantissa, -24)
                                  : ldexp(1024 + mantissa, exponent - 25);
    return bits >> 15 ? -size : size;
}

/* All there are, in both orders of bytes, as floats and as doubles. */
static void halves_are_read_exactly(void **state) {
    (void)state;
    enum { ALL = 65536 };
    static uint16_t little[ALL], big[ALL];
    static float floats[ALL];
    static double doubles[ALL];
    const uint64_t shape[] = {ALL};
    for (unsigned i = 0; i < ALL; i++) {
        little[i] = (uint16_t)i;
        big[i] = (uint16_t)(i << 8 | i >> 8);
    }
    hid_t f = foreign_create(), le = half_type(H5T_IEEE_F32LE, 15), be = half_type(H5T_IEEE_F32BE, 15);
    foreign_set(f, "little", le, space_of(1, ALL), H5P_DEFAULT, le, little);
    foreign_set(f, "big", be, space_of(1, ALL), H5P_DEFAULT, be, big);
    H5Tclose(le);
    H5Tclose(be);
    sg_h5 *file = foreign_open(f);
    for (int order = 0; order < 2; order++) {
        const char *name = order ? "big" : "little";
        assert_int_equal(sg_h5_get(file, name, SG_H5_F32, floats, 1, shape), SG_OK);
        assert_int_equal(sg_h5_get(file, name, SG_H5_F64, doubles, 1, shape), SG_OK);
        for (unsigned i = 0; i < ALL; i++) {
            double value = half_value(i);
            assert_true(isnan(value) ? isnan(floats[i]) && isnan(doubles[i])
                                     : (double)floats[i] == value && doubles[i] == value &&
                                           !signbit(floats[i]) == !signbit(value));
        }
    }
    assert_int_equal(sg_h5_get(file, "big", SG_H5_U16, little, 1, shape), SG_MODEL);
    assert_message_has("holds floating-point numbers, expected integers");
    sg_h5_close(file);
    assert_nothing_is_open();
}

static void numbers_that_do_not_fit_are_refused(void **state) {
    (void)state;
    const double large = 1e39, half = 0.5;
    const int32_t negative = -1;
    const uint32_t word = 65536;
    hid_t f = foreign_create();
    foreign_set(f, "large", H5T_IEEE_F64LE, H5Screate(H5S_SCALAR), H5P_DEFAULT, H5T_NATIVE_DOUBLE, &large);
    foreign_set(f, "half", H5T_IEEE_F64LE, H5Screate(H5S_SCALAR), H5P_DEFAULT, H5T_NATIVE_DOUBLE, &half);
    foreign_set(f, "negative", H5T_STD_I32LE, H5Screate(H5S_SCALAR), H5P_DEFAULT, H5T_NATIVE_INT32, &negative);
    foreign_set(f, "word", H5T_STD_U32LE, H5Screate(H5S_SCALAR), H5P_DEFAULT, H5T_NATIVE_UINT32, &word);
    sg_h5 *file = foreign_open(f);
    uint64_t back;
    assert_int_equal(sg_h5_get(file, "large", SG_H5_F32, &back, 0, NULL), SG_MODEL);
    assert_message_has("large holds a number that does not fit into 32 bits");
    assert_int_equal(sg_h5_get(file, "half", SG_H5_U32, &back, 0, NULL), SG_MODEL);
    assert_message_has("half holds floating-point numbers, expected integers");
    assert_int_equal(sg_h5_get(file, "negative", SG_H5_U64, &back, 0, NULL), SG_MODEL);
    assert_message_has("negative holds a number that does not fit into 64 bits without a sign");
    assert_int_equal(sg_h5_get(file, "word", SG_H5_U16, &back, 0, NULL), SG_MODEL);
    assert_message_has("does not fit into 16 bits without a sign");
    sg_h5_close(file);
    assert_nothing_is_open();
}

static void what_is_not_numbers_is_refused(void **state) {
    (void)state;
    hid_t f = foreign_create(), text = H5Tcopy(H5T_C_S1), compound = H5Tcreate(H5T_COMPOUND, 8);
    hid_t list = H5Tvlen_create(H5T_NATIVE_INT), odd = H5Tcopy(H5T_IEEE_F32LE), truth = H5Tenum_create(H5T_STD_I8LE);
    hid_t odd_half = half_type(H5T_IEEE_F32LE, 14), brain = H5Tcopy(H5T_IEEE_F32LE);
    const int8_t yes = 1;
    H5Tset_size(text, 4);
    H5Tinsert(compound, "a", 0, H5T_NATIVE_INT);
    H5Tset_ebias(odd, 100);
    H5Tenum_insert(truth, "TRUE", &yes);
    assert_true(H5Tset_fields(brain, 15, 7, 8, 0, 7) >= 0 && H5Tset_size(brain, 2) >= 0);
    const hid_t types[] = {text, compound, list, odd, odd_half, brain, H5Tcopy(H5T_NATIVE_LDOUBLE), truth};
    const char *const names[] = {"text", "compound", "list", "odd", "odd_half", "brain", "long_double", "truth"};
    enum { TYPES = sizeof types / sizeof *types };
    for (int i = 0; i < TYPES; i++) {
        foreign_set(f, names[i], types[i], space_of(1, 3), H5P_DEFAULT, 0, NULL);
        H5Tclose(types[i]);
    }
    foreign_set(f, "five", H5T_STD_U8LE, space_of(5, 1), H5P_DEFAULT, H5T_NATIVE_UINT8, "x");
    foreign_set(f, "null", H5T_STD_U8LE, H5Screate(H5S_NULL), H5P_DEFAULT, 0, NULL);
    sg_h5 *file = foreign_open(f);
    for (int i = 0; i < TYPES; i++)
        assert_refused(file, names[i], "is not of plain numbers: integers of 8 to 64 bits, or IEEE floating-point");
    assert_refused(file, "five", "five has 5 dimensions, expected at most 4");
    assert_refused(file, "null", "null holds nothing");
    sg_h5_close(file);
    assert_nothing_is_open();
}

static void other_files_are_not_reached(void **state) {
    (void)state;
    write_model("model");
    hid_t f = foreign_create(), external = H5Pcreate(H5P_DATASET_CREATE), virtual = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = space_of(1, 8);
    assert_true(H5Lcreate_external(in_folder("model"), "layers", f, "away", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Lcreate_soft("away", f, "near", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Pset_external(external, in_folder("model"), 0, 8) >= 0);
    assert_true(H5Pset_virtual(virtual, space, in_folder("model"), "x", space) >= 0);
    foreign_set(f, "raw", H5T_STD_U8LE, space_of(1, 8), external, 0, NULL);
    foreign_set(f, "virtual", H5T_STD_U8LE, space, virtual, 0, NULL);
    H5Pclose(external);
    H5Pclose(virtual);
    sg_h5 *file = foreign_open(f);
    assert_refused(file, "away", "away is a link, expected a dataset of this file");
    assert_refused(file, "away/0/weights", "away/0/weights is a link");
    assert_refused(file, "near/0/weights", "near/0/weights is a link");
    assert_refused(file, "raw", "raw keeps its numbers in another file");
    assert_refused(file, "virtual", "virtual keeps its numbers in another file");
    assert_false(sg_h5_has(file, "away/0/weights"));
    sg_h5_close(file);
    assert_nothing_is_open();
}

/* Shapes that a file of some bytes cannot hold would have the reader allocate them. */
static void shapes_beyond_their_file_are_refused(void **state) {
    (void)state;
    const hsize_t chunk[] = {1000}, large[] = {1 << 30};
    hsize_t size[] = {1 << 20}, endless[] = {H5S_UNLIMITED};
    hid_t f = foreign_create(), sparse = H5Pcreate(H5P_DATASET_CREATE), wide = H5Pcreate(H5P_DATASET_CREATE);
    hid_t scaled = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(sparse, 1, chunk);
    H5Pset_chunk(wide, 1, large);
    H5Pset_chunk(scaled, 1, chunk);
    H5Pset_scaleoffset(scaled, H5Z_SO_INT, 4);
    foreign_set(f, "never", H5T_STD_U8LE, space_of(1, (hsize_t)1 << 50), H5P_DEFAULT, 0, NULL);
    foreign_set(f, "sparse", H5T_STD_U8LE, space_of(1, (hsize_t)1 << 50), sparse, 0, NULL);
    foreign_set(f, "overflow", H5T_STD_U64LE, space_of(3, (hsize_t)1 << 30), H5P_DEFAULT, 0, NULL);
    foreign_set(f, "wide", H5T_STD_U8LE, H5Screate_simple(1, size, endless), wide, 0, NULL);
    foreign_set(f, "scaled", H5T_STD_U8LE, space_of(1, 1000), scaled, 0, NULL);
    H5Pclose(sparse);
    H5Pclose(wide);
    H5Pclose(scaled);
    sg_h5 *file = foreign_open(f);
    const char *const names[] = {"never", "sparse", "overflow", "wide"};
    for (int i = 0; i < 4; i++)
        assert_refused(file, names[i], "has fewer numbers in its file than its shape tells");
    assert_refused(file, "scaled", "is packed with an unknown filter, expected deflate (gzip) or none");
    sg_h5_close(file);
}

static void foreign_text(hid_t file, const char *name, hid_t type, hid_t space, const void *data) {
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, data) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void foreign_texts_are_read(void **state) {
    (void)state;
    const char *words = "some words", *two[] = {"a", "b"};
    const int number = 3;
    hid_t f = foreign_create(), any = H5Tcopy(H5T_C_S1), padded = H5Tcopy(H5T_C_S1);
    H5Tset_size(any, H5T_VARIABLE);
    H5Tset_cset(any, H5T_CSET_UTF8);
    H5Tset_size(padded, 10);
    H5Tset_strpad(padded, H5T_STR_SPACEPAD);
    foreign_text(f, "any", any, H5Screate(H5S_SCALAR), &words);
    foreign_text(f, "padded", padded, H5Screate(H5S_SCALAR), "some words");
    foreign_text(f, "two", any, space_of(1, 2), two);
    foreign_text(f, "number", H5T_NATIVE_INT, H5Screate(H5S_SCALAR), &number);
    H5Tclose(any);
    H5Tclose(padded);
    sg_h5 *file = foreign_open(f);
    char *text;
    assert_int_equal(sg_h5_get_text(file, "any", &text), SG_OK);
    assert_string_equal(text, words);
    free(text);
    assert_int_equal(sg_h5_get_text(file, "padded", &text), SG_OK);
    assert_string_equal(text, words);
    free(text);
    assert_int_equal(sg_h5_get_text(file, "two", &text), SG_MODEL);
    assert_message_has("attribute two is not one text");
    assert_int_equal(sg_h5_get_text(file, "number", &text), SG_MODEL);
    assert_message_has("attribute number is not one text");
    assert_null(text);
    sg_h5_close(file);
    assert_nothing_is_open();
}

/* What is there but cannot be looked for must not pass for missing: an optional dataset would be left out in silence.
 */
static void what_cannot_be_looked_for_is_not_missing(void **state) {
    (void)state;
    uint8_t *bytes, *node;
    size_t size;
    const uint8_t one = 1;
    sg_h5 *file;
    uint64_t back;
    hid_t f = foreign_create();
    foreign_set(f, "one", H5T_STD_U8LE, H5Screate(H5S_SCALAR), H5P_DEFAULT, H5T_NATIVE_UINT8, &one);
    assert_true(H5Fclose(f) >= 0);
    assert_int_equal(sg_bytes_read(in_folder("foreign"), LIMIT, &bytes, &size), SG_OK);
    while ((node = memmem(bytes, size, "SNOD", 4)) != NULL)
        *node = 'X';
    assert_int_equal(sg_h5_open_bytes("m.h5", bytes, size, SG_MODEL, &file), SG_OK);
    assert_true(sg_h5_has(file, "one"));
    assert_int_equal(sg_h5_get(file, "one", SG_H5_U64, &back, 0, NULL), SG_MODEL);
    assert_message_has("m.h5: one cannot be looked for (HDF5: ");
    sg_h5_close(file);
    free(bytes);
}

static int reports;

static herr_t count_report(hid_t stack, void *data) {
    (void)stack, (void)data;
    return ++reports, 0;
}

/* A program that uses HDF5 itself keeps its own way with errors, and hears none of ours. */
static void error_handler_of_the_host_stays(void **state) {
    (void)state;
    H5E_auto2_t handler, old;
    void *data, *old_data;
    assert_true(H5Eget_auto2(H5E_DEFAULT, &old, &old_data) >= 0);
    assert_true(H5Eset_auto2(H5E_DEFAULT, count_report, &reports) >= 0);
    assert_unopened("model", 5, "is not a sound HDF5 file");
    sg_h5 *file = open_good(write_model("model"));
    assert_refused(file, "layers", "is not a dataset");
    sg_h5_close(file);
    assert_int_equal(reports, 0);
    assert_true(H5Eget_auto2(H5E_DEFAULT, &handler, &data) >= 0);
    assert_true(handler == count_report && data == &reports);
    H5Eset_auto2(H5E_DEFAULT, old, old_data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_goes_round),
        cmocka_unit_test(models_go_round),
        cmocka_unit_test(odd_sizes_go_round),
        cmocka_unit_test(texts_of_any_length_go_round),
        cmocka_unit_test(equal_content_gives_equal_files),
        cmocka_unit_test(files_open_at_once_are_kept_apart),
        cmocka_unit_test(wrong_use_is_refused),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(files_without_a_seal_are_read),
        cmocka_unit_test(unreadable_files_have_the_callers_status),
        cmocka_unit_test(missing_names_are_told),
        cmocka_unit_test(wrong_shapes_are_told),
        cmocka_unit_test(foreign_numbers_are_converted),
        cmocka_unit_test(halves_are_read_exactly),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(what_is_not_numbers_is_refused),
        cmocka_unit_test(other_files_are_not_reached),
        cmocka_unit_test(shapes_beyond_their_file_are_refused),
        cmocka_unit_test(foreign_texts_are_read),
        cmocka_unit_test(what_cannot_be_looked_for_is_not_missing),
        cmocka_unit_test(error_handler_of_the_host_stays),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

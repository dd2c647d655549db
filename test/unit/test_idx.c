#include "data/idx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

#include "folder.h"

#define IMAGES 0, 0, 8, 3
#define LABELS 0, 0, 8, 1

/* An image of 2 x 1 pixels in 3 colours. */
static const uint8_t colours[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6};

/* Two images of 2 x 3 pixels, and their labels. */
static const uint8_t images[] = {IMAGES, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const uint8_t labels[] = {LABELS, 0, 0, 0, 2, 4, 9};

static void write_gzip(const char *path, const void *bytes, unsigned size) {
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, size), size);
    assert_int_equal(gzclose(file), Z_OK);
}

static void assert_refused(const void *bytes, size_t size, int rank, const char *message) {
    sg_idx idx = {.count = 1};
    assert_int_equal(sg_idx_parse("file", bytes, size, rank, &idx), SG_DATA);
    assert_true(idx.values == NULL && idx.count == 0);
    assert_int_equal(strncmp(sg_error_message(), "file: ", 6), 0);
    assert_message_has(message);
}

static void images_and_labels_are_parsed(void **state) {
    (void)state;
    sg_idx idx;
    assert_int_equal(sg_idx_parse("file", images, sizeof images, SG_IDX_IMAGES, &idx), SG_OK);
    assert_true(idx.rank == 3 && idx.shape[0] == 2 && idx.shape[1] == 2 && idx.shape[2] == 3);
    assert_true(idx.count == 12 && idx.values == images + 16 && idx.bytes == NULL);
    sg_idx_free(&idx);
    assert_null(idx.values);
    assert_int_equal(sg_idx_parse("file", labels, sizeof labels, SG_IDX_LABELS, &idx), SG_OK);
    assert_true(idx.rank == 1 && idx.shape[0] == 2 && idx.shape[1] == 1 && idx.shape[2] == 1);
    assert_true(idx.count == 2 && idx.values[0] == 4 && idx.values[1] == 9);
}

static void files_are_read_plain_and_packed(void **state) {
    (void)state;
    put_file(in_folder("plain"), images, sizeof images);
    write_gzip(in_folder("packed.gz"), images, sizeof images);
    const char *const names[] = {"plain", "packed.gz"};
    for (int i = 0; i < 2; i++) {
        sg_idx idx;
        assert_int_equal(sg_idx_read(in_folder(names[i]), SG_IDX_IMAGES, &idx), SG_OK);
        assert_int_equal(idx.count, 12);
        assert_memory_equal(idx.values, images + 16, 12);
        sg_idx_free(&idx);
        assert_null(idx.bytes);
    }
}

static void unreadable_files_leave_nothing(void **state) {
    (void)state;
    sg_idx idx = {.count = 1};
    assert_int_equal(sg_idx_read(in_folder("absent"), SG_IDX_IMAGES, &idx), SG_DATA);
    assert_message_has("/absent: there is no such file");
    assert_true(idx.values == NULL && idx.bytes == NULL && idx.count == 0);
    put_file(in_folder("labels"), labels, sizeof labels);
    assert_int_equal(sg_idx_read(in_folder("labels"), SG_IDX_IMAGES, &idx), SG_DATA);
    assert_message_has("/labels: begins with");
    assert_true(idx.values == NULL && idx.bytes == NULL);
}

static void short_files_are_refused(void **state) {
    (void)state;
    assert_refused("", 0, SG_IDX_IMAGES, "is empty, expected IDX data (images)");
    assert_refused(images, 3, SG_IDX_IMAGES, "has 3 bytes, expected an IDX header of 16");
    assert_refused(images, 15, SG_IDX_IMAGES, "has 15 bytes, expected an IDX header of 16");
    assert_refused(labels, 7, SG_IDX_LABELS, "has 7 bytes, expected an IDX header of 8");
}

static void wrong_magic_is_explained(void **state) {
    (void)state;
    assert_refused(images, sizeof images, SG_IDX_LABELS,
                   "begins with 00 00 08 03, expected 00 00 08 01 (labels as unsigned bytes); it holds images: are two "
                   "files mixed up?");
    assert_refused(labels, sizeof labels, SG_IDX_IMAGES, "expected 00 00 08 03 (images as unsigned bytes); it holds l");
    const uint8_t packed[] = {0x1f, 0x8b, 8, 0}, floats[] = {0, 0, 0x0d, 3}, text[] = "<htm", type[] = {0, 0, 0x0a, 3},
                  rank[] = {0, 0, 8, 4}, large[] = {0, 0, 0xff, 3};
    assert_refused(packed, 4, SG_IDX_IMAGES, "packed by gzip twice");
    assert_refused(floats, 4, SG_IDX_IMAGES, "it holds 32-bit floats, which are not supported");
    assert_refused(text, 4, SG_IDX_IMAGES, "begins with 3c 68 74 6d, ");
    assert_message_has("is it an IDX file?");
    assert_refused(type, 4, SG_IDX_IMAGES, "is it an IDX file?");
    assert_refused(rank, 4, SG_IDX_IMAGES, "begins with 00 00 08 04, expected 00 00 08 03");
    assert_refused(colours, sizeof colours, SG_IDX_IMAGES,
                   "it holds values of 4 dimensions (1 x 3 x 2 x 1): make one value of each pixel");
    assert_null(strstr(sg_error_message(), "is it an IDX file?"));
    assert_refused(large, 4, SG_IDX_IMAGES, "is it an IDX file?");
}

static void twice_packed_files_are_recognised(void **state) {
    (void)state;
    write_gzip(in_folder("once.gz"), images, sizeof images);
    char bytes[256];
    FILE *file = fopen(in_folder("once.gz"), "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    write_gzip(in_folder("twice.gz"), bytes, (unsigned)size);
    sg_idx idx;
    assert_int_equal(sg_idx_read(in_folder("twice.gz"), SG_IDX_IMAGES, &idx), SG_DATA);
    assert_message_has("/twice.gz: begins with 1f 8b");
    assert_message_has("packed by gzip twice");
}

static void sizes_that_disagree_are_refused(void **state) {
    (void)state;
    uint8_t more[sizeof images + 1] = {0};
    memcpy(more, images, sizeof images);
    assert_refused(more, sizeof more, SG_IDX_IMAGES, "2 x 2 x 3 values, fewer than it has (13 bytes follow it)");
    assert_refused(images, sizeof images - 1, SG_IDX_IMAGES, "2 x 2 x 3 values, more than it has (11 bytes follow it)");
    assert_refused(labels, sizeof labels - 1, SG_IDX_LABELS, "2 x 1 x 1 values, more than it has (1 bytes follow it)");
}

static void assert_described(const void *bytes, size_t size, const char *line) {
    sg_text text = {0};
    char *told;
    assert_int_equal(sg_idx_describe("file", bytes, size, &text), SG_OK);
    assert_int_equal(sg_text_take(&text, &told), SG_OK);
    assert_string_equal(told, line);
    free(told);
}

static void assert_not_described(const void *bytes, size_t size, const char *message) {
    sg_text text = {0};
    assert_int_equal(sg_idx_describe("file", bytes, size, &text), SG_DATA);
    assert_message_has(message);
    free(text.data);
}

/* Whatever IDX holds, used or not. */
static void all_kinds_are_described(void **state) {
    (void)state;
    static const char unused[] = ": not used by surgrad, which takes unsigned bytes of 3 dimensions (images) or 1 "
                                 "(labels)\n";
    char line[256];
    const uint8_t floats[] = {0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0}, wide[] = {0, 0, 0x0e, 1, 0, 0, 0, 1, 0, 0, 0, 0},
                  most[] = {0, 0, 8, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    assert_described(images, sizeof images, "file: IDX, 2 x 2 x 3 unsigned bytes: images\n");
    assert_described(labels, sizeof labels, "file: IDX, 2 unsigned bytes: labels\n");
    snprintf(line, sizeof line, "file: IDX, 1 x 3 x 2 x 1 unsigned bytes%s", unused);
    assert_described(colours, sizeof colours, line);
    snprintf(line, sizeof line, "file: IDX, 1 32-bit floats%s", unused);
    assert_described(floats, sizeof floats, line);
    assert_not_described(wide, sizeof wide, "file: its IDX header tells 8 bytes of values, found 4: ");
    assert_not_described(colours, sizeof colours - 1, "tells 6 bytes of values, found 5");
    assert_not_described(most, sizeof most, "bytes of values, found 0");
    assert_not_described(colours, 10, "has 10 bytes, expected an IDX header of 20");
    assert_not_described("text", 4, "expected a model, a checkpoint, events (HDF5), a recording or an IDX file");
}

/* Products past 64 bits, and one of 2^63 that is only too large for the file. */
static void sizes_that_overflow_are_refused(void **state) {
    (void)state;
    const uint8_t most[] = {IMAGES, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    assert_refused(most, sizeof most, SG_IDX_IMAGES, "more than memory can address");
    assert_message_has("4294967295 x 4294967295 x 4294967295");
    const uint8_t round[] = {IMAGES, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 4}; /* 2^64: 0 where it wraps */
    assert_refused(round, sizeof round, SG_IDX_IMAGES, "more than memory can address");
    const uint8_t large[] = {IMAGES, 0, 1, 0, 0, 0, 1, 0, 0, 0x80, 0, 0, 0};
    assert_refused(large, sizeof large, SG_IDX_IMAGES, "65536 x 65536 x 2147483648 values, more than it has (0 bytes");
}

static void no_values_are_refused(void **state) {
    (void)state;
    const uint8_t none[] = {IMAGES, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28};
    assert_refused(none, sizeof none, SG_IDX_IMAGES, "0 x 28 x 28 values, expected at least one");
    const uint8_t flat[] = {IMAGES, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 28};
    assert_refused(flat, sizeof flat, SG_IDX_IMAGES, "5 x 0 x 28 values, expected at least one");
    const uint8_t labels_none[] = {LABELS, 0, 0, 0, 0};
    assert_refused(labels_none, sizeof labels_none, SG_IDX_LABELS, "expected at least one");
}

static void files_are_found(void **state) {
    (void)state;
    char path[1024];
    assert_int_equal(sg_idx_find(path, sizeof path, folder, "train", "run: surgrad fetch mnist"), SG_DATA);
    assert_message_has(": neither train nor train.gz is there: run: surgrad fetch mnist");
    assert_message_has(folder);
    put_file(in_folder("train.gz"), "x", 1);
    assert_int_equal(sg_idx_find(path, sizeof path, folder, "train", ""), SG_OK);
    assert_string_equal(path, in_folder("train.gz"));
    put_file(in_folder("train"), "x", 1);
    assert_int_equal(sg_idx_find(path, sizeof path, folder, "train", ""), SG_OK);
    assert_string_equal(path, in_folder("train"));
    assert_int_equal(sg_idx_find(path, 4, folder, "train", ""), SG_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_and_labels_are_parsed),    cmocka_unit_test(files_are_read_plain_and_packed),
        cmocka_unit_test(unreadable_files_leave_nothing),  cmocka_unit_test(short_files_are_refused),
        cmocka_unit_test(wrong_magic_is_explained),        cmocka_unit_test(twice_packed_files_are_recognised),
        cmocka_unit_test(sizes_that_disagree_are_refused), cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(no_values_are_refused),           cmocka_unit_test(files_are_found),
        cmocka_unit_test(all_kinds_are_described),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

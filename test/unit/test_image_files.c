/* Folders of IDX files as they are found elsewhere: their names, and labels that begin at 1. */
#include "data/dataset.h"
#include "data/image_files.h"
#include "file/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

#include "folder.h"
#include "written.h"

/* Two images of 1 x 2 pixels, and labels. */
static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 255, 0, 0, 255};
static const uint8_t from_0[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 2}, from_1[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 3};

static char dir[1000];

static const char *in_dir(const char *name) {
    static char path[1100];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static int each_set_up(void **state) {
    (void)state;
    static int number;
    char name[16];
    snprintf(name, sizeof name, "%d", number++);
    snprintf(dir, sizeof dir, "%s", in_folder(name));
    return sg_make_folder(dir) == SG_OK ? 0 : -1;
}

static void put_packed(const char *name, const void *bytes, unsigned size) {
    gzFile file = gzopen(in_dir(name), "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, size), size);
    assert_int_equal(gzclose(file), Z_OK);
}

/* The four files of a set: training images, training labels, test images, test labels. */
static void put_set(const char *const names[4], const uint8_t labels[sizeof from_0]) {
    for (int i = 0; i < 4; i++) {
        const uint8_t *bytes = i % 2 ? labels : images;
        unsigned size = i % 2 ? sizeof from_0 : sizeof images;
        if (strstr(names[i], ".gz"))
            put_packed(names[i], bytes, size);
        else
            put_file(in_dir(names[i]), bytes, size);
    }
}

static sg_status open_dir(uint32_t classes) {
    sg_data_config config = {.set = row_of(&sg_source_idx), .dir = dir, .encoder_threshold = 0.2};
    const sg_data_request need = {.steps = 10, .classes = classes, .dt_ms = 1};
    sg_data *data;
    sg_status status = sg_data_make(&config, &need, &data);
    sg_data_free(data);
    return status;
}

static const char *const mnist[4] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                     "t10k-labels-idx1-ubyte"};
static const char *const dotted[4] = {"train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte",
                                      "t10k-labels.idx1-ubyte"};
static const char *const letters[4] = {"emnist-letters-train-images-idx3-ubyte.gz",
                                       "emnist-letters-train-labels-idx1-ubyte.gz",
                                       "emnist-letters-test-images-idx3-ubyte.gz",
                                       "emnist-letters-test-labels-idx1-ubyte"};

static void usual_names_are_found(void **state) {
    (void)state;
    const char *const *const sets[] = {mnist, dotted, letters};
    for (int i = 0; i < 3; i++) {
        each_set_up(NULL);
        put_set(sets[i], from_0);
        if (open_dir(3) != SG_OK)
            fail_msg("%s", sg_error_message());
    }
}

static void plain_files_come_before_packed(void **state) {
    (void)state;
    put_set(mnist, from_0);
    put_packed("train-images-idx3-ubyte.gz", "damaged", 7);
    assert_int_equal(open_dir(3), SG_OK);
}

static void several_sets_are_refused(void **state) {
    (void)state;
    put_set(mnist, from_0);
    put_set(letters, from_0);
    assert_int_equal(open_dir(3), SG_DATA);
    assert_message_has(dir);
    assert_message_has(
        ": holds files of several sets (train-images-idx3-ubyte, emnist-letters-train-images-idx3-ubyte): "
        "put the four files of each into a folder of its own");
}

/* What is missing is told by the names of the set that is there. */
static void what_is_missing_is_told(void **state) {
    (void)state;
    assert_int_equal(open_dir(3), SG_DATA);
    assert_message_has("neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there: put the four");
    put_set(dotted, from_0);
    assert_int_equal(unlink(in_dir(dotted[2])), 0);
    assert_int_equal(open_dir(3), SG_DATA);
    assert_message_has("neither t10k-images.idx3-ubyte nor t10k-images.idx3-ubyte.gz is there");
}

static void labels_from_1_are_told(void **state) {
    (void)state;
    put_set(letters, from_1);
    assert_int_equal(open_dir(3), SG_DATA);
    assert_message_has("emnist-letters-train-labels-idx1-ubyte: image 1 has label 3, expected below 3, ");
    assert_message_has("; labels begin at 1 here, not at 0: give that layer 4 neurons, ");
    assert_int_equal(open_dir(4), SG_OK); /* the remedy helps */
    put_set(letters, from_0);
    assert_int_equal(open_dir(2), SG_DATA);
    assert_message_has("image 1 has label 2, expected below 2, ");
    assert_message_has("; give that layer 3 neurons");
    assert_null(strstr(sg_error_message(), "begin at 1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(usual_names_are_found, each_set_up),
        cmocka_unit_test_setup(plain_files_come_before_packed, each_set_up),
        cmocka_unit_test_setup(several_sets_are_refused, each_set_up),
        cmocka_unit_test_setup(what_is_missing_is_told, each_set_up),
        cmocka_unit_test_setup(labels_from_1_are_told, each_set_up),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* Files of the cache folder are right by their SHA-256, which is made once for each change. */
#include "data/dataset.h"
#include "fetch/checked.h"
#include "file/bytes.h"
#include "file/sha256.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"
#include "written.h"

static const char good[] = "the bytes that were fetched", wrong[] = "the bytes that were patched";
static char hash[SG_SHA256_TEXT];

static sg_fetched_file file_of(const char *name) {
    sg_sha256_bytes(good, sizeof good, hash);
    return (sg_fetched_file){name, sizeof good, hash};
}

/* The bytes of a file, changed in place, with the times that it had before. */
static void patch(const char *path, const void *bytes, size_t size) {
    struct stat before;
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &before), 0);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(pwrite(file, bytes, size, 0), size);
    assert_int_equal(futimens(file, times), 0);
    assert_int_equal(close(file), 0);
}

static void only_the_right_bytes_are(void **state) {
    (void)state;
    const sg_fetched_file file = file_of("a");
    assert_false(sg_is_right(&file, folder));
    put_file(in_folder("a"), wrong, sizeof wrong);
    assert_false(sg_is_right(&file, folder));
    assert_false(sg_file_exists(in_folder(SG_CHECKED_NOTE))); /* no word of what is wrong */
    put_file(in_folder("a"), good, sizeof good);
    assert_true(sg_is_right(&file, folder));
    assert_true(sg_is_right(&file, folder));
    patch(in_folder("a"), wrong, sizeof wrong); /* size, inode and time of writing are as before */
    assert_false(sg_is_right(&file, folder));
    put_file(in_folder("a"), good, sizeof good - 1);
    assert_false(sg_is_right(&file, folder));
}

/* The note alone vouches for a file that did not change: seen by a note that lies. */
static void the_note_spares_the_hash(void **state) {
    (void)state;
    uint8_t *note;
    size_t size;
    const sg_fetched_file a = file_of("a"), b = file_of("b");
    put_file(in_folder("a"), good, sizeof good);
    put_file(in_folder("b"), good, sizeof good);
    assert_true(sg_is_right(&a, folder) && sg_is_right(&b, folder));
    assert_int_equal(sg_bytes_read(in_folder(SG_CHECKED_NOTE), 4096, &note, &size), SG_OK);
    assert_true(strstr((char *)note, "a ") && strstr((char *)note, "\nb ")); /* both */
    put_file(in_folder("a"), wrong, sizeof wrong);
    struct stat about;
    assert_int_equal(stat(in_folder("a"), &about), 0);
    char lie[512];
    int used = snprintf(lie, sizeof lie, "a %zu %llu %lld.%09ld %s\n", sizeof wrong, (unsigned long long)about.st_ino,
                        (long long)about.st_ctim.tv_sec, about.st_ctim.tv_nsec, a.sha256);
    put_file(in_folder(SG_CHECKED_NOTE), lie, (size_t)used);
    assert_true(sg_is_right(&a, folder));
    const sg_fetched_file other = {"a", sizeof wrong, "another hash, of a later table"};
    assert_false(sg_is_right(&other, folder));
    free(note);
}

static void a_damaged_note_is_made_anew(void **state) {
    (void)state;
    const sg_fetched_file a = file_of("a");
    static const char *const notes[] = {"", "\n\n", "a", "a 1 2 3", "\x80\xff\n\x01"};
    put_file(in_folder("a"), good, sizeof good);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        uint8_t *note;
        size_t size;
        put_file(in_folder(SG_CHECKED_NOTE), notes[i], strlen(notes[i]));
        assert_true(sg_is_right(&a, folder));
        assert_int_equal(sg_bytes_read(in_folder(SG_CHECKED_NOTE), 4096, &note, &size), SG_OK);
        assert_non_null(strstr((char *)note, hash));
        free(note);
    }
    assert_int_equal(unlink(in_folder(SG_CHECKED_NOTE)), 0);
    assert_int_equal(mkdir(in_folder(SG_CHECKED_NOTE), 0700), 0); /* the note cannot be written */
    assert_true(sg_is_right(&a, folder));
    assert_int_equal(rmdir(in_folder(SG_CHECKED_NOTE)), 0);
}

/* Where the library reads a set: zeros of the right size do not train. */
static void wrong_cached_images_do_not_open(void **state) {
    (void)state;
    const sg_download_set *set = sg_source_mnist.download;
    const sg_data_config config = {.set = row_of(&sg_source_mnist), .encoder_threshold = 0.2};
    const sg_data_request need = {.steps = 10, .classes = 10, .dt_ms = 1};
    sg_data *data;
    setenv("XDG_CACHE_HOME", folder, 1);
    assert_int_equal(sg_data_make(&config, &need, &data), SG_DATA);
    assert_message_has("is there: `surgrad fetch mnist` gets it");
    assert_int_equal(sg_make_folder(in_folder("surgrad/mnist")), SG_OK);
    for (size_t i = 0; i < set->file_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "surgrad/mnist/%s", set->files[i].name);
        const uint8_t header[16] = {
            0, 0, 8, i % 2 ? 1 : 3, 0, 0, i < 2 ? 0xea : 0x27, i < 2 ? 0x60 : 0x10, 0, 0, 0, i % 2 ? 0 : 28,
            0, 0, 0, i % 2 ? 0 : 28};
        put_file(in_folder(name), header, sizeof header);
        assert_int_equal(truncate(in_folder(name), (off_t)set->files[i].size), 0);
    }
    assert_false(sg_fetch_ready("mnist", NULL));
    assert_int_equal(sg_data_make(&config, &need, &data), SG_DATA);
    assert_null(data);
    assert_message_has("/surgrad/mnist/train-images-idx3-ubyte: is not the file of mnist by its size or SHA-256, ");
    assert_message_has("`surgrad fetch mnist` puts it right");
}

/* In a folder of the user's own, any files may have these names. */
static void own_folders_are_not_checked(void **state) {
    (void)state;
    sg_data_config config = {.set = row_of(&sg_source_mnist), .encoder_threshold = 0.2};
    const sg_data_request need = {.steps = 10, .classes = 10, .dt_ms = 1};
    sg_data *data;
    config.dir = sg_intern(in_folder("surgrad/mnist"));
    assert_int_equal(sg_data_make(&config, &need, &data), SG_OK);
    assert_false(sg_file_exists(in_folder("surgrad/mnist/" SG_CHECKED_NOTE)));
    sg_data_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_right_bytes_are),    cmocka_unit_test(the_note_spares_the_hash),
        cmocka_unit_test(a_damaged_note_is_made_anew), cmocka_unit_test(wrong_cached_images_do_not_open),
        cmocka_unit_test(own_folders_are_not_checked),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

#include "file/bytes.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"
#include "packed.h"

enum { LIMIT = 1 << 20, SOME = 50000 };

/* Bytes that pack, but not to nothing. */
static void fill(uint8_t *bytes, size_t size) {
    uint32_t x = 1;
    for (size_t i = 0; i < size; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(x >> 30);
    }
}

static void assert_holds(const char *path, const void *expected, size_t size) {
    uint8_t *bytes;
    size_t found;
    assert_int_equal(sg_bytes_read(path, LIMIT, &bytes, &found), SG_OK);
    assert_int_equal(found, size);
    assert_memory_equal(bytes, expected, size);
    assert_int_equal(bytes[size], 0);
    free(bytes);
}

static void assert_unreadable(const char *path, size_t limit, const char *message) {
    uint8_t *bytes = (uint8_t *)1;
    size_t size = 1;
    assert_int_equal(sg_bytes_read(path, limit, &bytes, &size), SG_DATA);
    assert_null(bytes);
    assert_int_equal(size, 0);
    assert_message_has(message);
    assert_message_has(path);
}

static void written_is_read(void **state) {
    (void)state;
    uint8_t bytes[SOME];
    fill(bytes, SOME);
    const size_t sizes[] = {0, 1, 2, 3, SOME};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(sg_bytes_write(in_folder("plain"), bytes, sizes[i]), SG_OK);
        assert_holds(in_folder("plain"), bytes, sizes[i]);
    }
    assert_false(sg_file_exists(in_folder("plain.tmp")));
}

static void gzip_is_unpacked(void **state) {
    (void)state;
    static uint8_t bytes[SOME], packed[2 * SOME];
    fill(bytes, SOME);
    for (size_t size = 0; size <= SOME; size += SOME / 2) {
        put_file(in_folder("one.gz"), packed, gzip(packed, sizeof packed, bytes, size));
        assert_holds(in_folder("one.gz"), bytes, size);
    }
}

static void gzip_members_are_joined(void **state) {
    (void)state;
    static uint8_t bytes[SOME], packed[2 * SOME];
    fill(bytes, SOME);
    size_t size = gzip(packed, sizeof packed, bytes, 20000);
    size += gzip(packed + size, sizeof packed - size, bytes, 0);
    size += gzip(packed + size, sizeof packed - size, bytes + 20000, SOME - 20000);
    put_file(in_folder("many.gz"), packed, size);
    assert_holds(in_folder("many.gz"), bytes, SOME);
}

static void damaged_gzip_is_refused(void **state) {
    (void)state;
    static uint8_t bytes[SOME], packed[2 * SOME];
    fill(bytes, SOME);
    size_t size = gzip(packed, sizeof packed, bytes, SOME);
    const size_t cuts[] = {2, 9, 10, size / 2, size - 9, size - 8, size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        put_file(in_folder("cut.gz"), packed, cuts[i]);
        assert_unreadable(in_folder("cut.gz"), LIMIT, "gzip data end early (truncated at ");
    }
    assert_message_has("truncated at 50000 bytes unpacked): fetch it again");
    packed[size - 6] ^= 1;
    put_file(in_folder("sum.gz"), packed, size);
    assert_unreadable(in_folder("sum.gz"), LIMIT, "gzip data are damaged (incorrect data check");
    packed[size - 6] ^= 1;
    packed[size - 2] ^= 1;
    put_file(in_folder("length.gz"), packed, size);
    assert_unreadable(in_folder("length.gz"), LIMIT, "gzip data are damaged (incorrect length check");
    packed[2] ^= 1;
    put_file(in_folder("method.gz"), packed, size);
    assert_unreadable(in_folder("method.gz"), LIMIT, "gzip data are damaged (unknown compression method");
}

static void other_bytes_after_gzip_are_refused(void **state) {
    (void)state;
    static uint8_t bytes[SOME], packed[2 * SOME];
    fill(bytes, SOME);
    size_t size = gzip(packed, sizeof packed, bytes, SOME);
    packed[size] = 'x';
    put_file(in_folder("more.gz"), packed, size + 1);
    assert_unreadable(in_folder("more.gz"), LIMIT, "other bytes follow the gzip data (50000 bytes unpacked)");
    packed[size] = 0x1f;
    put_file(in_folder("more.gz"), packed, size + 1);
    assert_unreadable(in_folder("more.gz"), LIMIT, "gzip data end early");
    packed[size + 1] = 'x';
    put_file(in_folder("more.gz"), packed, size + 2);
    assert_unreadable(in_folder("more.gz"), LIMIT, "gzip data are damaged (incorrect header check");
}

/* A tail that lies about the size must cost neither memory nor the answer. */
static void gzip_limit_holds(void **state) {
    (void)state;
    static uint8_t zeros[4 * LIMIT], packed[LIMIT];
    size_t size = gzip(packed, sizeof packed, zeros, sizeof zeros);
    put_file(in_folder("bomb.gz"), packed, size);
    assert_unreadable(in_folder("bomb.gz"), LIMIT, "holds more than the 1048576 bytes");
    assert_unreadable(in_folder("bomb.gz"), sizeof zeros - 1, "holds more than");
    memset(packed + size - 4, 0, 4);
    put_file(in_folder("liar.gz"), packed, size);
    assert_unreadable(in_folder("liar.gz"), sizeof zeros, "incorrect length check");
    size = gzip(packed, sizeof packed, zeros, LIMIT);
    put_file(in_folder("full.gz"), packed, size);
    assert_holds(in_folder("full.gz"), zeros, LIMIT);
    size = gzip(packed, sizeof packed, zeros, LIMIT + 1);
    put_file(in_folder("over.gz"), packed, size);
    assert_unreadable(in_folder("over.gz"), LIMIT, "holds more than");
}

static void plain_limit_holds(void **state) {
    (void)state;
    put_file(in_folder("ten"), "0123456789", 10);
    assert_unreadable(in_folder("ten"), 9, "holds more than the 9 bytes");
    uint8_t *bytes;
    size_t size;
    assert_int_equal(sg_bytes_read(in_folder("ten"), 10, &bytes, &size), SG_OK);
    assert_int_equal(size, 10);
    free(bytes);
}

/* Files of /proc tell a size of 0 and hold more. */
static void files_of_unknown_size_are_read(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t size;
    assert_int_equal(sg_bytes_read("/proc/self/status", LIMIT, &bytes, &size), SG_OK);
    assert_true(size > 5 && memcmp(bytes, "Name:", 5) == 0);
    free(bytes);
    assert_unreadable("/proc/self/status", 5, "holds more than the 5 bytes");
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    assert_unreadable(in_folder("nothing"), LIMIT, "there is no such file");
    assert_unreadable(folder, LIMIT, "is a folder, expected a file");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_unreadable(in_folder("pipe"), LIMIT, "is a device or pipe, expected a file");
    assert_unreadable("/dev/zero", LIMIT, "is a device or pipe");
    put_file(in_folder("file"), "x", 1);
    assert_unreadable(in_folder("file/below"), LIMIT, "cannot be read: Not a directory");
}

/* A disk that fills is played by a limit on the size of files. */
static void full_disk_leaves_the_old_file(void **state) {
    (void)state;
    static uint8_t bytes[SOME];
    const char *path = in_folder("kept");
    assert_int_equal(sg_bytes_write(path, "old", 3), SG_OK);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    sg_status status = sg_bytes_write(path, bytes, SOME);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, SG_IO_ERROR);
    assert_message_has("/kept: File too large; the file before it is untouched");
    assert_int_equal(strncmp(sg_error_message(), "cannot write ", 13), 0);
    assert_holds(path, "old", 3);
    assert_false(sg_file_exists(in_folder("kept.tmp")));
}

static void unwritable_places_are_named(void **state) {
    (void)state;
    put_file(in_folder("file"), "x", 1);
    assert_int_equal(sg_bytes_write(in_folder("file/below"), "x", 1), SG_IO_ERROR);
    assert_message_has("/file/below: Not a directory");
    assert_null(strstr(sg_error_message(), "untouched"));
    assert_int_equal(sg_bytes_write(in_folder("no/where"), "x", 1), SG_IO_ERROR);
    assert_message_has("No such file or directory");
    assert_int_equal(sg_make_folder(in_folder("taken")), SG_OK);
    assert_int_equal(sg_bytes_write(in_folder("taken"), "x", 1), SG_IO_ERROR);
    assert_message_has("/taken: Is a directory");
    assert_false(sg_file_exists(in_folder("taken.tmp")));
    char longest[8192];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(sg_bytes_write(longest, "x", 1), SG_IO_ERROR);
    assert_message_has("File name too long");
}

static void links_aside_are_not_followed(void **state) {
    (void)state;
    put_file(in_folder("precious"), "precious", 8);
    assert_int_equal(symlink(in_folder("precious"), in_folder("target.tmp")), 0);
    assert_int_equal(sg_bytes_write(in_folder("target"), "new", 3), SG_OK);
    assert_int_equal(link(in_folder("precious"), in_folder("target.tmp")), 0);
    assert_int_equal(sg_bytes_write(in_folder("target"), "new", 3), SG_OK);
    assert_holds(in_folder("precious"), "precious", 8);
    assert_holds(in_folder("target"), "new", 3);
    assert_false(sg_file_exists(in_folder("target.tmp")));
}

static void files_are_written_where_we_stand(void **state) {
    (void)state;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(here >= 0);
    assert_int_equal(chdir(folder), 0);
    sg_status status = sg_bytes_write("bare", "x", 1);
    assert_int_equal(fchdir(here), 0);
    close(here);
    assert_int_equal(status, SG_OK);
    assert_holds(in_folder("bare"), "x", 1);
}

static void folders_are_made(void **state) {
    (void)state;
    struct stat about;
    assert_int_equal(sg_make_folder(in_folder("a//b/c/")), SG_OK);
    assert_int_equal(sg_make_folder(in_folder("a/b/c")), SG_OK);
    assert_true(stat(in_folder("a/b/c"), &about) == 0 && S_ISDIR(about.st_mode));
    put_file(in_folder("a/file"), "x", 1);
    assert_int_equal(sg_make_folder(in_folder("a/file/d")), SG_IO_ERROR);
    assert_message_has("/a/file/d: ");
    assert_message_has("/a/file is there and is not a folder");
    assert_int_equal(sg_make_folder("/proc/nothing"), SG_IO_ERROR);
    assert_message_has("cannot make folder /proc/nothing: ");
    assert_int_equal(sg_make_folder(""), SG_IO_ERROR);
    assert_message_has("its name has 0 bytes");
}

static void a_new_folder_is_made_once(void **state) {
    (void)state;
    bool made;
    assert_int_equal(sg_make_new_folder(in_folder("n/e/w"), &made), SG_OK);
    assert_true(made);
    assert_int_equal(sg_make_new_folder(in_folder("n/e/w"), &made), SG_OK);
    assert_false(made);
    put_file(in_folder("n/file"), "x", 1);
    assert_int_equal(sg_make_new_folder(in_folder("n/file"), &made), SG_OK);
    assert_false(made);
    assert_int_equal(sg_make_new_folder(in_folder("n/file/w"), &made), SG_IO_ERROR);
    assert_false(made);
    assert_int_equal(sg_make_new_folder("/proc/nothing", &made), SG_IO_ERROR);
    assert_message_has("cannot make folder /proc/nothing: ");
}

static void paths_are_joined(void **state) {
    (void)state;
    char path[8];
    assert_int_equal(sg_join_path(path, sizeof path, "abc", "def"), SG_OK);
    assert_string_equal(path, "abc/def");
    assert_int_equal(sg_join_path(path, sizeof path, "abc/", "def"), SG_OK);
    assert_string_equal(path, "abc/def");
    assert_int_equal(sg_join_path(path, sizeof path, "", "def"), SG_OK);
    assert_string_equal(path, "def");
    assert_int_equal(sg_join_path(path, sizeof path, "abcd", "def"), SG_ARGUMENT);
    assert_message_has("abcd/def is longer than 7 bytes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_is_read),
        cmocka_unit_test(gzip_is_unpacked),
        cmocka_unit_test(gzip_members_are_joined),
        cmocka_unit_test(damaged_gzip_is_refused),
        cmocka_unit_test(other_bytes_after_gzip_are_refused),
        cmocka_unit_test(gzip_limit_holds),
        cmocka_unit_test(plain_limit_holds),
        cmocka_unit_test(files_of_unknown_size_are_read),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(full_disk_leaves_the_old_file),
        cmocka_unit_test(unwritable_places_are_named),
        cmocka_unit_test(links_aside_are_not_followed),
        cmocka_unit_test(files_are_written_where_we_stand),
        cmocka_unit_test(folders_are_made),
        cmocka_unit_test(a_new_folder_is_made_once),
        cmocka_unit_test(paths_are_joined),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

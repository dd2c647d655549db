#include "file/archive.h"

#include "file/bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"

enum { SIZE = 100000, LIMIT = 1 << 20 };

static char text[SIZE];

static int set_up(void **state) {
    for (int i = 0; i < SIZE; i++)
        text[i] = (char)('a' + i * (i / 7 % 311) % 23);
    return folder_make(state);
}

typedef int set_filter(struct archive *out);

static void add(struct archive *out, const char *name, unsigned type, const void *bytes, size_t size) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, "/etc/hostname");
    assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
    if (size)
        assert_int_equal(archive_write_data(out, bytes, size), size);
    archive_entry_free(entry);
}

/* A tar of three files and a link, "FOLDERa" and so on, packed by a filter. */
static void make_tar(const char *path, const char *prefix, set_filter *filter) {
    struct archive *out = archive_write_new();
    char name[64];
    assert_int_equal(archive_write_set_format_ustar(out), ARCHIVE_OK);
    assert_int_equal(filter(out), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(out, path), ARCHIVE_OK);
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%c", prefix, 'a' + i);
        add(out, name, AE_IFREG, text + i, SIZE - 10 * (size_t)i);
    }
    snprintf(name, sizeof name, "%slink", prefix);
    add(out, name, AE_IFLNK, NULL, 0);
    assert_int_equal(archive_write_close(out), ARCHIVE_OK);
    archive_write_free(out);
}

/* A Debian package around the tar at `data`. */
static void make_deb(const char *path, const char *data, const char *data_name) {
    struct archive *out = archive_write_new();
    uint8_t *bytes;
    size_t size;
    FILE *file = fopen(data, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    assert_int_equal(archive_write_set_format_ar_svr4(out), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(out, path), ARCHIVE_OK);
    add(out, "debian-binary", AE_IFREG, "2.0\n", 4);
    add(out, "control.tar.xz", AE_IFREG, "not looked at", 13);
    add(out, data_name, AE_IFREG, bytes, size);
    assert_int_equal(archive_write_close(out), ARCHIVE_OK);
    archive_write_free(out);
    free(bytes);
}

static void assert_holds(const char *path, const void *expected, size_t size) {
    uint8_t *bytes;
    size_t found;
    assert_int_equal(sg_bytes_read(path, LIMIT, &bytes, &found), SG_OK);
    assert_int_equal(found, size);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
}

/* Takes "c" and "a" out of an archive whose names begin with "dir/". */
static void assert_extracts(const char *path) {
    sg_archive_member members[] = {{.name = "dir/c", .out = in_folder("c"), .limit = SIZE - 20},
                                   {.name = "dir/a", .out = in_folder("a"), .limit = SIZE}};
    put_file(in_folder("a"), "old", 3);
    assert_int_equal(sg_archive_extract(path, members, 2), SG_OK);
    assert_true(members[0].found && members[1].found);
    assert_holds(in_folder("a"), text, SIZE);
    assert_holds(in_folder("c"), text + 2, SIZE - 20);
    assert_false(sg_file_exists(in_folder("b")));
    remove(in_folder("a"));
    remove(in_folder("c"));
}

static void members_of_a_tgz(void **state) {
    (void)state;
    make_tar(in_folder("x.tgz"), "dir/", archive_write_add_filter_gzip);
    assert_extracts(in_folder("x.tgz"));
    make_tar(in_folder("x.tgz"), "./dir/", archive_write_add_filter_gzip);
    assert_extracts(in_folder("x.tgz"));
}

static void members_of_a_deb(void **state) {
    (void)state;
    static const struct {
        const char *name;
        set_filter *filter;
    } packings[] = {{"data.tar.xz", archive_write_add_filter_xz},
                    {"data.tar.zst", archive_write_add_filter_zstd},
                    {"data.tar.gz", archive_write_add_filter_gzip},
                    {"data.tar", archive_write_add_filter_none}};
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        make_tar(in_folder("data"), "./dir/", packings[i].filter);
        make_deb(in_folder("x.deb"), in_folder("data"), packings[i].name);
        assert_extracts(in_folder("x.deb"));
    }
}

static void assert_fails(const char *path, const char *name, uint64_t limit, const char *message) {
    sg_archive_member member = {.name = name, .out = in_folder("out"), .limit = limit};
    assert_int_equal(sg_archive_extract(path, &member, 1), SG_DATA);
    assert_false(member.found);
    assert_message_has(message);
    assert_message_has(path);
    remove(in_folder("out"));
}

static void what_is_not_right_is_told(void **state) {
    (void)state;
    make_tar(in_folder("x.tgz"), "dir/", archive_write_add_filter_gzip);
    assert_fails(in_folder("x.tgz"), "dir/d", SIZE, "the archive has no file dir/d");
    assert_fails(in_folder("x.tgz"), "dir/link", SIZE, "the archive has no file dir/link");
    assert_fails(in_folder("x.tgz"), "dir/b", SIZE - 11, "dir/b has more than 99989 bytes");
    put_file(in_folder("y"), text, SIZE);
    assert_fails(in_folder("y"), "dir/a", SIZE, "cannot be read as an archive");
    assert_fails(in_folder("absent"), "dir/a", SIZE, "there is no such file");
    assert_fails(folder, "dir/a", SIZE, "is a folder, expected a file");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    alarm(10); /* a pipe without a writer must not be waited for */
    assert_fails(in_folder("pipe"), "dir/a", SIZE, "is a device or pipe, expected a file");
    sg_archive_member into_pipe = {.name = "dir/a", .out = in_folder("pipe"), .limit = SIZE};
    assert_int_equal(sg_archive_extract(in_folder("x.tgz"), &into_pipe, 1), SG_IO_ERROR);
    assert_message_has("cannot write");
    alarm(0);
    make_deb(in_folder("x.deb"), in_folder("y"), "data.tar.xz");
    assert_fails(in_folder("x.deb"), "dir/a", SIZE, "cannot be read as an archive");
    make_deb(in_folder("x.deb"), in_folder("x.tgz"), "other.tar.gz");
    assert_fails(in_folder("x.deb"), "dir/a", SIZE, "the archive has no file dir/a");
}

static void halve(const char *path) {
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(truncate(path, about.st_size / 2), 0);
}

static void damage_is_told(void **state) {
    (void)state;
    make_tar(in_folder("data"), "dir/", archive_write_add_filter_xz);
    make_deb(in_folder("x.deb"), in_folder("data"), "data.tar.xz");
    halve(in_folder("x.deb"));
    assert_fails(in_folder("x.deb"), "dir/c", SIZE, "cannot be read as an archive");
    make_tar(in_folder("x.tgz"), "dir/", archive_write_add_filter_gzip);
    halve(in_folder("x.tgz"));
    assert_fails(in_folder("x.tgz"), "dir/c", SIZE, "cannot be read as an archive");
}

static void unwritable_is_told(void **state) {
    (void)state;
    make_tar(in_folder("x.tgz"), "dir/", archive_write_add_filter_gzip);
    sg_archive_member member = {.name = "dir/a", .out = in_folder("absent/a"), .limit = SIZE};
    assert_int_equal(sg_archive_extract(in_folder("x.tgz"), &member, 1), SG_IO_ERROR);
    assert_message_has("absent/a: No such file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_a_tgz),          cmocka_unit_test(members_of_a_deb),
        cmocka_unit_test(what_is_not_right_is_told), cmocka_unit_test(damage_is_told),
        cmocka_unit_test(unwritable_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, folder_remove);
}

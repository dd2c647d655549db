/* A folder for a test's files, removed with all that is in it. cmocka must be included before. */
#ifndef TEST_UNIT_FOLDER_H
#define TEST_UNIT_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[512];

static inline int folder_make(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/surgrad-test-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove_one(const char *path, const struct stat *about, int type, struct FTW *where) {
    (void)about, (void)type, (void)where;
    return remove(path);
}

static inline int folder_remove(void **state) {
    (void)state;
    return nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the folder, good until the fourth call after. */
static inline const char *in_folder(const char *name) {
    static char paths[4][1024];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* Writes a file, bypassing what is tested. */
static inline void put_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#define assert_message_has(text)                                                                                       \
    do {                                                                                                               \
        if (!strstr(sg_error_message(), text))                                                                         \
            fail_msg("expected \"%s\" in \"%s\"", text, sg_error_message());                                           \
    } while (0)

#endif

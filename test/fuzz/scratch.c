#include "scratch.h"

#include "surgrad.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[256];

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where) {
    (void)about, (void)type, (void)where;
    return remove(path);
}

static void remove_folder(void) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In memory, where the machine has such a folder: files come and go by the thousand. */
static void make_folder(void) {
    struct stat about;
    const char *given = getenv("TMPDIR"), *base = given && *given ? given : "/tmp";
    if (stat("/dev/shm", &about) == 0 && S_ISDIR(about.st_mode))
        base = "/dev/shm";
    snprintf(folder, sizeof folder, "%.200s/surgrad-fuzz-XXXXXX", base);
    require(mkdtemp(folder) != NULL);
    atexit(remove_folder);
}

const char *scratch_path(const char *name) {
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    if (!*folder)
        make_folder();
    snprintf(path, sizeof paths[0], "%s/%.200s", folder, name);
    return path;
}

static void make_folder_above(const char *name) {
    char above[256];
    const char *slash = strchr(name, '/');
    if (!slash)
        return;
    snprintf(above, sizeof above, "%.*s", (int)(slash - name), name);
    mkdir(scratch_path(above), 0700); /* may be there */
}

void scratch_put(const char *name, const void *bytes, size_t size) {
    make_folder_above(name);
    FILE *file = fopen(scratch_path(name), "wb");
    require(file != NULL);
    require(fwrite(bytes, 1, size, file) == size);
    require(fclose(file) == 0);
}

void require(bool holds) {
    if (!holds)
        abort();
}

void require_one_line(void) {
    require(*sg_error_message() && !strchr(sg_error_message(), '\n'));
}

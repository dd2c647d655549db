/* Gives files, and the files of folders, to a fuzz target: what libFuzzer's driver does, with any compiler. */
#include "target.h"

#include "file/bytes.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST ((size_t)64 << 20) /* bytes */

/* The bytes stand in a block of their size, where AddressSanitizer notices a read past the end. */
static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = file ? malloc(LARGEST) : NULL;
    size_t size = bytes ? fread(bytes, 1, LARGEST, file) : 0;
    if (file)
        fclose(file);
    uint8_t *exact = bytes ? realloc(bytes, size ? size : 1) : NULL;
    if (!exact) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

/* The number of files replayed, below 0 after a failure. */
static int replay(const char *path) {
    DIR *folder = opendir(path);
    if (!folder)
        return replay_file(path);
    int count = 0;
    for (struct dirent *entry; count >= 0 && (entry = readdir(folder));) {
        char name[PATH_MAX];
        if (*entry->d_name == '.')
            continue;
        int one = sg_join_path(name, sizeof name, path, entry->d_name) == SG_OK ? replay(name) : -1;
        count = one < 0 ? -1 : count + one;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv) {
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = replay(argv[i]);
        if (count < 0)
            return 1;
        total += count;
    }
    printf("%d files replayed\n", total);
    return total ? 0 : 1;
}

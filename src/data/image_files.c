#include "data/image_files.h"

#include "base/text.h"
#include "file/bytes.h"

#include <stdio.h>
#include <stdlib.h>

/* How the files of a set are named: PREFIX PART "-images" MARK "idx3-ubyte". */
typedef struct style {
    const char *prefix, *parts[SG_IMAGE_PARTS], *mark;
} style;

#define EMNIST(set)                                                                                                    \
    { "emnist-" set "-", {"train", "test"}, "-" }

static const style styles[] = {
    {"", {"train", "t10k"}, "-"}, /* MNIST, Fashion-MNIST, KMNIST */
    {"", {"train", "t10k"}, "."}, /* MNIST as some mirrors and unpackers have it */
    EMNIST("balanced"),
    EMNIST("byclass"),
    EMNIST("bymerge"),
    EMNIST("digits"),
    EMNIST("letters"),
    EMNIST("mnist"),
};

enum { STYLES = sizeof styles / sizeof *styles };

static sg_image_files names_of(const style *s) {
    sg_image_files files;
    for (int part = 0; part < SG_IMAGE_PARTS; part++) {
        snprintf(files.images[part], SG_IMAGE_NAME, "%s%s-images%sidx3-ubyte", s->prefix, s->parts[part], s->mark);
        snprintf(files.labels[part], SG_IMAGE_NAME, "%s%s-labels%sidx1-ubyte", s->prefix, s->parts[part], s->mark);
    }
    return files;
}

sg_image_files sg_image_files_usual(void) {
    return names_of(&styles[0]);
}

static bool is_there(const char *folder, const char *name) {
    static const char *const endings[] = {"", ".gz"};
    char path[4096], file[SG_IMAGE_NAME + 4];
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s%s", name, endings[i]);
        if (sg_join_path(path, sizeof path, folder, file) == SG_OK && sg_file_exists(path))
            return true;
    }
    return false;
}

/* The first of the four that is there, or NULL. */
static const char *first_there(const char *folder, const sg_image_files *files) {
    for (int part = 0; part < SG_IMAGE_PARTS; part++) {
        if (is_there(folder, files->images[part]))
            return files->images[part];
        if (is_there(folder, files->labels[part]))
            return files->labels[part];
    }
    return NULL;
}

static sg_status several(const char *folder, sg_text *found) {
    char *list;
    SG_TRY(sg_text_take(found, &list));
    sg_fail(SG_DATA, "%s: holds files of several sets (%s): put the four files of each into a folder of its own",
            folder, list);
    free(list);
    return SG_DATA;
}

sg_status sg_image_files_find(const char *folder, sg_image_files *out) {
    sg_text found = {0};
    size_t count = 0;
    *out = sg_image_files_usual();
    for (size_t i = 0; i < STYLES; i++) {
        const sg_image_files files = names_of(&styles[i]);
        const char *first = first_there(folder, &files);
        if (!first)
            continue;
        sg_text_add(&found, "%s%s", count ? ", " : "", first);
        *out = files;
        count++;
    }
    if (count > 1)
        return several(folder, &found);
    free(found.data);
    return SG_OK;
}

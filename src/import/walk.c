#include "import/walk.h"

#include "file/bytes.h"
#include "file/path.h"

#include <limits.h>
#include <string.h>

/* What has the name of a recording and is none is damaged, and not left out. */
static bool is_named_as_a_recording(const char *path) {
    const sg_recording_format *format;
    for (int i = 0; (format = sg_recording_at(i)); i++)
        if (sg_recording_ends(path, format->endings))
            return true;
    return false;
}

sg_status sg_walk_add_file(sg_items *items, const char *path, const sg_recording_format *format,
                           const sg_walk_place *place) {
    int split = place->split < 0 && format->many ? sg_split_of_file(path) : place->split;
    const sg_item item = {.path = sg_items_keep(items, path),
                          .format = format,
                          .class_name = place->class_name,
                          .split = split,
                          .label = SG_LABEL_NONE};
    return item.path ? sg_items_add(items, &item) : SG_MEMORY;
}

/* A file in a folder may be something else than a recording: a licence, a list. */
static sg_status add_found(sg_items *items, const char *path, const sg_walk_place *place) {
    const sg_recording_format *format;
    sg_status status = sg_recording_find(path, &format);
    if (status == SG_OK)
        return sg_walk_add_file(items, path, format, place);
    const bool is_own = status == SG_DATA && sg_recording_is_own(path);
    if (status != SG_DATA || (!is_own && is_named_as_a_recording(path)))
        return status;
    if (is_own)
        items->own++;
    else if (items->skipped++ == 0)
        items->first_skipped = sg_items_keep(items, path);
    return SG_OK;
}

static sg_status walk_folder(sg_items *items, const char *folder, const sg_walk_place *place, int depth);

/* A folder within a source is a split, or else the class of all below it. */
static sg_status walk_inner(sg_items *items, const char *path, const char *name, const sg_walk_place *place,
                            int depth) {
    sg_walk_place inner = *place;
    int split = sg_split_of_word(name);
    if (split >= 0 && place->split < 0)
        inner.split = split;
    else if (!place->class_name && !(inner.class_name = sg_items_keep(items, name)))
        return SG_MEMORY;
    return walk_folder(items, path, &inner, depth + 1);
}

static sg_status walk_names(sg_items *items, const char *folder, const sg_names *names, const sg_walk_place *place,
                            int depth) {
    char path[PATH_MAX];
    for (size_t i = 0; i < names->count; i++) {
        SG_TRY(sg_join_path(path, sizeof path, folder, names->names[i]));
        SG_TRY(sg_is_folder(path) ? walk_inner(items, path, names->names[i], place, depth)
                                  : add_found(items, path, place));
    }
    return SG_OK;
}

static sg_status walk_folder(sg_items *items, const char *folder, const sg_walk_place *place, int depth) {
    enum { DEEPEST = 16 }; /* a link that leads back would have no end */
    sg_names names;
    if (depth > DEEPEST)
        return sg_fail(SG_DATA, "%s: more than %d folders in each other, expected at most as many", folder, DEEPEST);
    sg_status status = sg_names_read(folder, &names);
    if (status == SG_OK)
        status = walk_names(items, folder, &names, place, depth);
    sg_names_free(&names);
    return status;
}

/* Adds the lists of a folder as SLAYER has them, and tells whether there was one. */
static sg_status walk_lists(sg_items *items, const char *folder, const sg_names *names, bool *found) {
    char path[PATH_MAX];
    *found = false;
    for (size_t i = 0; i < names->count; i++) {
        SG_TRY(sg_join_path(path, sizeof path, folder, names->names[i]));
        if (!sg_ends_in(path, ".txt") || !sg_is_slayer_list(path))
            continue;
        *found = true;
        SG_TRY(sg_walk_slayer_list(items, path));
    }
    return SG_OK;
}

static sg_status walk_source_folder(sg_items *items, const char *folder, const sg_names *names) {
    char labels[PATH_MAX];
    bool lists;
    SG_TRY(sg_join_path(labels, sizeof labels, folder, "labels.csv"));
    if (sg_file_exists(labels))
        return sg_walk_labels(items, labels);
    if (sg_is_dvs_gesture(folder))
        return sg_walk_dvs_gesture(items, folder);
    SG_TRY(walk_lists(items, folder, names, &lists));
    if (lists)
        return SG_OK;
    const sg_walk_place place = {NULL, sg_split_of_word(sg_path_name(folder))};
    return walk_names(items, folder, names, &place, 1);
}

/* "data/Train/" and "data/Train" are one folder. */
static sg_status without_slash(char *to, size_t size, const char *path) {
    SG_TRY(sg_join_path(to, size, path, ""));
    for (size_t length = strlen(to); length > 1 && to[length - 1] == '/'; length--)
        to[length - 1] = 0;
    return SG_OK;
}

static sg_status add_folder(sg_items *items, const char *path) {
    char folder[PATH_MAX];
    sg_names names;
    SG_TRY(without_slash(folder, sizeof folder, path));
    sg_status status = sg_names_read(folder, &names);
    if (status == SG_OK)
        status = walk_source_folder(items, folder, &names);
    sg_names_free(&names);
    return status;
}

static sg_status add_source(sg_items *items, const char *path) {
    const sg_walk_place nowhere = {NULL, SG_SPLIT_NOT_TOLD};
    const sg_recording_format *format;
    if (strcmp(path, "-") == 0) /* its format is found as it is read */
        return sg_items_add(items, &(sg_item){.path = "-", .split = SG_SPLIT_NOT_TOLD, .label = SG_LABEL_NONE});
    if (sg_is_folder(path))
        return add_folder(items, path);
    if (strcmp(sg_path_name(path), "labels.csv") == 0)
        return sg_walk_labels(items, path);
    if (sg_is_slayer_list(path))
        return sg_walk_slayer_list(items, path);
    SG_TRY(sg_recording_find(path, &format));
    return sg_walk_add_file(items, path, format, &nowhere);
}

sg_status sg_items_add_source(sg_items *items, const char *path) {
    const size_t before = items->count;
    SG_TRY(add_source(items, path));
    if (items->count > before)
        return SG_OK;
    if (items->first_skipped)
        return sg_fail(SG_DATA, "%s: has no recording; %s, for one, is none", path, items->first_skipped);
    if (items->own)
        return sg_fail(SG_DATA,
                       "%s: has no recording, but files that surgrad wrote: events are read by data.set: events", path);
    return sg_fail(SG_DATA, "%s: has no recording: the folder is empty", path);
}

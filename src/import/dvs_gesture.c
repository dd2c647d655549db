/* DVS Gesture as it is published: recordings of AEDAT 3.1, each with a table of where gestures begin and end. A sample
 * is what lies in start <= t < end, as SpikingJelly and snnTorch cut it: 1,176 and 288 samples. */
#include "import/walk.h"

#include "base/number.h"
#include "file/bytes.h"
#include "file/path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const gestures[] = {"hand clapping",
                                       "right hand wave",
                                       "left hand wave",
                                       "right arm clockwise",
                                       "right arm counter-clockwise",
                                       "left arm clockwise",
                                       "left arm counter-clockwise",
                                       "arm roll",
                                       "air drums",
                                       "air guitar",
                                       "other"};
enum { GESTURES = sizeof gestures / sizeof *gestures };

static const char labels_ending[] = "_labels.csv";

/* The table of "userNN_LIGHT.aedat": userNN_LIGHT_labels.csv. False if there is none. */
static bool labels_of(const char *recording, char path[PATH_MAX]) {
    size_t stem = strlen(recording) - strlen(".aedat");
    if (!sg_ends_in(recording, ".aedat") || stem + sizeof labels_ending > PATH_MAX)
        return false;
    snprintf(path, PATH_MAX, "%.*s%s", (int)stem, recording, labels_ending);
    return sg_file_exists(path);
}

bool sg_is_dvs_gesture(const char *folder) {
    char path[PATH_MAX], table[PATH_MAX];
    sg_names names;
    bool is = false;
    if (sg_names_read(folder, &names) == SG_OK)
        for (size_t i = 0; i < names.count && !is; i++)
            is = sg_join_path(path, sizeof path, folder, names.names[i]) == SG_OK && labels_of(path, table);
    sg_names_free(&names);
    return is;
}

static sg_status add_cuts(sg_items *items, const sg_columns *table, sg_item *item) {
    static const char *const class_names[] = {"class", NULL}, *const starts[] = {"startTime_usec", NULL},
                             *const ends[] = {"endTime_usec", NULL};
    int class_column = sg_columns_find(table, class_names), start = sg_columns_find(table, starts),
        end = sg_columns_find(table, ends);
    if (class_column < 0 || start < 0 || end < 0)
        return sg_fail(SG_DATA, "%s: expected the columns class,startTime_usec,endTime_usec", table->path);
    for (size_t row = 0; row < table->rows; row++) {
        const char *cell = sg_columns_at(table, row, class_column), *rest;
        int64_t number;
        char label[8];
        if (!sg_parse_integer(cell, &rest, &number) || *rest || number < 1 || number > GESTURES)
            return sg_columns_fail(table, row, "class is '%.40s', expected 1 to %d", cell, GESTURES);
        snprintf(label, sizeof label, "%d", (int)number - 1);
        const char *kept = sg_items_keep(items, label);
        if (!kept)
            return SG_MEMORY;
        SG_TRY(sg_walk_add_cut(table, row, start, end, kept, item));
    }
    return SG_OK;
}

/* "user01_led.aedat" is of the user user01. */
static const char *keep_user(sg_items *items, const char *path) {
    const char *name = sg_path_name(path);
    char user[256]; /* as long as the name of a file may be */
    snprintf(user, sizeof user, "%.*s", (int)strcspn(name, "_"), name);
    return sg_items_keep(items, user);
}

static sg_status add_recording(sg_items *items, const char *path, const char *labels, int split) {
    sg_columns table = {0};
    sg_item item = {.split = split, .label = SG_LABEL_NONE};
    SG_TRY(sg_recording_find(path, &item.format));
    if (!(item.path = sg_items_keep(items, path)) || !(item.group = keep_user(items, path)))
        return SG_MEMORY;
    sg_status status = sg_columns_read(labels, &table);
    if (status == SG_OK)
        status = add_cuts(items, &table, &item);
    if (status == SG_OK && item.cut_count > 0)
        status = sg_items_add(items, &item);
    if (status != SG_OK || item.cut_count == 0)
        free(item.cuts);
    sg_columns_close(&table);
    return status;
}

/* A list of names, one a line: trials_to_train.txt. *found is false if it is not there. */
static sg_status add_trials(sg_items *items, const char *folder, const char *list, int split, bool *found) {
    enum { LIMIT = 1 << 24 };
    char path[PATH_MAX], labels[PATH_MAX];
    char *text;
    SG_TRY(sg_join_path(path, sizeof path, folder, list));
    *found = sg_file_exists(path);
    if (!*found)
        return SG_OK;
    SG_TRY(sg_bytes_read_text(path, LIMIT, &text));
    sg_status status = SG_OK;
    char *rest = text;
    for (char *line; status == SG_OK && (line = strsep(&rest, "\r\n"));) {
        if (!*line)
            continue;
        status = sg_join_path(path, sizeof path, folder, line);
        if (status == SG_OK && !labels_of(path, labels))
            status = sg_fail(SG_DATA, "%s/%s: names %s, whose table of labels is not there", folder, list, line);
        if (status == SG_OK)
            status = add_recording(items, path, labels, split);
    }
    free(text);
    return status;
}

/* Without the lists, whatever has a table. */
static sg_status add_all(sg_items *items, const char *folder) {
    char path[PATH_MAX], labels[PATH_MAX];
    sg_names names;
    sg_status status = sg_names_read(folder, &names);
    for (size_t i = 0; i < names.count && status == SG_OK; i++) {
        status = sg_join_path(path, sizeof path, folder, names.names[i]);
        if (status == SG_OK && labels_of(path, labels))
            status = add_recording(items, path, labels, SG_SPLIT_NOT_TOLD);
    }
    sg_names_free(&names);
    return status;
}

sg_status sg_walk_dvs_gesture(sg_items *items, const char *folder) {
    bool train, test;
    items->known = gestures;
    items->known_count = GESTURES;
    SG_TRY(add_trials(items, folder, "trials_to_train.txt", SG_SPLIT_TO_TRAIN, &train));
    SG_TRY(add_trials(items, folder, "trials_to_test.txt", SG_SPLIT_TO_TEST, &test));
    return train || test ? SG_OK : add_all(items, folder);
}

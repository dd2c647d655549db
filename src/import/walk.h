/* How sources become a list of recordings. Three kinds of things are found:
 *
 *     folders     Train/CLASS/recording; Test, validation likewise; CLASS/recording; or recordings alone, unlabelled
 *     tables      labels.csv, with columns file, label [, group] [, split] [, start_us, end_us]; lists as SLAYER has
 *                 them, of a number and a class ("#sample #class"), for N.bs2 beside them
 *     DVS Gesture userNN_LIGHT.aedat, each with its userNN_LIGHT_labels.csv, and trials_to_train.txt,
 * trials_to_test.txt
 */
#ifndef SG_IMPORT_WALK_H
#define SG_IMPORT_WALK_H

#include "file/columns.h"
#include "import/items.h"

/* What the folders above a file say. */
typedef struct sg_walk_place {
    const char *class_name; /* or NULL */
    int split;              /* below 0: not told */
} sg_walk_place;

/* The split that a whole name stands for: "Train", "test", "validation", "valid", "val", ...; below 0: none. */
int sg_split_of_word(const char *word);

/* The split that one of the words of a file's name stands for, as in "shd_train.h5" and "test100.txt". */
int sg_split_of_file(const char *path);

/* Adds a recording. A file that holds many samples may tell its split by its name. */
sg_status sg_walk_add_file(sg_items *items, const char *path, const sg_recording_format *format,
                           const sg_walk_place *place);

/* A table of labels, whose files are beside it: labels.csv. */
sg_status sg_walk_labels(sg_items *items, const char *path);

/* Adds the row of a table that tells where a part of an item begins and ends, in the columns of these numbers. */
sg_status sg_walk_add_cut(const sg_columns *table, size_t row, int start, int end, const char *class_name,
                          sg_item *item);

/* Whether a file is a list as SLAYER has them; and adds what it names. */
bool sg_is_slayer_list(const char *path);
sg_status sg_walk_slayer_list(sg_items *items, const char *path);

/* Whether a folder is laid out as DVS Gesture; and adds its recordings, cut. */
bool sg_is_dvs_gesture(const char *folder);
sg_status sg_walk_dvs_gesture(sg_items *items, const char *folder);

/* The names in a folder, in their order ("2" before "10"), without those that begin with a dot. The caller frees it by
 * sg_names_free, after a failure too. */
typedef struct sg_names {
    char **names; /* (count) */
    size_t count;
} sg_names;

sg_status sg_names_read(const char *folder, sg_names *names);
void sg_names_free(sg_names *names);

bool sg_is_folder(const char *path);
bool sg_ends_in(const char *name, const char *ending);

#endif

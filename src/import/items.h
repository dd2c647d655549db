/* What is to be imported: a list of recordings, with what folders and tables of labels say of each. */
#ifndef SG_IMPORT_ITEMS_H
#define SG_IMPORT_ITEMS_H

#include "base/limits.h"
#include "recording/recording.h"

/* What a sample is for: numbers of files of events. */
enum { SG_SPLIT_NOT_TOLD = -1, SG_SPLIT_TO_TRAIN, SG_SPLIT_TO_TEST, SG_SPLIT_TO_VALIDATE };

enum { SG_LABEL_NONE = -1 };

/* A part of a recording that is a sample of its own: the events of start <= t < end. */
typedef struct sg_cut {
    double start_us, end_us;
    const char *class_name;
    int64_t label;
} sg_cut;

typedef struct sg_item {
    const char *path;
    const sg_recording_format *format; /* NULL of standard input */
    const char *class_name;            /* as a folder or a table has it; NULL: not told */
    const char *group;                 /* speaker, user, ...; NULL: not told */
    int64_t label;                     /* of the class, once sg_items_number has been called; below 0: not told */
    int split;
    sg_cut *cuts; /* (cut_count) one after the other in time; none: the file is a sample, or holds its own */
    size_t cut_count;
} sg_item;

typedef struct sg_items {
    sg_item *items; /* (count) */
    size_t count, capacity;
    char **names; /* (classes) of the classes, by label; NULL where numbers are all that is known */
    size_t classes;
    const char *const
        *known; /* (known_count) names of classes 0, 1, ... of a set that tells numbers alone; NULL: none */
    size_t known_count;
    size_t skipped;            /* files of folders that are no recordings, ... */
    const char *first_skipped; /* ... and one of them; NULL: none */
    size_t own;                /* files that surgrad wrote, which are skipped too */
    void **texts;              /* (text_count) what is freed with the list */
    size_t text_count, text_capacity;
} sg_items;

/* Adds what a path stands for: a recording; a folder, which is walked; or a list of files (walk.h). SG_DATA where there
 * is nothing to read, or what a table names is wrong. */
sg_status sg_items_add_source(sg_items *items, const char *path);

/* Gives classes their labels. Where all names are whole numbers, these are the labels; else labels count the names in
 * their order. Cuts and items get theirs. */
sg_status sg_items_number(sg_items *items);

void sg_items_free(sg_items *items);

/* ------------------------------------------------------------------------------------- for those who fill the list */

/* A copy of a text that lives as long as the list; NULL with SG_MEMORY recorded. */
const char *sg_items_keep(sg_items *items, const char *text);

/* Gives memory of malloc to the list. */
sg_status sg_items_own(sg_items *items, void *memory);

/* Adds a copy of an item whose texts are the list's. */
sg_status sg_items_add(sg_items *items, const sg_item *item);

#endif

/* What a group of an HDF5 file holds. */
#include "file/h5_detail.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ENTRIES ((size_t)1 << 18)

/* Entries, the first `count` of them used. */
typedef struct entry_list {
    sg_h5 *file;
    const char *group;
    sg_h5_entry *entries;
    size_t count, room;
    bool named; /* false: a name is too long */
} entry_list;

/* A short text of one length or of any; anything else is no unit. */
static void take_unit(sg_h5 *file, hid_t set, const char *attribute, sg_h5_entry *entry, sg_h5_ids *ids) {
    char unit[sizeof entry->unit] = "", *text = NULL;
    hid_t found = H5Aexists(set, attribute) > 0 ? sg_h5_keep(ids, H5Aopen(set, attribute, H5P_DEFAULT)) : -1;
    hid_t type = found >= 0 ? sg_h5_keep(ids, H5Aget_type(found)) : -1;
    hid_t space = found >= 0 ? sg_h5_keep(ids, H5Aget_space(found)) : -1;
    if (type < 0 || space < 0 || H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
        return;
    if (H5Tis_variable_str(type) > 0) {
        if (sg_h5_check_heaps(file) != SG_OK || H5Aread(found, type, &text) < 0 || !text)
            return;
        strncpy(unit, text, sizeof unit - 1);
        H5free_memory(text);
    } else if (H5Tget_size(type) < sizeof unit) {
        if (H5Aread(found, type, unit) < 0)
            return;
    }
    memcpy(entry->unit, unit, sizeof unit);
}

/* One number above 0; anything else is no rate. */
static double rate_in(hid_t set, const char *attribute) {
    sg_h5_ids ids = {0};
    double rate = 0;
    hid_t found = H5Aexists(set, attribute) > 0 ? sg_h5_keep(&ids, H5Aopen(set, attribute, H5P_DEFAULT)) : -1;
    hid_t type = found >= 0 ? sg_h5_keep(&ids, H5Aget_type(found)) : -1;
    hid_t space = found >= 0 ? sg_h5_keep(&ids, H5Aget_space(found)) : -1;
    bool is_number = type >= 0 && space >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
                     (H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER);
    if (!is_number || H5Aread(found, H5T_NATIVE_DOUBLE, &rate) < 0 || !(rate > 0 && rate <= 1e12))
        rate = 0;
    sg_h5_release(&ids);
    return rate;
}

static double take_rate(hid_t set) {
    static const char *const names[] = {"rate", "rate_hz", "fs", "sampling_rate", "sample_rate"};
    double rate = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && rate == 0; i++)
        rate = rate_in(set, names[i]);
    return rate;
}

/* A dataset that cannot be read is of another kind: asking for its numbers says what is wrong. */
static void describe_dataset(sg_h5 *file, const char *name, sg_h5_entry *entry) {
    sg_h5_ids ids = {0}, more = {0};
    sg_h5_dataset d = {0};
    if (sg_h5_open_dataset(file, name, &d, &ids) == SG_OK && sg_h5_take_shape(file, name, &d) == SG_OK &&
        sg_h5_check_storage(file, name, &d) == SG_OK && sg_h5_classify(&d, entry, &ids)) {
        entry->rank = d.rank;
        for (int i = 0; i < d.rank; i++)
            entry->shape[i] = d.shape[i];
        take_unit(file, d.set, "unit", entry, &more);
        if (!*entry->unit)
            take_unit(file, d.set, "units", entry, &more);
        entry->rate_hz = take_rate(d.set);
    }
    sg_h5_release(&more);
    sg_h5_release(&ids);
}

static void describe(entry_list *list, sg_h5_entry *entry, const H5L_info_t *link) {
    char path[SG_H5_NAME];
    entry->kind = SG_H5_OTHER;
    if (link->type != H5L_TYPE_HARD || strlen(list->group) + strlen(entry->name) + 2 > sizeof path)
        return;
    stpcpy(stpcpy(stpcpy(path, list->group), *list->group ? "/" : ""), entry->name);
    hid_t object = H5Oopen(list->file->file, path, H5P_DEFAULT);
    H5I_type_t type = object >= 0 ? H5Iget_type(object) : H5I_BADID;
    if (object >= 0)
        H5Oclose(object);
    if (type == H5I_GROUP)
        entry->kind = SG_H5_GROUP;
    else if (type == H5I_DATASET)
        describe_dataset(list->file, path, entry);
}

/* Negative: enough. */
static herr_t add_entry(hid_t group, const char *name, const H5L_info_t *link, void *user) {
    entry_list *list = user;
    (void)group;
    list->named = strlen(name) < SG_H5_ENTRY_NAME;
    if (!list->named || list->count == list->room)
        return -1;
    sg_h5_entry *entry = &list->entries[list->count++];
    strcpy(entry->name, name);
    describe(list, entry, link);
    return 0;
}

typedef struct listing {
    uint64_t count;
    sg_h5_entry entries[];
} listing;

static sg_status list_group(sg_h5 *file, const void *question, void *answer, size_t size) {
    const char *group = question;
    listing *l = answer;
    entry_list list = {file, group, l->entries, 0, (size - sizeof *l) / sizeof *l->entries, true};
    if (*group && (strlen(group) >= SG_H5_NAME || sg_h5_find(file->file, group) != SG_H5_HERE))
        return sg_fail(file->code, "%s: has no group %s", file->path, group);
    if (H5Literate_by_name(file->file, *group ? group : "/", H5_INDEX_NAME, H5_ITER_NATIVE, NULL, add_entry, &list,
                           H5P_DEFAULT) < 0) {
        if (!list.named)
            return sg_fail(file->code, "%s: group /%s has a name of more than %d bytes", file->path, group,
                           SG_H5_ENTRY_NAME - 1);
        if (list.count == list.room)
            return sg_fail(file->code, "%s: group /%s has more than %zu names", file->path, group, list.room);
        return sg_h5_failed(file, "group /%s cannot be read", group);
    }
    l->count = list.count;
    return SG_OK;
}

static int compare(const void *a, const void *b) {
    return strverscmp(((const sg_h5_entry *)a)->name, ((const sg_h5_entry *)b)->name);
}

sg_status sg_h5_list(sg_h5 *file, const char *group, sg_h5_entry **out, size_t *count) {
    size_t most = file->size < MOST_ENTRIES ? file->size : MOST_ENTRIES; /* each name takes a byte at least */
    size_t size = sizeof(listing) + most * sizeof(sg_h5_entry);
    sg_h5_answer *answer;
    *out = NULL;
    SG_TRY(sg_h5_ask(file, list_group, group, size, &answer));
    listing *l = (listing *)answer->data;
    *count = l->count < most ? (size_t)l->count : most;
    *out = malloc(*count * sizeof **out + 1);
    if (*out) {
        memcpy(*out, l->entries, *count * sizeof **out);
        for (size_t i = 0; i < *count; i++)
            (*out)[i].name[SG_H5_ENTRY_NAME - 1] = (*out)[i].unit[sizeof(*out)[i].unit - 1] = 0;
        qsort(*out, *count, sizeof **out, compare);
    }
    sg_h5_forget(answer, size);
    return *out ? SG_OK : sg_fail(SG_MEMORY, "%s: no memory for the names of group /%s", file->path, group);
}

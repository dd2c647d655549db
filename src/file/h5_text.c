#include "file/h5_detail.h"

#include "base/intern.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool put_text(sg_h5 *file, const char *name, const char *text, sg_h5_ids *ids) {
    hid_t type = sg_h5_keep(ids, H5Tcopy(H5T_C_S1)), space = sg_h5_keep(ids, H5Screate(H5S_SCALAR));
    if (type < 0 || space < 0 || H5Tset_size(type, strlen(text) + 1) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)
        return false;
    hid_t attribute = sg_h5_keep(ids, H5Acreate2(file->file, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    return attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
}

sg_status sg_h5_put_text(sg_h5 *file, const char *name, const char *text) {
    sg_h5_ids ids = {0};
    sg_status status = SG_OK;
    sg_h5_take_turn();
    H5E_BEGIN_TRY {
        if (!put_text(file, name, text, &ids))
            status = sg_h5_failed(file, "cannot make attribute %s", name);
        if (!sg_h5_release(&ids) && status == SG_OK)
            status = sg_h5_failed(file, "cannot finish attribute %s", name);
    }
    H5E_END_TRY;
    sg_h5_end_turn();
    return status;
}

/* A text of fixed length, as we write it. */
static sg_status read_fixed(const sg_h5 *file, const char *name, hid_t attribute, hid_t type, hid_t memory, char *text,
                            size_t room) {
    if (H5Tget_size(type) >= room)
        return sg_fail(file->code, "%s: attribute %s is larger than its file", file->path, name);
    if (H5Tset_size(memory, H5Tget_size(type) + 1) < 0 || H5Aread(attribute, memory, text) < 0)
        return sg_h5_failed(file, "attribute %s cannot be read", name);
    return SG_OK;
}

/* A text of any length, as h5py writes it. */
static sg_status read_variable(const sg_h5 *file, const char *name, hid_t attribute, hid_t memory, char *text,
                               size_t room) {
    char *read = NULL;
    SG_TRY(sg_h5_check_heaps(file));
    if (H5Tset_size(memory, H5T_VARIABLE) < 0 || H5Aread(attribute, memory, &read) < 0)
        return sg_h5_failed(file, "attribute %s cannot be read", name);
    size_t length = read ? strlen(read) : 0;
    if (length >= room)
        return sg_fail(file->code, "%s: attribute %s is larger than its file", file->path, name);
    memcpy(text, read ? read : "", length);
    free(read);
    return SG_OK;
}

static sg_status read_text(const sg_h5 *file, const char *name, char *text, size_t room, sg_h5_ids *ids) {
    if (H5Aexists(file->file, name) <= 0)
        return sg_fail(file->code, "%s: attribute %s is missing", file->path, name);
    hid_t attribute = sg_h5_keep(ids, H5Aopen(file->file, name, H5P_DEFAULT));
    hid_t type = sg_h5_keep(ids, H5Aget_type(attribute)), space = sg_h5_keep(ids, H5Aget_space(attribute));
    hid_t memory = sg_h5_keep(ids, H5Tcopy(H5T_C_S1));
    if (attribute < 0 || type < 0 || space < 0 || memory < 0)
        return sg_h5_failed(file, "attribute %s cannot be opened", name);
    if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
        return sg_fail(file->code, "%s: attribute %s is not one text", file->path, name);
    if (H5Tset_cset(memory, H5Tget_cset(type)) < 0)
        return sg_h5_failed(file, "attribute %s is of an unknown character set", name);
    return H5Tis_variable_str(type) > 0 ? read_variable(file, name, attribute, memory, text, room)
                                        : read_fixed(file, name, attribute, type, memory, text, room);
}

static sg_status answer_text(sg_h5 *file, const void *question, void *answer, size_t size) {
    sg_h5_ids ids = {0};
    sg_status status = read_text(file, question, answer, size, &ids);
    sg_h5_release(&ids);
    return status;
}

sg_status sg_h5_get_text(sg_h5 *file, const char *name, char **out) {
    *out = NULL;
    sg_h5_answer *answer;
    size_t room = file->size + 1; /* a text is no larger than its file; what is not written of the room takes none */
    SG_TRY(sg_h5_ask(file, answer_text, name, room, &answer));
    answer->data[room - 1] = 0;
    *out = sg_text_copy((const char *)answer->data);
    sg_h5_forget(answer, room);
    return *out ? SG_OK : SG_MEMORY;
}

static sg_status look_for_text(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)size;
    *(bool *)answer = H5Aexists(file->file, question) != 0;
    return SG_OK;
}

bool sg_h5_has_text(sg_h5 *file, const char *name) {
    return sg_h5_ask_whether(file, look_for_text, name);
}

/* Whether two formats differ in their version alone, the last word. */
static bool same_but_version(const char *a, const char *b) {
    const char *x = strrchr(a, ' '), *y = strrchr(b, ' ');
    return x && y && x - a == y - b && strncmp(a, b, (size_t)(x - a)) == 0;
}

sg_status sg_h5_get_interned(sg_h5 *file, const char *name, const char **out) {
    char *text;
    *out = NULL;
    if (!sg_h5_has_text(file, name))
        return SG_OK;
    SG_TRY(sg_h5_get_text(file, name, &text));
    *out = sg_intern(text);
    free(text);
    return *out ? SG_OK : SG_MEMORY;
}

sg_status sg_h5_check_format(sg_h5 *file, const char *const *formats) {
    char *found;
    bool known = false, newer = false;
    SG_TRY(sg_h5_get_text(file, "format", &found));
    for (size_t i = 0; formats[i]; i++) {
        known |= strcmp(found, formats[i]) == 0;
        newer |= same_but_version(found, formats[i]);
    }
    sg_status status = known ? SG_OK
                             : sg_fail(file->code, "%s: holds the format '%.60s', expected '%s'%s", file->path, found,
                                       formats[0], newer ? ": a newer surgrad wrote it?" : "");
    free(found);
    return status;
}

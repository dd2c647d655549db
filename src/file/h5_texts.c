/* Lists of texts, of one length as we write them, or of any as h5py does. They are measured, then read. */
#include "file/h5_detail.h"

#include "base/memory.h"
#include "base/memory_limit.h"

#include <stdlib.h>
#include <string.h>

/* How many texts there are, and room for them, a 0 after each. */
typedef struct texts_size {
    int rank;
    uint64_t shape[SG_H5_RANK];
    uint64_t count;
    size_t bytes;
} texts_size;

/* An open dataset of texts, as one row of all of them. */
static sg_status open_texts(sg_h5 *file, const char *name, sg_h5_dataset *d, texts_size *found, sg_h5_ids *ids) {
    SG_TRY(sg_h5_open_dataset(file, name, d, ids));
    if (H5Tget_class(d->type) != H5T_STRING)
        return sg_fail(file->code, "%s: %s is not of texts", file->path, name);
    SG_TRY(sg_h5_take_shape(file, name, d));
    SG_TRY(sg_h5_check_storage(file, name, d));
    if (H5Tis_variable_str(d->type) <= 0)
        SG_TRY(sg_h5_check_chunks(file, name, d, sg_h5_whole(d)));
    found->rank = d->rank;
    found->count = 1;
    for (int i = 0; i < d->rank; i++) {
        found->shape[i] = d->shape[i];
        found->count *= d->shape[i];
    }
    d->rank = 1;
    d->shape[0] = found->count;
    return SG_OK;
}

static sg_status too_large(const sg_h5 *file, const char *name) {
    return sg_fail(file->code, "%s: the size of %s overflows", file->path, name);
}

/* -------------------------------------------------------------------------------------------------- of any length */

static sg_status measure_each(const sg_h5 *file, const char *name, const sg_h5_dataset *d, uint64_t **lengths) {
    const sg_h5_rows rows = {d, sg_h5_whole(d), 1};
    *lengths = calloc((size_t)d->shape[0] + 1, sizeof **lengths);
    return *lengths ? sg_h5_measure_rows(file, name, &rows, *lengths)
                    : sg_fail(SG_MEMORY, "%s: no memory for the texts of %s", file->path, name);
}

static sg_status measure_of_any_length(const sg_h5 *file, const char *name, const sg_h5_dataset *d, size_t *bytes) {
    uint64_t *lengths;
    sg_status status = measure_each(file, name, d, &lengths);
    *bytes = 0;
    for (hsize_t i = 0; status == SG_OK && i < d->shape[0]; i++)
        if (!sg_size_add(*bytes, (size_t)lengths[i], bytes) || !sg_size_add(*bytes, 1, bytes))
            status = too_large(file, name);
    free(lengths);
    return status;
}

static sg_status read_of_any_length(const sg_h5 *file, const char *name, const sg_h5_dataset *d, char *to) {
    uint64_t *lengths;
    sg_status status = measure_each(file, name, d, &lengths);
    for (hsize_t i = 0; status == SG_OK && i < d->shape[0]; i++) {
        const sg_h5_rows row = {d, {i, 1}, 1};
        status = sg_h5_copy_rows(file, name, &row, lengths[i], to);
        to += strnlen(to, (size_t)lengths[i]);
        *to++ = 0;
    }
    free(lengths);
    return status;
}

/* -------------------------------------------------------------------------------------------------- of one length */

static sg_status measure_of_one_length(const sg_h5 *file, const char *name, const sg_h5_dataset *d, size_t *bytes) {
    return sg_size_multiply(H5Tget_size(d->type) + 1, (size_t)d->shape[0], bytes) ? SG_OK : too_large(file, name);
}

/* They are padded by zeros or blanks; read with a place for a 0 each, and moved together. */
static sg_status read_of_one_length(const sg_h5 *file, const char *name, const sg_h5_dataset *d, char *to,
                                    sg_h5_ids *ids) {
    const size_t size = H5Tget_size(d->type) + 1;
    hid_t memory = sg_h5_keep(ids, H5Tcopy(d->type));
    if (memory < 0 || H5Tset_size(memory, size) < 0 || H5Tset_strpad(memory, H5T_STR_NULLTERM) < 0)
        return sg_h5_failed(file, "%s cannot be read", name);
    if (d->shape[0] && H5Dread(d->set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0)
        return sg_h5_failed(file, "%s cannot be read", name);
    char *next = to;
    for (hsize_t i = 0; i < d->shape[0]; i++) {
        const char *text = to + i * size;
        const size_t length = strnlen(text, size - 1);
        memmove(next, text, length);
        next[length] = 0;
        next += length + 1;
    }
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------------------- both */

static sg_status measure_texts(sg_h5 *file, const void *question, void *answer, size_t size) {
    texts_size *found = answer;
    sg_h5_ids ids = {0};
    sg_h5_dataset d = {0};
    (void)size;
    sg_status status = open_texts(file, question, &d, found, &ids);
    if (status == SG_OK)
        status = H5Tis_variable_str(d.type) > 0 ? measure_of_any_length(file, question, &d, &found->bytes)
                                                : measure_of_one_length(file, question, &d, &found->bytes);
    sg_h5_release(&ids);
    return status;
}

static sg_status read_texts(sg_h5 *file, const void *question, void *answer, size_t size) {
    sg_h5_ids ids = {0};
    sg_h5_dataset d = {0};
    texts_size found;
    (void)size;
    sg_status status = open_texts(file, question, &d, &found, &ids);
    if (status == SG_OK)
        status = H5Tis_variable_str(d.type) > 0 ? read_of_any_length(file, question, &d, answer)
                                                : read_of_one_length(file, question, &d, answer, &ids);
    sg_h5_release(&ids);
    return status;
}

/* What the separate process answered is not trusted: each text must end within it. */
static sg_status take_texts(const sg_h5 *file, const char *name, const char *text, const texts_size *found,
                            sg_texts *out) {
    const char *end = text + found->bytes;
    for (uint64_t i = 0; i < found->count; i++) {
        const size_t length = strnlen(text, (size_t)(end - text));
        if (text + length == end)
            return sg_fail(file->code, "%s: %s cannot be read", file->path, name);
        SG_TRY(sg_texts_add(out, text));
        text += length + 1;
    }
    return SG_OK;
}

/* Short texts, packed, take a thousandth of what the list of them does. */
static sg_status check_memory(const sg_h5 *file, const char *name, const texts_size *found) {
    size_t bytes;
    if (!sg_size_multiply((size_t)found->count, SG_TEXT_OVERHEAD, &bytes) || !sg_size_add(bytes, found->bytes, &bytes))
        return too_large(file, name);
    return sg_check_memory(bytes, file->path, "use a file of fewer or shorter texts");
}

static sg_status measure(sg_h5 *file, const char *name, texts_size *found) {
    sg_h5_answer *answer;
    SG_TRY(sg_h5_ask(file, measure_texts, name, sizeof *found, &answer));
    memcpy(found, answer->data, sizeof *found);
    sg_h5_forget(answer, sizeof *found);
    return check_memory(file, name, found);
}

static sg_status read_all(sg_h5 *file, const char *name, const texts_size *found, sg_texts *out) {
    sg_h5_answer *answer;
    SG_TRY(sg_h5_ask(file, read_texts, name, found->bytes, &answer));
    sg_status status = take_texts(file, name, (const char *)answer->data, found, out);
    sg_h5_forget(answer, found->bytes);
    return status;
}

sg_status sg_h5_get_texts(sg_h5 *file, const char *name, sg_texts *out) {
    texts_size found;
    SG_TRY(measure(file, name, &found));
    if (found.rank != 1)
        return sg_fail(file->code, "%s: %s has %d dimensions, expected 1", file->path, name, found.rank);
    return read_all(file, name, &found, out);
}

sg_status sg_h5_get_text_array(sg_h5 *file, const char *name, int *rank, uint64_t shape[SG_H5_RANK], sg_texts *out) {
    texts_size found;
    SG_TRY(measure(file, name, &found));
    *rank = found.rank;
    memcpy(shape, found.shape, sizeof found.shape);
    return read_all(file, name, &found, out);
}

#include "data/idx.h"

#include "base/load.h"
#include "base/memory.h"
#include "file/bytes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define LARGEST_FILE ((size_t)8 << 30) /* bytes, unpacked */

enum { MAGIC = 4, TYPE_U8 = 0x08, MOST_RANK = 3 };

static const char *const expected[MOST_RANK + 1] = {"", "labels", "a table", "images"};

/* The types that a magic number can name. */
typedef struct value_type {
    const char *name; /* NULL: no type */
    size_t size;      /* of a value, in bytes */
} value_type;

static value_type type_of(uint8_t number) {
    static const value_type types[] = {
        [0x08] = {"unsigned bytes", 1},  [0x09] = {"signed bytes", 1},  [0x0b] = {"16-bit integers", 2},
        [0x0c] = {"32-bit integers", 4}, [0x0d] = {"32-bit floats", 4}, [0x0e] = {"64-bit floats", 8}};
    return number < sizeof types / sizeof *types ? types[number] : (value_type){NULL, 0};
}

/* The sizes of a header of any rank, "10 x 3 x 28 x 28"; "" where the file ends before they do. */
static void add_sizes(sg_text *text, const uint8_t *b, size_t size) {
    for (size_t i = 0; size >= MAGIC + 4 * (size_t)b[3] && i < b[3]; i++)
        sg_text_add(text, "%s%u", i ? " x " : "", sg_load_be32(b + MAGIC + 4 * i));
}

/* What a magic number that is not the expected one stands for. */
static void add_hint(sg_text *hint, const uint8_t *b, size_t size) {
    const char *type = b[0] == 0 && b[1] == 0 ? type_of(b[2]).name : NULL;
    if (b[0] == 0x1f && b[1] == 0x8b)
        sg_text_add(hint, "it is packed by gzip twice: unpack it once");
    else if (!type || b[3] == 0)
        sg_text_add(hint, "is it an IDX file?");
    else if (b[2] != TYPE_U8)
        sg_text_add(hint, "it holds %s, which are not supported: make unsigned bytes of them", type);
    else if (b[3] <= MOST_RANK)
        sg_text_add(hint, "it holds %s: are two files mixed up?", expected[b[3]]);
    else {
        sg_text_add(hint, "it holds values of %u dimensions (", b[3]);
        add_sizes(hint, b, size);
        sg_text_add(hint, "): make one value of each pixel");
    }
}

static sg_status wrong_magic(const char *name, const uint8_t *b, size_t size, int rank) {
    sg_text hint = {0};
    char *text;
    add_hint(&hint, b, size);
    SG_TRY(sg_text_take(&hint, &text));
    sg_status status =
        sg_fail(SG_DATA, "%s: begins with %02x %02x %02x %02x, expected 00 00 %02x %02x (%s as unsigned bytes); %s",
                name, b[0], b[1], b[2], b[3], TYPE_U8, rank, expected[rank], text);
    free(text);
    return status;
}

/* The shape and its product; false if that overflows. */
static bool take_shape(const uint8_t *sizes, sg_idx *idx) {
    idx->count = 1;
    for (int i = 0; i < MOST_RANK; i++) {
        idx->shape[i] = i < idx->rank ? sg_load_be32(sizes + 4 * i) : 1;
        if (!sg_size_multiply(idx->count, idx->shape[i], &idx->count))
            return false;
    }
    return true;
}

static sg_status wrong_size(const char *name, const sg_idx *idx, size_t found, const char *problem) {
    return sg_fail(SG_DATA, "%s: its header tells %u x %u x %u values, %s (%zu bytes follow it): fetch it again", name,
                   idx->shape[0], idx->shape[1], idx->shape[2], problem, found);
}

sg_status sg_idx_parse(const char *name, const void *bytes, size_t size, int rank, sg_idx *out) {
    assert(rank >= 1 && rank <= MOST_RANK);
    const uint8_t *b = bytes;
    size_t header = MAGIC + 4 * (size_t)rank;
    sg_idx idx = {.rank = rank};
    *out = (sg_idx){0};
    if (size == 0)
        return sg_fail(SG_DATA, "%s: is empty, expected IDX data (%s): fetch it again", name, expected[rank]);
    if (size >= MAGIC && (b[0] || b[1] || b[2] != TYPE_U8 || b[3] != rank))
        return wrong_magic(name, b, size, rank);
    if (size < header)
        return sg_fail(SG_DATA, "%s: has %zu bytes, expected an IDX header of %zu: fetch it again", name, size, header);
    if (!take_shape(b + MAGIC, &idx))
        return wrong_size(name, &idx, size - header, "more than memory can address");
    if (idx.count == 0)
        return wrong_size(name, &idx, size - header, "expected at least one");
    if (idx.count != size - header)
        return wrong_size(name, &idx, size - header,
                          idx.count > size - header ? "more than it has" : "fewer than it has");
    idx.values = b + header;
    *out = idx;
    return SG_OK;
}

/* The bytes of values that a header of any rank tells; SIZE_MAX if that overflows. */
static size_t bytes_told(const uint8_t *b) {
    size_t bytes = type_of(b[2]).size;
    for (size_t i = 0; i < b[3]; i++)
        if (!sg_size_multiply(bytes, sg_load_be32(b + MAGIC + 4 * i), &bytes))
            return SIZE_MAX;
    return bytes;
}

sg_status sg_idx_describe(const char *name, const void *bytes, size_t size, sg_text *text) {
    const uint8_t *b = bytes;
    if (size < MAGIC || b[0] || b[1] || !type_of(b[2]).name || b[3] == 0)
        return sg_fail(SG_DATA, "%s: expected a model, a checkpoint, events (HDF5), a recording or an IDX file", name);
    size_t header = MAGIC + 4 * (size_t)b[3];
    if (size < header)
        return sg_fail(SG_DATA, "%s: has %zu bytes, expected an IDX header of %zu: fetch it again", name, size, header);
    if (bytes_told(b) != size - header)
        return sg_fail(SG_DATA, "%s: its IDX header tells %zu bytes of values, found %zu: fetch it again", name,
                       bytes_told(b), size - header);
    bool used = b[2] == TYPE_U8 && (b[3] == SG_IDX_LABELS || b[3] == SG_IDX_IMAGES);
    sg_text_add(text, "%s: IDX, ", name);
    add_sizes(text, b, size);
    sg_text_add(text, " %s: %s\n", type_of(b[2]).name,
                used ? expected[b[3]]
                     : "not used by surgrad, which takes unsigned bytes of 3 dimensions (images) or 1 (labels)");
    return SG_OK;
}

sg_status sg_idx_read(const char *path, int rank, sg_idx *out) {
    uint8_t *bytes;
    size_t size;
    *out = (sg_idx){0};
    SG_TRY(sg_bytes_read(path, LARGEST_FILE, &bytes, &size));
    sg_status status = sg_idx_parse(path, bytes, size, rank, out);
    if (status == SG_OK)
        out->bytes = bytes;
    else
        free(bytes);
    return status;
}

void sg_idx_free(sg_idx *idx) {
    free(idx->bytes);
    *idx = (sg_idx){0};
}

sg_status sg_idx_find(char *path, size_t size, const char *folder, const char *name, const char *remedy) {
    char packed[256];
    if ((size_t)snprintf(packed, sizeof packed, "%s.gz", name) >= sizeof packed)
        return sg_fail(SG_ARGUMENT, "the file name %s is longer than %zu bytes", name, sizeof packed - 4);
    const char *const names[] = {name, packed};
    for (int i = 0; i < 2; i++) {
        SG_TRY(sg_join_path(path, size, folder, names[i]));
        if (sg_file_exists(path))
            return SG_OK;
    }
    return sg_fail(SG_DATA, "%s: neither %s nor %s is there: %s", *folder ? folder : ".", name, packed, remedy);
}

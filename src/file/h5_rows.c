/* Rows of any length. A dataset of them holds references: a length, and an object in a collection ("global heap"). HDF5
 * 1.10 trusts both: it writes past its memory where the object is larger than the length tells, and hands on what lay
 * there before where it is smaller. Here both must agree. Rows are copied from where they lie in the file. */
#include "file/h5_detail.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LENGTH = 4, INDEX = 4, HEAP_FIELDS = 8, ALIGNMENT = 8 }; /* bytes */

/* How a file writes addresses and sizes. */
typedef struct widths {
    size_t address, size; /* bytes */
    hsize_t base;         /* of all addresses */
    size_t reference;     /* bytes of one */
} widths;

static sg_status refuse(const sg_h5 *file, const char *name, const char *what) {
    return sg_fail(file->code, "%s: %s %s", file->path, name, what);
}

static sg_status take_widths(const sg_h5 *file, const char *name, widths *w) {
    hid_t creation = H5Fget_create_plist(file->file);
    bool good = creation >= 0 && H5Pget_sizes(creation, &w->address, &w->size) >= 0 &&
                H5Pget_userblock(creation, &w->base) >= 0 && w->address <= sizeof(uint64_t) &&
                w->size <= sizeof(uint64_t);
    w->reference = LENGTH + w->address + INDEX;
    if (creation >= 0)
        H5Pclose(creation);
    return good ? SG_OK : sg_h5_failed(file, "%s cannot be found in it", name);
}

/* --------------------------------------------------------------------------------------------------- references */

/* The byte i of each element stands in the i-th part. */
static void unshuffle(const uint8_t *from, uint8_t *to, size_t count, size_t size) {
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < count; k++)
            to[k * size + i] = from[i * count + k];
}

/* Undoes one filter of the two that HDF5 packs references with; `other` has capacity for a whole chunk, and takes turns
 * with `bytes`. */
static bool undo_filter(H5Z_filter_t filter, uint8_t **bytes, uint8_t **other, size_t *used, size_t whole,
                        size_t reference) {
    uLongf inflated = whole;
    if (filter == H5Z_FILTER_DEFLATE) {
        if (uncompress(*other, &inflated, *bytes, *used) != Z_OK)
            return false;
        *used = inflated;
    } else {
        if (filter != H5Z_FILTER_SHUFFLE || *used != whole)
            return false;
        unshuffle(*bytes, *other, whole / reference, reference);
    }
    uint8_t *swap = *bytes;
    *bytes = *other;
    *other = swap;
    return true;
}

/* Whether a stored chunk of `size` bytes in *bytes becomes a whole one. `skipped`: a bit for each filter that it was
 * not given to. */
static bool unpack_chunk(hid_t creation, uint8_t **bytes, uint8_t **other, size_t size, uint32_t skipped, size_t whole,
                         size_t reference) {
    for (int i = H5Pget_nfilters(creation) - 1; i >= 0; i--) {
        unsigned flags, config;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
        if (!(skipped >> i & 1) && !undo_filter(filter, bytes, other, &size, whole, reference))
            return false;
    }
    return size == whole;
}

/* Reads the references of the chunk that begins at `start`; all 0, empty rows, where it was never written. */
static bool read_chunk(const sg_h5 *file, const sg_h5_dataset *d, hsize_t first, size_t whole, size_t reference,
                       uint8_t *to) {
    hsize_t size;
    const hsize_t start[SG_H5_RANK] = {first};
    uint32_t skipped = 0;
    if (H5Dget_chunk_storage_size(d->set, start, &size) < 0 || size > file->size)
        return false;
    memset(to, 0, whole);
    if (size == 0)
        return true;
    size_t room = size > whole ? (size_t)size : whole;
    uint8_t *bytes = malloc(room), *other = malloc(room);
    bool good = bytes && other && H5Dread_chunk(d->set, H5P_DEFAULT, start, &skipped, bytes) >= 0 &&
                unpack_chunk(d->creation, &bytes, &other, (size_t)size, skipped, whole, reference);
    if (good)
        memcpy(to, bytes, whole);
    free(bytes);
    free(other);
    return good;
}

/* Elements of a chunk, and of one index of axis 0; false where chunks cut any other axis. */
static bool chunk_length(const sg_h5_dataset *d, hsize_t *length, hsize_t *columns) {
    hsize_t chunk[SG_H5_RANK], shape[SG_H5_RANK];
    const int rank = H5Pget_chunk(d->creation, SG_H5_RANK, chunk);
    if (rank < 1 || rank > SG_H5_RANK || H5Sget_simple_extent_dims(d->space, shape, NULL) != rank)
        return false;
    *columns = 1;
    for (int i = 1; i < rank; i++) {
        if (chunk[i] != shape[i])
            return false;
        *columns *= shape[i];
    }
    *length = chunk[0] * *columns;
    return true;
}

static bool read_chunks(const sg_h5 *file, const sg_h5_rows *rows, size_t reference, uint8_t *to) {
    hsize_t length, columns, end = rows->span.first + rows->span.count;
    size_t whole;
    if (!chunk_length(rows->set, &length, &columns) || length == 0 || length > file->size ||
        !sg_size_multiply((size_t)length, reference, &whole))
        return false;
    uint8_t *chunk = malloc(whole);
    bool good = chunk != NULL;
    for (hsize_t at = rows->span.first; good && at < end;) {
        hsize_t start = at / length * length, next = start + length < end ? start + length : end;
        good = read_chunk(file, rows->set, start / columns, whole, reference, chunk);
        if (good)
            memcpy(to, chunk + (at - start) * reference, (size_t)(next - at) * reference);
        to += (next - at) * reference;
        at = next;
    }
    free(chunk);
    return good;
}

/* References that are not in chunks lie side by side; all 0 where none was written. */
static bool read_contiguous(const sg_h5 *file, const sg_h5_rows *rows, size_t reference, uint8_t *to) {
    size_t bytes = (size_t)rows->span.count * reference;
    haddr_t at = H5Dget_offset(rows->set->set);
    memset(to, 0, bytes);
    if (at == HADDR_UNDEF)
        return H5Dget_storage_size(rows->set->set) == 0;
    at += rows->span.first * reference;
    if (at > file->size || bytes > file->size - at)
        return false;
    memcpy(to, file->bytes + at, bytes);
    return true;
}

/* The references of a span; the caller frees *out. */
static sg_status read_references(const sg_h5 *file, const char *name, const sg_h5_rows *rows, const widths *w,
                                 uint8_t **out) {
    size_t bytes;
    H5D_layout_t layout = H5Pget_layout(rows->set->creation);
    *out = NULL;
    if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS)
        return refuse(file, name, "keeps its rows in an odd way, expected them in chunks or side by side");
    if (!sg_size_multiply((size_t)rows->span.count, w->reference, &bytes) || !(*out = malloc(bytes + 1)))
        return sg_fail(SG_MEMORY, "%s: no memory for the places of the rows of %s", file->path, name);
    if ((layout == H5D_CHUNKED ? read_chunks : read_contiguous)(file, rows, w->reference, *out))
        return SG_OK;
    free(*out);
    *out = NULL;
    return refuse(file, name, "has places of rows that are damaged: use a copy of the file or make it again");
}

/* --------------------------------------------------------------------------------------------------------- rows */

static size_t align(size_t size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The object of this number in the collection that begins at `at`, or NULL. Object 0 is free space, and the last. */
static const uint8_t *find_object(const sg_h5 *file, const widths *w, uint64_t at, uint64_t index, uint64_t *size) {
    static const uint8_t start[] = {'G', 'C', 'O', 'L', 1};
    const size_t head = align(HEAP_FIELDS + w->size);
    if (at > file->size || file->size - at < head || memcmp(file->bytes + at, start, sizeof start) != 0)
        return NULL;
    uint64_t left = sg_h5_little_endian(file->bytes + at + HEAP_FIELDS, w->size);
    if (left > file->size - at || left < head)
        return NULL;
    const uint8_t *object = file->bytes + at + head;
    left -= head;
    while (left >= head) {
        uint64_t number = sg_h5_little_endian(object, 2);
        *size = sg_h5_little_endian(object + HEAP_FIELDS, w->size);
        if (*size > left - head || number == 0)
            return NULL;
        if (number == index)
            return object + head;
        size_t step = head + align((size_t)*size);
        if (step > left)
            return NULL;
        object += step;
        left -= step;
    }
    return NULL;
}

/* A row: its elements, and how many. NULL with a length of 0 is an empty one. */
static bool find_row(const sg_h5 *file, const widths *w, const uint8_t *reference, size_t element, const uint8_t **row,
                     uint64_t *length) {
    uint64_t address = sg_h5_little_endian(reference + LENGTH, w->address), size;
    uint64_t index = sg_h5_little_endian(reference + LENGTH + w->address, INDEX);
    *length = sg_h5_little_endian(reference, LENGTH);
    *row = NULL;
    if (*length == 0)
        return true;
    if (address > UINT64_MAX - w->base)
        return false;
    *row = find_object(file, w, address + w->base, index, &size);
    return *row && size == *length * element;
}

static sg_status row_damaged(const sg_h5 *file, const char *name, hsize_t row) {
    return sg_fail(
        file->code,
        "%s: row %llu of %s is damaged (its length is not that of what is stored): use a copy of the file or "
        "make it again",
        file->path, (unsigned long long)row, name);
}

/* By the references alone, so that the rows themselves are not touched; copying them checks that they are there. */
sg_status sg_h5_measure_rows(const sg_h5 *file, const char *name, const sg_h5_rows *rows, uint64_t *lengths) {
    widths w;
    uint8_t *references;
    SG_TRY(take_widths(file, name, &w));
    SG_TRY(read_references(file, name, rows, &w, &references));
    sg_status status = SG_OK;
    for (hsize_t i = 0; i < rows->span.count && status == SG_OK; i++) {
        lengths[i] = sg_h5_little_endian(references + i * w.reference, LENGTH);
        if (lengths[i] > file->size / rows->element)
            status = row_damaged(file, name, rows->span.first + i);
    }
    free(references);
    return status;
}

sg_status sg_h5_copy_rows(const sg_h5 *file, const char *name, const sg_h5_rows *rows, uint64_t count, void *to) {
    widths w;
    uint8_t *references, *next = to;
    SG_TRY(take_widths(file, name, &w));
    SG_TRY(read_references(file, name, rows, &w, &references));
    sg_status status = SG_OK;
    for (hsize_t i = 0; i < rows->span.count && status == SG_OK; i++) {
        const uint8_t *row;
        uint64_t length;
        if (!find_row(file, &w, references + i * w.reference, rows->element, &row, &length) || length > count) {
            status = row_damaged(file, name, rows->span.first + i);
        } else if (length) {
            memcpy(next, row, (size_t)length * rows->element);
            next += length * rows->element;
            count -= length;
        }
    }
    free(references);
    return status == SG_OK && count ? refuse(file, name, "has fewer numbers than its rows tell") : status;
}

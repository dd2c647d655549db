/* Chunks are looked at before HDF5 unpacks them. It inflates a chunk into as much memory as comes out of it, whatever
 * its size should be, and takes numbers from after its end if it is too short. */
#include "file/h5_detail.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { FILTERS = 8, CHECKSUM = 4, SCRATCH = 1 << 15 /* bytes */ };

/* How the chunks of a dataset are packed. */
typedef struct packing {
    size_t bytes; /* of a chunk, unpacked */
    int filter_count;
    H5Z_filter_t filters[FILTERS]; /* in the order in which they pack */
} packing;

static bool take_filters(hid_t creation, packing *p) {
    p->filter_count = H5Pget_nfilters(creation);
    for (int i = 0; i < p->filter_count && i < FILTERS; i++) {
        unsigned flags, config;
        size_t values = 0;
        p->filters[i] = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
    }
    return p->filter_count >= 0 && p->filter_count <= FILTERS;
}

/* Whether a zlib stream is sound and comes to `expected` bytes. */
static bool inflates_to(const uint8_t *packed, size_t size, size_t expected) {
    uint8_t scratch[SCRATCH];
    z_stream z = {.next_in = (uint8_t *)packed, .avail_in = (uInt)size};
    size_t total = 0;
    int code = size <= UINT_MAX ? inflateInit(&z) : Z_DATA_ERROR;
    if (code != Z_OK)
        return false;
    while (code == Z_OK && total <= expected) {
        z.next_out = scratch;
        z.avail_out = SCRATCH;
        code = inflate(&z, Z_NO_FLUSH);
        total += SCRATCH - z.avail_out;
    }
    inflateEnd(&z);
    return code == Z_STREAM_END && total == expected;
}

/* Whether a stored chunk can be a whole one. `skipped`: a bit for each filter that it was not given to. */
static bool is_whole(const packing *p, const uint8_t *stored, size_t size, uint32_t skipped) {
    size_t before = 0, after = 0; /* bytes that checksums added before it was deflated, and after */
    bool deflated = false;
    for (int i = 0; i < p->filter_count; i++) {
        if (skipped >> i & 1)
            continue;
        if (p->filters[i] == H5Z_FILTER_FLETCHER32)
            *(deflated ? &after : &before) += CHECKSUM;
        if (p->filters[i] == H5Z_FILTER_DEFLATE && deflated)
            return false;
        deflated |= p->filters[i] == H5Z_FILTER_DEFLATE;
    }
    if (!deflated)
        return size == p->bytes + before;
    return size >= after && inflates_to(stored, size - after, p->bytes + before);
}

/* A chunk that was never written is all fill value, and sound. */
static bool chunk_is_whole(const sg_h5 *file, hid_t set, const packing *p, const hsize_t *at) {
    hsize_t size;
    uint32_t skipped;
    if (H5Dget_chunk_storage_size(set, at, &size) < 0 || size > file->size)
        return false;
    if (size == 0)
        return true;
    uint8_t *stored = malloc((size_t)size);
    bool whole = stored && H5Dread_chunk(set, H5P_DEFAULT, at, &skipped, stored) >= 0 &&
                 is_whole(p, stored, (size_t)size, skipped);
    free(stored);
    return whole;
}

/* Whether a chunk reaches over the edge of its dataset. */
static bool is_cut(int rank, const hsize_t *at, const hsize_t *shape, const hsize_t *chunk) {
    for (int i = 0; i < rank; i++)
        if (chunk[i] > shape[i] - at[i])
            return true;
    return false;
}

/* The next chunk in the order of the file's axes; false after the last. */
static bool next_chunk(hsize_t *at, int rank, const hsize_t *shape, const hsize_t *chunk) {
    for (int i = rank - 1; i >= 0; i--) {
        if (chunk[i] < shape[i] - at[i]) {
            at[i] += chunk[i];
            return true;
        }
        at[i] = 0;
    }
    return false;
}

bool sg_h5_chunks_are_whole(const sg_h5 *file, const sg_h5_dataset *d, sg_h5_span span, size_t bytes) {
    hsize_t chunk[SG_H5_RANK], at[SG_H5_RANK] = {0};
    unsigned options;
    packing packed = {.bytes = bytes}, plain = packed;
    if (H5Pget_chunk(d->creation, SG_H5_RANK, chunk) != d->rank || !take_filters(d->creation, &packed) ||
        H5Pget_chunk_opts(d->creation, &options) < 0)
        return false;
    bool cut_is_plain = options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS;
    at[0] = span.first / chunk[0] * chunk[0];
    do
        if (!chunk_is_whole(file, d->set, cut_is_plain && is_cut(d->rank, at, d->shape, chunk) ? &plain : &packed, at))
            return false;
    while (next_chunk(at, d->rank, d->shape, chunk) && at[0] < span.first + span.count);
    return true;
}

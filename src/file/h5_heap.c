/* HDF5 keeps texts of any length in collections ("global heaps"), and walks one from object to object by the sizes that
 * stand in it. HDF5 1.10 walks for ever where such a size is 0. Here every collection of a file is walked with bounds
 * before HDF5 may read one. It reads none without the signature, by which all are found, wherever they stand. */
#include "file/h5_detail.h"

#include <string.h>

enum { ALIGNMENT = 8, VERSION = 1, SIGNATURE = 4, LAST_SUPERBLOCK = 40 /* at most 2^40 bytes from the start */ };

/* Signature, version and three bytes, then the size; and index, references and four bytes, then the size. */
enum { FIELDS = 8 };

/* Bytes of the numbers that hold a size, which the superblock tells; 0 if it is not to be found or is odd. */
static size_t size_of_sizes(const sg_h5 *file) {
    static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    enum { LENGTHS_OLD = 14, LENGTHS = 10, HEAD = 16 }; /* places in superblocks up to version 1, and of later ones */
    size_t at = 0;
    for (int power = 9; power < LAST_SUPERBLOCK && at + HEAD <= file->size; at = (size_t)1 << power++) {
        const uint8_t *head = file->bytes + at;
        if (memcmp(head, signature, sizeof signature) != 0)
            continue;
        uint8_t width = head[head[sizeof signature] < 2 ? LENGTHS_OLD : LENGTHS];
        return width == 2 || width == 4 || width == 8 ? width : 0;
    }
    return 0;
}

static size_t align(size_t size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Whether the objects of a collection fill it, one after the other. Object 0 is free space, whose size counts its
 * head; the rest may be too small for a head. `width`: bytes of a size. */
static bool objects_fill(const uint8_t *next, size_t room, size_t width) {
    const size_t head = align(FIELDS + width);
    while (room >= head) {
        uint64_t index = sg_h5_little_endian(next, 2), size = sg_h5_little_endian(next + FIELDS, width);
        if (size > room || (index == 0 && size < head))
            return false;
        size_t step = index == 0 ? (size_t)size : head + align((size_t)size);
        if (step > room)
            return false;
        next += step;
        room -= step;
    }
    return true;
}

static bool collection_is_sound(const uint8_t *bytes, size_t room, size_t width) {
    const size_t head = align(FIELDS + width);
    if (room < head)
        return false;
    uint64_t size = sg_h5_little_endian(bytes + FIELDS, width);
    return size >= head && size <= room && objects_fill(bytes + head, (size_t)size - head, width);
}

sg_status sg_h5_check_heaps(const sg_h5 *file) {
    static const uint8_t start[SIGNATURE + 1] = {'G', 'C', 'O', 'L', VERSION};
    const uint8_t *end = file->bytes + file->size, *at = file->bytes;
    size_t width = size_of_sizes(file);
    if (!width)
        return sg_fail(file->code, "%s: keeps texts of any length with sizes of an odd width, expected 2, 4 or 8 bytes",
                       file->path);
    while ((at = memmem(at, (size_t)(end - at), start, sizeof start)) != NULL) {
        if (!collection_is_sound(at, (size_t)(end - at), width))
            return sg_fail(file->code,
                           "%s: its texts are damaged (the global heap at byte %zu is not sound): use a copy of it or "
                           "make it again",
                           file->path, (size_t)(at - file->bytes));
        at++;
    }
    return SG_OK;
}

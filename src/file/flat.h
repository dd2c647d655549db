/* FlatBuffers in memory, of which every offset is checked. A place is a number of bytes from the beginning; all
 * functions are false where something does not lie inside of the buffer. */
#ifndef SG_FILE_FLAT_H
#define SG_FILE_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sg_flat {
    const uint8_t *bytes;
    size_t size;
} sg_flat;

typedef struct sg_flat_table {
    size_t at;                  /* the table */
    size_t fields, field_count; /* the offsets of its fields, 2 bytes each */
} sg_flat_table;

/* The root table; `at` is the buffer's own beginning, which a size in front of it may precede. `identifier`, 4 letters,
 * must follow. */
bool sg_flat_root(const sg_flat *flat, size_t at, const char identifier[4], sg_flat_table *table);

/* The place of a field of `size` bytes; 0: the table has none, and a default holds. */
bool sg_flat_field(const sg_flat *flat, const sg_flat_table *table, unsigned field, size_t size, size_t *at);

/* The vector, or the text, that a field refers to: its first element of `size` bytes each, and how many there are. No
 * field: 0 of them. */
bool sg_flat_vector(const sg_flat *flat, const sg_flat_table *table, unsigned field, size_t size, size_t *first,
                    size_t *count);

#endif

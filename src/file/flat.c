#include "file/flat.h"

#include "base/load.h"

#include <string.h>

static bool holds(const sg_flat *flat, size_t at, size_t size) {
    return at <= flat->size && size <= flat->size - at;
}

/* A place that is told as a distance, 32 bits, from where that stands. */
static bool follow(const sg_flat *flat, size_t at, size_t *to) {
    if (!holds(flat, at, 4))
        return false;
    *to = at + sg_load_le32(flat->bytes + at);
    return holds(flat, *to, 4);
}

bool sg_flat_root(const sg_flat *flat, size_t at, const char identifier[4], sg_flat_table *table) {
    if (!follow(flat, at, &table->at) || !holds(flat, at, 8) || memcmp(flat->bytes + at + 4, identifier, 4) != 0)
        return false;
    const int64_t offsets = (int64_t)table->at - (int32_t)sg_load_le32(flat->bytes + table->at);
    if (offsets < 0 || !holds(flat, (size_t)offsets, 4))
        return false;
    const size_t size = sg_load_le16(flat->bytes + offsets); /* of the two sizes and the offsets */
    if (size < 4 || !holds(flat, (size_t)offsets, size))
        return false;
    table->fields = (size_t)offsets + 4;
    table->field_count = (size - 4) / 2;
    return true;
}

bool sg_flat_field(const sg_flat *flat, const sg_flat_table *table, unsigned field, size_t size, size_t *at) {
    *at = 0;
    const size_t offset = field < table->field_count ? sg_load_le16(flat->bytes + table->fields + 2 * field) : 0;
    if (!offset)
        return true;
    *at = table->at + offset;
    return holds(flat, *at, size);
}

bool sg_flat_vector(const sg_flat *flat, const sg_flat_table *table, unsigned field, size_t size, size_t *first,
                    size_t *count) {
    size_t at;
    *first = *count = 0;
    if (!sg_flat_field(flat, table, field, 4, &at))
        return false;
    if (!at)
        return true;
    if (!follow(flat, at, &at))
        return false;
    *first = at + 4;
    *count = sg_load_le32(flat->bytes + at);
    return *count <= (flat->size - *first) / size;
}

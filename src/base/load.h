/* Integers as files store them: at any alignment, lowest byte first (le) or highest byte first (be). */
#ifndef SG_BASE_LOAD_H
#define SG_BASE_LOAD_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t sg_load_le16(const void *bytes) {
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return le16toh(value);
}

static inline uint32_t sg_load_le32(const void *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static inline uint64_t sg_load_le64(const void *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

static inline uint16_t sg_load_be16(const void *bytes) {
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return be16toh(value);
}

static inline uint32_t sg_load_be32(const void *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return be32toh(value);
}

#endif

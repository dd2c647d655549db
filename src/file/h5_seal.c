#include "file/h5_detail.h"

#include <string.h>
#include <zlib.h>

static const uint8_t magic[8] = "SGSEAL1\n";

void sg_h5_make_seal(uint8_t seal[SG_H5_SEAL], uint64_t size, uint32_t sum) {
    memcpy(seal, magic, sizeof magic);
    for (int i = 0; i < 8; i++)
        seal[8 + i] = (uint8_t)(size >> 8 * i);
    for (int i = 0; i < 4; i++)
        seal[16 + i] = (uint8_t)(sum >> 8 * i);
}

void sg_h5_seal(uint8_t *bytes, size_t size) {
    sg_h5_make_seal(bytes + size, size, (uint32_t)crc32_z(0, bytes, size));
}

uint64_t sg_h5_little_endian(const uint8_t *bytes, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

bool sg_h5_unseal(const uint8_t *bytes, size_t *size) {
    if (*size < SG_H5_SEAL || memcmp(bytes + *size - SG_H5_SEAL, magic, sizeof magic) != 0)
        return true;
    const uint8_t *seal = bytes + *size - SG_H5_SEAL;
    *size -= SG_H5_SEAL;
    return sg_h5_little_endian(seal + 8, 8) == *size && sg_h5_little_endian(seal + 16, 4) == crc32_z(0, bytes, *size);
}

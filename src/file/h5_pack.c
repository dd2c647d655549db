/* Chunks packed as HDF5's own filters pack them: the bytes of the numbers shuffled, deflated, and summed (Fletcher-32).
 * HDF5's deflate looks for bytes that have occurred before. In shuffled steps and channels it finds hardly more than
 * runs of one byte, and takes twice as long as deflate that looks for runs alone (Z_RLE); the chunks are no larger. */
#include "file/h5_detail.h"

#include "base/memory.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { LEVEL = 1, WINDOW_BITS = 15, MEMORY_LEVEL = 8, SUM = 4 /* bytes */ };

sg_status sg_h5_packer_open(sg_h5_packer *packer, size_t bytes) {
    *packer = (sg_h5_packer){.bytes = bytes};
    if (deflateInit2(&packer->deflate, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_RLE) != Z_OK)
        return sg_fail(SG_MEMORY, "no memory to pack numbers");
    packer->capacity = deflateBound(&packer->deflate, (uLong)bytes);
    packer->shuffled = sg_array(bytes, 1);
    packer->packed = sg_array(packer->capacity + SUM, 1);
    return packer->shuffled && packer->packed ? SG_OK : SG_MEMORY;
}

void sg_h5_packer_close(sg_h5_packer *packer) {
    deflateEnd(&packer->deflate); /* refuses one that was not begun, which does no harm */
    free(packer->shuffled);
    free(packer->packed);
    *packer = (sg_h5_packer){0};
}

/* The lowest bytes of all numbers, then the next, ...: as files store them, whatever this machine does. */
static void shuffle(const uint8_t *from, size_t count, size_t size, size_t whole, uint8_t *to) {
    for (size_t i = 0; i < size; i++, to += whole) {
        const uint8_t *next = from + (BYTE_ORDER == LITTLE_ENDIAN ? i : size - 1 - i);
        for (size_t k = 0; k < count; k++, next += size)
            to[k] = *next;
        memset(to + count, 0, whole - count);
    }
}

static uint32_t fold(uint32_t sum) {
    return (sum & 0xffff) + (sum >> 16);
}

/* HDF5's sum: of words of 16 bits with the high byte first, and of these sums, both modulo 65,535. */
static uint32_t fletcher32(const uint8_t *bytes, size_t size) {
    enum { WORDS = 360 }; /* that cannot overflow 32 bits */
    uint32_t sum = 0, sums = 0;
    for (size_t words = size / 2, some; words; words -= some) {
        some = words < WORDS ? words : WORDS;
        for (size_t i = 0; i < some; i++, bytes += 2)
            sums += sum += (uint32_t)bytes[0] << 8 | bytes[1];
        sum = fold(sum);
        sums = fold(sums);
    }
    if (size % 2) {
        sum = fold(sum + ((uint32_t)*bytes << 8));
        sums = fold(sums + sum);
    }
    return fold(sums) << 16 | fold(sum);
}

bool sg_h5_pack(sg_h5_packer *packer, const void *numbers, size_t count, size_t size, size_t whole, size_t *used) {
    z_stream *deflater = &packer->deflate;
    if (whole > packer->bytes / size || count > whole || deflateReset(deflater) != Z_OK)
        return false;
    shuffle(numbers, count, size, whole, packer->shuffled);
    deflater->next_in = packer->shuffled;
    deflater->avail_in = (uInt)(whole * size);
    deflater->next_out = packer->packed;
    deflater->avail_out = (uInt)packer->capacity;
    if (deflate(deflater, Z_FINISH) != Z_STREAM_END)
        return false;
    *used = packer->capacity - deflater->avail_out;
    const uint32_t sum = fletcher32(packer->packed, *used);
    for (int i = 0; i < SUM; i++)
        packer->packed[(*used)++] = (uint8_t)(sum >> 8 * i);
    return true;
}

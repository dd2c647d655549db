/* gzip in memory. cmocka must be included before. */
#ifndef TEST_UNIT_PACKED_H
#define TEST_UNIT_PACKED_H

#include <stdint.h>
#include <zlib.h>

/* One gzip member; returns its size. */
static size_t gzip(uint8_t *to, size_t room, const uint8_t *from, size_t size) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)size;
    z.next_out = to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t packed = z.total_out;
    deflateEnd(&z);
    return packed;
}

#endif

#include "file/flat.h"
#include "file/unpack.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <lz4frame.h>
#include <zstd.h>

#include "folder.h"

enum { MANY = 3000000, ROOM = MANY + 100000 };

static uint8_t plain[MANY], packed[ROOM];

static size_t pack(sg_packing packing, size_t size) {
    return packing == SG_PACKING_LZ4 ? LZ4F_compressFrame(packed, ROOM, plain, size, NULL)
                                     : ZSTD_compress(packed, ROOM, plain, size, 1);
}

static void fill(void) {
    for (size_t i = 0; i < MANY; i++)
        plain[i] = (uint8_t)(i * i >> 11);
}

static void frames_are_unpacked(void **state) {
    (void)state;
    const size_t sizes[] = {0, 1, 65536, 65537, MANY, 5};
    fill();
    for (int packing = 0; packing < 2; packing++) {
        sg_unpacker *unpacker;
        sg_stream_block block = {0};
        assert_int_equal(sg_unpacker_open((sg_packing)packing, &unpacker), SG_OK);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t size = pack((sg_packing)packing, sizes[i]);
            assert_int_equal(sg_unpack(unpacker, packed, size, 2 * MANY, &block), SG_OK);
            assert_int_equal(block.size, sizes[i]);
            assert_memory_equal(block.bytes, plain, sizes[i]);
        }
        sg_unpacker_close(unpacker);
        free(block.bytes);
    }
}

static void damaged_frames_are_refused(void **state) {
    (void)state;
    fill();
    for (int packing = 0; packing < 2; packing++) {
        sg_unpacker *unpacker;
        sg_stream_block block = {0};
        assert_int_equal(sg_unpacker_open((sg_packing)packing, &unpacker), SG_OK);
        size_t size = pack((sg_packing)packing, MANY);
        assert_int_equal(sg_unpack(unpacker, packed, size - 1, 2 * MANY, &block), SG_DATA);
        assert_message_has("end early");
        assert_int_equal(sg_unpack(unpacker, packed, 0, 2 * MANY, &block), SG_DATA);
        assert_message_has("there are no ");
        packed[size] = 1;
        assert_int_equal(sg_unpack(unpacker, packed, size + 1, 2 * MANY, &block), SG_DATA);
        assert_message_has("1 other bytes follow");
        packed[0] ^= 1;
        assert_int_equal(sg_unpack(unpacker, packed, size, 2 * MANY, &block), SG_DATA);
        assert_message_has("are damaged");
        packed[0] ^= 1;
        assert_int_equal(sg_unpack(unpacker, packed, size, 2 * MANY, &block), SG_OK);
        sg_unpacker_close(unpacker);
        free(block.bytes);
    }
}

/* Memory is taken for what comes out, not for what is promised, and not beyond the limit. */
static void memory_is_bounded(void **state) {
    (void)state;
    memset(plain, 0, MANY);
    for (int packing = 0; packing < 2; packing++) {
        sg_unpacker *unpacker;
        sg_stream_block block = {0};
        assert_int_equal(sg_unpacker_open((sg_packing)packing, &unpacker), SG_OK);
        size_t size = pack((sg_packing)packing, MANY);
        assert_int_equal(sg_unpack(unpacker, packed, size, MANY - 1, &block), SG_DATA);
        assert_message_has("unpack to more than 2999999 bytes");
        assert_int_equal(block.capacity, MANY - 1);
        sg_unpacker_close(unpacker);
        free(block.bytes);
    }
}

/* A table with the fields 0 (a number), 1 (none) and 2 (a vector of two elements of 2 bytes). */
static const uint8_t buffer[] = {20, 0, 0, 0, 'T', 'E', 'S', 'T', 10, 0, 12, 0, 4, 0, 0, 0, 8, 0, 0, 0,
                                 12, 0, 0, 0, 7,   0,   0,   0,   4,  0, 0,  0, 2, 0, 0, 0, 1, 0, 2, 0};

static void fields_are_found(void **state) {
    (void)state;
    const sg_flat flat = {buffer, sizeof buffer};
    sg_flat_table table;
    size_t at, count;
    assert_true(sg_flat_root(&flat, 0, "TEST", &table));
    assert_false(sg_flat_root(&flat, 0, "REST", &table));
    assert_true(sg_flat_field(&flat, &table, 0, 4, &at) && at == 24);
    assert_true(sg_flat_field(&flat, &table, 1, 4, &at) && at == 0);
    assert_true(sg_flat_field(&flat, &table, 3, 4, &at) && at == 0);
    assert_true(sg_flat_vector(&flat, &table, 2, 2, &at, &count) && at == 36 && count == 2);
    assert_true(sg_flat_vector(&flat, &table, 1, 2, &at, &count) && count == 0);
    assert_false(sg_flat_vector(&flat, &table, 2, 3, &at, &count));
    assert_false(sg_flat_field(&flat, &table, 0, 17, &at));
}

/* Every byte of it in every value: whatever is found lies inside of the buffer. AddressSanitizer sees what does not. */
static void offsets_stay_inside(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof buffer; i++) {
        for (int value = 0; value < 256; value++) {
            uint8_t *bytes = malloc(sizeof buffer);
            assert_non_null(bytes);
            memcpy(bytes, buffer, sizeof buffer);
            bytes[i] = (uint8_t)value;
            const sg_flat flat = {bytes, sizeof buffer};
            sg_flat_table table;
            size_t at, count;
            if (sg_flat_root(&flat, 0, "TEST", &table)) {
                if (sg_flat_field(&flat, &table, 0, 4, &at))
                    assert_true(at + 4 <= sizeof buffer);
                if (sg_flat_vector(&flat, &table, 2, 2, &at, &count))
                    assert_true(at + 2 * count <= sizeof buffer);
            }
            free(bytes);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_unpacked), cmocka_unit_test(damaged_frames_are_refused),
        cmocka_unit_test(memory_is_bounded),   cmocka_unit_test(fields_are_found),
        cmocka_unit_test(offsets_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

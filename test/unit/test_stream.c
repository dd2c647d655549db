#include "file/bytes.h"
#include "file/stream.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "packed.h"

enum { MANY = 1000000, ROOM = 2 * MANY, PART = 40000 };

static uint8_t bytes[MANY], packed[ROOM], found[MANY + 1];

static void fill(void) {
    uint32_t x = 1;
    for (size_t i = 0; i < MANY; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(x >> 29);
    }
}

/* Two members, as `cat` joins them. Returns their size. */
static size_t pack(void) {
    size_t first = gzip(packed, ROOM, bytes, MANY / 3);
    return first + gzip(packed + first, ROOM - first, bytes + MANY / 3, MANY - MANY / 3);
}

/* Reads all in every way that there is. */
static void assert_gives(sg_stream *stream, const uint8_t *expected, size_t size) {
    const uint8_t *seen;
    size_t at = 0, got;
    for (size_t step = 1; sg_stream_see(stream, step, &seen) >= step && at < size / 2; step = step * 3 % PART + 1) {
        assert_memory_equal(seen, expected + at, step);
        sg_stream_pass(stream, step);
        at += step;
        assert_int_equal(sg_stream_at(stream), at);
    }
    if (size - at > 3 * PART) {
        assert_int_equal(sg_stream_read(stream, found, PART, "a part"), SG_OK);
        assert_memory_equal(found, expected + at, PART);
        assert_int_equal(sg_stream_skip(stream, 2 * PART, "a part"), SG_OK);
        at += 3 * PART;
    }
    assert_int_equal(sg_stream_read_some(stream, found, MANY + 1, &got), SG_OK);
    assert_int_equal(got, size - at);
    assert_memory_equal(found, expected + at, got);
    assert_int_equal(sg_stream_at(stream), size);
    assert_int_equal(sg_stream_see(stream, 1, &seen), 0);
    assert_int_equal(sg_stream_status(stream), SG_OK);
    sg_stream_close(stream);
}

static void assert_file_gives(const void *file, size_t file_size, size_t size) {
    sg_stream *stream;
    assert_int_equal(sg_bytes_write(in_folder("file"), file, file_size), SG_OK);
    assert_int_equal(sg_stream_open(in_folder("file"), &stream), SG_OK);
    assert_gives(stream, bytes, size);
    assert_int_equal(sg_stream_open_bytes("memory", file, file_size, &stream), SG_OK);
    assert_gives(stream, bytes, size);
}

static void plain_and_packed_give_the_same(void **state) {
    (void)state;
    fill();
    const size_t sizes[] = {0, 1, 2, 3, 65535, 65536, 65537, 262144, MANY};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_file_gives(bytes, sizes[i], sizes[i]);
        assert_file_gives(packed, gzip(packed, ROOM, bytes, sizes[i]), sizes[i]);
    }
    assert_file_gives(packed, pack(), MANY);
}

/* Standard input comes from a pipe, in small parts. */
static void standard_input_may_be_a_pipe(void **state) {
    (void)state;
    sg_stream *stream;
    int ends[2], before = dup(STDIN_FILENO);
    fill();
    size_t size = pack();
    for (int gzipped = 0; gzipped < 2; gzipped++) {
        assert_int_equal(pipe(ends), 0);
        pid_t writer = fork();
        if (writer == 0) {
            const uint8_t *from = gzipped ? packed : bytes;
            size_t left = gzipped ? size : MANY;
            close(ends[0]);
            for (size_t part = 1; left; part = left < 5000 ? left : 5000) {
                if (sg_write_all(ends[1], from, part))
                    _exit(1);
                from += part;
                left -= part;
            }
            _exit(0);
        }
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        assert_int_equal(sg_stream_open("-", &stream), SG_OK);
        assert_string_equal(sg_stream_path(stream), "standard input");
        assert_gives(stream, bytes, MANY);
        close(ends[0]);
    }
    dup2(before, STDIN_FILENO);
    close(before);
}

static void size_is_told_where_it_is_known(void **state) {
    (void)state;
    sg_stream *stream;
    fill();
    assert_int_equal(sg_bytes_write(in_folder("plain"), bytes, 10), SG_OK);
    assert_int_equal(sg_stream_open(in_folder("plain"), &stream), SG_OK);
    assert_int_equal(sg_stream_size(stream), 10);
    sg_stream_close(stream);
    assert_int_equal(sg_stream_open_bytes("memory", packed, gzip(packed, ROOM, bytes, 10), &stream), SG_OK);
    assert_true(sg_stream_size(stream) == SG_STREAM_NO_SIZE);
    sg_stream_close(stream);
}

/* The end comes before what was asked for: told by each function that needs all of it. */
static void early_end_is_told(void **state) {
    (void)state;
    sg_stream *stream;
    sg_stream_block block = {0};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sg_stream_open_bytes("memory", "0123456789", 10, &stream), SG_OK);
        assert_int_equal(sg_stream_skip(stream, 4, "head"), SG_OK);
        sg_status status = i == 0   ? sg_stream_read(stream, found, 7, "seven bytes")
                           : i == 1 ? sg_stream_skip(stream, 7, "seven bytes")
                                    : sg_stream_read_block(stream, 7, "seven bytes", &block);
        assert_int_equal(status, SG_DATA);
        assert_string_equal(sg_error_message(),
                            "memory: ends at byte 10, inside of seven bytes: it is cut short or damaged");
        assert_int_equal(sg_stream_status(stream), SG_OK);
        sg_stream_close(stream);
    }
    free(block.bytes);
}

/* A length that lies does not take memory that the file cannot fill. */
static void block_grows_with_the_file(void **state) {
    (void)state;
    sg_stream *stream;
    sg_stream_block block = {0};
    fill();
    assert_int_equal(sg_stream_open_bytes("memory", bytes, MANY, &stream), SG_OK);
    assert_int_equal(sg_stream_read_block(stream, 10, "ten bytes", &block), SG_OK);
    assert_int_equal(block.size, 10);
    assert_memory_equal(block.bytes, bytes, 10);
    assert_int_equal(sg_stream_read_block(stream, 300000, "more", &block), SG_OK);
    assert_int_equal(block.size, 300000);
    assert_memory_equal(block.bytes, bytes + 10, 300000);
    assert_int_equal(sg_stream_read_block(stream, (uint64_t)1 << 50, "a lie", &block), SG_DATA);
    assert_true(block.capacity < 3 * MANY);
    sg_stream_close(stream);
    free(block.bytes);
}

/* Reads to the end and expects it to fail, and to say so as often as it is asked. */
static void assert_fails(const void *file, size_t size, const char *message) {
    sg_stream *stream;
    const uint8_t *seen;
    assert_int_equal(sg_stream_open_bytes("memory", file, size, &stream), SG_OK);
    for (size_t count; (count = sg_stream_see(stream, 100, &seen)) > 0;)
        sg_stream_pass(stream, count);
    for (int i = 0; i < 2; i++) {
        sg_fail(SG_MEMORY, "something else");
        assert_int_equal(sg_stream_status(stream), SG_DATA);
        assert_message_has(message);
        assert_message_has("memory: ");
    }
    assert_int_equal(sg_stream_skip(stream, 1, "more"), SG_DATA);
    assert_message_has(message);
    sg_stream_close(stream);
}

static void damaged_gzip_is_told(void **state) {
    (void)state;
    fill();
    size_t size = gzip(packed, ROOM, bytes, 10000);
    const size_t cuts[] = {2, 9, 10, 11, size / 2, size - 8, size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        assert_fails(packed, cuts[i], "gzip data end early (truncated at ");
    packed[size] = 'x';
    assert_fails(packed, size + 1, "other bytes follow the gzip data (10000 bytes unpacked): fetch it again");
    packed[size / 2] ^= 0x10;
    assert_fails(packed, size, "gzip data are damaged");
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    sg_stream *stream = (sg_stream *)1;
    assert_int_equal(sg_stream_open(in_folder("nothing"), &stream), SG_DATA);
    assert_message_has("there is no such file");
    assert_null(stream);
    assert_int_equal(sg_stream_open("/", &stream), SG_DATA);
    assert_message_has("is a folder");
    assert_int_equal(sg_stream_open("/dev/null", &stream), SG_DATA);
    assert_message_has("is a device or pipe");
}

static void failure_names_the_byte(void **state) {
    (void)state;
    sg_stream *stream;
    assert_int_equal(sg_stream_open_bytes("memory", "0123456789", 10, &stream), SG_OK);
    sg_stream_pass(stream, 3);
    assert_int_equal(sg_stream_fail(stream, "found %d, expected %d", 1, 2), SG_DATA);
    assert_string_equal(sg_error_message(), "memory: byte 3: found 1, expected 2");
    sg_stream_close(stream);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_packed_give_the_same), cmocka_unit_test(standard_input_may_be_a_pipe),
        cmocka_unit_test(size_is_told_where_it_is_known), cmocka_unit_test(early_end_is_told),
        cmocka_unit_test(block_grows_with_the_file),      cmocka_unit_test(damaged_gzip_is_told),
        cmocka_unit_test(what_is_no_file_is_refused),     cmocka_unit_test(failure_names_the_byte),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

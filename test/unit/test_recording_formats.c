#include "recording/recording.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "file/bytes.h"
#include "folder.h"
#include "packed.h"
#include "recorded.h"
#include "small_recordings.h"

static void assert_found(const small_recording *expected, const recorded *found) {
    if (found->count != expected->count)
        fail_msg("%s: found %zu events, expected %zu", expected->name, found->count, expected->count);
    for (size_t i = 0; i < found->count; i++) {
        const sg_raw_event *e = &expected->events[i];
        assert_event(found, i, e->us, e->x, e->y, e->polarity);
    }
    for (int i = 0; i < SG_LEFT_REASONS; i++)
        if (found->left_out[i] != expected->left_out[i])
            fail_msg("%s: %d of reason %d are left out, expected %d", expected->name, (int)found->left_out[i], i,
                     (int)expected->left_out[i]);
    assert_memory_equal(&found->sensor, &expected->sensor, sizeof found->sensor);
}

static void each_format_is_found_and_read(void **state) {
    (void)state;
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        const small_recording *expected = &small_recordings[i];
        written file = {0};
        expected->write(&file);
        put_file(in_folder(expected->name), file.bytes, file.size);
        recorded found = read_file(in_folder(expected->name), expected->format);
        assert_found(expected, &found);
        free(found.events);
    }
}

/* In memory, gzip, whatever comes in between: the same. */
static void packed_files_give_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < SMALL_RECORDINGS; i++) {
        const small_recording *expected = &small_recordings[i];
        uint8_t packed[sizeof(written)];
        char name[64];
        written file = {0};
        expected->write(&file);
        size_t size = gzip(packed, sizeof packed, file.bytes, file.size);
        snprintf(name, sizeof name, "%s.GZ", expected->name);
        recorded found = read_bytes(name, packed, size);
        assert_found(expected, &found);
        free(found.events);
    }
}

/* A large file comes in many windows, which end inside of records: the events of the small one again and again. */
static void large_files_are_read_in_windows(void **state) {
    (void)state;
    enum { TIMES = 30000 };
    for (int which = 0; which < 2; which++) {
        const small_recording *of = &small_recordings[which ? 2 : 0];
        written file = {0};
        of->write(&file);
        uint8_t *many = malloc(TIMES * file.size);
        assert_non_null(many);
        for (size_t i = 0; i < TIMES; i++)
            memcpy(many + i * file.size, file.bytes, file.size);
        put_file(in_folder(of->name), many, TIMES * file.size);
        recorded found = read_file(in_folder(of->name), of->format);
        assert_int_equal(found.count, TIMES * of->count);
        for (size_t i = 0; i < found.count; i++) {
            const sg_raw_event *e = &of->events[i % of->count];
            const double later = which ? 0 : 16384. * (double)(i / of->count);
            assert_event(&found, i, e->us + later, e->x, e->y, e->polarity);
        }
        free(found.events);
        free(many);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_found_and_read),
        cmocka_unit_test(packed_files_give_the_same),
        cmocka_unit_test(large_files_are_read_in_windows),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* Lock files: one holder at a time, who tells its name. */
#include "file/bytes.h"
#include "file/lock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

static void a_lock_names_its_holder(void **state) {
    (void)state;
    const char *path = in_folder("lock");
    char holder[64] = "", expected[64];
    int first, next;
    put_file(path, "process 1 on a machine that was switched off\n", 45); /* a killed holder bars nobody */
    assert_int_equal(sg_lock_try(path, &first, holder, sizeof holder), SG_OK);
    assert_true(first >= 0);
    assert_int_equal(sg_lock_try(path, &next, holder, sizeof holder), SG_OK);
    assert_int_equal(next, -1);
    snprintf(expected, sizeof expected, "process %ld on ", (long)getpid());
    assert_int_equal(strncmp(holder, expected, strlen(expected)), 0);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(sg_lock_try(path, &next, holder, sizeof holder), SG_OK);
    assert_int_equal(next, -1);
    assert_string_equal(holder, "another process");
    sg_lock_drop(path, first);
    assert_false(sg_file_exists(path));
}

/* A lock file that took our one's place belongs to another: it is neither trusted nor removed. */
static void a_lock_that_was_replaced_is_seen(void **state) {
    (void)state;
    const char *path = in_folder("moved");
    char holder[64];
    int first, next;
    assert_int_equal(sg_lock_try(path, &first, holder, sizeof holder), SG_OK);
    assert_true(sg_is_at(path, first));
    assert_int_equal(rename(path, in_folder("elsewhere")), 0);
    assert_false(sg_is_at(path, first));
    assert_int_equal(sg_lock_try(path, &next, holder, sizeof holder), SG_OK);
    assert_true(next >= 0);
    sg_lock_drop(path, first);
    assert_true(sg_is_at(path, next));
    sg_lock_drop(path, next);
    assert_false(sg_file_exists(path));
}

static void what_is_no_lock_file_is_refused(void **state) {
    (void)state;
    char holder[64];
    int lock;
    put_file(in_folder("precious"), "precious", 8);
    assert_int_equal(symlink(in_folder("precious"), in_folder("link")), 0);
    assert_int_equal(sg_lock_try(in_folder("link"), &lock, holder, sizeof holder), SG_IO_ERROR);
    assert_message_has("cannot lock ");
    assert_message_has("/link: ");
    assert_int_equal(sg_lock_try(in_folder("no/where"), &lock, holder, sizeof holder), SG_IO_ERROR);
    assert_message_has("/no/where: No such file or directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_names_its_holder),
        cmocka_unit_test(a_lock_that_was_replaced_is_seen),
        cmocka_unit_test(what_is_no_lock_file_is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* What HDF5 is not trusted with: it reads in a process apart. */
#include "file/h5_detail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "folder.h"

/* ---------------------------------------------------------------------------------------------- the process apart */

static sg_h5 *open_one(void) {
    sg_h5 *file;
    const uint32_t seven = 7;
    assert_int_equal(sg_h5_create(&file), SG_OK);
    assert_int_equal(sg_h5_put(file, "seven", SG_H5_U32, &seven, 0, NULL, false), SG_OK);
    assert_int_equal(sg_h5_write(file, in_folder("one")), SG_OK);
    sg_h5_close(file);
    assert_int_equal(sg_h5_open(in_folder("one"), SG_MODEL, &file), SG_OK);
    return file;
}

static sg_status write_to_nowhere(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)answer, (void)size;
    volatile char *page = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 1;
    return SG_OK;
}

static sg_status give_up(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)answer, (void)size;
    abort();
}

static sg_status leave(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)answer, (void)size;
    _exit(0);
}

static sg_status go_on_for_ever(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)size;
    for (volatile uint8_t *count = answer;; ++*count)
        ;
    return SG_OK;
}

/* Answers whether 4 GiB could be had. */
static sg_status take_memory(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)size;
    void *memory = mmap(NULL, (size_t)4 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(bool *)answer = memory != MAP_FAILED;
    return SG_OK;
}

/* Answers whether it could open a file, which a fault of HDF5 must not let anybody do. */
static sg_status open_another(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)size;
    *(bool *)answer = open(question, O_RDONLY) >= 0;
    return SG_OK;
}

static sg_status fail_at_it(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)answer, (void)size;
    return sg_fail(*(const sg_status *)question, "%s: words", file->path);
}

static void assert_unanswered(sg_h5 *file, sg_h5_task *task, const void *question, const char *message) {
    sg_h5_answer *answer = (sg_h5_answer *)1;
    assert_int_equal(sg_h5_ask(file, task, question, 1, &answer), SG_MODEL);
    assert_null(answer);
    assert_message_has("/one: ");
    assert_message_has(message);
}

static void crashes_are_refusals(void **state) {
    (void)state;
    sg_h5 *file = open_one();
    void (*old)(int) = signal(SIGSEGV, SIG_IGN); /* what the host does about signals does not matter */
    assert_unanswered(file, write_to_nowhere, NULL, "HDF5 fails on it (signal 11)");
    signal(SIGSEGV, old);
    assert_unanswered(file, give_up, NULL, "HDF5 fails on it (signal ");
    assert_unanswered(file, leave, NULL, "HDF5 fails on it");
    sg_h5_close(file);
}

static void loops_end(void **state) {
    (void)state;
    sg_h5 *file = open_one();
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    assert_unanswered(file, go_on_for_ever, NULL, "HDF5 does not come to an end with it in 2 s");
    sigprocmask(SIG_SETMASK, &old, NULL);
    sg_h5_close(file);
}

static void memory_is_bounded(void **state) {
    (void)state;
    sg_h5 *file = open_one();
    sg_h5_answer *answer;
    assert_int_equal(sg_h5_ask(file, take_memory, NULL, 1, &answer), SG_OK);
    assert_false(*answer->data);
    sg_h5_forget(answer, 1);
    assert_int_equal(sg_h5_ask(file, take_memory, NULL, SIZE_MAX, &answer), SG_MEMORY);
    assert_message_has("/one: no memory");
    sg_h5_close(file);
}

static void other_files_are_out_of_reach(void **state) {
    (void)state;
    sg_h5 *file = open_one();
    sg_h5_answer *answer;
    assert_int_equal(sg_h5_ask(file, open_another, in_folder("one"), 1, &answer), SG_OK);
#ifndef SURGRAD_SANITIZED
    assert_false(*answer->data);
#endif
    sg_h5_forget(answer, 1);
    sg_h5_close(file);
}

static void failures_come_over(void **state) {
    (void)state;
    static const sg_status asked[] = {SG_MODEL, SG_MEMORY, SG_IO_ERROR}, told[] = {SG_MODEL, SG_MEMORY, SG_MODEL};
    sg_h5 *file = open_one();
    sg_h5_answer *answer;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sg_h5_ask(file, fail_at_it, &asked[i], 0, &answer), told[i]);
        assert_string_equal(strrchr(sg_error_message(), '/'), "/one: words");
    }
    sg_h5_close(file);
}

/* A host may have children looked after elsewhere: then the answer is all that is known. */
static void host_that_ignores_children_is_served(void **state) {
    (void)state;
    uint32_t seven = 0;
    sg_h5 *file = open_one();
    void (*old)(int) = signal(SIGCHLD, SIG_IGN);
    assert_int_equal(sg_h5_get(file, "seven", SG_H5_U32, &seven, 0, NULL), SG_OK);
    assert_int_equal(seven, 7);
    signal(SIGCHLD, old);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
    sg_h5_close(file);
}

/* Mutations that crashed HDF5 1.10.8 or kept it busy for ever. */
static void files_made_to_harm_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {"crash", "hang"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512], *text;
        snprintf(path, sizeof path, "%s/test/fuzz/corpus/foreign/harmful/%s.h5", SOURCE_DIR, names[i]);
        sg_status status = sg_describe_file(path, &text);
        assert_true(status == SG_MODEL || status == SG_DATA);
        assert_message_has(path);
        assert_null(strchr(sg_error_message(), '\n'));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_are_refusals),
        cmocka_unit_test(loops_end),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(other_files_are_out_of_reach),
        cmocka_unit_test(failures_come_over),
        cmocka_unit_test(host_that_ignores_children_is_served),
        cmocka_unit_test(files_made_to_harm_are_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

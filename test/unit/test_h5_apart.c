/* What HDF5 is not trusted with: it reads in a process apart, and heaps are looked at before. */
#include "file/bytes.h"
#include "file/h5_detail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "folder.h"

enum { LIMIT = 1 << 24 };

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

/* Mutations that crashed HDF5 1.10.8 or kept it busy for ever, and one whose heap did. */
static void files_made_to_harm_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {"crash", "hang", "heap"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512], *text;
        snprintf(path, sizeof path, "%s/test/fuzz/corpus/foreign/harmful/%s.h5", SOURCE_DIR, names[i]);
        sg_status status = sg_describe_file(path, &text);
        assert_true(status == SG_MODEL || status == SG_DATA);
        assert_message_has(path);
        assert_null(strchr(sg_error_message(), '\n'));
    }
}

/* ------------------------------------------------------------------------------------------------------- heaps */

/* A file of h5py's making: texts of any length. */
static uint8_t *make_texts(size_t *size) {
    uint8_t *bytes;
    const char *text = "some words that are in a heap";
    hid_t file = H5Fcreate(in_folder("texts"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    for (int i = 0; i < 3; i++) {
        const char name[] = {(char)('a' + i), 0};
        hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        assert_true(H5Awrite(attribute, type, &text) >= 0);
        H5Aclose(attribute);
    }
    H5Tclose(type);
    H5Sclose(space);
    assert_true(H5Fclose(file) >= 0);
    assert_int_equal(sg_bytes_read(in_folder("texts"), LIMIT, &bytes, size), SG_OK);
    return bytes;
}

static sg_status read_text(const uint8_t *bytes, size_t size) {
    sg_h5 *file;
    char *text = NULL;
    assert_int_equal(sg_h5_open_bytes("x.h5", bytes, size, SG_MODEL, &file), SG_OK);
    sg_status status = sg_h5_get_text(file, "b", &text);
    if (status == SG_OK)
        assert_string_equal(text, "some words that are in a heap");
    free(text);
    sg_h5_close(file);
    return status;
}

static void assert_refused(const uint8_t *bytes, size_t size) {
    assert_int_equal(read_text(bytes, size), SG_MODEL);
    assert_message_has("x.h5: its texts are damaged (the global heap at byte ");
}

/* Objects stand behind a head of 16 bytes, each with one of 16: index, references, size; the last is free space. */
static void heaps_without_an_end_are_refused(void **state) {
    (void)state;
    enum { HEAD = 16, TEXT = 32 };
    size_t size;
    uint8_t *bytes = make_texts(&size);
    assert_int_equal(read_text(bytes, size), SG_OK);
    uint8_t *heap = memmem(bytes, size, "GCOL", 4), *first = heap + HEAD, *space = first + 3 * (HEAD + TEXT);
    assert_non_null(heap);
    const struct {
        uint8_t *at;
        uint8_t value[8];
        size_t bytes;
    } wrongs[] = {
        {space + 8, {0}, 8},                                              /* the walk stands still */
        {space + 8, {HEAD - 1}, 8},                                       /* into its own head */
        {space + 8, {0xff, 0xff}, 2},                                     /* over the end */
        {first + 8, {0xff, 0xff}, 2},                                     /* likewise, of an object */
        {first + 8, {0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 8}, /* backwards */
        {heap + 8, {0}, 8},                                               /* a collection without room */
        {heap + 8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 8},  /* over the end of the file */
        {first, {0}, 2},                                                  /* objects are not as many */
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        uint8_t right[8];
        memcpy(right, wrongs[i].at, 8);
        memcpy(wrongs[i].at, wrongs[i].value, wrongs[i].bytes);
        assert_refused(bytes, size);
        memcpy(wrongs[i].at, right, 8);
    }
    assert_int_equal(read_text(bytes, size), SG_OK);
    free(bytes);
}

/* One collection may be sound and the next not, as a file may name any. */
static void every_heap_is_walked(void **state) {
    (void)state;
    size_t size;
    uint8_t *bytes = make_texts(&size);
    const uint8_t *heap = memmem(bytes, size, "GCOL", 4);
    uint8_t *two = calloc(1, size + 64);
    assert_non_null(two);
    memcpy(two, bytes, size);
    memcpy(two + size + 3, heap, 16);
    two[size + 3 + 9] = 0; /* its size is 0 */
    assert_int_equal(read_text(two, size), SG_OK);
    assert_refused(two, size + 64);
    free(two);
    free(bytes);
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
        cmocka_unit_test(heaps_without_an_end_are_refused),
        cmocka_unit_test(every_heap_is_walked),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* What HDF5 is not trusted with: it reads in a process apart, and heaps and chunks are looked at before. */
#include "file/bytes.h"
#include "file/h5_detail.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <zlib.h>

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

/* Waits for ever in the first try, for a lock that nobody gives back; the answer is shared by all tries. */
static sg_status wait_at_first(sg_h5 *file, const void *question, void *answer, size_t size) {
    (void)file, (void)question, (void)size;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    const bool is_first = ++*(uint8_t *)answer == 1;
    for (int i = 0; i < (is_first ? 2 : 1); i++)
        pthread_mutex_lock(&lock);
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

static void what_the_clock_ends_is_asked_again(void **state) {
    (void)state;
    sg_h5 *file = open_one();
    sg_h5_answer *answer;
    assert_int_equal(sg_h5_ask(file, wait_at_first, NULL, 1, &answer), SG_OK);
    assert_int_equal(*answer->data, 2);
    sg_h5_forget(answer, 1);
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

/* ------------------------------------------------------------------------------------------------------ chunks */

enum { ROWS = 8, COLUMNS = 100, CHUNK = ROWS * COLUMNS * 4 /* bytes */ };

/* How a test writes one chunk. */
typedef struct packing {
    bool checksum_first, checksum_last, deflate;
} packing;

/* A file with one dataset of ROWS x COLUMNS floats in one chunk, stored as these bytes say. */
static sg_h5 *store(const packing *how, const void *stored, size_t size, uint32_t skipped) {
    const hsize_t shape[] = {ROWS, COLUMNS}, start[] = {0, 0};
    hid_t file = H5Fcreate(in_folder("chunk"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, shape, NULL);
    H5Pset_chunk(creation, 2, shape);
    if (how->checksum_first)
        H5Pset_fletcher32(creation);
    if (how->deflate)
        H5Pset_deflate(creation, 6);
    if (how->checksum_last)
        H5Pset_fletcher32(creation);
    hid_t set = H5Dcreate2(file, "w", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(set >= 0 && H5Dwrite_chunk(set, H5P_DEFAULT, skipped, start, size, stored) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(creation);
    assert_true(H5Fclose(file) >= 0);
    sg_h5 *opened;
    assert_int_equal(sg_h5_open(in_folder("chunk"), SG_MODEL, &opened), SG_OK);
    return opened;
}

static sg_status read_chunk(sg_h5 *file) {
    static float numbers[ROWS * COLUMNS];
    const uint64_t shape[] = {ROWS, COLUMNS};
    sg_status status = sg_h5_get(file, "w", SG_H5_F32, numbers, 2, shape);
    sg_h5_close(file);
    return status;
}

/* Zeros, deflated. */
static size_t deflate_zeros(uint8_t *packed, size_t room, size_t count) {
    uint8_t *zeros = calloc(count, 1);
    uLongf size = room;
    assert_non_null(zeros);
    assert_int_equal(compress2(packed, &size, zeros, count, 9), Z_OK);
    free(zeros);
    return size;
}

static void chunks_of_another_size_are_refused(void **state) {
    (void)state;
    static uint8_t packed[1 << 18];
    static const struct {
        packing how;
        size_t unpacked;
        sg_status expected;
    } cases[] = {
        {{false, false, true}, CHUNK, SG_OK},        {{false, false, true}, CHUNK - 1, SG_MODEL},
        {{false, false, true}, CHUNK + 1, SG_MODEL}, {{false, false, true}, 64 << 20, SG_MODEL},
        {{true, false, true}, CHUNK + 4, SG_OK},     {{true, false, true}, CHUNK, SG_MODEL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = deflate_zeros(packed, sizeof packed, cases[i].unpacked);
        assert_int_equal(read_chunk(store(&cases[i].how, packed, size, 0)), cases[i].expected);
        if (cases[i].expected != SG_OK)
            assert_message_has("chunk: w has a chunk that is damaged");
    }
}

static void streams_that_break_off_are_refused(void **state) {
    (void)state;
    static uint8_t packed[1 << 16];
    static const packing deflated = {.deflate = true};
    size_t size = deflate_zeros(packed, sizeof packed, CHUNK);
    assert_int_equal(read_chunk(store(&deflated, packed, size - 5, 0)), SG_MODEL);
    packed[3] ^= 0x40;
    assert_int_equal(read_chunk(store(&deflated, packed, size, 0)), SG_MODEL);
    assert_message_has("chunk: w has a chunk that is damaged");
}

/* A writer may leave a chunk as it is, and says so with it. */
static void chunks_without_their_filters_are_read(void **state) {
    (void)state;
    static uint8_t plain[CHUNK + 4];
    static const packing deflated = {.deflate = true}, summed = {.deflate = true, .checksum_last = true};
    assert_int_equal(read_chunk(store(&deflated, plain, CHUNK, 1)), SG_OK);
    assert_int_equal(read_chunk(store(&summed, plain, CHUNK, 3)), SG_OK);
    assert_int_equal(read_chunk(store(&deflated, plain, CHUNK - 4, 1)), SG_MODEL);
    assert_int_equal(read_chunk(store(&deflated, plain, CHUNK + 4, 1)), SG_MODEL);
}

/* A chunk of 1 GiB, for a dataset of 12 numbers that may grow. */
static void chunks_far_larger_than_their_dataset_are_refused(void **state) {
    (void)state;
    static uint8_t packed[1 << 20];
    const hsize_t shape[] = {3, 4}, start[] = {0, 0}, most[] = {H5S_UNLIMITED, H5S_UNLIMITED};
    for (int large = 0; large < 2; large++) {
        const hsize_t chunk[] = {large ? 8192 : 1024, 4096};
        hid_t file = H5Fcreate(in_folder("grows"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, shape, most);
        H5Pset_chunk(creation, 2, chunk);
        H5Pset_deflate(creation, 9);
        hid_t set = H5Dcreate2(file, "w", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
        size_t size = deflate_zeros(packed, sizeof packed, (size_t)(chunk[0] * chunk[1] * 4));
        assert_true(H5Dwrite_chunk(set, H5P_DEFAULT, 0, start, size, packed) >= 0);
        H5Dclose(set);
        H5Sclose(space);
        H5Pclose(creation);
        assert_true(H5Fclose(file) >= 0);
        sg_h5 *opened;
        float numbers[12];
        const uint64_t expected[] = {3, 4};
        assert_int_equal(sg_h5_open(in_folder("grows"), SG_MODEL, &opened), SG_OK);
        assert_int_equal(sg_h5_get(opened, "w", SG_H5_F32, numbers, 2, expected), large ? SG_MODEL : SG_OK);
        if (large)
            assert_message_has("w is kept in chunks of 134217728 bytes, of which it has 48: store it in smaller ones");
        sg_h5_close(opened);
    }
}

/* Every way that HDF5 finds chunks, with the edges that are cut. */
static void sound_chunks_are_read(void **state) {
    (void)state;
    enum { LONG = 37, WIDE = 23 };
    const hsize_t shape[] = {LONG, WIDE}, chunk[] = {8, 5};
    for (int endless = 0; endless <= 2; endless++)
        for (int edges = 0; edges < 2; edges++) {
            static float numbers[LONG][WIDE], back[LONG][WIDE];
            const hsize_t most[] = {endless > 0 ? H5S_UNLIMITED : LONG, endless > 1 ? H5S_UNLIMITED : WIDE};
            hid_t creation = H5Pcreate(H5P_DATASET_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
            hid_t space = H5Screate_simple(2, shape, most);
            for (int i = 0; i < LONG * WIDE; i++)
                numbers[i / WIDE][i % WIDE] = (float)i / 3;
            H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
            H5Pset_chunk(creation, 2, chunk);
            H5Pset_shuffle(creation);
            H5Pset_deflate(creation, 6);
            H5Pset_fletcher32(creation);
            H5Pset_chunk_opts(creation, edges ? H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS : 0);
            hid_t file = H5Fcreate(in_folder("sound"), H5F_ACC_TRUNC, H5P_DEFAULT, access);
            hid_t set = H5Dcreate2(file, "w", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
            assert_true(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
            H5Dclose(set);
            H5Sclose(space);
            H5Pclose(access);
            H5Pclose(creation);
            assert_true(H5Fclose(file) >= 0);
            sg_h5 *opened;
            const uint64_t expected[] = {LONG, WIDE};
            assert_int_equal(sg_h5_open(in_folder("sound"), SG_MODEL, &opened), SG_OK);
            if (sg_h5_get(opened, "w", SG_H5_F32, back, 2, expected) != SG_OK)
                fail_msg("%d endless axes, edges %d: %s", endless, edges, sg_error_message());
            assert_memory_equal(back, numbers, sizeof numbers);
            sg_h5_close(opened);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_are_refusals),
        cmocka_unit_test(loops_end),
        cmocka_unit_test(what_the_clock_ends_is_asked_again),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(other_files_are_out_of_reach),
        cmocka_unit_test(failures_come_over),
        cmocka_unit_test(host_that_ignores_children_is_served),
        cmocka_unit_test(files_made_to_harm_are_refused),
        cmocka_unit_test(heaps_without_an_end_are_refused),
        cmocka_unit_test(every_heap_is_walked),
        cmocka_unit_test(chunks_of_another_size_are_refused),
        cmocka_unit_test(streams_that_break_off_are_refused),
        cmocka_unit_test(chunks_without_their_filters_are_read),
        cmocka_unit_test(chunks_far_larger_than_their_dataset_are_refused),
        cmocka_unit_test(sound_chunks_are_read),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

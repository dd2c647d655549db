#include "fetch/fetch_set.h"

#include "data/source.h"
#include "fetch/by_hand.h"
#include "fetch/cache.h"
#include "file/bytes.h"
#include "file/sha256.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"
#include "loopback.h"
#include "packed.h"

/* A data set of two files in the server's folders, packed, and in a .tgz. */
enum { FILES = 2, MOST = 40000, LIMIT = 1 << 20 };

static const size_t sizes[FILES] = {MOST, 1000};
static uint8_t bodies[FILES][MOST], packed[FILES][MOST + 1000], tgz[2 * MOST];
static size_t packed_size[FILES], tgz_size;
static char hashes[FILES][SG_SHA256_TEXT], tgz_hash[SG_SHA256_TEXT];

/* What a test has: a folder of its own, the server, its pages, and what was told. */
static loopback server;
static char dir[600], told[16384];
static uint64_t last_done, last_total;

static void make_tgz(void) {
    static const char *const names[FILES] = {"inside/data/a", "inside/data/b"};
    struct archive *out = archive_write_new();
    archive_write_set_format_ustar(out);
    archive_write_add_filter_gzip(out);
    assert_int_equal(archive_write_open_memory(out, tgz, sizeof tgz, &tgz_size), ARCHIVE_OK);
    for (int i = 0; i < FILES; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, names[i]);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, (la_int64_t)sizes[i]);
        assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(out, bodies[i], sizes[i]), sizes[i]);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(out), ARCHIVE_OK);
    archive_write_free(out);
}

static int set_up(void **state) {
    uint32_t x = 7;
    for (int i = 0; i < FILES; i++) {
        for (size_t j = 0; j < sizes[i]; j++) {
            x = x * 1664525u + 1013904223u;
            bodies[i][j] = (uint8_t)(x >> 27);
        }
        packed_size[i] = gzip(packed[i], sizeof packed[i], bodies[i], sizes[i]);
        sg_sha256_bytes(bodies[i], sizes[i], hashes[i]);
    }
    make_tgz();
    sg_sha256_bytes(tgz, tgz_size, tgz_hash);
    unsetenv("SURGRAD_MIRROR");
    return folder_make(state);
}

static int each_set_up(void **state) {
    (void)state;
    static int number;
    snprintf(dir, sizeof dir, "%s/%d/deep", folder, number++);
    told[0] = 0;
    last_done = last_total = 0;
    return 0;
}

static void on_message(void *user, const char *text) {
    (void)user;
    size_t used = strlen(told);
    snprintf(told + used, sizeof told - used, "%s\n", text);
}

static void on_progress(void *user, const char *file, uint64_t done, uint64_t total) {
    (void)user;
    assert_non_null(file);
    last_done = done;
    last_total = total;
}

#define assert_told(text)                                                                                              \
    do {                                                                                                               \
        if (!strstr(told, text))                                                                                       \
            fail_msg("expected \"%s\" in:\n%s", text, told);                                                           \
    } while (0)

/* The pages a good server has: files of /one, files of /two, the archive. */
enum { ONE, TWO = ONE + FILES, TGZ = TWO + FILES, PAGES };

static loopback_page pages[PAGES];

static void good_pages(void) {
    static const char *const paths[PAGES] = {"/one/a.gz", "/one/b.gz", "/two/a.gz", "/two/b.gz", "/x/pack.tgz"};
    memset(pages, 0, sizeof pages);
    for (int i = 0; i < PAGES; i++) {
        pages[i] = (loopback_page){.path = paths[i], .body = packed[i % FILES], .size = packed_size[i % FILES]};
        if (i == TGZ)
            pages[i] = (loopback_page){.path = paths[i], .body = tgz, .size = tgz_size};
    }
}

static int requests(void) {
    int sum = 0;
    for (int i = 0; i < PAGES; i++)
        sum += pages[i].requests;
    return sum;
}

static sg_mirror mirror(char place[128], const char *name) {
    loopback_url(&server, name, place, 128);
    return (sg_mirror){.kind = SG_MIRROR_URL, .place = place, .suffix = ".gz"};
}

static sg_download_set set_of(const sg_mirror *sources, size_t count) {
    return (sg_download_set){.name = "toy",
                             .files = {{"a", sizes[0], hashes[0]}, {"b", sizes[1], hashes[1]}},
                             .file_count = FILES,
                             .sources = sources,
                             .source_count = count,
                             .remedy = "ask around"};
}

static const sg_fetch_listener listener = {on_progress, on_message, NULL};

/* Fetches with the first `count` of the sources: mirror one, mirror two, archive. */
static sg_status fetch_from(size_t first, size_t end) {
    char one[128], two[128], archive[128];
    loopback_start(&server, pages, PAGES);
    const sg_mirror sources[] = {mirror(one, "/one"),
                                 mirror(two, "/two/"),
                                 {.kind = SG_MIRROR_ARCHIVE,
                                  .place = archive,
                                  .suffix = "",
                                  .inside = "inside/data",
                                  .size = tgz_size,
                                  .sha256 = tgz_hash}};
    loopback_url(&server, "/x/pack.tgz", archive, sizeof archive);
    sg_download_set set = set_of(sources + first, end - first);
    sg_status status = sg_fetch_set(&set, dir, &listener);
    loopback_stop(&server);
    return status;
}

static const char *in_dir(const char *name) {
    static char path[4][700];
    static unsigned next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[0], "%s/%s", dir, name);
    return path[next];
}

/* Both files, and nothing else: no part, no lock. */
static void assert_all_there(void) {
    static const char *const names[FILES] = {"a", "b"};
    struct stat about;
    for (int i = 0; i < FILES; i++) {
        char found[SG_SHA256_TEXT];
        assert_int_equal(sg_sha256_file(in_dir(names[i]), found), SG_OK);
        assert_string_equal(found, hashes[i]);
        assert_int_equal(stat(in_dir(names[i]), &about), 0);
        assert_int_equal(about.st_size, sizes[i]);
    }
    static const char *const others[] = {"a.gz",   "b.gz",      "a.gz.part",     "b.gz.part",
                                         "a.part", "pack.part", "pack.tgz.part", ".surgrad-fetch.lock"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(sg_file_exists(in_dir(others[i])));
}

/* ---------------------------------------------------------------------------------------------------------- cases */

static void mirror_gives_all(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(fetch_from(0, 3), SG_OK);
    assert_all_there();
    assert_int_equal(pages[ONE].requests + pages[ONE + 1].requests, 2);
    assert_int_equal(requests(), 2);
    assert_int_equal(last_done, packed_size[1]);
    assert_int_equal(last_total, packed_size[1]);
    assert_told("trying http://127.0.0.1:");
    assert_told("a: is there now, its SHA-256 is right\nb: is there now");
}

static void right_files_are_kept(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(fetch_from(0, 3), SG_OK);
    good_pages();
    told[0] = 0;
    assert_int_equal(fetch_from(0, 3), SG_OK);
    assert_int_equal(requests(), 0);
    assert_string_equal(told, "a: is there\nb: is there\n");
    assert_all_there();
}

static void wrong_file_is_replaced(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(fetch_from(0, 1), SG_OK);
    uint8_t wrong[MOST];
    memcpy(wrong, bodies[0], MOST);
    wrong[17] ^= 1;
    put_file(in_dir("a"), wrong, MOST); /* of the right size */
    good_pages();
    told[0] = 0;
    assert_int_equal(fetch_from(0, 1), SG_OK);
    assert_told("a: is there, but its size or SHA-256 is wrong");
    assert_told("b: is there\n");
    assert_int_equal(pages[ONE].requests, 1);
    assert_int_equal(requests(), 1);
    assert_all_there();
}

static void dead_mirror_is_passed_by(void **state) {
    (void)state;
    good_pages();
    pages[ONE].breaks = 9; /* closes without a byte */
    assert_int_equal(fetch_from(0, 3), SG_OK);
    assert_int_equal(pages[ONE].requests, 1);
    assert_int_equal(pages[ONE + 1].requests, 0); /* not asked again */
    assert_int_equal(pages[TWO].requests + pages[TWO + 1].requests, 2);
    assert_int_equal(pages[TGZ].requests, 0);
    assert_all_there();
}

static void missing_file_comes_from_the_next(void **state) {
    (void)state;
    good_pages();
    pages[ONE].status = 404;
    assert_int_equal(fetch_from(0, 3), SG_OK);
    assert_int_equal(pages[ONE + 1].requests, 1);
    assert_int_equal(pages[TWO].requests, 1);
    assert_int_equal(pages[TWO + 1].requests, 0);
    assert_told("404");
    assert_all_there();
}

static void broken_off_goes_on(void **state) {
    (void)state;
    good_pages();
    pages[ONE].breaks = 1;
    pages[ONE].break_after = 3000;
    assert_int_equal(fetch_from(0, 1), SG_OK);
    assert_int_equal(pages[ONE].requests, 2);
    assert_string_equal(pages[ONE].range, "bytes=3000-");
    assert_int_equal(pages[ONE].served, packed_size[0]);
    assert_all_there();
}

static void broken_off_goes_on_in_a_later_call(void **state) {
    (void)state;
    good_pages();
    pages[ONE].breaks = 100;
    pages[ONE].break_after = 1000;
    assert_int_equal(fetch_from(0, 1), SG_IO_ERROR);
    size_t before = pages[ONE].served;
    assert_int_equal(before, 4000);
    assert_true(sg_file_exists(in_dir("a.gz.part")));
    assert_false(sg_file_exists(in_dir("a")));
    good_pages();
    assert_int_equal(fetch_from(0, 1), SG_OK);
    assert_int_equal(pages[ONE].requests, 1);
    assert_string_equal(pages[ONE].range, "bytes=4000-");
    assert_int_equal(before + pages[ONE].served, packed_size[0]);
    assert_all_there();
}

static void spoilt_part_is_fetched_from_its_start(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(sg_make_folder(dir), SG_OK);
    put_file(in_dir("a.gz.part"), "spoilt by a crash", 17);
    assert_int_equal(fetch_from(0, 1), SG_OK);
    assert_int_equal(pages[ONE].requests, 2);
    assert_string_equal(pages[ONE].range, "");
    assert_told("went on from an older part and is wrong");
    assert_all_there();
}

static void leftover_of_another_source_goes(void **state) {
    (void)state;
    good_pages();
    pages[ONE].breaks = 100;
    pages[ONE].break_after = 1000;
    pages[TWO].status = pages[TWO + 1].status = 500;
    assert_int_equal(fetch_from(0, 3), SG_OK);
    assert_int_equal(pages[TGZ].requests, 1);
    assert_all_there(); /* and no a.gz.part */
}

static void wrong_contents_are_refused(void **state) {
    (void)state;
    static uint8_t wrong[MOST], wrong_packed[MOST + 1000];
    good_pages();
    memcpy(wrong, bodies[0], MOST);
    wrong[MOST - 1] ^= 1;
    pages[ONE].body = wrong_packed;
    pages[ONE].size = gzip(wrong_packed, sizeof wrong_packed, wrong, MOST);
    assert_int_equal(fetch_from(0, 2), SG_OK);
    assert_told("SHA-256 of a is ");
    assert_told(hashes[0]);
    assert_int_equal(pages[ONE].requests, 1);
    assert_int_equal(pages[TWO].requests, 1);
    assert_all_there();
}

static void no_unchecked_file_after_failure(void **state) {
    (void)state;
    static const char page[] = "<html>log in first</html>";
    good_pages();
    pages[ONE].body = page;
    pages[ONE].size = sizeof page;
    assert_int_equal(fetch_from(0, 1), SG_IO_ERROR);
    assert_message_has("a has 26 bytes unpacked, expected 40000");
    assert_false(sg_file_exists(in_dir("a")));
    assert_false(sg_file_exists(in_dir("a.gz.part")));
    assert_true(sg_file_exists(in_dir("b"))); /* what is right stays */
}

static void archive_gives_all(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(fetch_from(2, 3), SG_OK);
    assert_int_equal(pages[TGZ].requests, 1);
    assert_all_there();
}

static void wrong_archive_is_not_opened(void **state) {
    (void)state;
    static uint8_t wrong[sizeof tgz];
    good_pages();
    memcpy(wrong, tgz, tgz_size);
    wrong[tgz_size / 2] ^= 1;
    pages[TGZ].body = wrong;
    assert_int_equal(fetch_from(2, 3), SG_IO_ERROR);
    assert_message_has("SHA-256 of pack.tgz is ");
    assert_false(sg_file_exists(in_dir("a")));
    assert_false(sg_file_exists(in_dir("pack.tgz.part")));
}

static void all_dead_tells_each_and_the_remedy(void **state) {
    (void)state;
    good_pages();
    for (int i = 0; i < PAGES; i++)
        pages[i].status = i < TWO ? 403 : i < TGZ ? 404 : 503;
    assert_int_equal(fetch_from(0, 3), SG_IO_ERROR);
    static const char *const parts[] = {"toy: no source has a and others",
                                        "/one/a.gz: ",
                                        "403",
                                        "/two/a.gz: ",
                                        "404",
                                        "/x/pack.tgz: ",
                                        "503",
                                        dir,
                                        "ask around",
                                        "SURGRAD_MIRROR"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_message_has(parts[i]);
    assert_null(strchr(sg_error_message(), '\n'));
    assert_false(sg_file_exists(in_dir("a")));
    assert_false(sg_file_exists(in_dir(".surgrad-fetch.lock")));
}

static void users_mirror_comes_first(void **state) {
    (void)state;
    char url[128];
    good_pages();
    pages[TWO].path = "/mine/toy/a.gz";
    pages[TWO + 1].path = "/mine/toy/b.gz";
    loopback_start(&server, pages, PAGES);
    char one[128];
    sg_mirror source = mirror(one, "/one");
    sg_download_set set = set_of(&source, 1);
    loopback_url(&server, "/mine", url, sizeof url);
    setenv("SURGRAD_MIRROR", url, 1);
    sg_status status = sg_fetch_set(&set, dir, &listener);
    unsetenv("SURGRAD_MIRROR");
    loopback_stop(&server);
    assert_int_equal(status, SG_OK);
    assert_int_equal(pages[TWO].requests + pages[TWO + 1].requests, 2);
    assert_int_equal(requests(), 2);
    assert_all_there();
}

static void folders_give_packed_files(void **state) {
    (void)state;
    const sg_mirror source = {.kind = SG_MIRROR_FOLDER, .place = in_folder("shared"), .suffix = ".gz"};
    sg_download_set set = set_of(&source, 1);
    assert_int_equal(sg_fetch_set(&set, dir, &listener), SG_IO_ERROR);
    assert_message_has("shared: there is no such folder");
    assert_int_equal(sg_make_folder(source.place), SG_OK);
    put_file(in_folder("shared/a.gz"), packed[0], packed_size[0]);
    put_file(in_folder("shared/b.gz"), packed[1], packed_size[1]);
    assert_int_equal(sg_fetch_set(&set, dir, &listener), SG_OK);
    assert_true(sg_file_exists(in_folder("shared/a.gz"))); /* it is not ours */
    assert_all_there();
}

static void packed_files_put_there_by_hand_are_taken(void **state) {
    (void)state;
    sg_download_set set = set_of(NULL, 0);
    assert_int_equal(sg_make_folder(dir), SG_OK);
    put_file(in_dir("a.gz"), packed[0], packed_size[0]);
    put_file(in_dir("b"), bodies[1], sizes[1]);
    assert_false(sg_fetch_all_right(&set, dir));
    assert_int_equal(sg_fetch_set(&set, dir, &listener), SG_OK);
    assert_true(sg_fetch_all_right(&set, dir));
    assert_int_equal(unlink(in_dir("a.gz")), 0);
    assert_all_there();
}

static void unwritable_folder_is_told(void **state) {
    (void)state;
    good_pages();
    put_file(in_folder("file"), "x", 1);
    snprintf(dir, sizeof dir, "%s", in_folder("file/deep"));
    assert_int_equal(fetch_from(0, 3), SG_IO_ERROR);
    assert_message_has("cannot make folder");
    assert_int_equal(requests(), 0);
}

static void trouble_here_ends_at_once(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(sg_make_folder(in_dir("a")), SG_OK); /* a folder stands where the file must go */
    assert_int_equal(fetch_from(0, 3), SG_IO_ERROR);
    assert_message_has("cannot write");
    assert_int_equal(requests(), 1);
}

/* ----------------------------------------------------------------------------------------------------- two at once */

static void release_when_waiting(void *user, const char *text) {
    on_message(NULL, text);
    int *held = user;
    if (strstr(text, "waiting") && *held >= 0) {
        close(*held);
        *held = -1;
    }
}

static void lock_is_waited_for(void **state) {
    (void)state;
    good_pages();
    assert_int_equal(sg_make_folder(dir), SG_OK);
    put_file(in_dir(".surgrad-fetch.lock"), "", 0);
    FILE *file = fopen(in_dir(".surgrad-fetch.lock"), "r");
    assert_non_null(file);
    int held = dup(fileno(file));
    fclose(file);
    assert_int_equal(flock(held, LOCK_EX), 0);
    const sg_fetch_listener waiter = {NULL, release_when_waiting, &held};
    char one[128];
    loopback_start(&server, pages, PAGES);
    sg_mirror source = mirror(one, "/one");
    sg_download_set set = set_of(&source, 1);
    sg_status status = sg_fetch_set(&set, dir, &waiter);
    loopback_stop(&server);
    assert_int_equal(status, SG_OK);
    assert_told("waiting: another process is fetching into ");
    assert_int_equal(held, -1);
    assert_all_there();
}

static void *fetch_in_thread(void *context) {
    static const sg_fetch_listener silent;
    static sg_status done[4], *next = done;
    sg_status *status = __atomic_fetch_add(&next, sizeof *next, __ATOMIC_RELAXED);
    *status = sg_fetch_set(context, dir, &silent);
    return status;
}

static void four_at_once_fetch_once(void **state) {
    (void)state;
    pthread_t threads[4];
    char one[128];
    good_pages();
    loopback_start(&server, pages, PAGES);
    sg_mirror source = mirror(one, "/one");
    sg_download_set set = set_of(&source, 1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fetch_in_thread, &set), 0);
    for (int i = 0; i < 4; i++) {
        void *status;
        pthread_join(threads[i], &status);
        assert_int_equal(*(sg_status *)status, SG_OK);
    }
    loopback_stop(&server);
    assert_int_equal(requests(), FILES);
    assert_all_there();
}

/* -------------------------------------------------------------------------------------------------- names, folders */

static void names_are_told(void **state) {
    (void)state;
    assert_string_equal(sg_fetch_name(0), "mnist");
    assert_string_equal(sg_fetch_name(1), "fashion-mnist");
    assert_null(sg_fetch_name(2));
    assert_int_equal(sg_fetch("fashion_mnist", dir, NULL, NULL, NULL), SG_ARGUMENT);
    assert_message_has("no data set 'fashion_mnist'");
    assert_message_has("expected one of mnist, fashion-mnist, nmnist, ");
    assert_message_has("did you mean 'fashion-mnist'?");
    assert_false(sg_fetch_ready("mnist", dir));
    assert_false(sg_fetch_ready("nothing", dir));
}

/* What goes into the cache folder is a source's, which finds it there, and which is not fetched besides. */
static void sets_by_hand_are_sound(void **state) {
    (void)state;
    const sg_by_hand *set;
    for (size_t i = 0; (set = sg_by_hand_at(i)); i++) {
        const sg_source_kind *kind;
        bool is_source = false;
        for (int k = 0; (kind = sg_source_at(k)); k++)
            is_source |= strcmp(kind->head.name, set->name) == 0 && !kind->download;
        assert_true(is_source || set->place);
        assert_ptr_equal(sg_by_hand_find(set->name), set);
        assert_string_equal(sg_fetch_by_hand(i), set->name);
        assert_int_equal(strncmp(set->home, "https://", 8), 0);
        assert_int_equal(sg_fetch(set->name, "here", NULL, NULL, NULL), SG_IO_ERROR);
        assert_message_has(set->home);
        assert_message_has(" here, or name another folder");
    }
    assert_null(sg_fetch_by_hand(100));
    assert_null(sg_by_hand_find("mnist"));
}

static void table_is_sound(void **state) {
    (void)state;
    const sg_download_set *set;
    const sg_source_kind *kind;
    for (int k = 0; (kind = sg_source_at(k)); k++) {
        if (!(set = kind->download))
            continue;
        assert_string_equal(set->name, kind->head.name);
        for (size_t i = 0; i < set->file_count; i++) {
            assert_int_equal(strlen(set->files[i].sha256), 64);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(set->files[i].sha256, set->files[j].sha256);
        }
        for (size_t i = 0; i < set->source_count; i++)
            if (set->sources[i].kind == SG_MIRROR_ARCHIVE)
                assert_true(strlen(set->sources[i].sha256) == 64 && set->sources[i].size && set->sources[i].inside);
    }
}

static void cache_folder_follows_the_environment(void **state) {
    (void)state;
    char path[256], small[8], *home = strdup(getenv("HOME") ? getenv("HOME") : "/");
    setenv("HOME", "/home/x", 1);
    setenv("XDG_CACHE_HOME", "/var/y", 1);
    assert_int_equal(sg_cache_folder("mnist", path, sizeof path), SG_OK);
    assert_string_equal(path, "/var/y/surgrad/mnist");
    assert_int_equal(sg_cache_folder("mnist", small, sizeof small), SG_ARGUMENT);
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_int_equal(sg_cache_folder("mnist", path, sizeof path), SG_OK);
    assert_string_equal(path, "/home/x/.cache/surgrad/mnist");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_int_equal(sg_fetch("mnist", NULL, NULL, NULL, NULL), SG_IO_ERROR);
    assert_message_has("neither XDG_CACHE_HOME nor HOME");
    assert_message_has("--dir");
    setenv("HOME", home, 1);
    free(home);
}

#define CASE(name) cmocka_unit_test_setup(name, each_set_up)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(mirror_gives_all),
        CASE(right_files_are_kept),
        CASE(wrong_file_is_replaced),
        CASE(dead_mirror_is_passed_by),
        CASE(missing_file_comes_from_the_next),
        CASE(broken_off_goes_on),
        CASE(broken_off_goes_on_in_a_later_call),
        CASE(spoilt_part_is_fetched_from_its_start),
        CASE(leftover_of_another_source_goes),
        CASE(wrong_contents_are_refused),
        CASE(no_unchecked_file_after_failure),
        CASE(archive_gives_all),
        CASE(wrong_archive_is_not_opened),
        CASE(all_dead_tells_each_and_the_remedy),
        CASE(users_mirror_comes_first),
        CASE(folders_give_packed_files),
        CASE(packed_files_put_there_by_hand_are_taken),
        CASE(unwritable_folder_is_told),
        CASE(trouble_here_ends_at_once),
        CASE(lock_is_waited_for),
        CASE(four_at_once_fetch_once),
        CASE(names_are_told),
        CASE(table_is_sound),
        CASE(sets_by_hand_are_sound),
        CASE(cache_folder_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, set_up, folder_remove);
}

#include "file/download.h"

#include "file/bytes.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "folder.h"
#include "loopback.h"

enum { SIZE = 50000, LIMIT = 60000 };

static uint8_t body[SIZE];

static int set_up(void **state) {
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (uint8_t)(i * i / 7);
    return folder_make(state);
}

typedef struct heard {
    uint64_t done, total;
    int calls;
} heard;

static void on_progress(void *user, uint64_t done, uint64_t total) {
    heard *h = user;
    *h = (heard){done, total, h->calls + 1};
}

/* Downloads one page, as `page` says, to the file "part". */
static sg_status fetch(loopback_page *page, sg_download *download, heard *h) {
    loopback server;
    char url[128];
    page->path = "/x";
    page->body = body;
    page->size = SIZE;
    loopback_start(&server, page, 1);
    loopback_url(&server, "/x", url, sizeof url);
    *h = (heard){0};
    *download =
        (sg_download){.url = url, .path = in_folder("part"), .limit = LIMIT, .progress = on_progress, .user = h};
    sg_status status = sg_download_file(download);
    loopback_stop(&server);
    return status;
}

static void assert_part_is(const void *expected, size_t size) {
    uint8_t *bytes;
    size_t found;
    assert_int_equal(sg_bytes_read(in_folder("part"), LIMIT, &bytes, &found), SG_OK);
    assert_int_equal(found, size);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
    remove(in_folder("part"));
}

static void whole_file_comes(void **state) {
    (void)state;
    loopback_page page = {0};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_OK);
    assert_int_equal(d.end, SG_DOWNLOAD_DONE);
    assert_false(d.resumed);
    assert_int_equal(page.requests, 1);
    assert_string_equal(page.range, "");
    assert_string_equal(page.agent, "surgrad/" SG_VERSION);
    assert_int_equal(h.done, SIZE);
    assert_int_equal(h.total, SIZE);
    assert_part_is(body, SIZE);
}

static void broken_off_is_taken_up(void **state) {
    (void)state;
    loopback_page page = {.breaks = 1, .break_after = 1234};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_OK);
    assert_false(d.resumed);
    assert_int_equal(page.requests, 2);
    assert_string_equal(page.range, "bytes=1234-");
    assert_int_equal(page.served, SIZE);
    assert_int_equal(h.done, SIZE);
    assert_int_equal(h.total, SIZE);
    assert_part_is(body, SIZE);
}

static void tries_end(void **state) {
    (void)state;
    loopback_page page = {.breaks = 100, .break_after = 100};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_LOST);
    assert_message_has("http://127.0.0.1:");
    assert_int_equal(page.requests, 4);
    assert_part_is(body, 400);
}

static void no_progress_ends_tries(void **state) {
    (void)state;
    loopback_page page = {.breaks = 100, .break_after = 0};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_LOST);
    assert_int_equal(page.requests, 1);
    assert_false(sg_file_exists(in_folder("part")));
}

static void earlier_part_goes_on(void **state) {
    (void)state;
    loopback_page page = {0};
    sg_download d;
    heard h;
    put_file(in_folder("part"), body, 777);
    assert_int_equal(fetch(&page, &d, &h), SG_OK);
    assert_true(d.resumed);
    assert_string_equal(page.range, "bytes=777-");
    assert_int_equal(page.served, SIZE - 777);
    assert_int_equal(h.total, SIZE);
    assert_part_is(body, SIZE);
}

static void server_without_ranges_starts_afresh(void **state) {
    (void)state;
    loopback_page page = {.ignores_range = true};
    sg_download d;
    heard h;
    put_file(in_folder("part"), "rubbish", 7);
    assert_int_equal(fetch(&page, &d, &h), SG_OK);
    assert_false(d.resumed);
    assert_int_equal(page.requests, 1);
    assert_part_is(body, SIZE);
}

static void part_past_the_end_starts_afresh(void **state) {
    (void)state;
    static const uint8_t longer[SIZE + 1];
    loopback_page page = {0};
    sg_download d;
    heard h;
    put_file(in_folder("part"), longer, sizeof longer);
    assert_int_equal(fetch(&page, &d, &h), SG_OK);
    assert_false(d.resumed);
    assert_int_equal(page.requests, 2);
    assert_string_equal(page.range, "");
    assert_part_is(body, SIZE);
}

static void refusal_keeps_the_earlier_part(void **state) {
    (void)state;
    loopback_page page = {.status = 404};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_REFUSED);
    assert_message_has("404");
    assert_false(sg_file_exists(in_folder("part")));
    put_file(in_folder("part"), body, 99);
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_part_is(body, 99);
}

static void too_large_is_refused(void **state) {
    (void)state;
    loopback_page page = {.path = "/x", .body = body, .size = SIZE};
    loopback server;
    char url[128];
    loopback_start(&server, &page, 1);
    loopback_url(&server, "/x", url, sizeof url);
    sg_download d = {.url = url, .path = in_folder("part"), .limit = SIZE - 1};
    assert_int_equal(sg_download_file(&d), SG_IO_ERROR);
    loopback_stop(&server);
    assert_int_equal(d.end, SG_DOWNLOAD_REFUSED);
    assert_message_has("more than 49999 bytes");
    assert_false(sg_file_exists(in_folder("part")));
}

static void redirections_stay_on_the_web(void **state) {
    (void)state;
    loopback_page page = {.status = 302, .location = "/x/elsewhere"};
    sg_download d;
    heard h;
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_message_has("404"); /* it went there */
    page = (loopback_page){.status = 302, .location = "file:///etc/hostname"};
    assert_int_equal(fetch(&page, &d, &h), SG_IO_ERROR);
    assert_message_has("file"); /* 'Protocol "file" not supported' */
    assert_false(sg_file_exists(in_folder("part")));
}

static void nobody_there(void **state) {
    (void)state;
    loopback server;
    char url[128];
    loopback_start(&server, NULL, 0);
    loopback_url(&server, "/x", url, sizeof url);
    loopback_stop(&server);
    sg_download d = {.url = url, .path = in_folder("part"), .limit = LIMIT};
    assert_int_equal(sg_download_file(&d), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_LOST);
    assert_message_has(url);
    assert_false(sg_file_exists(in_folder("part")));
}

static void file_urls_work(void **state) {
    (void)state;
    char url[1100];
    put_file(in_folder("from"), body, SIZE);
    put_file(in_folder("part"), "old", 3);
    snprintf(url, sizeof url, "file://%s", in_folder("from"));
    sg_download d = {.url = url, .path = in_folder("part"), .limit = LIMIT};
    assert_int_equal(sg_download_file(&d), SG_OK);
    assert_false(d.resumed);
    assert_part_is(body, SIZE);
    strcat(url, "-not");
    assert_int_equal(sg_download_file(&d), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_REFUSED);
}

static void full_disk_is_told(void **state) {
    (void)state;
    struct rlimit old, small = {20000, RLIM_INFINITY};
    loopback_page page = {0};
    sg_download d;
    heard h;
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    sg_status status = fetch(&page, &d, &h);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_UNWRITTEN);
    assert_int_equal(page.requests, 1);
    assert_message_has("cannot write");
    assert_message_has("File too large");
    assert_part_is(body, 20000);
}

static void no_folder_is_told(void **state) {
    (void)state;
    sg_download d = {.url = "http://127.0.0.1:9/x", .path = in_folder("absent/part"), .limit = LIMIT};
    assert_int_equal(sg_download_file(&d), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_UNWRITTEN);
    assert_message_has("absent/part: No such file");
}

/* A handler of a test: what it is asked, what it does. */
typedef struct handled {
    sg_download_end end;
    size_t size; /* bytes that it writes; 0: no file */
    char url[64];
    uint64_t limit;
} handled;

static sg_download_end handle(void *user, const char *url, const char *path, uint64_t limit, char *reason,
                              size_t reason_size) {
    handled *h = user;
    snprintf(h->url, sizeof h->url, "%s", url);
    h->limit = limit;
    if (h->size)
        assert_int_equal(sg_bytes_write(path, body, h->size), SG_OK);
    if (h->end != SG_DOWNLOAD_DONE)
        snprintf(reason, reason_size, "the cable is out");
    return h->end;
}

static sg_status by_handler(handled *h, sg_download *download, heard *progress) {
    *progress = (heard){0};
    *download = (sg_download){.url = "http://nowhere/x",
                              .path = in_folder("part"),
                              .limit = LIMIT,
                              .progress = on_progress,
                              .user = progress};
    sg_set_download_handler(handle, h);
    sg_status status = sg_download_file(download);
    sg_set_download_handler(NULL, NULL);
    return status;
}

static void handler_downloads(void **state) {
    (void)state;
    handled h = {.size = SIZE};
    sg_download d;
    heard progress;
    assert_int_equal(by_handler(&h, &d, &progress), SG_OK);
    assert_int_equal(d.end, SG_DOWNLOAD_DONE);
    assert_false(d.resumed);
    assert_string_equal(h.url, "http://nowhere/x");
    assert_int_equal(h.limit, LIMIT);
    assert_int_equal(progress.done, SIZE);
    assert_int_equal(progress.total, SIZE);
    assert_part_is(body, SIZE);
}

static void handler_that_fails_is_told(void **state) {
    (void)state;
    handled h = {.end = SG_DOWNLOAD_LOST, .size = 100};
    sg_download d;
    heard progress;
    assert_int_equal(by_handler(&h, &d, &progress), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_LOST);
    assert_string_equal(sg_error_message(), "http://nowhere/x: the cable is out");
    assert_false(sg_file_exists(in_folder("part")));
}

static void handler_is_not_believed(void **state) {
    (void)state;
    handled nothing = {.size = 0}, too_much = {.size = SIZE};
    sg_download d;
    heard progress;
    assert_int_equal(by_handler(&nothing, &d, &progress), SG_IO_ERROR);
    assert_int_equal(d.end, SG_DOWNLOAD_UNWRITTEN);
    assert_message_has("the download handler wrote no file");
    sg_set_download_handler(handle, &too_much);
    d = (sg_download){.url = "http://nowhere/x", .path = in_folder("part"), .limit = SIZE - 1};
    assert_int_equal(sg_download_file(&d), SG_IO_ERROR);
    sg_set_download_handler(NULL, NULL);
    assert_int_equal(d.end, SG_DOWNLOAD_REFUSED);
    assert_message_has("has more than 49999 bytes, the most that were expected");
    assert_false(sg_file_exists(in_folder("part")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_file_comes),
        cmocka_unit_test(broken_off_is_taken_up),
        cmocka_unit_test(tries_end),
        cmocka_unit_test(no_progress_ends_tries),
        cmocka_unit_test(earlier_part_goes_on),
        cmocka_unit_test(server_without_ranges_starts_afresh),
        cmocka_unit_test(part_past_the_end_starts_afresh),
        cmocka_unit_test(refusal_keeps_the_earlier_part),
        cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(redirections_stay_on_the_web),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(file_urls_work),
        cmocka_unit_test(full_disk_is_told),
        cmocka_unit_test(no_folder_is_told),
        cmocka_unit_test(handler_downloads),
        cmocka_unit_test(handler_that_fails_is_told),
        cmocka_unit_test(handler_is_not_believed),
    };
    return cmocka_run_group_tests(tests, set_up, folder_remove);
}

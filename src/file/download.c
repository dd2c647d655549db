#include "file/download.h"

#include "file/bytes.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONNECT_SECONDS = 10,
    STALL_SECONDS = 30,
    STALL_RATE = 1000, /* bytes per second */
    REDIRECTS = 5,
    RETRIES = 3,
    HTTP_PARTIAL = 206,
    HTTP_PAST_END = 416
};

/* One request and its answer. */
typedef struct transfer {
    sg_download *download;
    CURL *curl;
    int file;
    uint64_t start, done; /* bytes in the file before, and now */
    bool begun;           /* the first bytes have come */
    bool too_large;
    int error; /* errno of a write that failed */
    char reason[CURL_ERROR_SIZE];
} transfer;

/* ---------------------------------------------------------------------------------------------- bytes that come */

static bool empty_file(transfer *t) {
    t->start = t->done = 0;
    t->download->resumed = false;
    bool emptied = ftruncate(t->file, 0) == 0 && lseek(t->file, 0, SEEK_SET) == 0;
    t->error = emptied ? 0 : errno;
    return emptied;
}

static long response(const transfer *t) {
    long code = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

static void report(const transfer *t) {
    curl_off_t length = -1; /* of this answer */
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (t->download->progress)
        t->download->progress(t->download->user, t->done, length > 0 ? t->start + (uint64_t)length : 0);
}

/* libcurl's write function: what it returns other than the size ends the transfer. */
static size_t on_bytes(char *data, size_t one, size_t size, void *context) {
    transfer *t = context;
    (void)one;
    if (!t->begun && t->start && response(t) != HTTP_PARTIAL && !empty_file(t))
        return 0; /* the server sends the whole file, and the old one cannot be emptied */
    t->begun = true;
    t->too_large = size > t->download->limit - t->done;
    if (t->too_large)
        return 0;
    t->error = sg_write_all(t->file, data, size);
    if (t->error)
        return 0;
    t->done += size;
    report(t);
    return size;
}

/* -------------------------------------------------------------------------------------------------- one request */

static CURLcode set_options(const transfer *t, const char *range) {
    CURLcode code = CURLE_OK;
#define SET(option, value)                                                                                             \
    if (code == CURLE_OK)                                                                                              \
    code = curl_easy_setopt(t->curl, option, value)
    SET(CURLOPT_URL, t->download->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https,file");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)REDIRECTS);
    SET(CURLOPT_FAILONERROR, 1L);
    SET(CURLOPT_NOSIGNAL, 1L); /* other threads may run */
    SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)STALL_RATE);
    SET(CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    SET(CURLOPT_USERAGENT, "surgrad/" SG_VERSION);
    SET(CURLOPT_WRITEFUNCTION, on_bytes);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_ERRORBUFFER, t->reason);
    /* Not CURLOPT_RESUME_FROM, with which a server that sends the whole file is an error. */
    SET(CURLOPT_RANGE, *range ? range : NULL);
#undef SET
    return code;
}

static CURLcode request(transfer *t) {
    char range[32] = "";
    if (t->start)
        snprintf(range, sizeof range, "%llu-", (unsigned long long)t->start);
    t->begun = false;
    t->reason[0] = 0;
    CURLcode code = set_options(t, range);
    return code == CURLE_OK ? curl_easy_perform(t->curl) : code;
}

/* --------------------------------------------------------------------------------------------------- tries, ends */

static sg_status failed(transfer *t, CURLcode code) {
    const char *reason = *t->reason ? t->reason : curl_easy_strerror(code);
    char text[80];
    if (t->error)
        return sg_download_failed(t->download, SG_DOWNLOAD_UNWRITTEN, strerror(t->error));
    if (t->too_large) {
        snprintf(text, sizeof text, "has more than %llu bytes, the most that were expected",
                 (unsigned long long)t->download->limit);
        return sg_download_failed(t->download, SG_DOWNLOAD_REFUSED, text);
    }
    if (code == CURLE_OUT_OF_MEMORY)
        return sg_download_failed(t->download, SG_DOWNLOAD_UNWRITTEN, reason);
    bool refused = code == CURLE_HTTP_RETURNED_ERROR || code == CURLE_FILE_COULDNT_READ_FILE;
    return sg_download_failed(t->download, refused ? SG_DOWNLOAD_REFUSED : SG_DOWNLOAD_LOST, reason);
}

/* Whether to ask once more, from what is there by now. */
static bool worth_another(transfer *t, CURLcode code, int *retries) {
    if (t->error || t->too_large)
        return false;
    if (code == CURLE_HTTP_RETURNED_ERROR)
        return response(t) == HTTP_PAST_END && t->start && empty_file(t); /* the file here is not a part of that one */
    return code != CURLE_OPERATION_TIMEDOUT && t->done > t->start && (*retries)++ < RETRIES;
}

static sg_status run(transfer *t) {
    CURLcode code;
    int retries = 0;
    while ((code = request(t)) != CURLE_OK) {
        if (!worth_another(t, code, &retries))
            return failed(t, code);
        t->start = t->done;
    }
    t->download->end = SG_DOWNLOAD_DONE;
    return SG_OK;
}

/* Takes up the file that an earlier call left, or makes it. */
static bool open_part(transfer *t) {
    struct stat about;
    t->file = open(t->download->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (t->file < 0 || fstat(t->file, &about))
        return false;
    t->start = t->done = (uint64_t)about.st_size;
    t->download->resumed = t->start > 0;
    if (strncmp(t->download->url, "http", 4) != 0 || t->start >= t->download->limit)
        return empty_file(t);
    return lseek(t->file, 0, SEEK_END) >= 0;
}

static void start_curl(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT); /* if it fails, curl_easy_init does too */
}

sg_status sg_download_by_curl(sg_download *download) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    transfer t = {.download = download, .file = -1};
    sg_status status;
    t.curl = curl_easy_init();
    if (!t.curl)
        status = sg_download_failed(download, SG_DOWNLOAD_UNWRITTEN, "libcurl does not start");
    else if (!open_part(&t))
        status = sg_download_failed(download, SG_DOWNLOAD_UNWRITTEN, strerror(errno));
    else
        status = run(&t);
    curl_easy_cleanup(t.curl);
    if (t.file >= 0)
        close(t.file);
    if (t.file >= 0 && status != SG_OK && (t.done == 0 || t.too_large))
        unlink(download->path);
    return status;
}

/* Gives mutations of sound HDF5 files to a fuzz target, each in a process of its own, and tells which of them hang it
 * (5 s a reader), crash it, or have it take too much memory (1 GiB):
 *
 *     mutate_foreign FIRST COUNT SEED...      mutations FIRST .. FIRST+COUNT-1 of these files
 *
 * A number and the seeds make the same mutation everywhere; with a COUNT of 1 it is left in the file `mutation`. */
#include "mutation.h"
#include "target.h"

#include "file/bytes.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SECONDS = 5 * 6,         /* of processor time, for six readers */
    PATIENCE = 10 * SECONDS, /* by the clock, on a machine that has much to do */
    LARGEST_SEED = 1 << 20   /* bytes */
};
#define MEMORY_KB (1L << 20)

static _Noreturn void fail_with(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

/* A sound seed is also read once here, so that each child finds HDF5 ready. */
static seed load(const char *path) {
    seed from;
    if (sg_bytes_read(path, LARGEST_SEED, &from.bytes, &from.size) != SG_OK || from.size == 0)
        fail_with(path, sg_error_message());
    seed_survey(&from);
    LLVMFuzzerTestOneInput(from.bytes, from.size);
    return from;
}

/* The bytes stand in a block of their size, where AddressSanitizer notices a read past the end. */
static _Noreturn void read_in_child(const uint8_t *bytes, size_t size) {
    uint8_t *exact = malloc(size);
    if (!exact)
        _exit(1);
    memcpy(exact, bytes, size);
    setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS});
    alarm(PATIENCE);
    LLVMFuzzerTestOneInput(exact, size);
    _exit(0);
}

/* What went wrong with a child; NULL if nothing did. */
static const char *verdict(int status, const struct rusage *used) {
    static char text[64];
    long seconds = used->ru_utime.tv_sec + used->ru_stime.tv_sec; /* of its own children too */
    bool stopped = WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGKILL);
    if (stopped || seconds >= SECONDS)
        return "hangs";
    if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0) {
        snprintf(text, sizeof text, "crashes (%s %d)", WIFSIGNALED(status) ? "signal" : "exit status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        return text;
    }
    if (used->ru_maxrss > MEMORY_KB) {
        snprintf(text, sizeof text, "takes %ld MB", used->ru_maxrss / 1024);
        return text;
    }
    return NULL;
}

static const char *try_bytes(const uint8_t *bytes, size_t size) {
    int status;
    struct rusage used;
    pid_t child = fork();
    if (child == 0)
        read_in_child(bytes, size);
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        fail_with("fork", "failed");
    return verdict(status, &used);
}

int main(int argc, char **argv) {
    if (argc < 4)
        fail_with("usage", "mutate_TARGET FIRST COUNT SEED...");
    uint64_t first = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10), wrong = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    size_t seed_count = (size_t)argc - 3;
    seed *seeds = calloc(seed_count, sizeof *seeds);
    uint8_t *bytes = malloc(LARGEST_SEED);
    if (!seeds || !bytes)
        fail_with("memory", "there is none");
    for (size_t i = 0; i < seed_count; i++)
        seeds[i] = load(argv[3 + i]);
    for (uint64_t n = first; n < first + count; n++) {
        size_t at = (size_t)(n % seed_count), size = seed_mutate(&seeds[at], n, bytes);
        const char *what = try_bytes(bytes, size);
        if (what)
            printf("mutation %llu, of %s: %s\n", (unsigned long long)n, argv[3 + at], what);
        wrong += what != NULL;
        if (count == 1)
            sg_bytes_write("mutation", bytes, size);
    }
    printf("%llu mutations, %llu hang, crash or take too much memory\n", (unsigned long long)count,
           (unsigned long long)wrong);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].bytes);
    free(seeds);
    free(bytes);
    return wrong != 0;
}

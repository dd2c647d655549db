/* kernel-check: see check.h and `kernel-check --help`. */
#include "check.h"

#include "base/number.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_ROW(row) +1
#define ROW_OF(row)    [offsetof(sg_kernels, row) / sizeof(void (*)(void)) - FIRST_ROW] = &case_##row,

enum {
    FIRST_ROW = offsetof(sg_kernels, gather) / sizeof(void (*)(void)),
    ROWS = sizeof(sg_kernels) / sizeof(void (*)(void)) - FIRST_ROW
};
_Static_assert(FIRST_ROW == 1, "the rows of sg_kernels begin behind its name, with gather");
_Static_assert(ROWS == 0 SG_KERNEL_LIST(COUNT_ROW),
               "kernel_list.h lacks a row of sg_kernels: every kernel needs a case");

static const check_case *const rows[ROWS] = {SG_KERNEL_LIST(ROW_OF)};

static const char usage[] =
    "Usage: kernel-check [OPTIONS]\n"
    "Checks every kernel at every level that this machine runs against the scalar reference, bit for bit.\n\n"
    "  --level NAME   this level only\n"
    "  --kernel NAME  this kernel only\n"
    "  --seed N       other data (1)\n"
    "  --shape N      this shape only, as a failure names it\n"
    "  --bench        time the kernels, at the sizes of the recipes fast and notebook\n"
    "  --csv          with --bench: comma-separated values\n"
    "  --list         print the levels that this machine runs\n";

typedef struct options {
    const char *level, *kernel;
    int64_t seed, shape; /* shape -1: all */
    int bench, csv, list;
} options;

typedef struct tally {
    size_t kernels, shapes, failed;
    uint64_t digest; /* of the reference's results */
} tally;

static _Noreturn void wrong(const char *what, const char *found) {
    fprintf(stderr, "kernel-check: %s: found '%s'; see kernel-check --help\n", what, found);
    exit(2);
}

/* The command that repeats the shape that is checked now, with a newline. */
static char again[256];
static size_t again_length;

static void now_checking(const check_case *row, const sg_kernels *level, const options *asked, size_t index) {
    int length = snprintf(again, sizeof again, "kernel-check --level %s --kernel %s --seed %" PRId64 " --shape %zu\n",
                          level->name, row->name, asked->seed, index);
    again_length = (size_t)length;
}

/* A kernel crashed: says which, and returns to crash again, without a handler. */
static void crashed(int signal) {
    static const char text[] = "FAILED: crashed\n  again: ";
    (void)signal;
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0 || write(STDOUT_FILENO, again, again_length) < 0)
        _exit(1);
}

static void listen_for_crashes(void) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_RESETHAND};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

static void report(const check_case *row, const sg_kernels *level, const check_set *set, const char *what) {
    char shape[256];
    check_describe(row, set->at, shape, sizeof shape);
    printf("FAILED: %s at %s (%s): %s\n  again: %s", row->name, level->name, shape, what, again);
}

/* One shape of one kernel, by the kernel itself and by the other way to the same bits, where there is one. */
static bool check_one(const check_case *row, const sg_kernels *level, check_set sets[2], const options *asked,
                      size_t index, bool quiet, uint64_t *digest) {
    void (*const ways[2])(const sg_kernels *, check_set *) = {row->call, row->same_as};
    char what[256];
    size_t at[AXES];
    now_checking(row, level, asked, index);
    check_shape(row, (uint64_t)asked->seed, index, at);
    for (size_t way = 0; way < 2 && ways[way]; way++) {
        for (size_t side = 0; side < 2; side++)
            check_make(&sets[side], row, at, (uint64_t)asked->seed, 1000 + (uint32_t)index);
        row->call(&sg_kernels_ref, &sets[0]);
        ways[way](level, &sets[1]);
        check_digest(digest, &sets[0]);
        if (check_same(&sets[0], &sets[1], what, sizeof what))
            continue;
        if (!quiet)
            report(row, level, &sets[1], what);
        return false;
    }
    return true;
}

/* Prints the first failure, and counts them all. */
static void check_kernel(const check_case *row, const sg_kernels *level, check_set sets[2], const options *asked,
                         tally *sum) {
    size_t shapes = check_shapes(row), failed = 0;
    for (size_t index = 0; index < shapes; index++) {
        if (asked->shape >= 0 && (size_t)asked->shape != index)
            continue;
        failed += !check_one(row, level, sets, asked, index, failed > 0, &sum->digest);
        sum->shapes++;
    }
    if (failed > 1)
        printf("  %zu more of its %zu shapes failed\n", failed - 1, shapes);
    sum->failed += failed > 0;
    sum->kernels++;
}

static int check_all(const check_case *const *chosen, size_t count, const options *asked) {
    const sg_kernels *level;
    check_set sets[2];
    tally all = {0};
    listen_for_crashes();
    check_open(&sets[0]);
    check_open(&sets[1]);
    for (size_t i = 0; (level = sg_kernels_at(i)); i++) {
        if (asked->level && strcmp(level->name, asked->level) != 0)
            continue;
        tally sum = {0};
        for (size_t k = 0; k < count; k++)
            check_kernel(chosen[k], level, sets, asked, &sum);
        printf("%s: %zu kernels, %zu shapes, digest %016" PRIx64 ": %zu kernels failed\n", level->name, sum.kernels,
               sum.shapes, sum.digest, sum.failed);
        all.failed += sum.failed;
    }
    check_close(&sets[0]);
    check_close(&sets[1]);
    return all.failed > 0;
}

static int64_t number(const char *option, const char *text) {
    const char *end;
    int64_t value;
    if (!sg_parse_integer(text, &end, &value) || *end || value < 0)
        wrong(option, text);
    return value;
}

static options parse(int argc, char **argv) {
    options asked = {.seed = 1, .shape = -1};
    const struct option table[] = {{"level", required_argument, NULL, 'l'},
                                   {"kernel", required_argument, NULL, 'k'},
                                   {"seed", required_argument, NULL, 's'},
                                   {"shape", required_argument, NULL, 'n'},
                                   {"bench", no_argument, &asked.bench, 1},
                                   {"csv", no_argument, &asked.csv, 1},
                                   {"list", no_argument, &asked.list, 1},
                                   {"help", no_argument, NULL, 'h'},
                                   {0}};
    for (int found; (found = getopt_long(argc, argv, "", table, NULL)) != -1;)
        switch (found) {
        case 'l':
            asked.level = optarg;
            break;
        case 'k':
            asked.kernel = optarg;
            break;
        case 's':
            asked.seed = number("--seed", optarg);
            break;
        case 'n':
            asked.shape = number("--shape", optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        case '?':
            exit(2);
        }
    if (optind < argc)
        wrong("expected only options", argv[optind]);
    return asked;
}

/* A name that is not there must not pass for a check that found nothing wrong. */
static void expect_level(const char *name) {
    const sg_kernels *level;
    for (size_t i = 0; name && (level = sg_kernels_at(i)); i++)
        if (strcmp(level->name, name) == 0)
            return;
    if (name)
        wrong("--level: expected what --list prints", name);
}

static size_t choose(const char *name, const check_case *chosen[ROWS]) {
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (!name || strcmp(rows[i]->name, name) == 0)
            chosen[count++] = rows[i];
    if (count == 0)
        wrong("--kernel: expected a row of sg_kernels", name);
    return count;
}

static int list_levels(void) {
    const sg_kernels *level;
    for (size_t i = 0; (level = sg_kernels_at(i)); i++)
        puts(level->name);
    return 0;
}

int main(int argc, char **argv) {
    const check_case *chosen[ROWS];
    options asked = parse(argc, argv);
    size_t count = choose(asked.kernel, chosen);
    expect_level(asked.level);
    if (asked.list)
        return list_levels();
    if (!asked.bench)
        return check_all(chosen, count, &asked);
    check_time(chosen, count, asked.level, (uint64_t)asked.seed, asked.csv);
    return 0;
}

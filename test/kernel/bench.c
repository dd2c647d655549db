/* How long kernels take: calls of all levels in turn, on the same data in the same place, and the median of each. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEVELS = 8, ROUNDS = 301 };

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* What reading the clock takes. */
static double clock_ns(void) {
    static double times[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        double begin = now_ns();
        times[round] = now_ns() - begin;
    }
    return median(times, ROUNDS);
}

static size_t all_levels(const sg_kernels *levels[LEVELS]) {
    size_t count = 0;
    while (count < LEVELS && (levels[count] = sg_kernels_at(count)))
        count++;
    return count;
}

/* Kernels work in place, so each call begins from the same bytes, restored from `fresh`. */
static void time_size(const check_case *row, check_set *set, char *fresh, const sg_kernels *const *levels, size_t count,
                      double medians[LEVELS]) {
    static double times[LEVELS][ROUNDS];
    double clock = clock_ns();
    memcpy(fresh, set->memory, set->used);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t level = 0; level < count; level++) {
            memcpy(set->memory, fresh, set->used);
            double begin = now_ns();
            row->call(levels[level], set);
            times[level][round] = now_ns() - begin - clock;
        }
    for (size_t level = 0; level < count; level++)
        medians[level] = median(times[level], ROUNDS);
}

static void print_times(const check_case *row, const char *size, const char *level, double ns, double ratio, bool csv) {
    if (csv)
        printf("%s,\"%s\",%s,%.1f,%.3f\n", row->name, size, level, ns, ratio);
    else
        printf("%-18s %-24s %-8s %12.0f %8.2f\n", row->name, size, level, ns, ratio);
}

static void time_case(const check_case *row, check_set *set, char *fresh, const char *level, uint64_t seed, bool csv) {
    const sg_kernels *levels[LEVELS];
    size_t count = all_levels(levels);
    for (size_t i = 0; i < CHECK_BENCHES && row->bench[i].size; i++) {
        double medians[LEVELS];
        check_make(set, row, row->bench[i].at, seed, 1);
        check_unguard(set);
        time_size(row, set, fresh, levels, count, medians);
        for (size_t l = 0; l < count; l++)
            if (!level || strcmp(level, levels[l]->name) == 0)
                print_times(row, row->bench[i].size, levels[l]->name, medians[l], medians[0] / medians[l], csv);
    }
}

void check_time(const check_case *const *rows, size_t count, const char *level, uint64_t seed, bool csv) {
    check_set set;
    check_open(&set);
    char *fresh = malloc(CHECK_MEMORY);
    printf(csv ? "kernel,size,level,ns,times_faster\n" : "%-18s %-24s %-8s %12s %8s\n", "kernel", "size", "level",
           "ns a call", "faster");
    for (size_t i = 0; fresh && i < count; i++)
        time_case(rows[i], &set, fresh, level, seed, csv);
    free(fresh);
    check_close(&set);
}

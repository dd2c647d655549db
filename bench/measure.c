#include "measure.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the two nearest values in proportion, as most statistics programs do. */
static double quantile(const double *sorted, size_t count, double part) {
    double place = part * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

bench_spread bench_spread_of(double *values, size_t count) {
    qsort(values, count, sizeof *values, by_value);
    return (bench_spread){.lower = quantile(values, count, 0.25),
                          .median = quantile(values, count, 0.5),
                          .upper = quantile(values, count, 0.75)};
}

size_t bench_count(const char *option, const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < 1 || value > INT_MAX) {
        fprintf(stderr, "bench: %s %s: expected a whole number, 1 to %d\n", option, text, INT_MAX);
        exit(2);
    }
    return (size_t)value;
}

void bench_print(const char *what, const char *network, int threads, size_t batch, size_t repeats, bench_spread us) {
    printf("\"what\":\"%s\",\"network\":\"%s\",\"threads\":%d,\"batch\":%zu,\"repeats\":%zu,"
           "\"us_per_sample\":%.4f,\"lower\":%.4f,\"upper\":%.4f",
           what, network, threads, batch, repeats, us.median, us.lower, us.upper);
}

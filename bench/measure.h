/* What the measuring programs share: a clock, and the middle of repeated measurements. */
#ifndef SG_BENCH_MEASURE_H
#define SG_BENCH_MEASURE_H

#include <stddef.h>

typedef struct bench_spread {
    double lower, median, upper; /* quartiles, in the unit of the values */
} bench_spread;

/* Microseconds of a clock that never goes back. */
double bench_now_us(void);

/* Quartiles of `count` values, 1 or more, which are sorted in place. */
bench_spread bench_spread_of(double *values, size_t count);

/* A whole number, 1 or more, that a command line names; any other ends the program. */
size_t bench_count(const char *option, const char *text);

/* Prints the fields that every program prints, as the inside of a JSON object: what was run, and the time of a sample.
 */
void bench_print(const char *what, const char *network, int threads, size_t batch, size_t repeats, bench_spread us);

#endif

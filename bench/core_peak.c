/* bench-peak: what one core of this machine can do, as one line of JSON: additions of single-precision numbers in a
 * nanosecond, next to as many multiplications, and bytes in a nanosecond that it reads from its second-level cache. The
 * best of many short measurements. Compiled for the machine that it is built on. */
#include "measure.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined __AVX512F__
enum { VECTOR = 64 };
#elif defined __AVX__
enum { VECTOR = 32 };
#else
enum { VECTOR = 16 };
#endif
typedef float numbers __attribute__((vector_size(VECTOR)));
typedef uint32_t words __attribute__((vector_size(VECTOR)));

enum { CHAINS = 4, ROUNDS = 20000, REPEATS = 200, BUFFER = 256 << 10, PASSES = 8 };

/* What the compiler cannot know, so that it works nothing out beforehand and leaves nothing out. */
static volatile float one = 1, sink;

/* Chains of additions and of multiplications that do not wait for each other. Additions in a nanosecond. */
static double additions(void) {
    numbers sum[CHAINS] = {{0}}, product[CHAINS] = {{0}}, factor = {0};
    factor += one;
    for (int k = 0; k < CHAINS; k++) { /* read anew each time: equal chains would be made one */
        sum[k] += one;
        product[k] += one;
    }
    double start = bench_now_us();
    for (int i = 0; i < ROUNDS; i++)
#pragma GCC unroll 4
        for (int k = 0; k < CHAINS; k++) {
            sum[k] += factor;
            product[k] *= factor;
        }
    for (int k = 0; k < CHAINS; k++)
        sink = sum[k][0] + product[k][0];
    return (double)ROUNDS * CHAINS * (VECTOR / sizeof(float)) / ((bench_now_us() - start) * 1e3);
}

static double bytes_read(const words *buffer) {
    enum { VECTORS = BUFFER / VECTOR };
    words seen[CHAINS] = {{0}};
    double start = bench_now_us();
    for (int pass = 0; pass < PASSES; pass++)
        for (int i = 0; i < VECTORS; i += CHAINS)
#pragma GCC unroll 4
            for (int k = 0; k < CHAINS; k++)
                seen[k] += buffer[i + k];
    for (int k = 0; k < CHAINS; k++)
        sink = (float)seen[k][0];
    return (double)BUFFER * PASSES / ((bench_now_us() - start) * 1e3);
}

int main(void) {
    static words buffer[BUFFER / VECTOR];
    double most_additions = 0, most_bytes = 0;
    memset(buffer, (int)one, sizeof buffer);
    for (int i = 0; i < REPEATS; i++) {
        double found = additions(), read = bytes_read(buffer);
        most_additions = found > most_additions ? found : most_additions;
        most_bytes = read > most_bytes ? read : most_bytes;
    }
    printf("{\"additions_per_ns\":%.2f,\"bytes_per_ns\":%.1f}\n", most_additions, most_bytes);
    return fflush(stdout) ? 1 : 0;
}

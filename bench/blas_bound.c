/* bench-blas: the bound that no dense training can pass. Times the matrix products of the first layer alone through
 * OpenBLAS, single precision, for a batch of B samples, T steps, I inputs and N neurons:
 *
 *     h   (B T, N) = x (B T, I)  W (I, N)       forward
 *     dW  (I, N)   = x'  g (B T, N)             gradient by the weights
 *     g_x (B T, I) = g (B T, N)  W'             gradient by the input
 *
 * Neurons, loss, the second layer and the optimiser would come on top. No input needs a gradient, so a framework leaves
 * the third product of a first layer out: the time is given with it, and as `two_products` without. */
#include "measure.h"

#include <cblas.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUTS = 784, NEURONS = 128, STEPS = 100, WARM_UP = 1 };

typedef struct bench_settings {
    const char *name;
    size_t threads, batch, batches;
} bench_settings;

typedef struct matrices {
    int rows;             /* B T */
    float *x, *g_x;       /* (B T, I) */
    float *g, *h;         /* (B T, N) */
    float *weights, *d_w; /* (I, N) */
} matrices;

static bench_settings read_command_line(int count, char **words) {
    static const struct option options[] = {
        {"name", required_argument, NULL, 'm'},
        {"threads", required_argument, NULL, 't'},
        {"batch", required_argument, NULL, 'b'},
        {"batches", required_argument, NULL, 'n'},
        {NULL, 0, NULL, 0},
    };
    bench_settings settings = {.name = "first layer", .threads = 1, .batch = 256, .batches = 10};
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;) {
        switch (option) {
        case 'm':
            settings.name = optarg;
            break;
        case 't':
            settings.threads = bench_count("--threads", optarg);
            break;
        case 'b':
            settings.batch = bench_count("--batch", optarg);
            break;
        case 'n':
            settings.batches = bench_count("--batches", optarg);
            break;
        default:
            exit(2); /* getopt_long has said why */
        }
    }
    return settings;
}

static void *need_memory(size_t bytes) {
    void *memory = malloc(bytes);
    if (!memory) {
        fprintf(stderr, "bench-blas: no memory for %zu bytes; try a smaller --batch\n", bytes);
        exit(1);
    }
    return memory;
}

static float *matrix(size_t rows, size_t columns) {
    float *values = need_memory(rows * columns * sizeof *values);
    for (size_t i = 0; i < rows * columns; i++) /* anything but denormals: the time does not depend on it */
        values[i] = (float)(i * 2654435761u % 1024 + 1) / 1024;
    return values;
}

static matrices allocate(size_t batch) {
    size_t rows = batch * STEPS;
    return (matrices){.rows = (int)rows,
                      .x = matrix(rows, INPUTS),
                      .g_x = matrix(rows, INPUTS),
                      .g = matrix(rows, NEURONS),
                      .h = matrix(rows, NEURONS),
                      .weights = matrix(INPUTS, NEURONS),
                      .d_w = matrix(INPUTS, NEURONS)};
}

static void release(matrices *m) {
    float *all[] = {m->x, m->g_x, m->g, m->h, m->weights, m->d_w};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* The two products that training needs; microseconds. */
static double two_products(const matrices *m) {
    double start = bench_now_us();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m->rows, NEURONS, INPUTS, 1, m->x, INPUTS, m->weights,
                NEURONS, 0, m->h, NEURONS);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, INPUTS, NEURONS, m->rows, 1, m->x, INPUTS, m->g, NEURONS, 0,
                m->d_w, NEURONS);
    return bench_now_us() - start;
}

static double third_product(const matrices *m) {
    double start = bench_now_us();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m->rows, INPUTS, NEURONS, 1, m->g, NEURONS, m->weights,
                NEURONS, 0, m->g_x, INPUTS);
    return bench_now_us() - start;
}

int main(int count, char **words) {
    bench_settings settings = read_command_line(count, words);
    openblas_set_num_threads((int)settings.threads);
    matrices m = allocate(settings.batch);
    double *two = need_memory(settings.batches * sizeof *two);
    double *three = need_memory(settings.batches * sizeof *three);
    for (size_t i = 0; i < settings.batches + WARM_UP; i++) {
        size_t place = i < WARM_UP ? 0 : i - WARM_UP;
        two[place] = two_products(&m) / (double)settings.batch;
        three[place] = two[place] + third_product(&m) / (double)settings.batch;
    }
    printf("{");
    bench_print("blas", settings.name, (int)settings.threads, settings.batch, settings.batches,
                bench_spread_of(three, settings.batches));
    printf(",\"two_products\":%.4f,\"core\":\"%s\"}\n", bench_spread_of(two, settings.batches).median,
           openblas_get_corename());
    free(three);
    free(two);
    release(&m);
    return fflush(stdout) ? 1 : 0;
}

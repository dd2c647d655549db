/* bench-blas: the bound that no dense training can pass. Times the matrix products alone through OpenBLAS, single
 * precision, of each link from I inputs to N neurons. R rows are the steps of all samples, R = B T:
 *
 *     h   (R, N) = x (R, I)  W (I, N)       forward
 *     dW  (I, N) = x'  g (R, N)             gradient by the weights
 *     g_x (R, I) = g (R, N)  W'             gradient by the input
 *
 * A recurrent link knows its input one step after another, so that the first and the last are T products of B rows. A
 * convolution is the product of what its kernel sees at each place, copied out (im2col), which is not counted.
 *
 * Neurons, loss and the optimiser would come on top. No input needs a gradient, so a framework leaves the third product
 * of the first link out: the time is given with it, and as `needed` without. */
#include "measure.h"

#include <cblas.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { WARM_UP = 1, MAX_LINKS = 16 };

typedef struct matrices {
    size_t rows, inputs, neurons; /* of one product */
    size_t times;                 /* products one after another; 1, but for a recurrent link */
    float *x, *g_x;               /* (times rows, I) */
    float *g, *h;                 /* (times rows, N) */
    float *weights, *d_w;         /* (I, N) */
} matrices;

typedef struct bench_settings {
    const char *name;
    size_t threads, batch, batches, link_count;
    matrices links[MAX_LINKS]; /* without their arrays yet */
} bench_settings;

static void add_link(bench_settings *settings, const char *text) {
    matrices link = {.times = 1};
    char more;
    int found = sscanf(text, "%9zux%9zux%9zux%9zu%c", &link.rows, &link.inputs, &link.neurons, &link.times, &more);
    size_t least = link.rows && link.inputs && link.neurons && link.times;
    if (found < 3 || found > 4 || !least || settings->link_count == MAX_LINKS) {
        fprintf(stderr,
                "bench-blas: --link %s: expected ROWSxINPUTSxNEURONS or ROWSxINPUTSxNEURONSxSTEPS, at most %d\n", text,
                MAX_LINKS);
        exit(2);
    }
    settings->links[settings->link_count++] = link;
}

static bench_settings read_command_line(int count, char **words) {
    static const struct option options[] = {
        {"name", required_argument, NULL, 'm'},
        {"threads", required_argument, NULL, 't'},
        {"batch", required_argument, NULL, 'b'}, /* samples that the rows of a link come from */
        {"batches", required_argument, NULL, 'n'},
        {"link", required_argument, NULL, 'l'}, /* may be given again */
        {NULL, 0, NULL, 0},
    };
    bench_settings settings = {.name = "network", .threads = 1, .batch = 256, .batches = 10};
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
        case 'l':
            add_link(&settings, optarg);
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
        fprintf(stderr, "bench-blas: no memory for %zu bytes; try fewer rows\n", bytes);
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

static void allocate(matrices *m) {
    size_t rows = m->rows * m->times;
    m->x = matrix(rows, m->inputs);
    m->g_x = matrix(rows, m->inputs);
    m->g = matrix(rows, m->neurons);
    m->h = matrix(rows, m->neurons);
    m->weights = matrix(m->inputs, m->neurons);
    m->d_w = matrix(m->inputs, m->neurons);
}

static void release(matrices *m) {
    float *all[] = {m->x, m->g_x, m->g, m->h, m->weights, m->d_w};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static void forward(const matrices *m) {
    for (size_t t = 0; t < m->times; t++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m->rows, (int)m->neurons, (int)m->inputs, 1,
                    m->x + t * m->rows * m->inputs, (int)m->inputs, m->weights, (int)m->neurons, 0,
                    m->h + t * m->rows * m->neurons, (int)m->neurons);
}

static void by_weights(const matrices *m) {
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m->inputs, (int)m->neurons, (int)(m->rows * m->times), 1,
                m->x, (int)m->inputs, m->g, (int)m->neurons, 0, m->d_w, (int)m->neurons);
}

static void by_input(const matrices *m) {
    for (size_t t = m->times; t-- > 0;)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m->rows, (int)m->inputs, (int)m->neurons, 1,
                    m->g + t * m->rows * m->neurons, (int)m->neurons, m->weights, (int)m->neurons, 0,
                    m->g_x + t * m->rows * m->inputs, (int)m->inputs);
}

/* Microseconds. */
static double timed(void product(const matrices *), const matrices *m) {
    double start = bench_now_us();
    product(m);
    return bench_now_us() - start;
}

/* Of what training needs; `unneeded` is what the first link's gradient by the input takes. Microseconds. */
static double all_products(const bench_settings *settings, double *unneeded) {
    double us = 0;
    for (size_t l = 0; l < settings->link_count; l++)
        us += timed(forward, &settings->links[l]);
    for (size_t l = settings->link_count; l-- > 0;) {
        us += timed(by_weights, &settings->links[l]);
        if (l > 0)
            us += timed(by_input, &settings->links[l]);
    }
    *unneeded = timed(by_input, &settings->links[0]);
    return us;
}

int main(int count, char **words) {
    bench_settings settings = read_command_line(count, words);
    if (!settings.link_count)
        add_link(&settings, "25600x784x128"); /* the first layer of bench/fast.yaml */
    openblas_set_num_threads((int)settings.threads);
    for (size_t l = 0; l < settings.link_count; l++)
        allocate(&settings.links[l]);
    double *needed = need_memory(settings.batches * sizeof *needed);
    double *all = need_memory(settings.batches * sizeof *all);
    for (size_t i = 0; i < settings.batches + WARM_UP; i++) {
        size_t place = i < WARM_UP ? 0 : i - WARM_UP;
        double unneeded;
        needed[place] = all_products(&settings, &unneeded) / (double)settings.batch;
        all[place] = needed[place] + unneeded / (double)settings.batch;
    }
    printf("{");
    bench_print("blas", settings.name, (int)settings.threads, settings.batch, settings.batches,
                bench_spread_of(all, settings.batches));
    printf(",\"needed\":%.4f,\"core\":\"%s\"}\n", bench_spread_of(needed, settings.batches).median,
           openblas_get_corename());
    free(all);
    free(needed);
    for (size_t l = 0; l < settings.link_count; l++)
        release(&settings.links[l]);
    return fflush(stdout) ? 1 : 0;
}

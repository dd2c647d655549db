#include "net/readout.h"

#include "base/exact.h"

#include <string.h>

bool sg_readout_spikes(sg_readout kind) {
    return kind == SG_READOUT_COUNT || kind == SG_READOUT_FIRST || kind == SG_READOUT_TRAIN;
}

void sg_readout_lay_out(sg_readout kind, sg_readout_state *outputs, sg_arena *arena, size_t steps, size_t stride) {
    uint32_t **const integers[] = {&outputs->counts, &outputs->peak_step, &outputs->first, &outputs->second};
    float **const numbers[] = {&outputs->sums, &outputs->peak, &outputs->last, &outputs->row};
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        *integers[i] = sg_arena_take(arena, stride, sizeof(uint32_t));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = sg_arena_take(arena, stride, sizeof(float));
    if (kind == SG_READOUT_STEPS)
        outputs->membranes = sg_arena_take(arena, steps * stride, sizeof(float));
}

void sg_readout_begin(sg_readout_state *outputs, size_t steps, size_t stride) {
    memset(outputs->counts, 0, stride * sizeof *outputs->counts);
    memset(outputs->sums, 0, stride * sizeof *outputs->sums);
    for (size_t n = 0; n < stride; n++)
        outputs->first[n] = outputs->second[n] = (uint32_t)steps;
}

/* Some steps of one block. */
typedef struct step_block {
    const float *x;
    const uint16_t *spikes;
    size_t first, steps, all_steps, stride;
    sg_block block;
} step_block;

static void collect_count(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    if (p->block.first == 0)
        kernels->count_spikes(o->counts, p->spikes, p->steps, p->stride);
}

static void collect_mean(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    kernels->sum_steps(o->sums + p->block.first, p->x, p->steps, p->block.width);
}

static void collect_max(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    kernels->max_steps(o->peak + p->block.first, o->peak_step + p->block.first, p->x, p->first, p->steps,
                       p->block.width);
}

static void collect_last(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    (void)kernels;
    memcpy(o->last + p->block.first, p->x + (p->steps - 1) * p->block.width, p->block.width * sizeof *o->last);
}

static void collect_first(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    if (p->block.first == 0)
        kernels->first_spikes(o->first, o->second, p->spikes, p->first, p->steps, p->stride);
}

static double weight_of(size_t t, size_t steps) {
    return steps > 1 ? sg_exp(-(double)t / (double)(steps - 1)) : 1;
}

static void collect_weighted(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    for (size_t t = 0; t < p->steps; t++)
        kernels->add_scaled(o->sums + p->block.first, p->x + t * p->block.width,
                            (float)weight_of(p->first + t, p->all_steps), p->block.width);
}

static void collect_steps(const sg_kernels *kernels, sg_readout_state *o, const step_block *p) {
    for (size_t t = 0; t < p->steps; t++)
        memcpy(o->membranes + (p->first - o->first_row + t) * p->stride + p->block.first, p->x + t * p->block.width,
               p->block.width * sizeof *o->membranes);
    collect_mean(kernels, o, p);
}

static double value_count(const sg_readout_state *o, size_t n, size_t steps) {
    (void)steps;
    return o->counts[n];
}

static double value_mean(const sg_readout_state *o, size_t n, size_t steps) {
    return o->sums[n] / (double)steps;
}

static double value_max(const sg_readout_state *o, size_t n, size_t steps) {
    (void)steps;
    return o->peak[n];
}

static double value_last(const sg_readout_state *o, size_t n, size_t steps) {
    (void)steps;
    return o->last[n];
}

static double value_first(const sg_readout_state *o, size_t n, size_t steps) {
    (void)steps;
    return -(double)o->first[n];
}

/* The gradient of one output's number by what it does in step t; 1 stands for that by the number. */
static double slope_count(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)o, (void)n, (void)t, (void)steps;
    return 1;
}

static double slope_mean(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)o, (void)n, (void)t;
    return 1 / (double)steps;
}

static double slope_weighted(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)o, (void)n;
    return weight_of(t, steps) / (double)steps;
}

static double slope_max(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)steps;
    return t == o->peak_step[n];
}

static double slope_last(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)o, (void)n;
    return t == steps - 1;
}

/* Of -(sum over t of t s_t prod_{t' < t} (1 - s_t') + T prod (1 - s_t)), which is -first where every s is 0 or 1: a
 * spike before the first would come first, without the first the second would. */
static double slope_first(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)steps;
    double first = o->first[n];
    if ((double)t > first)
        return 0;
    return (double)t < first ? first - (double)t : o->second[n] - first;
}

/* By the time of the first spike, in steps. */
static double slope_first_time(const sg_readout_state *o, size_t n, size_t t, size_t steps) {
    (void)steps;
    return t == o->first[n] ? -1 : 0;
}

static const struct {
    void (*collect)(const sg_kernels *kernels, sg_readout_state *outputs, const step_block *p);
    double (*value)(const sg_readout_state *outputs, size_t n, size_t steps);
    double (*slope)(const sg_readout_state *outputs, size_t n, size_t t, size_t steps);
    double (*by_time)(const sg_readout_state *outputs, size_t n, size_t t, size_t steps); /* or NULL: slope */
    bool even;   /* whether the slope is the same at each step */
    bool linear; /* whether it is that of any sample and output, and the membrane's */
    bool rows;   /* whether each step has a row of numbers, and of gradients, of its own */
} kinds[] = {
    [SG_READOUT_COUNT] = {collect_count, value_count, slope_count, NULL, true, false, false},
    [SG_READOUT_MEAN] = {collect_mean, value_mean, slope_mean, NULL, true, true, false},
    [SG_READOUT_MAX] = {collect_max, value_max, slope_max, NULL, false, false, false},
    [SG_READOUT_LAST] = {collect_last, value_last, slope_last, NULL, false, true, false},
    [SG_READOUT_FIRST] = {collect_first, value_first, slope_first, slope_first_time, false, false, false},
    [SG_READOUT_WEIGHTED] = {collect_weighted, value_mean, slope_weighted, NULL, false, true, false},
    [SG_READOUT_TRAIN] = {collect_count, value_count, slope_count, NULL, true, false, false},
    [SG_READOUT_STEPS] = {collect_steps, value_mean, slope_count, NULL, false, false, true},
};

bool sg_readout_is_linear(sg_readout kind) {
    return kinds[kind].linear;
}

bool sg_readout_has_all_steps(sg_readout kind) {
    return kinds[kind].even || kinds[kind].rows;
}

bool sg_readout_has_rows(sg_readout kind) {
    return kinds[kind].rows;
}

size_t sg_readout_rows(sg_readout kind, size_t steps) {
    return kinds[kind].rows ? steps : 1;
}

double sg_readout_slope(sg_readout kind, size_t t, size_t steps) {
    return kinds[kind].slope(NULL, 0, t, steps);
}

void sg_readout_collect(sg_readout kind, const sg_kernels *kernels, sg_readout_state *outputs, const float *x,
                        const uint16_t *spikes, size_t first, size_t steps, size_t all_steps, size_t neurons) {
    size_t stride = sg_stride(neurons);
    for (size_t i = 0; i < sg_block_count(stride); i++) {
        sg_block block = sg_block_at(neurons, i);
        const step_block p = {x + block.first * steps, spikes, first, steps, all_steps, stride, block};
        kinds[kind].collect(kernels, outputs, &p);
    }
}

void sg_readout_values(sg_readout kind, const sg_readout_state *outputs, size_t steps, size_t neurons, double *values) {
    for (size_t n = 0; n < neurons; n++)
        values[n] = kinds[kind].value(outputs, n, steps);
}

/* One row of g: dL/d(what each output does in step t of all `steps`). */
static void fill_row(sg_readout kind, sg_readout_state *o, const double *gradient, bool by_time, size_t t, size_t steps,
                     size_t neurons) {
    double (*slope)(const sg_readout_state *, size_t, size_t, size_t) =
        by_time && kinds[kind].by_time ? kinds[kind].by_time : kinds[kind].slope;
    gradient += kinds[kind].rows ? (t - o->first_row) * neurons : 0;
    for (size_t n = 0; n < sg_stride(neurons); n++)
        o->row[n] = n < neurons ? (float)(gradient[n] * slope(o, n, t, steps)) : 0;
}

/* The row into `count` rows of g (steps, N) from number `at` on. */
static void spread_row(const sg_kernels *kernels, const sg_readout_state *o, float *g, size_t at, size_t count,
                       size_t steps, size_t neurons) {
    for (size_t i = 0; i < sg_block_count(sg_stride(neurons)); i++) {
        sg_block block = sg_block_at(neurons, i);
        kernels->broadcast_row(g + block.first * steps + at * block.width, o->row + block.first, count, block.width);
    }
}

void sg_readout_seed(sg_readout kind, const sg_kernels *kernels, sg_readout_state *outputs, const double *gradient,
                     bool by_time, float *g, size_t first, size_t steps, size_t all_steps, size_t neurons) {
    size_t count = kinds[kind].even ? steps : 1;
    for (size_t t = 0; t < steps; t += count) {
        fill_row(kind, outputs, gradient, by_time, first + t, all_steps, neurons);
        spread_row(kernels, outputs, g, t, count, steps, neurons);
    }
}

/* Losses of whole spike trains (Shrestha, Orchard 2018; docs/maths.md). In each step t an output has an error e[t], and
 * E = dt/2 sum e^2. What it does to a spike goes back through the alpha function that spikes are filtered by:
 * dE/ds[t] = dt sum over k of eps[k] e[t+k]. */
#include "learn/loss.h"

#include "base/exact.h"

#include <string.h>

/* The alpha function as two states of each output, in double precision: q what entered, p its sum; both decay. */
typedef struct filter {
    double decay, gain, dt_ms;
    double p[SG_MAX_CLASSES], q[SG_MAX_CLASSES];
} filter;

static filter filter_of(const sg_learn_config *config, double dt_ms) {
    filter f = {.decay = sg_exp(-dt_ms / config->loss_tau),
                .gain = sg_exp(1) * dt_ms / config->loss_tau,
                .dt_ms = dt_ms};
    return f;
}

/* A step of output n, into which `in` enters: what the steps before come to. */
static double filter_step(filter *f, size_t n, double in) {
    f->p[n] = f->decay * (f->p[n] + f->q[n]);
    f->q[n] = f->decay * f->q[n] + in;
    return f->gain * f->p[n];
}

/* Where e, and g, of an output in a step are: blocks of (T, width). */
static size_t cell_of(const sg_trains *trains, size_t t, size_t n) {
    size_t first = n / SG_BLOCK * SG_BLOCK, left = trains->stride - first, width = left < SG_BLOCK ? left : SG_BLOCK;
    return first * trains->steps + t * width + (n - first);
}

/* g = scale dE/ds, from e in its place. */
static void send_back(const sg_learn_config *config, const sg_trains *trains, double scale, float *g) {
    filter f = filter_of(config, trains->dt_ms);
    for (size_t t = trains->steps; t-- > 0;)
        for (size_t n = 0; n < trains->outputs; n++) {
            float *cell = &g[cell_of(trains, t, n)];
            *cell = (float)(scale * f.dt_ms * filter_step(&f, n, *cell));
        }
}

/* E of errors that are the filtered trains `in` says of each step, and `flat` of each output where `is_flat`. */
typedef struct errors {
    filter filter;
    double in[SG_MAX_CLASSES], flat[SG_MAX_CLASSES];
    double sum;
} errors;

static void add_step(errors *e, const sg_trains *trains, size_t t, bool is_flat, float *g) {
    for (size_t n = 0; n < trains->outputs; n++) {
        double error = filter_step(&e->filter, n, e->in[n]) + (is_flat ? e->flat[n] : 0);
        e->sum += error * error;
        if (g)
            g[cell_of(trains, t, n)] = (float)error;
    }
}

static double finish(const errors *e, const sg_learn_config *config, const sg_trains *trains, double scale, float *g) {
    if (g)
        send_back(config, trains, scale, g);
    return e->filter.dt_ms * e->sum / 2;
}

/* e = eps * (spikes - those of the target): van Rossum's distance, with the alpha function for its kernel. */
double sg_spike_time(const sg_learn_config *config, const sg_trains *trains, double scale, float *g) {
    errors e = {.filter = filter_of(config, trains->dt_ms)};
    const sg_spike_list target = trains->target;
    size_t next = 0;
    if (g)
        memset(g, 0, trains->steps * trains->stride * sizeof *g);
    for (size_t t = 0; t < trains->steps; t++) {
        for (size_t n = 0; n < trains->outputs; n++)
            e.in[n] = sg_trains_fires(trains, t, n);
        for (; next < target.count && target.step[next] == t; next++)
            e.in[target.channel[next]] -= 1;
        add_step(&e, trains, t, false, g);
    }
    return finish(&e, config, trains, scale, g);
}

/* The step that begins nearest to a time; steps + 1 for any that is after the sample. */
static size_t step_of(double time_ms, double dt_ms, size_t steps) {
    double step = time_ms / dt_ms + 0.5;
    return step < (double)(steps + 1) ? (size_t)step : steps + 1;
}

void sg_loss_region(const sg_learn_config *config, double dt_ms, size_t steps, size_t *begin, size_t *end) {
    *begin = step_of(config->region_begin, dt_ms, steps);
    *end = config->region_end > 0 ? step_of(config->region_end, dt_ms, steps) : steps;
}

/* Inside the region of the target each step has an equal share of the miss of its count; spikes elsewhere should not be
 * there. The count is held constant on the way back: this is not the derivative of E. */
double sg_region_count(const sg_learn_config *config, const sg_trains *trains, double scale, float *g) {
    errors e = {.filter = filter_of(config, trains->dt_ms)};
    size_t begin, end;
    sg_loss_region(config, trains->dt_ms, trains->steps, &begin, &end);
    if (g)
        memset(g, 0, trains->steps * trains->stride * sizeof *g);
    for (size_t n = 0; n < trains->outputs; n++)
        e.flat[n] = -(n == trains->label ? config->true_count : config->false_count);
    for (size_t t = begin; t < end; t++)
        for (size_t n = 0; n < trains->outputs; n++)
            e.flat[n] += sg_trains_fires(trains, t, n);
    for (size_t n = 0; n < trains->outputs; n++)
        e.flat[n] /= (double)(end - begin);
    for (size_t t = 0; t < trains->steps; t++) {
        bool inside = t >= begin && t < end;
        for (size_t n = 0; n < trains->outputs; n++)
            e.in[n] = !inside && sg_trains_fires(trains, t, n);
        add_step(&e, trains, t, inside, g);
    }
    return finish(&e, config, trains, scale, g);
}

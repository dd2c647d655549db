/* The exact engine of networks in continuous time against the independent one of ../shared/golden, where it is there:
 * values, losses, gradients by weights and by delays. And where it is not: its gradient against central differences. */
#include "check/exact.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/ok.h"
#include "unit/reference.h"

enum { SAMPLES = 4, INPUTS = 8, HIDDEN = 20, OUTPUTS = 3, EVENTS = 64, NEURONS = HIDDEN + OUTPUTS };
enum { SOURCES = INPUTS + NEURONS, MATRIX = SOURCES * NEURONS };

typedef struct data {
    double weights[MATRIX], delays[MATRIX], theta[NEURONS], time[EVENTS];
    uint8_t mask[MATRIX];
    uint32_t sample[EVENTS], channel[EVENTS], label[SAMPLES];
    sg_exact_net net;
    double scale; /* of the outputs' values */
} data;

static void make_net(data *d, bool outputs_fire) {
    for (size_t n = 0; n < NEURONS; n++)
        d->theta[n] = n < HIDDEN || outputs_fire ? 1 : INFINITY;
    d->net = (sg_exact_net){.inputs = INPUTS,
                            .neurons = NEURONS,
                            .outputs = OUTPUTS,
                            .tau_mem = 20,
                            .tau_syn = 5,
                            .end = 40,
                            .theta = d->theta,
                            .weights = d->weights,
                            .delays = d->delays,
                            .mask = d->mask};
}

/* The cross-entropy of a sample's values, and by_values of it, (OUTPUTS). */
static double cross_entropy(const double *values, uint32_t label, double scale, double *by_values) {
    double sum = 0, p[OUTPUTS];
    for (size_t k = 0; k < OUTPUTS; k++)
        sum += p[k] = exp(scale * values[k]);
    for (size_t k = 0; k < OUTPUTS; k++)
        by_values[k] = scale * (p[k] / sum - (k == label)) / SAMPLES;
    return log(sum) - scale * values[label];
}

/* The mean loss; the gradients where by_weights is not NULL; the values, (SAMPLES, OUTPUTS). */
static double loss_of(const data *d, sg_exact_readout readout, double *values, double *by_weights, double *by_delays) {
    double loss = 0, by_values[OUTPUTS];
    for (size_t s = 0, first = 0; s < SAMPLES; s++) {
        size_t count = 0;
        while (first + count < EVENTS && d->sample[first + count] == s)
            count++;
        const sg_exact_input input = {d->time + first, d->channel + first, count};
        sg_exact_run run;
        OK(sg_exact_open(&run, &d->net, &input));
        for (size_t k = 0; k < OUTPUTS; k++)
            values[s * OUTPUTS + k] = sg_exact_value(&run, readout, k);
        loss += cross_entropy(values + s * OUTPUTS, d->label[s], d->scale, by_values) / SAMPLES;
        if (by_weights)
            OK(sg_exact_backward(&run, readout, by_values, by_weights, by_delays));
        sg_exact_close(&run);
        first += count;
    }
    return loss;
}

/* Within 1e-8 of the largest. */
static void check_near(const char *name, const double *found, const double *expected, size_t count) {
    double largest = 0, error = 0;
    for (size_t j = 0; j < count; j++) {
        largest = fmax(largest, fabs(expected[j]));
        error = fmax(error, fabs(found[j] - expected[j]));
    }
    print_message(" %s %.1e", name, error / largest);
    if (!(error <= 1e-8 * largest) || largest == 0)
        fail_msg("%s: off by %g, the largest is %g", name, error, largest);
}

typedef struct golden {
    const char *file, *loss;
    sg_exact_readout readout;
    double scale;
} golden;

static const golden goldens[] = {
    {REFERENCE("eventprop_ttfs.h5"), "ttfs_ce", SG_EXACT_FIRST, 0.2},
    {REFERENCE("eventprop_li.h5"), "mean_ce", SG_EXACT_MEAN, 1},
    {REFERENCE("eventprop_li.h5"), "weighted_ce", SG_EXACT_WEIGHTED, 1},
    {REFERENCE("eventprop_li.h5"), "max_ce", SG_EXACT_MAX, 1},
    {REFERENCE("eventprop_recurrent.h5"), "mean_ce", SG_EXACT_MEAN, 1},
};

static void load(sg_h5 *file, const golden *g, data *d) {
    reference_get(file, "w", SG_H5_F64, d->weights, SOURCES, NEURONS, 0);
    reference_get(file, "delay_ms", SG_H5_F64, d->delays, SOURCES, NEURONS, 0);
    reference_get(file, "mask", SG_H5_U8, d->mask, SOURCES, NEURONS, 0);
    reference_get(file, "events/sample", SG_H5_U32, d->sample, EVENTS, 0, 0);
    reference_get(file, "events/channel", SG_H5_U32, d->channel, EVENTS, 0, 0);
    reference_get(file, "events/time_ms", SG_H5_F64, d->time, EVENTS, 0, 0);
    reference_get(file, "labels", SG_H5_U32, d->label, SAMPLES, 0, 0);
    make_net(d, g->readout == SG_EXACT_FIRST);
    d->scale = g->scale;
}

static void get_exact(sg_h5 *file, const golden *g, const char *what, double *to, uint64_t rows, uint64_t columns) {
    char name[64];
    snprintf(name, sizeof name, "exact/%s/%s", g->loss, what);
    reference_get(file, name, SG_H5_F64, to, rows, columns, 0);
}

static double by_weights[MATRIX], by_delays[MATRIX], expected[MATRIX];

static void check_golden(const golden *g) {
    static data d;
    double values[SAMPLES * OUTPUTS];
    sg_h5 *file = reference_open(g->file);
    load(file, g, &d);
    memset(by_weights, 0, sizeof by_weights);
    memset(by_delays, 0, sizeof by_delays);
    loss_of(&d, g->readout, values, by_weights, by_delays);
    print_message("%s %s:", strrchr(g->file, '/') + 1, g->loss);
    get_exact(file, g, "m", expected, SAMPLES, OUTPUTS);
    for (size_t j = 0; j < SAMPLES * OUTPUTS; j++)
        values[j] *= g->scale;
    check_near("m", values, expected, SAMPLES * OUTPUTS);
    get_exact(file, g, "dw", expected, SOURCES, NEURONS);
    check_near("dw", by_weights, expected, MATRIX);
    get_exact(file, g, "ddelay", expected, SOURCES, NEURONS);
    for (size_t j = 0; j < MATRIX; j++)
        by_delays[j] *= d.mask[j];
    check_near("ddelay", by_delays, expected, MATRIX);
    print_message("\n");
    sg_h5_close(file);
}

static void values_and_gradients_are_the_references(void **state) {
    (void)state;
    for (size_t g = 0; g < sizeof goldens / sizeof *goldens; g++)
        check_golden(&goldens[g]);
}

/* --------------------------------------------------------------------------------------- without any reference */

static double drawn(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / (double)(1ull << 53);
}

static void draw(data *d, uint64_t seed, bool outputs_fire) {
    memset(d, 0, sizeof *d);
    for (size_t source = 0; source < SOURCES; source++)
        for (size_t n = 0; n < NEURONS; n++) {
            size_t j = source * NEURONS + n;
            bool inner = source >= INPUTS && source < INPUTS + HIDDEN;
            d->mask[j] = n < HIDDEN ? source < INPUTS || (inner && source - INPUTS != n) : inner;
            d->weights[j] = n >= HIDDEN       ? 0.6 + 0.5 * drawn(&seed)
                            : source < INPUTS ? 1.4 * drawn(&seed)
                                              : 0.4 * drawn(&seed) - 0.2;
            d->delays[j] = n < HIDDEN && source >= INPUTS ? 1 + 6 * drawn(&seed) : 0;
        }
    for (size_t e = 0; e < EVENTS; e++) {
        d->sample[e] = (uint32_t)(e / (EVENTS / SAMPLES));
        d->channel[e] = (uint32_t)(drawn(&seed) * INPUTS);
        d->time[e] = 1.2 * (double)(e % (EVENTS / SAMPLES)) + drawn(&seed);
    }
    for (size_t s = 0; s < SAMPLES; s++)
        d->label[s] = (uint32_t)(s % OUTPUTS);
    d->scale = 1;
    make_net(d, outputs_fire);
}

/* Of fourth order, as spikes are smooth in the weights while none comes or goes. */
static double difference(data *d, sg_exact_readout readout, double *parameter) {
    static const double H = 1e-4;
    double at = *parameter, value[4], values[SAMPLES * OUTPUTS];
    const double by[4] = {H, -H, 2 * H, -2 * H};
    for (size_t k = 0; k < 4; k++) {
        *parameter = at + by[k];
        value[k] = loss_of(d, readout, values, NULL, NULL);
    }
    *parameter = at;
    return (8 * (value[0] - value[1]) - (value[2] - value[3])) / (12 * H);
}

/* Of a few parameters a spike that comes or goes may be near: most must agree. */
static void gradients_are_differences(void **state) {
    (void)state;
    static data d;
    static const sg_exact_readout readouts[] = {SG_EXACT_FIRST, SG_EXACT_MEAN, SG_EXACT_WEIGHTED, SG_EXACT_MAX};
    for (size_t r = 0; r < 4; r++) {
        double values[SAMPLES * OUTPUTS], largest = 0;
        size_t checked = 0, wrong = 0;
        draw(&d, 3 + r, readouts[r] == SG_EXACT_FIRST);
        memset(by_weights, 0, sizeof by_weights);
        memset(by_delays, 0, sizeof by_delays);
        loss_of(&d, readouts[r], values, by_weights, by_delays);
        for (size_t j = 0; j < MATRIX; j++)
            largest = fmax(largest, fabs(by_weights[j]));
        assert_true(largest > 0);
        for (size_t j = r; j < MATRIX; j += 31) {
            if (!d.mask[j])
                continue;
            wrong += !(fabs(difference(&d, readouts[r], &d.weights[j]) - by_weights[j]) < 1e-6 * largest);
            checked++;
            if (d.delays[j] == 0)
                continue;
            wrong += !(fabs(difference(&d, readouts[r], &d.delays[j]) - by_delays[j]) < 1e-6 * largest);
            checked++;
        }
        print_message("read-out %zu: %zu of %zu differ\n", r, wrong, checked);
        assert_true(checked > 20 && wrong * 15 <= checked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_gradients_are_the_references),
        cmocka_unit_test(gradients_are_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

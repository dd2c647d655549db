/* Step by step, in every order met in the field, against its formulas in PyTorch (make_orders.py). */
#include "file/h5.h"
#include "net/neuron.h"
#include "net/surrogate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { T = 60, N = 16 };

/* All but eventprop, whose formulas are checked in continuous time. */
typedef struct order_case {
    const char *name;
    sg_order order;
    double floor;
} order_case;

static const order_case orders[] = {
    {"notebook", SG_ORDER_NOTEBOOK, 0},
    {"spytorch", SG_ORDER_SPYTORCH, 0},
    {"snntorch", SG_ORDER_SNNTORCH, 0},
    {"norse", SG_ORDER_NORSE, 0},
    {"sinabs", SG_ORDER_SINABS, 0},
    {"sinabs_floor", SG_ORDER_SINABS, -0.125},
    {"snntorch_no_delay", SG_ORDER_SNNTORCH_NO_DELAY, 0},
};

static order_case order_named(const char *name) {
    size_t i = 0;
    while (strcmp(orders[i].name, name) != 0)
        i++;
    return orders[i];
}

static void get(sg_h5 *file, const char *kind, const char *order, const char *what, sg_h5_type type, void *values) {
    const uint64_t shape[2] = {T, N};
    char name[64];
    snprintf(name, sizeof name, "%s/%s/%s", kind, order, what);
    if (sg_h5_get(file, name, type, values, 2, shape) != SG_OK)
        fail_msg("%s", sg_error_message());
}

static void check(const sg_kernels *kernels, sg_h5 *file, const char *kind, const char *order) {
    float x[T * N], constants[SG_NEURON_CONSTANTS * N], states[SG_NEURON_STATES * N] = {0}, trace[3][T * N];
    double v[T * N];
    uint8_t s[T * N];
    uint16_t spikes[T];
    get(file, kind, order, "x", SG_H5_F32, x);
    get(file, kind, order, "v", SG_H5_F64, v);
    get(file, kind, order, "s", SG_H5_U8, s);
    const sg_layer_config config = {
        .neuron = sg_kind_find(sg_neuron_kinds, kind),
        .order = order_named(order).order,
        .floor = order_named(order).floor,
        .param = {[SG_PARAM_TAU_MEM] = 8,
                  [SG_PARAM_TAU_SYN] = 3,
                  [SG_PARAM_TAU_ADAPT] = 20,
                  [SG_PARAM_THRESHOLD] = 1,
                  [SG_PARAM_ADAPTATION] = 0.3,
                  [SG_PARAM_COUPLING] = 0.2},
    };
    const float *const raw[SG_NEURON_PARAMS] = {NULL};
    const sg_neuron neuron = sg_neuron_make(&config, 1, sg_surrogate_make(&config), constants);
    const sg_neuron_trace to = {.current = trace[0], .membrane = trace[1], .adaptation = trace[2]};
    sg_neuron_prepare(&neuron, raw, N);
    kernels->general_neuron_forward(spikes, x, states, &to, &neuron.spiking, (sg_span){0, 0, T}, N, N);
    for (size_t i = 0; neuron.spiking.raises && i < T * N; i++)
        trace[1][i] = x[i] + 1; /* what its formulas compare with the threshold of 1 */
    for (size_t t = 0; t < T; t++)
        for (size_t n = 0; n < N; n++) {
            if (fabs(trace[1][t * N + n] - v[t * N + n]) > 1e-5 * (1 + fabs(v[t * N + n])))
                fail_msg("%s, %s: membrane %zu of step %zu is %.7f, expected %.7f", kind, order, n, t,
                         (double)trace[1][t * N + n], v[t * N + n]);
            if ((spikes[t] >> n & 1) != s[t * N + n])
                fail_msg("%s, %s: neuron %zu in step %zu: %d spikes, expected %d", kind, order, n, t,
                         spikes[t] >> n & 1, s[t * N + n]);
        }
}

static void every_order_is_its_formulas(void **state) {
    (void)state;
    static const char *const kinds[] = {"lif", "cuba_lif"};
    sg_h5 *file;
    if (sg_h5_open(SOURCE_DIR "/test/golden/orders.h5", SG_DATA, &file) != SG_OK)
        fail_msg("%s", sg_error_message());
    const sg_kernels *kernels;
    for (size_t level = 0; (kernels = sg_kernels_at(level)) != NULL; level++) {
        for (size_t order = 0; order < sizeof orders / sizeof *orders; order++)
            for (size_t kind = 0; kind < 2; kind++)
                check(kernels, file, kinds[kind], orders[order].name);
        check(kernels, file, "alif", "notebook");
        check(kernels, file, "adlif", "notebook");
    }
    sg_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_is_its_formulas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

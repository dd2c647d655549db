/* Optimisers and schedules against PyTorch's (make_optimisers.py). */
#include "file/h5.h"
#include "learn/optimiser.h"
#include "learn/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 24, COUNT = 21 };

static sg_h5 *file;

static void get(const char *group, const char *name, sg_h5_type type, void *values, int rank, uint64_t rows,
                uint64_t columns) {
    const uint64_t shape[2] = {rows, columns};
    char path[64];
    snprintf(path, sizeof path, "%s%s%s", group, *group ? "/" : "", name);
    if (sg_h5_get(file, path, type, values, rank, shape) != SG_OK)
        fail_msg("%s", sg_error_message());
}

static const struct {
    const char *name, *kind;
    bool amsgrad, nesterov;
    double weight_decay, momentum;
} cases[] = {
    {"adam", "adam", false, false, 0, 0},
    {"adam_amsgrad_decay", "adam", true, false, 0.1, 0},
    {"adamw", "adamw", false, false, 0.1, 0},
    {"adamw_amsgrad", "adamw", true, false, 0.1, 0},
    {"adamax", "adamax", false, false, 0, 0},
    {"adamax_decay", "adamax", false, false, 0.1, 0},
    {"sgd", "sgd", false, false, 0.1, 0},
    {"sgd_momentum", "sgd", false, false, 0, 0.9},
    {"sgd_nesterov", "sgd", false, true, 0, 0.9},
    {"sgd_nesterov_decay", "sgd", false, true, 0.1, 0.9},
    {"rmsprop", "rmsprop", false, false, 0, 0},
    {"rmsprop_decay", "rmsprop", false, false, 0.1, 0},
    {"rmsprop_momentum", "rmsprop", false, false, 0, 0.9},
};

static void run(size_t i, const float *first, const float *gradients) {
    double expected[STEPS * COUNT];
    float parameters[COUNT], gradient[COUNT], arrays[SG_OPTIMISER_ARRAYS][COUNT] = {{0}};
    const sg_learn_config config = {.optimiser = sg_kind_find(sg_optimiser_kinds, cases[i].kind),
                                    .lr = 0.05,
                                    .beta1 = 0.9,
                                    .beta2 = 0.999,
                                    .eps = 1e-8,
                                    .alpha = 0.99,
                                    .amsgrad = cases[i].amsgrad,
                                    .nesterov = cases[i].nesterov,
                                    .weight_decay = cases[i].weight_decay,
                                    .momentum = cases[i].momentum};
    float *const kept[] = {arrays[0], arrays[1], arrays[2]};
    get(cases[i].name, "parameters", SG_H5_F64, expected, 2, STEPS, COUNT);
    memcpy(parameters, first, sizeof parameters);
    for (uint64_t k = 0; k < STEPS; k++) {
        memcpy(gradient, gradients + k * COUNT, sizeof gradient);
        const sg_optimiser_step step = {k + 1, config.lr, parameters, gradient, 0, COUNT, true};
        sg_optimise(&sg_kernels_ref, &config, kept, &step);
        for (size_t j = 0; j < COUNT; j++)
            if (fabs(parameters[j] - expected[k * COUNT + j]) > 1e-6 * (1 + fabs(expected[k * COUNT + j])))
                fail_msg("%s, step %d: parameter %zu is %.8f, expected %.8f", cases[i].name, (int)k, j,
                         (double)parameters[j], expected[k * COUNT + j]);
    }
}

static void optimisers_step_as_pytorchs(void **state) {
    (void)state;
    float first[COUNT], gradients[STEPS * COUNT];
    get("", "first", SG_H5_F32, first, 1, COUNT, 0);
    get("", "gradients", SG_H5_F32, gradients, 2, STEPS, COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run(i, first, gradients);
}

static sg_learn_config schedule_named(const char *name, double warmup) {
    static const double finals[] = {0, 0, 0.1, 0.01};
    int i = sg_kind_find(sg_schedule_kinds, name);
    return (sg_learn_config){.lr = 0.05,
                             .epochs = 4,
                             .schedule = i,
                             .warmup = warmup,
                             .step_epochs = 1,
                             .step_factor = 0.5,
                             .final = finals[i],
                             .peak = 0.3,
                             .first_divisor = 25};
}

static void compare_rates(const char *group, const char *name, double warmup) {
    double rates[STEPS];
    const sg_learn_config config = schedule_named(name, warmup);
    get(group, name, SG_H5_F64, rates, 1, STEPS, 0);
    for (uint64_t k = 0; k < STEPS; k++)
        if (fabs(sg_schedule_lr(&config, k, 6) - rates[k]) > 1e-12)
            fail_msg("%s/%s, step %d: %.15f, expected %.15f", group, name, (int)k, sg_schedule_lr(&config, k, 6),
                     rates[k]);
}

static void schedules_are_pytorchs(void **state) {
    (void)state;
    for (int i = 0; sg_schedule_at(i); i++)
        compare_rates("rates", sg_schedule_at(i)->head.name, 0);
}

static void warm_ups_are_pytorchs(void **state) {
    static const char *const names[] = {"constant", "step", "cosine"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        compare_rates("warm", names[i], 1);
}

/* Who trains on behind the end of the run finds the rate of its last step, not one that rises again. */
static void rates_stay_behind_the_end(void **state) {
    static const char *const names[] = {"cosine", "one_cycle"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const sg_learn_config config = schedule_named(names[i], 0);
        assert_true(sg_schedule_lr(&config, STEPS, 6) == sg_schedule_lr(&config, STEPS - 1, 6));
        assert_true(sg_schedule_lr(&config, 2 * STEPS, 6) == sg_schedule_lr(&config, STEPS - 1, 6));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(optimisers_step_as_pytorchs),
                                       cmocka_unit_test(schedules_are_pytorchs),
                                       cmocka_unit_test(warm_ups_are_pytorchs),
                                       cmocka_unit_test(rates_stay_behind_the_end)};
    if (sg_h5_open(SOURCE_DIR "/test/golden/optimisers.h5", SG_DATA, &file) != SG_OK) {
        fprintf(stderr, "%s\n", sg_error_message());
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sg_h5_close(file);
    return failed;
}

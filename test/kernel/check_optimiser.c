/* Passes over the parameter array. */
#include "check.h"

#include <math.h>
#include <string.h>

enum { PARAMETERS = 784 * 128 + 128 * 16 }; /* of 784-128-10, padded */

/* Second moments are not below 0. */
static float *make_second(check_set *set, const char *name) {
    float *values = check_floats(set, name, set->at[COUNT]);
    for (size_t j = 0; j < set->at[COUNT]; j++)
        values[j] = fabsf(values[j]);
    return values;
}

static void make_adam(check_set *set) {
    size_t count = set->at[COUNT];
    set->w = check_floats(set, "w", count);
    set->m = check_floats(set, "m", count);
    set->n = make_second(set, "n");
    set->n_max = set->at[OPTIONAL] ? make_second(set, "n_max") : NULL;
    set->gradient = check_floats(set, "g", count);
    set->adam = (sg_adam_step){0.9f, 0.999f, 0.1f, 0.001f, 0.01f, 1.5f, 1e-8f};
}

static void call_adam(const sg_kernels *kernels, check_set *set) {
    kernels->adam(set->w, set->m, set->n, set->n_max, set->gradient, set->at[COUNT], &set->adam);
}

const check_case case_adam = {
    .name = "adam",
    .each = 1u << COUNT | 1u << VALUES | 1u << OPTIONAL,
    .make = make_adam,
    .call = call_adam,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}, {"102,400, AMSGrad", {[COUNT] = PARAMETERS, [OPTIONAL] = 1}}},
};

static void make_sgd(check_set *set) {
    size_t count = set->at[COUNT];
    set->w = check_floats(set, "w", count);
    set->m = set->at[OPTIONAL] ? check_floats(set, "velocity", count) : NULL;
    set->gradient = check_floats(set, "g", count);
}

static void call_sgd(const sg_kernels *kernels, check_set *set) {
    kernels->sgd(set->w, set->m, set->gradient, set->at[COUNT], 0.01f, 0.9f, set->at[COUNT] % 2 == 0);
}

const check_case case_sgd = {
    .name = "sgd",
    .each = 1u << COUNT | 1u << VALUES | 1u << OPTIONAL,
    .make = make_sgd,
    .call = call_sgd,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}, {"102,400, momentum", {[COUNT] = PARAMETERS, [OPTIONAL] = 1}}},
};

/* One number anywhere that is not finite stands for the optional array; large values hold infinities besides. BEGIN
 * repeats with other places. */
static void make_first_not_finite(check_set *set) {
    static const float not_finite[] = {NAN, INFINITY, -INFINITY};
    size_t count = set->at[COUNT];
    set->x = check_floats(set, "x", count);
    if (set->at[OPTIONAL] && count > 0) {
        float *place = &set->x[check_draw(set) % count];
        *place = not_finite[check_draw(set) % 3];
    }
}

static void call_first_not_finite(const sg_kernels *kernels, check_set *set) {
    set->result = kernels->first_not_finite(set->x, set->at[COUNT]);
}

const check_case case_first_not_finite = {
    .name = "first_not_finite",
    .each = 1u << COUNT | 1u << BEGIN | 1u << VALUES | 1u << OPTIONAL,
    .make = make_first_not_finite,
    .call = call_first_not_finite,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}},
};

static void call_adamax(const sg_kernels *kernels, check_set *set) {
    kernels->adamax(set->w, set->m, set->n, set->gradient, set->at[COUNT], &set->adam);
}

const check_case case_adamax = {
    .name = "adamax",
    .each = 1u << COUNT | 1u << VALUES,
    .make = make_adam,
    .call = call_adamax,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}},
};

static void call_rmsprop(const sg_kernels *kernels, check_set *set) {
    kernels->rmsprop(set->w, set->at[OPTIONAL] ? set->m : NULL, set->n, set->gradient, set->at[COUNT], &set->adam);
}

const check_case case_rmsprop = {
    .name = "rmsprop",
    .each = 1u << COUNT | 1u << VALUES | 1u << OPTIONAL,
    .make = make_adam,
    .call = call_rmsprop,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}},
};

static void call_add_scaled(const sg_kernels *kernels, check_set *set) {
    kernels->add_scaled(set->w, set->gradient, 0.25f, set->at[COUNT]);
}

const check_case case_add_scaled = {
    .name = "add_scaled",
    .each = 1u << COUNT | 1u << VALUES,
    .make = make_sgd,
    .call = call_add_scaled,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}},
};

/* The bits of the sum are the result. */
static void call_sum_squares(const sg_kernels *kernels, check_set *set) {
    double sum = kernels->sum_squares(set->gradient, set->at[COUNT]);
    memcpy(&set->result, &sum, sizeof set->result);
}

const check_case case_sum_squares = {
    .name = "sum_squares",
    .each = 1u << COUNT | 1u << VALUES,
    .make = make_sgd,
    .call = call_sum_squares,
    .bench = {{"102,400", {[COUNT] = PARAMETERS}}},
};

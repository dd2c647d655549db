/* Leaky integrators, and what read-outs do with their membrane. */
#include "check.h"

static void make_rows(check_set *set) {
    set->x = check_rows(set, "x", set->at[STEPS], set->at[NEURONS], set->block.width);
}

static void make_li(check_set *set) {
    set->neuron.beta = check_decays(set, "beta") + set->block.first;
    make_rows(set);
}

static void call_forward(const sg_kernels *kernels, check_set *set) {
    kernels->li_forward(set->x, set->neuron.beta, set->at[STEPS], set->block.width);
}

const check_case case_li_forward = {
    .name = "li_forward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .some = 1u << LAYER,
    .make = make_li,
    .call = call_forward,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->li_backward(set->x, set->neuron.beta, set->at[STEPS], set->block.width);
}

const check_case case_li_backward = {
    .name = "li_backward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .some = 1u << LAYER,
    .make = make_li,
    .call = call_backward,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

static void make_sum_steps(check_set *set) {
    make_rows(set);
    set->sum = check_blank(set, "sums", TYPE_FLOAT, set->block.width);
}

static void call_sum_steps(const sg_kernels *kernels, check_set *set) {
    kernels->sum_steps(set->sum, set->x, set->at[STEPS], set->block.width);
}

const check_case case_sum_steps = {
    .name = "sum_steps",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_sum_steps,
    .call = call_sum_steps,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

static void make_spread(check_set *set) {
    set->row = check_rows(set, "row", 1, set->at[NEURONS], set->block.width);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * set->block.width);
}

static void call_spread(const sg_kernels *kernels, check_set *set) {
    kernels->spread(set->x, set->row, set->at[STEPS], set->block.width);
}

const check_case case_spread = {
    .name = "spread",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_spread,
    .call = call_spread,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

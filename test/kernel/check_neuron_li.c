/* Leaky integrators. */
#include "check.h"

static void make_rows(check_set *set) {
    set->x = check_rows(set, "x", set->at[STEPS], set->at[NEURONS], set->block.width);
}

static void make_li(check_set *set) {
    set->neuron.beta = check_decay(set);
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

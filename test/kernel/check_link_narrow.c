/* The link into a layer of one tile. */
#include "check.h"

static void call_gather_narrow(const sg_kernels *kernels, check_set *set) {
    kernels->gather_narrow(set->x, set->weights, set->spikes, set->at[STEPS], set->below.neurons, set->below.stride);
}

static void make_gather_narrow(check_set *set) {
    set->spikes = check_bits(set, "spikes", set->below.neurons, set->below.stride);
    set->weights = check_rows(set, "weights", set->below.neurons, SG_LANES, SG_LANES);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * SG_LANES);
}

const check_case case_gather_narrow = {
    .name = "gather_narrow",
    .each = 1u << STEPS | 1u << INPUTS | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_gather_narrow,
    .call = call_gather_narrow,
    .bench = {{"128 to 10, 5 % fire", {[STEPS] = 100, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128 to 10, 75 % fire", {[STEPS] = 100, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void call_scatter_narrow(const sg_kernels *kernels, check_set *set) {
    kernels->scatter_narrow(set->gradient, set->gx, set->spikes, set->at[STEPS], set->below.neurons, set->below.stride);
}

static void make_scatter_narrow(check_set *set) {
    set->spikes = check_bits(set, "spikes", set->below.neurons, set->below.stride);
    set->gx = check_rows(set, "gx", set->at[STEPS], SG_LANES, SG_LANES);
    set->gradient = check_rows(set, "gradient", set->below.neurons, SG_LANES, SG_LANES);
}

const check_case case_scatter_narrow = {
    .name = "scatter_narrow",
    .each = 1u << STEPS | 1u << INPUTS | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_scatter_narrow,
    .call = call_scatter_narrow,
    .bench = {{"128 to 10, 5 % fire", {[STEPS] = 100, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128 to 10, 75 % fire", {[STEPS] = 100, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

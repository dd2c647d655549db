/* Links: the events of an image or the spikes of a layer to weighted input, and back. */
#include "check.h"

#define ALL_SIZES (1u << STEPS | 1u << NEURONS | 1u << INPUTS)

static void make_gather(check_set *set) {
    check_list(set, set->at[INPUTS], set->stride_below);
    set->weights = check_rows(set, "weights", set->at[INPUTS], set->at[NEURONS], set->stride);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * set->stride);
}

static void call_gather(const sg_kernels *kernels, check_set *set) {
    kernels->gather(set->x, set->weights, set->list, set->at[STEPS], set->stride);
}

const check_case case_gather = {
    .name = "gather",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_gather,
    .call = call_gather,
    .bench = {{"784 to 128, 120 events", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE}},
              {"128 to 10, 5 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_scatter(check_set *set) {
    check_list(set, set->at[INPUTS], set->stride_below);
    set->gx = check_rows(set, "gx", set->at[STEPS], set->at[NEURONS], set->stride);
    set->gradient = check_rows(set, "gradient", set->at[INPUTS], set->at[NEURONS], set->stride);
}

static void call_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->scatter(set->gradient, set->gx, set->list, set->stride);
}

const check_case case_scatter = {
    .name = "scatter",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_scatter,
    .call = call_scatter,
    .bench = {{"784 to 128, 120 events", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE}},
              {"128 to 10, 5 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

/* Bits of the layer below, and room for the list of them, which is nobody's result. */
static void make_bits(check_set *set) {
    static const size_t none = 0;
    set->spikes = check_bits(set, "spikes", set->at[INPUTS], set->stride_below);
    check_room(set, set->at[STEPS] * set->stride_below, &none);
}

static void list_bits(const sg_kernels *kernels, check_set *set) {
    size_t count = kernels->list(set->step, set->channel, set->spikes, set->at[STEPS], set->stride_below);
    set->list = (sg_spike_list){set->step, set->channel, count};
}

static void make_gather_dense(check_set *set) {
    make_bits(set);
    set->weights = check_rows(set, "weights", set->at[INPUTS], set->at[NEURONS], set->stride);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * set->stride);
}

static void call_gather_dense(const sg_kernels *kernels, check_set *set) {
    kernels->gather_dense(set->x, set->weights, set->spikes, set->at[STEPS], set->at[INPUTS], set->stride,
                          set->stride_below);
}

static void gather_listed(const sg_kernels *kernels, check_set *set) {
    list_bits(kernels, set);
    call_gather(kernels, set);
}

const check_case case_gather_dense = {
    .name = "gather_dense",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_gather_dense,
    .call = call_gather_dense,
    .same_as = gather_listed,
    .bench = {{"128 to 10, 75 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}},
              {"128 to 128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void make_scatter_dense(check_set *set) {
    make_bits(set);
    set->gx = check_rows(set, "gx", set->at[STEPS], set->at[NEURONS], set->stride);
    set->gradient = check_rows(set, "gradient", set->at[INPUTS], set->at[NEURONS], set->stride);
}

static void call_scatter_dense(const sg_kernels *kernels, check_set *set) {
    kernels->scatter_dense(set->gradient, set->gx, set->spikes, set->at[STEPS], set->at[INPUTS], set->stride,
                           set->stride_below);
}

static void scatter_listed(const sg_kernels *kernels, check_set *set) {
    list_bits(kernels, set);
    call_scatter(kernels, set);
}

const check_case case_scatter_dense = {
    .name = "scatter_dense",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << VALUES,
    .make = make_scatter_dense,
    .call = call_scatter_dense,
    .same_as = scatter_listed,
    .bench = {{"128 to 10, 75 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}},
              {"128 to 128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void make_project(check_set *set) {
    size_t steps = set->at[STEPS], neurons = set->at[NEURONS];
    set->gx = check_rows(set, "gx", steps, neurons, set->stride);
    set->weights = check_rows(set, "transposed", neurons, set->at[INPUTS], set->stride_below);
    set->active = set->at[OPTIONAL] ? check_bits(set, "active", set->at[INPUTS], set->stride_below) : NULL;
    set->g = check_blank(set, "g", TYPE_FLOAT, steps * set->stride_below);
}

static void call_project(const sg_kernels *kernels, check_set *set) {
    kernels->project(set->g, set->gx, set->weights, set->active, set->at[STEPS], set->at[NEURONS], set->stride,
                     set->stride_below);
}

/* NEURONS are those of the layer above, as everywhere; INPUTS those below, to which it projects. */
const check_case case_project = {
    .name = "project",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << VALUES | 1u << OPTIONAL,
    .make = make_project,
    .call = call_project,
    .bench = {{"10 to 128, all", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128}},
              {"10 to 128, 5 % active",
               {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE, [OPTIONAL] = 1}},
              {"10 to 128, 75 % active",
               {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY, [OPTIONAL] = 1}}},
};

static void make_transpose(check_set *set) {
    set->weights = check_rows(set, "matrix", set->at[INPUTS], set->at[NEURONS], set->stride);
    set->g = check_floats(set, "transposed", set->at[NEURONS] * set->stride_below);
}

static void call_transpose(const sg_kernels *kernels, check_set *set) {
    kernels->transpose(set->g, set->weights, set->at[INPUTS], set->at[NEURONS], set->stride, set->stride_below);
}

const check_case case_transpose = {
    .name = "transpose",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << VALUES,
    .make = make_transpose,
    .call = call_transpose,
    .bench = {{"128 x 10", {[NEURONS] = 10, [INPUTS] = 128}}},
};

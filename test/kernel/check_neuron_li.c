/* Leaky integrators, and what read-outs do with their membrane. */
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

static void make_sum_steps(check_set *set) {
    make_rows(set);
    set->sum = check_floats(set, "sums", set->block.width);
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

static void make_broadcast_row(check_set *set) {
    set->row = check_rows(set, "row", 1, set->at[NEURONS], set->block.width);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * set->block.width);
}

static void call_broadcast_row(const sg_kernels *kernels, check_set *set) {
    kernels->broadcast_row(set->x, set->row, set->at[STEPS], set->block.width);
}

const check_case case_broadcast_row = {
    .name = "broadcast_row",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_broadcast_row,
    .call = call_broadcast_row,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

static void make_add_row(check_set *set) {
    make_rows(set);
    set->row = check_rows(set, "row", 1, set->at[NEURONS], set->block.width);
}

static void call_add_row(const sg_kernels *kernels, check_set *set) {
    kernels->add_row(set->x, set->row, set->at[STEPS], set->block.width);
}

const check_case case_add_row = {
    .name = "add_row",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_add_row,
    .call = call_add_row,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128}}},
};

static void call_add_steps(const sg_kernels *kernels, check_set *set) {
    kernels->add_steps(set->row, set->x, set->at[STEPS], set->block.width);
}

const check_case case_add_steps = {
    .name = "add_steps",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_add_row,
    .call = call_add_steps,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128}}},
};

static void make_max_steps(check_set *set) {
    make_rows(set);
    set->sum = check_floats(set, "peak", set->block.width);
    set->counts = check_blank(set, "peak_step", TYPE_U32, set->block.width);
}

static void call_max_steps(const sg_kernels *kernels, check_set *set) {
    kernels->max_steps(set->sum, set->counts, set->x, set->at[BEGIN], set->at[STEPS], set->block.width);
}

const check_case case_max_steps = {
    .name = "max_steps",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << BEGIN,
    .make = make_max_steps,
    .call = call_max_steps,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10}}},
};

static void make_mask_columns(check_set *set) {
    make_rows(set);
    set->kept = check_blank(set, "kept", TYPE_U16, set->block.width / SG_LANES);
    for (size_t word = 0; word < set->block.width / SG_LANES; word++)
        set->kept[word] = (uint16_t)check_draw(set);
}

static void call_mask_columns(const sg_kernels *kernels, check_set *set) {
    kernels->mask_columns(set->x, set->kept, set->at[STEPS], set->block.width);
}

const check_case case_mask_columns = {
    .name = "mask_columns",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_mask_columns,
    .call = call_mask_columns,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128}}},
};

/* Rows of numbers: of gradients, of which only those that spikes touched count, and of arrays over steps. */
#include "check.h"

static void make_x(check_set *set) {
    set->x = check_rows(set, "x", set->at[STEPS], set->at[NEURONS], set->block.width);
}

/* Rows that are not touched hold whatever was there before. */
static void make_clear_untouched(check_set *set) {
    size_t inputs = set->below.neurons;
    set->gradient = check_blank(set, "gradient", TYPE_FLOAT, inputs * set->block.width);
    set->touched = check_blank(set, "touched", TYPE_U8, inputs);
    for (size_t i = 0; i < inputs; i++)
        set->touched[i] = check_draw(set) % 2;
}

static void call_clear_untouched(const sg_kernels *kernels, check_set *set) {
    kernels->clear_untouched(set->gradient, set->touched, set->below.neurons, set->block.width);
}

const check_case case_clear_untouched = {
    .name = "clear_untouched",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << LAYER,
    .make = make_clear_untouched,
    .call = call_clear_untouched,
    .bench = {{"128 to 10", {[NEURONS] = 10, [INPUTS] = 128}}},
};

/* BEGIN rows that are not asked for, INPUTS that are, and some behind them. What is not touched must not be added: it
 * is NaN here. */
enum { MOST_PIECES = 65 }; /* of the axis */

static size_t merge_rows(const check_set *set) {
    return set->at[BEGIN] + set->at[INPUTS] + 2;
}

static void make_sum_rows(check_set *set) {
    size_t rows = merge_rows(set), width = set->block.width, all = set->at[PIECES] * rows;
    set->touched = check_touched(set, all);
    set->sum = check_floats(set, "sum", rows * width);
    set->parts = check_blank(set, "parts", TYPE_FLOAT, all * width);
    for (size_t row = 0; row < all; row++)
        if (set->touched[row])
            check_fill(set, set->parts + row * width, width);
}

static void call_sum_rows(const sg_kernels *kernels, check_set *set) {
    size_t rows = merge_rows(set), width = set->block.width, begin = set->at[BEGIN];
    sg_rows pieces[MOST_PIECES];
    for (size_t p = 0; p < set->at[PIECES]; p++)
        pieces[p] = (sg_rows){set->parts + p * rows * width, set->touched + p * rows};
    kernels->sum_rows(set->sum, pieces, set->at[PIECES], begin, begin + set->at[INPUTS], width);
}

const check_case case_sum_rows = {
    .name = "sum_rows",
    .each = 1u << INPUTS | 1u << PIECES | 1u << VALUES | 1u << SPIKES,
    .some = 1u << NEURONS | 1u << BEGIN,
    .make = make_sum_rows,
    .call = call_sum_rows,
    .bench = {{"16 of 784 x 128, 75 %", {[NEURONS] = 128, [INPUTS] = 784, [PIECES] = 16, [SPIKES] = SPIKES_MANY}},
              {"16 of 784 x 128, 5 %", {[NEURONS] = 128, [INPUTS] = 784, [PIECES] = 16, [SPIKES] = SPIKES_SPARSE}},
              {"16 of 128 x 10, all", {[NEURONS] = 10, [INPUTS] = 128, [PIECES] = 16, [SPIKES] = SPIKES_ALL}}},
};

static void make_outer_product(check_set *set) {
    set->x = check_rows(set, "x", set->at[STEPS], set->at[NEURONS], set->block.width);
    set->row = check_rows(set, "row", 1, set->at[NEURONS], set->block.width);
    set->sum = check_floats(set, "column", set->at[STEPS]);
}

static void call_outer_product(const sg_kernels *kernels, check_set *set) {
    kernels->outer_product(set->x, set->sum, set->row, set->at[OPTIONAL], set->at[STEPS], set->block.width);
}

const check_case case_outer_product = {
    .name = "outer_product",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .some = 1u << LAYER | 1u << OPTIONAL,
    .make = make_outer_product,
    .call = call_outer_product,
    .bench = {{"100x128", {[STEPS] = 100, [NEURONS] = 128}},
              {"128x10", {[STEPS] = 128, [NEURONS] = 10, [OPTIONAL] = 1}}},
};

static void make_scale(check_set *set) {
    set->x = check_floats(set, "x", set->at[COUNT]);
}

static void call_scale(const sg_kernels *kernels, check_set *set) {
    kernels->scale(set->x, 1.25f, set->at[COUNT]);
}

const check_case case_scale = {
    .name = "scale",
    .each = 1u << COUNT | 1u << VALUES,
    .make = make_scale,
    .call = call_scale,
    .bench = {{"1000", {[COUNT] = 1000}}},
};

static void make_sum_steps(check_set *set) {
    make_x(set);
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

static void make_sum_products(check_set *set) {
    make_sum_steps(set);
    set->weights = check_rows(set, "z", set->at[STEPS], set->at[NEURONS], set->block.width);
}

static void call_sum_products(const sg_kernels *kernels, check_set *set) {
    kernels->sum_products(set->sum, set->x, set->weights, set->at[STEPS], set->block.width);
}

const check_case case_sum_products = {
    .name = "sum_products",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .make = make_sum_products,
    .call = call_sum_products,
    .bench = {{"25 of 128", {[STEPS] = 25, [NEURONS] = 128}}},
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
    make_x(set);
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
    make_x(set);
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
    make_x(set);
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

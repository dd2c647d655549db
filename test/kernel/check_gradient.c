/* Gradients of which only the rows are cleared and added up that spikes touched. */
#include "check.h"

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

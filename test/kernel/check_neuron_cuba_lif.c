/* Current-based leaky integrate-and-fire neurons, forward and backward. */
#include "check.h"

#include <float.h>
#include <math.h>

/* Of the size of the values, so that what happens to a tiny state shows in u. 0: drawn. */
static const float thresholds[VALUES_KINDS] = {
    [VALUES_THRESHOLD] = 1, [VALUES_FLUSH] = 8 * SG_FLUSH, [VALUES_TINY] = 2 * FLT_MIN, [VALUES_LARGE] = 1};

void check_cuba_lif(check_set *set) {
    set->neuron.alpha = check_decay(set);
    set->neuron.beta = check_decay(set);
    set->neuron.theta =
        thresholds[set->at[VALUES]] > 0 ? thresholds[set->at[VALUES]] : check_draw_between(set, 0.1f, 2);
}

/* Shares of neurons that fire in a step, from none to all of them: the axis SPIKES moves the input so. */
static void make_forward(check_set *set) {
    static const float shift[SPIKES_KINDS] = {[SPIKES_NONE] = -100, [SPIKES_MANY] = 2, [SPIKES_ALL] = 1000};
    size_t steps = set->at[STEPS], neurons = set->at[NEURONS], width = set->block.width;
    check_cuba_lif(set);
    set->x = check_rows(set, "x", steps, neurons, width);
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < neurons; n++)
            set->x[t * width + n] += shift[set->at[SPIKES]];
    set->spikes = check_blank(set, "spikes", TYPE_U16, steps * set->block.stride / SG_LANES);
    set->spikes += set->block.first / SG_LANES;
}

static void call_forward(const sg_kernels *kernels, check_set *set) {
    kernels->cuba_lif_forward(set->at[OPTIONAL] ? set->spikes : NULL, set->x, set->neuron, set->at[STEPS],
                              set->block.width, set->block.stride);
}

const check_case case_cuba_lif_forward = {
    .name = "cuba_lif_forward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << OPTIONAL,
    .make = make_forward,
    .call = call_forward,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [OPTIONAL] = 1}},
              {"128, without spikes", {[STEPS] = 100, [NEURONS] = 128}},
              {"10", {[STEPS] = 100, [NEURONS] = 10, [OPTIONAL] = 1}}},
};

/* u below 0 for silent neurons, above 0 where all fire, else of both signs. */
void check_cuba_lif_backward(check_set *set) {
    size_t steps = set->at[STEPS], count = steps * set->block.width;
    check_cuba_lif(set);
    set->u = check_floats(set, "u", count);
    for (size_t j = 0; j < count; j++)
        if (set->at[SPIKES] == SPIKES_NONE)
            set->u[j] = -fabsf(set->u[j]);
        else if (set->at[SPIKES] == SPIKES_ALL)
            set->u[j] = fabsf(set->u[j]);
    if (set->at[OPTIONAL]) {
        set->g = check_blank(set, "g", TYPE_FLOAT, count);
        set->sum = check_floats(set, "column", steps);
        set->row = check_rows(set, "row", 1, set->at[NEURONS], set->block.width);
    } else {
        set->g = check_rows(set, "g", steps, set->at[NEURONS], set->block.width);
    }
}

sg_rank_one check_rank_one(const check_set *set) {
    return (sg_rank_one){set->at[OPTIONAL] ? set->sum : NULL, set->row};
}

static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->cuba_lif_backward(set->g, set->u, check_rank_one(set), set->neuron, set->surrogate, set->at[STEPS],
                               set->block.width);
}

const check_case case_cuba_lif_backward = {
    .name = "cuba_lif_backward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SPIKES | 1u << SURROGATE | 1u << CUTOFF,
    .some = 1u << LAYER | 1u << OPTIONAL,
    .make = check_cuba_lif_backward,
    .call = call_backward,
    .bench = {{"128, relu", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_RELU}},
              {"128, fast_sigmoid", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}},
              {"128, fast_sigmoid, of a product",
               {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID, [OPTIONAL] = 1}},
              {"10, relu", {[STEPS] = 100, [NEURONS] = 10, [SURROGATE] = SG_SURROGATE_RELU}}},
};

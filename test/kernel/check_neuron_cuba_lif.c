/* Current-based leaky integrate-and-fire neurons, forward and backward, alone and with their link. */
#include "check.h"

#include <float.h>
#include <math.h>

/* Of the size of the values, so that what happens to a tiny state shows in u. 0: drawn. */
static const float thresholds[VALUES_KINDS] = {
    [VALUES_THRESHOLD] = 1, [VALUES_FLUSH] = 8 * SG_FLUSH, [VALUES_TINY] = 2 * FLT_MIN, [VALUES_LARGE] = 1};

static void make_neuron(check_set *set) {
    set->neuron.alpha = check_decay(set);
    set->neuron.beta = check_decay(set);
    set->neuron.theta =
        thresholds[set->at[VALUES]] > 0 ? thresholds[set->at[VALUES]] : check_draw_between(set, 0.1f, 2);
}

/* Shares of neurons that fire in a step, from none to all of them: the axis SPIKES moves the input so. */
static void make_forward(check_set *set) {
    static const float shift[SPIKES_KINDS] = {[SPIKES_NONE] = -100, [SPIKES_MANY] = 2, [SPIKES_ALL] = 1000};
    size_t steps = set->at[STEPS], neurons = set->at[NEURONS], width = set->block.width;
    make_neuron(set);
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
static void make_backward(check_set *set) {
    size_t steps = set->at[STEPS], count = steps * set->block.width;
    make_neuron(set);
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

static sg_rank_one product_of(const check_set *set) {
    return (sg_rank_one){set->at[OPTIONAL] ? set->sum : NULL, set->row};
}

static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->cuba_lif_backward(set->g, set->u, product_of(set), set->neuron, set->surrogate, set->at[STEPS],
                               set->block.width);
}

const check_case case_cuba_lif_backward = {
    .name = "cuba_lif_backward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SPIKES | 1u << SURROGATE,
    .some = 1u << LAYER | 1u << OPTIONAL,
    .make = make_backward,
    .call = call_backward,
    .bench = {{"128, relu", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_RELU}},
              {"128, fast_sigmoid", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}},
              {"128, fast_sigmoid, of a product",
               {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID, [OPTIONAL] = 1}},
              {"10, relu", {[STEPS] = 100, [NEURONS] = 10, [SURROGATE] = SG_SURROGATE_RELU}}},
};

/* Without spikes u is what is asked for, with them it may be so. */
static void make_gather(check_set *set) {
    make_neuron(set);
    check_list(set, set->below.neurons, set->below.stride);
    set->weights = check_rows(set, "weights", set->below.neurons, set->at[NEURONS], set->block.width);
    set->keeps = !set->at[OPTIONAL] || check_draw(set) % 2;
    set->u = check_blank(set, "u", TYPE_FLOAT, set->at[STEPS] * set->block.width);
    if (!set->keeps)
        check_ignore(set, set->u);
    set->fired = check_blank(set, "fired", TYPE_U16, set->at[STEPS] * set->block.stride / SG_LANES);
    set->fired += set->block.first / SG_LANES;
}

static void call_gather(const sg_kernels *kernels, check_set *set) {
    kernels->gather_cuba_lif(set->at[OPTIONAL] ? set->fired : NULL, set->u, set->keeps, set->weights, set->list,
                             set->neuron, set->at[STEPS], set->block.width, set->block.stride);
}

static void gather_then_forward(const sg_kernels *kernels, check_set *set) {
    kernels->gather(set->u, set->weights, set->list, set->at[STEPS], set->block.width);
    kernels->cuba_lif_forward(set->at[OPTIONAL] ? set->fired : NULL, set->u, set->neuron, set->at[STEPS],
                              set->block.width, set->block.stride);
}

const check_case case_gather_cuba_lif = {
    .name = "gather_cuba_lif",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SPIKES,
    .some = 1u << INPUTS | 1u << LAYER | 1u << BEGIN | 1u << OPTIONAL,
    .make = make_gather,
    .call = call_gather,
    .same_as = gather_then_forward,
    .bench = {{"784 to 128, 120 events",
               {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE, [OPTIONAL] = 1}},
              {"784 to 128, 120 events, without spikes",
               {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE}}},
};

static void make_scatter(check_set *set) {
    check_list(set, set->below.neurons, set->below.stride);
    make_backward(set);
    check_ignore(set, set->g);
    check_gradient_rows(set);
}

static void call_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->scatter_cuba_lif(set->gradient, set->touched, set->g, set->u, product_of(set), set->list, set->neuron,
                              set->surrogate, set->at[STEPS], set->block.width);
}

static void backward_then_scatter(const sg_kernels *kernels, check_set *set) {
    call_backward(kernels, set);
    kernels->scatter(set->gradient, set->touched, set->g, set->list, set->block.width);
}

const check_case case_scatter_cuba_lif = {
    .name = "scatter_cuba_lif",
    .each = 1u << STEPS | 1u << NEURONS | 1u << SPIKES | 1u << SURROGATE,
    .some = 1u << VALUES | 1u << INPUTS | 1u << LAYER | 1u << BEGIN | 1u << OPTIONAL,
    .make = make_scatter,
    .call = call_scatter,
    .same_as = backward_then_scatter,
    .bench = {{"128 to 784, 120 events, fast_sigmoid",
               {[STEPS] = 100,
                [NEURONS] = 128,
                [INPUTS] = 784,
                [SPIKES] = SPIKES_RARE,
                [SURROGATE] = SG_SURROGATE_FAST_SIGMOID,
                [OPTIONAL] = 1}}},
};

/* For each neuron as many u as it may meet. */
static void make_find_active_tiles(check_set *set) {
    size_t steps = set->at[STEPS];
    set->u = check_floats(set, "u", steps * set->block.width);
    set->active = check_blank(set, "active", TYPE_U16, steps * set->block.stride / SG_LANES);
    set->active += set->block.first / SG_LANES;
}

static void call_find_active_tiles(const sg_kernels *kernels, check_set *set) {
    kernels->find_active_tiles(set->active, set->u, set->surrogate, set->at[STEPS], set->block.width,
                               set->block.stride);
}

const check_case case_find_active_tiles = {
    .name = "find_active_tiles",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SURROGATE,
    .some = 1u << LAYER,
    .make = make_find_active_tiles,
    .call = call_find_active_tiles,
    .bench = {{"128, relu", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_RELU}},
              {"128, fast_sigmoid", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}}},
};

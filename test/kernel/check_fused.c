/* Link and cuba_lif neurons at once. */
#include "check.h"

/* Without spikes u is what is asked for, with them it may be so. */
static void make_gather(check_set *set) {
    check_cuba_lif(set);
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
    check_cuba_lif_backward(set);
    check_ignore(set, set->g);
    check_gradient_rows(set);
}

static void call_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->scatter_cuba_lif(set->gradient, set->touched, set->g, set->u, check_rank_one(set), set->list, set->neuron,
                              set->surrogate, set->at[STEPS], set->block.width);
}

static void backward_then_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->cuba_lif_backward(set->g, set->u, check_rank_one(set), set->neuron, set->surrogate, set->at[STEPS],
                               set->block.width);
    kernels->scatter(set->gradient, set->touched, set->g, set->list, set->block.width);
}

const check_case case_scatter_cuba_lif = {
    .name = "scatter_cuba_lif",
    .each = 1u << STEPS | 1u << NEURONS | 1u << SPIKES | 1u << SURROGATE | 1u << CUTOFF,
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

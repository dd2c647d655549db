/* Links: the events of an image or the spikes of a layer to weighted input, and back. */
#include "check.h"

#include <string.h>

#define ALL_SIZES (1u << STEPS | 1u << NEURONS | 1u << INPUTS)

static void make_forward(check_set *set) {
    set->weights = check_rows(set, "weights", set->below.neurons, set->at[NEURONS], set->block.width);
    set->x = check_blank(set, "x", TYPE_FLOAT, set->at[STEPS] * set->block.width);
}

static void make_backward(check_set *set) {
    set->gx = check_rows(set, "gx", set->at[STEPS], set->at[NEURONS], set->block.width);
    set->gradient = check_rows(set, "gradient", set->below.neurons, set->at[NEURONS], set->block.width);
    set->touched = check_blank(set, "touched", TYPE_U8, set->below.neurons);
    memset(set->touched, 1, set->below.neurons);
}

static void make_gather(check_set *set) {
    check_list(set, set->below.neurons, set->below.stride);
    make_forward(set);
}

static void call_gather(const sg_kernels *kernels, check_set *set) {
    kernels->gather(set->x, set->weights, set->list, set->at[STEPS], set->block.width);
}

const check_case case_gather = {
    .name = "gather",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << VALUES | 1u << BEGIN,
    .make = make_gather,
    .call = call_gather,
    .bench = {{"784 to 128, 120 events", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE}},
              {"128 to 10, 5 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_scatter(check_set *set) {
    check_list(set, set->below.neurons, set->below.stride);
    set->gx = check_rows(set, "gx", set->at[STEPS], set->at[NEURONS], set->block.width);
    check_gradient_rows(set);
}

static void call_scatter(const sg_kernels *kernels, check_set *set) {
    kernels->scatter(set->gradient, set->touched, set->gx, set->list, set->block.width);
}

const check_case case_scatter = {
    .name = "scatter",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << VALUES | 1u << BEGIN,
    .make = make_scatter,
    .call = call_scatter,
    .bench = {{"784 to 128, 120 events", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 784, [SPIKES] = SPIKES_RARE}},
              {"128 to 10, 5 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_sorted(check_set *set) {
    check_list(set, set->below.neurons, set->below.stride);
    set->kept = check_blank(set, "row", TYPE_U16, set->list.count);
    set->counts = check_blank(set, "begin", TYPE_U32, set->below.neurons + 1);
}

static void call_sort_spikes(const sg_kernels *kernels, check_set *set) {
    kernels->sort_spikes((sg_sorted_spikes){set->kept, set->counts}, set->list, set->below.neurons);
}

const check_case case_sort_spikes = {
    .name = "sort_spikes",
    .each = 1u << STEPS | 1u << INPUTS | 1u << SPIKES,
    .some = 1u << LAYER | 1u << BEGIN,
    .make = make_sorted,
    .call = call_sort_spikes,
    .bench = {{"700 inputs, 5 % fire", {[STEPS] = 100, [INPUTS] = 700, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_scatter_sorted(check_set *set) {
    make_sorted(set);
    set->gx = check_rows(set, "gx", set->at[STEPS], set->at[NEURONS], set->block.width);
    check_gradient_rows(set);
}

static void call_scatter_sorted(const sg_kernels *kernels, check_set *set) {
    call_sort_spikes(kernels, set);
    kernels->scatter_sorted(set->gradient, set->touched, set->gx, (sg_sorted_spikes){set->kept, set->counts},
                            set->below.neurons, set->block.width);
}

static void scatter_unsorted(const sg_kernels *kernels, check_set *set) {
    call_sort_spikes(kernels, set);
    call_scatter(kernels, set);
}

const check_case case_scatter_sorted = {
    .name = "scatter_sorted",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << VALUES | 1u << BEGIN,
    .make = make_scatter_sorted,
    .call = call_scatter_sorted,
    .same_as = scatter_unsorted,
    .bench = {{"128 to 700, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 700, [SPIKES] = SPIKES_SPARSE}}},
};

/* Bits of the layer below, and room for the list of them, which is nobody's result. */
static void make_bits(check_set *set) {
    static const size_t none = 0;
    set->spikes = check_bits(set, "spikes", set->below.neurons, set->below.stride);
    check_room(set, set->at[STEPS] * set->below.stride, &none);
}

static void list_bits(const sg_kernels *kernels, check_set *set) {
    size_t count = kernels->list_spikes(set->step, set->channel, set->spikes, set->at[STEPS], set->below.stride);
    set->list = (sg_spike_list){set->step, set->channel, count, 0};
}

static void make_gather_bits(check_set *set) {
    make_bits(set);
    make_forward(set);
}

static void call_gather_bits(const sg_kernels *kernels, check_set *set) {
    kernels->gather_bits(set->x, set->weights, set->spikes, set->at[STEPS], set->below.neurons, set->block.width,
                         set->below.stride);
}

static void gather_listed(const sg_kernels *kernels, check_set *set) {
    list_bits(kernels, set);
    call_gather(kernels, set);
}

const check_case case_gather_bits = {
    .name = "gather_bits",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << VALUES,
    .make = make_gather_bits,
    .call = call_gather_bits,
    .same_as = gather_listed,
    .bench = {{"128 to 10, 75 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}},
              {"128 to 128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void make_scatter_bits(check_set *set) {
    make_bits(set);
    make_backward(set);
}

static void call_scatter_bits(const sg_kernels *kernels, check_set *set) {
    kernels->scatter_bits(set->gradient, set->gx, set->spikes, set->at[STEPS], set->below.neurons, set->block.width,
                          set->below.stride);
}

static void scatter_listed(const sg_kernels *kernels, check_set *set) {
    list_bits(kernels, set);
    call_scatter(kernels, set);
}

const check_case case_scatter_bits = {
    .name = "scatter_bits",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << VALUES,
    .make = make_scatter_bits,
    .call = call_scatter_bits,
    .same_as = scatter_listed,
    .bench = {{"128 to 10, 75 % fire", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}},
              {"128 to 128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void make_project(check_set *set) {
    size_t steps = set->at[STEPS], neurons = set->at[NEURONS];
    set->gx = check_rows(set, "gx", steps, neurons, set->block.width);
    set->weights = check_rows(set, "transposed", neurons, set->below.neurons, set->below.stride) + set->below.first;
    set->active = NULL;
    if (set->at[OPTIONAL])
        set->active = check_bits(set, "active", set->below.neurons, set->below.stride) + set->below.first / SG_LANES;
    set->g = check_floats(set, "g", steps * set->below.width);
}

static void project(const sg_kernels *kernels, check_set *set, bool add) {
    kernels->project(set->g, set->gx, set->weights, set->active, add, set->at[STEPS], set->at[NEURONS],
                     set->block.width, set->below.width, set->below.stride);
}

/* Once from 0, and where the layer above comes in pieces a second time, added to that. */
static void call_project(const sg_kernels *kernels, check_set *set) {
    project(kernels, set, false);
    if (set->at[PIECES] > 1)
        project(kernels, set, true);
}

/* NEURONS are those of the layer above, as everywhere; INPUTS those below, to which it projects. */
const check_case case_project = {
    .name = "project",
    .each = ALL_SIZES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << PIECES | 1u << VALUES | 1u << OPTIONAL,
    .make = make_project,
    .call = call_project,
    .bench = {{"10 to 128, all", {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128}},
              {"10 to 128, 5 % active",
               {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE, [OPTIONAL] = 1}},
              {"10 to 128, 75 % active",
               {[STEPS] = 100, [NEURONS] = 10, [INPUTS] = 128, [SPIKES] = SPIKES_MANY, [OPTIONAL] = 1}}},
};

/* The last step of active bits of the layer below, some of which lie in the padding. */
static void make_project_step(check_set *set) {
    size_t words = set->below.stride / SG_LANES;
    set->gx = check_rows(set, "gx", 1, set->at[NEURONS], set->block.width);
    set->weights = check_rows(set, "weights", set->below.neurons, set->at[NEURONS], set->block.width);
    set->active = check_bits(set, "active", set->below.stride, set->below.stride);
    set->active += set->at[STEPS] > 0 ? (set->at[STEPS] - 1) * words : 0;
    set->g = check_floats(set, "g", set->below.stride);
}

static void call_project_step(const sg_kernels *kernels, check_set *set) {
    if (set->at[STEPS] > 0)
        kernels->project_step(set->g, set->gx, set->weights, set->at[OPTIONAL] ? set->active : NULL, set->below.neurons,
                              set->block.width);
}

const check_case case_project_step = {
    .name = "project_step",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << VALUES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << STEPS | 1u << OPTIONAL,
    .make = make_project_step,
    .call = call_project_step,
    .bench = {{"128 to 128, all", {[STEPS] = 1, [NEURONS] = 128, [INPUTS] = 128}},
              {"128 to 128, 5 % active",
               {[STEPS] = 1, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE, [OPTIONAL] = 1}}},
};

/* A second sample follows the first. */
static void make_project_step_twice(check_set *set) {
    set->gx = check_floats(set, "gx", 2 * set->block.width);
    set->weights = check_rows(set, "weights", set->below.neurons, set->at[NEURONS], set->block.width);
    set->g = check_floats(set, "g", 2 * set->below.stride);
}

static void call_project_step_twice(const sg_kernels *kernels, check_set *set) {
    kernels->project_step_twice((float *[2]){set->g, set->g + set->below.stride},
                                (const float *[2]){set->gx, set->gx + set->block.width}, set->weights,
                                set->below.neurons, set->block.width);
}

static void project_step_one_by_one(const sg_kernels *kernels, check_set *set) {
    for (size_t s = 0; s < 2; s++)
        kernels->project_step(set->g + s * set->below.stride, set->gx + s * set->block.width, set->weights, NULL,
                              set->below.neurons, set->block.width);
}

const check_case case_project_step_twice = {
    .name = "project_step_twice",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << VALUES,
    .some = 1u << LAYER,
    .make = make_project_step_twice,
    .call = call_project_step_twice,
    .same_as = project_step_one_by_one,
    .bench = {{"128 to 128", {[STEPS] = 1, [NEURONS] = 128, [INPUTS] = 128}}},
};

static void make_transpose(check_set *set) {
    set->weights = check_rows(set, "matrix", set->at[INPUTS], set->at[NEURONS], set->block.stride);
    set->g = check_floats(set, "transposed", set->at[NEURONS] * set->below.stride);
}

static void call_transpose(const sg_kernels *kernels, check_set *set) {
    kernels->transpose(set->g, set->weights, set->at[INPUTS], set->at[NEURONS], set->block.stride, set->below.stride);
}

const check_case case_transpose = {
    .name = "transpose",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << VALUES,
    .make = make_transpose,
    .call = call_transpose,
    .bench = {{"128 x 10", {[NEURONS] = 10, [INPUTS] = 128}}},
};

/* The last step of the bits of a layer below. */
static void make_add_spikes(check_set *set) {
    size_t words = set->below.stride / SG_LANES;
    set->spikes = check_bits(set, "spikes", set->below.neurons, set->below.stride);
    set->spikes += set->at[STEPS] > 0 ? (set->at[STEPS] - 1) * words : 0;
    set->weights = check_floats(set, "weights", set->below.neurons * set->block.width);
    set->x = check_floats(set, "x", set->block.width);
}

static void call_add_spikes(const sg_kernels *kernels, check_set *set) {
    if (set->at[STEPS] > 0)
        kernels->add_spikes(set->x, set->weights, set->spikes, set->below.neurons, set->block.width);
}

const check_case case_add_spikes = {
    .name = "add_spikes",
    .each = 1u << NEURONS | 1u << INPUTS | 1u << VALUES | 1u << SPIKES,
    .some = 1u << LAYER | 1u << STEPS,
    .make = make_add_spikes,
    .call = call_add_spikes,
    .bench = {{"128 to 128, 5 %", {[STEPS] = 1, [NEURONS] = 128, [INPUTS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

/* Spike bits: listed, counted, marked. */
#include "check.h"

#define SIZES (1u << STEPS | 1u << NEURONS | 1u << SPIKES)

static void make_spikes(check_set *set) {
    set->spikes = check_bits(set, "spikes", set->block.neurons, set->block.stride);
}

static void call_count_all_spikes(const sg_kernels *kernels, check_set *set) {
    set->result = kernels->count_all_spikes(set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_count_all_spikes = {
    .name = "count_all_spikes",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_spikes,
    .call = call_count_all_spikes,
    .bench = {{"128, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_MANY}}},
};

/* What lies behind the last spike means nothing. */
static void make_list_spikes(check_set *set) {
    make_spikes(set);
    check_room(set, set->at[STEPS] * set->block.stride, &set->result);
}

static void call_list_spikes(const sg_kernels *kernels, check_set *set) {
    set->result = kernels->list_spikes(set->step, set->channel, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_list_spikes = {
    .name = "list_spikes",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_list_spikes,
    .call = call_list_spikes,
    .bench = {{"128, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_MANY}}},
};

/* Whole numbers below a limit, one for each neuron. */
static uint32_t *numbers(check_set *set, const char *name, uint64_t limit) {
    uint32_t *values = check_blank(set, name, TYPE_U32, set->block.stride);
    for (size_t n = 0; n < set->block.stride; n++)
        values[n] = (uint32_t)(check_draw(set) % limit);
    return values;
}

static void make_count_spikes(check_set *set) {
    make_spikes(set);
    set->counts = numbers(set, "counts", 1000);
}

static void call_count_spikes(const sg_kernels *kernels, check_set *set) {
    kernels->count_spikes(set->counts, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_count_spikes = {
    .name = "count_spikes",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_count_spikes,
    .call = call_count_spikes,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"10", {[STEPS] = 100, [NEURONS] = 10, [SPIKES] = SPIKES_MANY}}},
};

static void make_sum_spikes(check_set *set) {
    make_spikes(set);
    set->sum = check_floats(set, "sums", set->block.stride);
    set->row = check_floats(set, "weights", set->at[STEPS]);
}

static void call_sum_spikes(const sg_kernels *kernels, check_set *set) {
    kernels->sum_spikes(set->sum, set->row, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_sum_spikes = {
    .name = "sum_spikes",
    .each = SIZES | 1u << VALUES,
    .some = 1u << LAYER,
    .make = make_sum_spikes,
    .call = call_sum_spikes,
    .bench = {{"128, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_MANY}}},
};

/* Some neurons are marked before. */
static void make_mark_fired(check_set *set) {
    make_spikes(set);
    set->fired = check_blank(set, "fired", TYPE_U16, set->block.stride / SG_LANES);
    for (size_t word = 0; word < set->block.stride / SG_LANES; word++)
        set->fired[word] = (uint16_t)(check_draw(set) & check_draw(set));
}

static void call_mark_fired(const sg_kernels *kernels, check_set *set) {
    kernels->mark_fired(set->fired, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_mark_fired = {
    .name = "mark_fired",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_mark_fired,
    .call = call_mark_fired,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

/* Steps of spikes seen before, or of none. */
static void make_first_spikes(check_set *set) {
    make_spikes(set);
    set->counts = numbers(set, "first", 40);
    set->second = numbers(set, "second", 80);
}

static void call_first_spikes(const sg_kernels *kernels, check_set *set) {
    kernels->first_spikes(set->counts, set->second, set->spikes, set->at[BEGIN], set->at[STEPS], set->block.stride);
}

const check_case case_first_spikes = {
    .name = "first_spikes",
    .each = SIZES,
    .some = 1u << LAYER | 1u << BEGIN,
    .make = make_first_spikes,
    .call = call_first_spikes,
    .bench = {{"10", {[STEPS] = 100, [NEURONS] = 10, [SPIKES] = SPIKES_SPARSE}}},
};

static void make_kept(check_set *set) {
    set->kept = check_blank(set, "kept", TYPE_U16, set->block.stride / SG_LANES);
    for (size_t word = 0; word < set->block.stride / SG_LANES; word++)
        set->kept[word] = (uint16_t)check_draw(set);
}

static void make_mask_spikes(check_set *set) {
    make_spikes(set);
    make_kept(set);
    set->active = check_blank(set, "handed", TYPE_U16, set->at[STEPS] * set->block.stride / SG_LANES);
}

static void call_mask_spikes(const sg_kernels *kernels, check_set *set) {
    kernels->mask_spikes(set->active, set->spikes, set->at[OPTIONAL] ? set->kept : NULL, set->at[STEPS],
                         set->block.stride);
}

const check_case case_mask_spikes = {
    .name = "mask_spikes",
    .each = SIZES | 1u << OPTIONAL,
    .some = 1u << LAYER,
    .make = make_mask_spikes,
    .call = call_mask_spikes,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE, [OPTIONAL] = 1}}},
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
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << SURROGATE | 1u << CUTOFF,
    .some = 1u << LAYER,
    .make = make_find_active_tiles,
    .call = call_find_active_tiles,
    .bench = {{"128, relu", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_RELU}},
              {"128, fast_sigmoid", {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}}},
};

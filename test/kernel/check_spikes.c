/* Spike bits: listed, counted, marked. */
#include "check.h"

#define SIZES (1u << STEPS | 1u << NEURONS | 1u << SPIKES)

static void make_spikes(check_set *set) {
    set->spikes = check_bits(set, "spikes", set->block.neurons, set->block.stride);
}

static void call_total(const sg_kernels *kernels, check_set *set) {
    set->result = kernels->total(set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_total = {
    .name = "total",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_spikes,
    .call = call_total,
    .bench = {{"128, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_MANY}}},
};

/* What lies behind the last spike means nothing. */
static void make_list(check_set *set) {
    make_spikes(set);
    check_room(set, set->at[STEPS] * set->block.stride, &set->result);
}

static void call_list(const sg_kernels *kernels, check_set *set) {
    set->result = kernels->list(set->step, set->channel, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_list = {
    .name = "list",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_list,
    .call = call_list,
    .bench = {{"128, 5 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"128, 75 % fire", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_MANY}}},
};

static void make_count(check_set *set) {
    make_spikes(set);
    set->counts = check_blank(set, "counts", TYPE_U32, set->block.stride);
}

static void call_count(const sg_kernels *kernels, check_set *set) {
    kernels->count(set->counts, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_count = {
    .name = "count",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_count,
    .call = call_count,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}},
              {"10", {[STEPS] = 100, [NEURONS] = 10, [SPIKES] = SPIKES_MANY}}},
};

/* Some neurons are marked before. */
static void make_mark(check_set *set) {
    make_spikes(set);
    set->fired = check_blank(set, "fired", TYPE_U16, set->block.stride / SG_LANES);
    for (size_t word = 0; word < set->block.stride / SG_LANES; word++)
        set->fired[word] = (uint16_t)(check_draw(set) & check_draw(set));
}

static void call_mark(const sg_kernels *kernels, check_set *set) {
    kernels->mark(set->fired, set->spikes, set->at[STEPS], set->block.stride);
}

const check_case case_mark = {
    .name = "mark",
    .each = SIZES,
    .some = 1u << LAYER,
    .make = make_mark,
    .call = call_mark,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_SPARSE}}},
};

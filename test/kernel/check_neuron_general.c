/* The general neuron, forward and backward, in every variant. */
#include "check.h"

#include <math.h>

static const float thresholds[VALUES_KINDS] = {[VALUES_THRESHOLD] = 1, [VALUES_FLUSH] = 8 * SG_FLUSH};

static float constant(check_set *set, size_t row) {
    bool exact = set->at[VALUES] == VALUES_THRESHOLD || set->at[VALUES] == VALUES_FLUSH;
    switch (row) {
    case SG_THETA:
        return exact ? thresholds[set->at[VALUES]] : check_draw_between(set, 0.1f, 2);
    case SG_RESET_SHARE:
        return (float)(check_draw(set) % 2);
    case SG_RESET_AMOUNT:
        return exact ? 0.5f : check_draw_between(set, 0, 1);
    default:
        return exact ? 0.5f * (float)(check_draw(set) % 3) : check_draw_between(set, 0, 1);
    }
}

static float *rows(check_set *set, const char *name, size_t count) {
    return check_floats(set, name, count * set->block.stride) + set->block.first;
}

static void make_neuron(check_set *set) {
    static const bool late[VARIANTS] = {[VARIANT_LATE] = true, [VARIANT_ALL] = true};
    static const bool adapts[VARIANTS] = {[VARIANT_ADAPTS] = true, [VARIANT_ALL] = true};
    size_t variant = set->at[VARIANT], stride = set->block.stride;
    bool several = variant == VARIANT_SEVERAL;
    float *constants = check_blank(set, "constants", TYPE_FLOAT, SG_NEURON_CONSTANTS * stride);
    for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
        for (size_t n = 0; n < stride; n++)
            constants[row * stride + n] = several && row == SG_RESET_SHARE ? 0 : constant(set, row);
    set->spiking = (sg_general_neuron){
        .constants = constants + set->block.first,
        .surrogate = set->surrogate,
        .refractory = variant == VARIANT_REFRACTORY || variant == VARIANT_ALL ? 3 : 0,
        .delay = late[variant] ? (uint32_t)(check_draw(set) % 3) : 0,
        .fires = variant != VARIANT_READ_OUT,
        .late = late[variant],
        .adapts = adapts[variant],
        .reset_gradient = variant == VARIANT_RESET_GRADIENT || (several && check_draw(set) % 2) ||
                          variant == VARIANT_REFRACTORY || (variant == VARIANT_ADAPTS && check_draw(set) % 2),
        .raises = variant == VARIANT_RAISES,
        .resets_adaptation = variant == VARIANT_ADAPTS && check_draw(set) % 2,
        .most = several ? 2 + (uint32_t)(check_draw(set) % 4) : 1,
        .periodic = several && check_draw(set) % 2,
        .rises = variant == VARIANT_RISES || variant == VARIANT_ALL,
        .floor = variant == VARIANT_FLOOR || variant == VARIANT_ALL || (several && check_draw(set) % 2) ? -0.25f : 0,
    };
    size_t first = set->at[BEGIN], steps = set->at[STEPS];
    set->span = (sg_span){first, steps > 2 ? check_draw(set) % 2 : 0, steps};
}

static void make_trace(check_set *set, bool filled) {
    size_t count = set->at[STEPS] * set->block.width;
    float **const arrays[] = {&set->trace.current, &set->trace.membrane, &set->trace.adaptation, &set->trace.rise};
    for (size_t i = 0; i < (set->spiking.rises ? 4 : 3); i++)
        *arrays[i] = filled ? check_floats(set, "trace", count) : check_blank(set, "trace", TYPE_FLOAT, count);
}

/* Neurons that do not adapt have 0 there. */
static void clear_adaptation(const check_set *set, float *row) {
    for (size_t n = 0; n < set->block.width && !set->spiking.adapts; n++)
        row[n] = 0;
}

/* Likewise neurons whose input does not rise. */
static void clear_rise(const check_set *set, float *row) {
    for (size_t n = 0; n < set->block.width && !set->spiking.rises; n++)
        row[n] = 0;
}

/* Whole numbers, as steps of rest are, and 0 or 1 for having fired. */
static void make_state(check_set *set) {
    set->state = rows(set, "state", SG_NEURON_STATES);
    clear_adaptation(set, set->state + SG_ADAPTATION * set->block.stride);
    clear_rise(set, set->state + SG_RISE * set->block.stride);
    for (size_t n = 0; n < set->block.width; n++) {
        set->state[SG_FIRED * set->block.stride + n] = (float)(check_draw(set) % 2);
        set->state[SG_REFRACTORY_LEFT * set->block.stride + n] = (float)(check_draw(set) % 3);
    }
}

static void make_forward(check_set *set) {
    static const float shift[SPIKES_KINDS] = {[SPIKES_NONE] = -100, [SPIKES_MANY] = 2, [SPIKES_ALL] = 1000};
    size_t count = set->at[STEPS] * set->block.width;
    make_neuron(set);
    make_state(set);
    set->x = check_floats(set, "x", count);
    for (size_t j = 0; j < count; j++)
        set->x[j] += shift[set->at[SPIKES]];
    set->spikes = check_blank(set, "spikes", TYPE_U16, set->at[STEPS] * set->block.stride / SG_LANES);
    set->spikes += set->block.first / SG_LANES;
    if (set->at[OPTIONAL])
        make_trace(set, false);
}

static void call_forward(const sg_kernels *kernels, check_set *set) {
    kernels->general_neuron_forward(set->spikes, set->x, set->state, set->at[OPTIONAL] ? &set->trace : NULL,
                                    &set->spiking, set->span, set->block.width, set->block.stride);
}

const check_case case_general_neuron_forward = {
    .name = "general_neuron_forward",
    .each = 1u << STEPS | 1u << VALUES | 1u << VARIANT | 1u << OPTIONAL,
    .some = 1u << LAYER | 1u << NEURONS | 1u << SPIKES | 1u << BEGIN,
    .make = make_forward,
    .call = call_forward,
    .bench = {{"128, plain", {[STEPS] = 100, [NEURONS] = 128, [VARIANT] = VARIANT_PLAIN}},
              {"128, adapts", {[STEPS] = 100, [NEURONS] = 128, [VARIANT] = VARIANT_ADAPTS}},
              {"128, rises", {[STEPS] = 100, [NEURONS] = 128, [VARIANT] = VARIANT_RISES}}},
};

/* Refractory neurons rest in some steps, and in all where none fires. */
static bool all_rest(const check_set *set) {
    return set->at[VARIANT] == VARIANT_REFRACTORY && set->at[SPIKES] == SPIKES_NONE;
}

static void make_rest(check_set *set, size_t count) {
    for (size_t j = 0; j < count; j++)
        if (all_rest(set) || check_draw(set) % 3 == 0)
            set->u[j] = SG_RESTING;
}

static void make_backward(check_set *set) {
    size_t count = set->at[STEPS] * set->block.width;
    make_neuron(set);
    make_state(set);
    set->adjoint = rows(set, "adjoint", SG_NEURON_ADJOINTS);
    clear_adaptation(set, set->adjoint + SG_ADJOINT_ADAPTATION * set->block.stride);
    clear_rise(set, set->adjoint + SG_ADJOINT_RISE * set->block.stride);
    set->u = check_floats(set, "u", count);
    for (size_t j = 0; j < count; j++)
        if (set->at[SPIKES] == SPIKES_NONE || set->at[SPIKES] == SPIKES_ALL)
            set->u[j] = set->at[SPIKES] == SPIKES_ALL ? fabsf(set->u[j]) : -fabsf(set->u[j]);
    if (set->spiking.refractory > 0)
        make_rest(set, count);
    set->g = check_floats(set, "g", count);
    make_trace(set, true);
    if (set->at[OPTIONAL])
        set->sum = rows(set, "sums", SG_NEURON_CONSTANTS);
}

static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->general_neuron_backward(set->g, set->adjoint, set->sum, set->u, set->state, &set->trace, &set->spiking,
                                     set->span, set->block.width, set->block.stride);
}

/* The reset of a neuron that rests has no gradient, however large the adjoints. */
static void backward_without_resets(const sg_kernels *kernels, check_set *set) {
    if (all_rest(set))
        set->spiking.reset_gradient = false;
    call_backward(kernels, set);
}

const check_case case_general_neuron_backward = {
    .name = "general_neuron_backward",
    .each = 1u << STEPS | 1u << VALUES | 1u << VARIANT | 1u << OPTIONAL | 1u << SURROGATE | 1u << CUTOFF,
    .some = 1u << LAYER | 1u << NEURONS | 1u << SPIKES | 1u << BEGIN,
    .make = make_backward,
    .call = call_backward,
    .same_as = backward_without_resets,
    .bench = {{"128, plain",
               {[STEPS] = 100, [NEURONS] = 128, [VARIANT] = VARIANT_PLAIN, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}},
              {"128, adapts",
               {[STEPS] = 100, [NEURONS] = 128, [VARIANT] = VARIANT_ADAPTS, [SURROGATE] = SG_SURROGATE_FAST_SIGMOID}}},
};

static void make_pass_thresholds(check_set *set) {
    const size_t count = set->at[STEPS] * set->block.width;
    set->at[VARIANT] = VARIANT_SEVERAL;
    make_neuron(set);
    set->u = check_floats(set, "u", count);
    for (size_t j = 0; j < count; j++)
        set->u[j] *= 3;
    set->spikes =
        check_blank(set, "planes", TYPE_U16, (set->spiking.most - 1) * set->at[STEPS] * set->block.stride / SG_LANES);
    set->spikes += set->block.first / SG_LANES;
}

static void call_pass_thresholds(const sg_kernels *kernels, check_set *set) {
    kernels->pass_thresholds(set->spikes, set->at[STEPS] * set->block.stride / SG_LANES, set->u, &set->spiking,
                             set->span, set->block.width, set->block.stride);
}

const check_case case_pass_thresholds = {
    .name = "pass_thresholds",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES,
    .some = 1u << LAYER | 1u << BEGIN,
    .make = make_pass_thresholds,
    .call = call_pass_thresholds,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128}}},
};

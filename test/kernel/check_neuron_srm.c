/* Neurons of the spike response model, forward and backward. */
#include "check.h"

#include <math.h>

static float *rows(check_set *set, const char *name) {
    return check_floats(set, name, SG_SRM_STATES * set->block.stride) + set->block.first;
}

static void make_neuron(check_set *set) {
    bool exact = set->at[VALUES] == VALUES_THRESHOLD || set->at[VALUES] == VALUES_FLUSH;
    float theta = set->at[VALUES] == VALUES_FLUSH ? 8 * SG_FLUSH : 1;
    size_t steps = set->at[STEPS];
    set->srm = (sg_srm){.decay = check_decay(set),
                        .gain = exact ? 0.5f : check_draw_between(set, 0, 1),
                        .refractory_decay = check_decay(set),
                        .refractory_gain = exact ? theta : check_draw_between(set, 0, 3),
                        .theta = exact ? theta : check_draw_between(set, 0.1f, 2)};
    set->span = (sg_span){set->at[BEGIN], steps > 2 ? check_draw(set) % 2 : 0, steps};
}

static void make_forward(check_set *set) {
    static const float shift[SPIKES_KINDS] = {[SPIKES_NONE] = -100, [SPIKES_MANY] = 2, [SPIKES_ALL] = 1000};
    size_t count = set->at[STEPS] * set->block.width;
    make_neuron(set);
    set->state = rows(set, "state");
    set->x = check_floats(set, "x", count);
    for (size_t j = 0; j < count; j++)
        set->x[j] += shift[set->at[SPIKES]];
    set->spikes = check_blank(set, "spikes", TYPE_U16, set->at[STEPS] * set->block.stride / SG_LANES);
    set->spikes += set->block.first / SG_LANES;
    float **const arrays[] = {&set->trace.current, &set->trace.membrane, &set->trace.adaptation};
    for (size_t i = 0; set->at[OPTIONAL] && i < 3; i++)
        *arrays[i] = check_blank(set, "trace", TYPE_FLOAT, count);
}

static void call_forward(const sg_kernels *kernels, check_set *set) {
    kernels->srm_forward(set->spikes, set->x, set->state, set->at[OPTIONAL] ? &set->trace : NULL, &set->srm, set->span,
                         set->block.width, set->block.stride);
}

const check_case case_srm_forward = {
    .name = "srm_forward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << OPTIONAL,
    .some = 1u << LAYER | 1u << SPIKES | 1u << BEGIN,
    .make = make_forward,
    .call = call_forward,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128}}},
};

static void make_backward(check_set *set) {
    size_t count = set->at[STEPS] * set->block.width;
    make_neuron(set);
    set->adjoint = rows(set, "adjoint");
    set->u = check_floats(set, "u", count);
    for (size_t j = 0; j < count; j++)
        if (set->at[SPIKES] == SPIKES_NONE || set->at[SPIKES] == SPIKES_ALL)
            set->u[j] = set->at[SPIKES] == SPIKES_ALL ? fabsf(set->u[j]) : -fabsf(set->u[j]);
    set->g = check_floats(set, "g", count);
}

/* OPTIONAL: the refractory kernel is held constant. */
static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->srm_backward(set->g, set->adjoint, set->u, &set->srm, set->surrogate, set->at[OPTIONAL], set->span,
                          set->block.width, set->block.stride);
}

const check_case case_srm_backward = {
    .name = "srm_backward",
    .each = 1u << STEPS | 1u << NEURONS | 1u << VALUES | 1u << OPTIONAL | 1u << SURROGATE | 1u << CUTOFF,
    .some = 1u << LAYER | 1u << SPIKES | 1u << BEGIN,
    .make = make_backward,
    .call = call_backward,
    .bench = {{"128, through the refractory kernel",
               {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_EXPONENTIAL}},
              {"128, held constant",
               {[STEPS] = 100, [NEURONS] = 128, [SURROGATE] = SG_SURROGATE_EXPONENTIAL, [OPTIONAL] = 1}}},
};

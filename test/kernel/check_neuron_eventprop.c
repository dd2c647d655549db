/* EventProp's adjoint. The axis VARIANT tells a read-out from neurons that fire, OPTIONAL what may be left out. */
#include "check.h"

#include <math.h>

static void make_neuron(check_set *set) {
    sg_eventprop *p = &set->eventprop;
    p->alpha = check_decay(set);
    p->beta = check_decay(set);
    p->gamma = check_draw_between(set, 0.001f, 0.3f);
    p->current_gain = p->alpha / p->gamma;
    p->fires = set->at[VARIANT] != VARIANT_READ_OUT;
    p->theta = p->fires ? check_draw_between(set, 0.1f, 2) : 0;
    p->tau_mem = check_draw_between(set, 1, 50);
    p->by_tau_mem = 1 / p->tau_mem;
    p->by_tau_syn = check_draw_between(set, 0.01f, 2);
    p->least_slope = check_draw_between(set, 0.01f, 1);
}

/* (count, stride) of the layer, without the block's neurons before its first. */
static float *rows(check_set *set, const char *name, size_t count) {
    return check_floats(set, name, count * set->block.stride) + set->block.first;
}

static void make_backward(check_set *set) {
    size_t steps = set->at[STEPS], count = steps * set->block.width;
    make_neuron(set);
    set->span = (sg_span){set->at[BEGIN], steps > 2 ? check_draw(set) % 2 : 0, steps};
    set->state = rows(set, "state", SG_NEURON_STATES);
    set->adjoint = rows(set, "adjoint", SG_NEURON_ADJOINTS);
    set->u = check_floats(set, "u", count);
    for (size_t j = 0; j < count; j++)
        if (set->at[SPIKES] == SPIKES_NONE || set->at[SPIKES] == SPIKES_ALL)
            set->u[j] = set->at[SPIKES] == SPIKES_ALL ? fabsf(set->u[j]) : -fabsf(set->u[j]);
    set->g = check_floats(set, "g", count);
    if (set->at[OPTIONAL]) {
        set->gx = check_floats(set, "below", count);
        set->row = check_floats(set, "by_counts", set->block.width);
    }
}

static void call_backward(const sg_kernels *kernels, check_set *set) {
    kernels->eventprop_backward(set->g, set->gx, set->adjoint, set->u, set->state, set->row, &set->eventprop, set->span,
                                set->block.width, set->block.stride);
}

const check_case case_eventprop_backward = {
    .name = "eventprop_backward",
    .each = 1u << STEPS | 1u << VALUES | 1u << VARIANT | 1u << OPTIONAL | 1u << SPIKES,
    .some = 1u << LAYER | 1u << NEURONS | 1u << BEGIN,
    .make = make_backward,
    .call = call_backward,
    .bench = {{"128", {[STEPS] = 100, [NEURONS] = 128, [OPTIONAL] = 1}},
              {"128, silent", {[STEPS] = 100, [NEURONS] = 128, [SPIKES] = SPIKES_NONE}},
              {"10, read-out", {[STEPS] = 100, [NEURONS] = 10, [VARIANT] = VARIANT_READ_OUT}}},
};

/* Feedback that is trained (Kolen, Pollack 1994; adaptive e-prop): it takes the steps of the read-out's weights, and
 * both decay. So what it is more than these weights decays alone. That is the array that is kept, shaped like the
 * parameters, as an optimiser keeps its own; the feedback itself is made of it before each batch. */
#include "engine/cpu/cpu.h"

static const sg_group *weights_of(const sg_cpu *cpu) {
    return &sg_network_top(cpu->request.network)->link.groups[0];
}

/* Calls `each` with the places of a hidden neuron's number for an output, in the arrays and in the feedback. */
static void walk_feedback(sg_cpu *cpu, void (*each)(const sg_cpu *cpu, size_t at, float *feedback)) {
    const sg_group *group = weights_of(cpu);
    for (size_t n = 0; n < group->rows; n++)
        for (size_t k = 0; k < group->columns; k++)
            each(cpu, sg_group_at(group, n, k), sg_feedback_at(&cpu->feedback, 0, n, k));
}

static float *excess_of(const sg_cpu *cpu) {
    return cpu->arrays[SG_ARRAY_OPTIMISER + sg_optimiser_arrays(cpu->request.learn) - 1];
}

static void begin(const sg_cpu *cpu, size_t at, float *feedback) {
    excess_of(cpu)[at] = *feedback - cpu->arrays[SG_ARRAY_PARAMETERS][at];
}

static void refresh(const sg_cpu *cpu, size_t at, float *feedback) {
    *feedback = cpu->arrays[SG_ARRAY_PARAMETERS][at] + excess_of(cpu)[at];
}

void sg_cpu_begin_feedback(sg_cpu *cpu) {
    if (sg_rule_trains_feedback(cpu->request.learn))
        walk_feedback(cpu, begin);
}

void sg_cpu_refresh_feedback(sg_cpu *cpu) {
    if (sg_rule_trains_feedback(cpu->request.learn))
        walk_feedback(cpu, refresh);
}

void sg_cpu_decay_feedback(sg_cpu *cpu, const sg_group *group, size_t at, size_t count) {
    const sg_kernels *kernels = cpu->request.network->kernels;
    const float left = (float)(1 - cpu->request.learn->eprop_decay);
    if (!sg_rule_trains_feedback(cpu->request.learn) || group != weights_of(cpu))
        return;
    kernels->scale(cpu->arrays[SG_ARRAY_PARAMETERS] + at, left, count);
    kernels->scale(excess_of(cpu) + at, left, count);
}

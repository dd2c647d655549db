#include "net/feedback.h"

#include "base/random.h"

#include <math.h>

/* The parts of a dense link that reading and projecting need. */
static sg_link link_of(const sg_layer *hidden, const sg_layer *last) {
    return (sg_link){.kind = &sg_link_dense,
                     .inputs = hidden->neurons,
                     .neurons = last->neurons,
                     .stride = last->stride,
                     .stride_below = hidden->stride,
                     .derived_count = last->neurons * hidden->stride};
}

static void lay_out(sg_feedback *feedback, const sg_network *network, const sg_backward_plan *plan) {
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        sg_link *link = &feedback->links[l];
        sg_group *group = &feedback->groups[l];
        *link = link_of(&network->layers[l], sg_network_top(network));
        *group = (sg_group){.rows = link->inputs, .columns = link->neurons};
        link->groups = group;
        link->derived = sg_arena_take(&feedback->memory, link->derived_count, sizeof *link->derived);
        if (plan->local > 0)
            feedback->weights[l] = sg_arena_take(&feedback->memory, link->inputs * link->stride, sizeof(float));
    }
}

size_t sg_feedback_bytes(const sg_network *network, const sg_backward_plan *plan) {
    sg_feedback feedback = {0};
    lay_out(&feedback, network, plan);
    return feedback.memory.used;
}

float *sg_feedback_at(const sg_feedback *feedback, size_t layer, size_t neuron, size_t output) {
    const sg_link *link = &feedback->links[layer];
    return link->derived + output * link->stride_below + neuron;
}

static void draw(sg_feedback *feedback, size_t l, const sg_backward_plan *plan, uint64_t seed) {
    const uint32_t stream = SG_STREAM_FEEDBACK + (uint32_t)l;
    const sg_group *group = &feedback->groups[l];
    const double limit = plan->local / sqrt((double)group->rows);
    for (size_t n = 0; n < group->rows; n++)
        for (size_t k = 0; k < group->columns; k++) {
            const size_t j = n * group->columns + k;
            const double drawn = plan->local > 0 ? limit * (2 * sg_random_uniform(seed, stream, j) - 1)
                                                 : sg_random_normal(seed, stream, j);
            *sg_feedback_at(feedback, l, n, k) = (float)drawn;
            if (feedback->weights[l])
                feedback->weights[l][sg_group_at(group, n, k)] = (float)drawn;
        }
}

sg_status sg_feedback_open(sg_feedback *feedback, const sg_network *network, const sg_backward_plan *plan,
                           uint64_t seed) {
    *feedback = (sg_feedback){0};
    lay_out(feedback, network, plan);
    SG_TRY(sg_arena_open(&feedback->memory));
    lay_out(feedback, network, plan);
    for (size_t l = 0; l + 1 < network->layer_count; l++)
        draw(feedback, l, plan, seed);
    return SG_OK;
}

void sg_feedback_close(sg_feedback *feedback) {
    sg_arena_close(&feedback->memory);
}

void sg_feedback_project(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, sg_block block,
                         size_t steps, float *g, sg_step_rows gx, const uint16_t *active) {
    const sg_link *link = &feedback->links[layer];
    const sg_link_call call = {.kernels = kernels, .link = link, .steps = steps, .block = block};
    link->kind->project(&call, g, gx, active);
}

void sg_feedback_read(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, const uint16_t *spikes,
                      size_t steps, float *numbers, size_t rows, size_t first) {
    const sg_link *link = &feedback->links[layer];
    for (size_t i = 0; i < sg_block_count(link->stride); i++) {
        const sg_block block = sg_block_at(link->neurons, i);
        const sg_link_call call = {
            .kernels = kernels, .link = link, .parameters = feedback->weights[layer], .steps = steps, .block = block};
        link->kind->forward(&call, numbers + block.first * rows + first * block.width,
                            (sg_spike_source){.bits = spikes});
    }
}

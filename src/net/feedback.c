#include "net/feedback.h"

#include "base/random.h"

/* The parts of a dense link that projecting reads. */
static sg_link link_of(const sg_layer *hidden, const sg_layer *last) {
    return (sg_link){.kind = &sg_link_dense,
                     .inputs = hidden->neurons,
                     .neurons = last->neurons,
                     .stride = last->stride,
                     .stride_below = hidden->stride,
                     .derived_count = last->neurons * hidden->stride};
}

static void lay_out(sg_feedback *feedback, const sg_network *network) {
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        sg_link *link = &feedback->links[l];
        *link = link_of(&network->layers[l], sg_network_top(network));
        link->derived = sg_arena_take(&feedback->memory, link->derived_count, sizeof *link->derived);
    }
}

size_t sg_feedback_bytes(const sg_network *network) {
    sg_feedback feedback = {0};
    lay_out(&feedback, network);
    return feedback.memory.used;
}

float *sg_feedback_at(const sg_feedback *feedback, size_t layer, size_t neuron, size_t output) {
    const sg_link *link = &feedback->links[layer];
    return link->derived + output * link->stride_below + neuron;
}

sg_status sg_feedback_open(sg_feedback *feedback, const sg_network *network, uint64_t seed) {
    *feedback = (sg_feedback){0};
    lay_out(feedback, network);
    SG_TRY(sg_arena_open(&feedback->memory));
    lay_out(feedback, network);
    for (size_t l = 0; l + 1 < network->layer_count; l++)
        for (size_t n = 0; n < feedback->links[l].inputs; n++)
            for (size_t k = 0; k < feedback->links[l].neurons; k++)
                *sg_feedback_at(feedback, l, n, k) =
                    (float)sg_random_normal(seed, SG_STREAM_FEEDBACK + (uint32_t)l, n * feedback->links[l].neurons + k);
    return SG_OK;
}

void sg_feedback_close(sg_feedback *feedback) {
    sg_arena_close(&feedback->memory);
}

void sg_feedback_project(const sg_feedback *feedback, const sg_kernels *kernels, size_t layer, sg_block block, float *g,
                         sg_step_rows gx, const uint16_t *active) {
    const sg_link *link = &feedback->links[layer];
    const sg_link_call call = {.kernels = kernels, .link = link, .steps = gx.steps, .block = block};
    link->kind->project(&call, g, gx, active);
}

/* Backpropagation through time with surrogate derivatives (Neftci, Mostafa, Zenke 2019). */
#include "learn/rule.h"

static void run_sample(const sg_batch_slice *piece, sg_workspace *workspace, const sg_augment_scratch *room,
                       const sg_gradient *gradient, sg_slice_result *result, size_t s) {
    sg_dropout_key draw;
    const sg_sample_run pass = sg_training_sample_run(piece, s, &draw, room);
    sg_forward(piece->network, workspace, &pass);
    sg_apply_loss(piece, workspace, s, result);
    sg_backward(piece->network, workspace, &pass, piece->by_spikes, gradient);
}

static void run(const sg_batch_slice *piece, sg_workspace *workspace, const sg_augment_scratch *room,
                const sg_gradient *gradient, sg_slice_result *result) {
    *result = (sg_slice_result){0};
    for (size_t s = piece->begin; s < piece->end; s++)
        run_sample(piece, workspace, room, gradient, result, s);
}

const sg_rule_kind sg_rule_bptt = {"bptt", true, run};

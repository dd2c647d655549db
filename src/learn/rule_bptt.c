/* Backpropagation through time with surrogate derivatives (Neftci, Mostafa, Zenke 2019). */
#include "learn/rule.h"

#include <string.h>

static void run_sample(const sg_piece *piece, sg_workspace *workspace, const sg_augment_room *room,
                       const sg_gradient *gradient, sg_piece_result *result, size_t s) {
    const sg_network *network = piece->network;
    const sg_loss_kind *loss = sg_loss_at(piece->config->loss);
    const sg_link_shape *shape = &network->layers[network->layer_count - 1].shape;
    double values[SG_MAX_CLASSES], by_values[SG_MAX_CLASSES];
    uint32_t label = piece->events->label[piece->samples[s]];
    sg_draw draw;
    sg_seed seed = {.by_values = by_values};
    const sg_pass pass = sg_training_pass(piece, s, &draw, room);
    sg_forward(network, workspace, &pass);
    sg_read(network, workspace, values);
    double value = loss->criterion(piece->config, values, shape->neurons, label, by_values);
    for (size_t n = 0; n < shape->neurons; n++)
        by_values[n] *= piece->scale;
    memcpy(seed.by_spikes, piece->by_spikes, sizeof seed.by_spikes);
    sg_backward(network, workspace, &pass, &seed, gradient);
    sg_result_add(result, network, workspace, value, sg_predict(values, shape->neurons) == label);
}

static void run(const sg_piece *piece, sg_workspace *workspace, const sg_augment_room *room,
                const sg_gradient *gradient, sg_piece_result *result) {
    *result = (sg_piece_result){0};
    for (size_t s = piece->begin; s < piece->end; s++)
        run_sample(piece, workspace, room, gradient, result, s);
}

const sg_rule_kind sg_rule_bptt = {"bptt", run};

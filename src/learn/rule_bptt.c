/* Backpropagation through time with surrogate derivatives (Neftci, Mostafa, Zenke 2019). */
#include "learn/rule.h"

static void run(const sg_piece *piece, sg_workspace *workspace, const sg_gradient *gradient, sg_piece_result *result) {
    const sg_network *network = piece->network;
    const sg_loss_kind *loss = sg_loss_at(piece->config->loss);
    float *g = workspace->layers[network->layer_count - 1].g;
    *result = (sg_piece_result){0};
    for (size_t s = piece->begin; s < piece->end; s++) {
        uint32_t sample = piece->samples[s], label = piece->events->label[sample];
        sg_spike_list input = sg_events_list(piece->events, sample);
        sg_forward(network, workspace, input);
        sg_output output = sg_output_of(network, workspace);
        double value = loss->apply(piece->config, &output, label, piece->scale, g);
        sg_backward(network, workspace, input, gradient);
        sg_result_add(result, network, workspace, value, loss->predict(&output) == label);
    }
}

const sg_rule_kind sg_rule_bptt = {"bptt", run};

#include "learn/rule.h"

static const sg_rule_kind *const table[] = {
    &sg_rule_bptt,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_rule_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_rule_kind *sg_rule_at(int i) {
    return table[i];
}

sg_spike_list sg_events_list(const sg_events *events, size_t sample) {
    uint64_t first = events->first[sample];
    return (sg_spike_list){events->step + first, events->channel + first, events->first[sample + 1] - first, 0};
}

sg_sample_run sg_training_sample_run(const sg_batch_slice *piece, size_t s, sg_dropout_key *draw,
                                     const sg_augment_scratch *room) {
    *draw = (sg_dropout_key){(uint64_t)piece->config->seed, piece->number, s};
    return (sg_sample_run){
        .input = piece->augment
                     ? sg_augment_sample(piece->augment, piece->events, piece->samples[s], piece->number, s, room)
                     : sg_events_list(piece->events, piece->samples[s]),
        .dropout = draw,
    };
}

void sg_result_add(sg_slice_result *result, const sg_network *network, const sg_workspace *workspace, double loss,
                   bool correct) {
    result->loss += loss;
    result->correct += correct;
    for (size_t l = 0; l < network->layer_count; l++)
        result->spikes[l] += workspace->layers[l].spike_count;
}

void sg_apply_loss(const sg_batch_slice *piece, sg_workspace *workspace, size_t s, sg_slice_result *result) {
    const sg_network *network = piece->network;
    const sg_loss_kind *loss = sg_loss_at(piece->config->loss);
    size_t outputs = network->layers[network->layer_count - 1].neurons;
    uint32_t label = piece->events->label[piece->samples[s]];
    double values[SG_MAX_CLASSES];
    sg_read(network, workspace, values);
    double value = loss->criterion(piece->config, values, outputs, label, workspace->by_values);
    for (size_t n = 0; n < outputs; n++)
        workspace->by_values[n] *= piece->scale;
    sg_result_add(result, network, workspace, value, sg_predict(values, outputs) == label);
}

void sg_split_range(size_t count, size_t parts, size_t i, size_t *begin, size_t *end) {
    size_t size = count / parts, longer = count % parts;
    *begin = i * size + (i < longer ? i : longer);
    *end = *begin + size + (i < longer);
}

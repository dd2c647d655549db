#include "learn/loss.h"

static const sg_loss_kind *const table[] = {
    &sg_loss_spike_count_mse,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_loss_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_loss_kind *sg_loss_at(int i) {
    return table[i];
}

sg_output sg_output_of(const sg_network *network, const sg_workspace *workspace) {
    const sg_link_shape *shape = &network->layers[network->layer_count - 1].shape;
    return (sg_output){workspace->counts, shape->neurons, shape->steps, shape->stride};
}

uint32_t sg_predict_count(const sg_output *output) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < output->outputs; n++)
        if (output->counts[n] > output->counts[best])
            best = n;
    return best;
}

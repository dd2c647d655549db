#include "learn/loss.h"

static const sg_loss_kind *const table[] = {
    &sg_loss_spike_count_mse,
    &sg_loss_mean_ce,
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
    return (sg_output){
        .kernels = network->kernels,
        .counts = workspace->counts,
        .sums = workspace->sums,
        .row = workspace->row,
        .outputs = shape->neurons,
        .steps = shape->steps,
        .stride = shape->stride,
    };
}

void sg_spread_gradient(const sg_output *output, const double *gradient, double scale, float *g) {
    for (size_t n = 0; n < output->stride; n++)
        output->row[n] = n < output->outputs ? (float)(scale * gradient[n]) : 0;
    for (size_t i = 0; i < sg_block_count(output->stride); i++) {
        sg_block block = sg_block_at(output->outputs, output->stride, i);
        output->kernels->spread(g + block.first * output->steps, output->row + block.first, output->steps, block.width);
    }
}

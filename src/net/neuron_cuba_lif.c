/* Current-based leaky integrate-and-fire: docs/maths.md. */
#include "net/neuron.h"

enum { ALPHA, BETA, THETA, CONSTANTS };

static sg_cuba_lif view(const float *constants, size_t stride, sg_block block) {
    constants += block.first;
    return (sg_cuba_lif){constants + ALPHA * stride, constants + BETA * stride, constants + THETA * stride};
}

static void prepare(float *constants, const sg_layer_config *config, double dt_ms, size_t stride) {
    const double values[CONSTANTS] = {
        [ALPHA] = sg_decay(config->integration, dt_ms, config->tau_syn_ms),
        [BETA] = sg_decay(config->integration, dt_ms, config->tau_mem_ms),
        [THETA] = config->threshold,
    };
    for (size_t c = 0; c < CONSTANTS; c++)
        for (size_t n = 0; n < stride; n++)
            constants[c * stride + n] = (float)values[c];
}

static void forward(const sg_kernels *kernels, uint16_t *spikes, float *x, const float *constants, size_t steps,
                    size_t stride, sg_block block) {
    const sg_cuba_lif neuron = view(constants, stride, block);
    kernels->cuba_lif_forward(spikes + block.first / SG_LANES, x, &neuron, steps, block.width, stride);
}

static void backward(const sg_kernels *kernels, float *g, const float *u, const float *constants,
                     sg_surrogate surrogate, size_t steps, size_t stride, sg_block block) {
    const sg_cuba_lif neuron = view(constants, stride, block);
    kernels->cuba_lif_backward(g, u, &neuron, surrogate, steps, block.width);
}

const sg_neuron_kind sg_neuron_cuba_lif = {
    .name = "cuba_lif",
    .spiking = true,
    .synapse = true,
    .constants = CONSTANTS,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};

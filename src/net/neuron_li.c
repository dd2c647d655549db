/* Leaky integrator, a read-out that never fires: docs/maths.md. */
#include "net/neuron.h"

static void prepare(float *constants, const sg_layer_config *config, double dt_ms, size_t stride) {
    for (size_t n = 0; n < stride; n++)
        constants[n] = (float)sg_decay(config->integration, dt_ms, config->tau_mem_ms);
}

static void forward(const sg_kernels *kernels, uint16_t *spikes, float *x, const float *constants, size_t steps,
                    size_t stride, sg_block block) {
    (void)spikes, (void)stride;
    kernels->li_forward(x, constants + block.first, steps, block.width);
}

static void backward(const sg_kernels *kernels, float *g, const float *u, const float *constants,
                     sg_surrogate surrogate, size_t steps, size_t stride, sg_block block) {
    (void)u, (void)surrogate, (void)stride;
    kernels->li_backward(g, constants + block.first, steps, block.width);
}

const sg_neuron_kind sg_neuron_li = {
    .name = "li",
    .constants = 1,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};

/* Stochastic gradient descent, with momentum as PyTorch defines it (docs/maths.md). */
#include "learn/optimiser.h"

static const char *array_name(const sg_learn_config *config, size_t i) {
    return config->momentum > 0 && i == 0 ? "velocity" : NULL;
}

static void step(const sg_kernels *kernels, const sg_learn_config *config, const sg_optimiser_state *state,
                 uint64_t number, float *parameters, const float *gradient, size_t begin, size_t end) {
    (void)number;
    kernels->sgd(parameters + begin, config->momentum > 0 ? state->arrays[0] + begin : NULL, gradient + begin,
                 end - begin, (float)config->lr, (float)config->momentum);
}

const sg_optimiser_kind sg_optimiser_sgd = {"sgd", array_name, step};

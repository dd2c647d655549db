/* Stochastic gradient descent, with momentum, Nesterov's too, as PyTorch defines it (docs/maths.md). */
#include "learn/optimiser.h"

static const char *array_name(const sg_learn_config *config, size_t i) {
    return config->momentum > 0 && i == 0 ? "velocity" : NULL;
}

static void step(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *s) {
    kernels->sgd(s->parameters + s->begin, config->momentum > 0 ? arrays[0] + s->begin : NULL, s->gradient + s->begin,
                 s->end - s->begin, (float)s->lr, (float)config->momentum, config->nesterov);
}

const sg_optimiser_kind sg_optimiser_sgd = {"sgd", false, array_name, step};

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

static sg_status check(const sg_learn_config *config) {
    if (config->nesterov && config->momentum == 0)
        return sg_fail(SG_CONFIG, "optimiser.nesterov: true, but optimiser.momentum is 0, so that there is nothing to "
                                  "look ahead by: set optimiser.momentum, for example to 0.9, or use nesterov: false");
    return SG_OK;
}

const sg_optimiser_kind sg_optimiser_sgd = {
    .head = {"sgd", "stochastic gradient descent, with momentum if that is set"},
    .array_name = array_name,
    .step = step,
    .check = check,
};

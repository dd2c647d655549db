/* RMSprop (Tieleman and Hinton 2012), as PyTorch defines it (docs/maths.md). */
#include "learn/optimiser.h"

static const char *array_name(const sg_learn_config *config, size_t i) {
    static const char *const names[] = {"second_moment", "velocity"};
    return i < (config->momentum > 0 ? 2 : 1) ? names[i] : NULL;
}

static void step(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *s) {
    const sg_adam_step constants = {
        .beta1 = (float)config->momentum,
        .beta2 = (float)config->alpha,
        .one_minus_beta2 = (float)(1 - config->alpha),
        .rate = (float)s->lr,
        .eps = (float)config->eps,
    };
    kernels->rmsprop(s->parameters + s->begin, config->momentum > 0 ? arrays[1] + s->begin : NULL, arrays[0] + s->begin,
                     s->gradient + s->begin, s->end - s->begin, &constants);
}

const sg_optimiser_kind sg_optimiser_rmsprop = {
    .head = {"rmsprop", "steps divided by the root of the squared gradient's running mean"},
    .array_name = array_name,
    .step = step,
};

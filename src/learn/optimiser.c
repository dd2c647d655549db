#include "learn/optimiser.h"

static const sg_optimiser_kind *const table[] = {
    &sg_optimiser_adam, &sg_optimiser_adamw, &sg_optimiser_adamax, &sg_optimiser_sgd, &sg_optimiser_rmsprop,
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_optimiser_name(int i) {
    return i >= 0 && i < COUNT ? table[i]->name : NULL;
}

const sg_optimiser_kind *sg_optimiser_at(int i) {
    return table[i];
}

size_t sg_optimiser_arrays(const sg_learn_config *config) {
    size_t count = 0;
    while (table[config->optimiser]->array_name(config, count))
        count++;
    return count;
}

sg_status sg_optimiser_check(const sg_learn_config *config) {
    if (table[config->optimiser] == &sg_optimiser_sgd && config->nesterov && config->momentum == 0)
        return sg_fail(SG_CONFIG, "optimiser.nesterov: true, but optimiser.momentum is 0, so that there is nothing to "
                                  "look ahead by: set optimiser.momentum, for example to 0.9, or use nesterov: false");
    return SG_OK;
}

double sg_power(double base, uint64_t n) {
    double result = 1;
    for (; n; n >>= 1, base *= base)
        if (n & 1)
            result *= base;
    return result;
}

/* As PyTorch has it: part of the gradient, or of kinds that decouple it (Loshchilov, Hutter 2019) the weights'. */
static void decay(const sg_kernels *kernels, const sg_learn_config *config, const sg_optimiser_step *step) {
    float *w = step->parameters + step->begin;
    size_t count = step->end - step->begin;
    if (table[config->optimiser]->decoupled)
        kernels->scale(w, (float)(1 - step->lr * config->weight_decay), count);
    else
        kernels->add_scaled(step->gradient + step->begin, w, (float)config->weight_decay, count);
}

void sg_optimise(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *step) {
    if (step->decays && config->weight_decay > 0)
        decay(kernels, config, step);
    table[config->optimiser]->step(kernels, config, arrays, step);
}

#include "learn/optimiser.h"

#include "learn/rule.h"

SG_KINDS_DEFINE(sg_optimiser, sg_optimiser_kind, &sg_optimiser_adam, &sg_optimiser_adamw, &sg_optimiser_adamax,
                &sg_optimiser_sgd, &sg_optimiser_rmsprop)

static size_t arrays_of_kind(const sg_learn_config *config) {
    size_t count = 0;
    while (sg_optimiser_at(config->optimiser)->array_name(config, count))
        count++;
    return count;
}

const char *sg_optimiser_array_name(const sg_learn_config *config, size_t i) {
    const size_t count = arrays_of_kind(config);
    if (i < count)
        return sg_optimiser_at(config->optimiser)->array_name(config, i);
    return i == count && sg_rule_trains_feedback(config) ? "feedback" : NULL;
}

size_t sg_optimiser_arrays(const sg_learn_config *config) {
    return arrays_of_kind(config) + (sg_rule_trains_feedback(config) ? 1 : 0);
}

sg_status sg_optimiser_check(const sg_learn_config *config) {
    const sg_optimiser_kind *kind = sg_optimiser_at(config->optimiser);
    return kind->check ? kind->check(config) : SG_OK;
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
    if (sg_optimiser_at(config->optimiser)->decoupled)
        kernels->scale(w, (float)(1 - step->lr * config->weight_decay), count);
    else
        kernels->add_scaled(step->gradient + step->begin, w, (float)config->weight_decay, count);
}

void sg_optimise(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *step) {
    if (step->decays && config->weight_decay > 0)
        decay(kernels, config, step);
    sg_optimiser_at(config->optimiser)->step(kernels, config, arrays, step);
}

/* Adam (Kingma and Ba 2015), with AMSGrad (Reddi, Kale, Kumar 2018), with decoupled weight decay (AdamW), and with the
 * largest gradient in the place of the mean square (Adamax), as PyTorch defines them: docs/maths.md. */
#include "learn/optimiser.h"

#include <math.h>

static const char *const names[] = {"first_moment", "second_moment", "largest_second_moment"};

static const char *adam_array(const sg_learn_config *config, size_t i) {
    return i < (config->amsgrad ? 3 : 2) ? names[i] : NULL;
}

static const char *adamax_array(const sg_learn_config *config, size_t i) {
    (void)config;
    return i < 2 ? names[i] : NULL;
}

static sg_adam_step constants_of(const sg_learn_config *config, const sg_optimiser_step *step) {
    return (sg_adam_step){
        .beta1 = (float)config->beta1,
        .beta2 = (float)config->beta2,
        .one_minus_beta1 = (float)(1 - config->beta1),
        .one_minus_beta2 = (float)(1 - config->beta2),
        .rate = (float)(step->lr / (1 - sg_power(config->beta1, step->number))),
        .root_scale = (float)(1 / sqrt(1 - sg_power(config->beta2, step->number))),
        .eps = (float)config->eps,
    };
}

static void adam(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                 const sg_optimiser_step *step) {
    const sg_adam_step constants = constants_of(config, step);
    size_t begin = step->begin;
    kernels->adam(step->parameters + begin, arrays[0] + begin, arrays[1] + begin,
                  config->amsgrad ? arrays[2] + begin : NULL, step->gradient + begin, step->end - begin, &constants);
}

static void adamax(const sg_kernels *kernels, const sg_learn_config *config, float *const *arrays,
                   const sg_optimiser_step *step) {
    const sg_adam_step constants = constants_of(config, step);
    size_t begin = step->begin;
    kernels->adamax(step->parameters + begin, arrays[0] + begin, arrays[1] + begin, step->gradient + begin,
                    step->end - begin, &constants);
}

const sg_optimiser_kind sg_optimiser_adam = {
    .head = {"adam", "running means of the gradient and of its square, corrected for their start"},
    .array_name = adam_array,
    .step = adam,
};
const sg_optimiser_kind sg_optimiser_adamw = {
    .head = {"adamw", "adam with weight decay apart from the gradient"},
    .decoupled = true,
    .array_name = adam_array,
    .step = adam,
};
const sg_optimiser_kind sg_optimiser_adamax = {
    .head = {"adamax", "adam with the largest gradient of late in the place of the mean square"},
    .array_name = adamax_array,
    .step = adamax,
};

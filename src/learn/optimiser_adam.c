/* Adam (Kingma and Ba 2015) and AMSGrad (Reddi, Kale, Kumar 2018), as PyTorch defines them: docs/maths.md.
 */
#include "learn/optimiser.h"

#include <math.h>

static const char *array_name(const sg_learn_config *config, size_t i) {
    static const char *const names[] = {"first_moment", "second_moment", "largest_second_moment"};
    return i < (config->amsgrad ? 3 : 2) ? names[i] : NULL;
}

/* base^n by squaring: multiplications only, so the same bits everywhere. */
static double power(double base, uint64_t n) {
    double result = 1;
    for (; n; n >>= 1, base *= base)
        if (n & 1)
            result *= base;
    return result;
}

static void step(const sg_kernels *kernels, const sg_learn_config *config, const sg_optimiser_state *state,
                 uint64_t number, float *parameters, const float *gradient, size_t begin, size_t end) {
    const sg_adam_step constants = {
        .beta1 = (float)config->beta1,
        .beta2 = (float)config->beta2,
        .one_minus_beta1 = (float)(1 - config->beta1),
        .one_minus_beta2 = (float)(1 - config->beta2),
        .rate = (float)(config->lr / (1 - power(config->beta1, number))),
        .root_scale = (float)(1 / sqrt(1 - power(config->beta2, number))),
        .eps = (float)config->eps,
    };
    kernels->adam(parameters + begin, state->arrays[0] + begin, state->arrays[1] + begin,
                  config->amsgrad ? state->arrays[2] + begin : NULL, gradient + begin, end - begin, &constants);
}

const sg_optimiser_kind sg_optimiser_adam = {"adam", array_name, step};

/* Softmax cross-entropy, with label smoothing as PyTorch has it (docs/maths.md). The numbers are first multiplied by
 * loss.scale. */
#include "learn/loss.h"

#include "base/exact.h"

double sg_cross_entropy(const sg_learn_config *config, const double *values, size_t outputs, uint32_t label,
                        double *gradient) {
    double scale = config->loss_scale, smooth = config->label_smoothing,
           largest = values[sg_largest_output(values, outputs)];
    double total = 0, sum = 0, p[SG_MAX_CLASSES];
    for (size_t n = 0; n < outputs; n++) {
        double z = scale * (values[n] - largest);
        p[n] = sg_exp(z);
        total += p[n];
        sum += z;
    }
    double every = smooth / (double)outputs;
    for (size_t n = 0; gradient && n < outputs; n++)
        gradient[n] = scale * (p[n] / total - every - (n == label ? 1 - smooth : 0));
    return sg_log(total) - (1 - smooth) * scale * (values[label] - largest) - every * sum;
}

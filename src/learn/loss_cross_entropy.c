/* Softmax cross-entropy, with label smoothing as PyTorch has it (docs/maths.md). The numbers are first multiplied by
 * loss.scale. */
#include "learn/loss.h"

#include "base/exact.h"

static double exponentials(const sg_learn_config *config, const double *values, size_t outputs, double *p) {
    double largest = values[sg_largest_output(values, outputs)], total = 0;
    for (size_t n = 0; n < outputs; n++) {
        p[n] = sg_exp(config->loss_scale * (values[n] - largest));
        total += p[n];
    }
    return total;
}

void sg_softmax(const sg_learn_config *config, const double *values, size_t outputs, double *p) {
    double total = exponentials(config, values, outputs, p);
    for (size_t n = 0; n < outputs; n++)
        p[n] /= total;
}

double sg_cross_entropy(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                        double *gradient) {
    const uint32_t label = goal->label;
    double scale = config->loss_scale, smooth = config->label_smoothing,
           largest = values[sg_largest_output(values, outputs)];
    double sum = 0, p[SG_MAX_CLASSES], total = exponentials(config, values, outputs, p);
    for (size_t n = 0; n < outputs; n++)
        sum += scale * (values[n] - largest);
    double every = smooth / (double)outputs;
    for (size_t n = 0; gradient && n < outputs; n++)
        gradient[n] = scale * (p[n] / total - every - (n == label ? 1 - smooth : 0));
    return sg_log(total) - (1 - smooth) * scale * (values[label] - largest) - every * sum;
}

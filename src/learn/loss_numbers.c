/* Losses of outputs that have numbers for targets (docs/maths.md): half the sum of squares, and the cross-entropy of a
 * sigmoid for each output, where several classes may be there at the same time. */
#include "learn/loss.h"

#include "base/exact.h"

#include <math.h>

double sg_number_error(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                       double *gradient) {
    double sum = 0;
    (void)config;
    for (size_t n = 0; n < outputs; n++) {
        const double miss = isnan(goal->numbers[n]) ? 0 : values[n] - (double)goal->numbers[n];
        sum += miss * miss;
        if (gradient)
            gradient[n] = miss;
    }
    return sum / 2;
}

/* ln(1 + exp(z)) - target z, and its slope by z; neither overflows. */
static double logistic(double z, double target, double *slope) {
    const double power = sg_exp(-fabs(z)), p = (z > 0 ? 1 : power) / (1 + power);
    *slope = p - target;
    return (z > 0 ? z : 0) + sg_log(1 + power) - target * z;
}

void sg_sigmoid(const sg_learn_config *config, const double *values, size_t outputs, double *p) {
    for (size_t n = 0; n < outputs; n++)
        logistic(config->loss_scale * values[n], 0, &p[n]); /* its slope is p - target */
}

double sg_binary_entropy(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                         double *gradient) {
    const double scale = config->loss_scale;
    double sum = 0;
    for (size_t n = 0; n < outputs; n++) {
        double slope = 0;
        if (!isnan(goal->numbers[n]))
            sum += logistic(scale * values[n], (double)goal->numbers[n], &slope);
        if (gradient)
            gradient[n] = scale * slope;
    }
    return sum;
}

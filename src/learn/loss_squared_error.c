/* Mean over outputs of (number - target)^2 (docs/maths.md; after SLAYER, Shrestha and Orchard 2018). */
#include "learn/loss.h"

double sg_squared_error(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                        double *gradient) {
    double sum = 0;
    for (size_t n = 0; n < outputs; n++) {
        double difference = values[n] - (n == goal->label ? config->true_count : config->false_count);
        sum += difference * difference;
        if (gradient)
            gradient[n] = 2 * difference / (double)outputs;
    }
    return sum / (double)outputs;
}

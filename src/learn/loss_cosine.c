/* 1 - the cosine of the angle between the outputs and their target, (outputs) each (docs/maths.md): their direction
 * counts, not how long they are. */
#include "learn/loss.h"

#include <math.h>

/* Sums over the outputs that have a target: v v, y y, v y. */
static void sum_products(const double *values, size_t outputs, const sg_goal *goal, double *vv, double *yy,
                         double *vy) {
    *vv = *yy = *vy = 0;
    for (size_t n = 0; n < outputs; n++) {
        const double y = (double)goal->numbers[n];
        if (isnan(y))
            continue;
        *vv += values[n] * values[n];
        *yy += y * y;
        *vy += values[n] * y;
    }
}

/* Outputs that are all 0 have no direction: the cosine is 0 then, and so is the gradient. */
double sg_cosine(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                 double *gradient) {
    double vv, yy, vy;
    (void)config;
    sum_products(values, outputs, goal, &vv, &yy, &vy);
    const double length = sqrt(vv) * sqrt(yy), cosine = length > 0 ? vy / length : 0;
    for (size_t n = 0; gradient && n < outputs; n++) {
        const double y = (double)goal->numbers[n];
        gradient[n] = length > 0 && !isnan(y) ? cosine * values[n] / vv - y / length : 0;
    }
    return 1 - cosine;
}

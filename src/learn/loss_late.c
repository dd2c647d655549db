/* The penalty of a late label (Wunderlich, Pehle 2021; docs/maths.md): early (exp(t / early_tau) - 1), t the time of
 * the first spike of the label's output. A cross-entropy of times is content with any times of the right order; this
 * asks for an early one. */
#include "learn/loss.h"

#include "base/exact.h"

double sg_late_penalty(const sg_learn_config *config, double dt_ms, double step, double *slope) {
    const double by_step = dt_ms / config->early_tau, power = sg_exp(step * by_step);
    *slope = config->early * by_step * power;
    return config->early * (power - 1);
}

/* Softmax cross-entropy on the mean membrane of a read-out (docs/maths.md). */
#include "learn/loss.h"

#include "base/exact.h"

/* The largest mean membrane wins. */
static uint32_t predict(const sg_output *output) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < output->outputs; n++)
        if (output->sums[n] > output->sums[best])
            best = n;
    return best;
}

static double apply(const sg_learn_config *config, const sg_output *output, uint32_t label, double scale, float *g) {
    (void)config;
    double steps = (double)output->steps, largest = output->sums[predict(output)], total = 0, p[SG_MAX_CLASSES];
    for (size_t n = 0; n < output->outputs; n++) {
        p[n] = sg_exp((output->sums[n] - largest) / steps);
        total += p[n];
    }
    double loss = sg_log(total) - (output->sums[label] - largest) / steps;
    for (size_t n = 0; n < output->outputs; n++)
        p[n] = p[n] / total - (n == label);
    if (g)
        sg_spread_gradient(output, p, scale / steps, g);
    return loss;
}

const sg_loss_kind sg_loss_mean_ce = {.name = "mean_ce", .apply = apply, .predict = predict};

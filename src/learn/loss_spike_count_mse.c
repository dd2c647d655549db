/* Mean over outputs of (count - target)^2 (docs/maths.md; after SLAYER, Shrestha and Orchard 2018). */
#include "learn/loss.h"

static double apply(const sg_learn_config *config, const sg_output *output, uint32_t label, double scale, float *g) {
    double sum = 0, gradient[SG_MAX_CLASSES];
    for (size_t n = 0; n < output->outputs; n++) {
        double difference = output->counts[n] - (n == label ? config->true_count : config->false_count);
        sum += difference * difference;
        gradient[n] = 2 * difference / (double)output->outputs;
    }
    if (g)
        sg_spread_gradient(output, gradient, scale, g);
    return sum / (double)output->outputs;
}

/* The largest spike count wins. */
static uint32_t predict(const sg_output *output) {
    uint32_t best = 0;
    for (uint32_t n = 1; n < output->outputs; n++)
        if (output->counts[n] > output->counts[best])
            best = n;
    return best;
}

const sg_loss_kind sg_loss_spike_count_mse = {.name = "spike_count_mse",
                                              .spiking = true,
                                              .apply = apply,
                                              .predict = predict};

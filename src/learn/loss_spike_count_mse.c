/* Mean over outputs of (count - target)^2 (docs/maths.md, section 5; after SLAYER, Shrestha and Orchard 2018). */
#include "learn/loss.h"

#include <string.h>

static double apply(const sg_learn_config *config, const sg_output *output, uint32_t label, double scale, float *g) {
    double sum = 0;
    if (g)
        memset(g, 0, output->steps * output->stride * sizeof *g);
    for (size_t n = 0; n < output->outputs; n++) {
        double difference = output->counts[n] - (n == label ? config->true_count : config->false_count);
        sum += difference * difference;
        if (g)
            g[n] = (float)(scale * 2 * difference / (double)output->outputs);
    }
    if (g) /* the same at every step */
        for (size_t t = 1; t < output->steps; t++)
            memcpy(g + t * output->stride, g, output->outputs * sizeof *g);
    return sum / (double)output->outputs;
}

const sg_loss_kind sg_loss_spike_count_mse = {"spike_count_mse", apply, sg_predict_count};

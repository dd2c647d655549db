#include "learn/rate_penalty.h"

bool sg_has_rate_penalty(const sg_learn_config *config) {
    return config->upper > 0 || config->lower > 0;
}

size_t sg_hidden_neurons(const sg_network *network) {
    return sg_network_padded_neurons(network) - sg_network_top(network)->stride;
}

/* c max(0, over)^2 and its derivative by `over`. */
static double price(double c, double over, double *slope) {
    *slope = over > 0 ? 2 * c * over : 0;
    return over > 0 ? c * over * over : 0;
}

double sg_rate_penalty(const sg_learn_config *config, const sg_network *network, const uint32_t *counts, size_t samples,
                       float *rows) {
    double total = 0;
    for (size_t l = 0; l + 1 < network->layer_count; l++) {
        const sg_layer *layer = &network->layers[l];
        double sum = 0, neurons = (double)layer->neurons;
        for (size_t n = 0; n < layer->stride; n++) {
            double rate = (double)counts[n] / (double)samples, above, below;
            if (n < layer->neurons)
                sum += price(config->upper, rate - config->upper_rate, &above) +
                       price(config->lower, config->lower_rate - rate, &below);
            rows[n] = n < layer->neurons ? (float)((above - below) / (neurons * (double)samples)) : 0;
        }
        total += sum / neurons;
        counts += layer->stride;
        rows += layer->stride;
    }
    return total;
}

#include "check/twin_link.h"

/* x_n += sum over k of s_i(k) W_kn, i(k) the input of the neuron's synapse k */
sg_dual sg_twin_link_sparse(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                            const sg_dual *spikes, size_t n, sg_dual x) {
    (void)config;
    for (size_t k = 0; k < link->synapses.count; k++) {
        const size_t synapse = k * link->neurons + n;
        x = sg_plus(x, sg_times(spikes[link->synapses.input[synapse]], sg_twin_parameter(twin, at + synapse)));
    }
    return x;
}

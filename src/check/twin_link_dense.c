#include "check/twin_link.h"

/* x_n += sum over i of s_i W_in */
sg_dual sg_twin_link_dense(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                           const sg_dual *spikes, size_t n, sg_dual x) {
    (void)config;
    for (size_t i = 0; i < link->inputs; i++)
        if (spikes[i].value != 0 || spikes[i].slope != 0)
            x = sg_plus(x, sg_times(spikes[i], sg_twin_parameter(twin, at + i * link->neurons + n)));
    return x;
}

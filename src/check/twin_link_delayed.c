#include "check/twin_link.h"

#include <math.h>

static sg_dual over(sg_dual a, sg_dual b) {
    return (sg_dual){a.value / b.value, (a.slope - a.value / b.value * b.slope) / b.value};
}

/* max(0, 1 + sigma - |k - P|), with corners where it ends and in the middle. */
static sg_dual triangle(const sg_twin *twin, double sigma, sg_dual distance, bool tells) {
    const double past = fabs(distance.value), corner = fmin(past, fabs(1 + sigma - past));
    if (tells)
        sg_twin_keep_off(twin->clearance, corner, distance.slope, 1 + sigma);
    if (past >= 1 + sigma)
        return sg_fixed(0);
    return (sg_dual){1 + sigma - past, distance.value > 0 ? -distance.slope : distance.slope};
}

/* exp(-((k - P) / S)^2 / 2), S = sigma + 0.27 */
static sg_dual gauss(const sg_twin *twin, double sigma, sg_dual distance, bool tells) {
    const sg_dual z = sg_scaled(1 / (sigma + 0.27), distance);
    if (tells)
        sg_twin_keep_straight(twin->clearance, distance.slope, sigma + 0.27);
    return sg_dual_exp(sg_scaled(-0.5, sg_times(z, z)));
}

/* What the kernel has at lag k; what lies near to its corners is told once a sample. */
static sg_dual height(const sg_twin *twin, const sg_layer_config *config, sg_dual delay, size_t k, bool tells) {
    const double lags = floor(config->delay_most / twin->config->dt_ms + 1e-9) + 1;
    const double first = config->delay_sigma > 0 ? config->delay_sigma : lags / 2;
    const bool ends = config->delay_shrink == 0; /* with the first epoch */
    const sg_dual distance = sg_minus(sg_fixed((double)k), delay);
    return config->delay_kernel == SG_DELAY_GAUSS ? gauss(twin, ends ? fmin(0.23, first) : first, distance, tells)
                                                  : triangle(twin, ends ? 0 : first, distance, tells);
}

/* sum over k of s[t - k] q[k], q = g / (sum g + 1e-7); silent before the first step. */
static sg_dual spread(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                      const sg_twin_history *spikes, size_t i) {
    const sg_dual delay = sg_scaled(config->delay_unit / twin->config->dt_ms, sg_twin_parameter(twin, at));
    sg_dual total = sg_fixed(1e-7), sum = sg_fixed(0);
    for (size_t k = 0; k < link->lags.count; k++) {
        const sg_dual g = height(twin, config, delay, k, spikes->t == 0);
        total = sg_plus(total, g);
        if (k <= spikes->t)
            sum = sg_plus(sum, sg_times(g, (spikes->now - k * spikes->width)[i]));
    }
    return over(sum, total);
}

/* The spike of the step that is the nearest whole number of steps ago; by its time it comes as much later as the delay
 * is longer. */
static sg_dual whole(const sg_twin *twin, const sg_layer_config *config, const sg_twin_history *spikes, size_t at,
                     size_t i) {
    const double unit = config->train_delays ? config->delay_unit / twin->config->dt_ms : 1;
    const sg_dual delay = sg_scaled(unit, sg_twin_parameter(twin, at));
    const size_t k = (size_t)floor(delay.value + 0.5);
    if (spikes->t == 0)
        sg_twin_keep_off(twin->clearance, 0.5 - fabs(delay.value - (double)k), delay.slope, 1);
    sg_dual spike = k <= spikes->t ? (spikes->now - k * spikes->width)[i] : sg_fixed(0);
    if (spikes->by_time)
        spike.slope = spikes->still ? 0 : spike.slope + spike.value * delay.slope;
    return spike;
}

/* x_n += sum over i of W_in sum over k of q_in[k] s_i[t - k] */
sg_dual sg_twin_link_delayed(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                             const sg_twin_history *spikes, size_t n, sg_dual x) {
    const size_t size = link->inputs * link->neurons;
    for (size_t i = 0; i < link->inputs; i++) {
        const size_t synapse = at + i * link->neurons + n;
        const bool is_whole = spikes->by_time || !config->train_delays;
        const sg_dual late = is_whole ? whole(twin, config, spikes, synapse + size, i)
                                      : spread(twin, link, config, synapse + size, spikes, i);
        x = sg_plus(x, sg_times(late, sg_twin_parameter(twin, synapse)));
    }
    return x;
}

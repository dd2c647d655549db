/* Latency: bright pixels fire early (docs/maths.md). x = byte / 256, t = floor((1 - x) T), silent where
 * x < threshold. All of this is exact in double precision for T below 2^16. A black pixel would fire at T, which is
 * past the end. latency_log: the time at which a leaky input neuron, driven by x, passes the threshold. */
#include "data/encoder.h"

#include "base/exact.h"

static void latency(uint32_t out[SG_LEVELS], const sg_encoding *encoding, uint32_t steps) {
    for (uint32_t level = 0; level < SG_LEVELS; level++) {
        double x = level / 256.0;
        out[level] = x < encoding->config->encoder_threshold ? steps : (uint32_t)((1 - x) * steps);
    }
}

/* Zenke's spytorch tutorial: t = tau ln(x / (x - threshold)). */
static void latency_log(uint32_t out[SG_LEVELS], const sg_encoding *encoding, uint32_t steps) {
    double tau = encoding->config->encoder_tau_ms / encoding->dt_ms, threshold = encoding->config->encoder_threshold;
    for (uint32_t level = 0; level < SG_LEVELS; level++) {
        double x = level / 256.0, t = x > threshold ? tau * sg_log(x / (x - threshold)) : steps;
        out[level] = t < steps ? (uint32_t)t : steps;
    }
}

const sg_encoder_kind sg_encoder_latency = {
    .head = {"latency", "one spike a pixel, the earlier the brighter"},
    .times = latency,
    .channels = 1,
};
const sg_encoder_kind sg_encoder_latency_log = {
    .head = {"latency_log", "likewise, when a leaky input neuron that the pixel drives passes encoder.threshold"},
    .times = latency_log,
    .channels = 1,
};

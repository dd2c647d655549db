/* LIF: each value drives a leaky integrate-and-fire neuron of its own (docs/maths.md). It fires at 1, which is then
 * taken off, so that what is over counts for the next spike. */
#include "data/encoder.h"

#include "base/exact.h"

static void encode(const sg_spike_sink *out, const sg_encoding *encoding, uint64_t sample, const uint8_t *signal,
                   size_t rows, size_t channels, uint32_t window) {
    const double decay = sg_exp(-encoding->dt_ms / encoding->config->encoder_tau_ms);
    const double input = encoding->config->encoder_max_rate * encoding->dt_ms / 1000 / 256;
    (void)sample;
    for (size_t c = 0; c < channels; c++) {
        double v = 0;
        for (uint32_t t = 0; t < rows * window; t++) {
            v = decay * v + input * signal[t / window * channels + c];
            if (v >= 1) {
                out->add(out->user, t, (uint32_t)c);
                v -= 1;
            }
        }
    }
}

static sg_status check(const sg_encoding *encoding) {
    return sg_rate_check("encoder.max_rate", encoding->config->encoder_max_rate, encoding->dt_ms);
}

const sg_encoder_kind sg_encoder_lif = {
    .head = {"lif", "the spikes of a leaky integrate-and-fire neuron that brightness drives, in every step"},
    .encode = encode,
    .channels = 1,
    .check = check,
};

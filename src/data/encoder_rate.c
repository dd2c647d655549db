/* Rate: in each step a spike with probability x max_rate dt (docs/maths.md). The steps between two spikes of a pixel
 * are drawn, not each step: floor(ln U / ln(1 - p)) of them stay silent. */
#include "data/encoder.h"

#include "base/exact.h"
#include "base/random.h"

#include <math.h>

static void encode_value(const sg_spike_sink *out, uint64_t key, uint64_t place, double p, uint32_t first,
                         uint32_t window, uint32_t channel) {
    double silence = p < 1 ? 1 / sg_log(1 - p) : 0;
    uint64_t draw = 0;
    for (double t = 0;; t++) {
        double u = 1 - sg_random_uniform(key, (uint32_t)place, draw++); /* (0, 1] */
        t += floor(sg_log(u) * silence);
        if (!(t < window)) /* or not a number */
            return;
        out->add(out->user, first + (uint32_t)t, channel);
    }
}

static void encode(const sg_spike_sink *out, const sg_encoding *encoding, uint64_t sample, const uint8_t *signal,
                   size_t rows, size_t channels, uint32_t window) {
    double most = encoding->config->encoder_max_rate * encoding->dt_ms / 1000;
    uint64_t key = sg_random_bits(encoding->seed, SG_STREAM_ENCODER, sample);
    for (size_t row = 0; row < rows; row++)
        for (size_t c = 0; c < channels; c++) {
            double p = signal[row * channels + c] / 256.0 * most;
            if (p > 0)
                encode_value(out, key, row * channels + c, p, (uint32_t)row * window, window, (uint32_t)c);
        }
}

static sg_status check(const sg_encoding *encoding) {
    return sg_rate_check("encoder.max_rate", encoding->config->encoder_max_rate, encoding->dt_ms);
}

const sg_encoder_kind sg_encoder_rate = {
    .head = {"rate", "spikes drawn in every step, at a rate that is brightness x encoder.max_rate"},
    .encode = encode,
    .channels = 1,
    .check = check,
};

/* Delta: a spike where the signal rose by more than a threshold since the last one, in a second set of channels where
 * it fell (docs/maths.md). The signal begins at 0. */
#include "data/encoder.h"

static void encode(const sg_spike_sink *out, const sg_encoding *encoding, uint64_t sample, const uint8_t *signal,
                   size_t rows, size_t channels, uint32_t window) {
    (void)sample;
    for (size_t fell = 0; fell < 2; fell++)
        for (size_t c = 0; c < channels; c++) {
            double level = 0;
            for (size_t row = 0; row < rows; row++) {
                double x = signal[row * channels + c] / 256.0, change = x - level;
                if (change > encoding->config->encoder_delta || -change > encoding->config->encoder_delta) {
                    level = x;
                    if ((change < 0) == (fell == 1))
                        out->add(out->user, (uint32_t)row * window, (uint32_t)(fell * channels + c));
                }
            }
        }
}

static sg_status check(const sg_encoding *encoding) {
    if (!encoding->is_series)
        return sg_fail(SG_CONFIG,
                       "encoder.kind: delta needs a signal that changes, but data.sequence is none: use data.sequence: "
                       "rows, or another encoder");
    return SG_OK;
}

const sg_encoder_kind sg_encoder_delta = {
    .head = {"delta", "a spike where the signal rose or fell by more than encoder.delta, in channels of their own"},
    .encode = encode,
    .channels = 2,
    .check = check,
};

/* Direct: numbers in the place of spikes. An image is a constant current, listed once; the rows of a signal are frames,
 * each for its window of steps. What is 0 adds nothing, and is not written. */
#include "data/encoder.h"

static void write_row(const sg_spike_sink *out, uint32_t step, const uint8_t *row, size_t channels) {
    for (size_t c = 0; c < channels; c++)
        if (row[c] > 0)
            out->add_number(out->user, step, (uint32_t)c, (float)row[c] / SG_LEVELS);
}

static void encode(const sg_spike_sink *out, const sg_encoding *encoding, uint64_t sample, const uint8_t *signal,
                   size_t rows, size_t channels, uint32_t window) {
    const uint32_t written = encoding->is_series ? window : 1;
    (void)sample;
    for (size_t row = 0; row < rows; row++)
        for (uint32_t t = 0; t < written; t++)
            write_row(out, (uint32_t)row * window + t, signal + row * channels, channels);
}

const sg_encoder_kind sg_encoder_direct = {
    .head = {"direct", "brightness itself, as a number in every step in the place of spikes"},
    .encode = encode,
    .channels = 1,
    .numbers = true,
};

/* Gradients: only the rows of weights that spikes touched are cleared and added up. */
#include "kernel/ref/ref.h"

#include <string.h>

static void touch_row(float *gradient, uint8_t *touched, size_t row, size_t stride) {
    if (touched[row])
        return;
    touched[row] = 1;
    memset(gradient + row * stride, 0, stride * sizeof *gradient);
}

void sg_ref_touch(float *gradient, uint8_t *touched, sg_spike_list spikes, size_t stride) {
    for (size_t e = 0; e < spikes.count; e++)
        touch_row(gradient, touched, spikes.channel[e], stride);
}

void sg_ref_touch_all(float *gradient, uint8_t *touched, size_t inputs, size_t stride) {
    const uint8_t *next = touched;
    while ((next = memchr(next, 0, inputs - (size_t)(next - touched))) != NULL)
        touch_row(gradient, touched, (size_t)(next - touched), stride);
}

void sg_ref_merge(float *sum, const float *parts, size_t part_stride, const uint8_t *touched, size_t touched_stride,
                  size_t pieces, size_t begin, size_t end, size_t stride) {
    for (size_t row = begin; row < end; row++) {
        float *out = sum + row * stride;
        memset(out, 0, stride * sizeof *out);
        for (size_t p = 0; p < pieces; p++)
            if (touched[p * touched_stride + row])
                for (size_t n = 0; n < stride; n++)
                    out[n] += parts[p * part_stride + row * stride + n];
    }
}

/* Gradients: only the rows of weights that spikes touched are cleared and added up. */
#include "kernel/ref/ref.h"

#include <string.h>

void sg_ref_clear_untouched(float *gradient, uint8_t *touched, size_t rows, size_t width) {
    const uint8_t *next = touched;
    while ((next = memchr(next, 0, rows - (size_t)(next - touched))) != NULL) {
        size_t row = (size_t)(next - touched);
        touched[row] = 1;
        memset(gradient + row * width, 0, width * sizeof *gradient);
    }
}

void sg_ref_sum_rows(float *sum, const sg_rows *pieces, size_t count, size_t begin, size_t end, size_t width) {
    for (size_t row = begin; row < end; row++) {
        for (size_t n = row * width; n < (row + 1) * width; n += SG_LANES) {
            float tile[SG_LANES] = {0};
            for (size_t p = 0; p < count; p++)
                for (size_t k = 0; pieces[p].touched[row] && k < SG_LANES; k++)
                    tile[k] += pieces[p].values[n + k];
            memcpy(sum + n, tile, sizeof tile);
        }
    }
}

/* Rows of numbers: of gradients, of which only those that spikes touched count, and of arrays over steps. */
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

void sg_ref_sum_rows(float *sum, const sg_rows *terms, size_t count, size_t begin, size_t end, size_t width) {
    for (size_t row = begin; row < end; row++) {
        for (size_t n = row * width; n < (row + 1) * width; n += SG_LANES) {
            float tile[SG_LANES] = {0};
            for (size_t p = 0; p < count; p++)
                for (size_t k = 0; terms[p].touched[row] && k < SG_LANES; k++)
                    tile[k] += terms[p].values[n + k];
            memcpy(sum + n, tile, sizeof tile);
        }
    }
}

void sg_ref_outer_product(float *x, const float *column, const float *row, bool add, size_t rows, size_t width) {
    for (size_t r = 0; r < rows; r++)
        for (size_t n = 0; n < width; n++) {
            float product = column[r] * row[n];
            x[r * width + n] = add ? x[r * width + n] + product : product;
        }
}

void sg_ref_scale(float *x, float factor, size_t count) {
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
}

void sg_ref_mask_columns(float *x, const uint16_t *kept, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            x[t * width + n] = kept[n / SG_LANES] >> (n % SG_LANES) & 1 ? x[t * width + n] : 0;
}

void sg_ref_add_row(float *x, const float *row, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        sg_add_row(x + t * width, row, width);
}

void sg_ref_add_steps(float *row, const float *x, size_t steps, size_t width) {
    for (size_t t = steps; t-- > 0;)
        sg_add_row(row, x + t * width, width);
}

void sg_ref_sum_steps(float *sums, const float *x, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            sums[n] += x[t * width + n];
}

void sg_ref_sum_products(float *sums, const float *x, const float *z, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            sums[n] += x[t * width + n] * z[t * width + n];
}

void sg_ref_broadcast_row(float *x, const float *row, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        memcpy(x + t * width, row, width * sizeof *x);
}

void sg_ref_max_steps(float *peak, uint32_t *peak_step, const float *x, size_t begin, size_t steps, size_t width) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n++)
            if (begin + t == 0 || x[t * width + n] > peak[n]) {
                peak[n] = x[t * width + n];
                peak_step[n] = (uint32_t)(begin + t);
            }
}

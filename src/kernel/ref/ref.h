/* The scalar kernels, one file for each family. kernel.h holds their contracts. Loops over a tile have a fixed number
 * of turns and no sum across lanes, so a compiler may vectorise them without changing a bit. */
#ifndef SG_KERNEL_REF_H
#define SG_KERNEL_REF_H

#include "kernel/kernel.h"
#include "kernel/kernel_list.h"

#include <math.h>

static inline float sg_flush(float x) {
    return fabsf(x) < SG_FLUSH ? 0.0f : x;
}

/* Whether the states of neurons are flushed after step t of the sample, and on the way back. */
static inline bool sg_flushes(size_t t) {
    return t % SG_FLUSH_STEPS == SG_FLUSH_STEPS - 1;
}
static inline bool sg_flushes_back(size_t t) {
    return t % SG_FLUSH_STEPS == 0;
}

static inline void sg_flush_tile(float *state) {
    for (size_t k = 0; k < SG_LANES; k++)
        state[k] = sg_flush(state[k]);
}

/* sum (width) += row (width). */
static inline void sg_add_row(float *restrict sum, const float *restrict row, size_t width) {
    for (size_t tile = 0; tile < width; tile += SG_LANES)
        for (size_t k = 0; k < SG_LANES; k++)
            sum[tile + k] += row[tile + k];
}

/* Whether input i fires in step t. */
static inline bool sg_has_spike(const uint16_t *spikes, size_t t, size_t i, size_t stride_below) {
    return spikes[t * (stride_below / SG_LANES) + i / SG_LANES] >> (i % SG_LANES) & 1;
}

/* The body of sum_squares, of every set: the compiler makes vectors of a tile, as wide as the set's. */
static inline double sg_sum_squares(const float *x, size_t count) {
    double sums[SG_LANES] = {0}, total = 0;
    size_t whole = count - count % SG_LANES;
    for (size_t j = 0; j < whole; j += SG_LANES)
        for (size_t k = 0; k < SG_LANES; k++)
            sums[k] += (double)x[j + k] * x[j + k];
    for (size_t j = whole; j < count; j++)
        sums[j - whole] += (double)x[j] * x[j];
    for (size_t k = 0; k < SG_LANES; k++)
        total += sums[k];
    return total;
}

/* sg_ref_NAME for every kernel. */
#define SG_REF_PROTOTYPE(name) __typeof__(*((sg_kernels *)NULL)->name) sg_ref_##name;
SG_KERNEL_LIST(SG_REF_PROTOTYPE)

#endif

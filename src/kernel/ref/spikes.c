/* Spike bits: packed, listed, counted. */
#include "kernel/ref/ref.h"

#include "kernel/ref/surrogate.h"

#include <string.h>

void sg_ref_find_active_tiles(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                              size_t stride) {
    for (size_t t = 0; t < steps; t++)
        for (size_t n = 0; n < width; n += SG_LANES) {
            uint32_t bits = 0;
            for (uint32_t k = 0; k < SG_LANES; k++)
                bits |= sg_times_sigma(surrogate, 1, u[t * width + n + k]) != 0 ? 1u << k : 0;
            active[(t * stride + n) / SG_LANES] = (uint16_t)bits;
        }
}

size_t sg_ref_count_all_spikes(const uint16_t *spikes, size_t steps, size_t stride) {
    size_t total = 0;
    for (size_t tile = 0; tile < steps * stride / SG_LANES; tile++)
        total += (size_t)__builtin_popcount(spikes[tile]);
    return total;
}

size_t sg_ref_list_spikes(uint16_t *step, uint32_t *channel, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES, count = 0;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            for (uint32_t bits = spikes[t * tiles + tile]; bits; bits &= bits - 1) {
                step[count] = (uint16_t)t;
                channel[count++] = (uint32_t)(tile * SG_LANES) + (uint32_t)__builtin_ctz(bits);
            }
    return count;
}

void sg_ref_count_spikes(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            for (uint32_t k = 0; k < SG_LANES; k++)
                counts[tile * SG_LANES + k] += spikes[t * tiles + tile] >> k & 1u;
}

void sg_ref_sum_spikes(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            for (uint32_t bits = spikes[t * tiles + tile]; bits; bits &= bits - 1)
                sums[tile * SG_LANES + (size_t)__builtin_ctz(bits)] += weights[t];
}

void sg_ref_first_spikes(uint32_t *first, uint32_t *second, const uint16_t *spikes, size_t begin, size_t steps,
                         size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            for (uint32_t bits = spikes[t * tiles + tile]; bits; bits &= bits - 1) {
                size_t n = tile * SG_LANES + (size_t)__builtin_ctz(bits);
                uint32_t now = (uint32_t)(begin + t);
                if (first[n] > now)
                    first[n] = now;
                else if (second[n] > now)
                    second[n] = now;
            }
}

void sg_ref_mask_spikes(uint16_t *handed, const uint16_t *spikes, const uint16_t *kept, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            handed[t * tiles + tile] = spikes[t * tiles + tile] & (kept ? kept[tile] : 0xffff);
}

void sg_ref_mark_fired(uint16_t *fired, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t t = 0; t < steps; t++)
        for (size_t tile = 0; tile < tiles; tile++)
            fired[tile] |= spikes[t * tiles + tile];
}

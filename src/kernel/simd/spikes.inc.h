/* Spike bits: active tiles, lists, counts, sums. */

static ALWAYS_INLINE void support_known(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps,
                                        size_t width, size_t stride) {
    for (size_t t = 0; t < steps; t++, u += width, active += stride / SG_LANES)
        for (size_t n = 0; n < width; n += SG_LANES)
            active[n / SG_LANES] =
                lane_bits(lane_above(times_sigma(surrogate, lane_all(1), lane_load(u + n)), lane_zero()));
}

static void v_find_active_tiles(uint16_t *active, const float *u, sg_surrogate surrogate, size_t steps, size_t width,
                                size_t stride) {
#define SUPPORT(known) support_known(active, u, known, steps, width, stride)
    WITH_KNOWN_SURROGATE(surrogate, SUPPORT);
}

/* Writes the numbers of the bits of `word`, always four at a time, even where fewer are left: a branch for each bit
 * would be mispredicted. */
static ALWAYS_INLINE size_t list_word(uint16_t *step, uint32_t *channel, uint64_t word, uint16_t t, uint32_t first) {
    size_t count = (size_t)__builtin_popcountll(word);
    for (size_t e = 0; e < count; e += 4)
        for (size_t k = 0; k < 4; k++, word &= word - 1) {
            step[e + k] = t;
            channel[e + k] = first + (uint32_t)__builtin_ctzll(word | (uint64_t)1 << 63);
        }
    return count;
}

static size_t v_list_spikes(uint16_t *step, uint32_t *channel, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES, count = 0;
    for (size_t t = 0; t < steps; t++, spikes += tiles) {
        size_t tile = 0;
        for (; tile + 4 <= tiles; tile += 4) {
            uint64_t word;
            memcpy(&word, spikes + tile, sizeof word);
            count += list_word(step + count, channel + count, word, (uint16_t)t, (uint32_t)(tile * SG_LANES));
        }
        for (; tile < tiles; tile++)
            count += list_word(step + count, channel + count, spikes[tile], (uint16_t)t, (uint32_t)(tile * SG_LANES));
    }
    return count;
}

static size_t v_count_all_spikes(const uint16_t *spikes, size_t steps, size_t stride) {
    size_t words = steps * stride / SG_LANES, sum = 0, w = 0;
    for (; w + 4 <= words; w += 4) {
        uint64_t word;
        memcpy(&word, spikes + w, sizeof word);
        sum += (size_t)__builtin_popcountll(word);
    }
    for (; w < words; w++)
        sum += (size_t)__builtin_popcount(spikes[w]);
    return sum;
}

static void v_count_spikes(uint32_t *counts, const uint16_t *spikes, size_t steps, size_t stride) {
    size_t tiles = stride / SG_LANES;
    for (size_t tile = 0; tile < tiles; tile++) {
        lane sum = lane_zero(); /* exact up to 2^24 steps */
        for (size_t t = 0; t < steps; t++)
            sum = lane_add_where(lane_mask_of(spikes[t * tiles + tile]), sum, lane_all(1));
        uint32_t here[SG_LANES];
        lane_store_counts(here, sum);
        for (size_t k = 0; k < SG_LANES; k++)
            counts[tile * SG_LANES + k] += here[k];
    }
}

/* Some tiles of a layer, side by side to hide the latency of the additions. */
static ALWAYS_INLINE void sum_spikes_of(float *sums, const float *weights, const uint16_t *spikes, size_t steps,
                                        size_t words, int tiles) {
    lane sum[NEURON_TILES];
    for (int q = 0; q < tiles; q++)
        sum[q] = lane_load(sums + q * SG_LANES);
    for (size_t t = 0; t < steps; t++)
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_add_where(lane_mask_of(spikes[t * words + (size_t)q]), sum[q], lane_all(weights[t]));
    for (int q = 0; q < tiles; q++)
        lane_store(sums + q * SG_LANES, sum[q]);
}

static void v_sum_spikes(float *sums, const float *weights, const uint16_t *spikes, size_t steps, size_t stride) {
    const size_t words = stride / SG_LANES;
#define SUM_SPIKES(n, count) sum_spikes_of(sums + (n), weights, spikes + (n) / SG_LANES, steps, words, count)
    WITH_TILES(stride, NEURON_TILES, SUM_SPIKES);
}

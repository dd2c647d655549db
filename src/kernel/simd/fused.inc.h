/* A link from a list of spikes, fused with its neurons. Registers hold FUSED_TILES tiles and their sums, so the
 * weighted input never goes to memory: the second-level cache, where most of the time goes, moves half as much. Without
 * enough registers one runs after the other. A step of the neurons is written out here and in neuron_cuba_lif.inc.h,
 * because in a separate function gcc keeps in memory the lanes that take two registers. */

#if FUSED_TILES
static ALWAYS_INLINE void gather_cuba_lif_tiles(uint16_t *spikes, float *u, const float *weights, sg_spike_list input,
                                                sg_cuba_lif neuron, size_t steps, size_t width, size_t stride,
                                                int tiles, bool keeps, bool tells) {
    const lane alpha = lane_all(neuron.alpha), beta = lane_all(neuron.beta), theta = lane_all(neuron.theta);
    lane i[FUSED_TILES], v[FUSED_TILES];
    for (int q = 0; q < tiles; q++)
        i[q] = v[q] = lane_zero();
    for (size_t t = 0, e = 0; t < steps; t++, u += width, spikes += stride / SG_LANES) {
        lane sum[FUSED_TILES];
        for (int q = 0; q < tiles; q++)
            sum[q] = lane_zero();
        for (; e < input.count && input.step[e] - input.first == t; e++) {
            const float *row = opaque(weights + input.channel[e] * width);
            for (int q = 0; q < tiles; q++)
                sum[q] = lane_add(sum[q], lane_load(row + q * SG_LANES));
        }
        for (int q = 0; q < tiles; q++) {
            i[q] = lane_add(lane_mul(alpha, i[q]), sum[q]);
            v[q] = lane_add(lane_mul(beta, v[q]), i[q]);
            const lane_mask fired = lane_above(v[q], theta);
            if (keeps)
                lane_store(u + q * SG_LANES, lane_sub(v[q], theta));
            v[q] = lane_drop(fired, v[q]);
            if (tells)
                spikes[q] = lane_bits(fired);
        }
        if (sg_flushes(t)) {
            flush_tiles(i, tiles);
            flush_tiles(v, tiles);
        }
    }
}

static ALWAYS_INLINE void scatter_cuba_lif_tiles(float *gradient, uint8_t *touched, const float *g, const float *u,
                                                 sg_rank_one product, sg_spike_list input, sg_cuba_lif neuron,
                                                 sg_surrogate surrogate, size_t steps, bool is_product) {
    enum { WIDTH = FUSED_TILES * SG_LANES };
    const lane alpha = lane_all(neuron.alpha), beta = lane_all(neuron.beta);
    lane gi[FUSED_TILES], gv[FUSED_TILES];
    size_t e = input.count;
    for (int q = 0; q < FUSED_TILES; q++)
        gi[q] = gv[q] = lane_zero();
    for (size_t t = steps; t-- > 0;) {
        for (int q = 0; q < FUSED_TILES; q++) {
            const size_t n = (size_t)q * SG_LANES, at = t * WIDTH + n;
            const lane ut = lane_load(u + at);
            const lane carried = lane_drop(lane_above(ut, lane_zero()), lane_mul(beta, gv[q]));
            const lane by_spike =
                is_product ? lane_mul(lane_all(product.column[t]), lane_load(product.row + n)) : lane_load(g + at);
            gv[q] = lane_add(carried, times_sigma(surrogate, by_spike, ut));
            gi[q] = lane_add(lane_mul(alpha, gi[q]), gv[q]);
        }
        for (; e > 0 && input.step[e - 1] - input.first == t; e--) {
            const size_t row = input.channel[e - 1];
            const lane_mask counts = lane_mask_all(touched[row]);
            float *sum = gradient + row * WIDTH;
            for (int q = 0; q < FUSED_TILES; q++)
                lane_store(sum + q * SG_LANES, lane_add(lane_keep(counts, lane_load(sum + q * SG_LANES)), gi[q]));
            touched[row] = 1;
        }
        if (sg_flushes_back(t)) {
            flush_tiles(gv, FUSED_TILES);
            flush_tiles(gi, FUSED_TILES);
        }
    }
}
#endif

/* Fused but for a single tile, for which gather has a faster way. */
static void v_gather_cuba_lif(uint16_t *spikes, float *u, bool keeps, const float *weights, sg_spike_list input,
                              sg_cuba_lif neuron, size_t steps, size_t width, size_t stride) {
#if FUSED_TILES
#define GATHER_CUBA_LIF(n, count, keeps, tells)                                                                        \
    gather_cuba_lif_tiles((tells) ? spikes + (n) / SG_LANES : NULL, u + (n), weights + (n), input, neuron, steps,      \
                          width, stride, count, keeps, tells)
#define GATHER_CUBA_LIF_BOTH(n, count)   GATHER_CUBA_LIF(n, count, true, true)
#define GATHER_CUBA_LIF_U(n, count)      GATHER_CUBA_LIF(n, count, true, false)
#define GATHER_CUBA_LIF_SPIKES(n, count) GATHER_CUBA_LIF(n, count, false, true)
    if (width > SG_LANES) {
        if (!spikes)
            WITH_TILES(width, FUSED_TILES, GATHER_CUBA_LIF_U);
        else if (keeps)
            WITH_TILES(width, FUSED_TILES, GATHER_CUBA_LIF_BOTH);
        else
            WITH_TILES(width, FUSED_TILES, GATHER_CUBA_LIF_SPIKES);
        return;
    }
#endif
    (void)keeps;
    v_gather(u, weights, input, steps, width);
    v_cuba_lif_forward(spikes, u, neuron, steps, width, stride);
}

/* Fused only for full blocks. Narrower ones stay in the first-level cache anyway, and lose more to the mispredicted end
 * of each step's spikes than fusing saves. */
static void v_scatter_cuba_lif(float *gradient, uint8_t *touched, float *g, const float *u, sg_rank_one product,
                               sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate, size_t steps,
                               size_t width) {
#if FUSED_TILES
#define SCATTER_CUBA_LIF(known)                                                                                        \
    scatter_cuba_lif_tiles(gradient, touched, g, u, product, input, neuron, known, steps, false)
#define SCATTER_CUBA_LIF_PRODUCT(known)                                                                                \
    scatter_cuba_lif_tiles(gradient, touched, g, u, product, input, neuron, known, steps, true)
    if (width == FUSED_TILES * SG_LANES) {
        if (product.column)
            WITH_KNOWN_SURROGATE(surrogate, SCATTER_CUBA_LIF_PRODUCT);
        else
            WITH_KNOWN_SURROGATE(surrogate, SCATTER_CUBA_LIF);
        return;
    }
#endif
    v_cuba_lif_backward(g, u, product, neuron, surrogate, steps, width);
    v_scatter(gradient, touched, g, input, width);
}

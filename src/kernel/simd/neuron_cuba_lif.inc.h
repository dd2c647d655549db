/* Cuba_lif neurons: the loop over time inside, some tiles at a time to hide the latency of the recurrence. */

static ALWAYS_INLINE lane flush(lane x) {
    return lane_keep(lane_not_below(lane_abs(x), lane_all(SG_FLUSH)), x);
}

static ALWAYS_INLINE void flush_tiles(lane *states, int tiles) {
    for (int q = 0; q < tiles; q++)
        states[q] = flush(states[q]);
}

static ALWAYS_INLINE void cuba_lif_forward_tiles(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps,
                                                 size_t width, size_t stride, int tiles, bool tells) {
    const lane alpha = lane_all(neuron.alpha), beta = lane_all(neuron.beta), theta = lane_all(neuron.theta);
    lane i[NEURON_TILES], v[NEURON_TILES];
    for (int q = 0; q < tiles; q++)
        i[q] = v[q] = lane_zero();
    for (size_t t = 0; t < steps; t++, x += width, spikes += stride / SG_LANES) {
        for (int q = 0; q < tiles; q++) {
            size_t n = (size_t)q * SG_LANES;
            i[q] = lane_add(lane_mul(alpha, i[q]), lane_load(x + n));
            v[q] = lane_add(lane_mul(beta, v[q]), i[q]);
            lane_mask fired = lane_above(v[q], theta); /* where u > 0, and known before u is */
            lane_store(x + n, lane_sub(v[q], theta));
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

static void v_cuba_lif_forward(uint16_t *spikes, float *x, sg_cuba_lif neuron, size_t steps, size_t width,
                               size_t stride) {
#define CUBA_LIF_FORWARD(n, count)                                                                                     \
    cuba_lif_forward_tiles(spikes + (n) / SG_LANES, x + (n), neuron, steps, width, stride, count, true)
#define CUBA_LIF_AGAIN(n, count) cuba_lif_forward_tiles(NULL, x + (n), neuron, steps, width, stride, count, false)
    if (spikes)
        WITH_TILES(width, NEURON_TILES, CUBA_LIF_FORWARD);
    else
        WITH_TILES(width, NEURON_TILES, CUBA_LIF_AGAIN);
}

static ALWAYS_INLINE void cuba_lif_backward_tiles(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron,
                                                  sg_surrogate surrogate, size_t steps, size_t width, int tiles,
                                                  bool is_product) {
    const lane alpha = lane_all(neuron.alpha), beta = lane_all(neuron.beta);
    lane gi[NEURON_TILES], gv[NEURON_TILES];
    for (int q = 0; q < tiles; q++)
        gi[q] = gv[q] = lane_zero();
    for (size_t t = steps; t-- > 0;) {
        for (int q = 0; q < tiles; q++) {
            size_t at = t * width + (size_t)q * SG_LANES;
            lane ut = lane_load(u + at);
            lane carried = lane_drop(lane_above(ut, lane_zero()), lane_mul(beta, gv[q]));
            lane by_spike = is_product ? lane_mul(lane_all(product.column[t]), lane_load(product.row + q * SG_LANES))
                                       : lane_load(g + at);
            gv[q] = lane_add(carried, times_sigma(surrogate, by_spike, ut));
            gi[q] = lane_add(lane_mul(alpha, gi[q]), gv[q]);
            lane_store(g + at, gi[q]);
        }
        if (sg_flushes_back(t)) {
            flush_tiles(gv, tiles);
            flush_tiles(gi, tiles);
        }
    }
}

static ALWAYS_INLINE sg_rank_one columns_from(sg_rank_one product, size_t n) {
    return (sg_rank_one){product.column, product.column ? product.row + n : NULL};
}

static ALWAYS_INLINE void cuba_lif_backward_known(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron,
                                                  sg_surrogate surrogate, size_t steps, size_t width, bool is_product) {
#define CUBA_LIF_BACKWARD_TILES(n, count)                                                                              \
    cuba_lif_backward_tiles(g + (n), u + (n), columns_from(product, n), neuron, surrogate, steps, width, count,        \
                            is_product)
    WITH_TILES_HALVED(width, NEURON_TILES, CUBA_LIF_BACKWARD_TILES);
}

static void v_cuba_lif_backward(float *g, const float *u, sg_rank_one product, sg_cuba_lif neuron,
                                sg_surrogate surrogate, size_t steps, size_t width) {
#define CUBA_LIF_BACKWARD(known)         cuba_lif_backward_known(g, u, product, neuron, known, steps, width, false)
#define CUBA_LIF_BACKWARD_PRODUCT(known) cuba_lif_backward_known(g, u, product, neuron, known, steps, width, true)
    if (product.column)
        WITH_KNOWN_SURROGATE(surrogate, CUBA_LIF_BACKWARD_PRODUCT);
    else
        WITH_KNOWN_SURROGATE(surrogate, CUBA_LIF_BACKWARD);
}

/* Neurons: the loop over time inside, some tiles at a time so that the processor has other work while it waits for a
 * tile's last step. */

static ALWAYS_INLINE lane flush(lane x) {
    return lane_keep(lane_not_below(lane_abs(x), lane_all(SG_FLUSH)), x);
}

static ALWAYS_INLINE void flush_tiles(lane *states, int tiles) {
    for (int q = 0; q < tiles; q++)
        states[q] = flush(states[q]);
}

static ALWAYS_INLINE void cuba_lif_forward_tiles(uint16_t *spikes, float *x, const float *alpha, const float *beta,
                                                 const float *theta, size_t steps, size_t width, size_t stride,
                                                 int tiles) {
    lane i[TILES], v[TILES];
    for (int q = 0; q < tiles; q++)
        i[q] = v[q] = lane_zero();
    for (size_t t = 0; t < steps; t++, x += width, spikes += stride / SG_LANES) {
        for (int q = 0; q < tiles; q++) {
            size_t n = (size_t)q * SG_LANES;
            i[q] = lane_add(lane_mul(lane_load(alpha + n), i[q]), lane_load(x + n));
            v[q] = lane_add(lane_mul(lane_load(beta + n), v[q]), i[q]);
            const lane threshold = lane_load(theta + n);
            lane_mask fired = lane_above(v[q], threshold); /* where u > 0, and known before u is */
            lane_store(x + n, lane_sub(v[q], threshold));
            v[q] = lane_drop(fired, v[q]);
            spikes[q] = lane_bits(fired);
        }
        if (sg_flushes(t)) {
            flush_tiles(i, tiles);
            flush_tiles(v, tiles);
        }
    }
}

static void cuba_lif_forward(uint16_t *spikes, float *x, const sg_cuba_lif *neuron, size_t steps, size_t width,
                             size_t stride) {
    size_t n = 0;
    for (; n + TILES * SG_LANES <= width; n += TILES * SG_LANES)
        cuba_lif_forward_tiles(spikes + n / SG_LANES, x + n, neuron->alpha + n, neuron->beta + n, neuron->theta + n,
                               steps, width, stride, TILES);
    for (; n < width; n += SG_LANES)
        cuba_lif_forward_tiles(spikes + n / SG_LANES, x + n, neuron->alpha + n, neuron->beta + n, neuron->theta + n,
                               steps, width, stride, 1);
}

static ALWAYS_INLINE void cuba_lif_backward_tiles(float *g, const float *u, const float *alpha, const float *beta,
                                                  sg_surrogate surrogate, size_t steps, size_t width, int tiles) {
    lane gi[TILES], gv[TILES];
    for (int q = 0; q < tiles; q++)
        gi[q] = gv[q] = lane_zero();
    for (size_t t = steps; t-- > 0;) {
        for (int q = 0; q < tiles; q++) {
            size_t n = (size_t)q * SG_LANES, at = t * width + n;
            lane ut = lane_load(u + at);
            lane carried = lane_drop(lane_above(ut, lane_zero()), lane_mul(lane_load(beta + n), gv[q]));
            gv[q] = lane_add(carried, times_sigma(surrogate, lane_load(g + at), ut));
            gi[q] = lane_add(lane_mul(lane_load(alpha + n), gi[q]), gv[q]);
            lane_store(g + at, gi[q]);
        }
        if (sg_flushes_back(t)) {
            flush_tiles(gv, tiles);
            flush_tiles(gi, tiles);
        }
    }
}

static ALWAYS_INLINE void cuba_lif_backward_known(float *g, const float *u, const sg_cuba_lif *neuron,
                                                  sg_surrogate surrogate, size_t steps, size_t width) {
    size_t n = 0;
    for (; n + TILES * SG_LANES <= width; n += TILES * SG_LANES)
        cuba_lif_backward_tiles(g + n, u + n, neuron->alpha + n, neuron->beta + n, surrogate, steps, width, TILES);
    for (; n < width; n += SG_LANES)
        cuba_lif_backward_tiles(g + n, u + n, neuron->alpha + n, neuron->beta + n, surrogate, steps, width, 1);
}

static void cuba_lif_backward(float *g, const float *u, const sg_cuba_lif *neuron, sg_surrogate surrogate, size_t steps,
                              size_t width) {
#define CUBA_LIF_BACKWARD(known) cuba_lif_backward_known(g, u, neuron, known, steps, width)
    WITH_KNOWN_SURROGATE(surrogate, CUBA_LIF_BACKWARD);
}

static void li_forward(float *x, const float *beta, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        const lane decay = lane_load(beta + n);
        lane v = lane_zero();
        for (size_t t = 0; t < steps; t++) {
            v = lane_add(lane_mul(decay, v), lane_load(x + t * width + n));
            lane_store(x + t * width + n, v);
            if (sg_flushes(t))
                v = flush(v);
        }
    }
}

static void li_backward(float *g, const float *beta, size_t steps, size_t width) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        const lane decay = lane_load(beta + n);
        lane gv = lane_zero();
        for (size_t t = steps; t-- > 0;) {
            gv = lane_add(lane_mul(decay, gv), lane_load(g + t * width + n));
            lane_store(g + t * width + n, gv);
            if (sg_flushes_back(t))
                gv = flush(gv);
        }
    }
}

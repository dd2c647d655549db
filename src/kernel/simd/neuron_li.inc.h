/* Leaky integrators. */

static void v_li_forward(float *x, float beta, size_t steps, size_t width) {
    const lane decay = lane_all(beta);
    for (size_t n = 0; n < width; n += SG_LANES) {
        lane v = lane_zero();
        for (size_t t = 0; t < steps; t++) {
            v = lane_add(lane_mul(decay, v), lane_load(x + t * width + n));
            lane_store(x + t * width + n, v);
            if (sg_flushes(t))
                v = flush(v);
        }
    }
}

static void v_li_backward(float *g, float beta, size_t steps, size_t width) {
    const lane decay = lane_all(beta);
    for (size_t n = 0; n < width; n += SG_LANES) {
        lane gv = lane_zero();
        for (size_t t = steps; t-- > 0;) {
            gv = lane_add(lane_mul(decay, gv), lane_load(g + t * width + n));
            lane_store(g + t * width + n, gv);
            if (sg_flushes_back(t))
                gv = flush(gv);
        }
    }
}

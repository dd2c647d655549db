/* The adjoint of neurons in continuous time, on the clock. Spikes are rare: where no lane of a tile fires, the jump is
 * not computed. */

static ALWAYS_INLINE lane eventprop_jump(const sg_eventprop *p, lane gv, lane g, lane u, lane before) {
    lane theta = lane_all(p->theta), least = lane_all(p->least_slope), y = lane_add(u, theta);
    lane drive = lane_sub(y, lane_mul(lane_all(p->beta), before));
    lane slope = lane_sub(lane_mul(lane_all(p->current_gain), drive), y);
    slope = lane_choose(lane_above(slope, least), slope, least);
    return lane_div(lane_sub(lane_mul(theta, gv), lane_mul(lane_all(p->tau_mem), g)), slope);
}

/* The membrane after the step before that of u. */
static ALWAYS_INLINE lane eventprop_before(const sg_eventprop *p, const float *u, const float *state, size_t t,
                                           size_t width) {
    if (t == 0)
        return lane_load(state);
    lane before = lane_load(u - width);
    return lane_drop(lane_above(before, lane_zero()), lane_add(before, lane_all(p->theta)));
}

static ALWAYS_INLINE void eventprop_tile(float *g, float *below, float *adjoint, const float *u, const float *state,
                                         const float *by_counts, const sg_eventprop *p, sg_span span, size_t width,
                                         size_t stride) {
    float *by_current = adjoint + SG_ADJOINT_CURRENT * stride, *by_membrane = adjoint + SG_ADJOINT_MEMBRANE * stride;
    const lane alpha = lane_all(p->alpha), beta = lane_all(p->beta), gamma = lane_all(p->gamma);
    const lane by_tau_syn = lane_all(p->by_tau_syn), by_tau_mem = lane_all(p->by_tau_mem);
    lane gi = lane_load(by_current), gv = lane_load(by_membrane);
    for (size_t t = span.end; t-- > span.begin;) {
        size_t at = t * width;
        gi = lane_add(lane_mul(alpha, gi), lane_mul(gamma, gv));
        gv = lane_mul(beta, gv);
        if (below)
            lane_store(below + at, lane_sub(lane_mul(by_tau_syn, gi), lane_mul(by_tau_mem, gv)));
        lane ut = lane_load(u + at);
        lane_mask fired = lane_above(ut, lane_zero());
        if (!p->fires) {
            gv = lane_add(gv, lane_load(g + at));
        } else if (lane_bits(fired)) {
            lane before = eventprop_before(p, u + at, state + SG_MEMBRANE * stride, t, width);
            gv = lane_add_where(fired, gv, eventprop_jump(p, gv, lane_load(g + at), ut, before));
            gv = by_counts ? lane_add_where(fired, gv, lane_load(by_counts)) : gv;
        }
        lane_store(g + at, gi);
        if (sg_flushes_back(span.first + t)) {
            gi = flush(gi);
            gv = flush(gv);
        }
    }
    lane_store(by_current, gi);
    lane_store(by_membrane, gv);
}

static void v_eventprop_backward(float *g, float *below, float *adjoint, const float *u, const float *state,
                                 const float *by_counts, const sg_eventprop *neuron, sg_span span, size_t width,
                                 size_t stride) {
    for (size_t n = 0; n < width; n += SG_LANES)
        eventprop_tile(g + n, below ? below + n : NULL, adjoint + n, u + n, state + n, by_counts ? by_counts + n : NULL,
                       neuron, span, width, stride);
}

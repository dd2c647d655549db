/* The general neuron. What every neuron needs is done by an inlined step whose flags are constants where they are all
 * off (`plain`), so that nothing is left of them there; other neurons pay for their choices. */

static ALWAYS_INLINE void load_rows(lane *rows, const float *from, size_t count, size_t stride) {
    for (size_t row = 0; row < count; row++)
        rows[row] = lane_load(from + row * stride);
}

static ALWAYS_INLINE void save_rows(float *to, const lane *rows, size_t count, size_t stride) {
    for (size_t row = 0; row < count; row++)
        lane_store(to + row * stride, rows[row]);
}

static ALWAYS_INLINE lane reset_of(const lane *c, lane y) {
    return lane_add(lane_mul(c[SG_RESET_SHARE], y), c[SG_RESET_AMOUNT]);
}

/* y less what `reset` says, in the lanes of the mask. */
static ALWAYS_INLINE lane take_where(lane_mask where, lane y, lane reset) {
    return lane_choose(where, lane_sub(y, reset), y);
}

static ALWAYS_INLINE lane threshold_of(const sg_general_neuron *neuron, const lane *c, lane a, bool plain) {
    return !plain && neuron->adapts ? lane_add(c[SG_THETA], lane_mul(c[SG_TO_THRESHOLD], a)) : c[SG_THETA];
}

/* Moves on a line of the last two values; returns the one of `delay` steps before. */
static ALWAYS_INLINE lane delay_line(lane *line, uint32_t delay, lane now) {
    const lane out = delay == 0 ? now : line[delay - 1];
    line[1] = line[0];
    line[0] = now;
    return out;
}

/* One step of a tile; returns u, and in *y the membrane that it was made of. */
static ALWAYS_INLINE lane spiking_step(lane *s, lane *y, const sg_general_neuron *neuron, const lane *c, lane x,
                                       bool plain) {
    x = delay_line(&s[SG_INPUT_1], plain ? 0 : neuron->delay, x);
    s[SG_CURRENT] = lane_add(lane_mul(c[SG_ALPHA], s[SG_CURRENT]), lane_mul(c[SG_INPUT_GAIN], x));
    const lane a = s[SG_ADAPTATION];
    const bool adapts = !plain && neuron->adapts;
    const lane j = adapts ? lane_sub(s[SG_CURRENT], lane_mul(c[SG_TO_CURRENT], a)) : s[SG_CURRENT];
    *y = lane_add(lane_mul(c[SG_BETA], s[SG_MEMBRANE]), lane_mul(c[SG_MEMBRANE_GAIN], j));
    if (!plain && neuron->late)
        *y = take_where(lane_above(s[SG_FIRED], lane_zero()), *y, reset_of(c, *y));
    lane u = lane_sub(*y, threshold_of(neuron, c, a, plain));
    if (!plain && neuron->refractory > 0)
        u = lane_choose(lane_above(s[SG_REFRACTORY_LEFT], lane_zero()), lane_all(SG_RESTING), u);
    const lane_mask fired = lane_above(u, !plain && !neuron->fires ? lane_all(INFINITY) : lane_zero());
    s[SG_MEMBRANE] = !plain && neuron->late ? *y : take_where(fired, *y, reset_of(c, *y));
    s[SG_FIRED] = lane_keep(fired, lane_all(1));
    if (!plain && neuron->refractory > 0) {
        const lane rest = lane_sub(s[SG_REFRACTORY_LEFT], lane_all(1));
        s[SG_REFRACTORY_LEFT] = lane_choose(fired, lane_all((float)neuron->refractory),
                                            lane_keep(lane_above(s[SG_REFRACTORY_LEFT], lane_zero()), rest));
    }
    if (adapts) {
        s[SG_ADAPTATION] = lane_add(lane_mul(c[SG_RHO], a), lane_mul(c[SG_FROM_MEMBRANE], *y));
        s[SG_ADAPTATION] = lane_add(s[SG_ADAPTATION], lane_keep(fired, c[SG_FROM_SPIKE]));
    }
    return u;
}

static ALWAYS_INLINE void spiking_forward_tile(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                               const sg_general_neuron *neuron, sg_span span, size_t n, size_t width,
                                               size_t stride, bool plain) {
    lane c[SG_NEURON_CONSTANTS], s[SG_NEURON_STATES], y;
    load_rows(c, neuron->constants + n, SG_NEURON_CONSTANTS, stride);
    load_rows(s, state + n, SG_NEURON_STATES, stride);
    for (size_t t = span.begin; t < span.end; t++) {
        const size_t at = t * width + n;
        lane_store(x + at, spiking_step(s, &y, neuron, c, lane_load(x + at), plain));
        spikes[t * (stride / SG_LANES) + n / SG_LANES] = lane_bits(lane_above(s[SG_FIRED], lane_zero()));
        if (sg_flushes(span.first + t))
            flush_tiles(s, SG_ADAPTATION + 1);
        if (!plain && trace) {
            lane_store(trace->current + at, s[SG_CURRENT]);
            lane_store(trace->membrane + at, y);
            lane_store(trace->adaptation + at, s[SG_ADAPTATION]);
        }
    }
    save_rows(state + n, s, SG_NEURON_STATES, stride);
}

static bool is_plain(const sg_general_neuron *neuron) {
    return neuron->fires && !neuron->late && !neuron->adapts && !neuron->delay && !neuron->refractory &&
           !neuron->reset_gradient;
}

static void v_general_neuron_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                     const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride) {
    const bool plain = is_plain(neuron) && !trace;
    for (size_t n = 0; n < width; n += SG_LANES)
        if (plain)
            spiking_forward_tile(spikes, x, state, trace, neuron, span, n, width, stride, true);
        else
            spiking_forward_tile(spikes, x, state, trace, neuron, span, n, width, stride, false);
}

/* What the backward pass needs to know of a step and of the step before. */
typedef struct instant {
    lane u, a_before;
    lane_mask fired, fired_before;
} instant;

static ALWAYS_INLINE instant instant_at(const float *u, const float *state, const sg_neuron_trace *trace,
                                        const sg_general_neuron *neuron, size_t n, size_t t, size_t width,
                                        size_t stride, bool plain) {
    const lane least = !plain && !neuron->fires ? lane_all(INFINITY) : lane_zero();
    instant m = {.u = lane_load(u + t * width + n), .a_before = lane_zero()};
    m.fired = lane_above(m.u, least);
    m.fired_before = m.fired;
    if (plain)
        return m;
    m.fired_before =
        lane_above(t > 0 ? lane_load(u + (t - 1) * width + n) : lane_load(state + SG_FIRED * stride + n), least);
    if (trace && neuron->adapts)
        m.a_before =
            t > 0 ? lane_load(trace->adaptation + (t - 1) * width + n) : lane_load(state + SG_ADAPTATION * stride + n);
    return m;
}

/* Gradients within a step that the sums want. */
typedef struct step_gradients {
    lane gu, gy, gi, ga, by_reset;
} step_gradients;

static ALWAYS_INLINE step_gradients spiking_step_back(lane *d, const sg_general_neuron *neuron, const lane *c,
                                                      const instant *m, lane g, sg_surrogate surrogate, bool plain) {
    const bool adapts = !plain && neuron->adapts, late = !plain && neuron->late;
    step_gradients r = {.ga = d[SG_ADJOINT_ADAPTATION], .by_reset = lane_zero()};
    lane b = lane_mul(c[SG_BETA], d[SG_ADJOINT_MEMBRANE]);
    if (adapts)
        g = lane_add(g, lane_mul(c[SG_FROM_SPIKE], r.ga));
    if (!plain && neuron->reset_gradient) {
        const lane y = lane_add(m->u, threshold_of(neuron, c, m->a_before, plain));
        const lane_mask rests = lane_at_least(lane_all(SG_RESTING), m->u);
        g = lane_sub(g, lane_drop(rests, lane_mul(reset_of(c, y), b)));
    }
    r.gu = !plain && !neuron->fires ? g : times_sigma(surrogate, g, m->u);
    if (!late) {
        r.by_reset = lane_keep(m->fired, b);
        b = take_where(m->fired, b, lane_mul(c[SG_RESET_SHARE], b));
    }
    r.gy = lane_add(b, r.gu);
    if (adapts)
        r.gy = lane_add(r.gy, lane_mul(c[SG_FROM_MEMBRANE], r.ga));
    if (late) {
        r.by_reset = lane_keep(m->fired_before, r.gy);
        r.gy = take_where(m->fired_before, r.gy, lane_mul(c[SG_RESET_SHARE], r.gy));
    }
    const lane gj = lane_mul(c[SG_MEMBRANE_GAIN], r.gy);
    r.gi = lane_add(lane_mul(c[SG_ALPHA], d[SG_ADJOINT_CURRENT]), gj);
    if (adapts)
        d[SG_ADJOINT_ADAPTATION] = lane_sub(lane_sub(lane_mul(c[SG_RHO], r.ga), lane_mul(c[SG_TO_CURRENT], gj)),
                                            lane_mul(c[SG_TO_THRESHOLD], r.gu));
    d[SG_ADJOINT_MEMBRANE] = r.gy;
    d[SG_ADJOINT_CURRENT] = r.gi;
    return r;
}

/* v of the end of the step before: traces hold it before an early reset and its flush. */
static ALWAYS_INLINE lane membrane_before(const float *state, const sg_neuron_trace *trace,
                                          const sg_general_neuron *neuron, const lane *c, const instant *m,
                                          size_t first, size_t n, size_t t, size_t width, size_t stride) {
    if (t == 0)
        return lane_load(state + SG_MEMBRANE * stride + n);
    const lane y = lane_load(trace->membrane + (t - 1) * width + n);
    const lane v = neuron->late ? y : take_where(m->fired_before, y, reset_of(c, y));
    return sg_flushes(first + t - 1) ? flush(v) : v;
}

static ALWAYS_INLINE void add_to(lane *sum, lane a, lane b) {
    *sum = lane_add(*sum, lane_mul(a, b));
}

static ALWAYS_INLINE void take_from(lane *sum, lane a, lane b) {
    *sum = lane_sub(*sum, lane_mul(a, b));
}

static ALWAYS_INLINE void add_sums(lane *sum, const float *state, const sg_neuron_trace *trace,
                                   const sg_general_neuron *neuron, const lane *c, const instant *m,
                                   const step_gradients *r, size_t first, size_t n, size_t t, size_t width,
                                   size_t stride) {
    const lane i = lane_load(trace->current + t * width + n);
    const lane i_before =
        t > 0 ? lane_load(trace->current + (t - 1) * width + n) : lane_load(state + SG_CURRENT * stride + n);
    const lane j = neuron->adapts ? lane_sub(i, lane_mul(c[SG_TO_CURRENT], m->a_before)) : i;
    add_to(&sum[SG_ALPHA], r->gi, i_before);
    add_to(&sum[SG_INPUT_GAIN], r->gi, i);
    add_to(&sum[SG_BETA], r->gy, membrane_before(state, trace, neuron, c, m, first, n, t, width, stride));
    add_to(&sum[SG_MEMBRANE_GAIN], r->gy, j);
    sum[SG_THETA] = lane_sub(sum[SG_THETA], r->gu);
    sum[SG_RESET_AMOUNT] = lane_sub(sum[SG_RESET_AMOUNT], r->by_reset);
    add_to(&sum[SG_RHO], r->ga, m->a_before);
    add_to(&sum[SG_FROM_MEMBRANE], r->ga, lane_load(trace->membrane + t * width + n));
    sum[SG_FROM_SPIKE] = lane_add(sum[SG_FROM_SPIKE], lane_keep(m->fired, r->ga));
    take_from(&sum[SG_TO_THRESHOLD], r->gu, m->a_before);
    take_from(&sum[SG_TO_CURRENT], lane_mul(c[SG_MEMBRANE_GAIN], r->gy), m->a_before);
}

/* The arguments of general_neuron_backward, for one tile of them. */
typedef struct way_back {
    float *g, *adjoint, *sums;
    const float *u, *state;
    const sg_neuron_trace *trace;
    const sg_general_neuron *neuron;
    sg_span span;
    size_t width, stride;
} way_back;

static ALWAYS_INLINE void spiking_backward_tile(const way_back *w, size_t n, sg_surrogate surrogate, bool plain) {
    lane c[SG_NEURON_CONSTANTS], d[SG_NEURON_ADJOINTS], sum[SG_NEURON_CONSTANTS];
    load_rows(c, w->neuron->constants + n, SG_NEURON_CONSTANTS, w->stride);
    load_rows(d, w->adjoint + n, SG_NEURON_ADJOINTS, w->stride);
    for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
        sum[row] = !plain && w->sums ? lane_load(w->sums + row * w->stride + n) : lane_zero();
    for (size_t t = w->span.end; t-- > w->span.begin;) {
        const instant m = instant_at(w->u, w->state, w->trace, w->neuron, n, t, w->width, w->stride, plain);
        const step_gradients r =
            spiking_step_back(d, w->neuron, c, &m, lane_load(w->g + t * w->width + n), surrogate, plain);
        if (!plain && w->sums)
            add_sums(sum, w->state, w->trace, w->neuron, c, &m, &r, w->span.first, n, t, w->width, w->stride);
        const lane by_input = lane_mul(c[SG_INPUT_GAIN], r.gi);
        lane_store(w->g + t * w->width + n, delay_line(&d[SG_ADJOINT_INPUT_1], plain ? 0 : w->neuron->delay, by_input));
        if (sg_flushes_back(w->span.first + t))
            flush_tiles(d, SG_ADJOINT_ADAPTATION + 1);
    }
    save_rows(w->adjoint + n, d, SG_NEURON_ADJOINTS, w->stride);
    if (!plain && w->sums)
        save_rows(w->sums + n, sum, SG_NEURON_CONSTANTS, w->stride);
}

static ALWAYS_INLINE void spiking_backward_known(const way_back *w, sg_surrogate surrogate) {
    const bool plain = is_plain(w->neuron) && !w->sums;
    for (size_t n = 0; n < w->width; n += SG_LANES)
        if (plain)
            spiking_backward_tile(w, n, surrogate, true);
        else
            spiking_backward_tile(w, n, surrogate, false);
}

static void v_general_neuron_backward(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                      const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                      size_t width, size_t stride) {
    const way_back w = {g, adjoint, sums, u, state, trace, neuron, span, width, stride};
#define SPIKING_BACKWARD(known) spiking_backward_known(&w, known)
    WITH_KNOWN_SURROGATE(neuron->surrogate, SPIKING_BACKWARD);
}

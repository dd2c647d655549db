/* The general neuron. One loop serves all kinds of neuron. It is compiled for three sets of features: none, adaptation
 * alone, and any. Features that are constants leave nothing of what they do not have: no term, and no constant or state
 * that is loaded or stored. Other neurons pay for their choices. */

/* What a neuron has besides current, membrane and reset. */
typedef struct features {
    bool rises, adapts, late, reads_out, reset_gradient, raises, traced, sums;
    bool periodic, holds_adaptation;
    uint32_t most, delay, refractory;
    float floor;
} features;

static features features_of(const sg_general_neuron *neuron, bool traced, bool sums) {
    return (features){.rises = neuron->rises,
                      .adapts = neuron->adapts,
                      .late = neuron->late,
                      .reads_out = !neuron->fires,
                      .reset_gradient = neuron->reset_gradient,
                      .raises = neuron->raises,
                      .traced = traced,
                      .sums = sums,
                      .periodic = neuron->periodic,
                      .holds_adaptation = neuron->resets_adaptation && !neuron->reset_gradient,
                      .most = neuron->most,
                      .delay = neuron->delay,
                      .refractory = neuron->refractory,
                      .floor = neuron->floor};
}

static bool has_only_adaptation(features f) {
    return !f.rises && !f.late && !f.reads_out && !f.reset_gradient && !f.raises && !f.traced && !f.sums && !f.delay &&
           !f.refractory && f.most <= 1 && !f.holds_adaptation && f.floor == 0;
}

static ALWAYS_INLINE void load_rows(lane *rows, const float *from, size_t first, size_t end, size_t stride) {
    for (size_t row = first; row < end; row++)
        rows[row] = lane_load(from + row * stride);
}

static ALWAYS_INLINE void save_rows(float *to, const lane *rows, size_t first, size_t end, size_t stride) {
    for (size_t row = first; row < end; row++)
        lane_store(to + row * stride, rows[row]);
}

static ALWAYS_INLINE void load_constants(lane *c, const float *from, size_t stride, features f) {
    load_rows(c, from, 0, f.adapts ? SG_NEURON_CONSTANTS : SG_RHO, stride);
}

/* Does MOVE(first, end) for the rows of the state that are needed. */
#define MOVE_STATE(f, MOVE)                                                                                            \
    do {                                                                                                               \
        MOVE(SG_CURRENT, SG_ADAPTATION);                                                                               \
        if ((f).adapts)                                                                                                \
            MOVE(SG_ADAPTATION, SG_ADAPTATION + 1);                                                                    \
        MOVE(SG_FIRED, SG_FIRED + 1);                                                                                  \
        if ((f).refractory)                                                                                            \
            MOVE(SG_REFRACTORY_LEFT, SG_REFRACTORY_LEFT + 1);                                                          \
        if ((f).delay)                                                                                                 \
            MOVE(SG_INPUT_1, SG_INPUT_2 + 1);                                                                          \
        if ((f).rises)                                                                                                 \
            MOVE(SG_RISE, SG_RISE + 1);                                                                                \
    } while (0)

/* Likewise for the adjoints. */
#define MOVE_ADJOINTS(f, MOVE)                                                                                         \
    do {                                                                                                               \
        MOVE(SG_ADJOINT_CURRENT, SG_ADJOINT_ADAPTATION);                                                               \
        if ((f).adapts)                                                                                                \
            MOVE(SG_ADJOINT_ADAPTATION, SG_ADJOINT_ADAPTATION + 1);                                                    \
        if ((f).delay)                                                                                                 \
            MOVE(SG_ADJOINT_INPUT_1, SG_ADJOINT_INPUT_2 + 1);                                                          \
        if ((f).rises)                                                                                                 \
            MOVE(SG_ADJOINT_RISE, SG_ADJOINT_RISE + 1);                                                                \
    } while (0)

static ALWAYS_INLINE lane reset_of(const lane *c, lane y) {
    return lane_add(lane_mul(c[SG_RESET_SHARE], y), c[SG_RESET_AMOUNT]);
}

/* y less what `reset` says, in the lanes of the mask. */
static ALWAYS_INLINE lane take_where(lane_mask where, lane y, lane reset) {
    return lane_choose(where, lane_sub(y, reset), y);
}

static ALWAYS_INLINE lane threshold_of(const lane *c, lane a, features f) {
    return f.adapts ? lane_add(c[SG_THETA], lane_mul(c[SG_TO_THRESHOLD], a)) : c[SG_THETA];
}

/* Moves on a line of the last two values; returns the one of `delay` steps before. */
static ALWAYS_INLINE lane delay_line(lane *line, uint32_t delay, lane now) {
    if (delay == 0)
        return now;
    const lane out = line[delay - 1];
    line[1] = line[0];
    line[0] = now;
    return out;
}

/* How many of most - 1 thresholds after the first u has passed, when `ahead` of each. */
static ALWAYS_INLINE lane passed_of(const lane *c, lane u, float ahead, features f) {
    lane n = lane_zero();
    for (uint32_t k = 1; k < f.most; k++)
        n = lane_add(n, lane_keep(lane_above(u, lane_mul(lane_all((float)k - ahead), c[SG_THETA])), lane_all(1)));
    return n;
}

/* How far u is above the threshold that sigma is taken at. */
static ALWAYS_INLINE lane nearest(const lane *c, lane u, features f) {
    return f.periodic ? lane_sub(u, lane_mul(passed_of(c, u, 0.5f, f), c[SG_THETA])) : u;
}

/* The membrane after a step but for its floor. */
static ALWAYS_INLINE lane after_spike(const lane *c, lane y, lane u, lane_mask fired, features f) {
    if (f.most > 1) {
        const lane n = lane_add(lane_keep(fired, lane_all(1)), passed_of(c, u, 0, f));
        return lane_sub(y, lane_mul(n, c[SG_RESET_AMOUNT]));
    }
    return f.late ? y : take_where(fired, y, reset_of(c, y));
}

static ALWAYS_INLINE lane floored(lane v, features f) {
    return f.floor < 0 ? lane_choose(lane_above(v, lane_all(f.floor)), v, lane_all(f.floor)) : v;
}

/* One step of a tile; returns u, and in *y the membrane that it was made of. */
static ALWAYS_INLINE lane spiking_step(lane *s, lane *y, const lane *c, lane x, features f) {
    x = delay_line(&s[SG_INPUT_1], f.delay, x);
    if (f.rises)
        x = s[SG_RISE] = lane_add(lane_mul(c[SG_ALPHA], s[SG_RISE]), x);
    s[SG_CURRENT] = lane_add(lane_mul(c[SG_ALPHA], s[SG_CURRENT]), lane_mul(c[SG_INPUT_GAIN], x));
    const lane a = s[SG_ADAPTATION];
    const lane j = f.adapts ? lane_sub(s[SG_CURRENT], lane_mul(c[SG_TO_CURRENT], a)) : s[SG_CURRENT];
    *y = lane_add(lane_mul(c[SG_BETA], s[SG_MEMBRANE]), lane_mul(c[SG_MEMBRANE_GAIN], j));
    if (f.late)
        *y = take_where(lane_above(s[SG_FIRED], lane_zero()), *y, reset_of(c, *y));
    const lane threshold = threshold_of(c, a, f);
    lane u = *y;
    if (f.raises)
        u = take_where(lane_above(s[SG_MEMBRANE], threshold), u, c[SG_RESET_AMOUNT]);
    u = lane_sub(u, threshold);
    if (f.refractory > 0)
        u = lane_choose(lane_above(s[SG_REFRACTORY_LEFT], lane_zero()), lane_all(SG_RESTING), u);
    const lane_mask fired = lane_above(u, f.reads_out ? lane_all(INFINITY) : lane_zero());
    s[SG_MEMBRANE] = floored(after_spike(c, *y, u, fired, f), f);
    s[SG_FIRED] = lane_keep(fired, lane_all(1));
    if (f.refractory > 0) {
        const lane rest = lane_sub(s[SG_REFRACTORY_LEFT], lane_all(1));
        s[SG_REFRACTORY_LEFT] = lane_choose(fired, lane_all((float)f.refractory),
                                            lane_keep(lane_above(s[SG_REFRACTORY_LEFT], lane_zero()), rest));
    }
    if (f.adapts) {
        s[SG_ADAPTATION] = lane_add(lane_mul(c[SG_RHO], a), lane_mul(c[SG_FROM_MEMBRANE], *y));
        s[SG_ADAPTATION] = lane_add(s[SG_ADAPTATION], lane_keep(fired, c[SG_FROM_SPIKE]));
    }
    return u;
}

/* The arguments of general_neuron_forward. */
typedef struct way_forward {
    uint16_t *spikes;
    float *x, *state;
    const sg_neuron_trace *trace;
    const sg_general_neuron *neuron;
    sg_span span;
    size_t width, stride;
} way_forward;

static ALWAYS_INLINE void spiking_forward_tile(const way_forward *w, size_t n, features f) {
    const size_t stride = w->stride;
    lane c[SG_NEURON_CONSTANTS], s[SG_NEURON_STATES], y;
#define LOAD_STATE(first, end) load_rows(s, w->state + n, first, end, stride)
#define SAVE_STATE(first, end) save_rows(w->state + n, s, first, end, stride)
    load_constants(c, w->neuron->constants + n, stride, f);
    s[SG_ADAPTATION] = lane_zero();
    MOVE_STATE(f, LOAD_STATE);
    for (size_t t = w->span.begin; t < w->span.end; t++) {
        const size_t at = t * w->width + n;
        lane_store(w->x + at, spiking_step(s, &y, c, lane_load(w->x + at), f));
        w->spikes[t * (stride / SG_LANES) + n / SG_LANES] = lane_bits(lane_above(s[SG_FIRED], lane_zero()));
        if (sg_flushes(w->span.first + t))
            flush_tiles(s, f.adapts ? SG_ADAPTATION + 1 : SG_ADAPTATION);
        if (f.rises && sg_flushes(w->span.first + t))
            flush_tiles(&s[SG_RISE], 1);
        if (f.traced) {
            lane_store(w->trace->current + at, s[SG_CURRENT]);
            lane_store(w->trace->membrane + at, y);
            lane_store(w->trace->adaptation + at, s[SG_ADAPTATION]);
            if (f.rises)
                lane_store(w->trace->rise + at, s[SG_RISE]);
        }
    }
    MOVE_STATE(f, SAVE_STATE);
}

static ALWAYS_INLINE void spiking_forward_with(const way_forward *w, features f) {
    for (size_t n = 0; n < w->width; n += SG_LANES)
        spiking_forward_tile(w, n, f);
}

static void v_general_neuron_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                     const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride) {
    const way_forward w = {spikes, x, state, trace, neuron, span, width, stride};
    const features f = features_of(neuron, trace != NULL, false);
    if (!has_only_adaptation(f))
        spiking_forward_with(&w, f);
    else if (f.adapts)
        spiking_forward_with(&w, (features){.adapts = true});
    else
        spiking_forward_with(&w, (features){.adapts = false});
}

/* The arguments of general_neuron_backward. */
typedef struct way_back {
    float *g, *adjoint, *sums;
    const float *u, *state;
    const sg_neuron_trace *trace;
    const sg_general_neuron *neuron;
    sg_span span;
    size_t width, stride;
} way_back;

/* What the backward pass needs to know of a step and of the step before. */
typedef struct instant {
    lane u, a_before, v; /* v: after the step but for its floor, where there is one */
    lane_mask fired, fired_before;
} instant;

static ALWAYS_INLINE instant instant_at(const way_back *w, const lane *c, size_t n, size_t t, features f) {
    const lane least = f.reads_out ? lane_all(INFINITY) : lane_zero();
    const size_t before = (t - 1) * w->width + n;
    instant m = {.u = lane_load(w->u + t * w->width + n), .a_before = lane_zero(), .v = lane_zero()};
    m.fired = lane_above(m.u, least);
    m.fired_before = m.fired;
    if (f.late || f.sums)
        m.fired_before =
            lane_above(t > 0 ? lane_load(w->u + before) : lane_load(w->state + SG_FIRED * w->stride + n), least);
    if (f.floor < 0)
        m.v = after_spike(c, lane_load(w->trace->membrane + t * w->width + n), m.u, m.fired, f);
    if ((f.sums || f.reset_gradient) && f.adapts)
        m.a_before =
            t > 0 ? lane_load(w->trace->adaptation + before) : lane_load(w->state + SG_ADAPTATION * w->stride + n);
    return m;
}

/* Gradients within a step that the sums want. */
typedef struct step_gradients {
    lane gu, gy, gi, ga, gh, by_reset;
} step_gradients;

static ALWAYS_INLINE step_gradients spiking_step_back(lane *d, const lane *c, const instant *m, lane g,
                                                      sg_surrogate surrogate, features f) {
    step_gradients r = {.ga = d[SG_ADJOINT_ADAPTATION], .by_reset = lane_zero()};
    lane b = lane_mul(c[SG_BETA], d[SG_ADJOINT_MEMBRANE]);
    if (f.floor < 0)
        b = lane_keep(lane_above(m->v, lane_all(f.floor)), b);
    if (f.adapts && !f.holds_adaptation)
        g = lane_add(g, lane_mul(c[SG_FROM_SPIKE], r.ga));
    if (f.reset_gradient) {
        const lane y = lane_add(m->u, threshold_of(c, m->a_before, f));
        const lane_mask rests = lane_at_least(lane_all(SG_RESTING), m->u);
        g = lane_sub(g, lane_drop(rests, lane_mul(reset_of(c, y), b)));
    }
    r.gu = f.reads_out ? g : times_sigma(surrogate, g, nearest(c, m->u, f));
    if (!f.late) {
        r.by_reset = lane_keep(m->fired, b);
        b = take_where(m->fired, b, lane_mul(c[SG_RESET_SHARE], b));
    }
    r.gy = lane_add(b, r.gu);
    if (f.adapts)
        r.gy = lane_add(r.gy, lane_mul(c[SG_FROM_MEMBRANE], r.ga));
    if (f.late) {
        r.by_reset = lane_keep(m->fired_before, r.gy);
        r.gy = take_where(m->fired_before, r.gy, lane_mul(c[SG_RESET_SHARE], r.gy));
    }
    const lane gj = lane_mul(c[SG_MEMBRANE_GAIN], r.gy);
    r.gi = lane_add(lane_mul(c[SG_ALPHA], d[SG_ADJOINT_CURRENT]), gj);
    if (f.adapts)
        d[SG_ADJOINT_ADAPTATION] = lane_sub(lane_sub(lane_mul(c[SG_RHO], r.ga), lane_mul(c[SG_TO_CURRENT], gj)),
                                            lane_mul(c[SG_TO_THRESHOLD], r.gu));
    r.gh = lane_mul(c[SG_INPUT_GAIN], r.gi);
    if (f.rises)
        r.gh = d[SG_ADJOINT_RISE] = lane_add(lane_mul(c[SG_ALPHA], d[SG_ADJOINT_RISE]), r.gh);
    d[SG_ADJOINT_MEMBRANE] = r.gy;
    d[SG_ADJOINT_CURRENT] = r.gi;
    return r;
}

/* v of the end of the step before: traces hold it before an early reset, its floor and its flush. */
static ALWAYS_INLINE lane membrane_before(const way_back *w, const lane *c, const instant *m, size_t n, size_t t,
                                          features f) {
    if (t == 0)
        return lane_load(w->state + SG_MEMBRANE * w->stride + n);
    const lane y = lane_load(w->trace->membrane + (t - 1) * w->width + n);
    const lane v = floored(after_spike(c, y, lane_load(w->u + (t - 1) * w->width + n), m->fired_before, f), f);
    return sg_flushes(w->span.first + t - 1) ? flush(v) : v;
}

static ALWAYS_INLINE void add_to(lane *sum, lane a, lane b) {
    *sum = lane_add(*sum, lane_mul(a, b));
}

static ALWAYS_INLINE void take_from(lane *sum, lane a, lane b) {
    *sum = lane_sub(*sum, lane_mul(a, b));
}

static ALWAYS_INLINE void add_sums(lane *sum, const way_back *w, const lane *c, const instant *m,
                                   const step_gradients *r, size_t n, size_t t, features f) {
    const size_t at = t * w->width + n;
    const lane i = lane_load(w->trace->current + at);
    const lane i_before =
        t > 0 ? lane_load(w->trace->current + at - w->width) : lane_load(w->state + SG_CURRENT * w->stride + n);
    const lane j = f.adapts ? lane_sub(i, lane_mul(c[SG_TO_CURRENT], m->a_before)) : i;
    add_to(&sum[SG_ALPHA], r->gi, i_before);
    if (f.rises)
        add_to(&sum[SG_ALPHA], r->gh,
               t > 0 ? lane_load(w->trace->rise + at - w->width) : lane_load(w->state + SG_RISE * w->stride + n));
    add_to(&sum[SG_INPUT_GAIN], r->gi, f.rises ? lane_load(w->trace->rise + at) : i);
    const lane before = membrane_before(w, c, m, n, t, f);
    add_to(&sum[SG_BETA], r->gy, before);
    add_to(&sum[SG_MEMBRANE_GAIN], r->gy, j);
    sum[SG_THETA] = lane_sub(sum[SG_THETA], r->gu);
    sum[SG_RESET_AMOUNT] = lane_sub(sum[SG_RESET_AMOUNT], r->by_reset);
    if (f.raises)
        sum[SG_RESET_AMOUNT] =
            take_where(lane_above(before, threshold_of(c, m->a_before, f)), sum[SG_RESET_AMOUNT], r->gu);
    add_to(&sum[SG_RHO], r->ga, m->a_before);
    add_to(&sum[SG_FROM_MEMBRANE], r->ga, lane_load(w->trace->membrane + at));
    sum[SG_FROM_SPIKE] = lane_add(sum[SG_FROM_SPIKE], lane_keep(m->fired, r->ga));
    take_from(&sum[SG_TO_THRESHOLD], r->gu, m->a_before);
    take_from(&sum[SG_TO_CURRENT], lane_mul(c[SG_MEMBRANE_GAIN], r->gy), m->a_before);
}

static ALWAYS_INLINE void spiking_backward_tile(const way_back *w, size_t n, sg_surrogate surrogate, features f) {
    const size_t stride = w->stride;
    lane c[SG_NEURON_CONSTANTS], d[SG_NEURON_ADJOINTS], sum[SG_NEURON_CONSTANTS];
#define LOAD_ADJOINTS(first, end) load_rows(d, w->adjoint + n, first, end, stride)
#define SAVE_ADJOINTS(first, end) save_rows(w->adjoint + n, d, first, end, stride)
    load_constants(c, w->neuron->constants + n, stride, f);
    d[SG_ADJOINT_ADAPTATION] = lane_zero();
    MOVE_ADJOINTS(f, LOAD_ADJOINTS);
    for (size_t k = 0; k < SG_NEURON_CONSTANTS; k++)
        sum[k] = f.sums ? lane_load(w->sums + n + k * stride) : lane_zero();
    for (size_t t = w->span.end; t-- > w->span.begin;) {
        const instant m = instant_at(w, c, n, t, f);
        const step_gradients r = spiking_step_back(d, c, &m, lane_load(w->g + t * w->width + n), surrogate, f);
        if (f.sums)
            add_sums(sum, w, c, &m, &r, n, t, f);
        lane_store(w->g + t * w->width + n, delay_line(&d[SG_ADJOINT_INPUT_1], f.delay, r.gh));
        if (sg_flushes_back(w->span.first + t))
            flush_tiles(d, f.adapts ? SG_ADJOINT_ADAPTATION + 1 : SG_ADJOINT_ADAPTATION);
        if (f.rises && sg_flushes_back(w->span.first + t))
            flush_tiles(&d[SG_ADJOINT_RISE], 1);
    }
    MOVE_ADJOINTS(f, SAVE_ADJOINTS);
    if (f.sums)
        save_rows(w->sums + n, sum, 0, SG_NEURON_CONSTANTS, stride);
}

static ALWAYS_INLINE void spiking_backward_with(const way_back *w, sg_surrogate surrogate, features f) {
    for (size_t n = 0; n < w->width; n += SG_LANES)
        spiking_backward_tile(w, n, surrogate, f);
}

static void v_general_neuron_backward(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                      const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                      size_t width, size_t stride) {
    const way_back w = {g, adjoint, sums, u, state, trace, neuron, span, width, stride};
    const features f = features_of(neuron, false, sums != NULL);
#define SPIKING_BACKWARD_PLAIN(known)    spiking_backward_with(&w, known, (features){.adapts = false})
#define SPIKING_BACKWARD_ADAPTING(known) spiking_backward_with(&w, known, (features){.adapts = true})
    if (!has_only_adaptation(f))
        spiking_backward_with(&w, neuron->surrogate, f);
    else if (f.adapts)
        WITH_KNOWN_SURROGATE(neuron->surrogate, SPIKING_BACKWARD_ADAPTING);
    else
        WITH_KNOWN_SURROGATE(neuron->surrogate, SPIKING_BACKWARD_PLAIN);
}

static void v_pass_thresholds(uint16_t *planes, size_t pitch, const float *u, const sg_general_neuron *neuron,
                              sg_span span, size_t width, size_t stride) {
    for (size_t n = 0; n < width; n += SG_LANES) {
        const lane theta = lane_load(neuron->constants + SG_THETA * stride + n);
        for (uint32_t k = 1; k < neuron->most; k++) {
            const lane least = lane_mul(lane_all((float)k), theta);
            uint16_t *plane = planes + (k - 1) * pitch + n / SG_LANES;
            for (size_t t = span.begin; t < span.end; t++)
                plane[t * (stride / SG_LANES)] = lane_bits(lane_above(lane_load(u + t * width + n), least));
        }
    }
}

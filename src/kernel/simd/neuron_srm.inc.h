/* Neurons of the spike response model: the loop over time inside, some tiles at a time to hide the latency of the
 * recursions. */

enum { SRM_TILES = (NEURON_TILES + 1) / 2 };

/* The constants of a layer, each in all lanes. */
typedef struct srm_lanes {
    lane decay, gain, refractory_decay, refractory_gain, theta;
} srm_lanes;

static ALWAYS_INLINE srm_lanes srm_lanes_of(const sg_srm *neuron) {
    return (srm_lanes){lane_all(neuron->decay), lane_all(neuron->gain), lane_all(neuron->refractory_decay),
                       lane_all(neuron->refractory_gain), lane_all(neuron->theta)};
}

static ALWAYS_INLINE void load_srm(lane s[][SG_SRM_STATES], const float *from, size_t stride, int tiles) {
    for (int q = 0; q < tiles; q++)
        load_rows(s[q], from + q * SG_LANES, 0, SG_SRM_STATES, stride);
}

static ALWAYS_INLINE void save_srm(float *to, lane s[][SG_SRM_STATES], size_t stride, int tiles) {
    for (int q = 0; q < tiles; q++)
        save_rows(to + q * SG_LANES, s[q], 0, SG_SRM_STATES, stride);
}

static ALWAYS_INLINE void flush_srm(lane s[][SG_SRM_STATES], int tiles) {
    for (int q = 0; q < tiles; q++)
        flush_tiles(s[q], SG_SRM_STATES);
}

/* The second states of a step, before what enters in it. */
static ALWAYS_INLINE void move_seconds(lane *s, const srm_lanes *c) {
    s[SG_SRM_SECOND] = lane_mul(c->decay, lane_add(s[SG_SRM_SECOND], s[SG_SRM_FIRST]));
    s[SG_SRM_REFRACTORY_SECOND] =
        lane_mul(c->refractory_decay, lane_add(s[SG_SRM_REFRACTORY_SECOND], s[SG_SRM_REFRACTORY_FIRST]));
}

/* The arguments of srm_forward. */
typedef struct srm_way_forward {
    uint16_t *spikes;
    float *x, *state;
    const sg_neuron_trace *trace;
    const sg_srm *neuron;
    sg_span span;
    size_t width, stride;
} srm_way_forward;

static ALWAYS_INLINE void srm_forward_step(const srm_way_forward *w, lane *s, const srm_lanes *c, size_t t, size_t n,
                                           bool traced) {
    const size_t at = t * w->width + n;
    move_seconds(s, c);
    s[SG_SRM_FIRST] = lane_add(lane_mul(c->decay, s[SG_SRM_FIRST]), lane_load(w->x + at));
    const lane psp = lane_mul(c->gain, s[SG_SRM_SECOND]);
    const lane refractory = lane_mul(c->refractory_gain, s[SG_SRM_REFRACTORY_SECOND]);
    const lane membrane = lane_sub(psp, refractory), u = lane_sub(membrane, c->theta);
    const lane_mask fired = lane_above(u, lane_zero());
    const lane left = lane_mul(c->refractory_decay, s[SG_SRM_REFRACTORY_FIRST]);
    lane_store(w->x + at, u);
    s[SG_SRM_REFRACTORY_FIRST] = lane_add_where(fired, left, lane_all(1));
    w->spikes[t * (w->stride / SG_LANES) + n / SG_LANES] = lane_bits(fired);
    if (traced) {
        lane_store(w->trace->current + at, psp);
        lane_store(w->trace->membrane + at, membrane);
        lane_store(w->trace->adaptation + at, refractory);
    }
}

static ALWAYS_INLINE void srm_forward_tiles(const srm_way_forward *w, size_t n, int tiles, bool traced) {
    const srm_lanes c = srm_lanes_of(w->neuron);
    lane s[SRM_TILES][SG_SRM_STATES];
    load_srm(s, w->state + n, w->stride, tiles);
    for (size_t t = w->span.begin; t < w->span.end; t++) {
        for (int q = 0; q < tiles; q++)
            srm_forward_step(w, s[q], &c, t, n + (size_t)q * SG_LANES, traced);
        if (sg_flushes(w->span.first + t))
            flush_srm(s, tiles);
    }
    save_srm(w->state + n, s, w->stride, tiles);
}

static void v_srm_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace, const sg_srm *neuron,
                          sg_span span, size_t width, size_t stride) {
    const srm_way_forward w = {spikes, x, state, trace, neuron, span, width, stride};
#define SRM_FORWARD(n, count) srm_forward_tiles(&w, n, count, false)
#define SRM_TRACED(n, count)  srm_forward_tiles(&w, n, count, true)
    if (trace)
        WITH_TILES_HALVED(width, 1, SRM_TRACED);
    else
        WITH_TILES_HALVED(width, SRM_TILES, SRM_FORWARD);
}

/* The arguments of srm_backward. */
typedef struct srm_way_back {
    float *g, *adjoint;
    const float *u;
    const sg_srm *neuron;
    sg_span span;
    size_t width, stride;
} srm_way_back;

static ALWAYS_INLINE void srm_backward_step(const srm_way_back *w, lane *d, const srm_lanes *c, sg_surrogate surrogate,
                                            bool constant_refractory, size_t at) {
    move_seconds(d, c);
    const lane g = lane_load(w->g + at);
    const lane gs = constant_refractory ? g : lane_sub(g, lane_mul(c->refractory_gain, d[SG_SRM_REFRACTORY_SECOND]));
    const lane gu = times_sigma(surrogate, gs, lane_load(w->u + at));
    d[SG_SRM_FIRST] = lane_add(lane_mul(c->decay, d[SG_SRM_FIRST]), gu);
    d[SG_SRM_REFRACTORY_FIRST] = lane_add(lane_mul(c->refractory_decay, d[SG_SRM_REFRACTORY_FIRST]), gu);
    lane_store(w->g + at, lane_mul(c->gain, d[SG_SRM_SECOND]));
}

static ALWAYS_INLINE void srm_backward_tiles(const srm_way_back *w, sg_surrogate surrogate, bool constant_refractory,
                                             size_t n, int tiles) {
    const srm_lanes c = srm_lanes_of(w->neuron);
    lane d[SRM_TILES][SG_SRM_STATES];
    load_srm(d, w->adjoint + n, w->stride, tiles);
    for (size_t t = w->span.end; t-- > w->span.begin;) {
        for (int q = 0; q < tiles; q++)
            srm_backward_step(w, d[q], &c, surrogate, constant_refractory, t * w->width + n + (size_t)q * SG_LANES);
        if (sg_flushes_back(w->span.first + t))
            flush_srm(d, tiles);
    }
    save_srm(w->adjoint + n, d, w->stride, tiles);
}

static ALWAYS_INLINE void srm_backward_known(const srm_way_back *w, sg_surrogate surrogate, bool constant_refractory) {
#define SRM_BACKWARD(n, count) srm_backward_tiles(w, surrogate, constant_refractory, n, count)
    WITH_TILES_HALVED(w->width, SRM_TILES, SRM_BACKWARD);
}

static void v_srm_backward(float *g, float *adjoint, const float *u, const sg_srm *neuron, sg_surrogate surrogate,
                           bool constant_refractory, sg_span span, size_t width, size_t stride) {
    const srm_way_back w = {g, adjoint, u, neuron, span, width, stride};
#define SRM_BACKWARD_WITH(known) srm_backward_known(&w, known, constant_refractory)
    WITH_KNOWN_SURROGATE(surrogate, SRM_BACKWARD_WITH);
}

/* The general neuron, one at a time with the loop over time inside. Reads as its contract in kernel.h does. */
#include "kernel/ref/ref.h"

#include "kernel/ref/surrogate.h"

#include <string.h>

/* The constants of one neuron. */
typedef struct neuron_constants {
    float at[SG_NEURON_CONSTANTS];
} neuron_constants;

static neuron_constants constants_of(const sg_general_neuron *neuron, size_t n, size_t stride) {
    neuron_constants c;
    for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
        c.at[row] = neuron->constants[row * stride + n];
    return c;
}

static void load(float *rows, const float *from, size_t count, size_t stride) {
    for (size_t row = 0; row < count; row++)
        rows[row] = from[row * stride];
}

static void save(float *to, const float *rows, size_t count, size_t stride) {
    for (size_t row = 0; row < count; row++)
        to[row * stride] = rows[row];
}

/* The input that enters now. */
static inline float delayed(float *state, uint32_t delay, float x) {
    if (delay == 0)
        return x;
    float inputs[3] = {x, state[SG_INPUT_1], state[SG_INPUT_2]};
    state[SG_INPUT_2] = state[SG_INPUT_1];
    state[SG_INPUT_1] = x;
    return inputs[delay];
}

/* What enters the current now. */
static inline float entering(float *s, const sg_general_neuron *neuron, const neuron_constants *c, float x) {
    x = delayed(s, neuron->delay, x);
    if (neuron->rises)
        x = s[SG_RISE] = c->at[SG_ALPHA] * s[SG_RISE] + x;
    return x;
}

static inline float reset_of(const neuron_constants *c, float y) {
    return c->at[SG_RESET_SHARE] * y + c->at[SG_RESET_AMOUNT];
}

static inline float threshold_of(const sg_general_neuron *neuron, const neuron_constants *c, float a) {
    return neuron->adapts ? c->at[SG_THETA] + c->at[SG_TO_THRESHOLD] * a : c->at[SG_THETA];
}

/* Spikes of a step in which the membrane is u above threshold. */
static float spikes_of(const sg_general_neuron *neuron, const neuron_constants *c, float u) {
    float n = u > 0;
    for (uint32_t k = 1; k < neuron->most; k++)
        n += u > (float)k * c->at[SG_THETA];
    return n;
}

/* How far u is above the threshold that sigma is taken at. */
static float nearest(const sg_general_neuron *neuron, const neuron_constants *c, float u) {
    float passed = 0;
    for (uint32_t k = 1; neuron->periodic && k < neuron->most; k++)
        passed += u > ((float)k - 0.5f) * c->at[SG_THETA];
    return neuron->periodic ? u - passed * c->at[SG_THETA] : u;
}

/* The membrane after a step but for its floor. */
static inline float after_spike(const sg_general_neuron *neuron, const neuron_constants *c, float y, float u) {
    if (neuron->most > 1)
        return y - spikes_of(neuron, c, u) * c->at[SG_RESET_AMOUNT];
    return u > 0 && neuron->fires && !neuron->late ? y - reset_of(c, y) : y;
}

static inline float floored(const sg_general_neuron *neuron, float v) {
    return neuron->floor < 0 && !(v > neuron->floor) ? neuron->floor : v;
}

/* One step; returns u. *y is the membrane that it was made of. */
static float forward_step(float *s, float *y, const sg_general_neuron *neuron, const neuron_constants *c, float x) {
    s[SG_CURRENT] = c->at[SG_ALPHA] * s[SG_CURRENT] + c->at[SG_INPUT_GAIN] * entering(s, neuron, c, x);
    float a = s[SG_ADAPTATION], j = neuron->adapts ? s[SG_CURRENT] - c->at[SG_TO_CURRENT] * a : s[SG_CURRENT];
    *y = c->at[SG_BETA] * s[SG_MEMBRANE] + c->at[SG_MEMBRANE_GAIN] * j;
    if (neuron->late && s[SG_FIRED] > 0)
        *y -= reset_of(c, *y);
    float threshold = threshold_of(neuron, c, a), u = *y - threshold;
    if (neuron->raises && s[SG_MEMBRANE] > threshold)
        u = (*y - c->at[SG_RESET_AMOUNT]) - threshold;
    if (neuron->refractory > 0 && s[SG_REFRACTORY_LEFT] > 0)
        u = SG_RESTING;
    bool fired = neuron->fires && u > 0;
    s[SG_MEMBRANE] = floored(neuron, after_spike(neuron, c, *y, u));
    s[SG_FIRED] = fired;
    if (neuron->refractory > 0)
        s[SG_REFRACTORY_LEFT] = fired                       ? (float)neuron->refractory
                                : s[SG_REFRACTORY_LEFT] > 0 ? s[SG_REFRACTORY_LEFT] - 1
                                                            : 0;
    if (neuron->adapts) {
        s[SG_ADAPTATION] = c->at[SG_RHO] * a + c->at[SG_FROM_MEMBRANE] * *y;
        s[SG_ADAPTATION] += fired ? c->at[SG_FROM_SPIKE] : 0;
    }
    return u;
}

static void keep(const sg_neuron_trace *trace, size_t at, const float *state, float y) {
    trace->current[at] = state[SG_CURRENT];
    trace->membrane[at] = y;
    trace->adaptation[at] = state[SG_ADAPTATION];
    if (trace->rise)
        trace->rise[at] = state[SG_RISE];
}

static void set_spike(uint16_t *spikes, size_t n, bool fired) {
    uint16_t bit = (uint16_t)(1u << (n % SG_LANES));
    spikes[n / SG_LANES] = (uint16_t)(fired ? spikes[n / SG_LANES] | bit : spikes[n / SG_LANES] & ~bit);
}

void sg_ref_general_neuron_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace,
                                   const sg_general_neuron *neuron, sg_span span, size_t width, size_t stride) {
    for (size_t n = 0; n < width; n++) {
        const neuron_constants c = constants_of(neuron, n, stride);
        float s[SG_NEURON_STATES], y;
        load(s, state + n, SG_NEURON_STATES, stride);
        for (size_t t = span.begin; t < span.end; t++) {
            x[t * width + n] = forward_step(s, &y, neuron, &c, x[t * width + n]);
            set_spike(spikes + t * (stride / SG_LANES), n, s[SG_FIRED] > 0);
            if (sg_flushes(span.first + t)) {
                for (size_t row = SG_CURRENT; row <= SG_ADAPTATION; row++)
                    s[row] = sg_flush(s[row]);
                s[SG_RISE] = sg_flush(s[SG_RISE]);
            }
            if (trace)
                keep(trace, t * width + n, s, y);
        }
        save(state + n, s, SG_NEURON_STATES, stride);
    }
}

/* What the step backward wants to know of its own step and of the one before. */
typedef struct instant {
    float u, y, a_before;
    bool fired, fired_before, rests, is_floored;
} instant;

static bool fired_at(const float *u, const float *state, const sg_general_neuron *neuron, size_t t, size_t width,
                     size_t stride) {
    float before = t > 0 ? u[(t - 1) * width] : state[SG_FIRED * stride];
    return neuron->fires && before > 0;
}

/* Arrays are those of one neuron: their pointers are at it. */
static instant instant_at(const float *u, const float *state, const sg_neuron_trace *trace,
                          const sg_general_neuron *neuron, const neuron_constants *c, size_t n, size_t t, size_t width,
                          size_t stride) {
    instant m = {.u = u[t * width], .fired = neuron->fires && u[t * width] > 0};
    m.rests = m.u <= SG_RESTING;
    m.fired_before = fired_at(u, state, neuron, t, width, stride);
    if (trace && neuron->adapts)
        m.a_before = t > 0 ? trace->adaptation[(t - 1) * width + n] : state[SG_ADAPTATION * stride];
    m.y = m.u + threshold_of(neuron, c, m.a_before);
    m.is_floored = neuron->floor < 0 && !(after_spike(neuron, c, trace->membrane[t * width + n], m.u) > neuron->floor);
    return m;
}

/* Gradients within a step that the sums want. */
typedef struct step_gradients {
    float gu, gy, gi, ga, gh, by_reset;
} step_gradients;

static step_gradients backward_step(float *d, const sg_general_neuron *neuron, const neuron_constants *c,
                                    const instant *m, float g) {
    step_gradients r = {.ga = d[SG_ADJOINT_ADAPTATION]};
    float b = m->is_floored ? 0 : c->at[SG_BETA] * d[SG_ADJOINT_MEMBRANE];
    bool held = neuron->resets_adaptation && !neuron->reset_gradient;
    float gs = neuron->adapts && !held ? g + c->at[SG_FROM_SPIKE] * r.ga : g;
    if (neuron->reset_gradient && !m->rests)
        gs -= reset_of(c, m->y) * b;
    r.gu = neuron->fires ? sg_times_sigma(neuron->surrogate, gs, nearest(neuron, c, m->u)) : gs;
    if (!neuron->late && m->fired) {
        r.by_reset = b;
        b -= c->at[SG_RESET_SHARE] * b;
    }
    r.gy = b + r.gu;
    if (neuron->adapts)
        r.gy += c->at[SG_FROM_MEMBRANE] * r.ga;
    if (neuron->late && m->fired_before) {
        r.by_reset = r.gy;
        r.gy -= c->at[SG_RESET_SHARE] * r.gy;
    }
    float gj = c->at[SG_MEMBRANE_GAIN] * r.gy;
    r.gi = c->at[SG_ALPHA] * d[SG_ADJOINT_CURRENT] + gj;
    if (neuron->adapts)
        d[SG_ADJOINT_ADAPTATION] = c->at[SG_RHO] * r.ga - c->at[SG_TO_CURRENT] * gj - c->at[SG_TO_THRESHOLD] * r.gu;
    r.gh = c->at[SG_INPUT_GAIN] * r.gi;
    if (neuron->rises)
        r.gh = d[SG_ADJOINT_RISE] = c->at[SG_ALPHA] * d[SG_ADJOINT_RISE] + r.gh;
    d[SG_ADJOINT_MEMBRANE] = r.gy;
    d[SG_ADJOINT_CURRENT] = r.gi;
    return r;
}

/* dL/dinput of the step; the input enters `delay` steps later. */
static inline float by_input(float *d, uint32_t delay, float now) {
    if (delay == 0)
        return now;
    float outputs[3] = {now, d[SG_ADJOINT_INPUT_1], d[SG_ADJOINT_INPUT_2]};
    d[SG_ADJOINT_INPUT_2] = d[SG_ADJOINT_INPUT_1];
    d[SG_ADJOINT_INPUT_1] = now;
    return outputs[delay];
}

/* v of the end of the step before: traces hold it before an early reset, its floor and its flush. */
static float membrane_before(const float *state, const sg_neuron_trace *trace, const sg_general_neuron *neuron,
                             const neuron_constants *c, const float *u, size_t n, size_t first, size_t t, size_t width,
                             size_t stride) {
    if (t == 0)
        return state[SG_MEMBRANE * stride];
    float v = floored(neuron, after_spike(neuron, c, trace->membrane[(t - 1) * width + n], u[(t - 1) * width]));
    return sg_flushes(first + t - 1) ? sg_flush(v) : v;
}

static void add_sums(float *sums, const float *u, const float *state, const sg_neuron_trace *trace,
                     const sg_general_neuron *neuron, const neuron_constants *c, const instant *m,
                     const step_gradients *r, size_t n, size_t first, size_t t, size_t width, size_t stride) {
    float i = trace->current[t * width + n];
    float i_before = t > 0 ? trace->current[(t - 1) * width + n] : state[SG_CURRENT * stride];
    float j = neuron->adapts ? i - c->at[SG_TO_CURRENT] * m->a_before : i;
    float before = membrane_before(state, trace, neuron, c, u, n, first, t, width, stride);
    sums[SG_ALPHA] += r->gi * i_before;
    if (neuron->rises) {
        float h_before = t > 0 ? trace->rise[(t - 1) * width + n] : state[SG_RISE * stride];
        sums[SG_ALPHA] += r->gh * h_before;
    }
    sums[SG_INPUT_GAIN] += r->gi * (neuron->rises ? trace->rise[t * width + n] : i);
    sums[SG_BETA] += r->gy * before;
    sums[SG_MEMBRANE_GAIN] += r->gy * j;
    sums[SG_THETA] -= r->gu;
    sums[SG_RESET_AMOUNT] -= r->by_reset;
    if (neuron->raises && before > threshold_of(neuron, c, m->a_before))
        sums[SG_RESET_AMOUNT] -= r->gu;
    sums[SG_RHO] += r->ga * m->a_before;
    sums[SG_FROM_MEMBRANE] += r->ga * trace->membrane[t * width + n];
    sums[SG_FROM_SPIKE] += m->fired ? r->ga : 0;
    sums[SG_TO_THRESHOLD] -= r->gu * m->a_before;
    sums[SG_TO_CURRENT] -= c->at[SG_MEMBRANE_GAIN] * r->gy * m->a_before;
}

void sg_ref_general_neuron_backward(float *g, float *adjoint, float *sums, const float *u, const float *state,
                                    const sg_neuron_trace *trace, const sg_general_neuron *neuron, sg_span span,
                                    size_t width, size_t stride) {
    for (size_t n = 0; n < width; n++) {
        const neuron_constants c = constants_of(neuron, n, stride);
        float d[SG_NEURON_ADJOINTS], sum[SG_NEURON_CONSTANTS] = {0};
        load(d, adjoint + n, SG_NEURON_ADJOINTS, stride);
        if (sums)
            load(sum, sums + n, SG_NEURON_CONSTANTS, stride);
        for (size_t t = span.end; t-- > span.begin;) {
            const instant m = instant_at(u + n, state + n, trace, neuron, &c, n, t, width, stride);
            const step_gradients r = backward_step(d, neuron, &c, &m, g[t * width + n]);
            if (sums)
                add_sums(sum, u + n, state + n, trace, neuron, &c, &m, &r, n, span.first, t, width, stride);
            g[t * width + n] = by_input(d, neuron->delay, r.gh);
            if (sg_flushes_back(span.first + t)) {
                for (size_t row = SG_ADJOINT_CURRENT; row <= SG_ADJOINT_ADAPTATION; row++)
                    d[row] = sg_flush(d[row]);
                d[SG_ADJOINT_RISE] = sg_flush(d[SG_ADJOINT_RISE]);
            }
        }
        save(adjoint + n, d, SG_NEURON_ADJOINTS, stride);
        if (sums)
            save(sums + n, sum, SG_NEURON_CONSTANTS, stride);
    }
}

void sg_ref_pass_thresholds(uint16_t *planes, size_t pitch, const float *u, const sg_general_neuron *neuron,
                            sg_span span, size_t width, size_t stride) {
    for (uint32_t k = 1; k < neuron->most; k++, planes += pitch)
        for (size_t t = span.begin; t < span.end; t++)
            for (size_t n = 0; n < width; n++) {
                const float theta = neuron->constants[SG_THETA * stride + n];
                set_spike(planes + t * (stride / SG_LANES), n, u[t * width + n] > (float)k * theta);
            }
}

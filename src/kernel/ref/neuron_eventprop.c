/* The adjoint of neurons in continuous time, on the clock, one neuron after the other. */
#include "kernel/ref/ref.h"

/* The membrane after step t - 1, of which u is known; before row 0 it is the state. */
static float membrane_before(const float *u, float state, float theta, size_t t, size_t width) {
    if (t == 0)
        return state;
    float before = u[(t - 1) * width];
    return before > 0 ? 0 : before + theta;
}

/* What a spike adds to dL/dv, from dL/dtime in g. */
static float jump(const sg_eventprop *p, float gv, float g, float u, float before) {
    float y = u + p->theta;
    float slope = p->current_gain * (y - p->beta * before) - y;
    slope = slope > p->least_slope ? slope : p->least_slope;
    return (p->theta * gv - p->tau_mem * g) / slope;
}

void sg_ref_eventprop_backward(float *g, float *below, float *adjoint, const float *u, const float *state,
                               const float *by_counts, const sg_eventprop *neuron, sg_span span, size_t width,
                               size_t stride) {
    for (size_t n = 0; n < width; n++) {
        float gi = adjoint[SG_ADJOINT_CURRENT * stride + n], gv = adjoint[SG_ADJOINT_MEMBRANE * stride + n];
        for (size_t t = span.end; t-- > span.begin;) {
            size_t at = t * width + n;
            gi = neuron->alpha * gi + neuron->gamma * gv;
            gv = neuron->beta * gv;
            if (below)
                below[at] = neuron->by_tau_syn * gi - neuron->by_tau_mem * gv;
            if (!neuron->fires) {
                gv = gv + g[at];
            } else if (u[at] > 0) {
                float before = membrane_before(u + n, state[SG_MEMBRANE * stride + n], neuron->theta, t, width);
                gv = gv + jump(neuron, gv, g[at], u[at], before);
                gv = by_counts ? gv + by_counts[n] : gv;
            }
            g[at] = gi;
            if (sg_flushes_back(span.first + t)) {
                gi = sg_flush(gi);
                gv = sg_flush(gv);
            }
        }
        adjoint[SG_ADJOINT_CURRENT * stride + n] = gi;
        adjoint[SG_ADJOINT_MEMBRANE * stride + n] = gv;
    }
}

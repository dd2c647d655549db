/* Neurons of the spike response model, one at a time with the loop over time inside. Reads as its contract in kernel.h
 * does. */
#include "kernel/ref/ref.h"

#include "kernel/ref/surrogate.h"

static void load(float s[SG_SRM_STATES], const float *from, size_t stride) {
    for (size_t row = 0; row < SG_SRM_STATES; row++)
        s[row] = from[row * stride];
}

static void save(float *to, const float s[SG_SRM_STATES], size_t stride) {
    for (size_t row = 0; row < SG_SRM_STATES; row++)
        to[row * stride] = s[row];
}

static void flush_all(float s[SG_SRM_STATES]) {
    for (size_t row = 0; row < SG_SRM_STATES; row++)
        s[row] = sg_flush(s[row]);
}

static float second_of(float second, float first, float decay) {
    return decay * (second + first);
}

void sg_ref_srm_forward(uint16_t *spikes, float *x, float *state, const sg_neuron_trace *trace, const sg_srm *neuron,
                        sg_span span, size_t width, size_t stride) {
    const size_t words = stride / SG_LANES;
    for (size_t n = 0; n < width; n++) {
        const uint16_t bit = (uint16_t)(1u << n % SG_LANES);
        float s[SG_SRM_STATES];
        load(s, state + n, stride);
        for (size_t t = span.begin; t < span.end; t++) {
            size_t at = t * width + n;
            uint16_t *word = &spikes[t * words + n / SG_LANES];
            s[SG_SRM_SECOND] = second_of(s[SG_SRM_SECOND], s[SG_SRM_FIRST], neuron->decay);
            s[SG_SRM_FIRST] = neuron->decay * s[SG_SRM_FIRST] + x[at];
            s[SG_SRM_REFRACTORY_SECOND] =
                second_of(s[SG_SRM_REFRACTORY_SECOND], s[SG_SRM_REFRACTORY_FIRST], neuron->refractory_decay);
            float psp = neuron->gain * s[SG_SRM_SECOND];
            float refractory = neuron->refractory_gain * s[SG_SRM_REFRACTORY_SECOND];
            x[at] = (psp - refractory) - neuron->theta;
            bool fired = x[at] > 0;
            float left = neuron->refractory_decay * s[SG_SRM_REFRACTORY_FIRST];
            s[SG_SRM_REFRACTORY_FIRST] = fired ? left + 1 : left;
            *word = (uint16_t)((n % SG_LANES == 0 ? 0 : *word) | (fired ? bit : 0));
            if (trace) {
                trace->current[at] = psp;
                trace->membrane[at] = psp - refractory;
                trace->adaptation[at] = refractory;
            }
            if (sg_flushes(span.first + t))
                flush_all(s);
        }
        save(state + n, s, stride);
    }
}

void sg_ref_srm_backward(float *g, float *adjoint, const float *u, const sg_srm *neuron, sg_surrogate surrogate,
                         bool constant_refractory, sg_span span, size_t width, size_t stride) {
    for (size_t n = 0; n < width; n++) {
        float d[SG_SRM_STATES];
        load(d, adjoint + n, stride);
        for (size_t t = span.end; t-- > span.begin;) {
            size_t at = t * width + n;
            d[SG_SRM_SECOND] = second_of(d[SG_SRM_SECOND], d[SG_SRM_FIRST], neuron->decay);
            d[SG_SRM_REFRACTORY_SECOND] =
                second_of(d[SG_SRM_REFRACTORY_SECOND], d[SG_SRM_REFRACTORY_FIRST], neuron->refractory_decay);
            float gs = constant_refractory ? g[at] : g[at] - neuron->refractory_gain * d[SG_SRM_REFRACTORY_SECOND];
            float gu = sg_times_sigma(surrogate, gs, u[at]);
            d[SG_SRM_FIRST] = neuron->decay * d[SG_SRM_FIRST] + gu;
            d[SG_SRM_REFRACTORY_FIRST] = neuron->refractory_decay * d[SG_SRM_REFRACTORY_FIRST] + gu;
            g[at] = neuron->gain * d[SG_SRM_SECOND];
            if (sg_flushes_back(span.first + t))
                flush_all(d);
        }
        save(adjoint + n, d, stride);
    }
}

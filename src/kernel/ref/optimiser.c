/* Passes over the parameter array. */
#include "kernel/ref/ref.h"

static inline float moment(float decay, float old, float weight, float value) {
    return sg_flush(decay * old + weight * value);
}

static inline float adam_move(float m, float n, const sg_adam_step *step) {
    return step->rate * m / (sqrtf(n) * step->root_scale + step->eps);
}

static void adam(float *restrict w, float *restrict m, float *restrict n, const float *restrict g, size_t count,
                 const sg_adam_step *step) {
    const sg_adam_step s = *step;
    for (size_t j = 0; j < count; j++) {
        m[j] = moment(s.beta1, m[j], s.one_minus_beta1, g[j]);
        n[j] = moment(s.beta2, n[j], s.one_minus_beta2, g[j] * g[j]);
        w[j] -= adam_move(m[j], n[j], &s);
    }
}

static void amsgrad(float *restrict w, float *restrict m, float *restrict n, float *restrict n_max,
                    const float *restrict g, size_t count, const sg_adam_step *step) {
    const sg_adam_step s = *step;
    for (size_t j = 0; j < count; j++) {
        m[j] = moment(s.beta1, m[j], s.one_minus_beta1, g[j]);
        n[j] = moment(s.beta2, n[j], s.one_minus_beta2, g[j] * g[j]);
        n_max[j] = n[j] > n_max[j] ? n[j] : n_max[j];
        w[j] -= adam_move(m[j], n_max[j], &s);
    }
}

void sg_ref_adam(float *w, float *m, float *n, float *n_max, const float *g, size_t count, const sg_adam_step *step) {
    if (n_max)
        amsgrad(w, m, n, n_max, g, count, step);
    else
        adam(w, m, n, g, count, step);
}

void sg_ref_sgd(float *w, float *velocity, const float *g, size_t count, float lr, float momentum) {
    if (!velocity)
        for (size_t j = 0; j < count; j++)
            w[j] -= lr * g[j];
    else
        for (size_t j = 0; j < count; j++) {
            velocity[j] = sg_flush(momentum * velocity[j] + g[j]);
            w[j] -= lr * velocity[j];
        }
}

size_t sg_ref_first_not_finite(const float *x, size_t count) {
    for (size_t j = 0; j < count; j++)
        if (!isfinite(x[j]))
            return j;
    return count;
}

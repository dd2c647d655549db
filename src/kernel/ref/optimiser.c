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

void sg_ref_sgd(float *w, float *velocity, const float *g, size_t count, float lr, float momentum, bool nesterov) {
    for (size_t j = 0; j < count; j++) {
        float move = g[j];
        if (velocity) {
            velocity[j] = sg_flush(momentum * velocity[j] + g[j]);
            move = nesterov ? g[j] + momentum * velocity[j] : velocity[j];
        }
        w[j] -= lr * move;
    }
}

void sg_ref_adamax(float *w, float *m, float *n, const float *g, size_t count, const sg_adam_step *step) {
    for (size_t j = 0; j < count; j++) {
        float old = sg_flush(step->beta2 * n[j]), now = fabsf(g[j]) + step->eps;
        m[j] = moment(step->beta1, m[j], step->one_minus_beta1, g[j]);
        n[j] = old > now ? old : now;
        w[j] -= step->rate * m[j] / n[j];
    }
}

void sg_ref_rmsprop(float *w, float *velocity, float *n, const float *g, size_t count, const sg_adam_step *step) {
    for (size_t j = 0; j < count; j++) {
        n[j] = moment(step->beta2, n[j], step->one_minus_beta2, g[j] * g[j]);
        float move = g[j] / (sqrtf(n[j]) + step->eps);
        if (velocity)
            move = velocity[j] = sg_flush(step->beta1 * velocity[j] + move);
        w[j] -= step->rate * move;
    }
}

void sg_ref_add_scaled(float *y, const float *x, float factor, size_t count) {
    for (size_t j = 0; j < count; j++)
        y[j] += factor * x[j];
}

double sg_ref_sum_squares(const float *x, size_t count) {
    return sg_sum_squares(x, count);
}

size_t sg_ref_first_not_finite(const float *x, size_t count) {
    for (size_t j = 0; j < count; j++)
        if (!isfinite(x[j]))
            return j;
    return count;
}

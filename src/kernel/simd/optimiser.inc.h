/* Passes over the parameter array. What is left over after whole tiles goes to the scalar kernels. */

static ALWAYS_INLINE lane moment(lane decay, lane old, lane weight, lane value) {
    return flush(lane_add(lane_mul(decay, old), lane_mul(weight, value)));
}

static ALWAYS_INLINE void adam_tile(float *w, float *m, float *n, float *n_max, const float *g,
                                    const sg_adam_step *step) {
    lane gradient = lane_load(g);
    lane first = moment(lane_all(step->beta1), lane_load(m), lane_all(step->one_minus_beta1), gradient);
    lane second =
        moment(lane_all(step->beta2), lane_load(n), lane_all(step->one_minus_beta2), lane_mul(gradient, gradient));
    lane_store(m, first);
    lane_store(n, second);
    if (n_max) {
        lane largest = lane_load(n_max);
        second = lane_choose(lane_above(second, largest), second, largest);
        lane_store(n_max, second);
    }
    lane scale = lane_add(lane_mul(lane_sqrt(second), lane_all(step->root_scale)), lane_all(step->eps));
    lane_store(w, lane_sub(lane_load(w), lane_div(lane_mul(lane_all(step->rate), first), scale)));
}

static void v_adam(float *w, float *m, float *n, float *n_max, const float *g, size_t count, const sg_adam_step *step) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES)
        adam_tile(w + j, m + j, n + j, n_max ? n_max + j : NULL, g + j, step);
    sg_ref_adam(w + j, m + j, n + j, n_max ? n_max + j : NULL, g + j, count - j, step);
}

static void v_sgd(float *w, float *velocity, const float *g, size_t count, float lr, float momentum, bool nesterov) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES) {
        const lane gradient = lane_load(g + j);
        lane move = gradient;
        if (velocity) {
            move = moment(lane_all(momentum), lane_load(velocity + j), lane_all(1), gradient);
            lane_store(velocity + j, move);
            if (nesterov)
                move = lane_add(gradient, lane_mul(lane_all(momentum), move));
        }
        lane_store(w + j, lane_sub(lane_load(w + j), lane_mul(lane_all(lr), move)));
    }
    sg_ref_sgd(w + j, velocity ? velocity + j : NULL, g + j, count - j, lr, momentum, nesterov);
}

static void v_adamax(float *w, float *m, float *n, const float *g, size_t count, const sg_adam_step *step) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES) {
        const lane gradient = lane_load(g + j);
        const lane old = flush(lane_mul(lane_all(step->beta2), lane_load(n + j)));
        const lane now = lane_add(lane_abs(gradient), lane_all(step->eps));
        const lane first = moment(lane_all(step->beta1), lane_load(m + j), lane_all(step->one_minus_beta1), gradient);
        const lane largest = lane_choose(lane_above(old, now), old, now);
        lane_store(m + j, first);
        lane_store(n + j, largest);
        lane_store(w + j, lane_sub(lane_load(w + j), lane_div(lane_mul(lane_all(step->rate), first), largest)));
    }
    sg_ref_adamax(w + j, m + j, n + j, g + j, count - j, step);
}

static void v_rmsprop(float *w, float *velocity, float *n, const float *g, size_t count, const sg_adam_step *step) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES) {
        const lane gradient = lane_load(g + j);
        const lane second = moment(lane_all(step->beta2), lane_load(n + j), lane_all(step->one_minus_beta2),
                                   lane_mul(gradient, gradient));
        lane move = lane_div(gradient, lane_add(lane_sqrt(second), lane_all(step->eps)));
        lane_store(n + j, second);
        if (velocity) {
            move = moment(lane_all(step->beta1), lane_load(velocity + j), lane_all(1), move);
            lane_store(velocity + j, move);
        }
        lane_store(w + j, lane_sub(lane_load(w + j), lane_mul(lane_all(step->rate), move)));
    }
    sg_ref_rmsprop(w + j, velocity ? velocity + j : NULL, n + j, g + j, count - j, step);
}

static void v_add_scaled(float *y, const float *x, float factor, size_t count) {
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES)
        lane_store(y + j, lane_add(lane_load(y + j), lane_mul(lane_all(factor), lane_load(x + j))));
    sg_ref_add_scaled(y + j, x + j, factor, count - j);
}

static double v_sum_squares(const float *x, size_t count) {
    return sg_sum_squares(x, count);
}

static size_t v_first_not_finite(const float *x, size_t count) {
    const lane largest = lane_all(FLT_MAX);
    size_t j = 0;
    for (; j + SG_LANES <= count; j += SG_LANES)
        if (lane_bits(lane_at_least(largest, lane_abs(lane_load(x + j)))) != 0xffff)
            break;
    return j + sg_ref_first_not_finite(x + j, count - j);
}

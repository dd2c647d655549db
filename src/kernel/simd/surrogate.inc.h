/* The surrogates. Reads as ref/surrogate.h does. */

static ALWAYS_INLINE lane exp_minus(lane y) {
    const lane last = lane_all(SG_EXP_LAST);
    const lane_mask gone = lane_above(y, last);
    const lane capped = lane_choose(gone, last, y);
    const lane rounded = lane_add(lane_mul(capped, lane_all(-SG_LOG2E)), lane_all(SG_ROUND));
    const lane n = lane_sub(rounded, lane_all(SG_ROUND));
    const lane r = lane_sub(lane_sub(lane_sub(lane_zero(), capped), lane_mul(n, lane_all(SG_LN2_HIGH))),
                            lane_mul(n, lane_all(SG_LN2_LOW)));
    lane sum = lane_all(sg_exp_taylor[7]);
    for (int i = 6; i >= 0; i--)
        sum = lane_add(lane_mul(sum, r), lane_all(sg_exp_taylor[i]));
    return lane_drop(gone, lane_mul(sum, lane_power_of_two(rounded)));
}

/* g sigma(u), without the cutoff. */
static ALWAYS_INLINE lane times_whole_sigma(sg_surrogate s, lane g, lane u) {
    const lane k = lane_all(s.k), height = lane_all(s.height), one = lane_all(1);
    switch (s.kind) {
    case SG_SURROGATE_RELU:
        return lane_keep(lane_at_least(u, lane_zero()), g);
    case SG_SURROGATE_FAST_SIGMOID: {
        const lane d = lane_add(one, lane_mul(k, lane_abs(u)));
        return lane_div(g, lane_mul(d, d));
    }
    case SG_SURROGATE_SIGMOID: {
        const lane e = exp_minus(lane_mul(k, lane_abs(u))), d = lane_add(one, e);
        return lane_mul(g, lane_div(lane_mul(height, e), lane_mul(d, d)));
    }
    case SG_SURROGATE_ARCTAN: {
        const lane a = lane_mul(k, u);
        return lane_mul(g, lane_div(height, lane_add(one, lane_mul(a, a))));
    }
    case SG_SURROGATE_TRIANGLE: {
        const lane left = lane_sub(one, lane_mul(k, lane_abs(u)));
        return lane_mul(g, lane_mul(height, lane_keep(lane_above(left, lane_zero()), left)));
    }
    case SG_SURROGATE_BOXCAR:
        return lane_keep(lane_at_least(k, lane_abs(u)), lane_mul(g, height));
    case SG_SURROGATE_GAUSSIAN:
        return lane_mul(g, lane_mul(height, exp_minus(lane_mul(k, lane_mul(u, u)))));
    case SG_SURROGATE_EXPONENTIAL:
        return lane_mul(g, lane_mul(height, exp_minus(lane_mul(k, lane_abs(u)))));
    case SG_SURROGATES:
        break;
    }
    return lane_zero();
}

/* g sigma(u); `s.kind`, and that there is no cutoff, are constants in loops that have none, so that nothing is left of
 * the choice there. */
static ALWAYS_INLINE lane times_sigma(sg_surrogate s, lane g, lane u) {
    const lane whole = times_whole_sigma(s, g, u);
    return s.cutoff > 0 ? lane_drop(lane_above(lane_abs(u), lane_all(s.cutoff)), whole) : whole;
}

/* Calls CALL(s) with s a copy of `surrogate`. The compiler knows its kind where there is no cutoff. A loop for each
 * kind with a cutoff would double the size of the library; one that chooses in each step serves all of them. */
#define SURROGATE_CASE(name, CALL)                                                                                     \
    case SG_SURROGATE_##name:                                                                                          \
        known.kind = SG_SURROGATE_##name;                                                                              \
        CALL(known);                                                                                                   \
        break;
#define WITH_KNOWN_SURROGATE(surrogate, CALL)                                                                          \
    do {                                                                                                               \
        sg_surrogate known = surrogate;                                                                                \
        if (known.cutoff > 0) {                                                                                        \
            CALL(known);                                                                                               \
            break;                                                                                                     \
        }                                                                                                              \
        known.cutoff = 0;                                                                                              \
        switch (known.kind) {                                                                                          \
            SURROGATE_CASE(RELU, CALL)                                                                                 \
            SURROGATE_CASE(FAST_SIGMOID, CALL)                                                                         \
            SURROGATE_CASE(SIGMOID, CALL)                                                                              \
            SURROGATE_CASE(ARCTAN, CALL)                                                                               \
            SURROGATE_CASE(TRIANGLE, CALL)                                                                             \
            SURROGATE_CASE(BOXCAR, CALL)                                                                               \
            SURROGATE_CASE(GAUSSIAN, CALL)                                                                             \
            SURROGATE_CASE(EXPONENTIAL, CALL)                                                                          \
        case SG_SURROGATES:                                                                                            \
            break;                                                                                                     \
        }                                                                                                              \
    } while (0)

/* Surrogate derivatives: the kernels' sigma is the derivative of the smooth function, everywhere. */
#include "net/surrogate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static sg_surrogate cut(int kind, double cutoff) {
    const sg_layer_config config = {.surrogate = kind, .surrogate_cutoff = cutoff, .param = {[SG_PARAM_THRESHOLD] = 1}};
    return sg_surrogate_make(&config);
}

static sg_surrogate usual(int kind) {
    return cut(kind, 0);
}

/* The kernel's sigma: with beta 0 and one step, the gradient by x is g sigma(u). */
static float kernel_sigma(sg_surrogate surrogate, float at) {
    float u[SG_LANES], g[SG_LANES];
    for (int k = 0; k < SG_LANES; k++) {
        u[k] = at;
        g[k] = 1;
    }
    sg_kernels_ref.cuba_lif_backward(g, u, (sg_rank_one){NULL, NULL}, (sg_cuba_lif){0, 0, 1}, surrogate, 1, SG_LANES);
    return g[0];
}

static void check_derivative(sg_surrogate s) {
    const char *name = sg_surrogate_at((int)s.kind)->head.name;
    for (double u = -3.0005; u < 3; u += 0.0101) {
        double h = 1e-5, difference = (sg_surrogate_smooth(s, u + h) - sg_surrogate_smooth(s, u - h)) / (2 * h);
        double slope = sg_surrogate_slope(s, u);
        if (fabs(difference - slope) > 1e-5)
            fail_msg("%s at %g: %g, differences give %g", name, u, slope, difference);
        double found = kernel_sigma(s, (float)u), expected = sg_surrogate_slope(s, (float)u);
        if (fabs(found - expected) > 1e-6 * fabs(expected) + 1e-30)
            fail_msg("%s at %g: the kernel gives %g, expected %g", name, u, found, expected);
    }
}

static void sigma_is_the_derivative(void **state) {
    (void)state;
    for (int kind = 0; kind < SG_SURROGATES; kind++) {
        check_derivative(usual(kind));
        check_derivative(cut(kind, 0.3));
        check_derivative(cut(kind, 2));
    }
}

/* At the cutoff sigma is what it would be without, and 0 behind it; a cutoff makes any kind compact. */
static void cutoffs_end_it(void **state) {
    (void)state;
    for (int kind = 0; kind < SG_SURROGATES; kind++) {
        const sg_surrogate s = cut(kind, 0.25);
        assert_true(sg_surrogate_is_compact(s));
        assert_true(kernel_sigma(s, 0.25f) == kernel_sigma(usual(kind), 0.25f) && kernel_sigma(s, 0.25f) > 0);
        assert_true(kernel_sigma(s, -0.25f) == kernel_sigma(usual(kind), -0.25f));
        assert_true(kernel_sigma(s, nextafterf(0.25f, 1)) == 0 && kernel_sigma(s, nextafterf(-0.25f, -1)) == 0);
        assert_true(sg_surrogate_end(s) == 0.25 && sg_surrogate_end(cut(kind, 20)) <= 20);
    }
    assert_true(isnan(kernel_sigma(cut(SG_SURROGATE_FAST_SIGMOID, 0.25), NAN)));
    assert_true(!sg_surrogate_is_compact(usual(SG_SURROGATE_FAST_SIGMOID)));
    assert_true(sg_surrogate_end(cut(SG_SURROGATE_BOXCAR, 2)) == 0.5);
}

/* In units of the threshold, as the width is. */
static void cutoffs_have_the_layers_unit(void **state) {
    (void)state;
    const sg_layer_config config = {.surrogate = SG_SURROGATE_RELU,
                                    .surrogate_cutoff = 0.25,
                                    .units = SG_UNITS_THRESHOLD,
                                    .param = {[SG_PARAM_THRESHOLD] = 8}};
    assert_true(sg_surrogate_make(&config).cutoff == 2);
}

/* Far from the threshold there is no overflow, no NaN, and nothing at all in a step in which a neuron may not fire. */
static void far_away_is_nothing(void **state) {
    (void)state;
    static const float far[] = {-50, -1e4f, -1e20f, SG_RESTING, -3e38f, -INFINITY};
    for (int kind = 0; kind < SG_SURROGATES; kind++)
        for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
            float sigma = kernel_sigma(usual(kind), far[i]);
            assert_true(sigma >= 0 && sigma < 1e-3f);
            if (far[i] <= SG_RESTING)
                assert_true(sigma < 1e-37f);
        }
}

static void options_are_heeded(void **state) {
    (void)state;
    sg_layer_config config = {.surrogate = SG_SURROGATE_TRIANGLE, .param = {[SG_PARAM_THRESHOLD] = 2}};
    sg_surrogate s = sg_surrogate_make(&config);
    assert_true(fabs(sg_surrogate_slope(s, 0) - 0.15) < 1e-7 && sg_surrogate_slope(s, 2) == 0);
    config.surrogate_width = 0.5;
    config.surrogate_gain = 1;
    s = sg_surrogate_make(&config);
    assert_true(sg_surrogate_slope(s, 0) == 2 && sg_surrogate_slope(s, 0.25) == 1);
    config.surrogate = SG_SURROGATE_SIGMOID;
    config.surrogate_k = 8;
    s = sg_surrogate_make(&config);
    assert_true(sg_surrogate_slope(s, 0) == 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigma_is_the_derivative),      cmocka_unit_test(cutoffs_end_it),
        cmocka_unit_test(cutoffs_have_the_layers_unit), cmocka_unit_test(far_away_is_nothing),
        cmocka_unit_test(options_are_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

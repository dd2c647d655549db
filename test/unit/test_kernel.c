/* The scalar kernels, against cases that can be worked out by hand and against the algebra they must obey. */
#include "base/random.h"
#include "kernel/kernel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const sg_kernels *const kernels = &sg_kernels_ref;

enum { T = 7, I = 20, STRIDE = 32, SPIKES = 12 };

static float draw(uint64_t index) {
    return (float)sg_random_normal(1, 1, index);
}

static void fill(float *values, size_t count, uint64_t stream) {
    for (size_t j = 0; j < count; j++)
        values[j] = draw(1000 * stream + j);
}

static double dot(const float *a, const float *b, size_t count) {
    double sum = 0;
    for (size_t j = 0; j < count; j++)
        sum += (double)a[j] * b[j];
    return sum;
}

static const uint16_t steps[SPIKES] = {0, 0, 0, 1, 1, 3, 3, 3, 3, 5, 6, 6};
static const uint32_t channels[SPIKES] = {1, 5, 19, 0, 5, 2, 3, 7, 11, 5, 0, 18};
static const sg_spike_list spikes = {steps, channels, SPIKES, 0};

static void gather_adds_rows(void **state) {
    (void)state;
    float weights[I * STRIDE], x[T * STRIDE];
    fill(weights, I * STRIDE, 1);
    memset(x, 0xff, sizeof x);
    kernels->gather(x, weights, spikes, T, STRIDE);
    for (size_t n = 0; n < STRIDE; n++) {
        float first = 0;
        first += weights[1 * STRIDE + n];
        first += weights[5 * STRIDE + n];
        first += weights[19 * STRIDE + n];
        assert_true(x[n] == first);
        assert_true(x[2 * STRIDE + n] == 0); /* a step without spikes */
    }
}

/* <gather(W), G> = <W, scatter(G)>, for any G: scatter is gather's adjoint. */
static void scatter_is_the_adjoint(void **state) {
    (void)state;
    float weights[I * STRIDE], x[T * STRIDE], g[T * STRIDE], gradient[I * STRIDE];
    uint8_t touched[I] = {0};
    memset(gradient, 0xff, sizeof gradient); /* what is not touched does not count */
    fill(weights, I * STRIDE, 2);
    fill(g, T * STRIDE, 3);
    kernels->gather(x, weights, spikes, T, STRIDE);
    kernels->scatter(gradient, touched, g, spikes, STRIDE);
    assert_true(touched[5] && touched[19] && !touched[4] && isnan(gradient[4 * STRIDE]));
    kernels->clear_untouched(gradient, touched, I, STRIDE);
    assert_true(fabs(dot(x, g, T * STRIDE) - dot(weights, gradient, I * STRIDE)) < 1e-4);
    float once[I * STRIDE];
    memcpy(once, gradient, sizeof once);
    kernels->scatter(gradient, touched, g, spikes, STRIDE); /* adds */
    for (size_t j = 0; j < I * STRIDE; j++)
        assert_true(fabsf(gradient[j] - 2 * once[j]) < 1e-5f);
}

static void project_multiplies_by_the_transpose(void **state) {
    (void)state;
    enum { N = 19, BELOW = 48, TILES = BELOW / SG_LANES };
    float weights[BELOW * STRIDE] = {0}, transposed[N * BELOW] = {0}, gx[T * STRIDE], g[T * BELOW];
    uint16_t active[T * TILES] = {0};
    fill(weights, BELOW * STRIDE, 4);
    fill(gx, T * STRIDE, 5);
    kernels->transpose(transposed, weights, BELOW, N, STRIDE, BELOW);
    active[2 * TILES + 1] = 1;
    for (int all = 0; all < 2; all++) {
        memset(g, 0xff, sizeof g);
        kernels->project(g, gx, transposed, all ? NULL : active, false, T, N, STRIDE, BELOW, BELOW);
        for (size_t t = 0; t < T; t++)
            for (size_t i = 0; i < BELOW; i++) {
                float sum = 0;
                for (size_t n = 0; n < N; n++)
                    sum += gx[t * STRIDE + n] * weights[i * STRIDE + n];
                bool wanted = all || (t == 2 && i / SG_LANES == 1);
                assert_true(g[t * BELOW + i] == (wanted ? sum : 0));
            }
    }
}

/* alpha = beta = 1/2, threshold 1, x = 1, 0, 0, 4: i = 1, .5, .25, 4.125 and v = 1, 1, .75, 4.5 in step 0 .. 3; 1 is
 * not above the threshold. */
static void cuba_lif_by_hand(void **state) {
    (void)state;
    enum { STEPS = 5 };
    float x[STEPS * SG_LANES] = {0}, g[STEPS * SG_LANES] = {0};
    uint16_t bits[STEPS];
    const sg_cuba_lif neuron = {0.5f, 0.5f, 1};
    x[0] = 1, x[3 * SG_LANES] = 4;
    kernels->cuba_lif_forward(bits, x, neuron, STEPS, SG_LANES, SG_LANES);
    const float u[STEPS] = {0, 0, -0.25f, 3.5f, 1.0625f};
    const uint16_t fired[STEPS] = {0, 0, 0, 1, 1};
    for (size_t t = 0; t < STEPS; t++) {
        assert_true(x[t * SG_LANES] == u[t]);
        assert_true(x[t * SG_LANES + 1] == -1);
        assert_int_equal(bits[t], fired[t]);
    }
    /* A gradient of 1 by the spike of step 3 alone: gv = 1 there; before it 1/2, 1/4, 1/8, as step 2 and those before
     * did not fire; gi adds its own half. */
    g[3 * SG_LANES] = 1;
    kernels->cuba_lif_backward(g, x, (sg_rank_one){NULL, NULL}, neuron, (sg_surrogate){SG_SURROGATE_RELU, 0, 0, 0},
                               STEPS, SG_LANES);
    const float expected[STEPS] = {0.5f, 0.75f, 1, 1, 0};
    for (size_t t = 0; t < STEPS; t++)
        assert_true(g[t * SG_LANES] == expected[t]);
}

/* In a step exactly at the threshold there is no spike, but relu's derivative is 1 there. */
static void support_includes_the_threshold(void **state) {
    (void)state;
    float u[2 * SG_LANES];
    uint16_t active[2];
    for (size_t k = 0; k < 2 * SG_LANES; k++)
        u[k] = -1;
    u[0] = 0, u[3] = 2, u[SG_LANES + 15] = 1e-20f;
    kernels->find_active_tiles(active, u, (sg_surrogate){SG_SURROGATE_RELU, 0, 0, 0}, 2, SG_LANES, SG_LANES);
    assert_int_equal(active[0], 1 | 1 << 3);
    assert_int_equal(active[1], 1 << 15);
}

static void list_and_count_agree(void **state) {
    (void)state;
    enum { TILES = STRIDE / SG_LANES };
    uint16_t bits[T * TILES] = {0}, step[T * STRIDE + SG_LANES];
    uint32_t channel[T * STRIDE + SG_LANES], counts[STRIDE] = {0};
    for (size_t j = 0; j < T * TILES; j++)
        bits[j] = (uint16_t)sg_random_bits(1, 9, j);
    size_t count = kernels->list_spikes(step, channel, bits, T, STRIDE);
    kernels->count_spikes(counts, bits, T, STRIDE);
    size_t sum = 0;
    for (size_t e = 0; e < count; e++) {
        assert_true(bits[step[e] * TILES + channel[e] / SG_LANES] >> channel[e] % SG_LANES & 1);
        assert_true(e == 0 || step[e - 1] < step[e] || (step[e - 1] == step[e] && channel[e - 1] < channel[e]));
        counts[channel[e]]--;
    }
    for (size_t n = 0; n < STRIDE; n++)
        sum += counts[n];
    assert_int_equal(sum, 0);
    uint16_t fired[TILES] = {1, 0}, expected[TILES] = {1, 0};
    kernels->mark_fired(fired, bits, 3, STRIDE);
    for (size_t j = 0; j < 3 * TILES; j++)
        expected[j % TILES] |= bits[j];
    assert_memory_equal(fired, expected, sizeof fired);
    assert_true(count > 0);
}

static void decaying_states_are_flushed(void **state) {
    (void)state;
    enum { STEPS = 2000 };
    static float x[STEPS * SG_LANES];
    static uint16_t bits[STEPS];
    for (size_t k = 0; k < SG_LANES; k++)
        x[k] = 0.5f;
    kernels->cuba_lif_forward(bits, x, (sg_cuba_lif){0.5f, 0.5f, 1}, STEPS, SG_LANES, SG_LANES);
    for (size_t t = 0; t < STEPS; t++) {
        float v = x[t * SG_LANES] + 1;
        assert_true(v == 0 || fabsf(v) >= 1e-8f);
    }
    float w = 1, m = 1, n = 1, g = 0;
    const sg_adam_step step = {0.9f, 0.999f, 0.1f, 0.001f, 0.01f, 1, 1e-8f};
    for (int k = 0; k < 100000; k++)
        kernels->adam(&w, &m, &n, NULL, &g, 1, &step);
    assert_true(m == 0 && n == 0 && isfinite(w));
}

static void touched_pieces_are_added_in_order(void **state) {
    (void)state;
    enum { ROWS = 3, PIECES = 3, SIZE = ROWS * SG_LANES };
    /* In this order the 1 is lost; in another it would not be. Row 1 is untouched in piece 1, row 2 in all. */
    const float values[PIECES] = {1e8f, 1, -1e8f};
    const uint8_t touched[PIECES * ROWS] = {1, 1, 0, 1, 0, 0, 1, 1, 0};
    float parts[PIECES * SIZE], sum[SIZE];
    for (size_t j = 0; j < PIECES * SIZE; j++)
        parts[j] = values[j / SIZE];
    memset(sum, 0xff, sizeof sum);
    sg_rows pieces[PIECES], last_pieces[PIECES];
    const uint8_t last[PIECES * ROWS] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    for (size_t p = 0; p < PIECES; p++) {
        pieces[p] = (sg_rows){parts + p * SIZE, touched + p * ROWS};
        last_pieces[p] = (sg_rows){parts + p * SIZE, last + p * ROWS};
    }
    kernels->sum_rows(sum, pieces, PIECES, 0, ROWS, SG_LANES);
    for (size_t j = 0; j < SIZE; j++)
        assert_true(sum[j] == 0);
    kernels->sum_rows(sum, last_pieces, PIECES, 1, 2, SG_LANES);
    assert_true(sum[0] == 0 && sum[SG_LANES] == -1e8f);
    kernels->sum_rows(sum, last_pieces, PIECES, 0, 1, SG_LANES);
    assert_true(sum[0] == 1);
}

static void rows_are_cleared_once(void **state) {
    (void)state;
    float gradient[I * STRIDE];
    uint8_t touched[I] = {0};
    memset(gradient, 0xff, sizeof gradient);
    touched[7] = 1;
    gradient[7 * STRIDE] = 3;
    kernels->clear_untouched(gradient, touched, 6, STRIDE);
    assert_true(gradient[5 * STRIDE] == 0 && gradient[5 * STRIDE + STRIDE - 1] == 0);
    assert_true(touched[5] && !touched[6] && isnan(gradient[6 * STRIDE]));
    kernels->clear_untouched(gradient, touched, I, STRIDE);
    for (size_t i = 0; i < I; i++)
        assert_true(touched[i] == 1 && gradient[i * STRIDE] == (i == 7 ? 3 : 0));
}

/* Two steps of Adam and AMSGrad worked out in double precision. */
static void adam_matches_its_formula(void **state) {
    (void)state;
    const double b1 = 0.9, b2 = 0.999, lr = 0.01, eps = 1e-8, g[2] = {0.5, -0.01};
    for (int amsgrad = 0; amsgrad < 2; amsgrad++) {
        float w = 0.3f, m = 0, n = 0, largest = 0;
        double dw = 0.3f, dm = 0, dn = 0, dlargest = 0;
        for (int k = 1; k <= 2; k++) {
            double rate = lr / (1 - pow(b1, k)), root = 1 / sqrt(1 - pow(b2, k));
            const sg_adam_step step = {(float)b1,   (float)b2,   (float)(1 - b1), (float)(1 - b2),
                                       (float)rate, (float)root, (float)eps};
            float gradient = (float)g[k - 1];
            kernels->adam(&w, &m, &n, amsgrad ? &largest : NULL, &gradient, 1, &step);
            dm = b1 * dm + (1 - b1) * g[k - 1];
            dn = b2 * dn + (1 - b2) * g[k - 1] * g[k - 1];
            dlargest = amsgrad ? fmax(dlargest, dn) : dn;
            dw -= rate * dm / (sqrt(dlargest) * root + eps);
            assert_true(fabs(w - dw) < 1e-6);
        }
    }
}

static void sgd_with_and_without_momentum(void **state) {
    (void)state;
    float w = 1, velocity = 0, g = 2;
    kernels->sgd(&w, NULL, &g, 1, 0.25f, 0, false);
    assert_true(w == 0.5f);
    for (int k = 0; k < 2; k++)
        kernels->sgd(&w, &velocity, &g, 1, 0.25f, 0.5f, false);
    assert_true(velocity == 3 && w == 0.5f - 0.5f - 0.75f);
}

static void not_finite_is_found(void **state) {
    (void)state;
    float x[5] = {0, 1, -2, 3, 4};
    assert_int_equal(kernels->first_not_finite(x, 5), 5);
    x[3] = NAN;
    assert_int_equal(kernels->first_not_finite(x, 5), 3);
    x[1] = -INFINITY;
    assert_int_equal(kernels->first_not_finite(x, 5), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gather_adds_rows),
        cmocka_unit_test(scatter_is_the_adjoint),
        cmocka_unit_test(project_multiplies_by_the_transpose),
        cmocka_unit_test(cuba_lif_by_hand),
        cmocka_unit_test(support_includes_the_threshold),
        cmocka_unit_test(list_and_count_agree),
        cmocka_unit_test(decaying_states_are_flushed),
        cmocka_unit_test(touched_pieces_are_added_in_order),
        cmocka_unit_test(rows_are_cleared_once),
        cmocka_unit_test(adam_matches_its_formula),
        cmocka_unit_test(sgd_with_and_without_momentum),
        cmocka_unit_test(not_finite_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

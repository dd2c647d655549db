/* Alpha synapses: the current is Rall's function, sampled; what initial weights and a linear read-out make of it; and
 * what is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "kernel/kernel.h"
#include "net/neuron.h"
#include "net/neuron_form.h"
#include "net/surrogate.h"
#include "ok.h"

enum { T = 300, N = SG_LANES };

/* ------------------------------------------------------------------------------------------------ the function */

/* (t / tau) exp(1 - t / tau) at the end of the k-th step after the spike came at the begin of step 0. */
static double rall(size_t k, double tau) {
    double time = (double)(k + 1) / tau;
    return time * exp(1 - time);
}

/* Inputs of every sign, many of them 0; lane n has a train of its own. */
static void make_input(float *x) {
    uint64_t state = 12345;
    for (size_t j = 0; j < T * N; j++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double u = (double)(state >> 40) / (1 << 24);
        x[j] = u < 0.8 ? 0 : (float)(4 * u - 3.4);
    }
}

/* Membrane and spikes of lane n, from the convolution in double precision. */
static void convolve(const float *x, size_t n, double tau_syn, double beta, double *v, uint8_t *s) {
    double membrane = 0;
    for (size_t t = 0; t < T; t++) {
        double current = 0;
        for (size_t k = 0; k <= t; k++)
            current += rall(k, tau_syn) * (double)x[(t - k) * N + n];
        membrane = beta * membrane + current;
        v[t] = membrane;
        s[t] = membrane > 1;
        membrane = s[t] ? 0 : membrane;
    }
}

static void the_current_is_ralls_function(void **state) {
    static float x[T * N], u[T * N], constants[SG_NEURON_CONSTANTS * N], trace[4][T * N];
    static double v[T];
    static uint8_t s[T];
    static uint16_t spikes[T];
    const float *const raw[SG_NEURON_PARAMS] = {NULL};
    const sg_kernels *kernels;
    size_t fired = 0;
    (void)state;
    sg_config *config = parse("layers: [{size: 16, neuron: {synapse: alpha, tau_syn: 7 ms, tau_mem: 12 ms}}]");
    const sg_layer_config *layer = &config->network.layers[0];
    const sg_neuron neuron = sg_neuron_make(layer, 1, sg_surrogate_make(layer), constants);
    const sg_neuron_trace to = {trace[0], trace[1], trace[2], trace[3]};
    sg_neuron_prepare(&neuron, raw, N);
    make_input(x);
    for (size_t level = 0; (kernels = sg_kernels_at(level)) != NULL; level++) {
        float states[SG_NEURON_STATES * N] = {0};
        memcpy(u, x, sizeof u);
        kernels->general_neuron_forward(spikes, u, states, &to, &neuron.spiking, (sg_span){0, 0, T}, N, N);
        for (size_t n = 0; n < N; n++) {
            convolve(x, n, 7, exp(-1.0 / 12), v, s);
            for (size_t t = 0; t < T; t++) {
                assert_true(fabs(trace[1][t * N + n] - v[t]) < 2e-5 * (1 + fabs(v[t])));
                assert_int_equal(spikes[t] >> n & 1, s[t]);
                fired += s[t];
            }
        }
    }
    assert_true(fired > 100);
    sg_config_free(config);
}

/* The top is 1, in the step that ends tau_syn after the input; euler's is less by a share of dt / tau_syn. */
static void the_top_is_one(void **state) {
    static const char *const integrations[] = {"exact", "euler"};
    static const double off[] = {1e-6, 0.05};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        float x[64 * N] = {[0] = 1}, states[SG_NEURON_STATES * N] = {0}, constants[SG_NEURON_CONSTANTS * N];
        float current[64 * N], rest[3][64 * N];
        uint16_t spikes[64];
        char yaml[160];
        const float *const raw[SG_NEURON_PARAMS] = {NULL};
        const sg_kernels *kernels;
        snprintf(yaml, sizeof yaml,
                 "{layers: [{size: 3}, {size: 2, neuron: {kind: cuba_li, synapse: alpha, tau_syn: 20 ms, integration: "
                 "%s}}], loss: {kind: mean_ce}}",
                 integrations[i]);
        sg_config *config = parse(yaml);
        const sg_neuron neuron = sg_neuron_make(&config->network.layers[1], 1, (sg_surrogate){0}, constants);
        const sg_neuron_trace to = {current, rest[0], rest[1], rest[2]};
        OK(sg_kernels_get(&kernels));
        sg_neuron_prepare(&neuron, raw, N);
        kernels->general_neuron_forward(spikes, x, states, &to, &neuron.spiking, (sg_span){0, 0, 64}, N, N);
        assert_true(fabs(current[19 * N] - 1) < off[i]);
        for (size_t t = 0; t < 64; t++)
            assert_true(current[t * N] < 1 + off[i] && current[t * N] > 0);
        sg_config_free(config);
    }
}

/* ---------------------------------------------------------------------------------------- what else goes by it */

/* `fluctuation` draws weights for the membrane that one spike makes: its squares, from the function. */
static void initial_weights_go_by_it(void **state) {
    sg_config *config =
        parse("{steps: 100, seed: 3, layers: [{size: 128, link: {weights: fluctuation, xi: 2, input_rate: "
              "20}, neuron: {synapse: alpha, tau_syn: 4 ms, tau_mem: 9 ms}}, {size: 10, neuron: {kind: "
              "li}}], loss: {kind: mean_ce}}");
    sg_network *network;
    static float weights[784 * 128];
    double membrane = 0, energy = 0, square = 0;
    (void)state;
    for (size_t t = 0; t < 100; t++) {
        membrane = exp(-1.0 / 9) * membrane + rall(t, 4);
        energy += membrane * membrane;
    }
    OK(sg_network_create(config, 784, &network));
    OK(sg_network_get_weights(network, 0, weights));
    for (size_t j = 0; j < 784 * 128; j++)
        square += (double)weights[j] * (double)weights[j];
    assert_true(fabs(sqrt(square / (784 * 128)) * (2 * sqrt(784 * 0.02 * energy)) - 1) < 0.01);
    sg_network_free(network);
    sg_config_free(config);
}

/* ------------------------------------------------------------------------------------------- what is refused */

static void orders_with_a_current_of_their_own_are_refused(void **state) {
    static const char *const orders[] = {"sinabs", "eventprop"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char yaml[128];
        snprintf(yaml, sizeof yaml, "layers: [{size: 2, neuron: {synapse: alpha, order: %s}}]", orders[i]);
        sg_config *config = parse(yaml);
        assert_int_equal(sg_config_check(config), SG_CONFIG);
        assert_string_equal(sg_error_message(),
                            "layers.0.neuron.synapse: alpha, but orders eventprop and sinabs have an exponential "
                            "current by definition: use another order, or synapse exponential");
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_current_is_ralls_function),
        cmocka_unit_test(the_top_is_one),
        cmocka_unit_test(initial_weights_go_by_it),
        cmocka_unit_test(orders_with_a_current_of_their_own_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

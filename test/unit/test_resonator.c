/* Resonate-and-fire neurons: the oscillation, written out in complex numbers; that a threshold is met at its frequency
 * and not at others; what initial weights and files make of a frequency; and what is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "file/h5.h"
#include "folder.h"
#include "kernel/kernel.h"
#include "net/neuron.h"
#include "net/neuron_param.h"
#include "net/surrogate.h"
#include "ok.h"

enum { T = 400, N = SG_LANES };

static const double TURN = 6.283185307179586;

/* The real part before a spike in each step, and the spikes, of one neuron. */
static void oscillate(const float *x, double tau, double hz, double taken, double *re, uint8_t *s) {
    const double decay = exp(-1 / tau), c = decay * cos(TURN * hz / 1000), d = decay * sin(TURN * hz / 1000);
    double a = 0, b = 0;
    for (size_t t = 0; t < T; t++) {
        const double turned = c * a - d * b + (double)x[t * N];
        b = d * a + c * b;
        a = re[t] = turned;
        s[t] = a > 1;
        a -= s[t] ? taken : 0;
    }
}

/* Runs sixteen neurons alike at a level. */
static void run(const sg_kernels *kernels, const char *reset, double tau, double hz, float *x, float *membrane,
                uint16_t *spikes) {
    static float constants[SG_NEURON_CONSTANTS * N], rest[2][T * N];
    const float *const raw[SG_NEURON_PARAMS] = {NULL};
    float states[SG_NEURON_STATES * N] = {0};
    char yaml[200];
    snprintf(yaml, sizeof yaml, "layers: [{size: 16, neuron: {kind: rf, tau_mem: %g ms, frequency: %g, reset: %s}}]",
             tau, hz, reset);
    sg_config *config = parse(yaml);
    OK(sg_config_check(config));
    const sg_layer_config *layer = &config->network.layers[0];
    const sg_neuron neuron = sg_neuron_make(layer, 1, sg_surrogate_make(layer), constants);
    const sg_neuron_trace to = {.current = rest[0], .membrane = membrane, .adaptation = rest[1]};
    sg_neuron_prepare(&neuron, raw, N);
    kernels->general_neuron_forward(spikes, x, states, &to, &neuron.spiking, (sg_span){0, 0, T}, N, N);
    sg_config_free(config);
}

static double uniform(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / (1 << 24);
}

static void the_membrane_is_the_oscillation(void **state) {
    static const double frequencies[] = {0.5, 10, 60, 125, 199};
    static const char *const resets[] = {"auto", "none"};
    static float x[T * N], u[T * N], membrane[T * N];
    static double re[T];
    static uint8_t s[T];
    static uint16_t spikes[T];
    const sg_kernels *kernels;
    uint64_t seed = 11;
    size_t fired = 0;
    (void)state;
    for (size_t j = 0; j < T * N; j++) {
        const double drawn = uniform(&seed);
        x[j] = drawn < 0.7 ? 0 : (float)(5 * drawn - 4.1);
    }
    for (size_t level = 0; (kernels = sg_kernels_at(level)) != NULL; level++)
        for (size_t f = 0; f < 5; f++)
            for (size_t r = 0; r < 2; r++) {
                memcpy(u, x, sizeof u);
                run(kernels, resets[r], 30, frequencies[f], u, membrane, spikes);
                for (size_t n = 0; n < N; n++) {
                    oscillate(x + n, 30, frequencies[f], r == 0, re, s);
                    for (size_t t = 0; t < T; t++) {
                        assert_true(fabs(membrane[t * N + n] - re[t]) < 1e-4);
                        assert_int_equal(spikes[t] >> n & 1, s[t]);
                        fired += s[t];
                    }
                }
            }
    assert_true(fired > 1000);
}

/* Spikes that come once a turn add up; those that come twice a turn take each other away. */
static void it_fires_at_its_frequency(void **state) {
    static float x[T * N], membrane[T * N];
    static uint16_t spikes[T];
    const sg_kernels *kernels;
    size_t fired[2] = {0, 0};
    (void)state;
    OK(sg_kernels_get(&kernels));
    for (size_t i = 0; i < 2; i++) {
        memset(x, 0, sizeof x);
        for (size_t t = 0; t < T; t += i == 0 ? 20 : 10)
            x[t * N] = 0.4f;
        run(kernels, "subtract", 100, 50, x, membrane, spikes);
        for (size_t t = 0; t < T; t++)
            fired[i] += spikes[t] & 1;
    }
    assert_true(fired[0] >= 5 && fired[1] == 0);
}

/* `fluctuation` draws weights for the membrane that one spike makes. */
static void initial_weights_go_by_it(void **state) {
    static float weights[784 * 64];
    sg_config *config =
        parse("{steps: 90, seed: 3, layers: [{size: 64, link: {weights: fluctuation, xi: 2, input_rate: 20}, neuron: "
              "{kind: rf, tau_mem: 15 ms, frequency: 40}}, {size: 10, neuron: {kind: li}}], loss: {kind: mean_ce}}");
    sg_network *network;
    double energy = 0, square = 0;
    (void)state;
    for (size_t t = 0; t < 90; t++)
        energy += pow(exp(-(double)t / 15) * cos(TURN * 0.04 * (double)t), 2);
    OK(sg_network_create(config, 784, &network));
    OK(sg_network_get_weights(network, 0, weights));
    for (size_t j = 0; j < 784 * 64; j++)
        square += (double)weights[j] * (double)weights[j];
    assert_true(fabs(sqrt(square / (784 * 64)) * (2 * sqrt(784 * 0.02 * energy)) - 1) < 0.01);
    sg_network_free(network);
    sg_config_free(config);
}

/* What each neuron's frequency is in Hz, from its raw number. */
static double frequency_of(float raw) {
    return sg_neuron_param_from_raw(SG_PARAM_FREQUENCY, (double)raw).value / TURN * 1000;
}

static void frequencies_are_read_and_spread(void **state) {
    const float in_hz[4] = {1, 20, 150, 199.5f}, wrong[4] = {1, 20, 200, 3};
    const uint64_t four = 4;
    float raw[4];
    char yaml[512];
    sg_network *network;
    (void)state;
    for (int i = 0; i < 2; i++) {
        sg_h5 *file;
        OK(sg_h5_create(&file));
        OK(sg_h5_put(file, "frequency", SG_H5_F32, i == 0 ? in_hz : wrong, 1, &four, false));
        OK(sg_h5_write(file, in_folder("hz.h5")));
        sg_h5_close(file);
        snprintf(yaml, sizeof yaml, "layers: [{size: 4, neuron: {kind: rf, file: '%s'}}]", in_folder("hz.h5"));
        sg_config *config = parse(yaml);
        sg_status status = sg_network_create(config, 3, &network);
        assert_int_equal(status, i == 0 ? SG_OK : SG_MODEL);
        if (i == 1)
            assert_non_null(strstr(sg_error_message(),
                                   "'frequency' of neuron 2 is 200, expected more than 0 and less than 200 Hz"));
        for (size_t n = 0; i == 0 && n < 4; n++) {
            OK(sg_network_get_group(network, 0, "raw_frequency", raw));
            assert_true(fabs(frequency_of(raw[n]) - (double)in_hz[n]) < 1e-3 * (double)in_hz[n]);
        }
        if (i == 0)
            sg_network_free(network);
        sg_config_free(config);
    }
    sg_config *config = parse("layers: [{size: 4, neuron: {kind: rf, frequency: 150, spread: {frequency: 2}}}]");
    OK(sg_network_create(config, 3, &network));
    OK(sg_network_get_group(network, 0, "raw_frequency", raw));
    for (size_t n = 0; n < 4; n++)
        assert_true(frequency_of(raw[n]) > 0 && frequency_of(raw[n]) < 200 && fabs(frequency_of(raw[n]) - 150) > 1e-3);
    sg_network_free(network);
    sg_config_free(config);
}

static void what_has_no_sense_is_refused(void **state) {
    static const char *const refused[][2] = {
        {"frequency: 200",
         "layers.0.neuron.frequency: 200 Hz, expected more than 0 and less than 200 Hz, as a turn takes"},
        {"reset: zero", "layers.0.neuron.reset: zero, but a spike of rf takes"},
        {"order: sinabs", "layers.0.neuron.order: sinabs, but neuron.kind is 'rf'"},
        {"scale: decay", "layers.0.neuron.scale: decay, but neuron.kind is 'rf'"},
        {"floor: -1", "layers.0.neuron.floor: -1, but neuron.kind is 'rf'"},
        {"max_spikes: 2", "layers.0.neuron.max_spikes: 2, but neuron.kind is 'rf'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char yaml[200];
        snprintf(yaml, sizeof yaml, "layers: [{size: 4, neuron: {kind: rf, %s}}]", refused[i][0]);
        sg_config *config = parse(yaml);
        if (sg_config_check(config) != SG_CONFIG || !strstr(sg_error_message(), refused[i][1]))
            fail_msg("%s: '%s', expected '%s'", refused[i][0], sg_error_message(), refused[i][1]);
        sg_config_free(config);
    }
    sg_config *config =
        parse("{layers: [{size: 4, neuron: {kind: rf, train: {frequency: true}}}], loss: {kind: count_ce}, "
              "bptt: {window: 5}}");
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_non_null(strstr(sg_error_message(), "bptt.window: layers.0.neuron.train.frequency"));
    sg_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_membrane_is_the_oscillation), cmocka_unit_test(it_fires_at_its_frequency),
        cmocka_unit_test(initial_weights_go_by_it),        cmocka_unit_test(frequencies_are_read_and_spread),
        cmocka_unit_test(what_has_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

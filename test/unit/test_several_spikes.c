/* Several spikes of a neuron in a step: forward and backward as Sinabs computes them, in double precision; that all of
 * them come to the layer above and are counted; and what is refused. */
#include "surgrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "drawn_events.h"
#include "kernel/kernel.h"
#include "net/neuron.h"
#include "net/surrogate.h"
#include "ok.h"

/* ----------------------------------------------------------------------------------------------- Sinabs' formulas */

enum { T = 90, N = SG_LANES, PLANES = 31 };

/* MultiSpike and MembraneSubtract, with MaxSpike. */
static double spikes_of(double v, double theta, double most) {
    return fmin(fmax(floor(v / theta), 0), most);
}

/* PeriodicExponential(grad_width, grad_scale = theta): as published, in terms of the membrane. */
static double periodic_exponential(double v, double theta, double width) {
    double shifted = v - theta / 2, periodic = shifted - floor(shifted / theta) * theta;
    return exp(-fabs((v < theta ? shifted : periodic) - theta / 2) / width);
}

/* SingleExponential, likewise. */
static double single_exponential(double v, double theta, double width) {
    return exp(-fabs(v - theta) / width);
}

typedef struct formulas {
    double v[T], n[T], gx[T];
} formulas;

/* One neuron: v = a v + (1 - a) x, and the gradient of sum over t of g[t] n[t], the reset differentiated too. */
static void compute(formulas *f, const float *x, const float *g, double decay, double theta, double most,
                    double (*pdf)(double v, double theta, double width)) {
    double v = 0, by_v = 0;
    for (size_t t = 0; t < T; t++) {
        f->v[t] = v = decay * v + (1 - decay) * (double)x[t * N];
        f->n[t] = spikes_of(v, theta, most);
        v -= f->n[t] * theta;
    }
    for (size_t t = T; t-- > 0;) {
        by_v *= decay;
        by_v += ((double)g[t * N] - theta * by_v) * pdf(f->v[t], theta, 0.4);
        f->gx[t] = (1 - decay) * by_v;
    }
}

static double uniform(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / (1 << 24);
}

static void meet(const char *most, bool periodic) {
    static float x[T * N], first[T * N], g[T * N], first_g[T * N], constants[SG_NEURON_CONSTANTS * N], trace[3][T * N];
    static uint16_t spikes[T], planes[PLANES][T];
    static formulas f;
    const float *const raw[SG_NEURON_PARAMS] = {NULL};
    const sg_kernels *kernels;
    uint64_t state = 7;
    size_t several = 0;
    char yaml[256];
    snprintf(yaml, sizeof yaml,
             "layers: [{size: 16, neuron: {kind: lif, order: sinabs, tau_mem: 6 ms, threshold: 0.7, max_spikes: %s, "
             "reset_gradient: true}, surrogate: {kind: exponential, width: 0.4, gain: 0.4, periodic: %s}}]",
             most, periodic ? "true" : "false");
    sg_config *config = parse(yaml);
    OK(sg_config_check(config));
    const sg_layer_config *layer = &config->network.layers[0];
    const sg_neuron neuron = sg_neuron_make(layer, 1, sg_surrogate_make(layer), constants);
    const sg_neuron_trace to = {.current = trace[0], .membrane = trace[1], .adaptation = trace[2]};
    const sg_span span = {0, 0, T};
    sg_neuron_prepare(&neuron, raw, N);
    for (size_t j = 0; j < T * N; j++) {
        first[j] = (float)(14 * uniform(&state) - 4);
        first_g[j] = (float)(2 * uniform(&state) - 1);
    }
    for (size_t level = 0; (kernels = sg_kernels_at(level)) != NULL; level++) {
        float states[SG_NEURON_STATES * N] = {0}, rest[SG_NEURON_STATES * N] = {0}, back[SG_NEURON_ADJOINTS * N] = {0};
        memcpy(x, first, sizeof x);
        memcpy(g, first_g, sizeof g);
        kernels->general_neuron_forward(spikes, x, states, &to, &neuron.spiking, span, N, N);
        kernels->pass_thresholds(planes[0], T, x, &neuron.spiking, span, N, N);
        kernels->general_neuron_backward(g, back, NULL, x, rest, NULL, &neuron.spiking, span, N, N);
        for (size_t n = 0; n < N; n++) {
            compute(&f, first + n, first_g + n, exp(-1.0 / 6), 0.7, atof(most),
                    periodic ? periodic_exponential : single_exponential);
            for (size_t t = 0; t < T; t++) {
                size_t count = spikes[t] >> n & 1;
                for (size_t k = 1; k < neuron.spiking.most; k++)
                    count += planes[k - 1][t] >> n & 1;
                assert_true(fabs(trace[1][t * N + n] - f.v[t]) < 1e-5);
                assert_int_equal(count, (size_t)f.n[t]);
                assert_true(fabs(g[t * N + n] - f.gx[t]) < 2e-5);
                several += count > 1;
            }
        }
    }
    assert_true(several > 200);
    sg_config_free(config);
}

static void spikes_and_gradients_are_those_of_sinabs(void **state) {
    (void)state;
    meet("32", true);
    meet("32", false);
    meet("3", false);
}

/* With a most of spikes the surrogate of the last threshold goes on as that of a single spike does. */
static void beyond_the_last_threshold_the_surrogate_falls(void **state) {
    float x[N] = {5.5f}, g[N] = {1}, constants[SG_NEURON_CONSTANTS * N], states[SG_NEURON_STATES * N] = {0};
    float back[SG_NEURON_ADJOINTS * N] = {0};
    uint16_t spikes[1], planes[2];
    const float *const raw[SG_NEURON_PARAMS] = {NULL};
    const sg_kernels *kernels;
    (void)state;
    sg_config *config = parse("layers: [{size: 2, neuron: {kind: if, max_spikes: 3}, surrogate: {kind: exponential, "
                              "width: 0.5, gain: 0.5}}]");
    const sg_layer_config *layer = &config->network.layers[0];
    const sg_neuron neuron = sg_neuron_make(layer, 1, sg_surrogate_make(layer), constants);
    OK(sg_kernels_get(&kernels));
    sg_neuron_prepare(&neuron, raw, N);
    kernels->general_neuron_forward(spikes, x, states, NULL, &neuron.spiking, (sg_span){0, 0, 1}, N, N);
    kernels->pass_thresholds(planes, 1, x, &neuron.spiking, (sg_span){0, 0, 1}, N, N);
    assert_int_equal((spikes[0] & 1) + (planes[0] & 1) + (planes[1] & 1), 3);
    assert_true(states[SG_MEMBRANE * N] == 2.5f);
    kernels->general_neuron_backward(g, back, NULL, x, states, NULL, &neuron.spiking, (sg_span){0, 0, 1}, N, N);
    assert_true(fabs(g[0] - exp(-2.5 / 0.5)) < 1e-6); /* 5.5 is 2.5 above the third threshold */
    sg_config_free(config);
}

/* -------------------------------------------------------------------------------------------- what comes of them */

enum { SAMPLES = 6, STEPS = 40, INPUTS = 30, NEURONS = 140 };

#define FIRST  "  - {size: 140, link: {sd: 1}, neuron: {kind: lif, tau_mem: 8 ms, max_spikes: 4}}\n"
#define SECOND "  - {size: 5, link: {sd: 0.3}, neuron: {kind: cuba_lif, max_spikes: 3}}\n"

static sg_config *config_of(const char *layers) {
    char yaml[1024];
    snprintf(yaml, sizeof yaml, "steps: %d\nseed: 4\nloss: {kind: count_ce}\nlayers:\n%s", STEPS, layers);
    return parse(yaml);
}

/* A raster of one sample as a store that counts. */
static sg_events *store_of(const uint8_t *raster) {
    uint16_t *step = calloc(4 * STEPS * NEURONS, sizeof *step);
    uint32_t *channel = calloc(4 * STEPS * NEURONS, sizeof *channel);
    uint64_t first[2] = {0, 0};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events;
    assert_true(step && channel);
    for (size_t j = 0; j < STEPS * NEURONS; j++)
        for (int i = 0; i < raster[j]; i++) {
            step[first[1]] = (uint16_t)(j / NEURONS);
            channel[first[1]++] = (uint32_t)(j % NEURONS);
        }
    const sg_events_view view = {.samples = 1,
                                 .steps = STEPS,
                                 .channels = NEURONS,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .classes = 1};
    details.counts = true;
    OK(sg_events_create_detailed(&view, &details, &events));
    free(step), free(channel);
    return events;
}

static size_t sum_of(const uint8_t *raster, size_t count, size_t apart) {
    size_t sum = 0;
    for (size_t j = 0; j < count; j++)
        sum += raster[j * apart];
    return sum;
}

static void all_of_them_come_to_the_layer_above(void **state) {
    static uint8_t below[STEPS * NEURONS], above[STEPS * 5], alone[STEPS * 5];
    static float weights[NEURONS * 5];
    sg_config *config = config_of(FIRST SECOND), *upper = config_of(SECOND);
    sg_events *events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 200}), *between;
    sg_network *network, *second;
    size_t several = 0;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_network_create(upper, NEURONS, &second));
    OK(sg_network_get_weights(network, 1, weights));
    OK(sg_network_set_weights(second, 0, weights));
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, 0, below));
        OK(sg_network_raster(network, events, s, 1, above));
        between = store_of(below);
        OK(sg_network_raster(second, between, 0, 0, alone));
        assert_memory_equal(alone, above, sizeof above);
        for (size_t j = 0; j < sizeof below; j++)
            several += below[j] > 1;
        sg_events_free(between);
    }
    assert_true(several > 200);
    sg_events_free(events);
    sg_network_free(network);
    sg_network_free(second);
    sg_config_free(config);
    sg_config_free(upper);
}

/* By the loss, whose numbers they are, and by what a trainer tells of a layer. */
static void all_of_them_are_counted(void **state) {
    static uint8_t raster[STEPS * NEURONS];
    const uint32_t samples[SAMPLES] = {0, 1, 2, 3, 4, 5};
    double values[SAMPLES * 5];
    uint32_t label[SAMPLES];
    size_t told[2] = {0, 0};
    sg_config *config = config_of(FIRST SECOND);
    sg_events *events = drawn_events((drawn_sizes){SAMPLES, STEPS, INPUTS, 200});
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    (void)state;
    OK(sg_network_create(config, INPUTS, &network));
    OK(sg_predict(network, config, events, samples, SAMPLES, 1, values, label));
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, 0, raster));
        told[0] += sum_of(raster, STEPS * NEURONS, 1);
        OK(sg_network_raster(network, events, s, 1, raster));
        told[1] += sum_of(raster, STEPS * 5, 1);
        for (size_t n = 0; n < 5; n++) {
            assert_true(values[s * 5 + n] == (double)sum_of(raster + n, STEPS, 5));
        }
    }
    OK(sg_trainer_create(network, config, 2, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &batch));
    for (size_t l = 0; l < 2; l++) {
        uint64_t spikes;
        OK(sg_trainer_spikes(trainer, l, &spikes));
        assert_int_equal(spikes, told[l]);
    }
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
}

/* ------------------------------------------------------------------------------------------- what is refused */

static void what_is_not_defined_is_refused(void **state) {
    static const struct {
        const char *settings[3], *words;
    } refused[] = {
        {{"layers.0.neuron.order=snntorch"}, "layers.0.neuron.max_spikes: 4, but orders spytorch,"},
        {{"layers.0.neuron.order=snntorch_no_delay"}, "layers.0.neuron.max_spikes: 4, but orders spytorch,"},
        {{"layers.1.neuron.order=eventprop"}, "layers.1.neuron.max_spikes: 3, but orders spytorch,"},
        {{"layers.0.neuron.reset=zero"}, "reset zero leaves nothing for a second spike"},
        {{"layers.0.neuron.train.threshold=true"}, "neuron.train.threshold would move all of them"},
        {{"layers.0.recurrent.from=own"}, "one for each neuron and step"},
        {{"loss.kind=ttfs_ce"}, "layers.1.neuron.max_spikes is 3: use a loss of counts"},
        {{"rule=ottt"}, "layers.0.neuron.max_spikes: 4, but rule ottt"},
        {{"rule=decolle", "loss.kind=step_ce"}, "layers.0.neuron.max_spikes: 4, but rule decolle"},
        {{"layers.0.neuron.kind=alif"}, "layers.0.neuron.max_spikes: 4, but neuron.kind is 'alif'"},
        {{"layers.0.neuron.max_spikes=33"}, "layers.0.neuron.max_spikes: found '33'"},
        {{"layers.0.neuron.max_spikes=1", "layers.0.surrogate.periodic=false"}, "layers.0.surrogate.periodic: false"},
        {{"layers.1.link.pool=max"}, "layers.1.link.pool: max lets one spike of a window through"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        sg_config *config = config_of(FIRST SECOND);
        sg_status status = SG_OK;
        for (size_t k = 0; refused[i].settings[k] && status == SG_OK; k++) {
            char key[64];
            const char *value = strchr(refused[i].settings[k], '=');
            snprintf(key, sizeof key, "%.*s", (int)(value - refused[i].settings[k]), refused[i].settings[k]);
            status = sg_config_set(config, key, value + 1);
        }
        if (status == SG_OK)
            status = sg_config_check(config);
        if (status != SG_CONFIG || !strstr(sg_error_message(), refused[i].words))
            fail_msg("%s: '%s', expected '%s'", refused[i].settings[0], sg_error_message(), refused[i].words);
        sg_config_free(config);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_and_gradients_are_those_of_sinabs),
        cmocka_unit_test(beyond_the_last_threshold_the_surrogate_falls),
        cmocka_unit_test(all_of_them_come_to_the_layer_above),
        cmocka_unit_test(all_of_them_are_counted),
        cmocka_unit_test(what_is_not_defined_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

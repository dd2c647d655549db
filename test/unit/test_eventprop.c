/* EventProp: the independent references of ../shared/golden, where they are there; a read-out's gradient is that of
 * bptt; the bits are the same for any number of threads and any cut of time; initial weights may have a mean; what has
 * no such gradient is refused. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_events.h"
#include "ok.h"
#include "reference.h"

/* ------------------------------------------------------------------------------------------------ the references */

enum { SAMPLES = 4, INPUTS = 8, HIDDEN = 20, OUTPUTS = 3, EVENTS = 64, NEURONS = HIDDEN + OUTPUTS, MOST_STEPS = 401 };

typedef struct golden {
    const char *file, *readout, *loss;
    double scale; /* of the numbers of the outputs; those of a mean are over one step less than there are */
} golden;

static const golden goldens[] = {
    {REFERENCE("eventprop_ttfs.h5"), "cuba_lif", "ttfs_ce", 0.2},
    {REFERENCE("eventprop_li.h5"), "cuba_li", "mean_ce", 0},
    {REFERENCE("eventprop_li.h5"), "cuba_li", "weighted_ce", 0},
    {REFERENCE("eventprop_li.h5"), "cuba_li", "max_ce", 1},
};

typedef struct clock_run {
    const char *dt, *group;
    uint32_t steps_per_ms, steps;
} clock_run;

static const clock_run clocks[] = {{"1 ms", "clock_1ms", 1, 41}, {"0.1 ms", "clock_0.1ms", 10, 401}};

static double scale_of(const golden *g, const clock_run *c) {
    double last = c->steps - 1;
    return g->scale == 0 ? c->steps / last : strcmp(g->loss, "ttfs_ce") == 0 ? g->scale / c->steps_per_ms : g->scale;
}

/* What is compared: a group's gradients under some setting of the rule. */
typedef struct measure {
    const char *name, *group, *guard, *kink, *layer; /* name: in the file; layer: more of each layer */
} measure;

#define DELAYS ", delay: {kind: synaptic, train: true, most: 1 ms, unit: 1 ms}"
static const measure plain = {"dw", "weights", "0", "false", ""}, guarded = {"dw_guard", "weights", "0.2", "false", ""},
                     moving = {"dw_kink", "weights", "0.2", "true", ""},
                     delayed = {"ddelay", "delays", "0", "false", DELAYS};

static sg_config *configure(const golden *g, const clock_run *c, const measure *m) {
    char yaml[1024];
    sg_config *config;
    snprintf(yaml, sizeof yaml,
             "steps: %u\ndt: %s\nrule: eventprop\neventprop: {guard: %s, kink: %s}\nloss: {kind: %s, scale: "
             "%.17g}\nlayers:\n"
             "  - {size: %d, neuron: {kind: cuba_lif, tau_mem: 20 ms, tau_syn: 5 ms, order: eventprop}%s}\n"
             "  - {size: %d, neuron: {kind: %s, tau_mem: 20 ms, tau_syn: 5 ms, order: eventprop}%s}\n",
             c->steps, c->dt, m->guard, m->kink, g->loss, scale_of(g, c), HIDDEN, m->layer, OUTPUTS, g->readout,
             m->layer);
    OK(sg_config_parse("golden", yaml, strlen(yaml), &config));
    return config;
}

static sg_events *load_events(sg_h5 *file, const clock_run *c) {
    uint32_t sample[EVENTS], channel[EVENTS], label[SAMPLES];
    double time[EVENTS];
    uint16_t step[EVENTS];
    uint64_t first[SAMPLES + 1] = {0};
    sg_events *events;
    reference_get(file, "events/sample", SG_H5_U32, sample, EVENTS, 0, 0);
    reference_get(file, "events/channel", SG_H5_U32, channel, EVENTS, 0, 0);
    reference_get(file, "events/time_ms", SG_H5_F64, time, EVENTS, 0, 0);
    reference_get(file, "labels", SG_H5_U32, label, SAMPLES, 0, 0);
    for (size_t e = 0; e < EVENTS; e++) {
        step[e] = (uint16_t)lround(time[e] * c->steps_per_ms);
        first[sample[e] + 1] = e + 1;
    }
    const sg_events_view view = {.samples = SAMPLES,
                                 .steps = c->steps,
                                 .channels = INPUTS,
                                 .classes = OUTPUTS,
                                 .first = first,
                                 .step = step,
                                 .channel = channel,
                                 .label = label};
    OK(sg_events_create(&view, &events));
    return events;
}

/* The part of a matrix (all that send, all that receive) that is a layer's weights. */
static void cut(const double *all, size_t row, size_t rows, size_t column, size_t columns, double *to) {
    for (size_t i = 0; i < rows; i++)
        for (size_t n = 0; n < columns; n++)
            to[i * columns + n] = all[(row + i) * NEURONS + column + n];
}

static void cut_layer(const double *all, size_t layer, double *to) {
    if (layer == 0)
        cut(all, 0, INPUTS, 0, HIDDEN, to);
    else
        cut(all, INPUTS, HIDDEN, HIDDEN, OUTPUTS, to);
}

enum { MATRIX = (INPUTS + NEURONS) * NEURONS, GROUP = HIDDEN * HIDDEN };
static const size_t sizes[] = {INPUTS * HIDDEN, HIDDEN *OUTPUTS};

static void set_weights(sg_h5 *file, sg_network *network) {
    double all[MATRIX], part[GROUP];
    float single[GROUP];
    reference_get(file, "w", SG_H5_F64, all, INPUTS + NEURONS, NEURONS, 0);
    for (size_t l = 0; l < 2; l++) {
        cut_layer(all, l, part);
        for (size_t j = 0; j < sizes[l]; j++)
            single[j] = (float)part[j];
        OK(sg_network_set_group(network, l, "weights", single));
    }
}

static void check_spikes(sg_h5 *file, const clock_run *c, const sg_network *network, const sg_events *events) {
    static uint8_t bits[SAMPLES * MOST_STEPS * 3], raster[MOST_STEPS * HIDDEN];
    char name[64];
    size_t spikes = 0;
    snprintf(name, sizeof name, "%s/spikes", c->group);
    reference_get(file, name, SG_H5_U8, bits, SAMPLES, c->steps, 3);
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, 0, raster));
        for (size_t t = 0; t < c->steps; t++)
            for (size_t n = 0; n < HIDDEN; n++) {
                uint8_t expected = bits[(s * c->steps + t) * 3 + n / 8] >> (7 - n % 8) & 1;
                assert_int_equal(raster[t * HIDDEN + n], expected);
                spikes += expected;
            }
    }
    assert_true(spikes > 40);
}

/* Within 1e-3 of the largest entry, as 1 / (I - V) makes errors larger. */
static void check_gradients(sg_h5 *file, const golden *g, const clock_run *c, const measure *m,
                            const sg_trainer *trainer) {
    double all[MATRIX], part[GROUP], largest = 0, error = 0;
    float found[GROUP];
    char name[64];
    snprintf(name, sizeof name, "%s/%s/%s", c->group, g->loss, m->name);
    reference_get(file, name, SG_H5_F64, all, INPUTS + NEURONS, NEURONS, 0);
    for (size_t l = 0; l < 2; l++) {
        cut_layer(all, l, part);
        OK(sg_trainer_get_gradient_of(trainer, l, m->group, found));
        for (size_t j = 0; j < sizes[l]; j++) {
            largest = fmax(largest, fabs(part[j]));
            error = fmax(error, fabs((double)found[j] - part[j]));
        }
    }
    print_message("%s: %.1e\n", name, error / largest);
    if (!(error <= 1e-3 * largest) || largest == 0)
        fail_msg("%s: off by %g, the largest is %g", name, error, largest);
}

static void check_golden(const golden *g, const clock_run *c, const measure *m) {
    static const uint32_t samples[SAMPLES] = {0, 1, 2, 3};
    sg_h5 *file = reference_open(g->file);
    sg_config *config = configure(g, c, m);
    sg_events *events = load_events(file, c);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    char name[64];
    double loss;
    const uint64_t none[1] = {0};
    OK(sg_network_create(config, INPUTS, &network));
    set_weights(file, network);
    check_spikes(file, c, network, events);
    OK(sg_trainer_create(network, config, 1, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &batch));
    snprintf(name, sizeof name, "%s/%s/loss", c->group, g->loss);
    OK(sg_h5_get(file, name, SG_H5_F64, &loss, 0, none));
    assert_true(fabs(batch.loss - loss) < 1e-5 * loss);
    check_gradients(file, g, c, m, trainer);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    sg_h5_close(file);
}

static void spikes_losses_and_gradients_are_the_references(void **state) {
    (void)state;
    for (size_t g = 0; g < sizeof goldens / sizeof *goldens; g++)
        for (size_t c = 0; c < sizeof clocks / sizeof *clocks; c++) {
            check_golden(&goldens[g], &clocks[c], &plain);
            check_golden(&goldens[g], &clocks[c], &guarded);
            check_golden(&goldens[g], &clocks[c], &delayed);
            if (strcmp(goldens[g].loss, "max_ce") == 0)
                check_golden(&goldens[g], &clocks[c], &moving);
        }
}

/* ------------------------------------------------------------------------------------------------- of itself alone */

enum { STEPS = 60, CHANNELS = 30, DRAWN = 24, ROOM = 8192 };
static const drawn_sizes drawn = {.samples = DRAWN, .steps = STEPS, .inputs = CHANNELS, .events = 60};

#define LAYER(size, kind, more)                                                                                        \
    "  - {size: " #size ", link: {weights: normal, sd: 1}, neuron: {kind: " kind ", order: eventprop, tau_mem: 20 ms," \
    " tau_syn: 5 ms}" more "}\n"
#define OWN ", recurrent: {from: own, weights: normal, sd: 0.5}"

/* All gradients, one after the other. */
static size_t gradients(const char *rule, const char *layers, int threads, float *found) {
    char yaml[2048];
    sg_config *config;
    sg_events *events = drawn_events(drawn);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    uint32_t samples[DRAWN];
    size_t count = 0;
    for (uint32_t s = 0; s < DRAWN; s++)
        samples[s] = s;
    snprintf(yaml, sizeof yaml, "seed: 3\nsteps: %d\ndata: {set: patterns}\n%s\nlayers:\n%s", STEPS, rule, layers);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    OK(sg_network_create(config, CHANNELS, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, DRAWN, &result));
    for (size_t l = 0; l < sg_network_layers(network); l++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t g = 0; sg_network_group(network, l, g, &group) == SG_OK; g++) {
            OK(sg_trainer_get_gradient_of(trainer, l, group.name, found + count));
            count += (size_t)group.rows * group.columns;
        }
    }
    assert_true(count <= ROOM);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return count;
}

static float one[ROOM], two[ROOM];

#define DEEP LAYER(20, "cuba_lif", OWN) LAYER(18, "cuba_lif", "") LAYER(3, "cuba_li", "")

/* Spikes do not depend on a read-out's weights, so by them both rules have the true gradient of the loss. */
static void a_read_out_learns_as_by_bptt(void **state) {
    (void)state;
    double largest = 0, error = 0;
    size_t count = gradients("rule: eventprop\nloss: {kind: mean_ce}", DEEP, 1, one);
    assert_int_equal(gradients("rule: bptt\nloss: {kind: mean_ce}", DEEP, 1, two), count);
    for (size_t j = count - 18 * 3; j < count; j++) {
        largest = fmax(largest, fabs((double)two[j]));
        error = fmax(error, fabs((double)one[j] - (double)two[j]));
    }
    assert_true(largest > 0 && error < 1e-5 * largest);
    assert_true(memcmp(one, two, CHANNELS * 20 * sizeof *one) != 0);
}

#define LATE      ", delay: {kind: synaptic, high: 4 ms, train: true, most: 6 ms, unit: 2 ms}"
#define DEEP_LATE LAYER(20, "cuba_lif", LATE) LAYER(18, "cuba_lif", OWN LATE) LAYER(3, "cuba_li", LATE)

static void bits_are_the_same_with_delays(void **state) {
    (void)state;
    size_t count = gradients("rule: eventprop\nloss: {kind: mean_ce}", DEEP_LATE, 1, one), moved = 0;
    assert_int_equal(gradients("rule: eventprop\nloss: {kind: mean_ce}", DEEP_LATE, 3, two), count);
    assert_memory_equal(one, two, count * sizeof *one);
    for (size_t j = count - 18 * 3; j < count; j++) /* delays of the last layer */
        moved += one[j] != 0;
    assert_true(moved > 18);
}

static void bits_are_the_same_for_any_threads_and_chunks(void **state) {
    (void)state;
    size_t count = gradients("rule: eventprop\nloss: {kind: max_ce}", DEEP, 1, one);
    assert_int_equal(gradients("rule: eventprop\nloss: {kind: max_ce}", DEEP, 3, two), count);
    assert_memory_equal(one, two, count * sizeof *one);
    gradients("rule: eventprop\nmemory: 0.06 MB\nloss: {kind: max_ce}", DEEP, 1, two);
    assert_memory_equal(one, two, count * sizeof *one);
}

/* --------------------------------------------------------------------------------------------- how far it is off */

typedef struct distances {
    size_t rows, known;
    double largest;
} distances;

static void take_distance(void *user, const sg_gradient_row *row) {
    distances *d = user;
    d->rows++;
    d->known += !isnan(row->exact_distance);
    d->largest = fmax(d->largest, isnan(row->exact_distance) ? 0 : row->exact_distance);
}

static distances check_gradients_of(const char *rule, const char *layers) {
    char yaml[1024];
    sg_config *config;
    distances d = {0};
    bool good;
    snprintf(yaml, sizeof yaml, "dt: 0.1 ms\ndata: {set: patterns}\n%s\nloss: {kind: mean_ce}\nlayers:\n%s", rule,
             layers);
    OK(sg_config_parse("test", yaml, strlen(yaml), &config));
    OK(sg_check_gradients(config, 1, take_distance, &d, &good));
    assert_true(good);
    sg_config_free(config);
    return d;
}

/* What has nothing to do with the exact gradient is as far from it as that is long, or farther. */
static void a_check_tells_how_far_the_clock_is_off(void **state) {
    (void)state;
    distances d = check_gradients_of("rule: eventprop", LAYER(20, "cuba_lif", OWN) LAYER(3, "cuba_li", ""));
    assert_int_equal(d.rows, 3);
    assert_int_equal(d.known, 3);
    assert_true(d.largest > 0 && d.largest < 0.7);
    d = check_gradients_of("rule: bptt", LAYER(20, "cuba_lif", OWN) LAYER(3, "cuba_li", ""));
    assert_int_equal(d.rows, 3);
    assert_int_equal(d.known, 0);
}

/* ---------------------------------------------------------------------------------------------- initial weights */

static void normal_weights_may_have_a_mean(void **state) {
    (void)state;
    enum { WEIGHTS = CHANNELS * 20 };
    static const char *const means[] = {"0", "1.5"};
    float weights[2][WEIGHTS];
    for (size_t i = 0; i < 2; i++) {
        char yaml[256];
        sg_config *config;
        sg_network *network;
        snprintf(yaml, sizeof yaml, "layers: [{size: 20, link: {weights: normal, mean: %s, sd: 0.7}}]", means[i]);
        OK(sg_config_parse("test", yaml, strlen(yaml), &config));
        OK(sg_network_create(config, CHANNELS, &network));
        OK(sg_network_get_group(network, 0, "weights", weights[i]));
        sg_network_free(network);
        sg_config_free(config);
    }
    for (size_t j = 0; j < WEIGHTS; j++)
        assert_true(weights[1][j] == weights[0][j] + 1.5f);
}

/* ------------------------------------------------------------------------------------------------------- refused */

static void refuse(const char *rest, const char *layers, const char *message) {
    char yaml[2048];
    sg_config *config = NULL;
    sg_status status;
    snprintf(yaml, sizeof yaml, "rule: eventprop\n%s\nlayers:\n%s", rest, layers);
    status = sg_config_parse("test", yaml, strlen(yaml), &config);
    if (status == SG_OK)
        status = sg_config_check(config);
    assert_int_equal(status, SG_CONFIG);
    if (!strstr(sg_error_message(), message))
        fail_msg("found '%s', expected '%s' in it", sg_error_message(), message);
    sg_config_free(config);
}

#define READ_OUT     LAYER(3, "cuba_li", "")
#define NEURON(more) "  - {size: 20, neuron: {kind: cuba_lif, tau_mem: 20 ms, tau_syn: 5 ms, " more "}}\n" READ_OUT

static void what_has_no_such_gradient_is_refused(void **state) {
    (void)state;
    refuse("loss: {kind: mean_ce}", NEURON("order: notebook"), "use order eventprop");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, refractory: 2"), "refractory: 2");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, floor: -0.5"), "floor: -0.5");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, reset: subtract"), "reset");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, reset_gradient: true"), "reset");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, train: {tau_mem: true}"), "tau_mem has a value");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, scale: decay"), "scale none");
    refuse("loss: {kind: mean_ce}", NEURON("order: eventprop, integration: euler"), "integration exact");
    refuse("loss: {kind: count_ce}", LAYER(20, "cuba_lif", "") LAYER(3, "cuba_lif", ""), "spike counts");
    refuse("loss: {kind: mean_ce}", LAYER(20, "lif", "") READ_OUT, "synaptic current");
    refuse("loss: {kind: mean_ce}", LAYER(20, "cuba_lif", ", delay: {kind: axonal, train: true}") READ_OUT,
           "delay.kind: synaptic");
    refuse("loss: {kind: ttfs_ce, early: 1, early_tau: 0.1 ms}", LAYER(20, "cuba_lif", "") LAYER(3, "cuba_lif", ""),
           "loss.early_tau: 0.1 ms");
    refuse("loss: {kind: max_ce}",
           LAYER(20, "cuba_lif", "") "  - {size: 3, link: {kind: sparse}, neuron: {kind: cuba_li, order: eventprop}}\n",
           "eventprop.kink: false");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_losses_and_gradients_are_the_references),
        cmocka_unit_test(a_read_out_learns_as_by_bptt),
        cmocka_unit_test(bits_are_the_same_for_any_threads_and_chunks),
        cmocka_unit_test(bits_are_the_same_with_delays),
        cmocka_unit_test(a_check_tells_how_far_the_clock_is_off),
        cmocka_unit_test(normal_weights_may_have_a_mean),
        cmocka_unit_test(what_has_no_such_gradient_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SLAYER and its neuron: the independent references of ../shared/golden, where they are there; what a kernel and its
 * two states come to; chunks of time; and what is refused. */
#include "surgrad.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "data/dataset.h"
#include "drawn_events.h"
#include "folder.h"
#include "kernel/kernel.h"
#include "net/neuron.h"
#include "net/neuron_form.h"
#include "ok.h"
#include "reference.h"
#include "run/from_config.h"
#include "train/trainer.h"

/* ------------------------------------------------------------------------------------- the independent references */

enum { SAMPLES = 4, STEPS = 80, INPUTS = 8, HIDDEN = 20, OUTPUTS = 4 };

#define SRM                                                                                                            \
    "neuron: {kind: srm, threshold: 10, tau_syn: 10 ms, tau_ref: 1 ms, scale_ref: 2}, "                                \
    "surrogate: {kind: exponential, width: 10}"
#define DELAY "delay: {kind: axonal, train: true, unit: 1 ms, high: 1 ms}, "

/* A loss and its names: in a configuration, and in the reference. */
typedef struct loss_names {
    const char *yaml, *name;
} loss_names;

static const loss_names reference_losses[] = {
    {"kind: spike_count_mse, true_count: 12, false_count: 2", "count_mse"},
    {"kind: spike_time, tau: 10 ms", "spike_time"},
    {"kind: spike_count, tau: 10 ms, true_count: 12, false_count: 2, region_begin: 10 ms, region_end: 70 ms",
     "num_spikes"},
};

typedef struct rule_names {
    const char *yaml, *name; /* "exodus/", or "" */
} rule_names;

static const rule_names reference_rules[] = {{"rule: slayer", ""},
                                             {"rule: slayer\nslayer: {exact_reset: true}", "exodus/"},
                                             {"rule: bptt", "exodus/"}};

static sg_config *reference_config(const rule_names *rule, const loss_names *loss, bool delays) {
    char yaml[1024];
    const char *delay = delays ? DELAY : "";
    snprintf(yaml, sizeof yaml,
             "steps: 80\ndt: 1 ms\ndata: {set: patterns}\nloss: {%s}\n%s\n"
             "layers:\n  - {size: 20, %s" SRM "}\n  - {size: 4, %s" SRM "}\n",
             loss->yaml, rule->yaml, delay, delay);
    return parse(yaml);
}

static void set_group(sg_network *network, sg_h5 *file, size_t layer, const char *group, const char *name,
                      uint64_t rows, uint64_t columns) {
    float values[HIDDEN * HIDDEN];
    reference_get(file, name, SG_H5_F32, values, rows, columns, 0);
    OK(sg_network_set_group(network, layer, group, values));
}

static void expect_gradient(sg_trainer *trainer, sg_h5 *file, size_t layer, const char *group, const char *name,
                            uint64_t rows, uint64_t columns) {
    float found[HIDDEN * HIDDEN];
    double expected[HIDDEN * HIDDEN];
    OK(sg_trainer_get_gradient_of(trainer, layer, group, found));
    reference_get(file, name, SG_H5_F64, expected, rows, columns, 0);
    reference_near(found, expected, (size_t)(rows * (columns ? columns : 1)));
}

static void expect_spikes(sg_network *network, const sg_events *events, sg_h5 *file, size_t layer, const char *name,
                          uint64_t neurons) {
    static uint8_t found[STEPS * HIDDEN], expected[SAMPLES * STEPS * HIDDEN];
    size_t cells = STEPS * (size_t)neurons;
    reference_get(file, name, SG_H5_U8, expected, SAMPLES, STEPS, neurons);
    for (size_t s = 0; s < SAMPLES; s++) {
        OK(sg_network_raster(network, events, s, layer, found));
        assert_memory_equal(found, expected + s * cells, cells);
    }
}

static void expect_gradients(sg_trainer *trainer, sg_h5 *file, const rule_names *rule, const char *loss, bool delays) {
    static const struct {
        size_t layer;
        const char *group, *name;
        uint64_t rows, columns;
    } groups[] = {{0, "weights", "dw1", INPUTS, HIDDEN},
                  {1, "weights", "dw2", HIDDEN, OUTPUTS},
                  {0, "delays", "dd1", INPUTS, 0},
                  {1, "delays", "dd2", HIDDEN, 0}};
    for (size_t i = 0; i < (delays ? 4 : 2); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/%s%s", loss, rule->name, groups[i].name);
        expect_gradient(trainer, file, groups[i].layer, groups[i].group, name, groups[i].rows, groups[i].columns);
    }
}

/* The input, and the trains that the outputs should emit. */
static sg_events *events_with_targets(sg_h5 *file) {
    sg_events *events = reference_events(file, SAMPLES, STEPS, INPUTS, OUTPUTS), *both;
    sg_events *target = reference_trains(file, "desired", SAMPLES, STEPS, OUTPUTS, OUTPUTS);
    const sg_events_view view = sg_events_get(events);
    sg_events_details details = SG_SIZED(sg_events_details);
    details.target = target;
    OK(sg_events_create_detailed(&view, &details, &both));
    sg_events_free(events);
    sg_events_free(target);
    return both;
}

static void meet(const char *path, const rule_names *rule, const loss_names *loss, bool delays) {
    const uint32_t samples[SAMPLES] = {0, 1, 2, 3};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_h5 *file = reference_open(path);
    sg_config *config = reference_config(rule, loss, delays);
    sg_events *events = events_with_targets(file);
    sg_network *network;
    sg_trainer *trainer;
    char name[64];
    double expected;
    OK(sg_network_create(config, INPUTS, &network));
    set_group(network, file, 0, "weights", "w1", INPUTS, HIDDEN);
    set_group(network, file, 1, "weights", "w2", HIDDEN, OUTPUTS);
    if (delays) {
        set_group(network, file, 0, "delays", "d1", INPUTS, 0);
        set_group(network, file, 1, "delays", "d2", HIDDEN, 0);
    }
    expect_spikes(network, events, file, 0, "forward/s1", HIDDEN);
    expect_spikes(network, events, file, 1, "forward/s2", OUTPUTS);
    OK(sg_trainer_create(network, config, 1, &trainer));
    OK(sg_trainer_gradient(trainer, events, samples, SAMPLES, &result));
    snprintf(name, sizeof name, "%s/loss", loss->name);
    OK(sg_h5_get(file, name, SG_H5_F64, &expected, 0, NULL));
    assert_true(fabs(result.loss - expected) < 1e-5 * fabs(expected));
    expect_gradients(trainer, file, rule, loss->name, delays);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    sg_h5_close(file);
}

static void meet_all(const char *path, bool delays) {
    for (size_t r = 0; r < sizeof reference_rules / sizeof *reference_rules; r++)
        for (size_t i = 0; i < sizeof reference_losses / sizeof *reference_losses; i++)
            meet(path, &reference_rules[r], &reference_losses[i], delays);
}

static void the_reference_is_met(void **state) {
    (void)state;
    meet_all(REFERENCE("slayer_dense.h5"), false);
}

static void the_reference_with_delays_is_met(void **state) {
    (void)state;
    meet_all(REFERENCE("slayer_delay.h5"), true);
}

/* ------------------------------------------------------------------------------------------------- the neuron alone */

enum { LONG = 300 };

/* u of one neuron, after the input x (T) of its first lane. */
static void run_neuron(const char *neuron_yaml, float *x, uint16_t *spikes, size_t steps) {
    static float constants[SG_NEURON_CONSTANTS * SG_LANES], lanes[LONG * SG_LANES];
    float states[SG_NEURON_STATES * SG_LANES] = {0};
    const sg_kernels *kernels;
    char yaml[512];
    snprintf(yaml, sizeof yaml, "data: {set: patterns}\nlayers:\n  - {size: 1, neuron: {kind: srm, %s}}\n",
             neuron_yaml);
    sg_config *config = parse(yaml);
    const sg_neuron neuron =
        sg_neuron_make(&config->network.layers[0], 1, (sg_surrogate){.kind = SG_SURROGATE_RELU}, constants);
    OK(sg_kernels_get(&kernels));
    memset(lanes, 0, sizeof lanes);
    for (size_t t = 0; t < steps; t++)
        lanes[t * SG_LANES] = x[t];
    const sg_neuron_io io = {.block = {0, 1, SG_LANES},
                             .stride = SG_LANES,
                             .span = {0, 0, steps},
                             .spikes = spikes,
                             .x = lanes,
                             .states = states};
    sg_form_srm.forward(kernels, &neuron, &io);
    for (size_t t = 0; t < steps; t++)
        x[t] = lanes[t * SG_LANES];
    sg_config_free(config);
}

/* Two states are the alpha function, summed over all spikes. */
static void the_potential_is_the_convolution(void **state) {
    static double train[LONG], expected[LONG];
    static float x[LONG];
    static uint16_t spikes[LONG];
    sg_h5 *file = reference_open(REFERENCE("slayer_recurrence.h5"));
    (void)state;
    reference_get(file, "s", SG_H5_F64, train, LONG, 0, 0);
    reference_get(file, "a", SG_H5_F64, expected, LONG, 0, 0);
    sg_h5_close(file);
    for (size_t t = 0; t < LONG; t++)
        x[t] = (float)train[t];
    run_neuron("threshold: 10, tau_syn: 10 ms, scale_ref: 0", x, spikes, LONG);
    for (size_t t = 0; t < LONG; t++)
        assert_true(fabs(x[t] + 10 - expected[t]) < 1e-5);
}

/* One spike, from a strong input of one step: u afterwards is the sum of both kernels less the threshold. */
static void a_spike_lowers_the_membrane_by_its_kernel(void **state) {
    enum { T = 60 };
    float x[T] = {12};
    uint16_t spikes[T];
    size_t fired = T;
    (void)state;
    run_neuron("threshold: 10, tau_syn: 10 ms, tau_ref: 4 ms, scale_ref: 3", x, spikes, T);
    for (size_t t = 0; t < T && fired == T; t++)
        fired = spikes[t] & 1 ? t : fired;
    assert_true(fired > 1 && fired < 11);
    for (size_t t = 0; t < T; t++) {
        double time = (double)t / 10, since = t > fired ? (double)(t - fired) / 4 : 0;
        double u = 12 * time * exp(1 - time) - 30 * since * exp(1 - since) - 10;
        assert_true(fabs(x[t] - u) < 1e-4);
        assert_int_equal(spikes[t] & 1, t == fired);
    }
}

/* ----------------------------------------------------------------------------------------------------------- targets
 */

/* Two samples of one event each, whose targets are of these steps and outputs. */
static sg_events *small_events(uint32_t target_steps, uint32_t outputs) {
    static const uint64_t first[] = {0, 1, 2}, target_first[] = {0, 2, 3};
    static const uint16_t step[] = {3, 4}, target_step[] = {1, 5, 7};
    static const uint32_t channel[] = {0, 2}, target_channel[] = {1, 0, 1}, label[] = {0, 0};
    sg_events_view view = {
        .samples = 2, .steps = 10, .channels = 3, .classes = 1, .first = first, .step = step, .channel = channel};
    sg_events_view target = {.samples = 2,
                             .steps = target_steps,
                             .channels = outputs,
                             .first = target_first,
                             .step = target_step,
                             .channel = target_channel};
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_events *events = NULL, *trains = NULL;
    view.label = label;
    if (target_steps > 0)
        OK(sg_events_create(&target, &trains));
    details.target = trains;
    if (sg_events_create_detailed(&view, &details, &events) != SG_OK)
        assert_null(events);
    sg_events_free(trains);
    return events;
}

static void targets_go_through_a_file(void **state) {
    sg_events *events = small_events(10, 2), *read;
    sg_events_details details = SG_SIZED(sg_events_details);
    (void)state;
    assert_non_null(events);
    OK(sg_events_save(events, in_folder("targets.h5")));
    sg_events_free(events);
    OK(sg_events_load(in_folder("targets.h5"), &read));
    OK(sg_events_get_details(read, &details));
    assert_non_null(details.target);
    const sg_events_view target = sg_events_get(details.target);
    assert_int_equal(target.samples, 2);
    assert_int_equal(target.channels, 2);
    assert_int_equal(target.first[1], 2);
    assert_int_equal(target.step[1], 5);
    assert_int_equal(target.channel[2], 1);
    sg_events_free(read);
}

/* The files of SLAYER's authors, where SURGRAD_SHARED_DATA names their folder; and without files, trains that are
 * drawn.
 */
static void expect_trains(const char *place, uint64_t input, uint64_t wanted) {
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "steps: 1900\ndata: {set: trains, channels: 200, samples: 2, dir: '%s'}\n"
             "loss: {kind: spike_time}\nlayers:\n  - {size: 200, neuron: {kind: srm}}\n",
             place);
    sg_config *config = parse(yaml);
    const sg_data_request need = sg_config_data_request(config);
    sg_events_details details = SG_SIZED(sg_events_details);
    sg_data *data;
    OK(sg_data_make(&config->data, &need, &data));
    const sg_data_view view = sg_data_get(data);
    const sg_events_view events = sg_events_get(view.events);
    OK(sg_events_get_details(view.events, &details));
    const sg_events_view target = sg_events_get(details.target);
    assert_int_equal(view.train_count, 2);
    assert_int_equal(view.test_count, 1);
    assert_int_equal(events.channels, 200);
    assert_int_equal(target.channels, 200);
    for (size_t s = 0; s < 3; s++) {
        uint64_t came = events.first[s + 1] - events.first[s], count = target.first[s + 1] - target.first[s];
        assert_true(came == input || (input == 0 && came > 1500 && came < 2300));
        assert_true(count == wanted || (wanted == 0 && count > 9700 && count < 10900));
    }
    sg_data_free(data);
    sg_config_free(config);
}

static void trains_are_read_or_drawn(void **state) {
    const char *root = getenv("SURGRAD_SHARED_DATA");
    char place[256];
    (void)state;
    expect_trains("", 0, 0);
    snprintf(place, sizeof place, "%s/oxford", root ? root : "");
    if (!root || !sg_file_exists(place)) {
        print_message("skipped: SURGRAD_SHARED_DATA names no folder with oxford\n");
        return;
    }
    expect_trains(place, 1879, 10361);
}

static sg_status try_gradient(const char *loss, sg_events *events) {
    char yaml[256];
    const uint32_t samples[] = {0, 1};
    sg_batch_result result = SG_SIZED(sg_batch_result);
    sg_network *network;
    sg_trainer *trainer;
    snprintf(yaml, sizeof yaml,
             "steps: 10\ndata: {set: patterns}\nloss: {kind: %s}\nlayers:\n  - {size: 2, neuron: {kind: srm}}\n", loss);
    sg_config *config = parse(yaml);
    OK(sg_network_create(config, 3, &network));
    OK(sg_trainer_create(network, config, 1, &trainer));
    sg_status status = sg_trainer_gradient(trainer, events, samples, 2, &result);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return status;
}

static void targets_that_do_not_fit_are_refused(void **state) {
    (void)state;
    assert_null(small_events(9, 2));
    assert_message_has("its targets have 2 samples of 9 steps, expected 2 of 10");
    assert_int_equal(try_gradient("spike_time", small_events(10, 2)), SG_OK);
    assert_int_equal(try_gradient("spike_time", small_events(10, 4)), SG_DATA);
    assert_message_has("the targets of the data are of 4 outputs, expected 2");
    assert_int_equal(try_gradient("spike_time", small_events(0, 0)), SG_DATA);
    assert_message_has("loss.kind: spike_time needs spike trains as targets, but the data have none");
    assert_int_equal(try_gradient("spike_count", small_events(0, 0)), SG_OK);
}

/* ------------------------------------------------------------------------------------------------------- whole runs */

static const drawn_sizes sizes = {.samples = 24, .steps = 64, .inputs = 30, .events = 200};

/* The gradients of all groups, one after the other. */
static size_t train(const char *more, int threads, size_t steps, float *found) {
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "seed: 3\nsteps: 64\ndata: {set: patterns}\n%s\nlayers:\n"
             "  - {size: 150, link: {weights: normal, sd: 2}, recurrent: {from: own, weights: normal, sd: 0.1}, " SRM
             "}\n  - {size: 3, link: {weights: normal, sd: 2}, " SRM "}\n",
             more);
    sg_config *config = parse(yaml);
    sg_events *events = drawn_events(sizes);
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result result = SG_SIZED(sg_batch_result);
    uint32_t samples[24];
    size_t count = 0;
    for (uint32_t s = 0; s < 24; s++)
        samples[s] = s;
    OK(sg_network_create(config, 30, &network));
    OK(sg_trainer_create(network, config, threads, &trainer));
    for (size_t i = 0; i < steps; i++)
        OK(sg_trainer_step(trainer, events, samples, 24, &result));
    OK(sg_trainer_gradient(trainer, events, samples, 24, &result));
    for (size_t l = 0; l < 2; l++) {
        sg_group_info group = SG_SIZED(sg_group_info);
        for (size_t g = 0; sg_network_group(network, l, g, &group) == SG_OK; g++) {
            OK(sg_trainer_get_gradient_of(trainer, l, group.name, found + count));
            count += (size_t)group.rows * group.columns;
        }
    }
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_events_free(events);
    sg_config_free(config);
    return count;
}

static float one[150 * 200], two[150 * 200];

static void chunks_and_threads_do_not_matter(void **state) {
    (void)state;
    size_t count = train("rule: slayer\nloss: {kind: count_ce}", 1, 2, one);
    assert_int_equal(train("rule: slayer\nloss: {kind: count_ce}\nmemory: 250 kB", 3, 2, two), count);
    assert_memory_equal(one, two, count * sizeof *one);
    train("rule: slayer\nloss: {kind: spike_count}", 1, 2, one);
    train("rule: slayer\nloss: {kind: spike_count}\nmemory: 2 MB", 3, 2, two);
    assert_memory_equal(one, two, count * sizeof *one);
}

static void exact_reset_is_bptt(void **state) {
    size_t differ = 0;
    (void)state;
    size_t count = train("rule: bptt\nloss: {kind: count_ce}", 1, 0, one);
    train("rule: slayer\nslayer: {exact_reset: true}\nloss: {kind: count_ce}", 1, 0, two);
    assert_memory_equal(one, two, count * sizeof *one);
    train("rule: slayer\nloss: {kind: count_ce}", 1, 0, two);
    for (size_t j = 0; j < count; j++)
        differ += one[j] != two[j];
    assert_true(differ > count / 2);
}

static void refuse(const char *yaml, const char *with) {
    sg_config *config = parse(yaml);
    assert_int_equal(sg_config_check(config), SG_CONFIG);
    assert_message_has(with);
    sg_config_free(config);
}

static void what_is_not_defined_is_refused(void **state) {
    (void)state;
    refuse("data: {set: patterns}\nrule: slayer\nlayers:\n  - {size: 5, neuron: {kind: lif}}\n",
           "layers.0.neuron.kind: 'lif' is reset by its spikes, but rule slayer");
    refuse("data: {set: patterns}\nsteps: 50\nloss: {kind: spike_count, region_begin: 20 ms, region_end: 60 ms}\n"
           "layers:\n  - {size: 5, neuron: {kind: srm}}\n",
           "loss.region_end: the region is 20 to 60 ms of a sample of 50 ms");
    refuse("data: {set: patterns}\nslayer: {exact_reset: true}\nlayers:\n  - {size: 5, neuron: {kind: srm}}\n",
           "slayer.exact_reset");
    refuse("data: {set: patterns}\nlayers:\n  - {size: 5, neuron: {kind: srm, reset: subtract}}\n", "neuron.reset");
    refuse("data: {set: patterns}\nlayers:\n  - {size: 5, neuron: {kind: srm, order: norse}}\n", "neuron.order");
    refuse("data: {set: patterns}\nlayers:\n  - {size: 5, neuron: {kind: srm, train: {threshold: true}}}\n",
           "neuron.train.threshold");
    refuse("data: {set: patterns}\nlayers:\n  - {size: 5, neuron: {kind: lif, tau_ref: 2 ms}}\n", "neuron.tau_ref");
}

static char warned[512];

static void keep_warning(void *user, const char *message) {
    (void)user;
    snprintf(warned, sizeof warned, "%s", message);
}

/* Whether a trainer of one layer with a surrogate of this width warns. */
static bool warns(const char *rule, const char *width) {
    char yaml[256];
    sg_network *network;
    sg_trainer *trainer;
    snprintf(yaml, sizeof yaml,
             "data: {set: patterns}\nrule: %s\nlayers:\n  - {size: 5, neuron: {kind: srm, threshold: 10}, "
             "surrogate: {kind: exponential, width: %s}}\n",
             rule, width);
    sg_config *config = parse(yaml);
    *warned = 0;
    OK(sg_network_create(config, 3, &network));
    const sg_warning_listener before = sg_swap_warning_listener((sg_warning_listener){keep_warning, NULL});
    OK(sg_trainer_create(network, config, 1, &trainer));
    sg_swap_warning_listener(before);
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    return *warned;
}

static void a_gradient_that_may_explode_is_told(void **state) {
    (void)state;
    assert_false(warns("bptt", "10"));
    assert_false(warns("slayer", "2"));
    assert_true(warns("bptt", "2"));
    assert_non_null(strstr(warned, "layers.0: the gradient through the refractory kernel grows 9.2 times a step"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_is_met),
        cmocka_unit_test(the_reference_with_delays_is_met),
        cmocka_unit_test(the_potential_is_the_convolution),
        cmocka_unit_test(a_spike_lowers_the_membrane_by_its_kernel),
        cmocka_unit_test(chunks_and_threads_do_not_matter),
        cmocka_unit_test(exact_reset_is_bptt),
        cmocka_unit_test(a_gradient_that_may_explode_is_told),
        cmocka_unit_test(targets_go_through_a_file),
        cmocka_unit_test(trains_are_read_or_drawn),
        cmocka_unit_test(targets_that_do_not_fit_are_refused),
        cmocka_unit_test(what_is_not_defined_is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

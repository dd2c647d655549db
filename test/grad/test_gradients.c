/* Gradients of every combination that the tables allow, against the twin in double precision; and that those they do
 * not allow are refused with a reason. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "share.h"

/* Counts of this run: combinations; those of which no network can be checked; groups of parameters, and those of them
 * that rounding hides. And the combination in hand. */
static size_t legal, checked, refused, beyond, groups, hidden;
static char combination[1024];

static sg_config *make(void) {
    sg_config *config;
    assert_int_equal(sg_config_create(&config), SG_OK);
    *combination = 0;
    return config;
}

static void set(sg_config *config, const char *key, const char *value) {
    if (sg_config_set(config, key, value) != SG_OK)
        fail_msg("%s", sg_error_message());
    snprintf(combination + strlen(combination), sizeof combination - strlen(combination), " %s=%s", key, value);
}

static void show_row(void *user, const sg_gradient_row *row) {
    (void)user;
    groups++;
    hidden += row->smooth_floor > SG_SMOOTH_TOLERANCE * row->largest ||
              row->kernel_floor > SG_KERNEL_TOLERANCE * row->largest;
    if (row->smooth_error > SG_SMOOTH_TOLERANCE || row->kernel_error > SG_KERNEL_TOLERANCE)
        fail_msg("layers.%zu.%s: smooth error %g, kernel error %g, largest %g, with%s", row->layer, row->group,
                 row->smooth_error, row->kernel_error, row->largest, combination);
}

/* Checks the configuration, without what has no effect in it, or counts it as refused, with a message that says where.
 */
static void check(sg_config *config) {
    bool good;
    sg_config_reset_useless(config);
    if (sg_config_check(config) != SG_OK) {
        assert_true(strchr(sg_error_message(), ':') != NULL && strlen(sg_error_message()) > 40);
        refused++;
        sg_config_free(config);
        return;
    }
    if (!is_of_share(legal++)) {
        sg_config_free(config);
        checked++;
        return;
    }
    sg_status status = sg_check_gradients(config, 1, show_row, NULL, &good);
    sg_config_free(config);
    if (status != SG_OK && strstr(sg_error_message(), "small networks can be checked")) {
        beyond++;
        return;
    }
    if (status != SG_OK)
        fail_msg("%s, with%s", sg_error_message(), combination);
    assert_true(good);
    checked++;
}

static sg_config *two_layers(const char *neuron, const char *surrogate, const char *output, const char *loss) {
    sg_config *config = make();
    set(config, "steps", "18");
    set(config, "layers.0.size", "5");
    set(config, "layers.1.size", "3");
    set(config, "layers.all.neuron.tau_mem", "6 ms");
    set(config, "layers.all.neuron.tau_syn", "3 ms");
    set(config, "layers.all.neuron.tau_adapt", "9 ms");
    set(config, "layers.0.neuron.kind", neuron);
    set(config, "layers.all.surrogate.kind", surrogate);
    set(config, "layers.1.neuron.kind", output);
    set(config, "loss.kind", loss);
    return config;
}

#define EACH(name, list) for (const char *const *name = list; *name; name++)

static const char *const neurons[] = {"cuba_lif", "lif", "if", "alif", "adlif", NULL};
static const char *const orders[] = {"notebook", "spytorch", "snntorch", "norse", "sinabs", "snntorch_no_delay", NULL};
static const char *const resets[] = {"zero", "subtract", "none", NULL};
static const char *const surrogates[] = {"relu",   "fast_sigmoid", "sigmoid",     "arctan", "triangle",
                                         "boxcar", "gaussian",     "exponential", NULL};
static const char *const losses[] = {"spike_count_mse", "count_ce", "mean_ce", "max_ce", "last_ce", "ttfs_ce", NULL};
static const char *const switches[] = {"false", "true", NULL};
static const char *const read_outs[] = {"li", "cuba_li", NULL};

static void neurons_by_orders_by_resets(void **state) {
    (void)state;
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(reset, resets)
    EACH(through, switches) {
        sg_config *config = two_layers(*neuron, "fast_sigmoid", "li", "mean_ce");
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", *reset);
        set(config, "layers.0.neuron.reset_gradient", *through);
        check(config);
    }
}

/* Plain, with bias, with its own spikes, with all of them but each neuron's. */
static void add_link(sg_config *config, int link) {
    set(config, "layers.0.link.bias", link == 1 ? "true" : "false");
    set(config, "layers.0.recurrent.from", link >= 2 ? "own" : "none");
    set(config, "layers.0.recurrent.self", link == 3 ? "false" : "true");
}

static void neurons_by_links_by_surrogates_by_losses_by_resets(void **state) {
    (void)state;
    EACH(neuron, neurons)
    for (int link = 0; link < 4; link++)
        EACH(surrogate, surrogates)
    EACH(loss, losses)
    EACH(reset, resets) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers(*neuron, *surrogate, membrane ? "li" : *neuron, *loss);
        add_link(config, link);
        set(config, "layers.0.neuron.reset", *reset);
        if (strcmp(*loss, "ttfs_ce") == 0 && link == 1)
            set(config, "loss.early", "0.4");
        check(config);
    }
}

/* Narrower than each kind, at both ends of a network, with the layer's own spikes and without. */
static void surrogates_by_cutoffs(void **state) {
    (void)state;
    static const char *const cutoffs[] = {"0.1", "0.35", NULL};
    EACH(neuron, neurons)
    for (int link = 0; link < 4; link++)
        EACH(surrogate, surrogates)
    EACH(cutoff, cutoffs) {
        sg_config *config = two_layers(*neuron, *surrogate, "li", "mean_ce");
        add_link(config, link);
        set(config, "layers.0.surrogate.cutoff", *cutoff);
        check(config);
    }
}

static void links(void **state) {
    (void)state;
    static const char *const from[] = {"none", "own", NULL};
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(own, from)
    EACH(self, switches)
    EACH(bias, switches) {
        sg_config *config = two_layers(*neuron, "sigmoid", "cuba_li", "max_ce");
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.recurrent.from", *own);
        set(config, "layers.0.recurrent.self", *self);
        set(config, "layers.all.link.bias", *bias);
        check(config);
    }
}

static void read_outs_by_orders(void **state) {
    (void)state;
    EACH(read_out, read_outs)
    EACH(order, orders)
    EACH(loss, losses) {
        sg_config *config = two_layers("cuba_lif", "arctan", *read_out, *loss);
        set(config, "layers.1.neuron.order", *order);
        check(config);
    }
}

static void trained_constants(void **state) {
    (void)state;
    static const char *const params[] = {"tau_mem",    "tau_syn",  "tau_adapt", "threshold",
                                         "adaptation", "coupling", NULL};
    static const char *const spreads[] = {"0", "0.3", "shared", NULL};
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(reset, resets)
    EACH(spread, spreads) {
        bool shared = strcmp(*spread, "shared") == 0;
        sg_config *config = two_layers(*neuron, "gaussian", "li", "mean_ce");
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", *reset);
        set(config, "layers.0.recurrent.from", "own");
        EACH(param, params) {
            char key[64];
            snprintf(key, sizeof key, "layers.all.neuron.train.%s", *param);
            set(config, key, "true");
            snprintf(key, sizeof key, "layers.all.neuron.spread.%s", *param);
            set(config, key, shared ? "0" : *spread);
        }
        set(config, "layers.all.neuron.shared", shared ? "true" : "false");
        check(config);
    }
}

/* Up to the time constants whose decay rounds to 1 in single precision, and on. */
static void slow_time_constants(void **state) {
    (void)state;
    static const char *const taus[] = {"1e4 ms", "1e5 ms", "1e6 ms", "1e7 ms", "1e8 ms", NULL};
    static const char *const integrations[] = {"exact", "euler", NULL};
    static const char *const times[] = {"tau_mem", "tau_syn", "tau_adapt", NULL};
    EACH(neuron, neurons)
    EACH(integration, integrations)
    EACH(tau, taus) {
        sg_config *config = two_layers(*neuron, "sigmoid", "cuba_li", "mean_ce");
        set(config, "layers.all.neuron.integration", *integration);
        EACH(time, times) {
            char key[64];
            snprintf(key, sizeof key, "layers.all.neuron.train.%s", *time);
            set(config, key, "true");
            snprintf(key, sizeof key, "layers.all.neuron.%s", *time);
            set(config, key, *tau);
        }
        check(config);
    }
}

static void floors_by_neurons_by_orders_by_resets(void **state) {
    (void)state;
    static const char *const floors[] = {"-0.05", "-0.5", NULL};
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(reset, resets)
    EACH(floor, floors)
    EACH(through, switches) {
        sg_config *config = two_layers(*neuron, "fast_sigmoid", "li", "mean_ce");
        set(config, "layers.0.neuron.floor", *floor);
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", *reset);
        set(config, "layers.0.neuron.reset_gradient", *through);
        set(config, "layers.0.neuron.train.tau_mem", *through);
        set(config, "layers.0.neuron.refractory", *order[0] == 's' ? "2" : "0");
        check(config);
    }
}

/* Alpha synapses below, above, and both, under every rule that is defined for them, with trained time constants. */
static void alphas_by_orders_by_resets_by_rules_by_links(void **state) {
    (void)state;
    static const char *const rules[][2] = {{"rule", "bptt"},
                                           {"bptt.window", "5"},
                                           {"eprop.feedback", "symmetric"},
                                           {"eprop.feedback", "random"},
                                           {"eprop.form", "online"}};
    static const char *const integrations[] = {"exact", "euler"}, *const kinds[] = {"cuba_lif", "lif"};
    size_t i = 0, before = checked + refused;
    EACH(order, orders)
    EACH(reset, resets)
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
        for (int link = 0; link < 4; link++, i++) {
            sg_config *config =
                two_layers(kinds[i % 3 == 2], surrogates[i % 8], "cuba_li", rule == 3 ? "max_ce" : "mean_ce");
            set(config, "layers.0.neuron.synapse", "alpha");
            set(config, "layers.1.neuron.synapse", i % 3 ? "alpha" : "exponential");
            set(config, "layers.all.neuron.order", *order);
            set(config, "layers.0.neuron.reset", *reset);
            set(config, "layers.0.neuron.reset_gradient", rule < 2 ? switches[i % 2] : "false");
            set(config, "layers.all.neuron.integration", integrations[i / 2 % 2]);
            set(config, "layers.all.neuron.train.tau_mem", switches[rule != 4 && i % 5 == 0]);
            set(config, "layers.all.neuron.train.tau_syn", switches[rule != 4 && i % 4 < 2]);
            set(config, "rule", rule < 2 ? "bptt" : "eprop");
            set(config, rules[rule][0], rules[rule][1]);
            add_link(config, link);
            check(config);
        }
    assert_int_equal(checked + refused - before, i);
}

/* Up to time constants whose decay rounds to 1 in single precision. */
static void slow_alphas(void **state) {
    (void)state;
    static const char *const taus[] = {"0.3 ms", "1e4 ms", "1e6 ms", "1e8 ms", NULL};
    static const char *const integrations[] = {"exact", "euler", NULL};
    EACH(integration, integrations)
    EACH(tau, taus) {
        sg_config *config = two_layers("cuba_lif", "sigmoid", "cuba_li", "mean_ce");
        set(config, "layers.all.neuron.synapse", "alpha");
        set(config, "layers.all.neuron.train.tau_syn", "true");
        set(config, "layers.all.neuron.tau_syn", *tau);
        set(config, "layers.all.neuron.integration", *integration);
        check(config);
    }
}

/* Several spikes in a step, below a dense link and in the outputs, by neuron, order, surrogate, loss and rule. */
static void several_spikes_by_neurons_by_orders_by_surrogates(void **state) {
    (void)state;
    static const char *const kinds[] = {"cuba_lif", "lif", "if", NULL}, *const most[] = {"2", "3", "32"};
    static const char *const well[] = {"notebook", "norse", "sinabs", NULL};
    static const char *const made[] = {"spike_count_mse", "mean_ce", "count_ce", "max_ce"};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, kinds)
    EACH(order, well)
    EACH(surrogate, surrogates)
    for (int periodic = 0; periodic < 2; periodic++, i++) {
        const char *loss = made[(i + i / 4) % 4];
        bool counts = loss[0] != 'm';
        sg_config *config = two_layers(*neuron, *surrogate, counts ? *neuron : "cuba_li", loss);
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.max_spikes", most[i % 3]);
        set(config, "layers.1.neuron.max_spikes", counts && i % 5 ? "3" : "1");
        set(config, "layers.0.surrogate.periodic", switches[!periodic]);
        set(config, "layers.0.neuron.reset", i % 7 == 3 ? "none" : "subtract");
        set(config, "layers.0.neuron.reset_gradient", switches[i / 2 % 2 && i % 7 != 3]);
        set(config, "layers.all.link.sd", "2");
        set(config, "layers.all.link.bias", switches[i % 4 == 1]);
        set(config, "layers.0.neuron.refractory", i % 9 == 4 ? "2" : "0");
        set(config, "layers.0.neuron.floor", i % 8 == 5 ? "-0.3" : "0");
        set(config, "layers.0.neuron.train.tau_mem", switches[strcmp(*neuron, "if") != 0 && i % 6 == 2]);
        set(config, "layers.0.surrogate.cutoff", i % 10 == 7 ? "0.3" : "0");
        if (i % 6 == 4 && strcmp(loss, "max_ce") != 0)
            set(config, "bptt.window", "5");
        if (counts && i % 3 == 0) {
            set(config, "regularise.upper", "0.1");
            set(config, "regularise.upper_rate", "2");
        }
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Resonators below, above and in the outputs, slow and fast, with what can be trained of them, under every rule. */
static void resonators_by_frequencies_by_rules_by_links(void **state) {
    (void)state;
    static const char *const frequencies[] = {"1", "30", "150", "199", NULL}, *const how[] = {"subtract", "none"};
    static const char *const rules[][2] = {{"rule", "bptt"},
                                           {"bptt.window", "5"},
                                           {"eprop.feedback", "symmetric"},
                                           {"eprop.feedback", "random"},
                                           {"eprop.form", "online"}};
    size_t i = 0, before = checked + beyond;
    EACH(frequency, frequencies)
    EACH(loss, losses)
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
        for (int link = 0; link < 4; link++, i++) {
            bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
            bool online = rule == 4, cut = rule == 1;
            const char *made = online ? "mean_ce" : cut ? "count_ce" : *loss;
            membrane = online || (!cut && membrane);
            sg_config *config = two_layers("rf", surrogates[i % 8], membrane ? "cuba_li" : "rf", made);
            set(config, "layers.all.neuron.frequency", *frequency);
            set(config, "layers.0.neuron.reset", how[i % 2]);
            set(config, "layers.0.neuron.reset_gradient", switches[rule < 2 && i % 2 == 0 && i / 2 % 2]);
            set(config, "layers.0.neuron.refractory", i % 5 == 4 ? "2" : "0");
            set(config, "layers.0.neuron.integration", i % 4 == 3 ? "euler" : "exact");
            set(config, "layers.all.neuron.train.frequency", switches[!cut && i % 3 == 0]);
            set(config, "layers.0.neuron.train.tau_mem", switches[i % 3 < 2]);
            set(config, "layers.0.neuron.train.threshold", switches[i % 3 == 1]);
            set(config, "layers.0.neuron.spread.frequency", i % 7 == 2 ? "0.4" : "0");
            set(config, "rule", rule < 2 ? "bptt" : "eprop");
            set(config, rules[rule][0], rules[rule][1]);
            add_link(config, link);
            check(config);
        }
    assert_int_equal(checked + beyond - before, i);
}

static void scale_refractoriness_and_regularisers(void **state) {
    (void)state;
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(through, switches) {
        sg_config *config = two_layers(*neuron, "exponential", *neuron, "count_ce");
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.all.neuron.scale", "decay");
        set(config, "layers.0.neuron.refractory", "2");
        set(config, "layers.0.neuron.reset_gradient", *through);
        set(config, "loss.label_smoothing", "0.1");
        set(config, "loss.scale", "0.5");
        set(config, "regularise.upper", "0.1");
        set(config, "regularise.upper_rate", "2");
        set(config, "regularise.lower", "0.2");
        check(config);
    }
}

/* Kernels at the borders of maps, apart, and of channels of their own. */
typedef struct geometry {
    const char *kernel, *stride, *padding, *dilation, *groups;
} geometry;

static const geometry geometries[] = {
    {"2", "1", "0", "1", "1"}, {"3", "1", "1", "1", "1"}, {"2", "2", "1", "1", "1"},
    {"2", "1", "1", "2", "1"}, {"2", "1", "0", "1", "2"},
};
enum { GEOMETRIES = sizeof geometries / sizeof *geometries };

static void set_convolution(sg_config *config, int layer, const char *kind, const geometry *g) {
    const char *const values[][2] = {{"kind", kind},        {"channels", "2"},       {"kernel", g->kernel},
                                     {"stride", g->stride}, {"padding", g->padding}, {"dilation", g->dilation},
                                     {"groups", g->groups}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char key[64];
        snprintf(key, sizeof key, "layers.%d.link.%s", layer, values[i][0]);
        set(config, key, values[i][1]);
    }
}

static void set_delay(sg_config *config, int layer, const char *name, const char *value) {
    char key[64];
    snprintf(key, sizeof key, "layers.%d.delay.%s", layer, name);
    set(config, key, value);
}

static void set_delays(sg_config *config, int layer) {
    static const char *const values[][2] = {
        {"kind", "axonal"}, {"high", "5 ms"}, {"train", "true"}, {"unit", "2 ms"}, {"most", "9 ms"}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set_delay(config, layer, values[i][0], values[i][1]);
}

/* Trained delays of the input, of a hidden layer's spikes, and of both, for every kind of neuron and loss. */
static void delays_by_neurons_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked;
    EACH(neuron, neurons)
    EACH(loss, losses) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? "li" : *neuron, *loss);
        if (i % 3 != 1)
            set_delays(config, 0);
        if (i % 3 != 0)
            set_delays(config, 1);
        check(config);
        i++;
    }
    assert_int_equal(checked - before, i);
}

/* Widths of the kernel: as wide as lags go, some steps, and the least. */
static void set_lags(sg_config *config, int layer, size_t i) {
    static const char *const sigmas[] = {"0", "1.5", "0"}, *const shrinks[] = {"0.25", "0.25", "0"};
    set_delays(config, layer);
    set_delay(config, layer, "kind", "synaptic");
    set_delay(config, layer, "kernel", i % 2 ? "gauss" : "triangle");
    set_delay(config, layer, "sigma", sigmas[i / 2 % 3]);
    set_delay(config, layer, "shrink", shrinks[i / 2 % 3]);
}

/* Trained delays of synapses from the input, to the last layer, and both, or fixed ones, for every kind of neuron,
 * loss, link and rule. */
static void lags_by_neurons_by_losses_by_links(void **state) {
    (void)state;
    size_t i = 0, before = checked + beyond, beyond_before = beyond;
    EACH(neuron, neurons)
    EACH(loss, losses)
    for (int link = 0; link < 4; link++, i++) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? read_outs[i % 2] : *neuron, *loss);
        add_link(config, link);
        if (i % 3 != 1)
            set_lags(config, 0, i / 3);
        if (i % 3 != 0)
            set_lags(config, 1, i / 3 + 1);
        set_delay(config, 0, "train", i % 7 == 6 ? "false" : "true");
        if (i % 5 == 4) {
            set(config, "rule", "eprop");
            set(config, "eprop.feedback", "random");
        }
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

/* Above a map, whose places the inputs of the link come by, behind a pool or not, and above skip links. */
static sg_config *convolutions(const char *kind, size_t g, const char *pool, const char *neuron, size_t i);
static sg_config *skipping(const char *const *neuron, size_t i);
static void set_numbers(sg_config *config, const char *sequence);
static const char *const sequences[] = {"none", "rows", NULL};

static void lags_above_maps_and_skips(void **state) {
    (void)state;
    size_t before = checked + beyond, beyond_before = beyond;
    for (size_t i = 0; i < 20; i++) {
        sg_config *config = i % 2 ? skipping(&neurons[i / 4], i)
                                  : convolutions("conv1d", i % GEOMETRIES, i % 4 ? "none" : "sum", neurons[i / 4], i);
        set_delay(config, 0, "kind", "none");
        set_lags(config, i % 2 ? 2 + (int)(i / 2 % 2) : 2, i / 2);
        check(config);
    }
    assert_int_equal(checked + beyond - before, 20);
    assert_true((beyond - beyond_before) * 10 <= 20);
}

static void set_sparse(sg_config *config, int layer, const char *density) {
    char key[64];
    snprintf(key, sizeof key, "layers.%d.link.kind", layer);
    set(config, key, "sparse");
    snprintf(key, sizeof key, "layers.%d.link.density", layer);
    set(config, key, density);
}

/* A part of the synapses from the input, to the last layer, and both; with axonal delays every fourth time. */
static void sparse_links_by_neurons_by_losses_by_links(void **state) {
    (void)state;
    size_t i = 0, before = checked + beyond, beyond_before = beyond;
    EACH(neuron, neurons)
    EACH(loss, losses)
    for (int link = 0; link < 4; link++, i++) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? read_outs[i % 2] : *neuron, *loss);
        add_link(config, link);
        if (i % 3 != 1)
            set_sparse(config, 0, "0.5");
        if (i % 3 != 0)
            set_sparse(config, 1, "0.6");
        if (i % 4 == 3)
            set_delays(config, (int)(i / 4 % 2));
        if (i % 5 == 4) {
            set(config, "rule", "eprop");
            set(config, "eprop.feedback", "random");
        }
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

static void sparse_links_above_maps_and_skips_and_numbers(void **state) {
    (void)state;
    size_t before = checked + beyond, beyond_before = beyond;
    for (size_t i = 0; i < 20; i++) {
        sg_config *config = i % 2 ? skipping(&neurons[i / 4], i)
                                  : convolutions("conv2d", i % GEOMETRIES, i % 4 ? "none" : "sum", neurons[i / 4], i);
        set_sparse(config, 2, "0.5");
        if (i % 2)
            set_sparse(config, 0, "0.5");
        if (i % 4 == 3)
            set_numbers(config, sequences[i / 4 % 2]);
        check(config);
    }
    assert_int_equal(checked + beyond - before, 20);
    assert_true((beyond - beyond_before) * 10 <= 20);
}

/* Two convolutions with a pool between them, and one before the last layer every other time. */
static sg_config *convolutions(const char *kind, size_t g, const char *pool, const char *neuron, size_t i) {
    static const char *const read_out[] = {"li", "cuba_li"};
    sg_config *config = make();
    const char *loss = losses[i % 6];
    bool membrane = strstr("mean_ce max_ce last_ce", loss) != NULL;
    bool leaks = strcmp(neuron, "if") != 0 && strcmp(neurons[i % 5], "if") != 0;
    set(config, "steps", "16");
    set(config, "layers.0.link.kind", kind);
    set(config, "layers.1.link.kind", kind);
    set(config, "layers.2.size", "3");
    set(config, "layers.all.neuron.tau_mem", "6 ms");
    set(config, "layers.all.neuron.tau_syn", "3 ms");
    set(config, "layers.all.neuron.tau_adapt", "9 ms");
    set(config, "layers.0.neuron.kind", neuron);
    set(config, "layers.1.neuron.kind", neurons[i % 5]);
    set(config, "layers.2.neuron.kind", membrane ? read_out[i % 2] : neuron);
    set(config, "layers.0.neuron.order", orders[i % 5]);
    set(config, "layers.1.neuron.reset", strcmp(neurons[i % 5], "if") == 0 ? "zero" : resets[i % 3]);
    if (i % 3 == 0)
        set_delays(config, (int)(i / 3 % 3));
    /* Maps of neurons that do not leak lie in relu's corner nearly always. */
    set(config, "layers.all.surrogate.kind", leaks ? surrogates[i % 8] : surrogates[1 + i % 7]);
    set(config, "loss.kind", loss);
    set_convolution(config, 0, kind, &geometries[g]);
    set_convolution(config, 1, kind, &geometries[(g + i) % GEOMETRIES]);
    set(config, "layers.1.link.pool", pool);
    set(config, "layers.2.link.pool", i % 2 ? "none" : pool);
    set(config, "layers.0.link.bias", switches[i % 2]);
    set(config, "layers.1.link.bias", switches[i / 2 % 2]);
    return config;
}

/* Each geometry and pool, every time with other neurons, surrogates and losses. */
static void convolutions_by_pools_by_geometries(void **state) {
    (void)state;
    static const char *const kinds[] = {"conv2d", "conv1d", NULL}, *const pools[] = {"none", "sum", "avg", "max", NULL};
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(kind, kinds)
    EACH(pool, pools)
    for (size_t g = 0; g < GEOMETRIES; g++, i++)
        check(convolutions(*kind, g, *pool, neurons[(i + 2 * i / GEOMETRIES) % 5], i + i / GEOMETRIES));
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

/* Above them: sparse links, delays, convolutions, pools, layers that are added, dropped inputs; and e-prop. */
static void several_spikes_by_links(void **state) {
    (void)state;
    static const char *const kinds[] = {"cuba_lif", "lif", "if", NULL}, *const pools[] = {"none", "sum", "avg"};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, kinds)
    for (int way = 0; way < 7; way++, i++) {
        sg_config *config = way == 6   ? skipping(neuron, i)
                            : way == 5 ? convolutions("conv2d", i % GEOMETRIES, pools[i % 3], *neuron, i)
                                       : two_layers(*neuron, surrogates[i % 8], "li", "mean_ce");
        if (way == 5)
            set(config, "loss.kind", "count_ce"), set(config, "layers.2.neuron.kind", "lif");
        if (way == 0)
            set_sparse(config, 1, "0.6");
        if (way == 1)
            set_delays(config, 1);
        if (way == 2)
            set_lags(config, 1, i);
        if (way >= 3 && way < 5) {
            set(config, "rule", "eprop");
            set(config, "eprop.form", way == 3 ? "online" : "backward");
            set(config, "eprop.feedback", way == 3 ? "symmetric" : "random");
        }
        for (int l = 0; l < (way < 5 ? 1 : 2); l++) {
            char key[64];
            snprintf(key, sizeof key, "layers.%d.neuron.max_spikes", l);
            set(config, key, "3");
            snprintf(key, sizeof key, "layers.%d.neuron.reset", l);
            set(config, key, "subtract");
            snprintf(key, sizeof key, "layers.%d.neuron.order", l);
            set(config, key, "notebook");
        }
        set(config, "layers.0.link.sd", "2");
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Resonators of maps, which share what is trained, and around delays, sparse links and layers that are added. */
static void resonators_by_links(void **state) {
    (void)state;
    static const char *const rf = "rf";
    size_t i = 0, before = checked + beyond;
    for (int way = 0; way < 5; way++)
        for (int k = 0; k < 2; k++, i++) {
            sg_config *config = way == 4   ? skipping(&rf, i)
                                : way == 3 ? convolutions("conv2d", i % GEOMETRIES, "sum", rf, i)
                                           : two_layers(rf, surrogates[i % 8], "li", "mean_ce");
            if (way == 0)
                set_sparse(config, k, "0.6");
            if (way == 1)
                set_delays(config, k);
            if (way == 2)
                set_lags(config, k, i);
            set(config, "layers.0.neuron.frequency", k ? "60" : "150");
            set(config, "layers.0.neuron.train.frequency", "true");
            set(config, "layers.0.neuron.shared", way == 3 ? "true" : "false");
            check(config);
        }
    assert_int_equal(checked + beyond - before, i);
}

/* e-prop with either feedback, for every kind of neuron, loss and link; two hidden layers where feedback is random. */
static void eprop_by_neurons_by_losses_by_links(void **state) {
    (void)state;
    static const char *const feedbacks[] = {"symmetric", "random", NULL};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, neurons)
    EACH(loss, losses)
    EACH(feedback, feedbacks)
    for (int link = 0; link < 4; link++, i++) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL, deep = **feedback == 'r' && i % 2;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? "li" : *neuron, *loss);
        set(config, "rule", "eprop");
        set(config, "eprop.feedback", *feedback);
        set(config, "layers.0.neuron.order", orders[i / 4 % 5]);
        add_link(config, link);
        if (deep) {
            set(config, "layers.2.size", "3");
            set(config, "layers.2.neuron.kind", membrane ? "cuba_li" : *neuron);
            set(config, "layers.1.neuron.kind", neurons[i % 5]);
            set(config, "layers.1.recurrent.from", link % 2 ? "own" : "none");
        }
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* The online form, for every kind of neuron, order, link and feedback, with the losses that it is defined for. */
static void eprop_forward_in_time(void **state) {
    (void)state;
    static const char *const told[] = {"step_ce", "mean_ce", "last_ce", "weighted_ce", NULL};
    static const char *const feedbacks[] = {"symmetric", "random", "adaptive", NULL};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(loss, told)
    EACH(feedback, feedbacks) {
        sg_config *config = two_layers(*neuron, surrogates[i % 8], i % 2 ? "li" : "cuba_li", *loss);
        set(config, "rule", "eprop");
        set(config, "eprop.form", "online");
        set(config, "eprop.feedback", *feedback);
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.1.neuron.order", orders[i / 3 % 5]);
        set(config, "layers.0.neuron.reset", resets[i / 2 % 3]);
        set(config, "layers.0.link.kind", i % 5 == 1 ? "sparse" : "dense");
        set(config, "layers.0.neuron.train.tau_mem", i % 7 == 2 && strcmp(*neuron, "if") != 0 ? "true" : "false");
        add_link(config, (int)(i % 4));
        if (**feedback == 'r' && i % 4 == 1) {
            set(config, "layers.2.size", "3");
            set(config, "layers.2.neuron.kind", "li");
            set(config, "layers.1.neuron.kind", neurons[i / 4 % 5]);
        }
        check(config);
        i++;
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Neurons and a loss of the order eventprop. */
static sg_config *in_time(const char *rule, const char *loss) {
    bool fires = strstr("count_ce ttfs_ce", loss) != NULL;
    sg_config *config = two_layers("cuba_lif", "fast_sigmoid", fires ? "cuba_lif" : "cuba_li", loss);
    set(config, "layers.all.neuron.order", "eventprop");
    set(config, "rule", rule);
    return config;
}

/* The order under bptt, with equal and other time constants, trained too. */
static void eventprop_order_by_losses_by_links_by_training(void **state) {
    (void)state;
    static const char *const by[] = {"count_ce", "mean_ce", "weighted_ce", "max_ce", "last_ce", "ttfs_ce", NULL};
    size_t before = checked + beyond, i = 0;
    EACH(loss, by)
    EACH(trained, switches)
    for (int link = 0; link < 4; link++, i++) {
        sg_config *config = in_time("bptt", *loss);
        add_link(config, link);
        set(config, "layers.all.neuron.train.tau_mem", *trained);
        set(config, "layers.all.neuron.train.tau_syn", *trained);
        if (link % 2)
            set(config, "layers.all.neuron.tau_syn", "6 ms"); /* as tau_mem */
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Its rule, with one hidden layer and with two, with and without its guard and the price of rates. */
static void eventprop_by_losses_by_links(void **state) {
    (void)state;
    static const char *const by[] = {"mean_ce", "weighted_ce", "max_ce", "last_ce", "ttfs_ce", NULL};
    static const char *const guards[] = {"0", "0.2", "2", NULL};
    size_t before = checked + beyond, i = 0;
    EACH(loss, by)
    EACH(guard, guards)
    for (int link = 0; link < 4; link++, i++) {
        sg_config *config = in_time("eventprop", *loss);
        add_link(config, link);
        set(config, "eventprop.guard", *guard);
        set(config, "layers.all.neuron.tau_syn", i % 3 ? "3 ms" : "6 ms");
        if (i % 2) {
            set(config, "layers.2.size", "3");
            set(config, "layers.2.neuron.kind", strcmp(*loss, "ttfs_ce") == 0 ? "cuba_lif" : "cuba_li");
            set(config, "layers.1.neuron.kind", "cuba_lif");
            set(config, "layers.all.neuron.order", "eventprop");
            set(config, "layers.all.neuron.tau_mem", "6 ms");
        }
        if (i % 3 == 1) {
            set(config, "regularise.upper", "0.3");
            set(config, "regularise.lower", "0.2");
        }
        if (strcmp(*loss, "ttfs_ce") == 0 && i % 3 != 1)
            set(config, "loss.early", "0.4");
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Delays of synapses by the times of arrivals, of one layer, of both, and fixed ones. */
static void eventprop_by_delays(void **state) {
    (void)state;
    static const char *const by[] = {"mean_ce", "weighted_ce", "last_ce", "ttfs_ce", NULL};
    size_t before = checked + beyond, i = 0;
    EACH(loss, by)
    for (int link = 0; link < 4; link++)
        for (int layers = 1; layers < 4; layers++, i++) {
            sg_config *config = in_time("eventprop", *loss);
            add_link(config, link);
            for (int l = 0; l < 2; l++)
                if (layers >> l & 1)
                    set_lags(config, l, i);
            set_delay(config, 0, "train", i % 5 == 4 ? "false" : "true");
            set(config, "eventprop.guard", i % 2 ? "0.2" : "0");
            check(config);
        }
    assert_int_equal(checked + beyond - before, i);
}

/* Through pools and shared kernels. */
static void eventprop_by_convolutions(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t g = 0; g < GEOMETRIES; g++) {
        sg_config *config = convolutions("conv2d", g, g % 3 == 0 ? "max" : g % 3 == 1 ? "sum" : "avg", "cuba_lif", g);
        set(config, "layers.0.neuron.kind", "cuba_lif");
        set(config, "layers.1.neuron.kind", "cuba_lif");
        set(config, "layers.2.neuron.kind", "cuba_li");
        set(config, "layers.all.neuron.order", "eventprop");
        set(config, "layers.all.neuron.reset", "zero");
        set(config, "layers.0.delay.kind", "none");
        set(config, "layers.1.delay.kind", "none");
        set(config, "loss.kind", g % 2 ? "mean_ce" : "max_ce");
        set(config, "rule", "eventprop");
        set(config, "eventprop.kink", "false"); /* of plain dense links */
        check(config);
    }
    assert_int_equal(checked + beyond - before, GEOMETRIES);
}

static void feedback_by_convolutions(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t g = 0; g < GEOMETRIES; g++) {
        sg_config *config = convolutions("conv2d", g, g % 2 ? "max" : "sum", neurons[g % 5], g);
        set(config, "rule", "eprop");
        set(config, "eprop.feedback", "random");
        check(config);
    }
    assert_int_equal(checked + beyond - before, GEOMETRIES);
}

/* Spike response neurons under each rule, with the refractory kernel followed and held constant. */
static const char *const response_rules[] = {"bptt", "slayer", "exodus", "eprop", NULL};

static void set_response(sg_config *config, int layer, const char *rule) {
    static const char *const values[][2] = {{"kind", "srm"},
                                            {"tau_syn", "4 ms"},
                                            {"tau_ref", "2.5 ms"},
                                            {"scale_ref", "1.5"}};
    bool exodus = strcmp(rule, "exodus") == 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char key[64];
        snprintf(key, sizeof key, "layers.%d.neuron.%s", layer, values[i][0]);
        set(config, key, values[i][1]);
    }
    set(config, "rule", exodus ? "slayer" : rule);
    set(config, "slayer.exact_reset", exodus ? "true" : "false");
}

static void response_by_rules_by_links_by_surrogates_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(rule, response_rules)
    for (int link = 0; link < 4; link++)
        EACH(surrogate, surrogates)
    EACH(loss, losses) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers("srm", *surrogate, membrane ? read_outs[i % 2] : "srm", *loss);
        set_response(config, 0, *rule);
        if (!membrane)
            set_response(config, 1, *rule);
        add_link(config, link);
        if (i % 5 == 0)
            set(config, "regularise.upper", "0.1");
        if (i % 7 == 0)
            set_delays(config, (int)(i % 2));
        if (i % 11 == 0)
            set(config, "layers.0.surrogate.cutoff", "0.35");
        if (i % 4 == 0)
            set(config, "layers.all.neuron.threshold", i % 8 ? "10" : "0.05");
        check(config);
        i++;
    }
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

/* Losses of whole trains, of every kind of neuron that fires, under the rules that are defined for it. */
static void losses_of_trains_by_neurons_by_rules(void **state) {
    (void)state;
    static const char *const trains[] = {"spike_time", "spike_count", NULL}, *const srm[] = {"srm", NULL};
    static const char *const *const lists[] = {neurons, srm};
    size_t i = 0, before = checked, beyond_before = beyond;
    for (size_t list = 0; list < 2; list++)
        EACH(neuron, lists[list])
    EACH(loss, trains)
    EACH(rule, response_rules)
    for (int link = 0; link < 4; link++, i++) {
        bool response = strcmp(*neuron, "srm") == 0;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], *neuron, *loss);
        set(config, "loss.tau", i % 3 ? "4 ms" : "1.5 ms");
        set(config, "loss.region_end", i % 2 ? "1 ms" : "0 ms");
        if (response)
            set_response(config, 0, *rule), set_response(config, 1, *rule);
        add_link(config, link);
        set(config, "dt", i % 5 ? "1 ms" : "0.5 ms");
        check(config);
    }
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

static void response_by_convolutions(void **state) {
    (void)state;
    size_t before = checked + beyond, i = 0;
    EACH(rule, response_rules)
    for (size_t g = 0; g < GEOMETRIES; g++, i++) {
        sg_config *config = convolutions("conv2d", g, g % 2 ? "max" : "sum", "srm", g);
        if (strcmp(*rule, "eprop") == 0)
            set(config, "eprop.feedback", "random");
        set_response(config, 0, *rule);
        set_response(config, 1, *rule);
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* A loss in every step, for every kind of neuron and link under each rule; read-outs with trained constants, too. */
static void step_losses_by_neurons_by_links_by_rules(void **state) {
    (void)state;
    static const char *const rules[][2] = {{"rule", "bptt"},
                                           {"bptt.window", "5"},
                                           {"rule", "eprop"},
                                           {"eprop.feedback", "random"},
                                           {"eprop.feedback", "adaptive"}};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, neurons)
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
        for (int link = 0; link < 4; link++, i++) {
            sg_config *config = two_layers(*neuron, surrogates[i % 8], read_outs[i / 2 % 2], "step_ce");
            set(config, "rule", rule < 2 ? "bptt" : "eprop");
            set(config, rules[rule][0], rules[rule][1]);
            set(config, "layers.0.neuron.order", orders[2 + i % 3]);
            set(config, "layers.1.neuron.train.tau_mem", switches[i % 2]);
            set(config, "loss.label_smoothing", i % 3 ? "0" : "0.1");
            add_link(config, link);
            check(config);
        }
    assert_int_equal(checked + beyond - before, i);
}

enum { NUMBER_LOSSES = 6 };
static const char *const numbers[NUMBER_LOSSES] = {"step_mse", "mean_mse", "last_mse",
                                                   "step_bce", "mean_bce", "cosine"};

/* Losses whose targets are numbers, for every kind of neuron and link under each rule. */
static void number_losses_by_neurons_by_links_by_rules(void **state) {
    (void)state;
    static const char *const rules[][2] = {{"rule", "bptt"}, {"rule", "eprop"}, {"eprop.feedback", "random"}};
    size_t i = 0, before = checked + beyond;
    EACH(neuron, neurons)
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
        for (int link = 0; link < 4; link++, i++) {
            sg_config *config =
                two_layers(*neuron, surrogates[i % 8], read_outs[i / 2 % 2], numbers[i % NUMBER_LOSSES]);
            set(config, "rule", rule == 0 ? "bptt" : "eprop");
            set(config, rules[rule][0], rules[rule][1]);
            set(config, "layers.0.neuron.order", orders[2 + i % 3]);
            set(config, "layers.1.neuron.train.tau_mem", switches[i % 2]);
            if (strstr(numbers[i % NUMBER_LOSSES], "bce"))
                set(config, "loss.scale", i % 3 ? "1" : "2.5");
            add_link(config, link);
            check(config);
        }
    assert_int_equal(checked + beyond - before, i);
}

/* The network for a loss of the membrane under a rule that is defined for neurons or orders of its own. */
static sg_config *ruled(const char *rule, const char *loss, size_t i) {
    if (strcmp(rule, "eventprop") == 0) {
        sg_config *config = two_layers("cuba_lif", "fast_sigmoid", "cuba_li", loss);
        set(config, "layers.all.neuron.order", "eventprop");
        set(config, "rule", "eventprop");
        return config;
    }
    bool response = strcmp(rule, "slayer") == 0 || strcmp(rule, "exodus") == 0;
    sg_config *config = two_layers(response ? "srm" : "lif", surrogates[1 + i % 7], read_outs[i / 2 % 2], loss);
    if (response)
        set_response(config, 0, rule);
    else
        set(config, "layers.0.neuron.reset", "subtract");
    if (strcmp(rule, "window") == 0)
        set(config, "bptt.window", "5");
    if (strcmp(rule, "ottt") == 0)
        set(config, "rule", "ottt");
    return config;
}

/* Losses of steps and of numbers under the rules that step_losses and number_losses leave out. A window needs a part of
 * the loss, and OTTT has no recurrence. */
static void number_and_step_losses_by_other_rules(void **state) {
    (void)state;
    static const char *const rules[] = {"window", "ottt", "slayer", "exodus", "eventprop", NULL};
    size_t i = 0, before = checked + beyond, refused_before = refused, undefined = 0;
    EACH(rule, rules)
    for (size_t loss = 0; loss <= NUMBER_LOSSES; loss++)
        for (int link = 0; link < 4; link++, i++) {
            const char *name = loss < NUMBER_LOSSES ? numbers[loss] : "step_ce";
            sg_config *config = ruled(*rule, name, i);
            add_link(config, link);
            undefined += strcmp(*rule, "window") == 0 && strcmp(name, "last_mse") == 0;
            undefined += strcmp(*rule, "ottt") == 0 && link >= 2;
            check(config);
        }
    assert_int_equal(checked + beyond - before, i - undefined);
    assert_int_equal(refused - refused_before, undefined);
}

/* The times of spikes have no gradient by a loss that is made of whether they are there. */
static void losses_of_trains_are_refused_by_eventprop(void **state) {
    (void)state;
    static const char *const trains[] = {"spike_time", "spike_count", NULL};
    size_t before = refused;
    EACH(loss, trains) {
        sg_config *config = two_layers("cuba_lif", "fast_sigmoid", "cuba_lif", *loss);
        set(config, "layers.all.neuron.order", "eventprop");
        set(config, "rule", "eventprop");
        check(config);
    }
    assert_int_equal(refused - before, 2);
}

/* Truncated backpropagation, for every kind of neuron, order, reset and link, with trained constants and without, in
 * windows of one step and of some; what is not defined is refused. */
static void windows_by_neurons_by_orders_by_links(void **state) {
    (void)state;
    static const char *const sizes[] = {"1", "4", "7", NULL};
    size_t i = 0, before = checked + beyond, refused_before = refused;
    EACH(neuron, neurons)
    EACH(order, orders)
    EACH(size, sizes)
    for (int link = 0; link < 4; link++, i++) {
        const char *loss = losses[i % 4];
        bool membrane = strstr("mean_ce max_ce", loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? read_outs[i / 4 % 2] : *neuron, loss);
        set(config, "bptt.window", *size);
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", resets[i / 5 % 3]);
        set(config, "layers.0.neuron.reset_gradient", switches[i / 3 % 2]);
        add_link(config, link);
        if (i % 5 < 2) {
            set(config, "layers.all.neuron.train.tau_mem", "true");
            set(config, "layers.all.neuron.train.tau_syn", "true");
            set(config, "layers.0.neuron.train.tau_adapt", "true");
            set(config, "layers.0.neuron.train.adaptation", "true");
            set(config, "layers.0.neuron.train.threshold", "true");
        }
        if (i % 11 == 0)
            set_delays(config, 0);
        check(config);
    }
    assert_int_equal(checked + beyond - before + refused - refused_before, i);
    assert_true(checked - before > i / 3 && refused - refused_before > i / 4);
}

static void windows_by_convolutions(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t g = 0; g < GEOMETRIES; g++) {
        sg_config *config = convolutions("conv2d", g, g % 2 ? "max" : "avg", neurons[g % 5], g);
        set(config, "layers.all.delay.kind", "none");
        set(config, "layers.all.neuron.order", orders[2 + g % 3]);
        set(config, "layers.2.neuron.kind", read_outs[g % 2]);
        set(config, "loss.kind", "mean_ce");
        set(config, "bptt.window", "3");
        check(config);
    }
    assert_int_equal(checked + beyond - before, GEOMETRIES);
}

/* Normalised layers, one or both, with every kind of neuron, order and link but a bias, which is refused; rates with a
 * price, and delays, now and then. */
static void norms_by_neurons_by_orders_by_links(void **state) {
    (void)state;
    static const char *const norms[][2] = {{"tdbn", "none"}, {"bntt", "none"}, {"tdbn", "tdbn"}, {"none", "bntt"}};
    size_t i = 0, before = checked + beyond, refused_before = refused;
    EACH(neuron, neurons)
    EACH(order, orders)
    for (int link = 0; link < 4; link++, i++) {
        const char *loss = losses[i % 6], *const *norm = norms[(i + i / 4) % 4];
        bool membrane = strstr("mean_ce max_ce last_ce", loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[i % 8], membrane ? read_outs[i / 2 % 2] : *neuron, loss);
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", resets[i / 5 % 3]);
        set(config, "layers.0.neuron.threshold", i % 2 ? "0.3" : "1");
        set(config, "layers.0.neuron.train.tau_mem", switches[i / 3 % 2]);
        set(config, "layers.0.neuron.train.threshold", switches[i / 7 % 2]);
        set(config, "regularise.upper", i % 4 ? "0" : "0.1");
        set(config, "bptt.window", i % 9 == 8 ? "5" : "0");
        set(config, "layers.0.link.norm", norm[0]);
        set(config, "layers.1.link.norm", norm[1]);
        add_link(config, link);
        if (i % 5 == 0)
            set_delays(config, 0);
        check(config);
    }
    assert_int_equal(checked + beyond - before + refused - refused_before, i);
    assert_true(checked - before > i / 2 && refused - refused_before > i / 8);
}

static void norms_by_convolutions(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t g = 0; g < GEOMETRIES; g++) {
        sg_config *config = convolutions(g % 3 ? "conv2d" : "conv1d", g, g % 2 ? "max" : "avg", neurons[g % 5], g);
        set(config, "layers.all.link.bias", "false");
        set(config, "layers.0.link.norm", g % 4 ? "tdbn" : "bntt");
        set(config, "layers.1.link.norm", g % 2 ? "tdbn" : "none");
        check(config);
    }
    assert_int_equal(checked + beyond - before, GEOMETRIES);
}

/* Numbers come in, the same in all steps or others in each. */
static void norms_by_numbers(void **state) {
    (void)state;
    size_t before = checked + beyond, i = 0;
    static const char *const norms[] = {"tdbn", "bntt"};
    for (; i < 6; i++) {
        sg_config *config = i / 2 == 2 ? convolutions("conv2d", 1, "max", "lif", 1)
                                       : two_layers("lif", "fast_sigmoid", "li", "mean_ce");
        set(config, "encoder.kind", "direct");
        set(config, "data.sequence", i % 2 ? "none" : "rows");
        set(config, "layers.all.link.bias", "false");
        set(config, "layers.0.link.norm", norms[i / 2 % 2]);
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* OTTT in networks of two and three hidden layers, by orders, resets, losses, scales and trained time constants. */
static void ottt_by_neurons_by_orders_by_losses(void **state) {
    (void)state;
    static const char *const kinds[] = {"lif", "if", NULL}, *const scales[] = {"none", "decay"};
    size_t i = 0, before = checked + beyond, refused_before = refused;
    EACH(neuron, kinds)
    EACH(order, orders)
    EACH(reset, resets)
    EACH(loss, losses) {
        bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
        sg_config *config = two_layers(*neuron, surrogates[1 + i % 7], *neuron, *loss);
        set(config, "rule", "ottt");
        set(config, "layers.2.size", "4");
        set(config, "layers.2.neuron.kind", membrane && i % 2 ? read_outs[i / 2 % 2] : *neuron);
        if (membrane && i % 2 == 0) {
            set(config, "layers.3.size", "3");
            set(config, "layers.3.neuron.kind", read_outs[i / 2 % 2]);
        }
        set(config, "layers.all.neuron.tau_mem", "6 ms");
        set(config, "layers.all.surrogate.kind", surrogates[1 + i % 7]);
        set(config, "layers.1.neuron.order", *order);
        for (int l = 0; l < 3; l++) {
            char key[64];
            snprintf(key, sizeof key, "layers.%d.neuron.reset", l);
            set(config, key, *reset);
        }
        set(config, "layers.1.neuron.scale", scales[i % 2]);
        set(config, "layers.1.neuron.train.tau_mem", switches[i / 2 % 2]);
        set(config, "layers.1.link.bias", switches[i / 3 % 2]);
        set(config, "regularise.upper", i % 4 ? "0" : "0.1");
        check(config);
        i++;
    }
    assert_int_equal(checked + beyond - before + refused - refused_before, i);
    assert_true(checked - before > i / 3);
}

/* DECOLLE forward in time and backward, in networks of one and two hidden layers. */
static const char *const local_neurons[] = {"cuba_lif", "lif", "if", NULL}, *const local_losses[] = {"step_ce",
                                                                                                     "step_mse",
                                                                                                     "step_bce", NULL};

static void decolle_by_neurons_by_orders_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked + beyond;
    EACH(neuron, local_neurons)
    EACH(order, orders)
    EACH(loss, local_losses)
    for (int link = 0; link < 4; link++, i++) {
        sg_config *config = two_layers(*neuron, surrogates[i % 8], read_outs[i / 2 % 2], *loss);
        set(config, "rule", "decolle");
        set(config, "decolle.chunk", i / 4 % 2 ? "0" : "256");
        set(config, "decolle.scale", i % 3 ? "2" : "0.5");
        add_link(config, link);
        if (i % 2) {
            set(config, "layers.2.size", "3");
            set(config, "layers.2.neuron.kind", read_outs[i / 2 % 2]);
            set(config, "layers.1.size", "4");
            set(config, "layers.1.neuron.kind", local_neurons[i % 3]);
            set(config, "layers.all.neuron.tau_mem", "6 ms");
            set(config, "layers.all.surrogate.kind", surrogates[i % 8]);
        }
        set(config, "layers.0.neuron.order", *order);
        set(config, "layers.0.neuron.reset", resets[i % 3]);
        set(config, "layers.0.neuron.train.tau_mem", i % 7 == 2 && strcmp(*neuron, "if") != 0 ? "true" : "false");
        set(config, "layers.0.link.kind", i % 5 == 1 ? "sparse" : "dense");
        set(config, "regularise.upper", i % 4 ? "0" : "0.1");
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

/* Of maps, backward, and of layers that are added. */
static void decolle_of_maps_and_skips(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t i = 0; i < 18; i++) {
        const char *const neuron = local_neurons[i % 3];
        sg_config *config =
            i % 2 ? skipping(&neuron, i)
                  : convolutions(i % 4 ? "conv1d" : "conv2d", i % GEOMETRIES, i % 4 ? "none" : "sum", neuron, i);
        const int last = i % 2 ? 3 : 2;
        char key[64];
        for (int l = 0; l < last; l++) {
            snprintf(key, sizeof key, "layers.%d.neuron.kind", l);
            set(config, key, neuron);
            snprintf(key, sizeof key, "layers.%d.delay.kind", l);
            set(config, key, "none");
        }
        snprintf(key, sizeof key, "layers.%d.neuron.kind", last);
        set(config, key, "li");
        snprintf(key, sizeof key, "layers.%d.delay.kind", last);
        set(config, key, "none");
        set(config, "loss.kind", local_losses[i / 2 % 3]);
        set(config, "rule", "decolle");
        set(config, "decolle.chunk", i % 2 ? "8" : "0");
        check(config);
    }
    assert_int_equal(checked + beyond - before, 18);
}

/* Numbers in the place of spikes, constant and as frames, for each way to compute the first layer. */
static void set_numbers(sg_config *config, const char *sequence) {
    set(config, "data.set", "mnist");
    set(config, "encoder.kind", "direct");
    set(config, "data.sequence", sequence);
}

static void numbers_by_neurons_by_links_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked;
    EACH(sequence, sequences)
    EACH(neuron, neurons)
    for (int link = 0; link < 4; link++)
        EACH(loss, losses) {
            bool membrane = strstr("mean_ce max_ce last_ce", *loss) != NULL;
            sg_config *config = two_layers(*neuron, surrogates[i++ % 8], membrane ? "li" : *neuron, *loss);
            add_link(config, link);
            set_numbers(config, *sequence);
            check(config);
        }
    assert_int_equal(checked - before, i);
}

static void numbers_by_convolutions(void **state) {
    (void)state;
    static const char *const kinds[] = {"conv2d", "conv1d", NULL}, *const pools[] = {"none", "avg", NULL};
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(sequence, sequences)
    EACH(kind, kinds)
    EACH(pool, pools)
    for (size_t g = 0; g < GEOMETRIES; g++, i++) {
        sg_config *config = convolutions(*kind, g, *pool, neurons[i % 5], i);
        set(config, "layers.0.delay.kind", "none");
        set_numbers(config, *sequence);
        check(config);
    }
    assert_int_equal(checked - before + beyond - beyond_before, i);
}

/* Three hidden layers of one shape, the first of which is added to the last or to the third, or both. */
static sg_config *skipping(const char *const *neuron, size_t i) {
    static const char *const added[] = {"none", "0", "0, 1", "1"};
    static const char *const read_out[] = {"li", "cuba_li"};
    const char *loss = losses[i % 6];
    bool membrane = strstr("mean_ce max_ce last_ce", loss) != NULL;
    sg_config *config = make();
    set(config, "steps", "14");
    for (int l = 0; l < 3; l++) {
        char key[64];
        snprintf(key, sizeof key, "layers.%d.size", l);
        set(config, key, "5");
        snprintf(key, sizeof key, "layers.%d.neuron.kind", l);
        set(config, key, l == 1 ? neurons[i % 5] : *neuron);
    }
    set(config, "layers.3.size", "3");
    set(config, "layers.all.neuron.tau_mem", "6 ms");
    set(config, "layers.all.neuron.tau_syn", "3 ms");
    set(config, "layers.all.neuron.tau_adapt", "9 ms");
    set(config, "layers.all.surrogate.kind", surrogates[1 + i % 7]);
    set(config, "layers.3.neuron.kind", membrane ? read_out[i % 2] : *neuron);
    set(config, "layers.2.link.add", i % 4 == 3 ? "none" : "0");
    set(config, "layers.3.link.add", added[(i + i / 4) % 4]);
    set(config, "loss.kind", loss);
    return config;
}

/* Four layers whose last two have links from earlier ones, too. */
static sg_config *weighted_skips(const char *const *neuron, size_t i) {
    static const char *const from[] = {"none", "0", "0, 1", "1"};
    sg_config *config = skipping(neuron, i);
    set(config, "layers.0.size", "4");
    set(config, "layers.1.size", "6");
    set(config, "layers.2.link.add", "none");
    set(config, "layers.3.link.add", "none");
    set(config, "layers.2.link.skip", i % 4 == 3 ? "none" : "0");
    set(config, "layers.3.link.skip", from[(i + i / 4) % 4]);
    return config;
}

static void weighted_skips_by_neurons_by_links_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(neuron, neurons)
    EACH(loss, losses)
    for (int link = 0; link < 4; link++, i++) {
        sg_config *config = weighted_skips(neuron, i);
        add_link(config, link);
        set(config, "layers.2.link.bias", switches[i % 2]);
        set(config, "layers.2.recurrent.from", i % 5 == 4 ? "own" : "none");
        if (i % 3 == 0)
            set_delays(config, 2 + (int)(i / 3 % 2));
        if (i % 7 == 1)
            set_sparse(config, 2, "0.5");
        if (i % 7 == 2)
            set_lags(config, 2, i);
        if (i % 6 == 5 && strcmp(*neuron, "alif") != 0 && strcmp(*neuron, "adlif") != 0) {
            set(config, "layers.0.recurrent.from", "none");
            set(config, "layers.0.neuron.max_spikes", "3");
        }
        if (i % 5 == 3) {
            set(config, "rule", "eprop");
            set(config, "eprop.feedback", "random");
        }
        check(config);
    }
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

/* Under rules that hold something of what comes in constant. */
static void weighted_skips_by_rules(void **state) {
    (void)state;
    static const char *const of[] = {"lif", "if"};
    size_t before = checked + beyond, i = 0;
    for (; i < 16; i++) {
        const char *neuron = of[i % 2];
        sg_config *config = weighted_skips(&neuron, i / 2);
        set(config, "layers.1.neuron.kind", of[i / 2 % 2]);
        set(config, "layers.all.neuron.reset", "subtract");
        if (i < 8) {
            set(config, "rule", "ottt");
        } else {
            set(config, "loss.kind", "mean_ce");
            set(config, "layers.3.neuron.kind", "li");
            set(config, "bptt.window", "4");
        }
        check(config);
    }
    assert_int_equal(checked + beyond - before, i);
}

static void feedback_by_skips(void **state) {
    (void)state;
    size_t before = checked + beyond;
    for (size_t i = 0; i < 20; i++) {
        sg_config *config = skipping(&neurons[i / 4 % 5], i);
        set(config, "rule", "eprop");
        set(config, "eprop.feedback", "random");
        check(config);
    }
    assert_int_equal(checked + beyond - before, 20);
}

static void skips_by_neurons_by_links_by_losses(void **state) {
    (void)state;
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(neuron, neurons)
    for (int link = 0; link < 4; link++)
        for (size_t turn = 0; turn < 12; turn++, i++) {
            sg_config *config = skipping(neuron, i);
            add_link(config, link);
            set(config, "layers.2.link.bias", switches[i % 2]);
            set(config, "layers.2.recurrent.from", i % 5 == 4 ? "own" : "none");
            if (i % 3 == 0)
                set_delays(config, 2 + (int)(i / 3 % 2));
            check(config);
        }
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 20 <= i);
}

/* Maps that keep their size, as in residual blocks, and what pools them. */
static void skips_by_convolutions(void **state) {
    (void)state;
    static const geometry same = {"3", "1", "1", "1", "1"};
    static const char *const kinds[] = {"conv2d", "conv1d", NULL}, *const pools[] = {"none", "sum", "avg", NULL};
    size_t i = 0, before = checked, beyond_before = beyond;
    EACH(kind, kinds)
    EACH(pool, pools)
    EACH(neuron, neurons) {
        sg_config *config = convolutions(*kind, 0, "none", *neuron, i);
        set_convolution(config, 0, *kind, &same);
        set_convolution(config, 1, *kind, &same);
        set(config, "layers.2.link.add", "0");
        set(config, "layers.2.link.pool", *pool);
        check(config);
        i++;
    }
    assert_int_equal(checked - before + beyond - beyond_before, i);
    assert_true((beyond - beyond_before) * 5 <= i);
}

static void all_were_there(void **state) {
    (void)state;
    printf("%zu combinations, one of %zu checked, %zu refused; %zu of %zu groups hidden by rounding\n", checked,
           one_of(), refused, hidden, groups);
    assert_true(checked > 5700 && refused > 50);
    assert_true(hidden * 6 < groups); /* of all a twelfth; parts and shares of them have more or less */
}

/* test_gradients [NAME]: the tests of that name, in which * stands for anything; all_were_there needs all. */
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neurons_by_orders_by_resets),
        cmocka_unit_test(neurons_by_links_by_surrogates_by_losses_by_resets),
        cmocka_unit_test(surrogates_by_cutoffs),
        cmocka_unit_test(links),
        cmocka_unit_test(read_outs_by_orders),
        cmocka_unit_test(trained_constants),
        cmocka_unit_test(slow_time_constants),
        cmocka_unit_test(floors_by_neurons_by_orders_by_resets),
        cmocka_unit_test(alphas_by_orders_by_resets_by_rules_by_links),
        cmocka_unit_test(slow_alphas),
        cmocka_unit_test(several_spikes_by_neurons_by_orders_by_surrogates),
        cmocka_unit_test(several_spikes_by_links),
        cmocka_unit_test(resonators_by_frequencies_by_rules_by_links),
        cmocka_unit_test(resonators_by_links),
        cmocka_unit_test(scale_refractoriness_and_regularisers),
        cmocka_unit_test(delays_by_neurons_by_losses),
        cmocka_unit_test(lags_by_neurons_by_losses_by_links),
        cmocka_unit_test(lags_above_maps_and_skips),
        cmocka_unit_test(sparse_links_by_neurons_by_losses_by_links),
        cmocka_unit_test(sparse_links_above_maps_and_skips_and_numbers),
        cmocka_unit_test(convolutions_by_pools_by_geometries),
        cmocka_unit_test(eprop_by_neurons_by_losses_by_links),
        cmocka_unit_test(eprop_forward_in_time),
        cmocka_unit_test(eventprop_order_by_losses_by_links_by_training),
        cmocka_unit_test(eventprop_by_losses_by_links),
        cmocka_unit_test(eventprop_by_delays),
        cmocka_unit_test(eventprop_by_convolutions),
        cmocka_unit_test(feedback_by_convolutions),
        cmocka_unit_test(step_losses_by_neurons_by_links_by_rules),
        cmocka_unit_test(windows_by_neurons_by_orders_by_links),
        cmocka_unit_test(windows_by_convolutions),
        cmocka_unit_test(norms_by_neurons_by_orders_by_links),
        cmocka_unit_test(norms_by_convolutions),
        cmocka_unit_test(norms_by_numbers),
        cmocka_unit_test(ottt_by_neurons_by_orders_by_losses),
        cmocka_unit_test(decolle_by_neurons_by_orders_by_losses),
        cmocka_unit_test(decolle_of_maps_and_skips),
        cmocka_unit_test(numbers_by_neurons_by_links_by_losses),
        cmocka_unit_test(numbers_by_convolutions),
        cmocka_unit_test(skips_by_neurons_by_links_by_losses),
        cmocka_unit_test(skips_by_convolutions),
        cmocka_unit_test(weighted_skips_by_neurons_by_links_by_losses),
        cmocka_unit_test(weighted_skips_by_rules),
        cmocka_unit_test(feedback_by_skips),
        cmocka_unit_test(response_by_rules_by_links_by_surrogates_by_losses),
        cmocka_unit_test(response_by_convolutions),
        cmocka_unit_test(losses_of_trains_by_neurons_by_rules),
        cmocka_unit_test(number_losses_by_neurons_by_links_by_rules),
        cmocka_unit_test(number_and_step_losses_by_other_rules),
        cmocka_unit_test(losses_of_trains_are_refused_by_eventprop),
        cmocka_unit_test(all_were_there),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

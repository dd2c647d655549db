/* Networks drawn at random from all that is legal: every kind, order, reset and loss, thresholds from 0.01 to 100, time
 * constants from 1.1 to 10 million steps. */
#ifndef TEST_DRAWN_NETWORK_H
#define TEST_DRAWN_NETWORK_H

#include "base/random.h"
#include "config/config.h"
#include "learn/rule.h"
#include "net/neuron.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A network being drawn: draw `next` of network number `number`. */
typedef struct drawn {
    sg_config *config;
    uint64_t number, next;
} drawn;

static double uniform(drawn *d) {
    return sg_random_uniform(d->number, 1, d->next++);
}

static bool chance(drawn *d, double probability) {
    return uniform(d) < probability;
}

/* Its logarithm is uniform. */
static double spread_over(drawn *d, double low, double high) {
    return low * pow(high / low, uniform(d));
}

static size_t below(drawn *d, size_t count) {
    return (size_t)(uniform(d) * (double)count);
}

static void set(drawn *d, const char *key, const char *value) {
    if (sg_config_set(d->config, key, value) != SG_OK)
        fail_msg("%s", sg_error_message());
}

static void set_number(drawn *d, const char *key, double value, const char *unit) {
    char text[64];
    snprintf(text, sizeof text, "%.7g%s", value, unit);
    set(d, key, text);
}

static void set_layer(drawn *d, size_t l, const char *key, const char *value) {
    char full[96];
    snprintf(full, sizeof full, "layers.%zu.%s", l, key);
    set(d, full, value);
}

static void set_layer_number(drawn *d, size_t l, const char *key, double value, const char *unit) {
    char text[64];
    snprintf(text, sizeof text, "%.7g%s", value, unit);
    set_layer(d, l, key, text);
}

#define ONE_OF(d, list) (list)[below(d, sizeof(list) / sizeof *(list))]

static void draw_switch(drawn *d, size_t l, const char *key, double probability) {
    set_layer(d, l, key, chance(d, probability) ? "true" : "false");
}

static void draw_surrogate(drawn *d, size_t l, double threshold) {
    static const char *const kinds[] = {"relu",     "fast_sigmoid", "sigmoid",  "arctan",
                                        "triangle", "boxcar",       "gaussian", "exponential"};
    set_layer(d, l, "surrogate.kind", ONE_OF(d, kinds));
    if (chance(d, 0.7))
        set_layer_number(d, l, "surrogate.k", spread_over(d, 0.2, 30) / threshold, "");
    if (chance(d, 0.7))
        set_layer_number(d, l, "surrogate.width", threshold * spread_over(d, 0.2, 5), "");
    if (chance(d, 0.7))
        set_layer_number(d, l, "surrogate.gain", spread_over(d, 0.1, 10), "");
}

/* Drawn from a stream of its own. */
static void draw_cutoff(drawn *d, size_t l, double threshold) {
    const double share = sg_random_uniform(d->number, 2, l);
    if (share < 0.3)
        set_layer_number(d, l, "surrogate.cutoff", threshold * 0.05 * pow(40, share / 0.3), "");
}

/* Trained delays of synapses for one layer of four, whose kernels are wide or narrow; of a stream of their own. */
static void draw_lags(drawn *d, size_t l, double dt) {
    const double share = sg_random_uniform(d->number, 4, 2 * l), sigma = sg_random_uniform(d->number, 4, 2 * l + 1);
    if (share > 0.25)
        return;
    set_layer(d, l, "delay.kind", "synaptic");
    set_layer(d, l, "delay.train", "true");
    set_layer(d, l, "delay.kernel", share < 0.15 ? "triangle" : "gauss");
    set_layer_number(d, l, "delay.high", 3 * dt, " ms");
    set_layer_number(d, l, "delay.most", 3 * dt, " ms");
    set_layer_number(d, l, "delay.unit", dt * (1 + share), " ms");
    set_layer_number(d, l, "delay.sigma", sigma < 0.3 ? 0 : sigma, "");
    set_layer(d, l, "delay.shrink", sigma > 0.8 ? "0" : "0.5");
}

/* Time constants, threshold and strengths, and which are trained or differ. */
static void draw_params(drawn *d, size_t l, double dt, double threshold) {
    static const char *const params[] = {"tau_mem", "tau_syn", "tau_adapt", "threshold", "adaptation", "coupling"};
    for (size_t i = 0; i < 3; i++) {
        char key[32];
        snprintf(key, sizeof key, "neuron.%s", params[i]);
        set_layer_number(d, l, key, dt * (chance(d, 0.5) ? spread_over(d, 1.1, 50) : spread_over(d, 1.1, 1e7)), " ms");
    }
    set_layer_number(d, l, "neuron.threshold", threshold, "");
    set_layer_number(d, l, "neuron.adaptation", threshold * spread_over(d, 0.01, 3), "");
    set_layer_number(d, l, "neuron.coupling", spread_over(d, 0.01, 3), "");
    for (size_t i = 0; i < sizeof params / sizeof *params; i++) {
        char key[48];
        snprintf(key, sizeof key, "neuron.train.%s", params[i]);
        draw_switch(d, l, key, 0.3);
        snprintf(key, sizeof key, "neuron.spread.%s", params[i]);
        set_layer(d, l, key, chance(d, 0.15) ? "0.4" : "0");
    }
}

/* Spike response neurons now and then, drawn from a stream of their own. */
static void draw_response(drawn *d, size_t l, double dt) {
    const double share = sg_random_uniform(d->number, 4, 3 * l);
    if (share > 0.15)
        return;
    set_layer(d, l, "neuron.kind", "srm");
    set_layer_number(d, l, "neuron.tau_syn", dt * 0.5 * pow(100, sg_random_uniform(d->number, 4, 3 * l + 1)), " ms");
    set_layer_number(d, l, "neuron.tau_ref", dt * 0.3 * pow(30, sg_random_uniform(d->number, 4, 3 * l + 2)), " ms");
    set_layer_number(d, l, "neuron.scale_ref", share < 0.02 ? 0 : 20 * share, "");
}

/* Neurons that fire several times in a step, which the orders drawn before may refuse. */
static void draw_several(drawn *d, size_t l) {
    static const char *const kinds[] = {"cuba_lif", "lif", "if"}, *const orders[] = {"notebook", "norse", "sinabs"};
    const double share = sg_random_uniform(d->number, 8, 2 * l + 1);
    set_layer(d, l, "neuron.kind", kinds[(size_t)(share * 3)]);
    set_layer(d, l, "neuron.order", orders[(size_t)(share * 9) % 3]);
    set_layer_number(d, l, "neuron.max_spikes", 2 + floor(fmod(share * 27, 1) * 6), "");
    set_layer(d, l, "surrogate.periodic", fmod(share * 81, 1) < 0.7 ? "true" : "false");
}

/* Resonators now and then, of a stream of their own. */
static void draw_resonance(drawn *d, size_t l, double dt) {
    const double share = sg_random_uniform(d->number, 9, 2 * l), turn = sg_random_uniform(d->number, 9, 2 * l + 1);
    if (share > 0.12)
        return;
    set_layer(d, l, "neuron.kind", "rf");
    set_layer_number(d, l, "neuron.frequency", 1000 / dt * 0.001 * pow(190, turn), "");
    set_layer(d, l, "neuron.train.frequency", share < 0.08 ? "true" : "false");
    set_layer(d, l, "neuron.spread.frequency", share > 0.06 ? "0.5" : "0");
}

static void draw_layer(drawn *d, size_t l, bool fires, double dt) {
    static const char *const firing[] = {"cuba_lif", "cuba_lif", "lif", "if", "alif", "adlif"};
    static const char *const read_outs[] = {"li", "cuba_li"};
    static const char *const orders[] = {"notebook", "notebook", "spytorch", "snntorch", "norse", "sinabs"};
    static const char *const resets[] = {"auto", "zero", "subtract", "none"};
    static const char *const integrations[] = {"exact", "euler"}, *const scales[] = {"none", "decay"};
    double threshold = chance(d, 0.3) ? 1 : spread_over(d, 0.01, 100);
    set_layer_number(d, l, "size", 2 + (double)below(d, 10), "");
    set_layer(d, l, "neuron.kind", fires ? ONE_OF(d, firing) : ONE_OF(d, read_outs));
    draw_params(d, l, dt, threshold);
    if (fires)
        draw_response(d, l, dt), draw_resonance(d, l, dt);
    draw_surrogate(d, l, threshold);
    draw_cutoff(d, l, threshold);
    set_layer(d, l, "neuron.order", ONE_OF(d, orders));
    if (sg_random_uniform(d->number, 5, l) < 0.15) /* of a stream of its own */
        set_layer(d, l, "neuron.order", "snntorch_no_delay");
    if (fires && sg_random_uniform(d->number, 6, 2 * l) < 0.15)
        set_layer_number(d, l, "neuron.floor", -threshold * sg_random_uniform(d->number, 6, 2 * l + 1), "");
    if (fires && sg_random_uniform(d->number, 8, 2 * l) < 0.3)
        draw_several(d, l);
    if (sg_random_uniform(d->number, 7, l) < 0.25)
        set_layer(d, l, "neuron.synapse", "alpha");
    set_layer(d, l, "neuron.reset", ONE_OF(d, resets));
    set_layer(d, l, "neuron.integration", ONE_OF(d, integrations));
    set_layer(d, l, "neuron.scale", ONE_OF(d, scales));
    draw_switch(d, l, "neuron.reset_gradient", 0.2);
    set_layer_number(d, l, "neuron.refractory", chance(d, 0.3) ? (double)below(d, 4) : 0, "");
    draw_switch(d, l, "link.bias", 0.3);
    draw_lags(d, l, dt);
    set_layer(d, l, "link.dropout", chance(d, 0.2) ? "0.3" : "0");
    set_layer(d, l, "recurrent.from", fires && chance(d, 0.35) ? "own" : "none");
    draw_switch(d, l, "recurrent.self", 0.5);
}

/* Links from earlier layers for one of four that may have some, of a stream of their own. */
static void draw_skips(drawn *d, size_t l) {
    const double share = sg_random_uniform(d->number, 10, l);
    if (l >= 2 && share < 0.25)
        set_layer(d, l, "link.skip", l == 2 ? "0" : share < 0.1 ? "0, 1" : "1");
}

/* A layer whose neurons are in the usual form, which have kernels of their own. */
static void make_plain(drawn *d, size_t l, bool fires) {
    static const char *const no[] = {"tau_mem",    "tau_syn",  "tau_adapt", "threshold",
                                     "adaptation", "coupling", "frequency"};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        char key[48];
        snprintf(key, sizeof key, "neuron.train.%s", no[i]);
        set_layer(d, l, key, "false");
        snprintf(key, sizeof key, "neuron.spread.%s", no[i]);
        set_layer(d, l, key, "0");
    }
    set_layer(d, l, "neuron.kind", fires ? "cuba_lif" : "li");
    set_layer(d, l, "neuron.order", "notebook");
    set_layer(d, l, "neuron.reset", "zero");
    set_layer(d, l, "neuron.scale", "none");
    set_layer(d, l, "neuron.reset_gradient", "false");
    set_layer(d, l, "neuron.refractory", "0");
    set_layer(d, l, "neuron.floor", "0");
    set_layer(d, l, "neuron.synapse", "exponential");
    set_layer(d, l, "neuron.max_spikes", "1");
    set_layer(d, l, "recurrent.from", "none");
}

/* e-prop for one of four, drawn from a stream of its own. It holds resets constant, and reaches lower layers by random
 * feedback alone. Half of them are forward in time, where that is defined. */
static void draw_rule(drawn *d, size_t layers) {
    if (sg_random_uniform(d->number, 3, 0) > 0.25)
        return;
    set(d, "rule", "eprop");
    set(d, "eprop.feedback", layers > 2 || sg_random_uniform(d->number, 3, 1) < 0.5 ? "random" : "symmetric");
    for (size_t l = 0; l < layers; l++)
        set_layer(d, l, "neuron.reset_gradient", "false");
    if (sg_random_uniform(d->number, 3, 2) > 0.5)
        return;
    set(d, "eprop.form", "online");
    if (sg_config_check(d->config) != SG_OK)
        set(d, "eprop.form", "backward");
}

/* SLAYER, or EXODUS, where a draw has given all layers that fire its neurons. */
static void draw_slayer(drawn *d, size_t layers) {
    const double share = sg_random_uniform(d->number, 4, 100);
    for (size_t l = 0; l < layers; l++) {
        const sg_neuron_kind *kind = sg_neuron_at(d->config->network.layers[l].neuron);
        if (kind->spiking && !kind->response)
            return;
    }
    if (share > 0.7)
        return;
    set(d, "rule", "slayer");
    set(d, "slayer.exact_reset", share < 0.2 ? "true" : "false");
}

static void draw_network(drawn *d) {
    static const char *const losses[] = {"spike_count_mse", "count_ce", "mean_ce", "max_ce", "last_ce", "ttfs_ce"};
    const size_t layers = 1 + below(d, 4), loss = below(d, sizeof losses / sizeof *losses);
    bool membrane = strstr("mean_ce max_ce last_ce", losses[loss]) != NULL;
    double dt = chance(d, 0.5) ? 1 : spread_over(d, 0.01, 10);
    set_number(d, "dt", dt, " ms");
    set_number(d, "steps", 4 + (double)below(d, 50), "");
    for (size_t l = 0; l < layers; l++) {
        bool fires = l + 1 < layers || !membrane;
        draw_layer(d, l, fires, dt);
        if (chance(d, 0.3))
            make_plain(d, l, fires);
        draw_skips(d, l);
    }
    draw_rule(d, layers);
    draw_slayer(d, layers);
    set(d, "loss.kind", losses[loss]);
    if (strcmp(losses[loss], "mean_ce") == 0 && sg_random_uniform(d->number, 3, 2) < 0.5)
        set(d, "loss.kind", "step_ce");
    if (loss > 0 && chance(d, 0.5))
        set_number(d, "loss.scale", spread_over(d, 0.1, 10), "");
    if (loss > 0 && chance(d, 0.5))
        set_number(d, "loss.label_smoothing", 0.5 * uniform(d), "");
    if (chance(d, 0.3)) {
        set_number(d, "regularise.upper", spread_over(d, 0.01, 1), "");
        set_number(d, "regularise.upper_rate", 5 * uniform(d), "");
    }
    if (chance(d, 0.3)) {
        set_number(d, "regularise.lower", spread_over(d, 0.01, 1), "");
        set_number(d, "regularise.lower_rate", 5 * uniform(d), "");
    }
}

/* The layer becomes a convolution of this kind. Its stride may take one of the halvings that are left, so that the map
 * of the input stays small. */
static void draw_convolution(drawn *d, size_t l, const char *kind, size_t channels, size_t *halvings) {
    const bool strides = *halvings > 0 && chance(d, 0.3), dilates = chance(d, 0.2);
    *halvings -= strides;
    set_layer(d, l, "link.kind", kind);
    set_layer_number(d, l, "link.channels", (double)channels, "");
    set_layer_number(d, l, "link.kernel", 1 + (double)below(d, dilates ? 2 : 3), "");
    set_layer(d, l, "link.stride", strides ? "2" : "1");
    set_layer_number(d, l, "link.padding", (double)below(d, 3), "");
    set_layer(d, l, "link.dilation", dilates ? "2" : "1");
    set_layer(d, l, "link.groups", channels == 4 && chance(d, 0.6) ? "2" : "1");
    set_layer(d, l, "recurrent.from", "none");
    set_layer(d, l, "delay.kind", "none");
    set_layer(d, l, "link.skip", "none");
}

static void draw_pool(drawn *d, size_t l, size_t *halvings) {
    static const char *const pools[] = {"sum", "avg", "max"};
    const bool pools_here = *halvings > 0 && chance(d, 0.5);
    *halvings -= pools_here;
    set_layer(d, l, "link.pool", pools_here ? ONE_OF(d, pools) : "none");
}

/* The first layers become convolutions, one at least; a pool may be before each layer above them. */
static void draw_maps(drawn *d) {
    static const char *const params[] = {"tau_mem",    "tau_syn",  "tau_adapt", "threshold",
                                         "adaptation", "coupling", "frequency"};
    const size_t layers = d->config->network.layer_count, maps = layers > 1 ? 1 + below(d, layers - 1) : 0;
    const char *kind = chance(d, 0.6) ? "conv2d" : "conv1d";
    const size_t channels = chance(d, 0.3) ? 4 : 1 + below(d, 3);
    size_t halvings = strcmp(kind, "conv2d") == 0 ? 1 : 2;
    for (size_t l = 0; l < maps; l++) {
        draw_convolution(d, l, kind, channels, &halvings);
        for (size_t i = 0; i < sizeof params / sizeof *params; i++) {
            char key[48];
            snprintf(key, sizeof key, "neuron.train.%s", params[i]);
            set_layer(d, l, key, "false");
            snprintf(key, sizeof key, "neuron.spread.%s", params[i]);
            set_layer(d, l, key, "0");
        }
        draw_pool(d, l + 1, &halvings);
        for (size_t above = l + 2; above < layers; above++) /* spikes of a map have places */
            set_layer(d, above, "link.skip", "none");
    }
}

/* A window for one of six, of a number of its own, where the network may have one. */
static void draw_window(drawn *d) {
    const double share = sg_random_uniform(d->number, 3, 0);
    if (share < 0.84)
        return;
    set_number(d, "bptt.window", 1 + floor(40 * (share - 0.84)), "");
    if (sg_config_check(d->config) != SG_OK)
        set(d, "bptt.window", "0");
}

/* DECOLLE for one of ten that bptt was drawn for, of a number of its own, with neurons and a loss that it is defined
 * for.
 */
static void draw_local(drawn *d) {
    static const char *const losses[] = {"step_ce", "step_mse", "step_bce"}, *const neurons[] = {"lif", "cuba_lif",
                                                                                                 "if"};
    const double share = sg_random_uniform(d->number, 3, 0);
    const sg_config before = *d->config;
    const size_t layers = before.network.layer_count;
    if (share < 0.25 || share > 0.35 || before.learn.rule != sg_kind_find(sg_rule_kinds, "bptt"))
        return;
    set(d, "rule", "decolle");
    set(d, "loss.kind", losses[(size_t)(3 * sg_random_uniform(d->number, 7, 0))]);
    set_number(d, "decolle.scale", 0.2 + 2 * sg_random_uniform(d->number, 7, 1), "");
    set(d, "decolle.chunk", sg_random_uniform(d->number, 7, 2) < 0.3 ? "0" : "256");
    for (size_t l = 0; l < layers; l++) {
        set_layer(d, l, "neuron.reset_gradient", "false");
        set_layer(d, l, "delay.kind", "none");
        set_layer(d, l, "neuron.kind", l + 1 < layers ? neurons[(d->number + l) % 3] : "li");
    }
    sg_config_reset_useless(d->config);
    if (sg_config_check(d->config) != SG_OK)
        *d->config = before;
}

static drawn *draw_until_legal(uint64_t number, bool maps) {
    drawn *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->number = number;
    do {
        sg_config_free(d->config);
        assert_int_equal(sg_config_create(&d->config), SG_OK);
        draw_network(d);
        if (maps)
            draw_maps(d);
        sg_config_reset_useless(d->config);
        draw_window(d);
    } while ((maps && d->config->network.layer_count == 1) || sg_config_check(d->config) != SG_OK);
    draw_local(d);
    return d;
}

/* Network `number`: the first of its draws that is legal. */
static drawn *draw(uint64_t number) {
    return draw_until_legal(number, false);
}

/* The same of networks with convolutions. */
static drawn *draw_convolutional(uint64_t number) {
    return draw_until_legal(number, true);
}

/* The same network under EventProp: of its order, without what that has not. Its gains fall with the time constants, so
 * that these are not as long: a small network must fire. */
static drawn *draw_in_time(uint64_t number) {
    static const char *const losses[] = {"mean_ce", "weighted_ce", "max_ce", "last_ce", "ttfs_ce"};
    static const char *const guards[] = {"0", "0.2", "1"};
    drawn *d = draw(number);
    const size_t layers = d->config->network.layer_count, loss = number % 5;
    for (size_t l = 0; l < layers; l++) {
        bool fires = l + 1 < layers || loss == 4;
        make_plain(d, l, fires);
        set_layer(d, l, "link.skip", "none");
        set_layer(d, l, "neuron.kind", fires ? "cuba_lif" : "cuba_li");
        set_layer(d, l, "neuron.order", "eventprop");
        set_layer(d, l, "neuron.integration", "exact");
        if (d->config->network.layers[l].delay == SG_DELAY_AXONAL)
            set_layer(d, l, "delay.kind", "none");
        set_layer_number(d, l, "neuron.tau_mem", d->config->network.dt_ms * spread_over(d, 1.5, 60), " ms");
        set_layer_number(d, l, "neuron.tau_syn", d->config->network.dt_ms * spread_over(d, 1.5, 60), " ms");
        set_layer(d, l, "recurrent.from", fires && chance(d, 0.35) ? "own" : "none");
    }
    set(d, "rule", "eventprop");
    set(d, "eventprop.guard", ONE_OF(d, guards));
    set(d, "loss.kind", losses[loss]);
    sg_config_reset_useless(d->config);
    if (sg_config_check(d->config) != SG_OK) /* kinks are of plain dense links */
        set(d, "eventprop.kink", "false");
    return d;
}

static void drop(drawn *d) {
    sg_config_free(d->config);
    free(d);
}

#endif

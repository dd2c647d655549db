#include "net/neuron.h"

#include "base/exact.h"
#include "net/dial.h"

#include <string.h>

static const sg_neuron_kind table[] = {
    {"cuba_lif", .spiking = true, .synapse = true, .leaks = true},
    {"lif", .spiking = true, .leaks = true},
    {"if", .spiking = true},
    {"alif", .spiking = true, .leaks = true, .adaptation = SG_ADAPTS_THRESHOLD},
    {"adlif", .spiking = true, .leaks = true, .adaptation = SG_ADAPTS_CURRENT},
    {"li", .leaks = true},
    {"cuba_li", .synapse = true, .leaks = true},
};

enum { COUNT = sizeof table / sizeof *table };

const char *sg_neuron_name(int i) {
    return i >= 0 && i < COUNT ? table[i].name : NULL;
}

const sg_neuron_kind *sg_neuron_at(int i) {
    return &table[i];
}

double sg_decay(int integration, double dt_ms, double tau_ms) {
    return integration == SG_INTEGRATE_EULER ? 1 - dt_ms / tau_ms : sg_exp(-dt_ms / tau_ms);
}

int sg_layer_integration(const sg_layer_config *config) {
    return config->order == SG_ORDER_NORSE ? SG_INTEGRATE_EULER : config->integration;
}

int sg_layer_reset(const sg_layer_config *config) {
    if (config->reset != SG_RESET_AUTO)
        return config->reset;
    bool subtracts = config->order == SG_ORDER_SNNTORCH || config->order == SG_ORDER_SINABS;
    return subtracts ? SG_RESET_SUBTRACT : SG_RESET_ZERO;
}

bool sg_layer_is_late(const sg_layer_config *config) {
    return config->order == SG_ORDER_SPYTORCH || config->order == SG_ORDER_SNNTORCH;
}

double sg_layer_unit(const sg_layer_config *config) {
    bool by_threshold = config->units == SG_UNITS_THRESHOLD && sg_neuron_at(config->neuron)->spiking;
    return by_threshold ? config->dial[SG_DIAL_THRESHOLD] : 1;
}

/* Whether the membrane takes 1 - beta of its input. */
static bool is_scaled(const sg_neuron *neuron) {
    const sg_layer_config *c = &neuron->config;
    return neuron->kind->leaks &&
           (c->scale == SG_SCALE_DECAY || c->order == SG_ORDER_NORSE || c->order == SG_ORDER_SINABS);
}

/* Whether the input decays with the current that it enters. */
static bool is_driven_by_alpha(const sg_neuron *neuron) {
    return neuron->kind->synapse && neuron->config.order == SG_ORDER_SINABS;
}

/* spytorch fires before the input of the step has come to the membrane. */
static uint32_t delay_of(const sg_neuron *neuron) {
    if (neuron->config.order != SG_ORDER_SPYTORCH)
        return 0;
    return neuron->kind->synapse ? 2 : 1;
}

static bool has_any_raw(const sg_layer_config *config) {
    for (int dial = 0; dial < SG_DIALS; dial++)
        if (sg_layer_has_raw(config, (sg_dial)dial))
            return true;
    return false;
}

static bool is_usual(const sg_neuron *neuron) {
    const sg_spiking *s = &neuron->spiking;
    if (s->late || s->delay || s->refractory || s->reset_gradient || s->adapts || is_scaled(neuron) ||
        is_driven_by_alpha(neuron) || has_any_raw(&neuron->config))
        return false;
    bool zero = sg_layer_reset(&neuron->config) == SG_RESET_ZERO;
    return s->fires ? neuron->kind->synapse && neuron->kind->leaks && zero : !neuron->kind->synapse;
}

sg_neuron sg_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate, float *constants,
                         size_t stride) {
    sg_neuron neuron = {.kind = sg_neuron_at(config->neuron),
                        .config = *config,
                        .dt_ms = dt_ms,
                        .constants = constants,
                        .values = constants ? constants + SG_NEURON_CONSTANTS * stride : NULL};
    neuron.spiking = (sg_spiking){
        .constants = constants,
        .surrogate = surrogate,
        .fires = neuron.kind->spiking,
        .late = neuron.kind->spiking && sg_layer_is_late(config),
        .refractory = neuron.kind->spiking ? (uint32_t)config->refractory : 0,
        .delay = delay_of(&neuron),
        .adapts = neuron.kind->adaptation != SG_ADAPTS_NOT,
        .reset_gradient = neuron.kind->spiking && config->reset_gradient,
    };
    neuron.usual = is_usual(&neuron);
    return neuron;
}

/* The values of all dials of one neuron: decays in the place of times. */
static void values_of(const sg_neuron *neuron, const float *const raw[SG_DIALS], size_t n, double value[SG_DIALS]) {
    for (int dial = 0; dial < SG_DIALS; dial++)
        value[dial] = raw[dial] ? sg_dial_from_raw((sg_dial)dial, raw[dial][n])
                                : sg_dial_value(&neuron->config, (sg_dial)dial, neuron->dt_ms);
}

static void constants_of(const sg_neuron *neuron, const double value[SG_DIALS], double c[SG_NEURON_CONSTANTS]) {
    const sg_neuron_kind *kind = neuron->kind;
    int reset = sg_layer_reset(&neuron->config);
    double theta = kind->spiking ? value[SG_DIAL_THRESHOLD] : 0, rho = value[SG_DIAL_TAU_ADAPT];
    memset(c, 0, SG_NEURON_CONSTANTS * sizeof *c);
    c[SG_ALPHA] = kind->synapse ? value[SG_DIAL_TAU_SYN] : 0;
    c[SG_DRIVE] = is_driven_by_alpha(neuron) ? c[SG_ALPHA] : 1;
    c[SG_BETA] = kind->leaks ? value[SG_DIAL_TAU_MEM] : 1;
    c[SG_GAIN] = is_scaled(neuron) ? 1 - c[SG_BETA] : 1;
    c[SG_THETA] = theta;
    c[SG_RESET_SHARE] = kind->spiking && reset == SG_RESET_ZERO;
    c[SG_RESET_AMOUNT] = reset == SG_RESET_SUBTRACT ? theta : 0;
    if (kind->adaptation == SG_ADAPTS_NOT)
        return;
    bool by_threshold = kind->adaptation == SG_ADAPTS_THRESHOLD;
    c[SG_RHO] = rho;
    c[SG_FROM_MEMBRANE] = by_threshold ? 0 : (1 - rho) * value[SG_DIAL_COUPLING];
    c[SG_FROM_SPIKE] = by_threshold ? 1 : (1 - rho) * value[SG_DIAL_ADAPTATION];
    c[SG_TO_THRESHOLD] = by_threshold ? value[SG_DIAL_ADAPTATION] : 0;
    c[SG_TO_CURRENT] = by_threshold ? 0 : 1;
}

void sg_neuron_prepare(const sg_neuron *neuron, const float *const raw[SG_DIALS], size_t stride) {
    for (size_t n = 0; n < stride; n++) {
        double value[SG_DIALS], c[SG_NEURON_CONSTANTS];
        values_of(neuron, raw, n, value);
        constants_of(neuron, value, c);
        for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
            neuron->constants[row * stride + n] = (float)c[row];
        for (size_t dial = 0; dial < SG_DIALS; dial++)
            neuron->values[dial * stride + n] = (float)value[dial];
    }
}

sg_cuba_lif sg_neuron_cuba_lif(const sg_neuron *neuron, size_t stride) {
    const float *c = neuron->constants;
    return (sg_cuba_lif){c[SG_ALPHA * stride], c[SG_BETA * stride], c[SG_THETA * stride]};
}

/* d loss / d value, from the gradients by the constants that are made of it; the mirror of constants_of. */
static void by_values(const sg_neuron *neuron, const double value[SG_DIALS], const double sum[SG_NEURON_CONSTANTS],
                      double by[SG_DIALS]) {
    bool by_threshold = neuron->kind->adaptation == SG_ADAPTS_THRESHOLD;
    double rho = value[SG_DIAL_TAU_ADAPT];
    by[SG_DIAL_TAU_SYN] = is_driven_by_alpha(neuron) ? sum[SG_DRIVE] / value[SG_DIAL_TAU_SYN] : sum[SG_ALPHA];
    by[SG_DIAL_TAU_MEM] = sum[SG_BETA] - (is_scaled(neuron) ? sum[SG_GAIN] : 0);
    by[SG_DIAL_THRESHOLD] =
        sum[SG_THETA] + (sg_layer_reset(&neuron->config) == SG_RESET_SUBTRACT ? sum[SG_RESET_AMOUNT] : 0);
    by[SG_DIAL_ADAPTATION] = by_threshold ? sum[SG_TO_THRESHOLD] : (1 - rho) * sum[SG_FROM_SPIKE];
    by[SG_DIAL_COUPLING] = (1 - rho) * sum[SG_FROM_MEMBRANE];
    by[SG_DIAL_TAU_ADAPT] = sum[SG_RHO];
    if (!by_threshold)
        by[SG_DIAL_TAU_ADAPT] -=
            value[SG_DIAL_COUPLING] * sum[SG_FROM_MEMBRANE] + value[SG_DIAL_ADAPTATION] * sum[SG_FROM_SPIKE];
}

void sg_neuron_add_gradient(const sg_neuron *neuron, float *const raw_gradient[SG_DIALS], const float *sums,
                            size_t stride) {
    for (size_t n = 0; n < stride; n++) {
        double value[SG_DIALS], sum[SG_NEURON_CONSTANTS], by[SG_DIALS];
        for (size_t dial = 0; dial < SG_DIALS; dial++)
            value[dial] = neuron->values[dial * stride + n];
        for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
            sum[row] = sums[row * stride + n];
        by_values(neuron, value, sum, by);
        for (int dial = 0; dial < SG_DIALS; dial++)
            if (raw_gradient[dial])
                raw_gradient[dial][n] += (float)(by[dial] * sg_dial_slope((sg_dial)dial, value[dial]));
    }
}

#include "net/neuron.h"

#include "base/exact.h"
#include "net/neuron_param.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const sg_neuron_kind cuba_lif_neuron = {
    .head = {"cuba_lif", "leaky integrate-and-fire with a synaptic current (current-based)"},
    .spiking = true,
    .synapse = true,
    .leaks = true,
};
static const sg_neuron_kind lif_neuron = {
    .head = {"lif", "leaky integrate-and-fire, whose input goes straight to the membrane"},
    .spiking = true,
    .leaks = true,
};
static const sg_neuron_kind if_neuron = {
    .head = {"if", "integrate-and-fire without a leak"},
    .spiking = true,
};
static const sg_neuron_kind alif_neuron = {
    .head = {"alif", "lif whose threshold rises with its own spikes"},
    .spiking = true,
    .leaks = true,
    .adaptation = SG_ADAPTS_THRESHOLD,
};
static const sg_neuron_kind adlif_neuron = {
    .head = {"adlif", "lif with an adaptation current, driven by its spikes and its membrane"},
    .spiking = true,
    .leaks = true,
    .adaptation = SG_ADAPTS_CURRENT,
};
static const sg_neuron_kind srm_neuron = {
    .head = {"srm", "spike response model: potentials are alpha functions of input spikes and of its own (SLAYER)"},
    .spiking = true,
    .response = true,
};
static const sg_neuron_kind rf_neuron = {
    .head = {"rf", "resonate-and-fire, whose membrane is the real part of an oscillation that decays"},
    .spiking = true,
    .leaks = true,
    .resonates = true,
};
static const sg_neuron_kind li_neuron = {
    .head = {"li", "leaky integrator: a read-out that never fires, for the last layer"},
    .leaks = true,
};
static const sg_neuron_kind cuba_li_neuron = {
    .head = {"cuba_li", "leaky integrator with a synaptic current, likewise"},
    .synapse = true,
    .leaks = true,
};

SG_KINDS_DEFINE(sg_neuron, sg_neuron_kind, &cuba_lif_neuron, &lif_neuron, &if_neuron, &alif_neuron, &adlif_neuron,
                &srm_neuron, &rf_neuron, &li_neuron, &cuba_li_neuron)

/* Kinds that have no order take that of the notebook. */
static int order_of(const sg_layer_config *config) {
    return sg_neuron_at(config->neuron)->resonates ? SG_ORDER_NOTEBOOK : config->order;
}

int sg_layer_integration(const sg_layer_config *config) {
    return order_of(config) == SG_ORDER_NORSE ? SG_INTEGRATE_EULER : config->integration;
}

int sg_layer_reset(const sg_layer_config *config) {
    if (config->reset != SG_RESET_AUTO)
        return config->reset;
    bool subtracts = order_of(config) == SG_ORDER_SNNTORCH || order_of(config) == SG_ORDER_SNNTORCH_NO_DELAY ||
                     order_of(config) == SG_ORDER_SINABS || sg_layer_most_spikes(config) > 1 ||
                     sg_neuron_at(config->neuron)->resonates;
    return subtracts ? SG_RESET_SUBTRACT : SG_RESET_ZERO;
}

bool sg_layer_is_late(const sg_layer_config *config) {
    return order_of(config) == SG_ORDER_SPYTORCH || order_of(config) == SG_ORDER_SNNTORCH;
}

bool sg_layer_waits(const sg_layer_config *config) {
    return sg_neuron_at(config->neuron)->response || order_of(config) == SG_ORDER_SPYTORCH ||
           order_of(config) == SG_ORDER_EVENTPROP;
}

size_t sg_layer_most_spikes(const sg_layer_config *config) {
    const sg_neuron_kind *kind = sg_neuron_at(config->neuron);
    bool repeats = kind->spiking && !kind->response && !kind->resonates && kind->adaptation == SG_ADAPTS_NOT;
    return repeats && config->max_spikes > 1 ? (size_t)config->max_spikes : 1;
}

bool sg_layer_rises(const sg_layer_config *config) {
    return config->synapse == SG_SYNAPSE_ALPHA && sg_neuron_at(config->neuron)->synapse;
}

double sg_layer_unit(const sg_layer_config *config) {
    bool by_threshold = config->units == SG_UNITS_THRESHOLD && sg_neuron_at(config->neuron)->spiking;
    return by_threshold ? config->param[SG_PARAM_THRESHOLD] : 1;
}

/* Whether the membrane takes 1 - beta of its input. */
static bool is_scaled(const sg_neuron *neuron) {
    const sg_layer_config *c = &neuron->config;
    return neuron->kind->leaks && !neuron->kind->resonates &&
           (c->scale == SG_SCALE_DECAY || order_of(c) == SG_ORDER_NORSE || order_of(c) == SG_ORDER_SINABS);
}

/* Whether the input decays with the current that it enters. */
static bool is_driven_by_alpha(const sg_neuron *neuron) {
    return neuron->kind->synapse && order_of(&neuron->config) == SG_ORDER_SINABS;
}

/* Only what subtraction leaves can be above threshold: with another reset the order is the notebook's. */
static bool raises_threshold(const sg_neuron *neuron) {
    return neuron->kind->spiking && order_of(&neuron->config) == SG_ORDER_SNNTORCH_NO_DELAY &&
           sg_layer_reset(&neuron->config) == SG_RESET_SUBTRACT;
}

/* spytorch fires before the input of the step has come to the membrane; eventprop before it has come to the current. */
static uint32_t delay_of(const sg_neuron *neuron) {
    if (order_of(&neuron->config) == SG_ORDER_EVENTPROP)
        return 1;
    if (order_of(&neuron->config) != SG_ORDER_SPYTORCH)
        return 0;
    return neuron->kind->synapse ? 2 : 1;
}

/* --- order eventprop: the membrane takes all that a current, which decays meanwhile, brings it within a step --- */

/* The logarithm of a decay, which keeps its digits where the decay is nearly 1 (Kahan). */
static double log_of_decay(sg_neuron_param_value decay) {
    static const double LEAST = 1e-300;
    double value = 1 - decay.rest;
    if (value == 1)
        return -decay.rest;
    return value < LEAST ? sg_log(LEAST) : sg_log(value) * decay.rest / (1 - value);
}

/* (exp(d) - 1) / d and its derivative. */
static double flow_of(double d) {
    return d == 0 ? 1 : sg_expm1(d) / d;
}
static double flow_slope(double d) {
    static const double SMALL = 1e-3; /* below it the series is exact to 15 digits, and the quotient is not */
    if (fabs(d) < SMALL)
        return 0.5 + d * (1.0 / 3 + d * (1.0 / 8 + d * (1.0 / 30 + d / 144)));
    return (sg_exp(d) - flow_of(d)) / d;
}

/* What a current of 1 adds to the membrane in a step, tau_syn / (tau_mem - tau_syn) (beta - alpha); with a, b the
 * logarithms of alpha, beta that is -b beta (exp(a - b) - 1) / (a - b), whose limit where they are equal is finite. */
static double current_gain(const sg_neuron_param_value param[SG_NEURON_PARAMS]) {
    double a = log_of_decay(param[SG_PARAM_TAU_SYN]), b = log_of_decay(param[SG_PARAM_TAU_MEM]);
    return -b * param[SG_PARAM_TAU_MEM].value * flow_of(a - b);
}

/* The gradient by alpha and beta += `by_gain` times that of the gain. */
static void add_current_gain(const sg_neuron_param_value param[SG_NEURON_PARAMS], double by_gain,
                             double by[SG_NEURON_PARAMS]) {
    double alpha = param[SG_PARAM_TAU_SYN].value, beta = param[SG_PARAM_TAU_MEM].value;
    double a = log_of_decay(param[SG_PARAM_TAU_SYN]), b = log_of_decay(param[SG_PARAM_TAU_MEM]);
    double flow = flow_of(a - b), slope = flow_slope(a - b);
    by[SG_PARAM_TAU_SYN] += alpha > 0 ? by_gain * -b * beta * slope / alpha : 0;
    by[SG_PARAM_TAU_MEM] += by_gain * (b * slope - (1 + b) * flow);
}

/* --- alpha synapses: what h adds to the current --- */

/* e (dt / tau) alpha, with which a current of samples of (t / tau) exp(1 - t / tau) has its top at 1. */
static double rise_gain(const sg_neuron *neuron, sg_neuron_param_value decay) {
    bool euler = sg_layer_integration(&neuron->config) == SG_INTEGRATE_EULER;
    return sg_exp(1) * decay.value * (euler ? decay.rest : -log_of_decay(decay));
}

/* Its derivative by alpha. */
static double rise_slope(const sg_neuron *neuron, sg_neuron_param_value decay) {
    bool euler = sg_layer_integration(&neuron->config) == SG_INTEGRATE_EULER;
    return sg_exp(1) * (euler ? decay.rest - decay.value : -log_of_decay(decay) - 1);
}

static bool has_any_raw(const sg_layer_config *config) {
    for (int param = 0; param < SG_NEURON_PARAMS; param++)
        if (sg_layer_has_raw(config, (sg_neuron_param)param))
            return true;
    return false;
}

bool sg_neuron_is_plain(const sg_neuron *neuron) {
    const sg_general_neuron *s = &neuron->spiking;
    if (s->rises || s->most > 1 || s->late || s->delay || s->refractory || s->floor < 0 || s->reset_gradient ||
        s->raises || s->adapts || is_scaled(neuron) || is_driven_by_alpha(neuron) || has_any_raw(&neuron->config))
        return false;
    bool zero = sg_layer_reset(&neuron->config) == SG_RESET_ZERO;
    return s->fires ? neuron->kind->synapse && neuron->kind->leaks && zero : !neuron->kind->synapse;
}

sg_neuron sg_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate, float *constants) {
    sg_neuron neuron = {.kind = sg_neuron_at(config->neuron),
                        .config = *config,
                        .dt_ms = dt_ms,
                        .constants = constants};
    neuron.spiking = (sg_general_neuron){
        .constants = constants,
        .surrogate = surrogate,
        .fires = neuron.kind->spiking,
        .late = neuron.kind->spiking && sg_layer_is_late(config),
        .refractory = neuron.kind->spiking ? (uint32_t)config->refractory : 0,
        .floor = neuron.kind->spiking && !neuron.kind->resonates ? (float)config->floor : 0,
        .delay = delay_of(&neuron),
        .most = (uint32_t)sg_layer_most_spikes(config),
        .periodic = config->periodic && sg_layer_most_spikes(config) > 1,
        .rises = sg_layer_rises(config),
        .adapts = neuron.kind->adaptation != SG_ADAPTS_NOT || neuron.kind->resonates,
        .resets_adaptation = neuron.kind->resonates,
        .reset_gradient = neuron.kind->spiking && config->reset_gradient,
        .raises = raises_threshold(&neuron),
    };
    return neuron;
}

/* Where the raw number of a neuron is in its row. */
static size_t place_of(const sg_neuron *neuron, size_t n) {
    return neuron->config.shared ? 0 : n;
}

/* Puts what neuron n has of its own in the place of what the layer is configured to have. */
static void take_raw(const float *const raw[SG_NEURON_PARAMS], size_t n,
                     sg_neuron_param_value param[SG_NEURON_PARAMS]) {
    for (int d = 0; d < SG_NEURON_PARAMS; d++)
        if (raw[d])
            param[d] = sg_neuron_param_from_raw((sg_neuron_param)d, raw[d][n]);
}

/* The decay of a kernel's states in a step, and its gain: e dt / tau, by which an alpha function has its top at 1. */
static double alpha_decay(double tau_ms, double dt_ms) {
    return sg_exp(-dt_ms / tau_ms);
}
static double alpha_gain(double tau_ms, double dt_ms) {
    return sg_exp(1) * dt_ms / tau_ms;
}

sg_srm sg_neuron_srm(const sg_neuron *neuron) {
    const sg_layer_config *c = &neuron->config;
    double tau = c->param[SG_PARAM_TAU_SYN], theta = c->param[SG_PARAM_THRESHOLD];
    return (sg_srm){
        .decay = (float)alpha_decay(tau, neuron->dt_ms),
        .gain = (float)alpha_gain(tau, neuron->dt_ms),
        .refractory_decay = (float)alpha_decay(c->tau_ref, neuron->dt_ms),
        .refractory_gain = (float)(c->scale_ref * theta * alpha_gain(c->tau_ref, neuron->dt_ms)),
        .theta = (float)theta,
    };
}

/* The larger root of z^2 - c (2 - sigma K) z + c^2: of the recursion that the two states are. */
double sg_srm_growth(const sg_srm *srm, double sigma) {
    double half = srm->refractory_decay * fabs(2 - sigma * srm->refractory_gain) / 2;
    double square = half * half - (double)srm->refractory_decay * srm->refractory_decay;
    return square > 0 ? half + sqrt(square) : srm->refractory_decay;
}

/* The potential of srm after one spike is that of a current and a membrane which decay alike, a step earlier. Initial
 * weights go by it (fluctuation); its kernels have constants of their own. */
static void response_constants(const sg_neuron *neuron, double c[SG_NEURON_CONSTANTS]) {
    double tau = neuron->config.param[SG_PARAM_TAU_SYN], decay = alpha_decay(tau, neuron->dt_ms);
    c[SG_ALPHA] = c[SG_BETA] = decay;
    c[SG_INPUT_GAIN] = 1;
    c[SG_MEMBRANE_GAIN] = decay * alpha_gain(tau, neuron->dt_ms);
    c[SG_THETA] = neuron->config.param[SG_PARAM_THRESHOLD];
}

/* The turn z = beta exp(i phi) z + x of rf, whose real part is y, by the state a = Im z + tan(phi) Re z: from those of
 * the step before it makes y = (beta / cos(phi)) v - beta sin(phi) a + x, and a = beta cos(phi) a + tan(phi) y. What a
 * reset takes from y it takes from a, too, so that Im z stays. */
static void resonance_constants(const sg_neuron_param_value param[SG_NEURON_PARAMS], double c[SG_NEURON_CONSTANTS]) {
    const double beta = param[SG_PARAM_TAU_MEM].value, phi = param[SG_PARAM_FREQUENCY].value;
    const double cosine = sg_cos(phi), sine = sg_sin(phi);
    c[SG_BETA] = beta / cosine;
    c[SG_RHO] = beta * cosine;
    c[SG_TO_CURRENT] = beta * sine;
    c[SG_FROM_MEMBRANE] = sine / cosine;
    c[SG_FROM_SPIKE] = -c[SG_FROM_MEMBRANE] * c[SG_RESET_AMOUNT];
}

static void constants_of(const sg_neuron *neuron, const sg_neuron_param_value param[SG_NEURON_PARAMS],
                         double c[SG_NEURON_CONSTANTS]) {
    const sg_neuron_kind *kind = neuron->kind;
    int reset = sg_layer_reset(&neuron->config);
    double theta = kind->spiking ? param[SG_PARAM_THRESHOLD].value : 0;
    memset(c, 0, SG_NEURON_CONSTANTS * sizeof *c);
    if (kind->response) {
        response_constants(neuron, c);
        return;
    }
    c[SG_ALPHA] = kind->synapse ? param[SG_PARAM_TAU_SYN].value : 0;
    c[SG_INPUT_GAIN] = is_driven_by_alpha(neuron) ? c[SG_ALPHA] : 1;
    if (neuron->spiking.rises)
        c[SG_INPUT_GAIN] = rise_gain(neuron, param[SG_PARAM_TAU_SYN]);
    c[SG_BETA] = kind->leaks ? param[SG_PARAM_TAU_MEM].value : 1;
    c[SG_MEMBRANE_GAIN] = is_scaled(neuron) ? param[SG_PARAM_TAU_MEM].rest : 1;
    if (order_of(&neuron->config) == SG_ORDER_EVENTPROP)
        c[SG_MEMBRANE_GAIN] = current_gain(param);
    c[SG_THETA] = theta;
    c[SG_RESET_SHARE] = kind->spiking && reset == SG_RESET_ZERO;
    c[SG_RESET_AMOUNT] = reset == SG_RESET_SUBTRACT ? theta : 0;
    if (kind->resonates)
        resonance_constants(param, c);
    if (kind->adaptation == SG_ADAPTS_NOT)
        return;
    bool by_threshold = kind->adaptation == SG_ADAPTS_THRESHOLD;
    const sg_neuron_param_value rho = param[SG_PARAM_TAU_ADAPT];
    double strength = param[SG_PARAM_ADAPTATION].value;
    c[SG_RHO] = rho.value;
    c[SG_FROM_MEMBRANE] = by_threshold ? 0 : rho.rest * param[SG_PARAM_COUPLING].value;
    c[SG_FROM_SPIKE] = by_threshold ? 1 : rho.rest * strength;
    c[SG_TO_THRESHOLD] = by_threshold ? strength : 0;
    c[SG_TO_CURRENT] = by_threshold ? 0 : 1;
}

void sg_neuron_prepare(const sg_neuron *neuron, const float *const raw[SG_NEURON_PARAMS], size_t stride) {
    sg_neuron_param_value param[SG_NEURON_PARAMS];
    double c[SG_NEURON_CONSTANTS];
    for (int d = 0; d < SG_NEURON_PARAMS; d++)
        param[d] = sg_neuron_param_from_config(&neuron->config, (sg_neuron_param)d, neuron->dt_ms);
    for (size_t n = 0; n < stride; n++) {
        take_raw(raw, place_of(neuron, n), param);
        constants_of(neuron, param, c);
        for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
            neuron->constants[row * stride + n] = (float)c[row];
        if (neuron->values)
            memcpy(neuron->values + n * SG_NEURON_PARAMS, param, sizeof param);
    }
}

sg_cuba_lif sg_neuron_cuba_lif(const sg_neuron *neuron, size_t stride) {
    const float *c = neuron->constants;
    return (sg_cuba_lif){c[SG_ALPHA * stride], c[SG_BETA * stride], c[SG_THETA * stride]};
}

sg_eventprop sg_neuron_eventprop(const sg_neuron *neuron, size_t stride, double guard) {
    const float *c = neuron->constants;
    float gamma = c[SG_MEMBRANE_GAIN * stride], alpha = c[SG_ALPHA * stride], theta = c[SG_THETA * stride];
    double tau_mem = neuron->config.param[SG_PARAM_TAU_MEM] / neuron->dt_ms;
    return (sg_eventprop){
        .alpha = alpha,
        .beta = c[SG_BETA * stride],
        .gamma = gamma,
        .current_gain = gamma > 0 ? alpha / gamma : 0,
        .theta = theta,
        .tau_mem = (float)tau_mem,
        .by_tau_mem = (float)(1 / tau_mem),
        .by_tau_syn = (float)(neuron->dt_ms / neuron->config.param[SG_PARAM_TAU_SYN]),
        .least_slope = guard > 0 ? (float)guard * theta : -FLT_MAX,
        .fires = neuron->spiking.fires,
    };
}

/* The mirror of resonance_constants. */
static void by_resonance(const sg_neuron_param_value param[SG_NEURON_PARAMS], const double sum[SG_NEURON_CONSTANTS],
                         double reset_amount, double by[SG_NEURON_PARAMS]) {
    const double beta = param[SG_PARAM_TAU_MEM].value, phi = param[SG_PARAM_FREQUENCY].value;
    const double cosine = sg_cos(phi), sine = sg_sin(phi), tangent = sine / cosine;
    const double by_tangent = sum[SG_FROM_MEMBRANE] - reset_amount * sum[SG_FROM_SPIKE];
    by[SG_PARAM_TAU_MEM] = sum[SG_BETA] / cosine + sum[SG_RHO] * cosine + sum[SG_TO_CURRENT] * sine;
    by[SG_PARAM_FREQUENCY] = sum[SG_BETA] * beta * tangent / cosine - sum[SG_RHO] * beta * sine +
                             sum[SG_TO_CURRENT] * beta * cosine + by_tangent / (cosine * cosine);
    if (reset_amount > 0)
        by[SG_PARAM_THRESHOLD] -= tangent * sum[SG_FROM_SPIKE];
}

/* d loss / d value, from the gradients by the constants that are made of it; the mirror of constants_of. */
static void by_values(const sg_neuron *neuron, const sg_neuron_param_value param[SG_NEURON_PARAMS],
                      const double sum[SG_NEURON_CONSTANTS], double by[SG_NEURON_PARAMS]) {
    bool by_threshold = neuron->kind->adaptation == SG_ADAPTS_THRESHOLD;
    double rest = param[SG_PARAM_TAU_ADAPT].rest;
    by[SG_PARAM_TAU_SYN] =
        is_driven_by_alpha(neuron) ? sum[SG_INPUT_GAIN] / param[SG_PARAM_TAU_SYN].value : sum[SG_ALPHA];
    if (neuron->spiking.rises)
        by[SG_PARAM_TAU_SYN] += sum[SG_INPUT_GAIN] * rise_slope(neuron, param[SG_PARAM_TAU_SYN]);
    by[SG_PARAM_TAU_MEM] = sum[SG_BETA] - (is_scaled(neuron) ? sum[SG_MEMBRANE_GAIN] : 0);
    if (order_of(&neuron->config) == SG_ORDER_EVENTPROP)
        add_current_gain(param, sum[SG_MEMBRANE_GAIN], by);
    by[SG_PARAM_THRESHOLD] =
        sum[SG_THETA] + (sg_layer_reset(&neuron->config) == SG_RESET_SUBTRACT ? sum[SG_RESET_AMOUNT] : 0);
    by[SG_PARAM_FREQUENCY] = 0;
    by[SG_PARAM_ADAPTATION] = by_threshold ? sum[SG_TO_THRESHOLD] : rest * sum[SG_FROM_SPIKE];
    by[SG_PARAM_COUPLING] = rest * sum[SG_FROM_MEMBRANE];
    by[SG_PARAM_TAU_ADAPT] = sum[SG_RHO];
    if (!by_threshold)
        by[SG_PARAM_TAU_ADAPT] -= param[SG_PARAM_COUPLING].value * sum[SG_FROM_MEMBRANE] +
                                  param[SG_PARAM_ADAPTATION].value * sum[SG_FROM_SPIKE];
    if (neuron->kind->resonates)
        by_resonance(param, sum,
                     sg_layer_reset(&neuron->config) == SG_RESET_SUBTRACT ? param[SG_PARAM_THRESHOLD].value : 0, by);
}

bool sg_neuron_carries(const sg_neuron *neuron, size_t adjoint) {
    const bool carried[SG_NEURON_ADJOINTS] = {
        [SG_ADJOINT_CURRENT] = neuron->kind->synapse,     [SG_ADJOINT_MEMBRANE] = true,
        [SG_ADJOINT_ADAPTATION] = neuron->spiking.adapts, [SG_ADJOINT_INPUT_1] = neuron->spiking.delay > 0,
        [SG_ADJOINT_INPUT_2] = neuron->spiking.delay > 1, [SG_ADJOINT_RISE] = neuron->spiking.rises};
    return neuron->kind->response ? adjoint < SG_SRM_STATES : carried[adjoint];
}

void sg_neuron_add_gradient(const sg_neuron *neuron, float *const raw_gradient[SG_NEURON_PARAMS], const float *sums,
                            size_t stride) {
    for (size_t n = 0; n < stride; n++) {
        const sg_neuron_param_value *param = neuron->values + n * SG_NEURON_PARAMS;
        double sum[SG_NEURON_CONSTANTS], by[SG_NEURON_PARAMS];
        for (size_t row = 0; row < SG_NEURON_CONSTANTS; row++)
            sum[row] = sums[row * stride + n];
        by_values(neuron, param, sum, by);
        for (int d = 0; d < SG_NEURON_PARAMS; d++)
            if (raw_gradient[d])
                raw_gradient[d][place_of(neuron, n)] +=
                    (float)(by[d] * sg_neuron_param_slope((sg_neuron_param)d, param[d]));
    }
}

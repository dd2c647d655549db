#include "check/twin_neuron.h"

#include "net/neuron_param.h"
#include "net/surrogate.h"

#include <math.h>

/* A number of a neuron, from its raw number or the configuration, and 1 - it if it is a decay. */
static sg_dual param_of(const sg_layer_config *config, double dt_ms, sg_neuron_param param, const sg_dual *raw,
                        sg_dual *rest) {
    bool time = param <= SG_PARAM_TAU_ADAPT;
    const double largest = 2 * 3.14159265358979323846 / 5;
    const sg_neuron_param_value fixed = sg_neuron_param_from_config(config, param, dt_ms);
    *rest = raw && time ? sg_dual_logistic(sg_scaled(-1, *raw)) : sg_fixed(fixed.rest);
    if (raw && param == SG_PARAM_FREQUENCY)
        return sg_scaled(largest, sg_dual_logistic(*raw));
    return !raw ? sg_fixed(fixed.value) : time ? sg_dual_logistic(*raw) : sg_dual_exp(*raw);
}

/* (exp(d) - 1) / d */
static sg_dual flow(sg_dual d) {
    sg_dual sum = sg_fixed(0);
    if (fabs(d.value) > 0.01)
        return sg_times(sg_minus(sg_dual_exp(d), sg_fixed(1)), (sg_dual){1 / d.value, -d.slope / (d.value * d.value)});
    for (double k = 9; k > 1; k--) /* 1 + d / 2 (1 + d / 3 (1 + ...)) */
        sum = sg_times(sg_scaled(1 / k, d), sg_plus(sg_fixed(1), sum));
    return sg_plus(sg_fixed(1), sum);
}

/* tau_syn / (tau_mem - tau_syn) (beta - alpha), by the logarithms of the decays. */
static sg_dual exact_gain(const sg_twin_neuron *n) {
    sg_dual a = sg_dual_log(n->alpha), b = sg_dual_log(n->beta);
    return sg_scaled(-1, sg_times(sg_times(b, n->beta), flow(sg_minus(a, b))));
}

/* e (dt / tau) alpha; dt / tau is -log(alpha), or of euler 1 - alpha. */
static sg_dual rise_of(const sg_layer_config *config, double dt_ms, const sg_dual *raw) {
    sg_dual rest, alpha = param_of(config, dt_ms, SG_PARAM_TAU_SYN, raw, &rest), steps = rest;
    if (sg_layer_integration(config) != SG_INTEGRATE_EULER) {
        double lost = 1 - alpha.value; /* rest, but for the digits that 1 - rest has lost */
        steps = (sg_dual){lost == 0 ? rest.value : -sg_log(alpha.value) * rest.value / lost, rest.slope / alpha.value};
    }
    return sg_scaled(sg_exp(1), sg_times(alpha, steps));
}

/* The alpha function of `tau`: its top is 1, after tau. `kernel` (steps) begins with the first step after a spike. */
static void make_alpha_function(double tau_ms, double dt_ms, double *kernel) {
    for (size_t k = 1; k <= SG_TWIN_MEMORY; k++) {
        double time = (double)k * dt_ms / tau_ms;
        kernel[k - 1] = time * sg_exp(1 - time);
    }
}

sg_twin_neuron sg_twin_neuron_make(const sg_layer_config *config, double dt_ms, sg_surrogate surrogate,
                                   const sg_dual raw[SG_NEURON_PARAMS], const bool has_raw[SG_NEURON_PARAMS],
                                   sg_rounding *rounding) {
    sg_twin_neuron n = {.config = config, .kind = sg_neuron_at(config->neuron), .surrogate = surrogate};
    sg_dual unused;
    const struct {
        sg_dual *value, *rest;
    } to[SG_NEURON_PARAMS] = {
        [SG_PARAM_TAU_MEM] = {&n.beta, &n.beta_rest},   [SG_PARAM_TAU_SYN] = {&n.alpha, &unused},
        [SG_PARAM_TAU_ADAPT] = {&n.rho, &n.rho_rest},   [SG_PARAM_THRESHOLD] = {&n.theta, &unused},
        [SG_PARAM_ADAPTATION] = {&n.strength, &unused}, [SG_PARAM_COUPLING] = {&n.coupling, &unused},
        [SG_PARAM_FREQUENCY] = {&n.phi, &unused},
    };
    for (int d = 0; d < SG_NEURON_PARAMS; d++) {
        *to[d].value =
            sg_rounded(rounding, param_of(config, dt_ms, (sg_neuron_param)d, has_raw[d] ? &raw[d] : NULL, to[d].rest));
        *to[d].rest = sg_rounded(rounding, *to[d].rest);
    }
    n.tau_mem = config->param[SG_PARAM_TAU_MEM] / dt_ms;
    n.tau_syn = config->param[SG_PARAM_TAU_SYN] / dt_ms;
    if (!n.kind->leaks)
        n.beta = sg_fixed(1);
    if (n.kind->response) {
        make_alpha_function(config->param[SG_PARAM_TAU_SYN], dt_ms, n.response);
        make_alpha_function(config->tau_ref, dt_ms, n.refractory);
    }
    n.rise = sg_rounded(rounding, rise_of(config, dt_ms, has_raw[SG_PARAM_TAU_SYN] ? &raw[SG_PARAM_TAU_SYN] : NULL));
    if (config->order == SG_ORDER_EVENTPROP)
        n.gain = exact_gain(&n);
    return n;
}

void sg_twin_neuron_rest(sg_twin_neuron *n) {
    n->h = n->i = n->v = n->a = n->spike = sg_fixed(0);
    n->rest = 0;
    n->step = 0;
}

void sg_twin_neuron_cut(sg_twin_neuron *n, double *states, bool holding) {
    sg_dual *const all[SG_TWIN_STATES] = {&n->h, &n->i, &n->v, &n->a};
    for (size_t i = 0; i < SG_TWIN_STATES; i++) {
        states[i] = holding ? states[i] : all[i]->value;
        *all[i] = sg_fixed(states[i]);
    }
}

/* The current after an input of this step: it jumps, or rises by what has come in and decays alike. */
static sg_dual synapse(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    if (sg_layer_rises(n->config)) {
        n->h = sg_rounded(mode->rounding, sg_plus(sg_times(n->alpha, n->h), x));
        x = sg_times(n->rise, n->h);
    }
    return sg_rounded(mode->rounding, sg_plus(sg_times(n->alpha, n->i), x));
}

/* What the membrane takes of its input. */
static sg_dual gain(const sg_twin_neuron *n) {
    bool scaled = n->kind->leaks && (n->config->scale == SG_SCALE_DECAY || n->config->order == SG_ORDER_NORSE ||
                                     n->config->order == SG_ORDER_SINABS);
    return scaled ? n->beta_rest : sg_fixed(1);
}

/* The membrane that the step before has left. Where a neuron that does not leak rests on its floor, rounding that is
 * drawn must not lift it off: there it stays, and no gradient passes. */
static sg_dual left(const sg_twin_neuron *n, const sg_twin_mode *mode) {
    double floor = (float)n->config->floor; /* as kernels have it */
    if (!n->kind->spiking || floor == 0)
        return n->v;
    sg_twin_keep_off(mode->clearance, fabs(n->v.value - floor), n->v.slope, fabs(floor) + fabs(n->v.value));
    return n->v.value > floor + 8 * mode->rounding->half * fabs(floor) ? n->v : sg_fixed(floor);
}

/* beta v + gain (i - w), w the adaptation of adlif. */
static sg_dual leak(const sg_twin_neuron *n, sg_dual i, const sg_twin_mode *mode) {
    if (n->kind->adaptation == SG_ADAPTS_CURRENT)
        i = sg_minus(i, n->a);
    return sg_rounded(mode->rounding, sg_plus(sg_times(n->beta, left(n, mode)), sg_times(gain(n), i)));
}

static sg_dual reset(const sg_twin_neuron *n, sg_dual v, sg_dual s) {
    switch (sg_layer_reset(n->config)) {
    case SG_RESET_ZERO:
        return sg_minus(v, sg_times(s, v));
    case SG_RESET_SUBTRACT:
        return sg_minus(v, sg_times(s, n->theta));
    default:
        return v;
    }
}

/* What rests in a corner and stays there whatever the parameters is in no danger; what lies in one and moves is. */
void sg_twin_keep_off(sg_twin_clearance *clearance, double distance, double slope, double size) {
    if (clearance && distance > 0)
        clearance->nearest = fmin(clearance->nearest, distance / size);
    if (clearance && slope != 0)
        clearance->reach = fmin(clearance->reach, distance / fabs(slope));
}

void sg_twin_keep_straight(sg_twin_clearance *clearance, double slope, double scale) {
    if (clearance && slope != 0)
        clearance->bend = fmin(clearance->bend, scale / fabs(slope));
}

/* Where a neuron fires several times in a step, the function of a spike is a stair of as many of them, each between
 * half a threshold below and above its own; the first begins, and the last ends, as one alone does. `passed` are those
 * below. u above the nearest. */
static double nearest(const sg_twin_neuron *n, double u, double *passed) {
    double most = (double)sg_layer_most_spikes(n->config), theta = n->theta.value;
    *passed = n->config->periodic ? fmin(fmax(ceil(u / theta - 0.5), 0), most - 1) : 0;
    return u - *passed * theta;
}

static double stair(const sg_twin_neuron *n, double u) {
    double passed, near = nearest(n, u, &passed), half = n->theta.value / 2,
                   begin = sg_surrogate_smooth(n->surrogate, -half);
    if (passed == 0)
        return sg_surrogate_smooth(n->surrogate, near);
    double end = sg_surrogate_smooth(n->surrogate, half);
    return end + (passed - 1) * (end - begin) + sg_surrogate_smooth(n->surrogate, near) - begin;
}

/* Thresholds that u is above, as many as the neuron has. */
static double spikes_at(const sg_twin_neuron *n, double u) {
    double most = (double)sg_layer_most_spikes(n->config);
    return u > 0 ? fmax(1, fmin(ceil(u / n->theta.value), most)) : 0;
}

/* The corners of the step and of the smooth functions. A membrane at rest lies in triangle's. */
static void keep_room(const sg_twin_neuron *n, sg_dual u, double theta, const sg_twin_mode *mode) {
    double corner = sg_surrogate_end(n->surrogate), size = fabs(theta) + fabs(u.value + theta), passed;
    double near = nearest(n, u.value, &passed), distance = fmin(fabs(near), fabs(fabs(near) - corner));
    for (size_t k = 1; k < sg_layer_most_spikes(n->config); k++) {
        distance = fmin(distance, fabs(u.value - (double)k * n->theta.value));
        if (n->config->periodic)
            distance = fmin(distance, fabs(u.value - ((double)k - 0.5) * n->theta.value));
    }
    sg_twin_keep_off(mode->clearance, distance, u.slope, size);
    sg_twin_keep_straight(mode->clearance, u.slope, fmin(size, sg_surrogate_scale(n->surrogate)));
}

static sg_dual threshold_of(const sg_twin_neuron *n) {
    bool adapts = n->kind->adaptation == SG_ADAPTS_THRESHOLD;
    return adapts ? sg_plus(n->theta, sg_times(n->strength, n->a)) : n->theta;
}

/* Whether it may not fire in this step: written in the first run, kept in those that are compared with it. */
static bool is_resting(const sg_twin_neuron *n, const sg_twin_mode *mode) {
    if (!mode->holding)
        *mode->resting = n->rest > 0;
    return *mode->resting;
}

/* The spike of membrane v, and the spike that resets see: held constant, unless the reset is differentiated too. */
static sg_dual fire(sg_twin_neuron *n, sg_dual v, const sg_twin_mode *mode) {
    sg_dual theta = threshold_of(n);
    v = sg_plus(v, sg_times(gain(n), mode->in_step));
    sg_dual u = sg_rounded(mode->rounding, sg_minus(v, theta)), s = sg_fixed(0);
    bool resting = is_resting(n, mode), above = !resting && u.value > 0;
    if (!resting) {
        if (mode->clearance)
            keep_room(n, u, theta.value, mode);
        double passed, near = nearest(n, u.value, &passed);
        s.value = mode->smooth ? stair(n, u.value) : 0;
        s.slope = u.slope != 0 ? sg_surrogate_slope(n->surrogate, near) * u.slope : 0; /* 0 nearly everywhere */
        s = sg_rounded(mode->rounding, s);
        s.value = mode->smooth ? s.value : spikes_at(n, u.value); /* exact */
    }
    if (!mode->holding)
        *mode->resets = s.value;
    n->spike = n->config->reset_gradient ? s : sg_fixed(*mode->resets);
    n->rest = above ? n->config->refractory : n->rest > 0 ? n->rest - 1 : 0;
    return s;
}

static void adapt(sg_twin_neuron *n, sg_dual v, sg_dual s, const sg_twin_mode *mode) {
    sg_dual drive = s;
    if (n->kind->adaptation == SG_ADAPTS_NOT)
        return;
    if (n->kind->adaptation == SG_ADAPTS_CURRENT)
        drive = sg_times(n->rho_rest, sg_plus(sg_times(n->coupling, v), sg_times(n->strength, s)));
    n->a = sg_rounded(mode->rounding, sg_plus(sg_times(n->rho, n->a), drive));
}

/* The input enters the current and the current the membrane, then it fires and is reset. */
static sg_dual step_notebook(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    sg_dual i = x, v;
    if (n->kind->synapse)
        i = n->i = synapse(n, x, mode);
    v = leak(n, i, mode);
    if (!n->kind->spiking)
        return n->v = v;
    sg_dual s = fire(n, v, mode);
    n->v = reset(n, v, n->spike);
    adapt(n, v, s, mode);
    return s;
}

/* It fires first, and the old current is used. */
static sg_dual step_spytorch(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    sg_dual v = n->v, s = v, i = n->kind->synapse ? n->i : x;
    if (n->kind->spiking) {
        s = fire(n, v, mode);
        adapt(n, v, s, mode);
    }
    n->v = n->kind->spiking ? reset(n, leak(n, i, mode), n->spike) : leak(n, i, mode);
    n->i = synapse(n, x, mode);
    return s;
}

/* The last step's spike resets this one. */
static sg_dual step_snntorch(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    n->i = n->kind->synapse ? synapse(n, x, mode) : x;
    n->v = leak(n, n->i, mode);
    if (!n->kind->spiking)
        return n->v;
    n->v = reset(n, n->v, n->spike);
    sg_dual s = fire(n, n->v, mode);
    adapt(n, n->v, s, mode);
    return s;
}

/* The current decays after the membrane has had it, which is before the next input. */
static sg_dual step_norse(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    sg_dual i = x;
    if (n->kind->synapse)
        i = n->i = synapse(n, x, mode);
    if (n->kind->adaptation == SG_ADAPTS_CURRENT)
        i = sg_minus(i, n->a);
    sg_dual v = left(n, mode);
    v = sg_plus(v, n->kind->leaks ? sg_times(n->beta_rest, sg_minus(i, v)) : i);
    v = sg_rounded(mode->rounding, v);
    if (!n->kind->spiking)
        return n->v = v;
    sg_dual s = fire(n, v, mode);
    n->v = reset(n, v, n->spike);
    adapt(n, v, s, mode);
    return s;
}

/* The input decays with the current. */
static sg_dual step_sinabs(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    sg_dual i = x;
    if (n->kind->synapse)
        i = n->i = sg_rounded(mode->rounding, sg_times(n->alpha, sg_plus(n->i, x)));
    sg_dual v = leak(n, i, mode);
    if (!n->kind->spiking)
        return n->v = v;
    sg_dual s = fire(n, v, mode);
    n->v = reset(n, v, n->spike);
    adapt(n, v, s, mode);
    return s;
}

/* A spike by its time: V passes the threshold at the rate (I - V) / tau_mem, so it comes as much earlier as V is
 * higher. The reset to 0 leaves V as much higher behind it as it was, and by what the earlier reset saves. */
static sg_dual fire_in_time(sg_twin_neuron *n, sg_dual v, double gain, const sg_twin_mode *mode) {
    sg_dual seen = sg_rounded(mode->rounding, v), u = sg_minus(seen, n->theta);
    double theta = n->theta.value, least = mode->guard > 0 ? mode->guard * theta : -INFINITY;
    /* The kernels find the current from the membrane, which loses digits. */
    double current = n->i.value + n->alpha.value / gain * (seen.value - v.value);
    double slope = fmax(current - seen.value, least);
    n->raised = 0;
    sg_twin_keep_off(mode->clearance, fabs(u.value), 0, theta + fabs(v.value));
    n->v = v;
    *mode->resting = false;
    *mode->resets = u.value > 0;
    if (u.value <= 0)
        return sg_fixed(0);
    n->raised = v.slope;
    n->v = sg_rounded(mode->rounding, (sg_dual){0, v.slope * (1 + theta / slope)});
    return (sg_dual){1, -n->tau_mem * v.slope / slope};
}

/* Current and membrane flow for a step, it fires, then the input arrives. */
static sg_dual step_eventprop(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    sg_dual gain = sg_rounded(mode->rounding, n->gain);
    sg_dual v = sg_rounded(mode->rounding, sg_plus(sg_times(n->beta, left(n, mode)), sg_times(gain, n->i))), s = v;
    n->i = sg_rounded(mode->rounding, sg_times(n->alpha, n->i));
    n->v = v;
    if (n->kind->spiking && mode->by_time) {
        s = fire_in_time(n, v, gain.value, mode);
    } else if (n->kind->spiking) {
        s = fire(n, v, mode);
        n->v = reset(n, v, n->spike);
    }
    n->i = sg_rounded(mode->rounding, sg_plus(n->i, x));
    n->i.slope += mode->delayed / n->tau_syn;
    n->v.slope -= mode->delayed / n->tau_mem;
    return s;
}

/* The sum of a kernel, (steps) from the first after a spike on, over what came in each of the steps before. */
static sg_dual convolve(const sg_twin_neuron *n, const sg_dual *came, const double *kernel, const sg_twin_mode *mode) {
    sg_dual sum = sg_fixed(0);
    for (size_t k = 1; k <= n->step; k++)
        sum = sg_plus(sum, sg_scaled(kernel[k - 1], came[n->step - k]));
    return sg_rounded(mode->rounding, sum);
}

/* The convolutions of the paper, written out. */
static sg_dual step_response(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    const sg_layer_config *config = n->config;
    double depth = config->scale_ref * config->param[SG_PARAM_THRESHOLD];
    n->theta = sg_fixed(config->param[SG_PARAM_THRESHOLD]);
    n->input[n->step] = x;
    sg_dual psp = convolve(n, n->input, n->response, mode);
    sg_dual refractory = sg_scaled(depth, convolve(n, n->fired, n->refractory, mode));
    sg_dual s = fire(n, sg_minus(psp, refractory), mode);
    n->rest = 0; /* nothing but the refractory kernel keeps it from firing */
    n->fired[n->step++] = mode->constant_refractory ? sg_fixed(*mode->resets) : s;
    return s;
}

/* z = beta exp(i phi) z + x, whose real part is the membrane; a spike lowers it. */
static sg_dual step_resonant(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    const double cosine = cos(n->phi.value), sine = sin(n->phi.value);
    const sg_dual c = sg_times(n->beta, (sg_dual){cosine, -sine * n->phi.slope});
    const sg_dual s = sg_times(n->beta, (sg_dual){sine, cosine * n->phi.slope});
    const sg_dual re = n->v, im = n->a;
    sg_dual v = sg_rounded(mode->rounding, sg_plus(sg_minus(sg_times(c, re), sg_times(s, im)), x));
    n->a = sg_rounded(mode->rounding, sg_plus(sg_times(s, re), sg_times(c, im)));
    sg_dual spike = fire(n, v, mode);
    n->v = reset(n, v, n->spike);
    return spike;
}

/* Whether subtraction has left it above threshold: written in the first run, kept in those compared with it. */
static bool is_above(const sg_twin_neuron *n, const sg_twin_mode *mode) {
    sg_dual theta = threshold_of(n), u = sg_minus(n->v, theta);
    if (sg_layer_reset(n->config) != SG_RESET_SUBTRACT)
        return false;
    sg_twin_keep_off(mode->clearance, fabs(u.value), u.slope, fabs(theta.value) + fabs(n->v.value));
    if (!mode->holding)
        *mode->above = u.value > 0;
    return *mode->above;
}

/* What subtraction has left above threshold lowers the membrane that fires, and that one alone. */
static sg_dual step_snntorch_no_delay(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) {
    bool above = n->kind->spiking && is_above(n, mode);
    n->i = n->kind->synapse ? synapse(n, x, mode) : x;
    sg_dual v = leak(n, n->i, mode);
    if (!n->kind->spiking)
        return n->v = v;
    sg_dual s = fire(n, above ? sg_rounded(mode->rounding, sg_minus(v, n->theta)) : v, mode);
    n->v = reset(n, v, n->spike);
    adapt(n, v, s, mode);
    return s;
}

static sg_dual (*const orders[])(sg_twin_neuron *n, sg_dual x, const sg_twin_mode *mode) = {
    [SG_ORDER_NOTEBOOK] = step_notebook,
    [SG_ORDER_SPYTORCH] = step_spytorch,
    [SG_ORDER_SNNTORCH] = step_snntorch,
    [SG_ORDER_NORSE] = step_norse,
    [SG_ORDER_SINABS] = step_sinabs,
    [SG_ORDER_EVENTPROP] = step_eventprop,
    [SG_ORDER_SNNTORCH_NO_DELAY] = step_snntorch_no_delay,
};

sg_dual sg_twin_step(sg_twin_neuron *neuron, sg_dual x, const sg_twin_mode *mode) {
    if (neuron->kind->resonates)
        return step_resonant(neuron, x, mode);
    return neuron->kind->response ? step_response(neuron, x, mode) : orders[neuron->config->order](neuron, x, mode);
}

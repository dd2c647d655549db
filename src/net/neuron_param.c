#include "net/neuron_param.h"

#include "base/exact.h"
#include "base/number.h"
#include "base/random.h"

#include <math.h>
#include <stdio.h>

/* A time is a decay of a step, a frequency the angle of a step. */
static const struct {
    const char *name;
    bool time, frequency;
} params[SG_NEURON_PARAMS] = {
    [SG_PARAM_TAU_MEM] = {"tau_mem", true, false},        [SG_PARAM_TAU_SYN] = {"tau_syn", true, false},
    [SG_PARAM_TAU_ADAPT] = {"tau_adapt", true, false},    [SG_PARAM_THRESHOLD] = {"threshold", false, false},
    [SG_PARAM_ADAPTATION] = {"adaptation", false, false}, [SG_PARAM_COUPLING] = {"coupling", false, false},
    [SG_PARAM_FREQUENCY] = {"frequency", false, true},
};

/* Parameters that had streams of random numbers side by side before there were others. */
enum { SIDE_BY_SIDE = SG_PARAM_COUPLING + 1 };

static const double LARGEST_ANGLE = 2 * 3.14159265358979323846 * SG_LARGEST_TURN;

const char *sg_neuron_param_name(sg_neuron_param param) {
    return params[param].name;
}

bool sg_neuron_has_param(const sg_neuron_kind *kind, sg_neuron_param param) {
    if (kind->response)
        return false;
    const bool has[SG_NEURON_PARAMS] = {
        [SG_PARAM_TAU_MEM] = kind->leaks,
        [SG_PARAM_TAU_SYN] = kind->synapse,
        [SG_PARAM_TAU_ADAPT] = kind->adaptation != SG_ADAPTS_NOT,
        [SG_PARAM_THRESHOLD] = kind->spiking,
        [SG_PARAM_ADAPTATION] = kind->adaptation != SG_ADAPTS_NOT,
        [SG_PARAM_COUPLING] = kind->adaptation == SG_ADAPTS_CURRENT,
        [SG_PARAM_FREQUENCY] = kind->resonates,
    };
    return has[param];
}

bool sg_layer_has_raw(const sg_layer_config *config, sg_neuron_param param) {
    return (config->spread[param] > 0 || config->train[param] || config->own[param] ||
            !sg_is_empty(config->param_file)) &&
           sg_neuron_has_param(sg_neuron_at(config->neuron), param);
}

static bool is_euler(const sg_layer_config *config) {
    return sg_layer_integration(config) == SG_INTEGRATE_EULER;
}

double sg_neuron_param_configured(const sg_layer_config *config, sg_neuron_param param) {
    return config->param[param] * (param == SG_PARAM_ADAPTATION ? sg_layer_unit(config) : 1);
}

sg_neuron_param_value sg_neuron_param_from_config(const sg_layer_config *config, sg_neuron_param param, double dt_ms) {
    double natural = sg_neuron_param_configured(config, param), share = dt_ms / natural;
    double turn = natural * dt_ms / 1000 / SG_LARGEST_TURN; /* of a frequency */
    if (params[param].frequency)
        return (sg_neuron_param_value){LARGEST_ANGLE * turn, 1 - turn};
    if (!params[param].time)
        return (sg_neuron_param_value){natural, 0};
    return is_euler(config) ? (sg_neuron_param_value){1 - share, share}
                            : (sg_neuron_param_value){sg_exp(-share), -sg_expm1(-share)};
}

static double logistic(double raw) {
    return 1 / (1 + sg_exp(-raw));
}

sg_neuron_param_value sg_neuron_param_from_raw(sg_neuron_param param, double raw) {
    if (params[param].frequency)
        return (sg_neuron_param_value){LARGEST_ANGLE * logistic(raw), logistic(-raw)};
    return params[param].time ? (sg_neuron_param_value){logistic(raw), logistic(-raw)}
                              : (sg_neuron_param_value){sg_exp(raw), 0};
}

/* The logit log(decay / (1 - decay)), written with dt / tau, since a slow decay rounds to 1. */
double sg_neuron_param_to_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural) {
    double share = dt_ms / natural, turn = natural * dt_ms / 1000;
    if (params[param].frequency)
        return sg_log(turn / (SG_LARGEST_TURN - turn));
    if (!params[param].time)
        return sg_log(natural);
    return is_euler(config) ? sg_log((natural - dt_ms) / dt_ms) : -share - sg_log(-sg_expm1(-share));
}

bool sg_neuron_param_is_legal(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural) {
    double least = params[param].time && is_euler(config) ? dt_ms : 0;
    return isfinite(natural) && natural > least &&
           (!params[param].frequency || natural * dt_ms / 1000 < SG_LARGEST_TURN);
}

void sg_neuron_param_legal(const sg_layer_config *config, sg_neuron_param param, double dt_ms, char *text,
                           size_t size) {
    char most[32];
    sg_format_number(most, sizeof most, SG_LARGEST_TURN * 1000 / dt_ms);
    if (params[param].frequency)
        snprintf(text, size, "more than 0 and less than %s Hz", most);
    else
        snprintf(text, size, "more than %s", params[param].time && is_euler(config) ? "dt" : "0");
}

double sg_neuron_param_first_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, uint64_t seed,
                                 size_t layer, size_t n, size_t *raised) {
    uint32_t stream = SG_STREAM_NEURON_PARAMS + (uint32_t)(layer * SIDE_BY_SIDE) + (uint32_t)param;
    if (params[param].frequency)
        return sg_neuron_param_to_raw(config, param, dt_ms, config->param[param]) +
               config->spread[param] * sg_random_normal(seed, SG_STREAM_FREQUENCIES + (uint32_t)layer, n);
    double factor = config->spread[param] > 0 ? sg_exp(config->spread[param] * sg_random_normal(seed, stream, n)) : 1;
    double natural = sg_neuron_param_configured(config, param) * factor, least = SG_EULER_LEAST * dt_ms;
    if (factor < 1 && params[param].time && is_euler(config) && natural < least) {
        natural = least; /* a draw, not a setting: euler's decay must stay above 0 */
        ++*raised;
    }
    return sg_neuron_param_to_raw(config, param, dt_ms, natural);
}

double sg_neuron_param_slope(sg_neuron_param param, sg_neuron_param_value value) {
    return params[param].time || params[param].frequency ? value.value * value.rest : value.value;
}

#include "net/neuron_param.h"

#include "base/exact.h"
#include "base/random.h"

#include <math.h>

static const struct {
    const char *name;
    bool time;
} params[SG_NEURON_PARAMS] = {
    [SG_PARAM_TAU_MEM] = {"tau_mem", true},        [SG_PARAM_TAU_SYN] = {"tau_syn", true},
    [SG_PARAM_TAU_ADAPT] = {"tau_adapt", true},    [SG_PARAM_THRESHOLD] = {"threshold", false},
    [SG_PARAM_ADAPTATION] = {"adaptation", false}, [SG_PARAM_COUPLING] = {"coupling", false},
};

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
    if (!params[param].time)
        return (sg_neuron_param_value){natural, 0};
    return is_euler(config) ? (sg_neuron_param_value){1 - share, share}
                            : (sg_neuron_param_value){sg_exp(-share), -sg_expm1(-share)};
}

static double logistic(double raw) {
    return 1 / (1 + sg_exp(-raw));
}

sg_neuron_param_value sg_neuron_param_from_raw(sg_neuron_param param, double raw) {
    return params[param].time ? (sg_neuron_param_value){logistic(raw), logistic(-raw)}
                              : (sg_neuron_param_value){sg_exp(raw), 0};
}

/* The logit log(decay / (1 - decay)), written with dt / tau, since a slow decay rounds to 1. */
double sg_neuron_param_to_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural) {
    double share = dt_ms / natural;
    if (!params[param].time)
        return sg_log(natural);
    return is_euler(config) ? sg_log((natural - dt_ms) / dt_ms) : -share - sg_log(-sg_expm1(-share));
}

bool sg_neuron_param_is_legal(const sg_layer_config *config, sg_neuron_param param, double dt_ms, double natural) {
    double least = params[param].time && is_euler(config) ? dt_ms : 0;
    return isfinite(natural) && natural > least;
}

double sg_neuron_param_first_raw(const sg_layer_config *config, sg_neuron_param param, double dt_ms, uint64_t seed,
                                 size_t layer, size_t n, size_t *raised) {
    uint32_t stream = SG_STREAM_NEURON_PARAMS + (uint32_t)(layer * SG_NEURON_PARAMS) + (uint32_t)param;
    double factor = config->spread[param] > 0 ? sg_exp(config->spread[param] * sg_random_normal(seed, stream, n)) : 1;
    double natural = sg_neuron_param_configured(config, param) * factor, least = SG_EULER_LEAST * dt_ms;
    if (factor < 1 && params[param].time && is_euler(config) && natural < least) {
        natural = least; /* a draw, not a setting: euler's decay must stay above 0 */
        ++*raised;
    }
    return sg_neuron_param_to_raw(config, param, dt_ms, natural);
}

double sg_neuron_param_slope(sg_neuron_param param, sg_neuron_param_value value) {
    return params[param].time ? value.value * value.rest : value.value;
}

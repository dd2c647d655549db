#include "net/dial.h"

#include "base/exact.h"
#include "base/random.h"

#include <math.h>

static const struct {
    const char *name;
    bool time;
} dials[SG_DIALS] = {
    [SG_DIAL_TAU_MEM] = {"tau_mem", true},        [SG_DIAL_TAU_SYN] = {"tau_syn", true},
    [SG_DIAL_TAU_ADAPT] = {"tau_adapt", true},    [SG_DIAL_THRESHOLD] = {"threshold", false},
    [SG_DIAL_ADAPTATION] = {"adaptation", false}, [SG_DIAL_COUPLING] = {"coupling", false},
};

const char *sg_dial_name(sg_dial dial) {
    return dials[dial].name;
}

bool sg_neuron_has_dial(const sg_neuron_kind *kind, sg_dial dial) {
    const bool has[SG_DIALS] = {
        [SG_DIAL_TAU_MEM] = kind->leaks,
        [SG_DIAL_TAU_SYN] = kind->synapse,
        [SG_DIAL_TAU_ADAPT] = kind->adaptation != SG_ADAPTS_NOT,
        [SG_DIAL_THRESHOLD] = kind->spiking,
        [SG_DIAL_ADAPTATION] = kind->adaptation != SG_ADAPTS_NOT,
        [SG_DIAL_COUPLING] = kind->adaptation == SG_ADAPTS_CURRENT,
    };
    return has[dial];
}

bool sg_layer_has_raw(const sg_layer_config *config, sg_dial dial) {
    return (config->spread[dial] > 0 || config->train[dial] || *config->dial_file) &&
           sg_neuron_has_dial(sg_neuron_at(config->neuron), dial);
}

static bool is_euler(const sg_layer_config *config) {
    return sg_layer_integration(config) == SG_INTEGRATE_EULER;
}

double sg_dial_configured(const sg_layer_config *config, sg_dial dial) {
    return config->dial[dial] * (dial == SG_DIAL_ADAPTATION ? sg_layer_unit(config) : 1);
}

sg_dial_value sg_dial_from_config(const sg_layer_config *config, sg_dial dial, double dt_ms) {
    double natural = sg_dial_configured(config, dial), share = dt_ms / natural;
    if (!dials[dial].time)
        return (sg_dial_value){natural, 0};
    return is_euler(config) ? (sg_dial_value){1 - share, share} : (sg_dial_value){sg_exp(-share), -sg_expm1(-share)};
}

static double logistic(double raw) {
    return 1 / (1 + sg_exp(-raw));
}

sg_dial_value sg_dial_from_raw(sg_dial dial, double raw) {
    return dials[dial].time ? (sg_dial_value){logistic(raw), logistic(-raw)} : (sg_dial_value){sg_exp(raw), 0};
}

/* The logit log(decay / (1 - decay)), written with dt / tau, since a slow decay rounds to 1. */
double sg_dial_raw_of(const sg_layer_config *config, sg_dial dial, double dt_ms, double natural) {
    double share = dt_ms / natural;
    if (!dials[dial].time)
        return sg_log(natural);
    return is_euler(config) ? sg_log((natural - dt_ms) / dt_ms) : -share - sg_log(-sg_expm1(-share));
}

bool sg_dial_may_be(const sg_layer_config *config, sg_dial dial, double dt_ms, double natural) {
    double least = dials[dial].time && is_euler(config) ? dt_ms : 0;
    return isfinite(natural) && natural > least;
}

double sg_dial_first_raw(const sg_layer_config *config, sg_dial dial, double dt_ms, uint64_t seed, size_t layer,
                         size_t n, size_t *raised) {
    uint32_t stream = SG_STREAM_DIALS + (uint32_t)(layer * SG_DIALS) + (uint32_t)dial;
    double factor = config->spread[dial] > 0 ? sg_exp(config->spread[dial] * sg_random_normal(seed, stream, n)) : 1;
    double natural = sg_dial_configured(config, dial) * factor, least = SG_EULER_LEAST * dt_ms;
    if (factor < 1 && dials[dial].time && is_euler(config) && natural < least) {
        natural = least; /* a draw, not a setting: euler's decay must stay above 0 */
        ++*raised;
    }
    return sg_dial_raw_of(config, dial, dt_ms, natural);
}

double sg_dial_slope(sg_dial dial, sg_dial_value value) {
    return dials[dial].time ? value.value * value.rest : value.value;
}

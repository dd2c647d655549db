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

static double value_of(const sg_layer_config *config, sg_dial dial, double dt_ms, double natural) {
    return dials[dial].time ? sg_decay(sg_layer_integration(config), dt_ms, natural) : natural;
}

double sg_dial_configured(const sg_layer_config *config, sg_dial dial) {
    return config->dial[dial] * (dial == SG_DIAL_ADAPTATION ? sg_layer_unit(config) : 1);
}

double sg_dial_value(const sg_layer_config *config, sg_dial dial, double dt_ms) {
    return value_of(config, dial, dt_ms, sg_dial_configured(config, dial));
}

double sg_dial_from_raw(sg_dial dial, double raw) {
    return dials[dial].time ? 1 / (1 + sg_exp(-raw)) : sg_exp(raw);
}

double sg_dial_raw_of(const sg_layer_config *config, sg_dial dial, double dt_ms, double natural) {
    double value = value_of(config, dial, dt_ms, natural);
    return dials[dial].time ? sg_log(value / (1 - value)) : sg_log(value);
}

bool sg_dial_may_be(const sg_layer_config *config, sg_dial dial, double dt_ms, double natural) {
    double least = dials[dial].time && sg_layer_integration(config) == SG_INTEGRATE_EULER ? dt_ms : 0;
    return isfinite(natural) && natural > least;
}

double sg_dial_first_raw(const sg_layer_config *config, sg_dial dial, double dt_ms, uint64_t seed, size_t layer,
                         size_t n, size_t *raised) {
    uint32_t stream = SG_STREAM_DIALS + (uint32_t)(layer * SG_DIALS) + (uint32_t)dial;
    double factor = config->spread[dial] > 0 ? sg_exp(config->spread[dial] * sg_random_normal(seed, stream, n)) : 1;
    double natural = sg_dial_configured(config, dial) * factor, least = SG_EULER_LEAST * dt_ms;
    if (factor < 1 && dials[dial].time && sg_layer_integration(config) == SG_INTEGRATE_EULER && natural < least) {
        natural = least; /* a draw, not a setting: euler's decay must stay above 0 */
        ++*raised;
    }
    return sg_dial_raw_of(config, dial, dt_ms, natural);
}

double sg_dial_slope(sg_dial dial, double value) {
    return dials[dial].time ? value * (1 - value) : value;
}

double sg_dial_natural(const sg_layer_config *config, sg_dial dial, double dt_ms, double raw) {
    double value = sg_dial_from_raw(dial, raw);
    if (!dials[dial].time)
        return value;
    return sg_layer_integration(config) == SG_INTEGRATE_EULER ? dt_ms / (1 - value) : -dt_ms / sg_log(value);
}

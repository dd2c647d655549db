#include "net/lags.h"

#include "base/exact.h"
#include "net/link.h"

#include <math.h>

/* sigma that training ends with, and what a gauss is wider besides: as the authors of DCLS have them. */
static const double LEAST_SIGMA = 0.23, GAUSS_WIDER = 0.27;

/* Kernels are divided by their sum and this, which no sum of theirs comes near. */
static const double NO_SUM = 1e-7;

/* A step more than a time that is a whole number of steps must not be lost to rounding. */
static const double ROUNDING = 1e-9;

static double most_ms(const sg_layer_config *config) {
    return config->train_delays ? config->delay_most : config->delay_high;
}

/* Lags 0 .. D-1. The longest one is within trained delays' bound, and nearest to the longest of fixed ones. */
static double count_of(const sg_layer_config *config, double dt_ms) {
    return floor(most_ms(config) / dt_ms + (config->train_delays ? ROUNDING : 0.5)) + 1;
}

sg_lags sg_lags_plan(const sg_layer_config *config, double dt_ms) {
    const double unit = (config->train_delays ? config->delay_unit : dt_ms) / dt_ms;
    const double count = count_of(config, dt_ms);
    if (config->delay != SG_DELAY_SYNAPTIC)
        return (sg_lags){0};
    return (sg_lags){.count = (size_t)count,
                     .trained = config->train_delays,
                     .unit = (float)unit,
                     .most = (float)((config->train_delays ? count - 1 : most_ms(config) / dt_ms) / unit),
                     .shape = (sg_delay_kernel)config->delay_kernel,
                     .first = config->delay_sigma > 0 ? config->delay_sigma : count / 2,
                     .share = config->delay_shrink,
                     .sigma = SG_WHOLE_LAGS};
}

sg_status sg_lags_check(const sg_layer_config *config, size_t layer, double dt_ms, int64_t steps) {
    const char *key = config->train_delays ? "most" : "high";
    if (config->delay != SG_DELAY_SYNAPTIC)
        return SG_OK;
    if (sg_link_at(config->link) != &sg_link_dense)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.kind: synaptic, but link.kind is '%s', and only a dense link has a delay for "
                       "each synapse: use axonal, or link.kind: dense",
                       layer, sg_link_at(config->link)->head.name);
    if (count_of(config, dt_ms) > SG_MAX_LAGS)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.%s: %g ms are %.0f steps of dt, expected %d at most where each synapse has a "
                       "delay: use less, or a longer dt",
                       layer, key, most_ms(config), count_of(config, dt_ms) - 1, SG_MAX_LAGS - 1);
    if (count_of(config, dt_ms) > (double)steps)
        return sg_fail(SG_CONFIG,
                       "layers.%zu.delay.%s: %g ms, but samples are %g ms long, and no spike comes after their end: "
                       "use less",
                       layer, key, most_ms(config), (double)steps * dt_ms);
    return SG_OK;
}

bool sg_lags_shrink(const sg_network_config *config) {
    for (size_t l = 0; l < config->layer_count; l++) {
        const sg_layer_config *layer = &config->layers[l];
        if (layer->delay == SG_DELAY_SYNAPTIC && layer->train_delays && layer->delay_shrink > 0)
            return true;
    }
    return false;
}

/* The same factor from each epoch to the next. */
double sg_lags_sigma(const sg_lags *lags, double done) {
    const double least = lags->first < LEAST_SIGMA ? lags->first : LEAST_SIGMA;
    if (done >= lags->share)
        return lags->shape == SG_DELAY_TRIANGLE ? 0 : least;
    return lags->first * sg_exp(sg_log(least / lags->first) * done / lags->share);
}

void sg_lags_clamp(const sg_lags *lags, float *delays, size_t count) {
    for (size_t i = 0; i < count; i++) {
        delays[i] = delays[i] > 0 ? delays[i] : 0;
        delays[i] = delays[i] < lags->most ? delays[i] : lags->most;
    }
}

/* The kernel at a distance from the delay, before it is divided, and its derivative by the delay. */
static double triangle(double distance, double sigma, double *slope) {
    const double height = 1 + sigma - fabs(distance);
    *slope = height <= 0 || distance == 0 ? 0 : distance > 0 ? 1 : -1;
    return height > 0 ? height : 0;
}

static double gauss(double distance, double sigma, double *slope) {
    const double width = sigma + GAUSS_WIDER, z = distance / width, height = sg_exp(-z * z / 2);
    *slope = height * z / width;
    return height;
}

/* A delay may be rounded to one past the last lag, as a float. */
size_t sg_lags_nearest(const sg_lags *lags, float delay) {
    const size_t nearest = (size_t)floor((double)delay * (double)lags->unit + 0.5);
    return nearest < lags->count ? nearest : lags->count - 1;
}

void sg_lags_spread(const sg_lags *lags, float delay, double *q, double *slope) {
    const double unit = (double)lags->unit, at = (double)delay * unit;
    double sum = NO_SUM, slopes = 0;
    for (size_t k = 0; k < lags->count; k++) {
        const double distance = (double)k - at;
        q[k] = lags->shape == SG_DELAY_GAUSS ? gauss(distance, lags->sigma, &slope[k])
                                             : triangle(distance, lags->sigma, &slope[k]);
        sum += q[k];
        slopes += slope[k];
    }
    for (size_t k = 0; k < lags->count; k++) {
        q[k] /= sum;
        slope[k] = unit * (slope[k] - q[k] * slopes) / sum;
    }
}

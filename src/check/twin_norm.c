#include "check/twin_norm.h"

#include <math.h>
#include <stdlib.h>

static size_t cells_of(const sg_norm *norm) {
    return norm->rows * norm->channels;
}

bool sg_twin_norm_open(sg_twin_norm *norm, const sg_norm *of) {
    const size_t cells = cells_of(of);
    norm->norm = of;
    if (cells == 0)
        return true;
    norm->x = sg_array(cells, sizeof *norm->x);
    norm->square = sg_array(cells, sizeof *norm->square);
    norm->origin = sg_array(cells, sizeof *norm->origin);
    norm->mean = sg_array(cells, sizeof *norm->mean);
    norm->variance = sg_array(cells, sizeof *norm->variance);
    norm->count = sg_array(cells, sizeof *norm->count);
    bool there = norm->x && norm->square && norm->origin && norm->mean && norm->variance && norm->count;
    for (size_t j = 0; there && j < cells; j++)
        norm->variance[j] = sg_fixed(1);
    return there;
}

void sg_twin_norm_close(sg_twin_norm *norm) {
    free(norm->x);
    free(norm->square);
    free(norm->origin);
    free(norm->mean);
    free(norm->variance);
    free(norm->count);
}

/* 1 / sqrt(x) */
static sg_dual root_over(sg_dual x) {
    const double value = 1 / sqrt(x.value);
    return (sg_dual){value, -0.5 * value / x.value * x.slope};
}

/* lambda a theta (x - mean) / sqrt(variance + eps) + beta */
sg_dual sg_twin_normalise(const sg_twin *twin, sg_twin_norm *norm, size_t l, size_t t, size_t n, sg_dual x) {
    const sg_layer_config *config = &twin->config->layers[l];
    const size_t channels = norm->norm->channels, c = n % channels;
    const size_t j = (config->norm == SG_NORM_BNTT ? t : 0) * channels + c;
    const sg_dual off = sg_minus(x, sg_fixed(norm->origin[j]));
    norm->x[j] = sg_plus(norm->x[j], x);
    norm->square[j] = sg_plus(norm->square[j], sg_times(off, off));
    norm->count[j]++;
    const bool scales = config->norm == SG_NORM_TDBN && sg_neuron_at(config->neuron)->spiking;
    const double theta = scales ? config->param[SG_PARAM_THRESHOLD] : 1;
    const sg_dual lambda = sg_twin_parameter(twin, sg_twin_at(twin->network, l, norm->norm->scale) + j);
    const sg_dual over = root_over(sg_plus(norm->variance[j], sg_fixed(config->norm_eps)));
    sg_dual y = sg_times(sg_scaled(theta, lambda), sg_times(sg_minus(x, norm->mean[j]), over));
    if (config->norm == SG_NORM_TDBN)
        y = sg_plus(y, sg_twin_parameter(twin, sg_twin_at(twin->network, l, norm->norm->shift) + j));
    return y;
}

/* E(x - origin)^2 - (mean - origin)^2 */
void sg_twin_norm_take(sg_twin_norm *norm) {
    for (size_t j = 0; j < cells_of(norm->norm); j++) {
        const double share = 1 / (double)norm->count[j];
        norm->mean[j] = sg_scaled(share, norm->x[j]);
        const sg_dual off = sg_minus(norm->mean[j], sg_fixed(norm->origin[j]));
        norm->variance[j] = sg_minus(sg_scaled(share, norm->square[j]), sg_times(off, off));
        norm->origin[j] = norm->mean[j].value;
        norm->x[j] = norm->square[j] = sg_fixed(0);
        norm->count[j] = 0;
    }
}

#include "check/twin_inlet.h"

#include <math.h>

/* A window of the pool: the numbers of a channel in its places, by row, column. */
typedef struct window {
    const sg_dual *first;
    size_t row, column; /* from one place to the next */
    size_t rows, columns;
} window;

static sg_dual at(const window *w, size_t place) {
    return w->first[place / w->columns * w->row + place % w->columns * w->column];
}

static sg_dual sum(const window *w) {
    sg_dual total = sg_fixed(0);
    for (size_t place = 0; place < w->rows * w->columns; place++)
        total = sg_plus(total, at(w, place));
    return total;
}

/* Of spikes the first that is there, or the first place; of smooth ones the largest. */
static uint8_t first_of(const window *w, bool smooth) {
    size_t winner = 0;
    for (size_t place = 1; place < w->rows * w->columns; place++)
        if (at(w, place).value > at(w, winner).value && (smooth || at(w, winner).value == 0))
            winner = place;
    return (uint8_t)winner;
}

static sg_dual pool(const sg_twin *twin, const window *w, sg_pooling kind, uint8_t *winner) {
    if (kind == SG_POOL_MAX) {
        if (!twin->holding)
            *winner = first_of(w, twin->smooth);
        return at(w, *winner);
    }
    return kind == SG_POOL_AVERAGE ? sg_scaled(1 / (double)(w->rows * w->columns), sum(w)) : sum(w);
}

void sg_twin_inlet(const sg_twin *twin, const sg_layer *layer, const sg_layer_config *config, const sg_dual *below,
                   sg_dual *in, uint8_t *winner) {
    const sg_shape from = layer->inlet.from, to = layer->inlet.to;
    if (layer->inlet.is_first) { /* data are numbered as inputs are */
        for (size_t i = 0; i < layer->link.inputs; i++)
            in[i] = below[i];
        return;
    }
    size_t size = config->pool == SG_POOL_NONE ? 1 : (size_t)config->pool_size, rows = from.height == 1 ? 1 : size;
    for (size_t c = 0; c < to.channels; c++)
        for (size_t y = 0; y < to.height; y++)
            for (size_t x = 0; x < to.width; x++) {
                size_t input = (c * to.height + y) * to.width + x;
                size_t place = y * rows * from.width + x * size;
                const window w = {below + place * from.channels + c, (size_t)from.width * from.channels, from.channels,
                                  rows, size};
                in[input] = pool(twin, &w, (sg_pooling)config->pool, winner + input);
            }
}

/* (1 - f) s[t - k] + f s[t - k - 1], k the whole steps of the delay and f what is more; silent before the first step.
 * Training has f 0, with its derivative. */
sg_dual sg_twin_delayed(const sg_twin *twin, const sg_layer_config *config, size_t at, const sg_dual *spikes,
                        size_t width, size_t t, double *constant) {
    double unit = (config->train_delays ? config->delay_unit : twin->config->dt_ms) / twin->config->dt_ms;
    sg_dual parameter = sg_twin_parameter(twin, at);
    if (!twin->holding)
        *constant = parameter.value;
    size_t k = (size_t)floor((double)(float)((float)*constant * (float)unit));
    const sg_dual none = sg_fixed(0), now = t >= k ? spikes[(t - k) * width] : none,
                  before = t >= k + 1 ? spikes[(t - k - 1) * width] : none;
    sg_dual f = sg_scaled(unit, sg_minus(parameter, sg_fixed(*constant)));
    return sg_plus(now, sg_times(f, sg_minus(before, now)));
}

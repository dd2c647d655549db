/* Inlets: what the spikes of a layer pass before they reach the link of the next: a pool, a new number, and a delay.
 *
 * Neurons of a map are numbered by row, column, channel, so that what a spike adds to through a convolution lies side
 * by side. Inputs of links, as rows of weights, are numbered by channel, row, column, as data are and as other
 * libraries have them. A place is a number by row, column, channel after the pool: dL/dinputs come by it.
 *
 * A pool has no neurons and no weights. Its windows do not overlap; what is left over at the border is left out. sum
 * and avg let each spike through, so that a place may have several in a step; max lets the first one of a window
 * through, by row, column, and what comes back is for that one, or for the first place of a window where none fired.
 *
 * An axonal delay d, in steps, lets a spike of step t through in step t + floor(d), if that is one of the sample. Its
 * derivative is that of linear interpolation between the steps beside t + d, from the right of floor(d). */
#ifndef SG_NET_INLET_H
#define SG_NET_INLET_H

#include "base/memory.h"
#include "net/link.h"

#define SG_NO_PLACE UINT32_MAX

typedef struct sg_inlet {
    bool is_there;
    bool is_first; /* above data, which are numbered by channel, row, column */
    bool delays;
    float delay_unit, delay_most; /* steps of the unit, and units of the longest delay */
    sg_pooling pool;
    size_t size;        /* of a window, in each direction */
    sg_shape from, to;  /* before the pool, and after it */
    float factor;       /* of the weighted input */
    uint32_t *place;    /* (neurons below) SG_NO_PLACE: it is left out */
    uint8_t *in_window; /* (neurons below) its number in its window, by row, column; NULL but for max */
    uint32_t *input;    /* (places) the link's input */
    uint16_t *lag;      /* (places) floor of its delay, in steps; NULL: there are no delays */
} sg_inlet;

/* What runs of a sample need. */
typedef struct sg_inlet_buffers {
    uint8_t *winner; /* (T, places) of each window the number of the place that fired first, or 0; NULL but for max */
    uint32_t *seen;  /* (places) the step after that in which a spike went through last; likewise */
    uint32_t *begin; /* (T + 1) where steps begin in a list of delayed spikes; NULL without delays */
} sg_inlet_buffers;

/* Where a list of delayed spikes goes. */
typedef struct sg_spike_arrays {
    uint16_t *step;
    uint32_t *channel;
} sg_spike_arrays;

/* The inlet of a layer of this configuration above one of shape `from`, without tables. Without delays there is none
 * above data; and none above a layer without places, unless the link works on a whole layer, whose dL/dinputs come by
 * places. */
sg_inlet sg_inlet_plan(const sg_layer_config *config, double dt_ms, sg_shape from, bool is_first);

/* The shape after the pool. SG_CONFIG, whose message begins with the key, if it does not fit. */
sg_status sg_inlet_shape(const sg_layer_config *config, size_t layer, sg_shape from, sg_shape *to);

/* Takes tables, and fills them where there is memory. */
void sg_inlet_lay_out(sg_inlet *inlet, sg_arena *arena);

sg_inlet_buffers sg_inlet_buffers_lay_out(const sg_inlet *inlet, sg_arena *arena, size_t steps);

/* Brings lags up to date with delays (inputs), in units, which are first brought within 0 and the longest. */
void sg_inlet_refresh(sg_inlet *inlet, float *delays);

/* The spikes of neurons below become those of the link's inputs, written to `to`. The list of them. `own` is where
 * the spikes are, for a pool of max, which changes them; without delays it may be `to`, too. */
sg_spike_list sg_inlet_pass(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, sg_spike_list spikes,
                            sg_spike_arrays own, sg_spike_arrays to);

/* dL/dinputs (T, inputs) after the inlet of a first layer become those before it. */
void sg_inlet_back_to_inputs(const sg_inlet *inlet, size_t steps, float *by_inputs);

/* by_delays (inputs) += dL/ddelays, in units, from the spikes after the inlet and dL/dinputs (T, places). */
void sg_inlet_add_gradient(const sg_inlet *inlet, size_t steps, sg_spike_list passed, const float *by_places,
                           float *by_delays);

/* wanted (T, places) = 1 where a place, in any of its channels, leads back to a neuron below whose bit is set in active
 * (T, stride / SG_LANES), else 0. Not with delays. */
void sg_inlet_want(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const uint16_t *active,
                   size_t stride, uint8_t *wanted);

/* g (T, width) of a block of neurons below = dL/dspikes, from dL/dinputs (T, places). */
void sg_inlet_back(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const float *by_places,
                   sg_block block, float *g);

#endif

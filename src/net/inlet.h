/* Inlets: what the spikes of a layer pass before they reach the link of the next: a pool, and a new number.
 *
 * Neurons of a map are numbered by row, column, channel, so that what a spike adds to through a convolution lies side by
 * side. Inputs of links, as rows of weights, are numbered by channel, row, column, as data are and as other libraries
 * have them. A place is a number by row, column, channel behind the pool: dL/dinputs come by it.
 *
 * A pool has no neurons and no weights. Its windows do not overlap; what is left over at the border is left out. sum
 * and avg let each spike through, so that a place may have several in a step; max lets the first one of a window through,
 * by row, column, and what comes back is for that one, or for the first place of a window where none fired. */
#ifndef SG_NET_INLET_H
#define SG_NET_INLET_H

#include "base/memory.h"
#include "net/link.h"

#define SG_NO_PLACE UINT32_MAX

typedef struct sg_inlet {
    bool is_there;
    sg_pooling pool;
    size_t size;        /* of a window, in each direction */
    sg_shape from, to;  /* before and behind the pool */
    float factor;       /* of the weighted input */
    uint32_t *place;    /* (neurons below) SG_NO_PLACE: it is left out */
    uint8_t *in_window; /* (neurons below) its number in its window, by row, column; NULL but for max */
    uint32_t *input;    /* (places) the link's input */
} sg_inlet;

/* What runs of a sample need. */
typedef struct sg_inlet_buffers {
    uint8_t *winner; /* (T, places) of each window the number of the place that fired first, or 0; NULL but for max */
    uint32_t *seen;  /* (places) the step after that in which a spike went through last; likewise */
} sg_inlet_buffers;

/* The inlet of a layer of this configuration above one of shape `from`, without tables: there is none above a layer
 * without places, or without a pool above data. */
sg_inlet sg_inlet_plan(const sg_layer_config *config, sg_shape from, bool is_first);

/* The shape behind the pool. SG_CONFIG, whose message begins with the key, if it does not fit. */
sg_status sg_inlet_shape(const sg_layer_config *config, size_t layer, sg_shape from, sg_shape *to);

/* Takes tables, and fills them where there is memory. */
void sg_inlet_lay_out(sg_inlet *inlet, sg_arena *arena);

sg_inlet_buffers sg_inlet_buffers_lay_out(const sg_inlet *inlet, sg_arena *arena, size_t steps);

/* The spikes of neurons below, in a list of `count`, become those of the link's inputs, in the same place. How many. */
size_t sg_inlet_pass(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, uint16_t *step,
                     uint32_t *channel, size_t count);

/* g (T, width) of a block of neurons below = dL/dspikes, from dL/dinputs (T, places). */
void sg_inlet_back(const sg_inlet *inlet, const sg_inlet_buffers *buffers, size_t steps, const float *by_places,
                   sg_block block, float *g);

#endif

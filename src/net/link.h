/* Links: what carries the spikes of one layer to the input of the next. A table of kinds; a kind is one file,
 * link_NAME.c, and one row in link.c. */
#ifndef SG_NET_LINK_H
#define SG_NET_LINK_H

#include "kernel/kernel.h"

/* Sizes of one link. Weights are (inputs, stride) in blocks (kernel.h): (inputs, width), one block after the other. */
typedef struct sg_link_shape {
    size_t steps;        /* T */
    size_t inputs;       /* I */
    size_t neurons;      /* N */
    size_t stride;       /* of N */
    size_t stride_below; /* of I */
} sg_link_shape;

/* A block of a layer's neurons (kernel.h). */
typedef struct sg_block {
    size_t first;   /* neuron */
    size_t neurons; /* without padding */
    size_t width;   /* with it */
} sg_block;

static inline size_t sg_block_count(size_t stride) {
    return (stride + SG_BLOCK - 1) / SG_BLOCK;
}

static inline sg_block sg_block_at(size_t neurons, size_t stride, size_t i) {
    size_t first = i * SG_BLOCK, width = stride - first < SG_BLOCK ? stride - first : SG_BLOCK;
    return (sg_block){first, neurons - first < width ? neurons - first : width, width};
}

/* The spikes that come in: those of the data a list, those of a layer a list or bits, as the link wants them. */
typedef struct sg_spike_source {
    sg_spike_list list;
    const uint16_t *bits; /* (T, stride_below / SG_LANES), or NULL: the list */
} sg_spike_source;

typedef struct sg_link_kind {
    const char *name;

    /* Whether it wants `count` spikes of the layer below as bits, not as a list. */
    bool (*wants_bits)(size_t count, const sg_link_shape *shape);

    /* x (T, width) of a block = weighted input, from the weights of the block. */
    void (*forward)(const sg_kernels *kernels, float *x, const float *weights, sg_spike_source spikes,
                    const sg_link_shape *shape, sg_block block);

    /* gradient (I, width) += gradient by the weights to a block, from its gx (T, width); touched (I) as in kernel.h. */
    void (*backward)(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gx,
                     sg_spike_source spikes, const sg_link_shape *shape, sg_block block);

    /* Each of the two at once with cuba_lif neurons, for input that is a list (gather_cuba_lif, scatter_cuba_lif in
     * kernel.h). NULL where a link has no such form. */
    void (*forward_cuba_lif)(const sg_kernels *kernels, uint16_t *spikes, float *u, bool keeps, const float *weights,
                             sg_spike_list input, sg_cuba_lif neuron, const sg_link_shape *shape, sg_block block);
    void (*backward_cuba_lif)(const sg_kernels *kernels, float *gradient, uint8_t *touched, float *g, const float *u,
                              sg_rank_one product, sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate,
                              const sg_link_shape *shape, sg_block block);

    /* The first two for one row of numbers, one for each input, in the place of spikes: y (stride) = numbers (inputs)
     * W, and the gradient by the weights, touched (blocks, I), from the one by y, gy (stride). NULL where a link has no
     * such form. */
    void (*forward_numbers)(const sg_kernels *kernels, float *y, const float *weights, const float *numbers,
                            const sg_link_shape *shape);
    void (*backward_numbers)(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gy,
                             const float *numbers, const sg_link_shape *shape);

    /* g (T, width) of a block below = gradient by its spikes, where `active` (T, stride_below / SG_LANES), from the gx
     * of all blocks of this layer. transposed (N, stride_below). */
    void (*project)(const sg_kernels *kernels, float *g, const float *gx, const float *transposed,
                    const uint16_t *active, const sg_link_shape *shape, sg_block below);
} sg_link_kind;

extern const sg_link_kind sg_link_dense;

const char *sg_link_name(int i); /* the i-th, NULL past the last */
const sg_link_kind *sg_link_at(int i);

#endif

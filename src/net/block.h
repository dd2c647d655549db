/* Blocks: at most SG_BLOCK neurons of a layer, or columns of a group of parameters, side by side (kernel.h). */
#ifndef SG_NET_BLOCK_H
#define SG_NET_BLOCK_H

#include "kernel/kernel.h"

typedef struct sg_block {
    size_t first;   /* neuron */
    size_t neurons; /* without padding */
    size_t width;   /* with it */
} sg_block;

/* Neurons padded to whole tiles. */
static inline size_t sg_stride(size_t neurons) {
    return (neurons + SG_LANES - 1) / SG_LANES * SG_LANES;
}

static inline size_t sg_block_count(size_t stride) {
    return (stride + SG_BLOCK - 1) / SG_BLOCK;
}

static inline sg_block sg_block_at(size_t neurons, size_t i) {
    size_t first = i * SG_BLOCK, left = sg_stride(neurons) - first, width = left < SG_BLOCK ? left : SG_BLOCK;
    return (sg_block){first, neurons - first < width ? neurons - first : width, width};
}

#endif

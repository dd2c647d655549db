/* Counter-based random numbers: value = f(seed, stream, index), so that any one can be drawn by any thread in any
 * order. The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC
 * 2011). Everything above it uses exact arithmetic only, so the bits are the same on every machine. */
#ifndef SG_BASE_RANDOM_H
#define SG_BASE_RANDOM_H

#include "base/arithmetic.h"

#include <stddef.h>
#include <stdint.h>

/* Independent streams of one seed. A stream with an instance (a layer, an epoch) adds it. */
enum {
    SG_STREAM_SPLIT = 1,
    SG_STREAM_VALIDATION,
    SG_STREAM_ENCODER,
    SG_STREAM_SET,     /* of synthetic data: what classes are ... */
    SG_STREAM_SAMPLES, /* ... and what samples are */
    SG_STREAM_AUGMENT,
    SG_STREAM_SHUFFLE = 0x10000,          /* + epoch */
    SG_STREAM_WEIGHTS = 0x20000000,       /* + layer */
    SG_STREAM_RECURRENT = 0x20001000,     /* + layer */
    SG_STREAM_NEURON_PARAMS = 0x20002000, /* + layer x params + param */
    SG_STREAM_DROPOUT = 0x20003000,       /* + layer */
    SG_STREAM_DELAYS = 0x20004000,        /* + layer */
    SG_STREAM_FEEDBACK = 0x20005000,      /* + layer */
    SG_STREAM_SYNAPSES = 0x20007000,      /* + layer */
    SG_STREAM_FREQUENCIES = 0x20008000,   /* + layer */
    SG_STREAM_SKIPS = 0x20009000          /* + layer x SG_MAX_LAYERS + the layer that they come from */
};

/* The four words of Philox4x32-10 for a 128-bit counter and a 64-bit key. */
void sg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

uint64_t sg_random_bits(uint64_t seed, uint32_t stream, uint64_t index);
double sg_random_uniform(uint64_t seed, uint32_t stream, uint64_t index); /* [0, 1), 53 bits */
double sg_random_normal(uint64_t seed, uint32_t stream, uint64_t index);  /* mean 0, standard deviation 1 */

/* Shuffles items (Fisher-Yates, unbiased). */
void sg_random_shuffle(uint32_t *items, size_t count, uint64_t seed, uint32_t stream);

#endif

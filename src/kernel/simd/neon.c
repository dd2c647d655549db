/* NEON, which every AArch64 processor has. */
#if defined(__aarch64__)
#include "kernel/simd/simd.h"

#include "kernel/simd/lane_neon.h"

#define TABLE         sg_kernels_neon
#define NAME          "neon"
#define GATHER_TILES  4
#define BITS_BLOCK    4
#define CONV_PLACES   4
#define PROJECT_TILES 1
#define PROJECT_STEPS 2
#define NEURON_TILES  1
#define FUSED_TILES   0
#include "kernel/simd/kernels.inc.h"
#endif

/* AVX2. */
#if defined(__x86_64__)
#include "kernel/simd/simd.h"

#include "kernel/simd/lane_avx2.h"

#define TABLE         sg_kernels_avx2
#define NAME          "avx2"
#define GATHER_TILES  4
#define BITS_BLOCK    4
#define CONV_PLACES   4
#define PROJECT_TILES 2
#define PROJECT_STEPS 2
#define NEURON_TILES  4
#define FUSED_TILES   0
#include "kernel/simd/kernels.inc.h"
#endif

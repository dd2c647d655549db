/* AVX-512 (F, DQ, BW, VL) and BMI2, which every processor with it has. */
#if defined(__x86_64__)
#include "kernel/simd/simd.h"

#include "kernel/simd/lane_avx512.h"

#define TABLE         sg_kernels_avx512
#define NAME          "avx512"
#define GATHER_TILES  8
#define BITS_BLOCK    8
#define CONV_PLACES   8
#define PROJECT_TILES 4
#define PROJECT_STEPS 4
#define NEURON_TILES  8
#define FUSED_TILES   8
#include "kernel/simd/kernels.inc.h"
#endif

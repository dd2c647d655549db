/* AVX2. */
#if defined(__x86_64__)
#include "kernel/simd/simd.h"

#include "kernel/simd/lane_avx2.h"

#define TABLE         sg_kernels_avx2
#define NAME          "avx2"
#define WIDE          4
#define BLOCK         4
#define PROJECT_TILES 2
#define PROJECT_STEPS 2
#define TILES         4
#define AT_ONCE       0
#include "kernel/simd/kernels.inc.h"
#endif

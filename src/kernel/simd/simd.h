/* The vector kernels: one source (kernels.inc.h) over lane primitives (lane_*.h), compiled for each instruction set. */
#ifndef SG_KERNEL_SIMD_SIMD_H
#define SG_KERNEL_SIMD_SIMD_H

#include "kernel/kernel.h"

extern const sg_kernels sg_kernels_avx2, sg_kernels_avx512, sg_kernels_neon;

/* Whether processor and operating system run a set. */
bool sg_runs_anywhere(void);
bool sg_runs_avx2(void);
bool sg_runs_avx512(void);

#endif

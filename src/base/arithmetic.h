/* The arithmetic that all else counts on: IEEE 754 in the precision that is written, where NaN and infinity can be told
 * from other numbers, and sums keep their order. It stops compilers that were told otherwise. Of some flags no macro
 * tells; cmake/arithmetic.cmake looks for these. */
#ifndef SG_BASE_ARITHMETIC_H
#define SG_BASE_ARITHMETIC_H

#include <float.h>

#if defined __FAST_MATH__
#error "surgrad cannot be compiled with -ffast-math or -Ofast, which give other numbers on each machine: use -O3"
#elif defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__ > 0
#error "surgrad cannot be compiled with -ffinite-math-only: what is not finite would not be noticed: leave it out"
#elif defined __ASSOCIATIVE_MATH__ || defined __RECIPROCAL_MATH__ || defined __NO_SIGNED_ZEROS__
#error "surgrad cannot be compiled with -funsafe-math-optimizations, nor with its parts: leave them out"
#elif defined __GCC_IEC_559 && __GCC_IEC_559 < 1
#error "surgrad needs IEEE 754, which a flag (-fsingle-precision-constant, ...) has switched off: leave it out"
#elif FLT_EVAL_METHOD != 0
#error "surgrad needs each operation rounded to its own precision (FLT_EVAL_METHOD 0): use -msse2 -mfpmath=sse"
#endif

#endif

/* What this machine runs. The compiler's run-time asks the processor (CPUID) and whether the operating system keeps the
 * wide registers (XGETBV). */
#include "kernel/simd/simd.h"

bool sg_runs_anywhere(void) {
    return true;
}

#if defined(__x86_64__)
bool sg_runs_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
}

bool sg_runs_avx512(void) {
    return sg_runs_avx2() && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

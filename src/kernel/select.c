/* Which set of kernels runs. */
#include "kernel/kernel.h"

#include "base/text.h"
#include "kernel/simd/simd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const sg_kernels *kernels;
    bool (*runs)(void);
} sets[] = {
    {&sg_kernels_ref, sg_runs_anywhere},
#if defined(__x86_64__)
    {&sg_kernels_avx2, sg_runs_avx2},
    {&sg_kernels_avx512, sg_runs_avx512},
#elif defined(__aarch64__)
    {&sg_kernels_neon, sg_runs_anywhere},
#endif
};

enum { SETS = sizeof sets / sizeof *sets };

/* What sg_set_cpu named, or NULL. */
static _Atomic(const sg_kernels *) forced;

const sg_kernels *sg_kernels_at(size_t i) {
    for (size_t set = 0; set < SETS; set++)
        if (sets[set].runs() && i-- == 0)
            return sets[set].kernels;
    return NULL;
}

static const sg_kernels *fastest(void) {
    const sg_kernels *last = NULL, *next;
    for (size_t i = 0; (next = sg_kernels_at(i)) != NULL; i++)
        last = next;
    return last;
}

static sg_status find(const char *who, const char *name, const sg_kernels **kernels) {
    const char *known[SETS];
    size_t count = 0;
    for (; (*kernels = sg_kernels_at(count)) != NULL; count++) {
        if (strcmp((*kernels)->name, name) == 0)
            return SG_OK;
        known[count] = (*kernels)->name;
    }
    return sg_fail_unknown(SG_ARGUMENT, who, name, known, count, ", which this machine runs");
}

sg_status sg_set_cpu(const char *level) {
    const sg_kernels *kernels = NULL;
    if (level)
        SG_TRY(find("cpu: found", level, &kernels));
    atomic_store(&forced, kernels);
    return SG_OK;
}

sg_status sg_kernels_get(const sg_kernels **kernels) {
    const char *wanted = getenv("SURGRAD_CPU");
    *kernels = atomic_load(&forced);
    if (*kernels)
        return SG_OK;
    if (wanted && *wanted)
        return find("SURGRAD_CPU: found", wanted, kernels);
    *kernels = fastest();
    return SG_OK;
}

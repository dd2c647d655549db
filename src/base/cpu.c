#include "base/cpu.h"

#include <sys/utsname.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <string.h>

/* The brand string, leaves 0x80000002 to 0x80000004: 48 bytes with a 0. */
static void add_brand(sg_text *text) {
    unsigned int words[12], highest, unused;
    char brand[sizeof words + 1] = "unknown";
    if (__get_cpuid(0x80000000, &highest, &unused, &unused, &unused) && highest >= 0x80000004) {
        for (unsigned int i = 0; i < 3; i++)
            __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2], &words[4 * i + 3]);
        memcpy(brand, words, sizeof words);
        brand[sizeof words] = 0;
    }
    sg_text_add(text, "processor: %s\n", brand + strspn(brand, " "));
}

/* The compiler's run-time asks the processor and, through XGETBV, whether the system keeps the wide registers. */
static void add_vectors(sg_text *text) {
    __builtin_cpu_init();
    sg_text_add(text, "vectors: sse2%s%s%s\n", __builtin_cpu_supports("avx2") ? " avx2" : "",
                __builtin_cpu_supports("fma") ? " fma" : "", __builtin_cpu_supports("avx512f") ? " avx512f" : "");
}
#else
static void add_brand(sg_text *text) {
    (void)text;
}

static void add_vectors(sg_text *text) {
    (void)text;
}
#endif

void sg_cpu_describe(sg_text *text) {
    struct utsname system;
    if (uname(&system) == 0)
        sg_text_add(text, "architecture: %s\n", system.machine);
    add_brand(text);
    add_vectors(text);
}

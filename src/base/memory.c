#include "base/memory.h"

#include "base/memory_limit.h"
#include "base/number.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define REMEDY "use smaller data or a smaller network"

enum { LARGE = 16 << 20 }; /* bytes of an array that is worth the few microseconds of looking for limits */

bool sg_size_multiply(size_t a, size_t b, size_t *product) {
    return !__builtin_mul_overflow(a, b, product);
}

bool sg_size_add(size_t a, size_t b, size_t *sum) {
    return !__builtin_add_overflow(a, b, sum);
}

static bool round_up(size_t bytes, size_t *rounded) {
    if (!sg_size_add(bytes, SG_ALIGNMENT - 1, rounded))
        return false;
    *rounded &= ~(size_t)(SG_ALIGNMENT - 1);
    return true;
}

/* The kernel may grant what it does not have, and kill the process that fills it: so ask before. */
static void *allocate(size_t bytes) {
    char text[32];
    if (bytes >= LARGE && sg_check_memory(bytes, "an array", REMEDY) != SG_OK)
        return NULL;
    void *memory = aligned_alloc(SG_ALIGNMENT, bytes);
    sg_format_bytes(text, sizeof text, (double)bytes);
    if (!memory)
        sg_fail(SG_MEMORY, "no memory for an array of %s: %s", text, REMEDY);
    return memory;
}

void *sg_array(size_t count, size_t size) {
    size_t bytes, rounded;
    if (!sg_size_multiply(count ? count : 1, size, &bytes) || !round_up(bytes, &rounded)) {
        sg_fail(SG_MEMORY, "an array needs more bytes than memory can address: %s", REMEDY);
        return NULL;
    }
    void *memory = allocate(rounded);
    return memory ? memset(memory, 0, rounded) : NULL;
}

char *sg_text_copy(const char *text) {
    char *copy = strdup(text);
    if (!copy)
        sg_fail(SG_MEMORY, "no memory for a text of %zu bytes", strlen(text));
    return copy;
}

void sg_free(void *memory) {
    free(memory);
}

/* A plan that overflows stays at SIZE_MAX, which sg_arena_open then refuses. */
void *sg_arena_take(sg_arena *arena, size_t count, size_t size) {
    size_t bytes, rounded, used;
    if (!sg_size_multiply(count, size, &bytes) || !round_up(bytes, &rounded) ||
        !sg_size_add(arena->used, rounded, &used))
        used = SIZE_MAX;
    void *part = arena->base ? arena->base + arena->used : NULL;
    arena->used = used;
    assert(!arena->base || arena->used <= arena->size);
    return part;
}

sg_status sg_arena_open(sg_arena *arena) {
    arena->size = arena->used;
    arena->used = 0;
    arena->base = sg_array(arena->size, 1);
    return arena->base ? SG_OK : SG_MEMORY;
}

void sg_arena_close(sg_arena *arena) {
    free(arena->base);
    *arena = (sg_arena){0};
}

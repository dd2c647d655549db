#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

void *sg_array(size_t count, size_t size) {
    size_t bytes, rounded;
    void *memory = NULL;
    if (sg_size_multiply(count ? count : 1, size, &bytes) && round_up(bytes, &rounded))
        memory = aligned_alloc(SG_ALIGNMENT, rounded);
    if (!memory) {
        sg_fail(SG_MEMORY, "no memory for %zu elements of %zu bytes: use smaller data or a smaller network", count,
                size);
        return NULL;
    }
    return memset(memory, 0, rounded);
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

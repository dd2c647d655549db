/* Memory: checked sizes, aligned arrays, and an arena that is planned before it is filled. */
#ifndef SG_BASE_MEMORY_H
#define SG_BASE_MEMORY_H

#include "base/status.h"

#define SG_ALIGNMENT 64 /* bytes: a cache line, and the widest vector */

/* a * b, a + b; false on overflow. */
bool sg_size_multiply(size_t a, size_t b, size_t *product);
bool sg_size_add(size_t a, size_t b, size_t *sum);

/* `count` zeroed elements of `size` bytes on a cache line; NULL with SG_MEMORY recorded when there is no room, the size
 * overflows, or it is more than this process may hold (base/memory_limit.h). Never NULL for a count of 0. Freed with
 * free(). */
void *sg_array(size_t count, size_t size);

/* A copy of a string, freed with free(); NULL with SG_MEMORY recorded. */
char *sg_text_copy(const char *text);

/* An arena hands out parts of one block. With base NULL it only counts, so one layout function both plans and fills:
 *     sg_arena arena = {0};   layout(&arena);   sg_arena_open(&arena);   layout(&arena);  */
typedef struct sg_arena {
    char *base;
    size_t used, size;
} sg_arena;

void *sg_arena_take(sg_arena *arena, size_t count, size_t size); /* NULL while counting */
sg_status sg_arena_open(sg_arena *arena);                        /* allocates what was counted, zeroed */
void sg_arena_close(sg_arena *arena);

#endif

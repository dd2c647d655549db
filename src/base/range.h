/* A range of items cut into nearly equal parts. */
#ifndef SG_BASE_RANGE_H
#define SG_BASE_RANGE_H

#include <stddef.h>

/* The i-th of `parts` ranges of `count` items, the first ones longer by one where it does not divide (NumPy's
 * array_split): *begin .. *end-1. */
static inline void sg_split_range(size_t count, size_t parts, size_t i, size_t *begin, size_t *end) {
    size_t size = count / parts, longer = count % parts;
    *begin = i * size + (i < longer ? i : longer);
    *end = *begin + size + (i < longer);
}

#endif

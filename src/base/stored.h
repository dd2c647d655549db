/* Numbers as files store them: integers and IEEE floating-point numbers of 8 to 64 bits, in either order of bytes. */
#ifndef SG_BASE_STORED_H
#define SG_BASE_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sg_stored {
    char kind;    /* 'i', 'u', 'f', or 'b': a byte that is 0 or not */
    uint8_t size; /* bytes: 1, 2, 4 or 8; of 'f' 2 or more */
    bool big_endian;
} sg_stored;

/* Whether there are such numbers. */
bool sg_stored_is_known(sg_stored stored);

/* Makes doubles of `count` known numbers, `stride` bytes from one to the next. Integers above 2^53 are rounded. */
void sg_stored_widen(sg_stored stored, const void *from, size_t stride, size_t count, double *to);

#endif

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

bool sg_cli_resize(void *array, size_t count, size_t size) {
    void **place = array, *moved = count <= SIZE_MAX / size ? realloc(*place, count * size) : NULL;
    *place = moved ? moved : *place;
    return moved != NULL;
}

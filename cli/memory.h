/* Arrays that grow. */
#ifndef SG_CLI_MEMORY_H
#define SG_CLI_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Gives the array, whose pointer `array` points to, room for `count` elements of `size` bytes. False, with the array as
 * it was, if memory ends. */
bool sg_cli_resize(void *array, size_t count, size_t size);

#endif

/* Arithmetic of shapes (surgrad.h, sg_shape). */
#ifndef SG_BASE_SHAPE_H
#define SG_BASE_SHAPE_H

#include "base/status.h"

#include <stdbool.h>

/* The channels of a shape; UINT64_MAX where one map alone has too many. */
static inline uint64_t sg_shape_size(sg_shape shape) {
    uint64_t map = (uint64_t)shape.height * shape.width;
    return map <= UINT32_MAX ? shape.channels * map : UINT64_MAX;
}

/* Whether channels lie next to each other, as pixels do. */
static inline bool sg_shape_is_image(sg_shape shape) {
    return (uint64_t)shape.height * shape.width > 1;
}

/* Channels without places. */
static inline sg_shape sg_flat_shape(uint32_t channels) {
    return (sg_shape){channels, 1, 1};
}

/* `code` unless it is the shape of 1 to UINT32_MAX inputs. */
static inline sg_status sg_check_input_shape(sg_shape shape, sg_status code) {
    uint64_t inputs = sg_shape_size(shape);
    return inputs >= 1 && inputs <= UINT32_MAX
               ? SG_OK
               : sg_fail(code, "a network of %u x %u x %u inputs, expected 1 to %u in all", shape.channels,
                         shape.height, shape.width, UINT32_MAX);
}

#endif

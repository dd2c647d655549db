#include "file/h5_geometry.h"

static const uint64_t axes = 3;

sg_status sg_h5_put_geometry(sg_h5 *file, const char *name, sg_shape shape) {
    const uint32_t numbers[3] = {shape.channels, shape.height, shape.width};
    return sg_h5_put(file, name, SG_H5_U32, numbers, 1, &axes, false);
}

sg_status sg_h5_get_geometry(sg_h5 *file, const char *name, sg_shape *shape) {
    uint32_t numbers[3];
    if (!sg_h5_has(file, name))
        return SG_OK;
    SG_TRY(sg_h5_get(file, name, SG_H5_U32, numbers, 1, &axes));
    *shape = (sg_shape){numbers[0], numbers[1], numbers[2]};
    return SG_OK;
}

/* How channels lie (channels, height, width), as a dataset of three numbers. */
#ifndef SG_FILE_H5_GEOMETRY_H
#define SG_FILE_H5_GEOMETRY_H

#include "file/h5.h"

sg_status sg_h5_put_geometry(sg_h5 *file, const char *name, sg_shape shape);

/* *shape stays as it is where the dataset is missing: files of others, and of versions before, need not have it. */
sg_status sg_h5_get_geometry(sg_h5 *file, const char *name, sg_shape *shape);

#endif

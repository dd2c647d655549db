/* A layer of a network on its way into a NIR file, part by part (export.c, primitive.h). */
#ifndef SG_NIR_WRITE_H
#define SG_NIR_WRITE_H

#include "net/network.h"
#include "nir/graph.h"
#include "nir/layer.h"

typedef struct sg_nir_written {
    sg_h5 *file;
    const sg_network *network;
    const sg_layer *layer;
    size_t number;
    const char *node; /* the group of the node in hand */
    sg_nir_time time; /* how readers cut time into steps */
} sg_nir_written;

/* Datasets of the node in hand. A group of the layer's parameters, whose (rows, columns) become (columns, rows), in
 * single precision; whole numbers, and numbers in double precision. rank 0: one. */
sg_status sg_nir_put_group(const sg_nir_written *w, sg_nir_field field, const char *group, int rank,
                           const uint64_t *shape);
sg_status sg_nir_put_wholes(const sg_nir_written *w, sg_nir_field field, const int64_t *values, int rank, int count);
sg_status sg_nir_put_numbers(const sg_nir_written *w, sg_nir_field field, const double *values, int rank,
                             const uint64_t *shape);
sg_status sg_nir_put_zeros(const sg_nir_written *w, sg_nir_field field, uint64_t count);

/* The shape of neurons or inputs: (n), (channels, width) of a map of one row, or (channels, height, width). */
int sg_nir_shape_of(sg_shape shape, uint64_t axes[3]);

#endif

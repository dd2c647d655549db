/* Primitives of NIR: a table, in which a row is one type of node, and says how it becomes part of a layer and how it is
 * written. Rows are in links.c, inlets.c and neurons.c. */
#ifndef SG_NIR_PRIMITIVE_H
#define SG_NIR_PRIMITIVE_H

#include "nir/layer.h"
#include "nir/write.h"

/* What a node is for. The nodes of a layer come in this order, and are written so; an inlet may be missing. */
typedef enum sg_nir_role {
    SG_NIR_INPUT,
    SG_NIR_POOL,
    SG_NIR_LATE,    /* delays */
    SG_NIR_RESHAPE, /* numbers inputs anew, and changes none */
    SG_NIR_FACTOR,  /* before or after weights */
    SG_NIR_LINK,
    SG_NIR_NEURON,
    SG_NIR_FIRES, /* a threshold, alone or after a leaky integrator */
    SG_NIR_OUTPUT
} sg_nir_role;

#define SG_NIR_BIT(field) ((uint32_t)1 << (field))

struct sg_nir_primitive {
    const char *type;
    sg_nir_role role;
    uint32_t needs, may; /* bits of fields */

    /* Adds the node to the layer that it is part of; neurons come last. SG_MODEL where that cannot be computed, with a
     * message that the caller completes by the node. NULL: there is nothing to add. */
    sg_status (*take)(sg_nir_layer *layer, const sg_nir_node *node, const sg_nir_time *time);

    /* Whether the layer has such a part, and how it is written. NULL: it is never written. */
    bool (*fits)(const sg_nir_written *w);
    sg_status (*put)(const sg_nir_written *w);
};

/* The row of this type, or NULL; the i-th row, NULL past the last. */
const sg_nir_primitive *sg_nir_primitive_find(const char *type);
const sg_nir_primitive *sg_nir_primitive_at(size_t i);

/* SG_MODEL for a node of a type that there is no row of. */
sg_status sg_nir_fail_unknown(const char *path, const char *name, const char *type);

/* Rows of the table. */
#define SG_NIR_PRIMITIVES(X)                                                                                           \
    X(input)                                                                                                           \
    X(output)                                                                                                          \
    X(sum_pool)                                                                                                        \
    X(average_pool)                                                                                                    \
    X(delay)                                                                                                           \
    X(flatten) X(scale) X(conv1d) X(conv2d) X(affine) X(linear) X(if) X(lif) X(cuba_lif) X(li) X(cuba_li) X(threshold)

#define SG_NIR_PRIMITIVE_DECLARE(name) extern const sg_nir_primitive sg_nir_##name;
SG_NIR_PRIMITIVES(SG_NIR_PRIMITIVE_DECLARE)

#endif

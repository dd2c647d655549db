/* Groups of parameters. A group is a matrix (rows, columns); a layer's weights are one, its bias another. All groups of
 * a network lie one after the other in one array. In it a group is cut into blocks of columns: the rows of the first
 * block (rows, width), then those of the next. The gradient, the optimiser's arrays and the sum over slices of a batch
 * have the same layout, so each is one pass over groups and blocks, and knows nothing else of a network. */
#ifndef SG_NET_GROUP_H
#define SG_NET_GROUP_H

#include "base/status.h"
#include "net/block.h"

typedef struct sg_group {
    char name[24]; /* "weights", "recurrent", "bias", "raw_tau_mem" */
    size_t rows, columns;
    size_t at;           /* where it begins in arrays shaped like the parameters */
    size_t first_row;    /* the number of its first row of a block, among those of all groups */
    bool decays;         /* whether weight decay is for it */
    bool begins_at_zero; /* it is not drawn */
    size_t taps;         /* places of a kernel, each of which has a row for each channel below; 0: it has no kernels */
    bool zero_diagonal;  /* square, with a diagonal that is and stays 0 */
    double fan_out;      /* neurons that an input reaches, where they are not all columns; 0: they are */
} sg_group;

/* A gradient while it accumulates: of all parameters, of those from some group on, or of some rows. touched is 1 once a
 * row of a block has received a contribution. Other rows hold garbage and count as 0, so nobody need clear them. */
typedef struct sg_gradient {
    float *values;    /* of the parameters from `first` on */
    uint8_t *touched; /* one for each row of a block from `first_row` on, in the order of the values */
    size_t first, first_row;
} sg_gradient;

static inline size_t sg_group_stride(const sg_group *group) {
    return sg_stride(group->columns);
}

static inline size_t sg_group_blocks(const sg_group *group) {
    return sg_block_count(sg_group_stride(group));
}

static inline sg_block sg_group_block(const sg_group *group, size_t i) {
    return sg_block_at(group->columns, i);
}

/* Numbers of a group without padding. */
static inline size_t sg_group_count(const sg_group *group) {
    return group->rows * group->columns;
}

/* Where the rows of a block, (rows, width), begin in an array shaped like the parameters. */
static inline size_t sg_group_block_at(const sg_group *group, sg_block block) {
    return group->at + block.first * group->rows;
}

/* Where one number of a group lies in such an array. */
static inline size_t sg_group_at(const sg_group *group, size_t row, size_t column) {
    const sg_block block = sg_group_block(group, column / SG_BLOCK);
    return sg_group_block_at(group, block) + row * block.width + (column - block.first);
}

/* A block's rows in a gradient that has them. */
static inline sg_gradient sg_gradient_of(const sg_gradient *gradient, const sg_group *group, sg_block block) {
    size_t at = sg_group_block_at(group, block), row = group->first_row + block.first / SG_BLOCK * group->rows;
    return (sg_gradient){gradient->values + (at - gradient->first), gradient->touched + (row - gradient->first_row), at,
                         row};
}

/* The one row (stride) of a group that has no more, made ready for adding. */
float *sg_gradient_single_row(const sg_kernels *kernels, const sg_gradient *gradient, const sg_group *group);

/* Copies values (rows, columns) into or out of a group's place in an array shaped like the parameters. */
void sg_group_pack(const sg_group *group, float *array, const float *values);
void sg_group_unpack(const sg_group *group, const float *array, float *values);

/* "weights, row 3, neuron 7" for an index into such an array, which must be one of the group's. */
void sg_group_place(const sg_group *group, size_t index, char *text, size_t size);

#endif

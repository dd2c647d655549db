#include "net/group.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

float *sg_gradient_single_row(const sg_kernels *kernels, const sg_gradient *gradient, const sg_group *group) {
    assert(group->rows == 1); /* so that its blocks lie side by side */
    for (size_t i = 0; i < sg_group_blocks(group); i++) {
        sg_block block = sg_group_block(group, i);
        const sg_gradient row = sg_gradient_of(gradient, group, block);
        kernels->clear_untouched(row.values, row.touched, 1, block.width);
    }
    return sg_gradient_of(gradient, group, sg_group_block(group, 0)).values;
}

void sg_group_pack(const sg_group *group, float *array, const float *values) {
    for (size_t i = 0; i < sg_group_blocks(group); i++) {
        sg_block block = sg_group_block(group, i);
        float *rows = array + sg_group_block_at(group, block);
        for (size_t row = 0; row < group->rows; row++)
            memcpy(rows + row * block.width, values + row * group->columns + block.first,
                   block.neurons * sizeof *values);
    }
}

void sg_group_unpack(const sg_group *group, const float *array, float *values) {
    for (size_t i = 0; i < sg_group_blocks(group); i++) {
        sg_block block = sg_group_block(group, i);
        const float *rows = array + sg_group_block_at(group, block);
        for (size_t row = 0; row < group->rows; row++)
            memcpy(values + row * group->columns + block.first, rows + row * block.width,
                   block.neurons * sizeof *values);
    }
}

void sg_group_place(const sg_group *group, size_t index, char *text, size_t size) {
    index -= group->at;
    sg_block block = sg_group_block(group, index / (group->rows * SG_BLOCK));
    index -= block.first * group->rows;
    snprintf(text, size, "%s, row %zu, neuron %zu", group->name, index / block.width,
             block.first + index % block.width);
}

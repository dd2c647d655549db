#include "net/eligibility.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------- arrays */

static sg_gradient take(sg_arena *arena, size_t values, size_t rows) {
    return (sg_gradient){.values = sg_arena_take(arena, values, sizeof(float)),
                         .touched = sg_arena_take(arena, rows, 1)};
}

static bool any_carries(const sg_network *network, size_t adjoint) {
    for (size_t l = 0; l < network->layer_count; l++)
        if (sg_neuron_carries(&network->layers[l].neuron, adjoint))
            return true;
    return false;
}

static size_t largest_stride(const sg_network *network) {
    size_t largest = 0;
    for (size_t l = 0; l < network->layer_count; l++)
        largest = network->layers[l].stride > largest ? network->layers[l].stride : largest;
    return largest;
}

/* Groups of hidden layers come before those of the last. */
void sg_eligibility_lay_out(sg_eligibility *eligibility, sg_arena *arena, const sg_network *network, size_t steps,
                            bool late, bool through) {
    const sg_layer *last = sg_network_top(network);
    *eligibility = (sg_eligibility){0};
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++) {
        if (any_carries(network, r)) {
            eligibility->own[r] = take(arena, network->parameter_count, network->row_count);
            eligibility->next_own[r] = take(arena, network->parameter_count, network->row_count);
        }
        if (through && sg_neuron_carries(&last->neuron, r)) {
            eligibility->through[r] = take(arena, last->first_parameter, last->first_row);
            eligibility->next_through[r] = take(arena, last->first_parameter, last->first_row);
        }
    }
    if (late)
        eligibility->sample = take(arena, network->parameter_count, network->row_count);
    eligibility->outputs = sg_arena_take(arena, SG_NEURON_ADJOINTS * last->stride, sizeof(float));
    eligibility->ones = sg_arena_take(arena, largest_stride(network), sizeof(float));
    eligibility->row = sg_arena_take(arena, largest_stride(network), sizeof(float));
    eligibility->column = sg_arena_take(arena, steps, sizeof(float));
}

static void clear(const sg_gradient *gradient, size_t rows) {
    if (gradient->touched)
        memset(gradient->touched, 0, rows);
}

void sg_eligibility_begin(sg_eligibility *eligibility, const sg_network *network) {
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++) {
        clear(&eligibility->own[r], network->row_count);
        clear(&eligibility->next_own[r], network->row_count);
        clear(&eligibility->through[r], sg_network_top(network)->first_row);
        clear(&eligibility->next_through[r], sg_network_top(network)->first_row);
    }
    clear(&eligibility->sample, network->row_count);
}

/* --------------------------------------------------------------------------------------------------------- sums */

static void add_rows(const sg_kernels *kernels, sg_gradient to, sg_gradient from, const float *columns, size_t rows,
                     size_t width) {
    for (size_t row = 0; row < rows; row++) {
        float *values = to.values + row * width;
        if (!from.touched[row])
            continue;
        kernels->clear_untouched(values, to.touched + row, 1, width);
        kernels->sum_products(values, from.values + row * width, columns, 1, width);
    }
}

void sg_eligibility_add(const sg_network *network, size_t l, const sg_gradient *to, const sg_gradient *from,
                        const float *columns) {
    const sg_layer *layer = &network->layers[l];
    for (const sg_group *group = layer->groups; group < layer->groups + layer->group_count; group++)
        for (size_t i = 0; i < sg_group_blocks(group); i++) {
            const sg_block block = sg_group_block(group, i);
            add_rows(network->kernels, sg_gradient_of(to, group, block), sg_gradient_of(from, group, block),
                     columns + block.first, group->rows, block.width);
        }
}

const float *sg_eligibility_ones(sg_eligibility *eligibility, const sg_layer *layer, float factor) {
    for (size_t n = 0; n < layer->stride; n++)
        eligibility->ones[n] = n < layer->neurons ? factor : 0;
    return eligibility->ones;
}

/* ------------------------------------------------------------------------------------------------------- forgetting */

/* Numbers that decayed below SG_FLUSH become 0, as states do; a row that has no others counts no more. */
static void forget(sg_gradient rows, size_t count, size_t width) {
    for (size_t row = 0; row < count; row++) {
        float *values = rows.values + row * width;
        bool any = false;
        for (size_t n = 0; rows.touched[row] && n < width; n++) {
            values[n] = fabsf(values[n]) < SG_FLUSH ? 0 : values[n];
            any |= values[n] != 0;
        }
        rows.touched[row] = any;
    }
}

static void forget_layer(const sg_gradient *gradient, const sg_layer *layer) {
    for (const sg_group *group = layer->groups; group < layer->groups + layer->group_count; group++)
        for (size_t i = 0; i < sg_group_blocks(group); i++) {
            const sg_block block = sg_group_block(group, i);
            forget(sg_gradient_of(gradient, group, block), group->rows, block.width);
        }
}

/* Of so many layers, with `rows` rows of blocks. */
static void take_over(sg_gradient *now, sg_gradient *next, const sg_network *network, size_t layers, size_t rows) {
    const sg_gradient made = *next;
    *next = *now;
    *now = made;
    clear(next, rows);
    for (size_t l = 0; l < layers; l++)
        forget_layer(now, &network->layers[l]);
}

void sg_eligibility_end_chunk(sg_eligibility *eligibility, const sg_network *network) {
    for (size_t r = 0; r < SG_NEURON_ADJOINTS; r++) {
        if (eligibility->own[r].values)
            take_over(&eligibility->own[r], &eligibility->next_own[r], network, network->layer_count,
                      network->row_count);
        if (eligibility->through[r].values)
            take_over(&eligibility->through[r], &eligibility->next_through[r], network, network->layer_count - 1,
                      sg_network_top(network)->first_row);
    }
}

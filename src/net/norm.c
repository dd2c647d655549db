#include "net/norm.h"

#include "net/neuron.h"

#include <math.h>
#include <stdio.h>

static const sg_group *add_group(sg_group *groups, size_t *count, const char *name, size_t rows, size_t columns) {
    sg_group *group = &groups[(*count)++];
    *group = (sg_group){.rows = rows, .columns = columns, .begins_at_zero = true};
    snprintf(group->name, sizeof group->name, "%s", name);
    return group;
}

sg_norm sg_norm_plan(const sg_layer_config *config, size_t steps, size_t channels, size_t neurons, sg_group *groups,
                     size_t *count) {
    const bool by_step = config->norm == SG_NORM_BNTT, fires = sg_neuron_at(config->neuron)->spiking;
    const size_t rows = by_step ? steps : 1;
    if (config->norm == SG_NORM_NONE)
        return (sg_norm){0};
    return (sg_norm){
        .rows = rows,
        .channels = channels,
        .neurons = neurons,
        .stride = sg_stride(neurons),
        .gain = by_step || !fires ? 1 : (float)config->param[SG_PARAM_THRESHOLD],
        .momentum = config->norm_momentum,
        .eps = config->norm_eps,
        .scale = add_group(groups, count, "norm_scale", rows, channels),
        .shift = by_step ? NULL : add_group(groups, count, "norm_shift", rows, channels),
        .mean = add_group(groups, count, "norm_mean", rows, channels),
        .variance = add_group(groups, count, "norm_variance", rows, channels),
    };
}

void sg_norm_lay_out(sg_norm *norm, sg_arena *arena) {
    float **const arrays[] = {&norm->kept.mean, &norm->kept.factor, &norm->kept.shift};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = sg_arena_take(arena, norm->rows * norm->stride, sizeof(float));
}

static void set_ones(const sg_group *group, float *parameters) {
    for (size_t row = 0; row < group->rows; row++)
        for (size_t c = 0; c < group->columns; c++)
            parameters[sg_group_at(group, row, c)] = 1;
}

void sg_norm_initialise(const sg_norm *norm, float *parameters) {
    if (norm->rows == 0)
        return;
    set_ones(norm->scale, parameters);
    set_ones(norm->variance, parameters);
}

/* One channel's numbers of a row. Padding stays 0. */
static void fill_channel(const sg_norm *norm, const sg_norm_rows *rows, const float *parameters, size_t row, size_t c,
                         double mean, double variance) {
    const double scale = (double)parameters[sg_group_at(norm->scale, row, c)];
    const float shift = norm->shift ? parameters[sg_group_at(norm->shift, row, c)] : 0;
    const float factor = (float)((double)norm->gain * scale / sqrt(variance + norm->eps));
    for (size_t n = c; n < norm->neurons; n += norm->channels) {
        const size_t at = row * norm->stride + n;
        rows->mean[at] = (float)mean;
        rows->factor[at] = factor;
        rows->shift[at] = shift;
    }
}

void sg_norm_fill(const sg_norm *norm, const sg_norm_rows *rows, const float *parameters, const double *mean,
                  const double *variance) {
    for (size_t row = 0; row < norm->rows; row++)
        for (size_t c = 0; c < norm->channels; c++)
            fill_channel(norm, rows, parameters, row, c, mean[row * norm->channels + c],
                         variance[row * norm->channels + c]);
}

/* A variance is never negative, whoever sets it. */
void sg_norm_refresh(sg_norm *norm, const float *parameters) {
    for (size_t row = 0; row < norm->rows; row++)
        for (size_t c = 0; c < norm->channels; c++)
            fill_channel(norm, &norm->kept, parameters, row, c, (double)parameters[sg_group_at(norm->mean, row, c)],
                         fmax(0, (double)parameters[sg_group_at(norm->variance, row, c)]));
}

/* Each number by itself, so that whatever vectors a compiler makes of it gives the same bits. */
void sg_norm_apply(const sg_norm *norm, const sg_norm_rows *rows, sg_block block, size_t first, size_t steps,
                   const float *x, float *y) {
    for (size_t t = 0; t < steps; t++, x += block.width, y += block.width) {
        const size_t at = sg_norm_row(norm, first + t) * norm->stride + block.first;
        const float *mean = rows->mean + at, *factor = rows->factor + at, *shift = rows->shift + at;
        for (size_t n = 0; n < block.width; n++)
            y[n] = (x[n] - mean[n]) * factor[n] + shift[n];
    }
}

void sg_norm_apply_back(const sg_norm *norm, sg_block block, size_t first, size_t steps, float *g) {
    for (size_t t = 0; t < steps; t++, g += block.width) {
        const float *factor = norm->kept.factor + sg_norm_row(norm, first + t) * norm->stride + block.first;
        for (size_t n = 0; n < block.width; n++)
            g[n] *= factor[n];
    }
}

#include "net/norm_batch.h"

#include <math.h>
#include <string.h>

static size_t cells_of(const sg_norm *norm) {
    return norm->rows * norm->channels;
}

void sg_norm_batch_lay_out(sg_norm_batch *batch, sg_arena *arena, const sg_norm *norm) {
    size_t cells = cells_of(norm), size = norm->rows * norm->stride;
    batch->norm = norm;
    batch->mean = sg_arena_take(arena, cells, sizeof(double));
    batch->variance = sg_arena_take(arena, cells, sizeof(double));
    batch->sums = sg_arena_take(arena, 2 * cells, sizeof(double));
    float **const arrays[] = {&batch->rows.mean, &batch->rows.factor, &batch->rows.shift, &batch->by_mean,
                              &batch->by_x};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = sg_arena_take(arena, size, sizeof(float));
}

void sg_norm_lay_out_sample(sg_workspace *workspace, const sg_stage_request *request) {
    sg_layer_buffers *buffers = &workspace->layers[request->l];
    const sg_norm *norm = &request->layer->norm;
    buffers->weighed = sg_arena_take(&workspace->memory, workspace->steps * norm->stride, sizeof(float));
    buffers->norm_sums = sg_arena_take(&workspace->memory, 2 * cells_of(norm), sizeof(double));
}

/* ---------------------------------------------------------------------------------------------- sums of a sample */

/* A channel's sums of the neurons of a block in one step: of a, and of a b. */
typedef struct step_row {
    const float *a, *b;    /* (width) */
    const float *origin;   /* (width) what is taken from b first; NULL: nothing */
    double *sum, *product; /* (C) */
    size_t first, neurons, channels;
} step_row;

/* Of neighbours that are of different channels, which have no order among each other. */
static void add_run(const step_row *row, size_t n, size_t c, size_t count) {
    const float *restrict a = row->a + n, *restrict b = row->b + n;
    double *restrict sum = row->sum + c, *restrict product = row->product + c;
    if (row->origin)
        for (size_t k = 0; k < count; k++) {
            sum[k] += (double)a[k];
            product[k] += (double)a[k] * ((double)b[k] - (double)row->origin[n + k]);
        }
    else
        for (size_t k = 0; k < count; k++) {
            sum[k] += (double)a[k];
            product[k] += (double)a[k] * (double)b[k];
        }
}

static void add_row(const step_row *row) {
    size_t c = row->first % row->channels;
    for (size_t n = 0, count; n < row->neurons; n += count, c = 0) {
        count = row->channels - c < row->neurons - n ? row->channels - c : row->neurons - n;
        add_run(row, n, c, count);
    }
}

/* Over blocks, in a block over steps, in a step over neurons. */
static void add_up(const sg_layer_run *run, const float *a, const float *origin) {
    const sg_norm *norm = &run->layer->norm;
    const size_t steps = run->chunk.steps;
    double *sums = run->buffers->norm_sums;
    memset(sums, 0, 2 * cells_of(norm) * sizeof *sums);
    for (size_t i = 0; i < sg_layer_blocks(run->layer); i++) {
        const sg_block block = sg_layer_block(run->layer, i);
        for (size_t t = 0; t < steps; t++) {
            const size_t at = block.first * steps + t * block.width, r = sg_norm_row(norm, t);
            add_row(&(step_row){.a = a + at,
                                .b = run->buffers->weighed + at,
                                .origin = origin ? origin + r * norm->stride + block.first : NULL,
                                .sum = sums + r * norm->channels,
                                .product = sums + cells_of(norm) + r * norm->channels,
                                .first = block.first,
                                .neurons = block.neurons,
                                .channels = norm->channels});
        }
    }
}

void sg_norm_batch_sum(const sg_layer_run *run) {
    add_up(run, run->buffers->weighed, NULL);
}

void sg_norm_batch_sum_back(const sg_layer_run *run) {
    add_up(run, run->buffers->g, run->workspace->use.norms[run->l].rows.mean);
}

/* ---------------------------------------------------------------------------------------------- sums of a batch */

static void add_samples(sg_norm_batch *batch, size_t l, const sg_workspace *workspaces, size_t samples) {
    const size_t count = 2 * cells_of(batch->norm);
    memset(batch->sums, 0, count * sizeof *batch->sums);
    for (size_t s = 0; s < samples; s++)
        for (size_t j = 0; j < count; j++)
            batch->sums[j] += workspaces[s].layers[l].norm_sums[j];
}

void sg_norm_batch_take(sg_norm_batch *batch, size_t l, const sg_network *network, const sg_workspace *workspaces,
                        size_t samples) {
    const sg_norm *norm = batch->norm;
    const size_t cells = cells_of(norm), places = norm->neurons / norm->channels;
    add_samples(batch, l, workspaces, samples);
    batch->count = samples * places * (network->steps / norm->rows);
    for (size_t j = 0; j < cells; j++) {
        const double mean = batch->sums[j] / (double)batch->count;
        batch->mean[j] = mean;
        batch->variance[j] = fmax(0, batch->sums[cells + j] / (double)batch->count - mean * mean);
    }
    sg_norm_fill(norm, &batch->rows, network->parameters, batch->mean, batch->variance);
}

void sg_norm_batch_take_back(sg_norm_batch *batch, size_t l, const sg_workspace *workspaces, size_t samples) {
    const sg_norm *norm = batch->norm;
    const size_t cells = cells_of(norm);
    add_samples(batch, l, workspaces, samples);
    for (size_t j = 0; j < cells; j++) {
        const size_t row = j / norm->channels;
        const double by_mean = batch->sums[j] / (double)batch->count;
        const double by_x = batch->sums[cells + j] / (double)batch->count / (batch->variance[j] + norm->eps);
        for (size_t n = j % norm->channels; n < norm->neurons; n += norm->channels) {
            batch->by_mean[row * norm->stride + n] = (float)by_mean;
            batch->by_x[row * norm->stride + n] = (float)by_x;
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- backward */

void sg_norm_batch_back(const sg_layer_run *run, sg_block block, float *g) {
    const sg_norm_batch *batch = &run->workspace->use.norms[run->l];
    const float *x = run->buffers->weighed + block.first * run->chunk.steps;
    for (size_t t = 0; t < run->chunk.steps; t++, g += block.width, x += block.width) {
        const size_t at = sg_norm_row(batch->norm, t) * batch->norm->stride + block.first;
        const float *mean = batch->rows.mean + at, *factor = batch->rows.factor + at;
        const float *by_mean = batch->by_mean + at, *by_x = batch->by_x + at;
        for (size_t n = 0; n < block.width; n++)
            g[n] = factor[n] * (g[n] - by_mean[n] - (x[n] - mean[n]) * by_x[n]);
    }
}

/* The rows of a group in the gradient, made ready for adding. */
static void touch(const sg_layer_run *run, const sg_group *group) {
    for (size_t i = 0; i < sg_group_blocks(group); i++) {
        const sg_block block = sg_group_block(group, i);
        const sg_gradient rows = sg_gradient_of(run->gradient, group, block);
        run->network->kernels->clear_untouched(rows.values, rows.touched, group->rows, block.width);
    }
}

/* += part (rows, C), of each channel times `factor` (rows, C), if there is one. */
static void add_part(const sg_layer_run *run, const sg_group *group, const double *part, const sg_norm_batch *factor) {
    touch(run, group);
    for (size_t j = 0; j < cells_of(&run->layer->norm); j++) {
        const sg_norm *norm = &run->layer->norm;
        const double by = factor ? (double)norm->gain / sqrt(factor->variance[j] + norm->eps) : 1;
        const size_t at = sg_group_at(group, j / group->columns, j % group->columns);
        run->gradient->values[at - run->gradient->first] += (float)(by * part[j]);
    }
}

void sg_norm_batch_add_gradient(const sg_layer_run *run) {
    const sg_norm *norm = &run->layer->norm;
    const double *sums = run->buffers->norm_sums;
    add_part(run, norm->scale, sums + cells_of(norm), &run->workspace->use.norms[run->l]);
    if (norm->shift)
        add_part(run, norm->shift, sums, NULL);
}

/* Of the variance, the estimate without bias, as PyTorch keeps it. */
void sg_norm_batch_keep(const sg_norm_batch *batch, float *parameters) {
    const sg_norm *norm = batch->norm;
    const double count = (double)batch->count, unbiased = batch->count > 1 ? count / (count - 1) : 1;
    for (size_t j = 0; j < cells_of(norm); j++) {
        const size_t row = j / norm->channels, c = j % norm->channels;
        float *mean = &parameters[sg_group_at(norm->mean, row, c)];
        float *variance = &parameters[sg_group_at(norm->variance, row, c)];
        *mean += (float)(norm->momentum * (batch->mean[j] - (double)*mean));
        *variance += (float)(norm->momentum * (unbiased * batch->variance[j] - (double)*variance));
    }
}

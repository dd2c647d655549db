#include "net/initialiser.h"

#include "base/memory.h"
#include "base/random.h"
#include "file/h5.h"

#include <math.h>
#include <stdlib.h>

/* Weight (i, n) is draw i N + n of its stream. */
static void draw_normal(float *values, const sg_weights_plan *plan, double sd) {
    for (size_t j = 0; j < plan->rows * plan->columns; j++)
        values[j] = (float)(sd * sg_random_normal(plan->seed, plan->stream, j));
}

static void draw_uniform(float *values, const sg_weights_plan *plan, double limit) {
    for (size_t j = 0; j < plan->rows * plan->columns; j++)
        values[j] = (float)(limit * (2 * sg_random_uniform(plan->seed, plan->stream, j) - 1));
}

static sg_status normal(float *values, const sg_weights_plan *plan) {
    draw_normal(values, plan, plan->config->sd);
    for (size_t j = 0; plan->config->mean != 0 && j < plan->rows * plan->columns; j++)
        values[j] += (float)plan->config->mean;
    return SG_OK;
}

static sg_status uniform(float *values, const sg_weights_plan *plan) {
    draw_uniform(values, plan, plan->config->limit);
    return SG_OK;
}

/* He and colleagues 2015, for a gain of 1 as PyTorch with nonlinearity relu: sd sqrt(2 / inputs). */
static double kaiming_sd(const sg_weights_plan *plan) {
    return plan->config->gain * sqrt(2 / (double)plan->rows);
}

/* Glorot and Bengio 2010. */
static double xavier_sd(const sg_weights_plan *plan) {
    return plan->config->gain * sqrt(2 / ((double)plan->rows + plan->fan_out));
}

static sg_status kaiming_normal(float *values, const sg_weights_plan *plan) {
    draw_normal(values, plan, kaiming_sd(plan));
    return SG_OK;
}

static sg_status kaiming_uniform(float *values, const sg_weights_plan *plan) {
    draw_uniform(values, plan, sqrt(3) * kaiming_sd(plan));
    return SG_OK;
}

static sg_status xavier_normal(float *values, const sg_weights_plan *plan) {
    draw_normal(values, plan, xavier_sd(plan));
    return SG_OK;
}

static sg_status xavier_uniform(float *values, const sg_weights_plan *plan) {
    draw_uniform(values, plan, sqrt(3) * xavier_sd(plan));
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------- orthogonal */

static double dot(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t j = 0; j < count; j++)
        sum += a[j] * b[j];
    return sum;
}

/* Makes vector k orthogonal to the vectors before it, twice since once leaves rounding, and of length 1. */
static void orthogonalise(double *vectors, size_t k, size_t size) {
    double *v = vectors + k * size;
    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < k; j++) {
            const double *u = vectors + j * size;
            double part = dot(u, v, size);
            for (size_t i = 0; i < size; i++)
                v[i] -= part * u[i];
        }
    double length = sqrt(dot(v, v, size));
    for (size_t i = 0; i < size; i++)
        v[i] /= length;
}

/* Saxe, McClelland, Ganguli 2014: rows or columns, whichever are fewer, are orthogonal and of length `gain`. */
static sg_status orthogonal(float *values, const sg_weights_plan *plan) {
    bool wide = plan->rows <= plan->columns;
    size_t count = wide ? plan->rows : plan->columns, size = wide ? plan->columns : plan->rows;
    double *vectors = sg_array(count * size, sizeof *vectors);
    if (!vectors)
        return SG_MEMORY;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < size; i++)
            vectors[k * size + i] = sg_random_normal(plan->seed, plan->stream, k * size + i);
        orthogonalise(vectors, k, size);
    }
    for (size_t r = 0; r < plan->rows; r++)
        for (size_t c = 0; c < plan->columns; c++)
            values[r * plan->columns + c] =
                (float)(plan->config->gain * (wide ? vectors[r * size + c] : vectors[c * size + r]));
    free(vectors);
    return SG_OK;
}

/* --------------------------------------------------------------------------------------------- fluctuation */

/* The sum over the steps of the square of neuron n's membrane after one input spike of weight 1. */
static double response(const sg_weights_plan *plan, size_t n) {
    const float *c = plan->neuron->constants + n;
    const double decay = c[SG_ALPHA * plan->stride];
    double rise = 1, current = 0, membrane = 0, turned = 0, sum = 0;
    for (size_t t = 0; t < plan->steps; t++) {
        current = decay * current + c[SG_INPUT_GAIN * plan->stride] * rise;
        rise = plan->neuron->spiking.rises ? decay * rise : 0;
        membrane = c[SG_BETA * plan->stride] * membrane + c[SG_MEMBRANE_GAIN * plan->stride] * current;
        membrane -= c[SG_TO_CURRENT * plan->stride] * turned;
        sum += membrane * membrane;
        if (plan->neuron->kind->resonates)
            turned = c[SG_RHO * plan->stride] * turned + c[SG_FROM_MEMBRANE * plan->stride] * membrane;
    }
    return sum;
}

/* Rossbroich, Gygax, Zenke 2022: inputs that fire at random with the given rate move the membrane around 0, with a
 * standard deviation of threshold / xi. Their formula for weights of mean 0, in steps instead of time. */
static sg_status fluctuation(float *values, const sg_weights_plan *plan) {
    const sg_weights_config *config = plan->config;
    double spikes = config->input_rate_hz * plan->dt_ms / 1000;
    for (size_t n = 0; n < plan->columns; n++) {
        double theta = plan->neuron->kind->spiking ? plan->neuron->constants[SG_THETA * plan->stride + n] : 1;
        double sd = config->gain * theta / (config->xi * sqrt((double)plan->rows * spikes * response(plan, n)));
        for (size_t i = 0; i < plan->rows; i++) {
            size_t j = i * plan->columns + n;
            values[j] = (float)(sd * sg_random_normal(plan->seed, plan->stream, j));
        }
    }
    return SG_OK;
}

static sg_status read_file(float *values, const sg_weights_plan *plan) {
    const uint64_t shape[2] = {plan->rows, plan->columns};
    sg_h5 *file;
    SG_TRY(sg_h5_open(plan->config->file, SG_MODEL, &file));
    sg_status status = sg_h5_get(file, plan->config->dataset, SG_H5_F32, values, 2, shape);
    sg_h5_close(file);
    return status;
}

static const sg_initialiser_kind normal_kind = {
    .head = {"normal", "normally distributed, with standard deviation sd"},
    .in_units = true,
    .fill = normal,
};
static const sg_initialiser_kind uniform_kind = {
    .head = {"uniform", "evenly distributed between -limit and limit"},
    .in_units = true,
    .fill = uniform,
};
static const sg_initialiser_kind kaiming_normal_kind = {
    .head = {"kaiming_normal", "normal, by the number of inputs (He and others 2015)"},
    .in_units = true,
    .fill = kaiming_normal,
};
static const sg_initialiser_kind kaiming_uniform_kind = {
    .head = {"kaiming_uniform", "uniform, by the number of inputs"},
    .in_units = true,
    .fill = kaiming_uniform,
};
static const sg_initialiser_kind xavier_normal_kind = {
    .head = {"xavier_normal", "normal, by the numbers of inputs and neurons (Glorot and Bengio 2010)"},
    .in_units = true,
    .fill = xavier_normal,
};
static const sg_initialiser_kind xavier_uniform_kind = {
    .head = {"xavier_uniform", "uniform, by the numbers of inputs and neurons"},
    .in_units = true,
    .fill = xavier_uniform,
};
static const sg_initialiser_kind orthogonal_kind = {
    .head = {"orthogonal", "rows or columns orthogonal to each other (Saxe and others 2014)"},
    .in_units = true,
    .fill = orthogonal,
};
static const sg_initialiser_kind fluctuation_kind = {
    .head = {"fluctuation", "normal, so that the membrane fluctuates as xi says (Rossbroich and others 2022)"},
    .fill = fluctuation,
};
static const sg_initialiser_kind file_kind = {
    .head = {"file", "read from a dataset of an HDF5 file"},
    .reads = true,
    .fill = read_file,
};

SG_KINDS_DEFINE(sg_initialiser, sg_initialiser_kind, &normal_kind, &uniform_kind, &kaiming_normal_kind,
                &kaiming_uniform_kind, &xavier_normal_kind, &xavier_uniform_kind, &orthogonal_kind, &fluctuation_kind,
                &file_kind)

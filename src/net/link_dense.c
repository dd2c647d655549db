/* Every input to every neuron. */
#include "net/link.h"

/* Above this share of steps in which an input fires, going through all of them costs less than going through a list. */
static const double DENSE = 0.25;

/* A layer of one tile, to which four rows at a time are added, however many fire: by its size alone, so that the order
 * of sums is always the same. */
static bool is_narrow(const sg_link_shape *shape) {
    return shape->stride == SG_LANES;
}

static bool wants_bits(size_t count, const sg_link_shape *shape) {
    return is_narrow(shape) || (double)count > DENSE * (double)shape->steps * (double)shape->inputs;
}

static void forward(const sg_kernels *kernels, float *x, const float *weights, sg_spike_source spikes,
                    const sg_link_shape *shape, sg_block block) {
    weights += block.first;
    if (spikes.bits && is_narrow(shape))
        kernels->gather_fours(x, weights, spikes.bits, shape->steps, shape->inputs, shape->stride_below);
    else if (spikes.bits)
        kernels->gather_dense(x, weights, spikes.bits, shape->steps, shape->inputs, block.width, shape->stride,
                              shape->stride_below);
    else
        kernels->gather(x, weights, spikes.list, shape->steps, block.width, shape->stride);
}

static void touch(const sg_kernels *kernels, float *gradient, uint8_t *touched, sg_spike_source spikes,
                  const sg_link_shape *shape) {
    if (spikes.bits ||
        spikes.list.count >= shape->inputs) /* a look at every row is then less than one at every spike */
        kernels->touch_all(gradient, touched, shape->inputs, shape->stride);
    else
        kernels->touch(gradient, touched, spikes.list, shape->stride);
}

static void backward(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gx,
                     sg_spike_source spikes, const sg_link_shape *shape, sg_block block) {
    if (block.first == 0)
        touch(kernels, gradient, touched, spikes, shape);
    gradient += block.first;
    if (spikes.bits && is_narrow(shape))
        kernels->scatter_fours(gradient, gx, spikes.bits, shape->steps, shape->inputs, shape->stride_below);
    else if (spikes.bits)
        kernels->scatter_dense(gradient, gx, spikes.bits, shape->steps, shape->inputs, block.width, shape->stride,
                               shape->stride_below);
    else
        kernels->scatter(gradient, gx, spikes.list, block.width, shape->stride);
}

static void forward_numbers(const sg_kernels *kernels, float *y, const float *weights, const float *numbers,
                            const sg_link_shape *shape) {
    for (size_t i = 0; i < sg_block_count(shape->stride_below); i++) {
        sg_block block = sg_block_at(shape->inputs, shape->stride_below, i);
        kernels->project(y, numbers + block.first, weights + block.first * shape->stride, NULL, i > 0, 1, block.neurons,
                         block.width, shape->stride, shape->stride);
    }
}

static void backward_numbers(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gy,
                             const float *numbers, const sg_link_shape *shape) {
    kernels->touch_all(gradient, touched, shape->inputs, shape->stride);
    kernels->outer(gradient, numbers, gy, true, shape->inputs, shape->stride, shape->stride);
}

static void project(const sg_kernels *kernels, float *g, const float *gx, const float *transposed,
                    const uint16_t *active, const sg_link_shape *shape, sg_block below) {
    for (size_t i = 0; i < sg_block_count(shape->stride); i++) {
        sg_block block = sg_block_at(shape->neurons, shape->stride, i);
        kernels->project(g, gx + block.first * shape->steps,
                         transposed + block.first * shape->stride_below + below.first,
                         active ? active + below.first / SG_LANES : NULL, i > 0, shape->steps, block.neurons,
                         block.width, below.width, shape->stride_below);
    }
}

const sg_link_kind sg_link_dense = {
    .name = "dense",
    .wants_bits = wants_bits,
    .forward = forward,
    .backward = backward,
    .forward_numbers = forward_numbers,
    .backward_numbers = backward_numbers,
    .project = project,
};

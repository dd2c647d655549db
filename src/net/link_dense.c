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
    if (spikes.bits && is_narrow(shape))
        kernels->gather_narrow(x, weights, spikes.bits, shape->steps, shape->inputs, shape->stride_below);
    else if (spikes.bits)
        kernels->gather_bits(x, weights, spikes.bits, shape->steps, shape->inputs, block.width, shape->stride_below);
    else
        kernels->gather(x, weights, spikes.list, shape->steps, block.width);
}

static void backward(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gx,
                     sg_spike_source spikes, const sg_link_shape *shape, sg_block block) {
    if (!spikes.bits) {
        kernels->scatter(gradient, touched, gx, spikes.list, block.width);
        return;
    }
    kernels->clear_untouched(gradient, touched, shape->inputs, block.width);
    if (is_narrow(shape))
        kernels->scatter_narrow(gradient, gx, spikes.bits, shape->steps, shape->inputs, shape->stride_below);
    else
        kernels->scatter_bits(gradient, gx, spikes.bits, shape->steps, shape->inputs, block.width, shape->stride_below);
}

static void forward_cuba_lif(const sg_kernels *kernels, uint16_t *spikes, float *u, bool keeps, const float *weights,
                             sg_spike_list input, sg_cuba_lif neuron, const sg_link_shape *shape, sg_block block) {
    kernels->gather_cuba_lif(spikes, u, keeps, weights, input, neuron, shape->steps, block.width, shape->stride);
}

static void backward_cuba_lif(const sg_kernels *kernels, float *gradient, uint8_t *touched, float *g, const float *u,
                              sg_rank_one product, sg_spike_list input, sg_cuba_lif neuron, sg_surrogate surrogate,
                              const sg_link_shape *shape, sg_block block) {
    kernels->scatter_cuba_lif(gradient, touched, g, u, product, input, neuron, surrogate, shape->steps, block.width);
}

static void forward_numbers(const sg_kernels *kernels, float *y, const float *weights, const float *numbers,
                            const sg_link_shape *shape) {
    for (size_t o = 0; o < sg_block_count(shape->stride); o++) {
        sg_block out = sg_block_at(shape->neurons, shape->stride, o);
        for (size_t i = 0; i < sg_block_count(shape->stride_below); i++) {
            sg_block in = sg_block_at(shape->inputs, shape->stride_below, i);
            kernels->project(y + out.first, numbers + in.first,
                             weights + out.first * shape->inputs + in.first * out.width, NULL, i > 0, 1, in.neurons,
                             in.width, out.width, out.width);
        }
    }
}

static void backward_numbers(const sg_kernels *kernels, float *gradient, uint8_t *touched, const float *gy,
                             const float *numbers, const sg_link_shape *shape) {
    for (size_t o = 0; o < sg_block_count(shape->stride); o++) {
        sg_block out = sg_block_at(shape->neurons, shape->stride, o);
        float *rows = gradient + out.first * shape->inputs;
        kernels->clear_untouched(rows, touched + o * shape->inputs, shape->inputs, out.width);
        kernels->outer_product(rows, numbers, gy + out.first, true, shape->inputs, out.width);
    }
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
    .forward_cuba_lif = forward_cuba_lif,
    .backward_cuba_lif = backward_cuba_lif,
    .forward_numbers = forward_numbers,
    .backward_numbers = backward_numbers,
    .project = project,
};

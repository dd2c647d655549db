/* Every input to every neuron. */
#include "net/link.h"

/* Above this share of steps in which an input fires, going through all of them costs less than going through a list. */
static const double DENSE = 0.25;

static bool wants_bits(size_t count, const sg_link_shape *shape) {
    return (double)count > DENSE * (double)shape->steps * (double)shape->inputs;
}

static void forward(const sg_kernels *kernels, float *x, const float *weights, sg_spike_source spikes,
                    const sg_link_shape *shape) {
    if (spikes.bits)
        kernels->gather_dense(x, weights, spikes.bits, shape->steps, shape->inputs, shape->stride, shape->stride_below);
    else
        kernels->gather(x, weights, spikes.list, shape->steps, shape->stride);
}

static void backward(const sg_kernels *kernels, float *gradient, const float *gx, sg_spike_source spikes,
                     const sg_link_shape *shape) {
    if (spikes.bits)
        kernels->scatter_dense(gradient, gx, spikes.bits, shape->steps, shape->inputs, shape->stride,
                               shape->stride_below);
    else
        kernels->scatter(gradient, gx, spikes.list, shape->stride);
}

static void project(const sg_kernels *kernels, float *g, const float *gx, const float *transposed,
                    const uint16_t *active, const sg_link_shape *shape) {
    kernels->project(g, gx, transposed, active, shape->steps, shape->neurons, shape->stride, shape->stride_below);
}

const sg_link_kind sg_link_dense = {
    .name = "dense", .wants_bits = wants_bits, .forward = forward, .backward = backward, .project = project};

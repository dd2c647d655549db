/* Every input to every neuron. */
#include "net/link.h"

static void forward(const sg_kernels *kernels, float *x, const float *weights, sg_spike_list spikes,
                    const sg_link_shape *shape) {
    kernels->gather(x, weights, spikes, shape->steps, shape->stride);
}

static void backward(const sg_kernels *kernels, float *gradient, const float *gx, sg_spike_list spikes,
                     const sg_link_shape *shape) {
    kernels->scatter(gradient, gx, spikes, shape->stride);
}

static void project(const sg_kernels *kernels, float *g, const float *gx, const float *transposed,
                    const uint16_t *active, const sg_link_shape *shape) {
    kernels->project(g, gx, transposed, active, shape->steps, shape->neurons, shape->stride, shape->stride_below);
}

const sg_link_kind sg_link_dense = {"dense", forward, backward, project};

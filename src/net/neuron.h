/* Neurons: a table of kinds. A kind is one file, neuron_NAME.c, and one row in neuron.c. */
#ifndef SG_NET_NEURON_H
#define SG_NET_NEURON_H

#include "kernel/kernel.h"
#include "net/link.h"
#include "net/network_config.h"

typedef struct sg_neuron_kind {
    const char *name;
    bool spiking;     /* false: a read-out, whose output is its membrane */
    bool synapse;     /* whether it has a synaptic current, and so tau_syn */
    size_t constants; /* numbers a neuron's equations use, each an array of (stride) floats */

    /* Fills constants (constants, stride) for every lane, padding too. */
    void (*prepare)(float *constants, const sg_layer_config *config, double dt_ms, size_t stride);

    /* One block: weighted input x (T, width) to spikes; leaves in x what the backward pass needs: u, or of a read-out
     * its membrane. `spikes` and `constants` are those of the whole layer. */
    void (*forward)(const sg_kernels *kernels, uint16_t *spikes, float *x, const float *constants, size_t steps,
                    size_t stride, sg_block block);

    /* One block: g (T, width), gradient by the spikes, or by the membrane of a read-out, to gradient by x. */
    void (*backward)(const sg_kernels *kernels, float *g, const float *u, const float *constants,
                     sg_surrogate surrogate, size_t steps, size_t stride, sg_block block);
} sg_neuron_kind;

extern const sg_neuron_kind sg_neuron_cuba_lif, sg_neuron_li;

/* The decay of a step, exact or euler (docs/maths.md). */
double sg_decay(int integration, double dt_ms, double tau_ms);

const char *sg_neuron_name(int i); /* the i-th, NULL past the last */
const sg_neuron_kind *sg_neuron_at(int i);

#endif

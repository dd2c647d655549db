/* Forms of neurons. A kind of neuron (neuron.h) is what a configuration names; a form is a kernel that computes some
 * kinds, bit for bit alike. The first row of the table that fits a layer's neurons is theirs: the general form fits
 * all but srm, which has a kernel of its own; others before it are faster. */
#ifndef SG_NET_NEURON_FORM_H
#define SG_NET_NEURON_FORM_H

#include "net/backward_plan.h"
#include "net/neuron.h"

/* What a form works on: one block of neurons over the steps of a chunk. Arrays over steps are the block's, (T, width);
 * pointers into arrays over neurons are those of the block's first. */
typedef struct sg_neuron_io {
    sg_block block;
    size_t stride;            /* of the layer */
    sg_span span;             /* the steps to run */
    uint16_t *spikes;         /* (T, stride / SG_LANES), or NULL in a forward pass whose spikes are there already */
    float *x;                 /* the weighted input, which forward overwrites with u */
    float *g;                 /* dL/dspikes, which backward overwrites with dL/dx */
    float *below;             /* where backward writes what goes on to the layer below; NULL: that is dL/dx */
    sg_rank_one rank_one;     /* where its column is not NULL: dL/dspikes, in the place of what g holds */
    float *states;            /* (SG_NEURON_STATES, stride) before the span, then after it; in backward before step 0 */
    float *adjoint;           /* (SG_NEURON_ADJOINTS, stride) of the step that follows the span, then of its first */
    float *sums;              /* (SG_NEURON_CONSTANTS, stride) += dL/dconstants, or NULL */
    bool constant_refractory; /* of the plan */
    const sg_neuron_trace *trace; /* or NULL */
    const float *by_counts;       /* of EventProp: (width) dL/dcount of the block's spikes, or NULL */
    double guard;                 /* likewise (backward_plan.h) */
} sg_neuron_io;

struct sg_neuron_form {
    const char *name;
    bool stepwise; /* whether it keeps its states between steps; else it runs a whole sample, from rest */
    bool (*fits)(const sg_neuron *neuron);
    void (*forward)(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io);

    /* NULL: that kind of gradient is not defined for these neurons. One that does not write `below` need not know it.
     */
    void (*backward[SG_GRADIENT_KINDS])(const sg_kernels *kernels, const sg_neuron *neuron, const sg_neuron_io *io);
    bool writes_below[SG_GRADIENT_KINDS];
};

extern const sg_neuron_form sg_form_cuba_lif, sg_form_li, sg_form_srm, sg_form_general;

/* Runs a form's backward, and copies dL/dx to `below` where the form does not write it. */
void sg_neuron_backward(const sg_neuron_form *form, sg_gradient_kind kind, const sg_kernels *kernels,
                        const sg_neuron *neuron, const sg_neuron_io *io);

/* The form of prepared or planned neurons; and one that keeps their states between steps. */
const sg_neuron_form *sg_neuron_form_of(const sg_neuron *neuron);
const sg_neuron_form *sg_neuron_stepwise_form(const sg_neuron_form *form);

#endif

/* Pairs of a link and a form of neurons that have a fused kernel: the weighted input, and dL/dx, stay in registers.
 * Links and forms do not know each other; a pair is one row of the table in fused.c. */
#ifndef SG_NET_FUSED_H
#define SG_NET_FUSED_H

#include "net/link.h"
#include "net/neuron_form.h"

typedef struct sg_fused {
    const sg_link_kind *link;
    const sg_neuron_form *form;

    /* For a list of spikes. Forward leaves u in io->x if `keeps`. Backward overwrites io->g with garbage. */
    void (*forward)(const sg_link_call *call, const sg_neuron *neuron, const sg_neuron_io *io, sg_spike_list spikes,
                    bool keeps);
    void (*backward)(const sg_link_call *call, const sg_neuron *neuron, const sg_neuron_io *io, sg_spike_list spikes,
                     const sg_gradient *gradient);
} sg_fused;

/* The pair, or NULL. */
const sg_fused *sg_fused_find(const sg_link_kind *link, const sg_neuron_form *form);

#endif

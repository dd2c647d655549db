/* Links in dual numbers. The twin of link_NAME.c is twin_link_NAME.c, a second implementation on purpose: it is written
 * from the equations, and not from the link. */
#ifndef SG_CHECK_TWIN_LINK_H
#define SG_CHECK_TWIN_LINK_H

#include "check/twin.h"

/* x += weighted input of neuron n, from the spikes (inputs) of one step; with a bias of the link's own. The parameters
 * of the link begin at `at`. */
typedef sg_dual sg_twin_link(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                             const sg_dual *spikes, size_t n, sg_dual x);

#define SG_TWIN_LINK_DECLARE(name) sg_twin_link sg_twin_link_##name;
SG_LINKS(SG_TWIN_LINK_DECLARE)

sg_twin_link *sg_twin_link_of(const sg_link *link);

/* The spikes of one step t of a sample, and those before it, each `width` numbers before the next. */
typedef struct sg_twin_history {
    const sg_dual *now; /* (inputs) */
    size_t width, t;
    bool by_time; /* whether the slopes of spikes are those of their times ... */
    bool still;   /* ... which count as not moving */
} sg_twin_history;

/* The same for a link whose synapses have delays (net/lags.h), of this sigma. */
sg_dual sg_twin_link_delayed(const sg_twin *twin, const sg_link *link, const sg_layer_config *config, size_t at,
                             const sg_twin_history *spikes, size_t n, sg_dual x);

#endif

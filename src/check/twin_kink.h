/* The maximum of a membrane that a spike ends, by the spike's time (docs/rules.md), from the equations. */
#ifndef SG_CHECK_TWIN_KINK_H
#define SG_CHECK_TWIN_KINK_H

#include "check/twin.h"

/* What an output does in each step, as seen by its maximum: how fast its membrane goes, I - V, before the arrivals of
 * the step and after them. (T, outputs) each. */
typedef struct sg_twin_rates {
    double *before, *after;
} sg_twin_rates;

/* The change of output n's maximum, in step t, with the times of the spikes of that step (neurons of the layer below),
 * which are their slopes, in steps. 0 unless it rose before and falls after: told to the twin's clearance. */
double sg_twin_kink(const sg_twin *twin, const sg_twin_rates *rates, const sg_dual *spikes, size_t n, size_t t);

#endif

/* Losses of whole spike trains in dual numbers, from the equations. */
#ifndef SG_CHECK_TWIN_TRAINS_H
#define SG_CHECK_TWIN_TRAINS_H

#include "check/twin.h"

/* The spikes of the outputs for sample s, output 0 in step 0 and `width` numbers from one step to the next. */
typedef struct sg_twin_outputs {
    const sg_dual *out;
    size_t width, outputs, sample;
} sg_twin_outputs;

/* A loss whose derivative is what goes back to the spikes. Of the counts in a region, which is not the derivative of
 * the loss that is told, the errors are held constant: written, or read while the twin is holding them. */
sg_dual sg_twin_trains(const sg_twin *twin, const sg_twin_outputs *trains, sg_rounding *rounding);

#endif

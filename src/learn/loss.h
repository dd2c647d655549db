/* Losses. A loss is a read-out, which makes one number of each output, and a criterion of these numbers: a row of the
 * table in loss.c. */
#ifndef SG_LEARN_LOSS_H
#define SG_LEARN_LOSS_H

#include "learn/learn_config.h"
#include "net/sample_run.h"

/* The loss of one sample with this label, from the numbers of its outputs; gradient, (outputs) or NULL, is overwritten
 * by dL/dvalues. */
typedef double sg_criterion(const sg_learn_config *config, const double *values, size_t outputs, uint32_t label,
                            double *gradient);

typedef struct sg_loss_kind {
    sg_kind head;
    sg_readout readout;
    sg_criterion *criterion;
} sg_loss_kind;

sg_criterion sg_squared_error, sg_cross_entropy;

/* What the cross-entropy makes of the numbers of a sample's outputs first: probabilities, (outputs). */
void sg_softmax(const sg_learn_config *config, const double *values, size_t outputs, double *p);

SG_KINDS_DECLARE(sg_loss, sg_loss_kind);

/* The predicted class: the output with the largest number, the lowest of several. */
uint32_t sg_largest_output(const double *values, size_t outputs);

#endif

/* What to say of training that cannot go on: which number is no longer finite, and what helps against it. Nothing here
 * is fast, as it runs after a failure, or once an epoch. */
#ifndef SG_TRAIN_DIVERGE_H
#define SG_TRAIN_DIVERGE_H

#include "engine/cpu/slice.h"
#include "train/trainer.h"

/* The loss of a batch, or `what` of an evaluation, is not finite: SG_DIVERGED with the membrane that outgrew single
 * precision first, for which the samples go through the network once more, as in training or, of an evaluation, as they
 * are. */
sg_status sg_diverged_batch(const sg_trainer *trainer, const sg_batch *batch);
sg_status sg_diverged_evaluation(const sg_network *network, const sg_learn_config *learn, const sg_batch *batch,
                                 const char *what);

/* SG_DIVERGED if anything is not finite, with what went first: a membrane, the gradient, a weight, or the optimiser's
 * state. To be asked when a step has found a weight or state that is not finite, and before what was learned is saved,
 * as a step looks at weights and a part of the state only. The weights of before a step are lost, but its gradient and
 * the membranes of the samples that were last in work are still there. */
sg_status sg_trainer_check(const sg_trainer *trainer);

#endif

/* Losses. A loss is a read-out, which makes one number of each output, or one in each step, and a criterion of these
 * numbers: a row of the table in loss.c. */
#ifndef SG_LEARN_LOSS_H
#define SG_LEARN_LOSS_H

#include "learn/learn_config.h"
#include "learn/metric.h"
#include "net/sample_run.h"

/* The loss of one row of outputs with this goal, from their numbers; gradient, (outputs) or NULL, is overwritten by
 * dL/dvalues. */
typedef double sg_criterion(const sg_learn_config *config, const double *values, size_t outputs, const sg_goal *goal,
                            double *gradient);

/* The loss of one sample, from all its steps. g, blocks of (T, width) or NULL, is overwritten by `scale` times what
 * goes back to each spike. */
typedef double sg_train_criterion(const sg_learn_config *config, const sg_trains *trains, double scale, float *g);

typedef struct sg_loss_kind {
    sg_kind head;
    sg_readout readout;
    sg_criterion *criterion;    /* NULL: the loss is one of whole trains */
    sg_train_criterion *trains; /* of read-out train */
    sg_goal_kind goal;          /* what it needs of the data */
    const sg_metric_kind *metric;
} sg_loss_kind;

sg_criterion sg_squared_error, sg_cross_entropy, sg_number_error, sg_binary_entropy, sg_cosine;
sg_train_criterion sg_spike_time, sg_region_count;

/* What is known of a sample, or of a part of it. */
typedef struct sg_measure {
    double loss;
    sg_score score; /* of the loss's metric */
} sg_measure;

/* Adds the loss of sample `sample` of the events after its forward pass: the criterion of what was read of it, or its
 * mean over the steps that have a goal, or that of its trains; and what the metric has of targets that are no labels.
 * `backward`: `scale` times its gradient is left in the workspace. Nothing where the data do not have what it needs, as
 * for predictions. Of a loss with a number for each step, it is the part of the steps whose numbers are there
 * (sg_readout_state); and with local read-outs `backward` leaves the gradient of theirs, too, of which the loss that
 * is told knows nothing. */
void sg_loss_apply(const sg_learn_config *config, const sg_network *network, const sg_events *events, size_t sample,
                   double scale, bool backward, sg_workspace *workspace, sg_measure *measure);

/* Adds to the metric's score whether a whole sample is predicted rightly, where the data have labels for goals. */
void sg_loss_add_prediction(const sg_learn_config *config, const sg_events *events, size_t sample, uint32_t predicted,
                            sg_measure *measure);

/* The criterion of a loss that has one, and what it adds to it, from one number of each output. */
double sg_loss_of_values(const sg_learn_config *config, double dt_ms, const double *values, size_t outputs,
                         const sg_goal *goal, double *by_values);

/* The penalty of a first spike of the label's output in step `step`, T if there is none, and its slope by the step. */
double sg_late_penalty(const sg_learn_config *config, double dt_ms, double step, double *slope);

/* Steps begin .. end-1 in which the count of spikes has its target. */
void sg_loss_region(const sg_learn_config *config, double dt_ms, size_t steps, size_t *begin, size_t *end);

/* What the cross-entropy makes of the numbers of a sample's outputs first: probabilities, (outputs). */
void sg_softmax(const sg_learn_config *config, const double *values, size_t outputs, double *p);

/* And what that of a sigmoid for each output makes of them. */
void sg_sigmoid(const sg_learn_config *config, const double *values, size_t outputs, double *p);

SG_KINDS_DECLARE(sg_loss, sg_loss_kind);

#endif

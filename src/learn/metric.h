/* Metrics: what is told of a trained network beside its loss, such as the fraction of right predictions. Each loss
 * names the one that fits its targets; table, column and choice of the best epoch follow it. */
#ifndef SG_LEARN_METRIC_H
#define SG_LEARN_METRIC_H

#include "base/kind.h"
#include "learn/goal.h"
#include "learn/trains.h"

/* A metric is a mean: a sum over what was compared, and how many that were. */
typedef struct sg_score {
    double sum;
    uint64_t count;
} sg_score;

typedef struct sg_metric_kind {
    sg_kind head;              /* the name that columns have, and what it is a mean of */
    const char *title, *brief; /* in a sentence; in the heading of a table */
    bool lower_is_better;

    /* Adds what one row of outputs shows beside its goal, or whole trains beside those wanted. One of the two is NULL.
     */
    void (*row)(const double *values, size_t outputs, const sg_goal *goal, sg_score *score);
    void (*trains)(const sg_trains *trains, sg_score *score);
} sg_metric_kind;

extern const sg_metric_kind sg_metric_accuracy, sg_metric_mse, sg_metric_bits, sg_metric_cosine, sg_metric_spikes;

/* += another part of what is compared. */
void sg_score_add(sg_score *score, const sg_score *part);

/* NAN where nothing was compared. */
double sg_score_mean(const sg_score *score);

/* Whether a is better than b. A number that is not one is worse than any. */
bool sg_metric_is_better(const sg_metric_kind *metric, double a, double b);

/* The predicted class: the output with the largest number, the lowest of several. */
uint32_t sg_largest_output(const double *values, size_t outputs);

#endif

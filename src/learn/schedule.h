/* Schedules: the learning rate of each step. A row of the table in schedule.c (docs/maths.md). */
#ifndef SG_LEARN_SCHEDULE_H
#define SG_LEARN_SCHEDULE_H

#include "learn/learn_config.h"

/* Steps of a run, as numbers: of an epoch, of all, of the warm-up. */
typedef struct sg_schedule_steps {
    double epoch, all, warmup;
} sg_schedule_steps;

typedef struct sg_schedule_kind {
    sg_kind head;
    bool ends; /* whether the rate depends on when the run ends */

    /* Required. What optimiser.lr is multiplied by in step `number`, after the warm-up. */
    double (*factor)(const sg_learn_config *config, double number, const sg_schedule_steps *steps);

    /* Optional. SG_CONFIG with the key and the remedy where options of the kind contradict each other. */
    sg_status (*check)(const sg_learn_config *config);
} sg_schedule_kind;

SG_KINDS_DECLARE(sg_schedule, sg_schedule_kind);

/* The learning rate of step `number` (0, 1, ...), where an epoch has `steps` steps; after the last step of
 * a schedule that ends, the rate of its last step. */
double sg_schedule_lr(const sg_learn_config *config, uint64_t number, uint64_t steps);

/* Whether the rate depends on when the run ends, so that its epochs may not be changed on the way. */
bool sg_schedule_ends(const sg_learn_config *config);

/* SG_CONFIG with the key and the remedy if a schedule is longer than the run, or as its kind checks. */
sg_status sg_schedule_check(const sg_learn_config *config);

#endif

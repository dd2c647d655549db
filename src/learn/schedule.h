/* Schedules: the learning rate of each step. A row of the table in schedule.c (docs/maths.md). */
#ifndef SG_LEARN_SCHEDULE_H
#define SG_LEARN_SCHEDULE_H

#include "learn/learn_config.h"

const char *sg_schedule_name(int i); /* the i-th, NULL past the last */

/* The learning rate of step `number` (0, 1, ...), where an epoch has `steps` steps; behind the end of one that ends,
 * that of its last step. */
double sg_schedule_lr(const sg_learn_config *config, uint64_t number, uint64_t steps);

/* Whether the rate depends on when the run ends, so that its epochs may not be changed on the way. */
bool sg_schedule_ends(const sg_learn_config *config);

/* SG_CONFIG with the key and the remedy if a schedule is longer than the run. */
sg_status sg_schedule_check(const sg_learn_config *config);

#endif

/* The memory of a run, planned before it is taken. */
#ifndef SG_RUN_PLAN_H
#define SG_RUN_PLAN_H

#include "config/config.h"
#include "data/events.h"

/* SG_MEMORY with the figure and the remedy if training on `events`, which are there already, needs more memory than
 * this process may have: the events, the network, the trainer with `threads` threads, and a checkpoint on its way. */
sg_status sg_plan_check(const sg_config *config, const sg_events *events, int threads);

#endif

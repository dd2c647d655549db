/* Brings events into their order: by step, then channel, without two of the same. */
#ifndef SG_DATA_SORT_EVENTS_H
#define SG_DATA_SORT_EVENTS_H

#include "data/events.h"

/* Sorts the events of every sample, and drops all but one of those that fall together. */
sg_status sg_events_sort(sg_events *events);

#endif

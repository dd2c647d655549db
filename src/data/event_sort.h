/* The order of a sample's events: by step, then by channel; those of the same step and channel are doubles. */
#ifndef SG_DATA_EVENT_SORT_H
#define SG_DATA_EVENT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Events on their way: `count` steps and as many channels, and of numbers as many values, which nothing here sorts. */
typedef struct sg_event_list {
    uint16_t *step;
    uint32_t *channel;
    size_t count;
    float *value; /* or NULL */
} sg_event_list;

/* Brings events into their order. Of doubles all stay if `counts`, else one. Returns the list that they are then in:
 * `events`, or `spare`, which has the same capacity. `place` (the highest step + 2) is scratch. Cheapest for events
 * that come in order, or step after step. */
sg_event_list sg_sort_events(sg_event_list events, sg_event_list spare, uint32_t *place, bool counts);

/* Writes the events of `in` to the arrays of `out`, which has room for them, sorted by step; those of one step keep
 * their order. `place` (the highest step + 2) is scratch. */
void sg_sort_by_step(sg_event_list in, sg_event_list out, uint32_t *place);

/* Takes events that are sorted by step and sorts those of each step by channel, in place. Of doubles all stay if
 * `counts`, else one. Returns how many are left. What is in order already costs one look. */
size_t sg_order_channels(sg_event_list events, bool counts);

#endif

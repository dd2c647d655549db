/* The order of a sample's events: by step, then by channel; those of the same step and channel are doubles. */
#ifndef SG_DATA_EVENT_SORT_H
#define SG_DATA_EVENT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Events on their way: `count` steps and as many channels. */
typedef struct sg_event_list {
    uint16_t *step;
    uint32_t *channel;
    size_t count;
} sg_event_list;

/* Writes the events of `in` to the arrays of `out`, which has room for them, sorted by step; those of one step keep
 * their order. Every step is below `steps`. `place` (steps + 1) is scratch. */
void sg_sort_by_step(sg_event_list in, sg_event_list out, uint32_t *place, uint32_t steps);

/* Takes events that are sorted by step and sorts those of each step by channel, in place. Of doubles all stay if
 * `counts`, else one. Returns how many are left. What is in order already costs one look. */
size_t sg_order_channels(sg_event_list events, bool counts);

#endif

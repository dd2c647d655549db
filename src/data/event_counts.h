/* Doubles as counts: a store lists a channel that has three events in a step three times, which is what kernels take;
 * a file lists it once, with the count 3. */
#ifndef SG_DATA_EVENT_COUNTS_H
#define SG_DATA_EVENT_COUNTS_H

#include "data/events.h"

/* Events as files list them; sample s owns entries first[s] .. first[s+1]-1. */
typedef struct sg_counted_events {
    uint64_t *first;   /* (samples + 1) */
    uint16_t *step;    /* (entries) */
    uint32_t *channel; /* (entries) */
    uint16_t *count;   /* (entries) 1 or more; a channel with more events in a step than fit has another entry */
} sg_counted_events;

/* Arrays of so many entries. SG_MEMORY. */
sg_status sg_counted_events_make(size_t samples, uint64_t entries, sg_counted_events *out);
void sg_counted_events_free(sg_counted_events *counted);

/* Makes entries of `count` events in their order. The arrays of entries have room for as many. Returns how many there
 * are. */
size_t sg_count_events(const uint16_t *step, const uint32_t *channel, size_t count, uint16_t *entry_step,
                       uint32_t *entry_channel, uint16_t *entry_count);

/* The entries of a whole store, to be freed. SG_MEMORY. */
sg_status sg_events_to_counted(const sg_events *events, sg_counted_events *out);

/* Fills first, step and channel of a store that has none yet, from entries whose `first` is in order. SG_DATA with
 * `name` for a count of 0. */
sg_status sg_events_from_counted(sg_events *events, const sg_counted_events *counted, const char *name);

#endif

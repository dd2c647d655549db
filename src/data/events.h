/* The event store: spike trains of many samples in a few big arrays. sg_events_view in surgrad.h says their shapes. */
#ifndef SG_DATA_EVENTS_H
#define SG_DATA_EVENTS_H

#include "base/limits.h"
#include "base/memory.h"

struct sg_events {
    size_t samples;
    uint32_t steps, channels, classes;
    uint32_t width, height; /* of images whose pixels (or with a window, columns) the channels are; 0: they are not */
    double dt_ms;           /* length of a step; 0: not known */
    uint32_t window;        /* steps of each row of an image that is presented row by row; 0: it is not */
    uint64_t longest;       /* events of the longest sample, at most */
    uint64_t *first;
    uint16_t *step;
    uint32_t *channel;
    uint32_t *label;
};

/* A store with room for `samples`, first and label zeroed; step and channel are made, and longest is found, by
 * sg_events_reserve once first is filled. */
sg_status sg_events_make(size_t samples, uint32_t steps, uint32_t channels, uint32_t classes, sg_events **out);
sg_status sg_events_reserve(sg_events *events);

/* Bytes of a store's arrays. */
size_t sg_events_bytes(size_t samples, size_t count);

/* SG_DATA with `name` unless `first` (samples + 1) rises from 0 to `count`, the number of events. */
sg_status sg_events_check_first(const uint64_t *first, size_t samples, uint64_t count, const char *name);

/* SG_DATA with `name` unless every event is in range and sorted, every label below classes, and dt_ms 0 or more. */
sg_status sg_events_check(const sg_events *events, const char *name);

#endif

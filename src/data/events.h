/* The event store: spike trains of many samples in a few big arrays. sg_events_view in surgrad.h says their shapes. */
#ifndef SG_DATA_EVENTS_H
#define SG_DATA_EVENTS_H

#include "base/limits.h"
#include "base/memory.h"
#include "base/shape.h"
#include "base/texts.h"

#include <stdatomic.h>

/* What a sample is for, where the data say so. */
enum { SG_TRAIN, SG_TEST, SG_VALIDATION, SG_SPLITS };
enum { SG_IMAGE_PARTS = SG_TEST + 1 }; /* sets of images have no validation part of their own */

struct sg_events {
    size_t samples;
    uint32_t steps, channels, classes;
    sg_shape shape;   /* of the channels */
    double dt_ms;     /* length of a step; 0: not known */
    uint32_t window;  /* steps of each row of an image that is presented row by row; 0: it is not */
    bool has_split;   /* whether `split` means something; else it is all SG_TRAIN */
    uint64_t longest; /* events of the longest sample, at most */
    bool is_single;   /* channels have places, and none has two events in a sample */
    bool counts;      /* a channel may have several events in a step: each adds its weights, and stands in the list */
    bool numbers;     /* each event has a number, by which its weights are multiplied */
    bool constant;    /* numbers come in every step, and are listed for step 0 alone */
    uint64_t *first;
    uint16_t *step;
    uint32_t *channel;
    float *value; /* of a store of numbers; else NULL */
    uint32_t *label;
    uint8_t *split;           /* (samples) SG_TRAIN, SG_TEST or SG_VALIDATION */
    uint32_t *group;          /* (samples) a place in group_names, or SG_NO_GROUP */
    sg_texts class_names;     /* (classes), or none */
    sg_texts group_names;     /* (groups), or none */
    sg_texts origins;         /* (samples), or none */
    const char *conditioning; /* of events of recordings (conditioning.h), interned; or NULL */
    sg_events *target;        /* what the outputs should emit: as many samples and steps, a channel each; or NULL */
    atomic_size_t holders;    /* handles and data sets that share it; the last that is freed frees the arrays */
};

/* The same store for one holder more, to be freed by each. */
sg_events *sg_events_share(const sg_events *events);

/* A store as `head` describes it, which has no arrays and texts, with first, label and split zeroed, and no groups;
 * step, channel and value are made by sg_events_reserve once first is filled. */
sg_status sg_events_make(const sg_events *head, sg_events **out);
sg_status sg_events_reserve(sg_events *events);

/* Finds `longest` and `is_single`. */
sg_status sg_events_measure(sg_events *events);

/* Bytes of a store's arrays. */
size_t sg_events_bytes(size_t samples, size_t count, bool numbers);

/* What events of a store are, in words. */
static inline const char *sg_events_kind(bool numbers, bool constant) {
    return constant ? "constant numbers" : numbers ? "numbers" : "spikes";
}

/* SG_DATA with `name` unless `first` (samples + 1) rises from 0 to `count`, the number of events. */
sg_status sg_events_check_first(const uint64_t *first, size_t samples, uint64_t count, const char *name);

/* SG_DATA with `name` unless every event is in range and sorted, without doubles where the store does not count, every
 * label below classes or SG_NO_LABEL, every number finite, every constant one in step 0, dt_ms 0 or more, every split
 * and group one that there is, the shape one of as many channels, and every name a line. */
sg_status sg_events_check(const sg_events *events, const char *name);

#endif

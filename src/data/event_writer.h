/* The event writer makes an event store, sample after sample. Encoders, generators and readers of files all write
 * through it:
 *
 *     sg_event_writer writer = {0};
 *     sg_event_writer_open(&writer, &layout);
 *     for each sample: sg_event_writer_begin(&writer, split, label), then sg_event_writer_add for each event
 *     sg_event_writer_take(&writer, &events);
 *     sg_event_writer_close(&writer);
 *
 * Events of a sample may come in any order: each sample is sorted by step, then channel, when it is complete. Several
 * events of one channel in one step are kept where the layout says that the store counts them. Elsewhere one of them
 * is kept; the others, doubles, are counted and dropped. Arrays grow by doubling, within the memory that the process
 * may hold. */
#ifndef SG_DATA_EVENT_WRITER_H
#define SG_DATA_EVENT_WRITER_H

#include "data/event_sort.h"
#include "data/events.h"

/* What the samples of a store have in common. */
typedef struct sg_event_layout {
    const char *name; /* of the data; opens messages */
    uint32_t steps, classes;
    sg_shape shape;           /* of the channels */
    double dt_ms;             /* length of a step */
    uint32_t window;          /* as in sg_events */
    bool has_split;           /* whether the samples' splits mean something; else all are SG_TRAIN */
    bool allows_doubles;      /* doubles belong to the data, as where spikes are moved at random: no warning */
    bool counts;              /* as in sg_events: doubles are kept */
    bool numbers, constant;   /* as in sg_events */
    const char *conditioning; /* as in sg_events */
} sg_event_layout;

typedef struct sg_event_writer {
    bool counts_only; /* set before anything else: samples and events are counted, and no event is kept */

    /* Set before anything else, or NULL: takes the events of each complete sample, which then are not kept here. So a
     * store may be larger than memory; its step and channel stay empty. */
    sg_status (*spill)(void *user, const sg_event_list *events);
    void *spill_user;
    sg_event_layout layout;
    uint32_t channels;
    sg_events *events; /* what is written; NULL while only counting */
    size_t sample_capacity, event_capacity;
    size_t samples[SG_SPLITS]; /* begun */
    uint64_t count;            /* events of complete samples */
    uint64_t doubles, late;    /* dropped: doubles, and events after the last step */
    size_t held_bytes;         /* memory that the source needs besides, told by it */

    /* the sample in hand */
    bool in_sample;
    sg_event_list added, sorted; /* both with `capacity` */
    size_t capacity;
    uint32_t *place;   /* (steps + 1) */
    uint64_t attempts; /* events offered, those after the last step too; for messages */
    sg_status status;  /* the first failure of the functions that return nothing */
} sg_event_writer;

/* Begins a store without samples. SG_DATA where steps, channels or classes are out of range. */
sg_status sg_event_writer_open(sg_event_writer *writer, const sg_event_layout *layout);

/* Completes the sample before, and begins one, of a label or SG_NO_LABEL. SG_DATA if the label is not below the
 * classes, or an event of the sample before was out of range: the message names sample and event. SG_MEMORY. */
sg_status sg_event_writer_begin(sg_event_writer *writer, int split, uint32_t label);

/* Tells the group that the sample in hand is of, and where it came from; either may be NULL. Both
 * are one line of UTF-8: SG_DATA for others. SG_MEMORY. */
sg_status sg_event_writer_tell(sg_event_writer *writer, const char *group, const char *origin);

/* Names a class, at any time after the classes are known. The same holds for its name. */
sg_status sg_event_writer_name_class(sg_event_writer *writer, uint32_t label, const char *name);

/* Adds `count` events of a channel in a step to the sample in hand. A failure is told by the next function that returns
 * a status. */
void sg_event_writer_add(sg_event_writer *writer, uint32_t step, uint32_t channel, uint32_t count);

/* Adds a number to the sample in hand, to a store of numbers. They come in their order, each channel once in a step. */
void sg_event_writer_add_number(sg_event_writer *writer, uint32_t step, uint32_t channel, float value);

/* The same as sg_event_writer_add for an event at a time from the beginning of the sample, in the step floor(time /
 * dt). What comes after the last step is counted and left out. A time below 0, or not a number, is out of range. */
void sg_event_writer_add_at(sg_event_writer *writer, double time_ms, uint32_t channel, uint32_t count);

/* Begins with a store that is there already, in the place of sg_event_writer_open; takes it. */
sg_status sg_event_writer_adopt(sg_event_writer *writer, const char *name, sg_events *events);

/* Writes all samples of a store that has the writer's steps and channels, into one split, with all that it tells of
 * them; `name` opens messages. SG_DATA where a class has another name, or one store is of numbers and one of spikes. */
sg_status sg_event_writer_append(sg_event_writer *writer, const char *name, const sg_events *events, int split);

/* What the outputs should emit for these samples; takes it. Before sg_event_writer_take, after the last event. */
void sg_event_writer_set_target(sg_event_writer *writer, sg_events *target);

/* Gives samples other labels: what was c becomes label[c]. */
void sg_event_writer_relabel(sg_event_writer *writer, const uint32_t *label);

/* Completes the last sample, and gives the store the size that only the end tells: `end` has as many steps, classes and
 * channels as the layout before, or fewer, and all events are within. Channels keep map, row and column in `places`, a
 * shape within that of the layout before, and get the numbers that these have there. The shape of `end` is `places`, or
 * another of as many channels. */
sg_status sg_event_writer_settle(sg_event_writer *writer, sg_shape places, const sg_event_layout *end);

/* The number of a channel of the shape `from` in the smaller shape `to`, where it has the same map, row and column. */
static inline uint32_t sg_channel_within(uint32_t channel, sg_shape from, sg_shape to) {
    if (channel < from.width) /* the first row, and all of a sensor that has only one: spared two divisions */
        return channel;
    const uint32_t x = channel % from.width, y = channel / from.width % from.height;
    return (channel / from.width / from.height * to.height + y) * to.width + x;
}

/* Completes the last sample. Warns once, with number and share, of doubles, and once of events after the last step. */
sg_status sg_event_writer_finish(sg_event_writer *writer);

/* The same, and hands over the store. */
sg_status sg_event_writer_take(sg_event_writer *writer, sg_events **out);

void sg_event_writer_close(sg_event_writer *writer);

#endif

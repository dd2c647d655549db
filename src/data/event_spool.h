/* A spool: the events of a store that is too large for memory, on disk while it is made. */
#ifndef SG_DATA_EVENT_SPOOL_H
#define SG_DATA_EVENT_SPOOL_H

#include "data/event_sort.h"
#include "data/events.h"

enum { SG_SPOOL_STEP, SG_SPOOL_CHANNEL, SG_SPOOL_COUNT, SG_SPOOL_COLUMNS };

typedef struct sg_event_spool {
    const char *path;              /* of the file beside which it is, for messages */
    bool counts;                   /* whether doubles become counts (event_counts.h); else it has no such column */
    int files[SG_SPOOL_COLUMNS];   /* that nobody else sees, gone when they are closed; below 0: not open */
    void *block[SG_SPOOL_COLUMNS]; /* (SG_SPOOL_BLOCK) of each, that waits to be written */
    size_t used;                   /* of the block */
    uint64_t *first;               /* (samples + 1) of each sample's entries */
    size_t samples, capacity;
    uint64_t entries;
    sg_shape from, to; /* channels were numbered in `from`, and are handed out as in `to` (event_writer.h) */
} sg_event_spool;

enum { SG_SPOOL_BLOCK = 1 << 18 };

/* A spool in the folder of `path`, the file that will be written from it. SG_IO_ERROR, SG_MEMORY. The caller closes it,
 * after a failure too; a spool of zeros is closed. */
sg_status sg_event_spool_open(sg_event_spool *spool, const char *path, bool counts);

/* Adds the events of a sample; `spool` is a sg_event_spool, for sg_event_writer.spill. */
sg_status sg_event_spool_add(void *spool, const sg_event_list *events);

/* Ends the writing, before anything is read. */
sg_status sg_event_spool_flush(sg_event_spool *spool);

/* Tells the values of a column in order, SG_SPOOL_BLOCK or a last rest at a time. */
sg_status sg_event_spool_each(sg_event_spool *spool, int column, void *user,
                              sg_status (*each)(void *user, uint64_t first, const void *values, size_t count));

void sg_event_spool_close(sg_event_spool *spool);

#endif

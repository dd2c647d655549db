/* How a file of spike events is known by its datasets; sg_events_load (surgrad.h) reads it. */
#ifndef SG_DATA_EVENTS_FILE_H
#define SG_DATA_EVENTS_FILE_H

#include "data/event_spool.h"
#include "file/h5.h"

/* What the attribute `format` of these files says: of those whose events each stand for one, of those with the dataset
 * `count`, and of those with the dataset `value`. */
#define SG_EVENTS_FORMAT        "surgrad events 1"
#define SG_EVENTS_FORMAT_COUNTS "surgrad events 2"
#define SG_EVENTS_FORMAT_VALUES "surgrad events 3"

/* Whether the file has the datasets of spike events; files that users wrote need no attribute `format`. */
bool sg_is_events_file(sg_h5 *file);

/* As sg_events_save, of a store whose events are in a spool; it never holds more of the file than a part. */
sg_status sg_events_save_spooled(const sg_events *events, sg_event_spool *spool, const char *path);

#endif

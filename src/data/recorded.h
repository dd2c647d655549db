/* Recordings, read through an event writer. */
#ifndef SG_DATA_RECORDED_H
#define SG_DATA_RECORDED_H

#include "data/event_writer.h"
#include "import/import.h"

/* The shape in which channels are numbered until the sensor is known. */
sg_shape sg_recorded_places(void);

/* Reads all items into a writer that is not open yet; `name` opens its messages, and must outlive it. When it returns,
 * the writer is settled: *places is then what its channels are numbered in. Warns of a sensor whose size only the
 * events tell. SG_DATA where no sample has an event. */
sg_status sg_recorded_read(const char *name, const sg_import_request *request, const sg_items *items,
                           sg_event_writer *writer, sg_import_report *report, sg_shape *places);

#endif

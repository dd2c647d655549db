/* Recordings, read through an event writer. */
#ifndef SG_DATA_RECORDED_H
#define SG_DATA_RECORDED_H

#include "data/event_writer.h"
#include "import/import.h"

/* The shape in which channels are numbered until the sensor is known. */
sg_shape sg_recorded_places(void);

/* Reads all items into a writer that is not open yet; `name` opens its messages, and must outlive it. When it returns,
 * the writer is settled: *places is then what its channels are numbered in. It is as files or options tell, or else as
 * events reach, of which a warning tells; unless *places is not 0 at first, which a network asks for. SG_DATA where no
 * sample has an event, or the sensor is not as asked for. */
sg_status sg_recorded_read(const char *name, const sg_import_request *request, const sg_items *items,
                           sg_event_writer *writer, sg_import_report *report, sg_shape *places);

#endif

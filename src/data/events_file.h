/* How a file of spike events is known by its datasets; sg_events_load (surgrad.h) reads it. */
#ifndef SG_DATA_EVENTS_FILE_H
#define SG_DATA_EVENTS_FILE_H

#include "file/h5.h"

/* Whether the file has the datasets of spike events; files that users wrote need no attribute `format`. */
bool sg_is_events_file(sg_h5 *file);

#endif

/* What a file of spike events holds, for `surgrad info`. */
#ifndef SG_RUN_DESCRIBE_EVENTS_H
#define SG_RUN_DESCRIBE_EVENTS_H

#include "base/text.h"

/* Adds some lines. SG_DATA where the file is damaged. */
sg_status sg_describe_events(const char *path, sg_text *text);

#endif

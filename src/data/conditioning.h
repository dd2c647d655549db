/* How recordings became the channels and steps of a store. Files of events and models keep it as a text, so that new
 * recordings can be treated alike. */
#ifndef SG_DATA_CONDITIONING_H
#define SG_DATA_CONDITIONING_H

#include "base/shape.h"
#include "import/import_config.h"

typedef struct sg_conditioning {
    sg_import_config config;
    double dt_ms;
    sg_shape places; /* polarities, rows and columns that channels are numbered in */
} sg_conditioning;

/* A line for each option, "data.window: 300 ms", one for dt, and one for the places. *text is interned (base/intern.h).
 * SG_MEMORY. */
sg_status sg_conditioning_text(const sg_conditioning *conditioning, const char **text);

/* The reverse. SG_DATA with the line that cannot be read; options that the text does not have are at their defaults. */
sg_status sg_conditioning_parse(const char *text, sg_conditioning *out);

#endif

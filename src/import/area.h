/* A part of a sensor as options name it: "34x34", "700" channels, "32x32+1+1". */
#ifndef SG_IMPORT_AREA_H
#define SG_IMPORT_AREA_H

#include "base/status.h"

/* Most columns, rows and polarities of a sensor. Every event has a number of 32 bits within them. */
enum { SG_MOST_WIDTH = 65535, SG_MOST_HEIGHT = 16384, SG_MOST_POLARITIES = 4 };

typedef struct sg_area {
    uint32_t width, height, x, y; /* height 1: channels without rows; all 0: not told */
} sg_area;

/* Parses WIDTHxHEIGHT or CHANNELS, and with `placed` +X+Y or +X after it. A text that is empty is an area of zeros.
 * SG_CONFIG with `key`. */
sg_status sg_area_parse(const char *key, const char *text, bool placed, sg_area *area);

#endif

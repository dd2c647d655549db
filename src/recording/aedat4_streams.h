/* The streams that the header of an AEDAT 4 file tells, in XML. */
#ifndef SG_RECORDING_AEDAT4_STREAMS_H
#define SG_RECORDING_AEDAT4_STREAMS_H

#include <stddef.h>
#include <stdint.h>

typedef struct sg_aedat4_streams {
    unsigned count;         /* streams of events */
    int32_t first;          /* the number of the first of them */
    uint32_t width, height; /* of its sensor; 0: not told */
} sg_aedat4_streams;

/* Finds the streams of events (type EVTS). What is no such XML has none. */
sg_aedat4_streams sg_aedat4_streams_find(const char *xml, size_t size);

#endif

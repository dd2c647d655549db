/* What files of Prophesee's sensors have in common: a header of lines "% KEY VALUE". */
#ifndef SG_RECORDING_PROPHESEE_H
#define SG_RECORDING_PROPHESEE_H

#include "recording/recording.h"

typedef struct sg_prophesee_header {
    bool found;             /* whether there is a line of it at all */
    char format[16];        /* "EVT2", "EVT21", "EVT3", ...; "": not told, as in .dat files */
    char endianness[16];    /* of EVT21: "legacy", "little", or "" */
    int version;            /* of a .dat file; 0: not told */
    uint32_t width, height; /* 0: not told */
} sg_prophesee_header;

/* Takes the header. */
sg_status sg_prophesee_header_read(sg_stream *stream, sg_prophesee_header *header);

/* The same of a file's beginning: whether it has such a header. */
bool sg_prophesee_look(const sg_recording_head *head, sg_prophesee_header *header);

/* Takes the header and tells of the sensor. SG_DATA for a header of another format. */
sg_status sg_prophesee_begin(sg_recording *recording, const char *format, sg_prophesee_header *header);

#endif

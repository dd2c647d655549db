/* What AEDAT 1, 2 and 3 have in common: a header of lines "#...", and chips. */
#ifndef SG_RECORDING_AEDAT_H
#define SG_RECORDING_AEDAT_H

#include "recording/recording.h"

typedef struct sg_aedat_header {
    char version[8]; /* "2.0"; "": not told */
    char chip[64];   /* "DAVIS346red", without its package; "": not told */
    char format[32]; /* of AEDAT 3: "RAW" */
    bool ended;      /* by AEDAT 3.1's last line */
} sg_aedat_header;

/* Takes the header. */
sg_status sg_aedat_header_read(sg_stream *stream, sg_aedat_header *header);

/* A chip, and where AEDAT 1 and 2 keep an event in an address. */
typedef struct sg_aedat_chip {
    const char *name;
    uint32_t width, height;
    uint32_t other;           /* bits of an address that is no event */
    int x_at, x_bits;         /* lowest bit, and how many */
    int y_at, y_bits;         /* likewise */
    uint32_t on, on_inverted; /* the bit of polarity; the same where 0 means on */
} sg_aedat_chip;

/* The chip of this name; NULL if it is not known. */
const sg_aedat_chip *sg_aedat_chip_find(const char *name);

/* Whether a file begins as one of this version, "2.", does. */
bool sg_aedat_fits(const sg_recording_head *head, const char *version);

#endif

/* Samples as lines of text, one JSON object each: {"t": [0.5, 3, ...], "channel": [7, 2, ...]}, times in ms. */
#ifndef SG_CLI_SAMPLE_LINES_H
#define SG_CLI_SAMPLE_LINES_H

#include "surgrad.h"

#include <stdio.h>

typedef struct sg_cli_lines {
    FILE *file;
    uint64_t number; /* of the last line read: 1, 2, ... */
    char *text;
    size_t room;
    double *time_ms;   /* (event_room) */
    uint32_t *channel; /* (event_room) */
    size_t event_room;
} sg_cli_lines;

/* The next line's sample; NULL past the last. Blank lines are passed over. Returns 0, or the exit code after a message
 * that names the line. */
int sg_cli_lines_next(sg_cli_lines *lines, const sg_network *network, sg_events **out);

void sg_cli_lines_free(sg_cli_lines *lines);

#endif

/* Values of time series to levels, 0 .. 255, as encoders take them. data.range says which value is level 0 and which is
 * the full level, 255; what is beyond counts as the nearer of the two. Nothing is learned from the data but by
 * 'sample', and then from the sample itself alone: so what tests never shapes what trains. */
#ifndef SG_DATA_LEVELS_H
#define SG_DATA_LEVELS_H

#include "recording/recording.h"

typedef struct sg_levels {
    bool by_sample;    /* the range of each channel is that of its values in the sample */
    double *low, *all; /* (channels) of level 0; and from there to the full level, below 0 where that is lower */
    size_t channels;   /* 1: the same for all; 0: not known */
    uint64_t values;   /* that became levels, and ... */
    uint64_t beyond;   /* ... those of them that were out of the range */
} sg_levels;

/* SG_CONFIG with the key where data.range cannot be read. An empty text is fine: no range is told. */
sg_status sg_levels_check(const char *range);

/* The same, and opens *levels. */
sg_status sg_levels_open(const char *range, sg_levels *levels);

/* Fills out (rows, channels). With `frames_a_row` 1 a row is a frame. Else it is the mean over so many frames, each of
 * which counts by how much of its time lies in the row. SG_CONFIG where the range is not told, or is one of
 * other channels; `path` opens messages. */
sg_status sg_levels_fill(sg_levels *levels, const char *path, const sg_series *series, double frames_a_row, size_t rows,
                         uint8_t *out);

void sg_levels_close(sg_levels *levels);

#endif

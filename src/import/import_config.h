/* What becomes of raw events on their way to steps and channels: options under `data`, rows of data_options.c. */
#ifndef SG_IMPORT_IMPORT_CONFIG_H
#define SG_IMPORT_IMPORT_CONFIG_H

#include "base/status.h"

typedef enum sg_time_zero { SG_ZERO_FIRST, SG_ZERO_FILE } sg_time_zero;
typedef enum sg_binning { SG_BIN_FLOOR, SG_BIN_NEAREST } sg_binning;
typedef enum sg_polarity { SG_POLARITY_BOTH, SG_POLARITY_MERGED, SG_POLARITY_ON, SG_POLARITY_OFF } sg_polarity;

typedef struct sg_import_config {
    const char *sensor; /* "34x34", "700"; "": as the files say */
    double window_ms;   /* of each sample, from time zero; 0: all of it */
    double pieces_ms;   /* duration of the pieces of a recording, a sample each; 0: it stays whole */
    int zero;           /* sg_time_zero */
    int binning;        /* sg_binning */
    bool counts;        /* several events of a channel in a step stay several */
    int polarity;       /* sg_polarity */
    const char *crop;   /* "32x32+1+1"; "": none */
    int64_t downsample; /* pixels along each axis, or neighbouring channels, that become one */
    double hot_hz;      /* rate above which a pixel is left out of a sample; 0: none is */
    double refractory_ms;
    int64_t most;      /* events of a sample; 0: all */
    double period_ms;  /* of time series: from a frame to the next; 0: as files tell */
    const char *range; /* of time series: the values of no and of full level; "": not told */
} sg_import_config;

/* SG_CONFIG, the message begins with the key: what no single option can say. */
sg_status sg_import_check(const sg_import_config *config);

#endif

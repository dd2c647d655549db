/* An artificial cochlea: sound to the level in each of its channels, one row for each step of time. A bank of gammatone
 * filters, the envelope of each, and compression; docs/maths.md has the equations. It works in the domain of time:
 * causal, sample by sample, without a Fourier transform, so that its bits are the same everywhere. */
#ifndef SG_DATA_COCHLEA_H
#define SG_DATA_COCHLEA_H

#include "base/kind.h"
#include "base/status.h"

typedef struct sg_cochlea_config {
    int64_t channels;
    double low_hz, high_hz; /* centres of the first and of the last channel */
    int compression;        /* row of sg_compression_kinds */
    double range_db;        /* of log */
    bool normalise;         /* to the loudest level of the recording */
} sg_cochlea_config;

extern sg_kinds sg_compression_kinds;

/* The filters for one rate of sampling. */
typedef struct sg_cochlea sg_cochlea;

/* SG_DATA if the rate is too low for the highest channel; SG_MEMORY. */
sg_status sg_cochlea_create(const sg_cochlea_config *config, double rate_hz, sg_cochlea **out);
void sg_cochlea_free(sg_cochlea *cochlea);
double sg_cochlea_rate_hz(const sg_cochlea *cochlea);

/* Rows of `step_ms` in a recording of `count` samples, the last of which may be cut. */
size_t sg_cochlea_rows(const sg_cochlea *cochlea, size_t count, double step_ms);

/* Fills levels (rows, channels), 0 .. 255, from samples (count); power, (rows, channels), is overwritten. */
void sg_cochlea_hear(sg_cochlea *cochlea, const double *samples, size_t count, double step_ms, double *power,
                     uint8_t *levels);

/* The centre of a channel in Hz. */
double sg_cochlea_centre_hz(const sg_cochlea_config *config, size_t channel);

#endif

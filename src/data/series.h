/* Time series of recordings through the encoders: values to levels, levels to spikes, which are events again. So all
 * that is there for events serves series, too: parts that labels name, windows, crops. */
#ifndef SG_DATA_SERIES_H
#define SG_DATA_SERIES_H

#include "data/data_config.h"
#include "data/encoder.h"
#include "data/levels.h"
#include "import/import.h"

/* Steps of one series, at most; more are refused, as they could take hours. */
#define SG_SERIES_STEPS ((double)(1 << 28))

typedef struct sg_series_encoder {
    sg_encoding encoding;
    sg_levels levels;
    uint64_t count; /* series so far */
    uint8_t *signal;
    size_t bytes;   /* that it has */
    uint64_t *keys; /* (capacity) spikes of one series: step << 32 | channel */
    size_t spikes, capacity;
    sg_status status; /* the first failure while spikes came */
} sg_series_encoder;

/* Opens an encoder for an import with steps of dt_ms. SG_CONFIG where options do not go together. What `config` and
 * *encoder are must stay where they are. */
sg_status sg_series_open(sg_series_encoder *encoder, const sg_data_config *config, double dt_ms, uint64_t seed);

/* What sg_import_items is given. */
sg_import_encoder sg_series_import(sg_series_encoder *encoder);

/* Warns of values that were out of their range, after the last; `name` opens the message. */
void sg_series_tell_beyond(const sg_series_encoder *encoder, const char *name);

void sg_series_close(sg_series_encoder *encoder);

#endif

/* Encoders: images to spikes. A table of kinds; a kind is one file, encoder_NAME.c, and one row in encoder.c. */
#ifndef SG_DATA_ENCODER_H
#define SG_DATA_ENCODER_H

#include "data/data_config.h"
#include "data/events.h"

#define SG_LEVELS 256 /* values of a pixel */

/* Images of one size, in one or more blocks that stay where they were read. */
typedef struct sg_image_block {
    const uint8_t *pixels; /* (count, channels) */
    const uint8_t *labels; /* (count) */
    size_t count;
} sg_image_block;

typedef struct sg_encoder_kind {
    const char *name;

    /* The step at which a pixel of each level fires, `steps` or more for never: an encoder with at most one spike a
     * pixel, which depends on that pixel alone. */
    void (*times)(uint32_t times[SG_LEVELS], const sg_data_config *config, uint32_t steps);
} sg_encoder_kind;

extern const sg_encoder_kind sg_encoder_latency;

const char *sg_encoder_name(int i); /* the i-th, NULL past the last */

/* Encodes blocks of images one after the other: sample s is the s-th image. Labels must be below `classes`. */
sg_status sg_encode_images(const sg_data_config *config, uint32_t steps, uint32_t channels, uint32_t classes,
                           const sg_image_block *blocks, size_t block_count, sg_events **out);

/* The number of events that this would make. */
uint64_t sg_count_events(const sg_data_config *config, uint32_t steps, uint32_t channels, const sg_image_block *blocks,
                         size_t block_count);

#endif

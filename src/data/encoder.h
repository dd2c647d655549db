/* Encoders: images, and other signals of levels, to spikes. A table of kinds; a kind is one file, encoder_NAME.c, and
 * one row in encoder.c. */
#ifndef SG_DATA_ENCODER_H
#define SG_DATA_ENCODER_H

#include "data/data_config.h"
#include "data/event_writer.h"

#define SG_LEVELS 256 /* values of a pixel */

/* Where spikes go, each with its step and channel, in any order; and numbers, sorted by step, then channel. */
typedef struct sg_spike_sink {
    void *user;
    void (*add)(void *user, uint32_t step, uint32_t channel);
    void (*add_number)(void *user, uint32_t step, uint32_t channel, float value);
} sg_spike_sink;

/* Images of one size, in one or more blocks that stay where they were read. */
typedef struct sg_image_block {
    const uint8_t *pixels; /* (count, height, width) */
    const uint8_t *labels; /* (count); NULL: none are known */
    size_t count;
} sg_image_block;

/* What images become. */
typedef struct sg_encoding {
    const char *name; /* of the images; opens messages */
    const sg_data_config *config;
    bool is_series; /* rows come one after the other in time; else all pixels are there in all steps */
    uint32_t steps, width, height, classes;
    double dt_ms;
    uint64_t seed;
} sg_encoding;

typedef struct sg_encoder_kind {
    sg_kind head;

    /* An encoder of at most one spike a pixel, which depends on that pixel alone: the step of `steps` at which a pixel
     * of each level fires, `steps` or more for never. Or NULL, and ... */
    void (*times)(uint32_t times[SG_LEVELS], const sg_encoding *encoding, uint32_t steps);

    /* ... writes the spikes of image `sample`, a signal of `rows` rows of `channels` values, each for `window` steps.
     */
    void (*encode)(const sg_spike_sink *out, const sg_encoding *encoding, uint64_t sample, const uint8_t *signal,
                   size_t rows, size_t channels, uint32_t window);

    uint32_t channels; /* for each value of the signal */
    bool numbers;      /* what it writes are numbers in the place of spikes: the same in all steps, if the signal is */

    /* Optional. SG_CONFIG with the key and the remedy where options or the signal do not suit the kind. */
    sg_status (*check)(const sg_encoding *encoding);
} sg_encoder_kind;

extern const sg_encoder_kind sg_encoder_latency, sg_encoder_latency_log, sg_encoder_rate, sg_encoder_delta,
    sg_encoder_lif, sg_encoder_direct;

SG_KINDS_DECLARE(sg_encoder, sg_encoder_kind);

/* An encoder at work on signals whose rows have `channels` values, each for `window` steps. */
typedef struct sg_encoder_plan {
    const sg_encoding *encoding;
    const sg_encoder_kind *kind;
    size_t channels;
    uint32_t window;
    uint32_t times[SG_LEVELS]; /* within the window; of encoders that have them */
} sg_encoder_plan;

/* SG_CONFIG where encoder and signal do not go together. */
sg_status sg_encoder_plan_make(sg_encoder_plan *plan, const sg_encoding *encoding, size_t channels, uint32_t window);

/* Writes the spikes of a signal (rows, channels), which is sample number `sample`. */
void sg_encoder_run(const sg_encoder_plan *plan, uint64_t sample, const uint8_t *signal, size_t rows,
                    const sg_spike_sink *out);

/* The sink that adds spikes to the sample in hand of a writer. */
sg_spike_sink sg_encoder_into(sg_event_writer *writer);

/* What the input channels of encoded images stand for. */
sg_shape sg_encoding_shape(const sg_encoding *encoding);

/* Encodes one block of images for each split, one after the other: sample s is the s-th image. Opens the writer. Labels
 * must be below `classes`. SG_CONFIG where steps, rows and the encoder do not go together. */
sg_status sg_encode_images(const sg_encoding *encoding, const sg_image_block blocks[SG_IMAGE_PARTS],
                           sg_event_writer *out);

/* Encodes images `begin` .. `end - 1` of a block alone, without a split; image 0 of it is number `first`. Opens the
 * writer. */
sg_status sg_encode_some(const sg_encoding *encoding, const sg_image_block *block, size_t begin, size_t end,
                         uint64_t first, sg_event_writer *out);

#endif

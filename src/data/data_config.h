/* Options of the data and their encoder. */
#ifndef SG_DATA_DATA_CONFIG_H
#define SG_DATA_DATA_CONFIG_H

#include "data/cochlea.h"
#include "file/option.h"
#include "import/import_config.h"

typedef enum sg_sequence { SG_SEQUENCE_NONE, SG_SEQUENCE_ROWS } sg_sequence;
typedef enum sg_data_split { SG_SPLIT_STANDARD, SG_SPLIT_SHUFFLED, SG_SPLIT_GROUPS } sg_data_split;

typedef struct sg_data_config {
    int set;                            /* row of the table of sources */
    const char *dir;                    /* folder of the IDX files; "": the cache folder */
    const char *file;                   /* of spike events, or a recording */
    const char *test_file;              /* likewise, of those to test by; "": none */
    const char *shape;                  /* of their channels, "2x32x32"; "": as the file says */
    int64_t seed;                       /* of the split, and of what is drawn; below 0: the run's seed */
    int split;                          /* sg_data_split */
    double train_fraction;              /* of split: shuffled */
    const char *test_groups;            /* of split: groups; names, separated by commas */
    double validation;                  /* fraction of the training part that is taken out to validate by, or ... */
    int64_t validation_groups;          /* ... groups of it, that are taken out whole */
    bool stratified;                    /* whether shares are taken of each class alike */
    int sequence;                       /* sg_sequence: how an image becomes a signal over time */
    int encoder;                        /* row of the encoder table */
    double encoder_threshold;           /* 0 .. 1; darker pixels stay silent */
    double encoder_tau_ms;              /* of latency_log */
    double encoder_max_rate;            /* of rate, in Hz */
    double encoder_delta;               /* of delta, 0 .. 1 */
    int64_t classes, channels, samples; /* of synthetic data; samples of each class */
    int64_t dimension, cutoff;          /* of randman: of a manifold; waves in each */
    double alpha;                       /* of randman: how fast waves lose strength */
    double rate_hz;                     /* of patterns */
    double noise_jitter_ms, noise_drop; /* of patterns: what tells a sample from its pattern */
    bool once;                          /* of patterns: each channel fires once */
    double yinyang_latest_ms;           /* of yinyang: when a coordinate of 1 fires */
    double length_ms, latest_ms;        /* of patterns: 0: all steps; when a sample's pattern begins at the latest */
    int64_t cues;                       /* of evidence */
    sg_cochlea_config audio;            /* of wav: how sound becomes levels of channels */
    const char *wav_name;               /* of wav: pattern of the files' names, ... */
    const char *wav_test_numbers;       /* ... and which of them are the test part, by their {number} ... */
    const char *wav_test_groups;        /* ... or by their {group}; "": none */
    int64_t shift;                      /* augmentation: pixels, ... */
    double rotate, zoom;                /* ... degrees, a fraction of the size, ... */
    double jitter_ms, drop;             /* ... the spread of a spike's time, a fraction of the spikes, ... */
    double flip, flip_polarity;         /* ... probabilities, ... */
    int64_t shift_channels;             /* ... channels, ... */
    double stretch;                     /* ... a fraction of the time, ... */
    double blend;                       /* ... a probability */
    sg_import_config import;            /* of recordings */
} sg_data_config;

extern const sg_option sg_data_options[];
extern const size_t sg_data_option_count;

/* What no single option can say: a folder or file that is named where the set needs one. SG_CONFIG; the message begins
 * with the key. */
sg_status sg_data_config_check(const sg_data_config *config);

/* Whether there may be a validation part: one is taken out, or a file may have one of its own. */
bool sg_data_may_validate(const sg_data_config *config);

/* SG_CONFIG with the key of a rate that would need more than one spike in a step. */
sg_status sg_rate_check(const char *key, double rate_hz, double dt_ms);

#endif

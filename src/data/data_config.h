/* Options of the data and their encoder. */
#ifndef SG_DATA_DATA_CONFIG_H
#define SG_DATA_DATA_CONFIG_H

#include "file/option.h"

typedef enum sg_data_set { SG_SET_MNIST, SG_SET_FASHION_MNIST, SG_SET_IDX, SG_SET_EVENTS } sg_data_set;
typedef enum sg_data_split { SG_SPLIT_STANDARD, SG_SPLIT_SHUFFLED } sg_data_split;

typedef struct sg_data_config {
    int set;                   /* sg_data_set */
    char dir[SG_OPTION_TEXT];  /* folder of the IDX files; "": the cache folder */
    char file[SG_OPTION_TEXT]; /* of spike events, for set: events */
    int split;                 /* sg_data_split */
    double train_fraction;     /* of split: shuffled */
    int encoder;               /* row of the encoder table */
    double encoder_threshold;  /* 0 .. 1; darker pixels stay silent */
} sg_data_config;

extern const sg_option sg_data_options[];
extern const size_t sg_data_option_count;

/* What no single option can say: a folder or file that is named where the set needs one. SG_CONFIG; the message begins
 * with the key. */
sg_status sg_data_config_check(const sg_data_config *config);

#endif

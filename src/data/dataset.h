/* A data set ready to train on: an event store, and which of its samples are for training and which for testing. */
#ifndef SG_DATA_DATASET_H
#define SG_DATA_DATASET_H

#include "data/data_config.h"
#include "data/events.h"

struct sg_data {
    sg_events *events;
    uint32_t *order; /* (samples) the training part, what is held out of it, the test part */
    size_t train_count, held_count;
};

/* What a network asks of its data. */
typedef struct sg_data_request {
    uint32_t steps;   /* T */
    uint32_t classes; /* neurons of the last layer */
    uint64_t seed;    /* of the split, and of what is drawn */
    double dt_ms;
} sg_data_request;

sg_status sg_data_make(const sg_data_config *config, const sg_data_request *need, sg_data **out);

/* Channels of a data set, and the bytes of its event store and of the images that become it, without making the store.
 * SG_DATA if the files are not there. */
typedef struct sg_data_size {
    uint32_t channels;
    size_t images, events;
} sg_data_size;

sg_status sg_data_measure(const sg_data_config *config, const sg_data_request *need, sg_data_size *size);

#endif
